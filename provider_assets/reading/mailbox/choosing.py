"""Which mailbox a record of the file of mailboxes means. Its package is imported only then."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from provider_assets.errors import UsageError
from provider_assets.reading.mailbox.described import (
    Described,
    DescribedBucket,
    DescribedRemote,
    DescribedSftp,
    Environment,
    secret,
)
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.fetching import Fetched
from provider_assets.reading.mailbox.port import Mailbox
from provider_assets.reading.mailbox.remote import RemoteMailbox, Store

SSH_PORT = 22


def answers_root(described: Described, homes: Path) -> Path:
    """The folder of this machine in which its answers are written; `homes` is for remote ones."""
    if isinstance(described, DescribedRemote):
        return homes / described.name
    return Path(described.address)


def open_mailbox(described: Described, homes: Path, environment: Environment) -> Mailbox:
    """The mailbox; nothing is asked of it yet. Raises UsageError where its package is missing."""
    if not isinstance(described, DescribedRemote):
        return DropFolder(Path(described.address))
    require_package(described)
    store = PLACES[described.kind].open(described, environment)
    fetched = Fetched(homes / described.name / "fetched")
    return RemoteMailbox(store, fetched, described.answers)


def require_package(described: Described) -> None:
    """Raises UsageError that names the extra, where what a mailbox needs is not installed."""
    if not isinstance(described, DescribedRemote):
        return
    if find_spec(PLACES[described.kind].package) is None:
        raise UsageError(
            f"the mailbox {described.name} needs a package that is not installed here; "
            f"pip install 'provider-assets[{described.kind}]' brings it"
        )


def _sftp(described: DescribedSftp, environment: Environment) -> Store:
    from provider_assets.reading.mailbox.sftp import SftpStore
    from provider_assets.reading.mailbox.sftp_connection import (
        Credentials,
        SftpAddress,
        SftpConnection,
    )

    def credentials() -> Credentials:
        names = ("password", "key", "passphrase")
        return Credentials(**{name: secret(described, name, environment) for name in names})

    parts = urlsplit(described.address)
    address = SftpAddress(
        parts.hostname or "",
        parts.port or SSH_PORT,
        unquote(parts.username or ""),
        described.path,
        described.known_hosts,
        credentials,
    )
    return SftpStore(described.name, SftpConnection(address))


def _bucket(described: DescribedBucket, environment: Environment) -> Store:
    from provider_assets.reading.mailbox.s3 import BucketAddress, S3Store

    def credentials() -> dict[str, str]:
        names = ("access_key_id", "secret_access_key", "session_token")
        found = {f"aws_{name}": secret(described, name, environment) for name in names}
        return {name: value for name, value in found.items() if value}

    parts = urlsplit(described.address)
    prefix = unquote(parts.path).strip("/")
    address = BucketAddress(parts.netloc, prefix, described.region, described.endpoint, credentials)
    return S3Store(described.name, address)


@dataclass(frozen=True)
class Place:
    """A kind of place on other machines: the package that it needs, and how its store is made."""

    package: str
    open: Callable[[Any, Environment], Store]


PLACES = {"sftp": Place("asyncssh", _sftp), "s3": Place("botocore", _bucket)}
"""By `described.KINDS`; the package comes with the extra of the same name."""
