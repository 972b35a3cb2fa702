"""Processes share a folder of rosters: what comes of it is what one process makes of it."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from dagster import DagsterInstance

from provider_assets.orchestration.command.side_by_side import loading_side_by_side
from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.process.remains import lost_runs, places
from provider_assets.settings import process_settings
from provider_assets_tests.orchestration import side_by_side
from provider_assets_tests.orchestration.folders import (
    answers,
    dropped,
    held,
    make_folder,
    make_layouts,
    told,
)
from provider_assets_tests.rosters import npi, person, write_xlsx

ROSTERS = 7
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))]


def left(home, folder, jobs, replays):
    """All that a load leaves in a fresh home, without what is otherwise in two of the same."""
    root = home.root / f"jobs{jobs}"
    home.set(HOME=str(root), LAYOUTS=str(home.root / "layouts"))
    for replay in replays:
        called = home.call("load", "--json", f"--jobs={jobs}", *replay, folder)
    return (
        called.status,
        told(json.loads(called.stdout), root),
        held(home.database_url),
        answers(root),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_rosters_side_by_side_come_to_what_they_come_to_one_by_one(home, application_url, seed):
    replays = [[], ["--replay"]] if seed else [[]]
    make_layouts(home.root / "layouts")
    folder = home.root / "rosters"
    make_folder(folder, seed, ROSTERS)
    shared = left(home, folder, 3, replays)
    dropped(application_url)
    alone = left(home, folder, 1, replays)
    for ours, theirs in zip(shared, alone, strict=True):
        assert ours == theirs


def loaded(files, jobs, end_well=side_by_side.usual):
    with loading_side_by_side(process_settings(), files, jobs, end_well, replay=False) as loads:
        return dict(loads.results())


@pytest.mark.parametrize(
    ("moment", "status", "sentence"),
    [
        (side_by_side.killed_before_the_load, "failed", "nothing of it is in the table"),
        (side_by_side.killed_after_the_load, "already_loaded", "the roster is in the table"),
    ],
)
def test_roster_whose_process_is_killed_costs_none_of_the_others(
    sqlite_home, moment, status, sentence
):
    names = ("first", "victim", "third", "fourth", "fifth")
    files = [
        write_xlsx(sqlite_home.root / "in" / f"{name}.xlsx", [person(at), person(20 + at)])
        for at, name in enumerate(names)
    ]
    results = loaded(files, 2, moment)
    assert [results[at].outcome.status for at in range(5)] == ["loaded", status, *["loaded"] * 3]
    code, told_why = results[1].outcome.error
    assert (code, sentence in told_why, "signal 9" in told_why) == ("worker-died", True, True)
    sqlite_home.load(*files)
    assert [row[4] for row in sqlite_home.table()] == sorted(
        npi(number + at) for at in range(5) for number in (0, 20)
    )
    alive = alive_folder(process_settings().home)
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        assert (list(places(instance, alive)), lost_runs(instance, alive)) == ([], [])


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_command_that_is_asked_to_end_ends_with_all_that_share_its_work(sqlite_home, number):
    folder = sqlite_home.root / "in"
    for at in range(40):
        write_xlsx(folder / f"{at:02}.xlsx", [person(at), person(100 + at)])
    command = [sys.executable, "-m", "provider_assets", "load", "--jobs=2", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as load:
        while _providers(sqlite_home) < 4:
            assert load.poll() is None
        workers = _workers(load.pid)
        load.send_signal(number)
        assert load.wait(60) == 128 + number
    assert len(workers) == 2
    for worker in workers:
        assert not Path(f"/proc/{worker}").exists()
    assert 4 <= len(sqlite_home.table()) < 80
    assert len(sqlite_home.table()) % 2 == 0
    assert {one["status"] for one in sqlite_home.load(folder)} <= {"loaded", "already_loaded"}
    assert len(sqlite_home.table()) == 80


def _workers(command: int) -> list[int]:
    """The processes that a command has share its work: forks of a child of its."""
    return [worker for child in _children(command) for worker in _children(child)]


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _providers(home) -> int:
    return len(held(home.database_url).get("providerinfo", []))
