"""One connection to a server behind SFTP: opened when it is needed, known by the server's key.

asyncssh is asynchronous; each call here runs its loop until it is done, and none runs in between.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from provider_assets.reading.mailbox.port import FileChangedError, MailboxError
from provider_assets.reading.mailbox.sftp_troubles import in_words

if TYPE_CHECKING:
    import asyncssh

Answer = TypeVar("Answer")
CONNECT_SECONDS = 15
CALL_SECONDS = 60


@dataclass(frozen=True)
class SftpAddress:
    """Where a server is, who asks there, and how it is known.

    `path` is below the server's root, or below the user's home where it does not begin with `/`.
    `credentials` gives the password, the key and its passphrase anew for each connection, so that
    renewed ones are used as soon as they are there.
    """

    host: str
    port: int
    user: str
    path: str
    known_hosts: Path
    credentials: Callable[[], "Credentials"]


@dataclass(frozen=True, repr=False)
class Credentials:
    """What proves who we are; empty for what is not used."""

    password: str = ""
    key: str = ""
    passphrase: str = ""


@dataclass
class SftpConnection:
    """A server that is asked one thing after the other."""

    address: SftpAddress
    _loop: asyncio.AbstractEventLoop | None = field(default=None, repr=False)
    _connection: "asyncssh.SSHClientConnection | None" = field(default=None, repr=False)
    _client: "asyncssh.SFTPClient | None" = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether the server was reached, and no trouble has ended it."""
        return self._connection is not None

    def do(
        self,
        call: "Callable[[asyncssh.SFTPClient], Coroutine[Any, Any, Answer]]",
        seconds: float = CALL_SECONDS,
    ) -> Answer:
        """One exchange with the server; after a trouble the next one connects anew."""
        try:
            client = self._connected()
            assert self._loop is not None  # noqa: S101  (it is there with the client)
            return self._loop.run_until_complete(asyncio.wait_for(call(client), seconds))
        except FileChangedError:
            raise
        except Exception as error:
            told = in_words(error, self.address.user, str(self.address.known_hosts))
            if told is None:
                raise
            self.close()
            raise told from None

    def _connected(self) -> "asyncssh.SFTPClient":
        if self._client is None or self._connection is None or self._connection.is_closed():
            self.close()
            self._loop = asyncio.new_event_loop()
            self._connection, self._client = self._loop.run_until_complete(
                asyncio.wait_for(self._connect(), CONNECT_SECONDS)
            )
        return self._client

    async def _connect(self) -> "tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]":
        import asyncssh

        asyncssh.set_log_level("CRITICAL")  # it names users and addresses
        at, proof = self.address, self.address.credentials()
        key = (
            asyncssh.import_private_key(proof.key, proof.passphrase or None) if proof.key else None
        )
        connection = await asyncssh.connect(
            at.host,
            at.port,
            username=at.user,
            password=proof.password or None,
            client_keys=[key] if key else None,
            known_hosts=_read(at.known_hosts),
            agent_path=None,
            config=None,
        )
        client = await connection.start_sftp_client(path_errors="surrogateescape")
        return connection, client

    def close(self) -> None:
        """End the connection, and the loop that it lives in."""
        connection, loop = self._connection, self._loop
        self._connection = self._client = self._loop = None
        if loop is None:
            return
        if connection is not None:
            connection.abort()
            with suppress(Exception):
                loop.run_until_complete(asyncio.wait_for(connection.wait_closed(), 2))
        if left := asyncio.all_tasks(loop):
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.wait(left, timeout=2))
        loop.close()


def _read(known_hosts: Path) -> bytes:
    try:
        return known_hosts.read_bytes()
    except OSError as error:
        raise MailboxError(
            "known-hosts",
            f"{known_hosts} cannot be read ({error.strerror})",
            "write the server's key into it, as ssh-keyscan gives it and the hospital confirms it",
        ) from None
