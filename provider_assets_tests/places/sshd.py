"""OpenSSH's own server, as a process on a free port of loopback, with keys of its own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

USER = pwd.getpwuid(os.getuid()).pw_name
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/{host_key}
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass
class Sshd:
    """A server whose users see this machine's files; `root` is where the mailbox's folder lies."""

    folder: Path
    port: int = 0
    host_key: str = "host_key"
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def root(self) -> Path:
        return self.folder / "upload"

    @property
    def known_hosts(self) -> Path:
        return self.folder / "known_hosts"

    @property
    def key(self) -> Path:
        return self.folder / "user_key"

    @property
    def address(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}{self.root}"

    def make(self) -> None:
        self.root.mkdir(parents=True)
        for name in ("host_key", "other_host_key", "user_key", "other_user_key"):
            _keygen(self.folder / name)
        shutil.copy(self.folder / "user_key.pub", self.folder / "authorized_keys")
        self.port = free_port()
        kind, key, *_ = (self.folder / "host_key.pub").read_text().split()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")

    def start(self) -> None:
        told = CONFIG.format(port=self.port, folder=self.folder, host_key=self.host_key)
        (self.folder / "sshd_config").write_text(told)
        Path("/run/sshd").mkdir(exist_ok=True)
        with (self.folder / "sshd.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "sshd_config")],
                stderr=log,
            )
        end = time.monotonic() + 10
        while not _listens(self.port):
            assert self.process.poll() is None, (self.folder / "sshd.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.02)

    def stop(self) -> None:
        """The server and every session of it end at once."""
        if self.process is not None:
            for session in [*_descendants(self.process.pid), self.process.pid]:
                with suppress(ProcessLookupError):
                    os.kill(session, signal.SIGKILL)
            self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _keygen(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _descendants(parent: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            above = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(above, []).append(int(status.parent.name))
    found, waiting = [], [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
