"""A process for each file out of one that is ready: what it may not share, and how it ends."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider_assets.reading.nursery import Lender, Nursery, OwnProcess

REMEMBER = "import sys, os; open('told', 'w').write(f'{os.getpid()} {os.getcwd()} {sys.argv[-1]}')"


@pytest.fixture(scope="module")
def lender() -> Iterator[Lender]:
    made = Lender()
    yield made
    made.close()


@pytest.fixture(params=["own", "lent"])
def nursery(request, lender) -> Iterator[Nursery]:
    made = Nursery()
    if request.param == "lent":
        made.adopt(lender.lend())
    yield made
    made.close()


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def test_worker_runs_in_a_process_and_folder_of_its_own(nursery, tmp_path):
    one, other = folder(tmp_path, "one"), folder(tmp_path, "other")

    assert [nursery.run(REMEMBER, each, 60) for each in (one, other)] == [0, 0]

    told = [(each / "told").read_text().split() for each in (one, other)]
    assert [line[1:] for line in told] == [[str(one)] * 2, [str(other)] * 2]
    assert len({told[0][0], told[1][0], str(os.getpid())}) == 3


def test_worker_leaves_nothing_behind_for_the_next_one(nursery, tmp_path):
    mark = "import json; json.marked = True; import signal; signal.alarm(60)"
    look = "import json; open('told', 'w').write(str(hasattr(json, 'marked')))"

    nursery.run(mark, tmp_path, 60)
    nursery.run(look, tmp_path, 60)

    assert (tmp_path / "told").read_text() == "False"


def test_worker_has_no_environment_and_no_stream_of_the_nursery(nursery, tmp_path, monkeypatch):
    monkeypatch.setenv("PROVIDER_ASSETS_DATABASE_URL", "mysql+pymysql://somebody:secret@host/x")
    look = (
        "import os; open('told', 'w').write("
        "repr(sorted(os.environ)) + str({os.readlink(f'/proc/self/fd/{n}') for n in range(3)}))"
    )

    nursery.run(look, tmp_path, 60)

    told = (tmp_path / "told").read_text()
    assert "PROVIDER_ASSETS" not in told
    assert told.endswith("{'/dev/null'}")


@pytest.mark.parametrize(
    ("worker", "status"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGABRT)", -signal.SIGABRT),
        ("raise ValueError", 1),
        ("raise SystemExit(0)", 1),
        ("pass", 0),
    ],
)
def test_worker_that_ends_tells_how(nursery, tmp_path, worker, status):
    assert nursery.run(worker, tmp_path, 60) == status
    assert nursery.run("pass", tmp_path, 60) == 0


def _runs(process: Path) -> bool:
    try:
        return process.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_worker_that_takes_too_long_is_killed_and_the_next_one_runs(nursery, tmp_path):
    sleep = "import os, time; open('told', 'w').write(str(os.getpid())); time.sleep(600)"

    with pytest.raises(TimeoutError):
        nursery.run(sleep, tmp_path, 3)

    process = Path("/proc", (tmp_path / "told").read_text(), "stat")
    end = time.monotonic() + 30  # the kernel ends a killed process when it gets to it
    while _runs(process) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(process)
    assert nursery.run("pass", tmp_path, 60) == 0


def test_worker_that_kills_the_nursery_is_a_death_and_the_next_one_runs(nursery, tmp_path):
    """Of a lent one it is tried once more, by one of its own: nobody knows who killed it."""
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"

    assert nursery.run(kill, tmp_path, 60) == -signal.SIGKILL
    assert nursery.run("pass", tmp_path, 60) == 0


def test_nursery_of_a_forked_process_is_its_own(nursery, tmp_path):
    nursery.run("pass", tmp_path, 60)
    child = os.fork()
    if child == 0:
        status = nursery.run("pass", tmp_path, 60)
        nursery.close()
        os._exit(status)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert nursery.run("pass", tmp_path, 60) == 0


def test_worker_of_a_nursery_that_nobody_listens_to_any_more_ends(nursery, tmp_path):
    writes = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()));"
    waiting = threading.Thread(
        target=nursery.run, args=(f"{writes} time.sleep(600)", tmp_path, 600), daemon=True
    )
    waiting.start()
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.05)
    forks = nursery._forks
    if isinstance(forks, OwnProcess):
        forks._process.stdin.close()  # as the kernel does where its owner was killed
    else:
        forks._asks.shutdown(socket.SHUT_WR)
    waiting.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_lent_processes_of_one_lender_are_each_their_own(lender, tmp_path):
    seen = []
    for name in ("one", "other"):
        nursery = Nursery()
        nursery.adopt(lender.lend())
        made = folder(tmp_path, name)
        assert nursery.run("import os; open('told', 'w').write(str(os.getppid()))", made, 60) == 0
        seen.append((made / "told").read_text())
        nursery.close()
    assert len(set(seen)) == 2


@pytest.mark.parametrize("when", ["before it lends", "after it lent"])
def test_killed_lender_costs_nobody_anything(tmp_path, when):
    lender = Lender()
    nursery = Nursery()
    nursery.adopt(lender.lend())
    assert nursery.run("pass", tmp_path, 60) == 0
    lender._process.kill()
    lender._process.wait()
    if when == "before it lends":
        nursery.close()
        nursery.adopt(lender.lend())
    assert nursery.run("pass", tmp_path, 60) == 0
    nursery.close()
    lender.close()


def test_lent_processes_end_with_whoever_had_them(lender, tmp_path):
    nursery = Nursery()
    nursery.adopt(lender.lend())
    nursery.run("import os; open('told', 'w').write(str(os.getppid()))", tmp_path, 60)
    process = Path("/proc", (tmp_path / "told").read_text(), "stat")
    assert _runs(process)
    nursery.close()
    end = time.monotonic() + 30
    while _runs(process) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(process)
