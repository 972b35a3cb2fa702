"""A folder behind SFTP as a `Store`, by asyncssh (the extra `sftp`).

Names of files that are no text travel as they are (`surrogateescape`).
"""

import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from provider_assets.reading.mailbox.drop_folder import INBOX
from provider_assets.reading.mailbox.port import FileChangedError, WaitingFile
from provider_assets.reading.mailbox.sftp_connection import SftpAddress, SftpConnection

if TYPE_CHECKING:
    import asyncssh

WRITE_SECONDS = 600
PIECE = 1 << 20


@dataclass
class SftpStore:
    """The port `Store` over one connection, opened when it is needed."""

    name: str
    connection: SftpConnection
    appears_whole: bool = False
    _made: set[str] = field(default_factory=set, repr=False)

    @property
    def address(self) -> SftpAddress:
        """Where it is."""
        return self.connection.address

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the mailbox {self.name} ({self.url})"

    @property
    def url(self) -> str:
        """How its addresses begin."""
        at = self.address
        home = "" if at.path.startswith("/") else "/~/"
        return f"sftp://{at.host}:{at.port}{home}{at.path}".rstrip("/")

    def prepare(self, folders: Iterable[str]) -> None:
        """Make the folders that are missing, below one that has to be there."""
        for folder in set(folders) - self._made:
            self.connection.do(partial(self._make, folder))
            self._made.add(folder)

    async def _make(self, folder: str, sftp: "asyncssh.SFTPClient") -> None:
        await sftp.stat(self.address.path or ".")  # nothing is made where a path was mistyped
        if not await sftp.isdir(self._path(folder)):
            await sftp.makedirs(self._path(folder), exist_ok=True)

    def files(self, folder: str) -> list[WaitingFile]:
        """The files of a folder; links and folders are none."""
        return self.connection.do(lambda sftp: self._listed(sftp, folder))

    async def _listed(self, sftp: "asyncssh.SFTPClient", folder: str) -> list[WaitingFile]:
        found = []
        async for entry in sftp.scandir(self._path(folder)):
            file = self._waiting(f"{self.url}/{folder}/{entry.filename!s}", entry.attrs)
            if file is not None:
                found.append(file)
        return found

    def astray(self) -> tuple[list[str], list[str]]:
        """The files beside the folders, and the folders of the inbox that hold something."""
        return self.connection.do(self._astray)

    async def _astray(self, sftp: "asyncssh.SFTPClient") -> tuple[list[str], list[str]]:
        import asyncssh

        beside = await self._named(sftp, self._path() or ".", stat.S_ISREG)
        folders: list[str] = []
        with suppress(asyncssh.SFTPNoSuchFile):  # no look was there yet
            folders = await self._named(sftp, self._path(INBOX), stat.S_ISDIR)
        held = [await sftp.listdir(self._path(INBOX, name)) for name in folders]
        return beside, [
            name for name, inside in zip(folders, held, strict=True) if {*inside} - {".", ".."}
        ]

    async def _named(
        self, sftp: "asyncssh.SFTPClient", path: str, is_one: Callable[[int], bool]
    ) -> list[str]:
        """The names of one kind in a folder, but for `.` and `..`."""
        return [
            str(entry.filename)
            async for entry in sftp.scandir(path)
            if is_one(entry.attrs.permissions or 0) and entry.filename not in (".", "..")
        ]

    def look(self, folder: str, name: str) -> WaitingFile | None:
        """One file, None where there is none, or a link or a folder."""
        import asyncssh

        async def stat_of(sftp: asyncssh.SFTPClient) -> WaitingFile | None:
            try:
                seen = await sftp.lstat(self._path(folder, name))
            except asyncssh.SFTPNoSuchFile:
                return None
            return self._waiting(f"{self.url}/{folder}/{name}", seen)

        return self.connection.do(stat_of)

    @contextmanager
    def read(self, file: WaitingFile, offset: int) -> Iterator[Iterator[bytes]]:
        """The content from a position on; it is the same file before the first piece and after."""
        import asyncssh

        folder, _, name = file.address.removeprefix(f"{self.url}/").rpartition("/")

        async def opened(sftp: asyncssh.SFTPClient) -> asyncssh.SFTPClientFile:
            return await sftp.open(self._path(folder, name), "rb", encoding=None)

        self._require_same(folder, name, file)
        stream = self.connection.do(opened)
        try:
            yield self._pieces(stream, offset)
            self._require_same(folder, name, file)
        finally:
            if self.connection.is_open:
                self.connection.do(lambda _: stream.close())

    def _pieces(self, stream: "asyncssh.SFTPClientFile", offset: int) -> Iterator[bytes]:
        while piece := self.connection.do(partial(_piece, stream, offset)):
            offset += len(piece)
            yield piece

    def write(self, folder: str, name: str, content: Path) -> None:
        """Written aside under a hidden name, then renamed over what is there."""
        aside = self._path(folder, f".{uuid4().hex[:12]}.part")

        async def written(sftp: "asyncssh.SFTPClient") -> None:
            try:
                await sftp.put(str(content), aside)
                await self._over(sftp, aside, self._path(folder, name))
            except Exception:
                with suppress(Exception):
                    await sftp.remove(aside)
                raise

        self.connection.do(written, seconds=WRITE_SECONDS)

    async def _over(self, sftp: "asyncssh.SFTPClient", aside: str, target: str) -> None:
        import asyncssh

        try:
            await sftp.posix_rename(aside, target)
        except asyncssh.SFTPOpUnsupported:  # a server without OpenSSH's extension
            with suppress(asyncssh.SFTPNoSuchFile):
                await sftp.remove(target)
            await sftp.rename(aside, target)

    def move(self, file: WaitingFile, folder: str, name: str) -> None:
        """Rename; put back where a new delivery had taken the file's place in between."""
        source, target = self._path(*file.address.split("/")[-2:]), self._path(folder, name)
        self.connection.do(lambda sftp: sftp.rename(source, target))
        moved = self.look(folder, name)
        if moved is None or (moved.size, moved.modified) != (file.size, file.modified):
            self.connection.do(lambda sftp: sftp.rename(target, source))
            raise FileChangedError

    def close(self) -> None:
        """End the connection."""
        self.connection.close()

    def _require_same(self, folder: str, name: str, file: WaitingFile) -> None:
        if self.look(folder, name) != file:
            raise FileChangedError

    def _path(self, *parts: str) -> str:
        return "/".join([self.address.path, *parts] if self.address.path else parts)

    def _waiting(self, address: str, seen: "asyncssh.SFTPAttrs") -> WaitingFile | None:
        if not stat.S_ISREG(seen.permissions or 0):
            return None
        return WaitingFile(address, seen.size or 0, (seen.mtime or 0) * 10**9, 0, self.name)


async def _piece(
    stream: "asyncssh.SFTPClientFile", offset: int, _client: "asyncssh.SFTPClient"
) -> bytes:
    return cast("bytes", await stream.read(PIECE, offset))  # it was opened without an encoding
