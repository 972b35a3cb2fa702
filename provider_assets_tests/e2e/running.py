"""The platform as people run it: `provider-assets dev` as real processes, in a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

ROOT = Path(__file__).parents[2]
Answer = TypeVar("Answer")

QUICK = {
    "PROVIDER_ASSETS_SENSOR_INTERVAL": "1",
    "PROVIDER_ASSETS_SETTLE_SECONDS": "1",
    "PROVIDER_ASSETS_RETRY_SECONDS": "1",
}


@dataclass
class Platform:
    """A home, and the processes that run in it."""

    home: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen | None = None

    @property
    def drop(self) -> Path:
        """The drop folder."""
        return self.home / "drop"

    @property
    def url(self) -> str:
        """The web UI."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the processes print."""
        return self.home / "dev.log"

    def start(self) -> None:
        """Start the processes; returns when the web UI answers."""
        self.port = free_port()
        command = [sys.executable, "-m", "provider_assets.cli", "dev", "--port", str(self.port)]
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.settings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait("the web UI answers", self._answers, 120)

    def settings(self) -> dict[str, str]:
        """The environment of the processes; nothing of the one that the tests run in."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "PROVIDER_ASSETS_HOME": str(self.home),
            "PROVIDER_ASSETS_DATABASE_URL": self.database_url,
            **QUICK,
            **self.environment,
        }

    def stop(self) -> None:
        """Ask all processes to end, and end those that do not."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        for pid in self.processes():
            kill(pid)
        self.process.wait()
        self.process = None

    def processes(self) -> dict[int, str]:
        """The processes of this home that live, by id, each with its command line."""
        mine = f"PROVIDER_ASSETS_HOME={self.home}\0".encode()
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    if mine in (folder / "environ").read_bytes() + b"\0":
                        line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                        if line:
                            found[int(folder.name)] = line.decode(errors="replace").strip()
        return found

    def files(self, *folders: str) -> list[str]:
        """The files of these folders of the drop folder."""
        return sorted(
            f"{folder}/{path.name}"
            for folder in folders
            for path in (self.drop / folder).iterdir()
            if not path.name.startswith(".")
        )

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of the database."""
        engine = sa.create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(sa.text(statement))]
        finally:
            engine.dispose()

    def wait(self, what: str, probe: Callable[[], Answer], seconds: float = 120) -> Answer:
        """Wait until the probe's answer is true; fails with the end of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if answer := probe():
                return answer
            time.sleep(0.2)
        tail = self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""
        raise AssertionError(f"not within {seconds} s: {what}\n{tail}")

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"ended at once:\n{self.log.read_text(errors='replace')[-4000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/server_info", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def running(platform: Platform) -> Iterator[Platform]:
    """Start the platform, and stop it whatever happens."""
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kill(pid: int) -> None:
    """End a process at once, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
