"""Machines that share no folder, each a home of its own on this one: `deploy/workers` as it comes.

Redis, a code server, a web server, a daemon and Celery's workers, as processes that may be killed
and are started again; Dagster's storage in MySQL, frames and archive in a bucket, a mailbox in
another.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import make_url

from provider_assets_tests.e2e.running import ROOT, free_port
from provider_assets_tests.mysql.server import Server
from provider_assets_tests.places.s3 import KEYS, S3Server

Answer = TypeVar("Answer")

KEPT, CLINICS = "kept", "clinics"  # the bucket of frames and archive, and the mailbox's
SERVICES, WORKERS = ("redis", "code", "daemon", "web"), ("worker1", "worker2")
MAILBOX = """\
drop_folder: false
mailboxes:
  - name: clinics
    address: s3://clinics/in
    endpoint: {endpoint}
    region: us-east-1
    access_key_id_env: CLINICS_ID
    secret_access_key_env: CLINICS_SECRET
    every_seconds: 5
"""


@dataclass
class Fleet:
    """What runs where; `parts` are the processes by name."""

    folder: Path
    url: str
    dagster_url: str
    bucket: S3Server
    workers: tuple[str, ...] = WORKERS
    ports: dict[str, int] = field(default_factory=dict)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def prepare(self) -> None:
        """What an installation writes once: buckets, the file of mailboxes, the workspace."""
        for name in (KEPT, CLINICS):
            self.bucket.client().create_bucket(Bucket=name)
        self.ports = {name: free_port() for name in ("redis", "code", "web")}
        self.folder.mkdir(parents=True, exist_ok=True)
        told = MAILBOX.format(endpoint=self.bucket.endpoint)
        (self.folder / "mailboxes.yaml").write_text(told)
        code = {"host": "127.0.0.1", "port": self.ports["code"], "location_name": "provider_assets"}
        text = yaml.safe_dump({"load_from": [{"grpc_server": code}]})
        (self.folder / "workspace.yaml").write_text(text)

    def start(self, name: str) -> None:
        """Start a part; it works when it works."""
        home = self.furnished(name)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                self._command(name), env=self.environment(name), cwd=home,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def migrate(self) -> None:
        """Make Dagster's tables, as docs/workers.md says, before several parts try to at once."""
        command = [sys.executable, "-m", "dagster", "instance", "migrate"]
        home = self.furnished("code")
        subprocess.run(command, env=self.environment("code"), cwd=home, check=True)

    def start_all(self) -> None:
        """Make Dagster's tables, start everything, and wait until the definitions are there."""
        self.migrate()
        for name in (*SERVICES, *self.workers):
            self.start(name)
        self.wait("the definitions are loaded", lambda: "mailbox_clinics_sensor" in self.sensors())

    def furnished(self, name: str) -> Path:
        """The home that a part runs in, with the `dagster.yaml` of an installation."""
        home = self.home(name)
        (home / "dagster").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "deploy" / "workers" / "dagster.yaml", home / "dagster")
        return home

    def home(self, name: str) -> Path:
        """The home of the machine that a part runs on; each worker has its own."""
        return self.folder / ("services" if name in SERVICES else name)

    def environment(self, name: str) -> dict[str, str]:
        """The settings of a part's machine; nothing of the ones that the tests run with."""
        kept = {each: os.environ[each] for each in ("PATH", "HOME", "LANG") if each in os.environ}
        at = make_url(self.dagster_url)
        dagster = {
            "HOST": at.host, "PORT": at.port, "DATABASE": at.database,
            "USER": at.username, "PASSWORD": at.password,
        }  # fmt: skip
        return {
            **kept,
            **{f"DAGSTER_MYSQL_{key}": str(value) for key, value in dagster.items()},
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(self.home(name) / "dagster"),
            "PROVIDER_BROKER": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "PROVIDER_ASSETS_HOME": str(self.home(name)),
            "PROVIDER_ASSETS_DATABASE_URL": self.url,
            "PROVIDER_ASSETS_STORAGE": f"s3://{KEPT}/provider_assets",
            "PROVIDER_ASSETS_MAILBOXES": str(self.folder / "mailboxes.yaml"),
            "PROVIDER_ASSETS_RETRY_SECONDS": "1",
            "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.bucket.endpoint,
            "CLINICS_ID": KEYS["aws_access_key_id"],
            "CLINICS_SECRET": KEYS["aws_secret_access_key"],
        }

    def _command(self, name: str) -> list[str]:
        python = [sys.executable, "-m"]
        port = {each: str(number) for each, number in self.ports.items()}
        where = ["--workspace", str(self.folder / "workspace.yaml")]
        if name == "redis":
            return ["redis-server", "--port", port["redis"], "--bind", "127.0.0.1", "--save", ""]
        if name == "code":
            module = ["-m", "provider_assets.definitions", "--location-name", "provider_assets"]
            return [*python, "dagster", "code-server", "start", *module, "--port", port["code"]]
        if name == "daemon":
            return [*python, "dagster._daemon", "run", *where]
        if name == "web":
            return [*python, "dagster_webserver", "-h", "127.0.0.1", "-p", port["web"], *where]
        app = ["-A", "provider_assets.orchestration.process.celery_app"]
        return [
            *python,
            "celery",
            *app,
            "worker",
            "-l",
            "info",
            "-Q",
            "dagster",
            "-c",
            "1",
            "-n",
            f"{name}@%h",
        ]

    def kill(self, name: str) -> None:
        """SIGKILL for a part and all that it has started, as when its machine loses its power."""
        with suppress(ProcessLookupError):
            os.killpg(self.parts[name].pid, signal.SIGKILL)
        self.parts[name].wait()

    def kill_pool(self, name: str) -> None:
        """SIGKILL for the process below a worker in which runs work."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.parts[name].pid:
                    os.kill(int(stat.parent.name), signal.SIGKILL)

    def keep_up(self) -> None:
        """What a service manager does: start again what has ended."""
        for name, process in list(self.parts.items()):
            if process.poll() is not None:
                self.start(name)

    def stop(self) -> None:
        """End everything."""
        for name in self.parts:
            self.kill(name)

    def send(self, name: str, content: bytes) -> None:
        """What a hospital does: put a roster into its inbox."""
        self.bucket.client().put_object(Bucket=CLINICS, Key=f"in/inbox/{name}", Body=content)

    def files(self, folder: str) -> dict[str, bytes]:
        """What lies in a folder of the mailbox, by name."""
        client, start = self.bucket.client(), f"in/{folder}/"
        keys = [key for key in self.bucket.keys(CLINICS) if key.startswith(start)]
        return {
            key.removeprefix(start): client.get_object(Bucket=CLINICS, Key=key)["Body"].read()
            for key in keys
        }

    def names(self, folder: str) -> list[str]:
        """The same, names only."""
        start = f"in/{folder}/"
        keys = self.bucket.keys(CLINICS)
        return sorted(key.removeprefix(start) for key in keys if key.startswith(start))

    def query(self, statement: str, url: str = "") -> list[tuple[Any, ...]]:
        """Rows of the application's database, or of Dagster's."""
        engine = sa.create_engine(url or self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

    def runs(self) -> dict[str, str]:
        """The status of each run of a roster, by its id."""
        found = self.query("SELECT run_id, status FROM runs", self.dagster_url)
        return {str(run_id): str(status) for run_id, status in found}

    def graphql(self, query: str, **variables: object) -> Any:
        """What the web UI's page asks; None while nobody answers."""
        asked = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['web']}/graphql",
            asked,
            {"Content-Type": "application/json"},
        )
        with suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]
        return None

    def sensors(self) -> list[str]:
        """The sensors that Dagster has loaded."""
        told = self.graphql(
            "{repositoriesOrError {... on RepositoryConnection {nodes {sensors {name}}}}}"
        )
        nodes = ((told or {}).get("repositoriesOrError") or {}).get("nodes", [])
        return [each["name"] for node in nodes for each in node["sensors"]]

    def wait(self, what: str, probe: Callable[[], Answer], seconds: float = 240) -> Answer:
        """Wait until the probe's answer is true; fails with the ends of the logs."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if answer := probe():
                return answer
            time.sleep(0.5)
        raise AssertionError(f"not within {seconds} s: {what}\n{self.logs()}")

    def logs(self) -> str:
        """The ends of all logs."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')[-2500:]}" for log in logs
        )


@contextmanager
def fleet_at(folder: Path, server: Server, workers: tuple[str, ...] = WORKERS) -> Iterator[Fleet]:
    """A fleet that runs, ended whatever happens."""
    (folder / "bucket").mkdir(parents=True)
    bucket = S3Server(folder / "bucket")
    bucket.start()
    fleet = Fleet(
        folder / "fleet", server.create_schema().url, server.create_schema().admin_url,
        bucket, workers,
    )  # fmt: skip
    try:
        fleet.prepare()
        fleet.start_all()
        yield fleet
    finally:
        fleet.stop()
        bucket.stop()
