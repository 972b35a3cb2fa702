"""What is done for a roster before its run: no more than it would do itself, and never an error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider_assets.errors import UsageError
from provider_assets.orchestration.command import look_ahead
from provider_assets.orchestration.command.look_ahead import LookAhead
from provider_assets.reading import begun as early
from provider_assets.settings import load_settings
from provider_assets_tests.rosters import person, sample_rows, write_xlsx

ROOT = Path(__file__).parents[2]


@pytest.fixture
def begun(monkeypatch):
    """The hashes of what was begun to be read."""
    hashes = []
    monkeypatch.setattr(look_ahead, "begin_reading", lambda sha256, *_: hashes.append(sha256))
    return hashes


def looking(tmp_path, *, everything=False, **settings) -> LookAhead:
    named = {f"PROVIDER_ASSETS_{name}": value for name, value in settings.items()}
    return LookAhead(load_settings(named, None, home=tmp_path), everything=everything)


def test_roster_that_lies_in_the_archive_is_not_read_ahead(tmp_path, begun):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    looks = looking(tmp_path)
    (tmp_path / "storage" / "archive" / looks.sha256(path)).mkdir(parents=True)

    looks.look(path)
    assert begun == []
    looking(tmp_path, everything=True).look(path)
    assert begun == [looks.sha256(path)]


def test_hash_is_that_of_the_file_as_it_is_now(tmp_path):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    looks = looking(tmp_path)
    before = looks.sha256(path)
    write_xlsx(path, [person(1)])
    os.utime(path, ns=(1, 1))

    assert looks.sha256(path) != before


@pytest.mark.parametrize("settings", [{"STORAGE": "nowhere://bucket"}, {"LAYOUTS": "missing"}])
def test_look_that_fails_leaves_the_telling_to_the_run(tmp_path, begun, settings):
    looks = looking(tmp_path, **settings)

    looks.look(write_xlsx(tmp_path / "mercy.xlsx", sample_rows()))
    looks.look(tmp_path / "missing.xlsx")
    assert begun == []
    with pytest.raises(UsageError):
        looks.sha256(tmp_path / "missing.xlsx")


def test_next_roster_is_read_while_the_one_before_it_loads(sqlite_home, monkeypatch):
    home, asked = sqlite_home, []
    usual = early.begin_reading
    monkeypatch.setattr(
        look_ahead, "begin_reading", lambda *given: (asked.append(given[2]["file"]), usual(*given))
    )
    names = ("first.xlsx", "second.xlsx", "third.xlsx")
    files = [write_xlsx(home.root / name, [person(at)]) for at, name in enumerate(names, 1)]

    assert [result["status"] for result in home.load(*files)] == ["loaded"] * 3
    assert asked == list(names)
    assert [result["status"] for result in home.load(*files)] == ["already_loaded"] * 3
    assert asked == list(names)
    assert early._begun == {}


def test_command_that_ends_early_leaves_no_folder_of_what_it_began(tmp_path):
    write_xlsx(tmp_path / "mercy.xlsx", [person(number) for number in range(1, 3_000)])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", EARLY],
        cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60,
        env={
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary),
            "PROVIDER_ASSETS_HOME": str(tmp_path / "home"),
        },
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (5, "1\n")
    assert list(temporary.iterdir()) == []


EARLY = """
import atexit, os, time
from pathlib import Path
from provider_assets.orchestration.command.look_ahead import LookAhead
from provider_assets.settings import process_settings
LookAhead(process_settings(), everything=True).look(Path("mercy.xlsx"))
while not (begun := os.listdir(os.environ["TMPDIR"])):
    time.sleep(0.001)
print(len(begun), flush=True)
atexit._run_exitfuncs()
time.sleep(0.2)  # long enough for a thread that would try again
os._exit(5)
"""


@pytest.mark.parametrize(
    ("arguments", "status"), [(["mercy.xlsx"], 0), (["--strict", "mercy.xlsx"], 3), (["none"], 2)]
)
def test_command_ends_with_its_status_and_leaves_nothing_running(tmp_path, arguments, status):
    write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "provider_assets.cli", "load", *arguments],
        cwd=tmp_path, check=False, capture_output=True, text=True,  # until every stream is closed
        env={
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary),
            "PROVIDER_ASSETS_HOME": str(tmp_path / "home"),
        },
    )  # fmt: skip

    assert ended.returncode == status
    assert ("mercy.xlsx" in ended.stdout) == (status != 2)
    assert list(temporary.iterdir()) == []
