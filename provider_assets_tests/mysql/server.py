"""A real database server for tests and benchmarks: private, on loopback, gone afterwards.

`start_server()` takes the server of `PROVIDER_ASSETS_TEST_MYSQL_URL` where that is set (an
administrator's URL without a schema); else it starts `mariadbd` or `mysqld` in a temporary
folder; where neither is installed it installs one with the system's package manager, or stops
with one sentence. What the tests do with the server does not belong here.
"""

import atexit
import ctypes
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
from sqlalchemy.engine import URL, make_url

from provider_assets_tests.mysql import grants
from provider_assets_tests.mysql.installation import find_daemon

EXTERNAL = "PROVIDER_ASSETS_TEST_MYSQL_URL"
LOCAL_INFILE = "PROVIDER_ASSETS_TEST_LOCAL_INFILE"
"""`0` where the servers are to allow no `LOAD DATA LOCAL`, as MySQL's do by default."""
START_SECONDS = 90
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Schema:
    """One test's own schema; URLs carry passwords that were made up for it."""

    name: str
    admin_url: str
    url: str
    """The restricted user: the blocks `loader`, `set-up` and `undo` of docs/security.md."""


@dataclass
class Server:
    """A server that runs: where it is, and how to be its administrator."""

    admin: URL
    daemon: "Daemon | None" = None
    schemas: list[Schema] = field(default_factory=list)

    def admin_url(self, schema: str = "") -> str:
        """The administrator's URL, password and all."""
        return self.admin.set(database=schema or None).render_as_string(hide_password=False)

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements as the administrator; the rows of the last one."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def connect(self, schema: str | None = None) -> pymysql.Connection:
        """A raw connection of the administrator, in autocommit."""
        return pymysql.connect(
            host=self.admin.host or "127.0.0.1",
            port=self.admin.port or 3306,
            user=self.admin.username or "root",
            password=self.admin.password or "",
            database=schema,
            autocommit=True,
            charset="utf8mb4",
        )

    def create_schema(
        self, blocks: Sequence[str] = ("loader", "set-up", "undo"), options: str = ""
    ) -> Schema:
        """A fresh empty schema and a user with just these blocks of docs/security.md."""
        name = f"pa_{os.getpid()}_{next(_numbers)}_{secrets.token_hex(3)}"
        self.execute(f"CREATE DATABASE `{name}` {options or 'CHARACTER SET utf8mb4'}")
        url = self.create_user(name, blocks)
        schema = Schema(name, self.admin_url(name), url)
        self.schemas.append(schema)
        return schema

    def create_user(self, schema: str, blocks: Sequence[str]) -> str:
        """The URL of a new user of a schema with just these blocks of docs/security.md."""
        user, password = f"u{secrets.token_hex(6)}", secrets.token_urlsafe(12)
        self.execute(
            f"CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'",
            *grants.statements(blocks, schema=schema, user=f"'{user}'@'%'"),
        )
        return self.admin.set(username=user, password=password, database=schema).render_as_string(
            hide_password=False
        )

    def drop_schemas(self) -> None:
        """Drop what `create_schema` made: needed on a server that outlives the tests."""
        for schema in self.schemas:
            user = make_url(schema.url).username
            self.execute(
                f"DROP DATABASE IF EXISTS `{schema.name}`", f"DROP USER IF EXISTS '{user}'"
            )
        self.schemas.clear()


