"""What the file of mailboxes may say of one: a record for each kind of place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from provider_assets.reading.mailbox.port import MailboxError

Environment = Callable[[str], str | None]
SETTLE_SECONDS = 30.0
EVERY_SECONDS = 30


class Described(BaseModel):
    """What every mailbox has: its name, its address, what may come from it, and how often."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,40}$",
        description="a small letter, then small letters, digits and `_`; its sensor is "
        "`mailbox_<name>_sensor`",
    )
    address: str
    layouts: tuple[str, ...] = Field(
        (), description="the only layouts that its rosters may have; without them all"
    )
    every_seconds: int = Field(EVERY_SECONDS, ge=1, le=3600, description="between two looks at it")

    @field_validator("address")
    @classmethod
    def _has_no_password(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.password:
            raise ValueError("holds a password; take it out, and name it as password_file")
        if parts.query or parts.fragment:
            raise ValueError("has a ? or # in it; write them as %3F and %23")
        return address


class DescribedFolder(Described):
    """A folder of this machine."""

    kind: Literal["folder"] = "folder"

    @field_validator("address")
    @classmethod
    def _is_absolute(cls, address: str) -> str:
        if not address.startswith("/"):
            raise ValueError("is no place; begin it with /, sftp:// or s3://")
        return address


class DescribedRemote(Described):
    """A place on another machine; `kind` is how its addresses begin.

    `answers` is the folder below its own where answers go, empty for beside the inbox.
    """

    kind: str
    answers: str = Field("", pattern=r"^([^/.][^/]*(/[^/.][^/]*)*)?$")


class DescribedSftp(DescribedRemote):
    """A folder behind SFTP: `sftp://user@host:port/path`, or `/~/path` below the user's home."""

    kind: Literal["sftp"] = "sftp"
    known_hosts: Path = Field(description="OpenSSH's file with the server's key")
    key_file: Path | None = Field(None, description="a private key in OpenSSH's form or PEM")
    key_env: str | None = None
    passphrase_file: Path | None = Field(None, description="what opens the private key")
    passphrase_env: str | None = None
    password_file: Path | None = Field(None, description="instead of a key")
    password_env: str | None = None
    settle_seconds: float = Field(
        SETTLE_SECONDS, ge=0, le=3600, description="a file that stayed the same so long is complete"
    )

    @field_validator("address")
    @classmethod
    def _names_a_user(cls, address: str) -> str:
        parts = urlsplit(address)
        if not parts.hostname or not parts.username:
            raise ValueError("is not of the form sftp://user@host/path")
        _ = parts.port
        return address

    @property
    def path(self) -> str:
        """The folder there, as the server is asked for it."""
        path = unquote(urlsplit(self.address).path).rstrip("/")
        return path.removeprefix("/~").lstrip("/") if f"{path}/".startswith("/~/") else path


class DescribedBucket(DescribedRemote):
    """A bucket, or a part of one: `s3://bucket/part`."""

    kind: Literal["s3"] = "s3"
    region: str | None = None
    endpoint: str | None = Field(None, description="for a server that is not Amazon's")
    access_key_id_file: Path | None = Field(None, description="without it the machine's own role")
    access_key_id_env: str | None = None
    secret_access_key_file: Path | None = None
    secret_access_key_env: str | None = None
    session_token_file: Path | None = None
    session_token_env: str | None = None

    @field_validator("address")
    @classmethod
    def _names_a_bucket(cls, address: str) -> str:
        if not urlsplit(address).netloc:
            raise ValueError("is not of the form s3://bucket/part")
        return address


KINDS: Mapping[str, type[DescribedRemote]] = {"sftp": DescribedSftp, "s3": DescribedBucket}
AnyMailbox = Annotated[
    DescribedFolder | DescribedSftp | DescribedBucket, Field(discriminator="kind")
]


def secret(described: Described, name: str, environment: Environment) -> str:
    """A secret, read now from where the file of mailboxes says it is; empty where it names none.

    Raises MailboxError where it is not there.
    """
    file, variable = _named(described, name)
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise MailboxError(
                "secret", f"its {name}_file {file} cannot be read ({why})", "put the secret there"
            ) from None
    if variable is None:
        return ""
    value = environment(variable)
    if not value:
        raise MailboxError(
            "secret",
            f"its {name}_env {variable} is not set",
            "set it in the environment of this service",
        )
    return value


def _named(described: Described, name: str) -> tuple[Path | None, str | None]:
    told: dict[str, Any] = dict(described)
    return told.get(f"{name}_file"), told.get(f"{name}_env")


def kind_of(address: str) -> str:
    """Which kind of place an address means."""
    scheme = urlsplit(address).scheme.lower()
    return scheme if scheme in KINDS else "folder"
