"""A bucket, or a part of one, as a `Store`, by botocore (the extra `s3`).

An object is there as a whole or not at all, and its ETag tells one content from another.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from provider_assets.reading.mailbox.drop_folder import INBOX
from provider_assets.reading.mailbox.port import FileChangedError, MailboxError, WaitingFile
from provider_assets.reading.mailbox.s3_troubles import CUT, code_of, in_words

PIECE = 1 << 20
PAGE = 1000  # the most that a server lists at once
WORDLESS = ("400", "403")
GONE = ("404", "NoSuchKey", "NotFound")
OTHER = ("412", "PreconditionFailed", "InvalidRange", "416", *GONE)


@dataclass(frozen=True)
class BucketAddress:
    """A bucket, the part of its keys before the folders, and how to reach it.

    `credentials` gives `aws_access_key_id` and its like anew for each client; without any, what
    the machine itself has (a role) is used.
    """

    bucket: str
    prefix: str
    region: str | None
    endpoint: str | None
    credentials: Callable[[], dict[str, str]]


@dataclass
class S3Store:
    """The port `Store` over a client, made when it is needed."""

    name: str
    address: BucketAddress
    appears_whole: bool = True
    _client: Any = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the mailbox {self.name} ({self.url})"

    @property
    def url(self) -> str:
        """How its addresses begin."""
        return "/".join(filter(None, (f"s3://{self.address.bucket}", self.address.prefix)))

    def prepare(self, folders: Iterable[str]) -> None:
        """A bucket has no folders."""

    def files(self, folder: str) -> list[WaitingFile]:
        """The objects below a folder, none deeper."""
        found: list[WaitingFile] = self._do(lambda client: list(self._listed(client, folder)))
        return found

    def _listed(self, client: Any, folder: str) -> Iterator[WaitingFile]:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self.address.bucket,
            Prefix=self._key(folder, ""),
            Delimiter="/",
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            for found in page.get("Contents", ()):
                name = found["Key"].rpartition("/")[2]
                if name:
                    yield self._waiting(folder, name, found["Size"], found)

    def astray(self) -> tuple[list[str], list[str]]:
        """The objects beside the folders, and the folders of the inbox."""
        beside, _ = self._do(lambda client: self._page(client, self._key("")))
        _, deeper = self._do(lambda client: self._page(client, self._key(INBOX, "")))
        return beside, deeper

    def _page(self, client: Any, prefix: str) -> tuple[list[str], list[str]]:
        """Names below a prefix, the first ones of each kind: objects, and folders."""
        found = client.list_objects_v2(Bucket=self.address.bucket, Prefix=prefix, Delimiter="/")
        objects = [each["Key"].removeprefix(prefix) for each in found.get("Contents", ())]
        folders = [each["Prefix"].removeprefix(prefix) for each in found.get("CommonPrefixes", ())]
        return [name for name in objects if name], [name.rstrip("/") for name in folders]

    def look(self, folder: str, name: str) -> WaitingFile | None:
        """One object, None where there is none."""
        key = self._key(folder, name)
        try:
            found = self._do(lambda client: self._head(client, key), passing=GONE)
        except FileChangedError:
            return None
        return self._waiting(folder, name, found["ContentLength"], found)

    def _head(self, client: Any, key: str) -> Any:
        """What the server says of an object; where it refuses that without a word, its reason."""
        try:
            return client.head_object(Bucket=self.address.bucket, Key=key)
        except Exception as error:
            if code_of(error) in WORDLESS:  # no answer to HEAD has a body
                client.list_objects_v2(Bucket=self.address.bucket, Prefix=key, MaxKeys=1)
            raise

    @contextmanager
    def read(self, file: WaitingFile, offset: int) -> Iterator[Iterator[bytes]]:
        """The content from a position on, of this very object."""
        if not file.size:
            yield iter(())
            return
        answer = self._do(
            lambda client: client.get_object(
                Bucket=self.address.bucket,
                Key=self._key(file.address.removeprefix(f"{self.url}/")),
                IfMatch=_etag(file),
                Range=f"bytes={offset}-",
            ),
            passing=OTHER,
        )
        with answer["Body"] as body:
            yield self._pieces(body, file.size - offset)

    def _pieces(self, body: Any, length: int) -> Iterator[bytes]:
        while piece := self._do(lambda _: body.read(PIECE)):
            length -= len(piece)
            yield piece
        if length > 0:  # it is this very object, so what is missing was cut off on its way
            self.close()
            raise MailboxError(*CUT)

    def write(self, folder: str, name: str, content: Path) -> None:
        """One request: the object is there when it ends."""
        with content.open("rb") as stream:
            self._do(
                lambda client: client.put_object(
                    Bucket=self.address.bucket, Key=self._key(folder, name), Body=stream
                )
            )

    def move(self, file: WaitingFile, folder: str, name: str) -> None:
        """Copied if it is still the one, then deleted if it still is; the copy goes if not."""
        bucket = self.address.bucket
        source = self._key(file.address.removeprefix(f"{self.url}/"))
        target = self._key(folder, name)
        self._do(
            lambda client: client.copy_object(
                Bucket=bucket,
                Key=target,
                CopySource={"Bucket": bucket, "Key": source},
                CopySourceIfMatch=_etag(file),
            ),
            passing=OTHER,
        )
        if self.look(*file.address.split("/")[-2:]) != file:
            self._do(lambda client: client.delete_object(Bucket=bucket, Key=target))
            raise FileChangedError
        self._do(lambda client: client.delete_object(Bucket=bucket, Key=source))

    def close(self) -> None:
        """End its connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _key(self, *parts: str) -> str:
        return "/".join((self.address.prefix, *parts) if self.address.prefix else parts)

    def _waiting(self, folder: str, name: str, size: int, found: Any) -> WaitingFile:
        modified = int(found["LastModified"].timestamp()) * 10**9  # a listing may tell more
        mark = f"{self.name} {found['ETag']}"
        return WaitingFile(f"{self.url}/{folder}/{name}", size, modified, 0, mark)

    def _do(self, call: Callable[[Any], Any], passing: Iterable[str] = ()) -> Any:
        """One request; an error whose code is in `passing` means that the object is another one."""
        try:
            if self._client is None:
                self._client = _client(self.address)
            return call(self._client)
        except Exception as error:
            if code_of(error) in passing:
                raise FileChangedError from None
            told = in_words(error, self.address.bucket)
            if told is None:
                raise
            self.close()
            raise told from None


def _etag(file: WaitingFile) -> str:
    return file.mark.partition(" ")[2]


@cache
def _session() -> Any:
    """It keeps what it has read of Amazon's services, which is most of making a client."""
    import botocore.session

    return botocore.session.get_session()


def _client(address: BucketAddress) -> Any:
    import botocore.config

    config = botocore.config.Config(
        connect_timeout=10,
        read_timeout=30,
        retries={"max_attempts": 2, "mode": "standard"},
        request_checksum_calculation="when_required",  # not every server that speaks S3 knows more
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if address.endpoint else {},
    )
    return _session().create_client(
        "s3",
        region_name=address.region,
        endpoint_url=address.endpoint,
        config=config,
        **address.credentials(),
    )
