"""What a killed process left half-written is swept at the next start: ours only, and dead ones'."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pytest

from provider_assets import leftovers
from provider_assets.leftovers import aside_of, sweep, temporary_folder
from provider_assets.registry.store import About, write_store
from provider_assets_tests.rosters import sample_rows, write_xlsx

MAKER = """
import sys, time
from pathlib import Path
from provider_assets.leftovers import aside_of, temporary_folder
with temporary_folder("reader") as folder:
    (folder / "rows.parquet").write_text("Ada")
    (Path(sys.argv[1]) / aside_of("mercy.xlsx", ".tmp.xlsx")).write_text("Ada")
    (Path(sys.argv[1]) / aside_of("mercy.txt")).write_text("Ada")
    print("made", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The folder for temporary ones, and one for files aside."""
    temporary, drop = tmp_path / "tmp", tmp_path / "drop"
    temporary.mkdir()
    drop.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return temporary, drop


def _start(drop):
    maker = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(drop)], stdout=subprocess.PIPE, text=True
    )
    assert maker.stdout.readline() == "made\n"
    return maker


def _kill(maker):
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    maker.stdout.close()


def _names(*folders):
    return sorted(path.name for folder in folders for path in folder.iterdir())


def test_living_processes_are_spared_and_dead_ones_swept(places):
    living, dead = _start(places[1]), _start(places[1])
    _kill(dead)
    assert len(_names(*places)) == 6
    assert sweep([places[1]]) == 3
    left = _names(*places)
    assert len(left) == 3
    assert all(f".{living.pid}." in name for name in left)
    assert sweep([places[1]]) == 0
    _kill(living)
    assert sweep([places[1]]) == 3
    assert _names(*places) == []


def test_process_that_bears_a_dead_ones_number_is_no_reason_to_spare(places, monkeypatch):
    monkeypatch.setattr(leftovers, "_began", lambda _pid: 1)
    (places[1] / aside_of("mercy.xlsx")).touch()
    monkeypatch.setattr(leftovers, "_began", lambda _pid: 2)
    assert sweep([places[1]]) == 1


def test_what_another_machine_makes_is_spared_for_a_day(places, monkeypatch):
    with monkeypatch.context() as there:
        there.setattr(leftovers, "_machine", lambda: "0123abcd")
        young, old = (places[1] / aside_of("mercy.xlsx") for _ in range(2))
        old_folder = places[0] / temporary_name()
    for made in (young, old):
        made.touch()
    old_folder.mkdir()
    for made in (old, old_folder):
        os.utime(made, (time.time() - 90_000,) * 2)
    assert sweep([places[1]]) == 2
    assert _names(*places) == [young.name]


def temporary_name():
    with temporary_folder("reader") as folder:
        return folder.name


@pytest.mark.parametrize(
    "name",
    [
        *(".mercy.xlsx.part", "mercy.xlsx", ".part", "provider-assets-reader-x81a", "notes.tmp"),
        "x-0123abcd.12.34-0123abcd.part",  # not hidden
        ".x-0123abcd.12.34-0123abcd.xlsx",
        ".x-0123abcd.12-0123abcd.part",
    ],
)
def test_names_without_our_mark_are_never_touched(name, places):
    for folder in places:
        (folder / name).touch()
        os.utime(folder / name, (0, 0))
    assert sweep([places[1]]) == 0
    assert _names(*places) == [name, name]


def test_link_is_neither_followed_nor_removed(places, tmp_path):
    target = tmp_path / "precious"
    target.mkdir()
    (target / "file").touch()
    with temporary_folder("reader") as folder:
        name = folder.name.replace(f".{os.getpid()}.", ".999999999.")
    (places[0] / name).symlink_to(target)
    assert sweep([places[1]]) == 0
    assert _names(target) == ["file"]


def test_what_is_another_users_is_not_ours(places, monkeypatch):
    _kill(_start(places[1]))
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)
    assert sweep([places[1]]) == 0


def test_folder_that_is_missing_has_nothing_to_sweep(places, tmp_path):
    assert sweep([tmp_path / "none", places[1]]) == 0


@pytest.mark.parametrize("name", ["x" * 200 + ".xlsx", "é" * 100, "\udcff" * 100, ""])
def test_name_aside_is_hidden_and_fits(name, places):
    aside = places[1] / aside_of(name, ".tmp.xlsx")
    aside.touch()
    assert aside.name.startswith(".")


def test_next_load_sweeps_what_a_killed_one_left(places, tmp_path):
    home = tmp_path / "home"
    roster = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    folders = [home / "drop" / name for name in ("rejects", "processed", "reports/.names")]
    folders.append(home / "storage" / ".unfinished")
    for folder in folders:
        folder.mkdir(parents=True)
        _kill(_start(folder))
    assert len(_names(places[0])) == 4
    command = [sys.executable, "-m", "provider_assets", "--home", str(home), "load", str(roster)]
    subprocess.run(command, check=True, capture_output=True)
    assert _names(places[0]) == []
    found = [path.name for folder in folders for path in folder.iterdir()]
    assert [name for name in found if "mercy.xlsx-" in name or "mercy.txt-" in name] == []
    shutil.rmtree(home)


def test_reader_that_is_killed_with_its_parent_leaves_what_the_next_one_sweeps(places, tmp_path):
    folder = Path(tmp_path / "home")
    roster = write_xlsx(tmp_path / "mercy.xlsx", sample_rows() * 4000)
    command = [sys.executable, "-m", "provider_assets", "--home", str(folder), "load", str(roster)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as load:
        end = time.monotonic() + 120
        while not _names(places[0]) and time.monotonic() < end:
            time.sleep(0.005)
        load.kill()
    assert any(name.startswith("provider-assets-reader-") for name in _names(places[0]))
    subprocess.run([*command[:-1], str(write_xlsx(tmp_path / "x.xlsx", sample_rows()))], check=True)
    assert _names(places[0]) == []


def test_temporary_folder_bears_its_makers_mark_wherever_it_is_made():
    package = Path(leftovers.__file__).parent
    unmarked = (
        r"\b(TemporaryDirectory|NamedTemporaryFile|TemporaryFile)\(|mkdtemp\((?!dir=|prefix=f)"
    )
    found = [path for path in package.rglob("*.py") if re.search(unmarked, path.read_text())]
    assert found == []


def test_store_of_the_registry_that_is_half_written_is_swept(places, monkeypatch):
    def killed(_file):
        raise KeyboardInterrupt

    _, folder = places
    about = About("exclusions", "2026-11-08", (), 0)
    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        write_store(folder, about, {"npi": pa.array([], pa.int64())})
    [left] = _names(folder)
    assert leftovers.is_aside(left)
