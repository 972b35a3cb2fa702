"""Runs on Celery's workers over a real Redis, started as `make dev-workers` does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from provider_assets_tests.rosters import write_xlsx

ROOT = Path(__file__).parents[2]
ROSTERS = 6

pytestmark = [pytest.mark.e2e, pytest.mark.mysql]


def _npi(number: int) -> str:
    return f"2{number:09}"


def _pool_processes(services: int) -> list[int]:
    """The processes in which Celery's workers, children of `services`, run what they were given."""
    parents, pooled = {}, []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pid = int(process.name)
            parents[pid] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if b"ForkPoolWorker" in (process / "cmdline").read_bytes():
                pooled.append(pid)
    return [pid for pid in pooled if parents.get(parents[pid]) == services]


@pytest.mark.timeout(600)
def test_rosters_load_once_though_the_process_of_a_run_is_killed(tmp_path, mysql_url):
    home, web = tmp_path / "home", socket.socket()
    web.bind(("127.0.0.1", 0))
    port = web.getsockname()[1]
    web.close()
    environment = os.environ | {
        "PROVIDER_ASSETS_HOME": str(home),
        "PROVIDER_ASSETS_DATABASE_URL": mysql_url,
        "PROVIDER_ASSETS_RETRY_SECONDS": "1",
        "PROVIDER_ASSETS_SENSOR_INTERVAL": "5",
        "PORT": str(port),
    }
    inbox = home / "drop" / "inbox"
    inbox.mkdir(parents=True)
    for number in range(ROSTERS):
        rows = [("HERO", "Ada", "Quimby", f"Quimby, Ada {number}", _npi(number))]
        write_xlsx(tmp_path / "made.xlsx", rows)
        shutil.move(tmp_path / "made.xlsx", inbox / f"roster_{number}.xlsx")
    with (tmp_path / "log").open("w") as log:
        services = subprocess.Popen(
            # as a shell starts a job in the background
            ["env", "--ignore-signal=INT", sys.executable, str(ROOT / "deploy/workers/dev.py")],
            cwd=tmp_path, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        killed = 0
        end = time.monotonic() + 500
        done = home / "drop" / "processed"
        while len(list(done.glob("*.xlsx")) if done.is_dir() else []) < ROSTERS:
            assert services.poll() is None, (tmp_path / "log").read_text()[-3000:]
            assert time.monotonic() < end, (tmp_path / "log").read_text()[-3000:]
            if not killed and any((home / "alive").glob("*-*")):
                for pid in _pool_processes(services.pid)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed = pid
            time.sleep(0.2)
    finally:
        services.send_signal(signal.SIGINT)
        services.wait(60)
    assert killed
    with sa.create_engine(mysql_url).connect() as connection:
        npis = sa.text("SELECT PROV_NPI FROM providerinfo ORDER BY PROV_NPI")
        assert list(connection.scalars(npis)) == [_npi(number) for number in range(ROSTERS)]
        loaded = sa.text("SELECT COUNT(*) FROM provider_import WHERE state = 'loaded'")
        assert connection.scalar(loaded) == ROSTERS
