"""`provider-assets dev`: the code server, the web server and the daemon of a home, as one.

What `dagster dev` does, but all of it ends within seconds when it is asked to, or when one of the
three has ended; and the web server takes orders from its own page only.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml
from dagster._grpc.client import DagsterGrpcClient

from provider_assets.errors import UsageError
from provider_assets.leftovers import temporary_folder

MODULE, LOCATION = "provider_assets.definitions", "provider_assets"
GRACE = 4.0
START_SECONDS = 120.0
LOOK = 0.2

log = logging.getLogger(__name__)
Services = Mapping[str, "subprocess.Popen[bytes]"]


def serve(host: str, port: int, where_to: str) -> None:
    """Run the services until one of them ends, or this process is interrupted.

    `where_to` says once where they are found, and where rosters go.

    Raises UsageError where one ended that was not asked to.
    """
    with temporary_folder("dev") as folder, _services() as running:
        socket, workspace = folder / "code", folder / "workspace.yaml"
        server = {"socket": str(socket), "location_name": LOCATION}
        workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}))
        code = ["code-server", "start", "--module-name", MODULE, "--location-name", LOCATION]
        running["the code server"] = _start("dagster", *code, "--socket", str(socket))
        _wait_for(running, socket)
        where = ["--workspace", str(workspace)]
        address = ["--host", host, "--port", str(port)]
        running["the web server"] = _start("dagster_webserver", *address, *where)
        running["the daemon"] = _start("dagster._daemon", "run", *where)
        log.warning("%s", where_to)
        while True:
            _all_run(running)
            time.sleep(LOOK)


@contextmanager
def _services() -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        yield running
    finally:
        _end(list(running.values()))


def _start(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    service = ["-m", "provider_assets.orchestration.process.service", name, *arguments]
    return subprocess.Popen(  # noqa: S603  (our own interpreter and our own module)
        [sys.executable, *service], stdin=subprocess.PIPE, process_group=0
    )


def _wait_for(running: Services, socket: Path) -> None:
    end = time.monotonic() + START_SECONDS
    client = DagsterGrpcClient(socket=str(socket))
    while time.monotonic() < end:
        _all_run(running)
        with suppress(Exception):
            client.ping("")
            return
        time.sleep(LOOK)
    raise UsageError(f"the code server does not answer after {START_SECONDS:.0f} s; see above")


def _all_run(running: Services) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            raise UsageError(f"{name} has ended (status {process.returncode}); see above why")


def _end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ask every process and its children to end, and end those that do not."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    end = time.monotonic() + GRACE
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
    for process in processes:
        _signal(process, signal.SIGKILL)  # also what a process that has ended left behind
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