@dataclass
class Daemon:
    """The server's process and its folder; started and stopped as often as a test likes."""

    program: Path
    folder: Path
    port: int
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_mariadb(self) -> bool:
        return "mariadb" in self.program.name

    def initialise(self) -> None:
        """Lay the data folder, with a root account that has no password yet."""
        self.folder.chmod(0o755)
        (self.folder / "tmp").mkdir(exist_ok=True)
        data = f"--datadir={self.folder / 'data'}"
        if self.is_mariadb:
            installer = shutil.which("mariadb-install-db") or "mysql_install_db"
            command = [
                installer,
                "--no-defaults",
                data,
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            ]
            command += self._as_user()
        else:
            command = [
                str(self.program),
                "--no-defaults",
                "--initialize-insecure",
                data,
                *self._as_user(),
                *self.options,
            ]
        done = subprocess.run(command, capture_output=True, check=False, env=self._environment())
        if done.returncode:
            raise RuntimeError(
                f"{command[0]} failed: {done.stderr.decode(errors='replace')[-800:]}"
            )

    def start(self) -> None:
        """Start the process and wait until it answers."""
        command = [
            str(self.program),
            "--no-defaults",
            f"--datadir={self.folder / 'data'}",
            f"--socket={self.folder / 's'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--log-error={self.folder / 'error.log'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--local-infile={os.environ.get(LOCAL_INFILE, '1')}",
            "--innodb-buffer-pool-size=256M",
            "--innodb-flush-log-at-trx-commit=2",
            "--skip-name-resolve",
            # as with the log above, only a power cut could take what was committed
            *([] if self.is_mariadb else ["--mysqlx=OFF", "--sync-binlog=0"]),
            *self._as_user(),
            *self.options,
        ]
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment(),
                preexec_fn=_die_with_parent if _is_main() else None,  # noqa: PLW1509
            )
        self._wait()

    def stop(self) -> None:
        """An orderly stop."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, as in a power cut."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _environment(self) -> dict[str, str]:
        """A temporary folder of its own: a server that starts removes the others' files there."""
        return {**os.environ, "TMPDIR": str(self.folder / "tmp")}

    def _as_user(self) -> list[str]:
        return ["--user=root"] if os.geteuid() == 0 else []

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as answer:
                if answer.recv(1):
                    return
            time.sleep(0.05)
        log = self.folder / "error.log"
        tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        self.kill()
        raise RuntimeError(f"{self.program} did not start: {tail}")


@contextmanager
def start_server(
    options: Sequence[str] = (),
    *,
    private: bool = False,
    program: Path | None = None,
    within: Path | None = None,
) -> Iterator[Server]:
    """A running server; `options` are the daemon's own and make it a private one.

    `private` asks for a server that may be stopped, killed and configured; its folder is made in
    the system's temporary one, or `within` another.
    """
    external = os.environ.get(EXTERNAL)
    if external and not (private or options or program):
        server = Server(make_url(external))
        try:
            yield server
        finally:
            server.drop_schemas()
        return
    folder = Path(tempfile.mkdtemp(prefix="provider-assets-mysql-", dir=within))
    daemon = Daemon(program or find_daemon(), folder, _free_port(), tuple(options))
    stop = daemon.kill
    atexit.register(stop)
    try:
        daemon.initialise()
        daemon.start()
        yield Server(_secure(daemon), daemon)
    finally:
        daemon.kill()
        atexit.unregister(stop)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def set_globally(server: Server, **wanted: object) -> Iterator[None]:
    """Variables of the server, set for the sessions that begin meanwhile."""
    before = {name: server.execute(f"SELECT @@GLOBAL.{name}")[0][0] for name in wanted}
    try:
        for name, value in wanted.items():
            server.execute(f"SET GLOBAL {name} = {value!r}")
        yield
    finally:
        for name, value in before.items():
            server.execute(f"SET GLOBAL {name} = {value!r}")


def server_kind() -> str:
    """Whose server a private one is, before it is started: `mariadb` or `mysql`."""
    return "mariadb" if "mariadb" in find_daemon().name else "mysql"


def _secure(daemon: Daemon) -> URL:
    """Make the administrator whom the tests use: over TCP, with a password."""
    password = secrets.token_urlsafe(12)
    with (
        pymysql.connect(unix_socket=str(daemon.folder / "s"), user="root") as root,
        root.cursor() as cursor,
    ):
        cursor.execute(f"CREATE USER 'tests'@'%' IDENTIFIED BY '{password}'")
        cursor.execute("GRANT ALL PRIVILEGES ON *.* TO 'tests'@'%' WITH GRANT OPTION")
    return URL.create("mysql+pymysql", "tests", password, "127.0.0.1", daemon.port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_main() -> bool:
    """Whether this is the main thread: Linux means a thread when it says parent."""
    return threading.current_thread() is threading.main_thread()


def _die_with_parent() -> None:
    """Ask Linux to end the server when the tests die without a goodbye."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
