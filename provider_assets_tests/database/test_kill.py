"""SIGKILL at every step of the transaction and at random moments; servers that restart."""

import json
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from provider_assets.database.history import list_imports
from provider_assets.database.loading import load as load_module
from provider_assets.database.prepare import prepare
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.departures import send
from provider_assets_tests.database.loader import STEPS, roster
from provider_assets_tests.database.rosters import GOOFY, MICKEY, held, load, open_url
from provider_assets_tests.mysql.server import start_server

ROWS = 2_000
RANDOM_KILLS = 14
FIRST = (0, ROWS, "first")
MENDED = (ROWS // 2, ROWS + ROWS // 2, "mended")
REPLAY = {"layout": "mended", "on_existing": "update"}


def _start(url, name, providers, options, die=""):
    process = subprocess.Popen(
        [sys.executable, "-m", "provider_assets_tests.database.loader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = {"url": url, "name": name, "roster": providers, "options": options, "die": die}
    process.stdin.write(json.dumps(told) + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    return process


def _go(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def _everything(database):
    """The table and the history, without what differs between two equal lives: ids and times."""
    rank = {one.id: number for number, one in enumerate(reversed(list_imports(database)))}
    states = [
        (rank[one.id], one.state, one.rows, one.fingerprint) for one in list_imports(database)
    ]
    columns = "npi, action, undoing, sheet, full_name, old_full_name"
    with database.connect() as connection:
        found = connection.execute(text(f"SELECT import_id, {columns} FROM provider_import_row"))
        rows = sorted((rank[row[0]], *map(str, row[1:])) for row in found)
    return held(database), states, rows


def _begin(url):
    database = open_url(url)
    load(database, roster(*FIRST))
    return database


def _undisturbed(url):
    database = _begin(url)
    load(database, roster(*MENDED), **REPLAY)
    return _everything(database)


def _fresh_url(kind, mysql_server, folder, name):
    if kind == "sqlite":
        return f"sqlite:///{folder / f'{name}.db'}"
    return mysql_server.create_schema().url


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mysql", "sqlite"])
@pytest.mark.parametrize("step", STEPS)
def test_load_that_is_killed_at_a_step_ends_right_when_it_is_done_again(
    kind, step, mysql_server, tmp_path
):
    url = _fresh_url(kind, mysql_server, tmp_path, "killed")
    database = _begin(url)
    before = _everything(database)
    process = _start(url, "mercy", MENDED, REPLAY, step)
    _go(process)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    expected = _undisturbed(_fresh_url(kind, mysql_server, tmp_path, "undisturbed"))
    assert _everything(database) == (expected if step == "commit" else before)
    load(database, roster(*MENDED), **REPLAY)
    assert _everything(database) == expected


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["mysql", "sqlite"])
def test_load_that_is_killed_at_any_moment_ends_right_when_it_is_done_again(
    kind, mysql_server, tmp_path
):
    moments = random.Random(20240229)
    url = _fresh_url(kind, mysql_server, tmp_path, "undisturbed")
    _begin(url)
    started = time.monotonic()
    load(open_url(url), roster(*MENDED), **REPLAY)
    takes = time.monotonic() - started
    expected = _everything(open_url(url))
    killed = 0
    for number in range(RANDOM_KILLS):
        url = _fresh_url(kind, mysql_server, tmp_path, str(number))
        database = _begin(url)
        before = _everything(database)
        process = _start(url, "mercy", MENDED, REPLAY)
        _go(process)
        time.sleep(moments.uniform(0, takes))
        process.kill()
        killed += process.wait(60) == -signal.SIGKILL
        process.communicate()
        with database.connect(writing=True):  # the server notices a dead client by itself
            pass
        load(database, roster(*MENDED), **REPLAY)
        assert _everything(database) == expected != before
    assert killed >= RANDOM_KILLS // 2


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["mysql", "sqlite"])
def test_departures_that_are_killed_at_any_moment_end_right_when_they_are_done_again(
    kind, mysql_server, tmp_path
):
    """Fifty of two thousand are missing in a full roster: all of them leave, or none."""
    moments = random.Random(20260301)
    everybody, fewer = (0, ROWS, "of jan"), (50, ROWS, "of jan")

    def begun(name):
        url = _fresh_url(kind, mysql_server, tmp_path, name)
        database = open_url(url)
        send(database, roster(*everybody), "jan")
        return url, database, _everything(database)

    _, database, before = begun("undisturbed")
    started = time.monotonic()
    send(database, roster(*fewer), "feb")
    takes, expected = time.monotonic() - started, _everything(database)
    assert len(held(database)) == ROWS - 50
    killed = 0
    for number in range(RANDOM_KILLS):
        die = "depart" if number == 0 else ""
        url, database, _ = begun(str(number))
        process = _start(url, "feb", fewer, {"full": True}, die)
        _go(process)
        if not die:
            time.sleep(moments.uniform(0, takes))
            process.kill()
        killed += process.wait(60) == -signal.SIGKILL
        process.communicate()
        with database.connect(writing=True):  # the server notices a dead client by itself
            pass
        assert _everything(database) in (before, expected)
        send(database, roster(*fewer), "feb")
        assert _everything(database) == expected
        newest = list_imports(database)[0].id  # a killed load may have used up a number
        assert undo(database, newest).returned == 50
        assert held(database) == roster(*everybody)
    assert killed >= RANDOM_KILLS // 2


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("kind", ["mysql", "mysql without a key", "sqlite"])
def test_eight_processes_at_once_load_every_npi_once(kind, attempt, mysql_server, tmp_path):
    del attempt
    admin = None
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'p.db'}"
    else:
        schema = mysql_server.create_schema()
        url, admin = schema.url, schema.admin_url
    if kind == "mysql without a key":
        with open_url(admin).connect(writing=True) as connection:
            connection.execute(
                text(
                    "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
                    "PROV_FULL_NM TEXT, PROV_NPI VARCHAR(10))"
                )
            )
            connection.commit()
    processes = [
        _start(url, f"roster {n}", (n * 500, n * 500 + 2_000, f"of {n}"), {}) for n in range(8)
    ]
    for process in processes:
        _go(process)
    counts = []
    for process in processes:
        output, _ = process.communicate(timeout=200)
        assert process.returncode == 0
        counts.append(json.loads(output))
    database = open_url(url)
    npis = [provider[4] for provider in held(database)]
    assert npis == [provider[4] for provider in roster(0, 5_500, "")]
    assert sum(count["inserted"] for count in counts) == len(npis)
    assert sum(count["inserted"] + count["unchanged"] for count in counts) == 8 * 2_000
    assert len(list_imports(database)) == 8


def test_load_in_whose_middle_the_server_restarts_ends_right(monkeypatch):
    with start_server(private=True) as server:
        database = open_url(server.create_schema().url, tries=8)
        prepare(database)
        classify, restarts = load_module.classify, []

        def classify_and_restart(*arguments):
            overtaken = classify(*arguments)
            if not restarts:
                server.daemon.stop()
                restarts.append(threading.Timer(1.5, server.daemon.start))
                restarts[0].start()
            return overtaken

        monkeypatch.setattr(load_module, "classify", classify_and_restart)
        result = load(database, [MICKEY, GOOFY])
        restarts[0].join()
        assert (result.rows.inserted, held(database)) == (2, [MICKEY, GOOFY])
        assert [one.state for one in list_imports(database)] == ["loaded"]
