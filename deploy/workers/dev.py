"""Everything that runs on several machines, on this one: `make dev-workers`.

A Redis server, two Celery workers, the code server, the web server and the daemon, in
`var/workers`; all of it ends with Ctrl-C. Dagster's storage is SQLite's here, and the application's
database what `.env` names.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import yaml

HERE = Path(__file__).parent
WORKERS = 2


def main() -> None:
    """Start all, wait until one ends or somebody does, end all."""
    home = Path("var/workers").absolute()
    port = _free_port()
    environment = {
        **os.environ,
        "PROVIDER_ASSETS_HOME": os.environ.get("PROVIDER_ASSETS_HOME", str(home)),
        "DAGSTER_HOME": str(home / "dagster"),
        "PROVIDER_BROKER": f"redis://127.0.0.1:{port}/0",
    }
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    settings = yaml.safe_load((HERE / "dagster.yaml").read_text(encoding="utf-8"))
    del settings["storage"]
    (home / "dagster" / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    running: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> None:
        process = subprocess.Popen(command, env=environment, process_group=0)  # noqa: S603 - our own
        running.append(process)

    redis = shutil.which("redis-server")
    if redis is None:
        sys.exit("redis-server is not installed; your system's package manager has it")
    start(redis, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", "")
    _wait_for(port)
    python = [sys.executable, "-m"]
    migrate = [*python, "dagster", "instance", "migrate"]  # before several make its tables at once
    subprocess.run(migrate, env=environment, check=True, capture_output=True)  # noqa: S603 - our own
    code, web = _free_port(), int(os.environ.get("PORT", "3000"))
    module = ["--module-name", "provider_assets.definitions", "--location-name", "provider_assets"]
    start(*python, "dagster", "code-server", "start", *module, "--port", str(code))
    _wait_for(code)
    workspace = home / "workspace.yaml"
    server = {"host": "127.0.0.1", "port": code, "location_name": "provider_assets"}
    workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    for number in range(WORKERS):
        app = "provider_assets.orchestration.process.celery_app"
        name = f"worker{number + 1}@%h"
        start(*python, "celery", "-A", app, "worker", "-Q", "dagster", "-c", "1", "-n", name)
    where = ["--workspace", str(workspace)]
    start(*python, "dagster_webserver", "--host", "127.0.0.1", "--port", str(web), *where)
    start(*python, "dagster._daemon", "run", *where)
    inbox = Path(environment["PROVIDER_ASSETS_HOME"]) / "drop" / "inbox"
    sys.stderr.write(f"the web UI is on http://127.0.0.1:{web}; drop rosters into {inbox}\n")
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        for process in reversed(running):
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"nothing listens on port {port} after two minutes; see above")


if __name__ == "__main__":
    for asked in (signal.SIGINT, signal.SIGTERM):  # a job in the background ignores the first
        signal.signal(asked, signal.default_int_handler)
    main()
