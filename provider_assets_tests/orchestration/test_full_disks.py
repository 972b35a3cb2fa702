"""A full disk of this machine is named as such: not the file, not the database, no traceback."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile

import pytest
from xlsxwriter.exceptions import FileCreateError

from provider_assets.orchestration.full_disks import full_disk
from provider_assets_tests.disks import MAY_MOUNT, fill, small_disk
from provider_assets_tests.rosters import person, write_xlsx

LITTLE = 40_000
LIMIT = 200_000  # bytes a file: the roster and its copies fit, Dagster's own files do not
FULL = OSError(28, "No space left on device")


def caused(error, cause):
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        FULL,
        OSError(122, "Disk quota exceeded"),
        FileCreateError(FULL),
        caused(RuntimeError("while writing"), FULL),
    ],
)
def test_error_with_a_full_disk_behind_it_is_told_as_that(error):
    assert "is full; make room and load again" in full_disk(error)


def test_file_that_is_named_is_the_one_that_is_told():
    told = full_disk(OSError(28, "No space left on device", "/srv/drop/x"))
    assert told == "the disk of /srv/drop/x is full; make room and load again"


def test_other_errors_are_no_full_disk():
    assert full_disk(OSError(13, "Permission denied")) is None
    assert full_disk(ValueError("x")) is None


def test_full_sqlite_file_is_a_full_disk():
    with sqlite3.connect(":memory:") as connection:
        connection.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("CREATE TABLE t AS SELECT zeroblob(100000)")
    assert "is full" in full_disk(caught.value)


def test_temporary_folder_that_cannot_be_had_is_told(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/nowhere"])
    with pytest.raises(FileNotFoundError) as caught:
        tempfile.gettempdir()
    assert "is full, or may not be written to" in full_disk(caught.value)


PLACES = ["TMPDIR", "PROVIDER_ASSETS_HOME", "PROVIDER_ASSETS_STORAGE"] if MAY_MOUNT else []


def _command(tmp_path, place, full, *arguments, most=resource.RLIM_INFINITY):
    """Run the command, one of its places elsewhere, no file of its larger than so many bytes."""
    settings = {
        "PROVIDER_ASSETS_HOME": str(tmp_path / "home"),
        "PROVIDER_ASSETS_DATABASE_URL": f"sqlite:///{tmp_path / 'providers.db'}",
        place: str(full),
    }
    return subprocess.run(
        [sys.executable, "-m", "provider_assets", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_command_whose_files_may_not_grow_says_so_and_loads_once_they_may(tmp_path):
    """What whoever may not mount a disk can try: Dagster's own files outgrow the limit."""
    roster = write_xlsx(tmp_path / "mercy.xlsx", [person(n) for n in range(1, 4000)])
    load = (tmp_path, "PROVIDER_ASSETS_HOME", tmp_path / "home", "load", "--json", str(roster))
    told = _command(*load, most=LIMIT)
    [result] = json.loads(told.stdout)
    assert (told.returncode, result["status"]) == (1, "failed")
    assert result["error"] == {
        "code": "disk-full",
        "message": "the disk of a place that PROVIDER_ASSETS_HOME or TMPDIR names refused a write; "
        "see the disk, and the limit of files (ulimit -f), and load again",
    }
    assert "Traceback" not in told.stderr
    [again] = json.loads(_command(*load).stdout)
    assert (again["status"], again["rows"]["inserted"]) == ("loaded", 3999)


@pytest.mark.skipif(not MAY_MOUNT, reason="needs a disk of its own")
def test_command_whose_database_is_on_a_full_disk_says_so_and_loads_once_it_is_not(tmp_path):
    roster = write_xlsx(tmp_path / "mercy.xlsx", [person(n) for n in range(1, 4000)])
    with small_disk(4) as full:
        fill(full, 300_000)
        url = f"sqlite:///{full / 'providers.db'}"
        load = (tmp_path, "PROVIDER_ASSETS_DATABASE_URL", url, "load", "--json", str(roster))
        told = _command(*load)
        [result] = json.loads(told.stdout)
        assert (told.returncode, result["status"]) == (1, "failed")
        message = f"SQLite file {full}/providers.db: the disk is full; make room and load again"
        assert result["error"]["message"].startswith(message)
        (full / "ballast").unlink()
        [again] = json.loads(_command(*load).stdout)
        assert (again["status"], again["rows"]["inserted"]) == ("loaded", 3999)


@pytest.mark.parametrize("place", PLACES)
def test_command_on_a_full_disk_names_it_in_json_and_in_words(place, tmp_path):
    roster = write_xlsx(tmp_path / "mercy.xlsx", [person(n) for n in range(1, 4000)])
    with small_disk(20) as full:
        fill(full, LITTLE)
        told = _command(tmp_path, place, full, "load", "--json", str(roster))
        [result] = json.loads(told.stdout)
        assert (told.returncode, result["status"]) == (1, "failed")
        assert result["error"] == {
            "code": "disk-full",
            "message": f"the disk of {full} is full; make room and load again",
        }
        words = _command(tmp_path, place, full, "load", str(roster))
        assert words.returncode == 1
        assert f"disk-full: the disk of {full} is full" in words.stdout
        assert "Traceback" not in words.stderr
        (full / "ballast").unlink()
        [again] = json.loads(_command(tmp_path, place, full, "load", "--json", str(roster)).stdout)
        assert (again["status"], again["rows"]["inserted"]) == ("loaded", 3999)
