"""Exceptions, grouped by what the caller does next; a bad row is a value, never an exception.

| exception | who acts | what the command line does |
|---|---|---|
| `UsageError` | whoever typed the command or wrote the setting | exit 2, nothing written |
| `RegistryError` | whoever fetched the registry's file gets it anew | exit 1, the store as it was |
| `DiskFullError` | whoever makes room on the disk that it names | exit 1, the next one goes on |
| `StorageError` | whoever runs the bucket that frames and archive lie in | exit 1, tried again |
| `RosterError` | the sender mends the file | this roster fails, the next one goes on |
| `TransientDatabaseError` | nobody: tried again | this roster fails after the last try |
| `TerminalDatabaseError` | an engineer mends the server, the rights or the table | exit 1 |

Every message says what, where, and what to do; none carries a row's values or a password.
"""

from enum import StrEnum


class FileCode(StrEnum):
    """Why a whole roster did not load; `docs/reject_codes.md` says what to do about each."""

    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    CORRUPT = "corrupt"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too-large"
    READER_DIED = "reader-died"
    READER_TIMEOUT = "reader-timeout"
    NO_LAYOUT = "no-layout"
    AMBIGUOUS_LAYOUT = "ambiguous-layout"
    DUPLICATE_COLUMN = "duplicate-column"
    TOO_MANY_REJECTS = "too-many-rejects"
    CHANGED_WHILE_READING = "changed-while-reading"


LAYOUT_DRAFT = " (`provider-assets layouts suggest FILE` drafts it)"
"""What a refusal says to an engineer; a sender's note has it apart."""

# a file that changed while it was read is looked at again, all others are answered for good
ANSWERED = frozenset(FileCode) - {FileCode.CHANGED_WHILE_READING}


class ProviderAssetsError(Exception):
    """What this package raises: a `code` for machines and one sentence for people."""

    code: str = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(ProviderAssetsError):
    """A wrong argument or setting: nothing was started."""

    code = "usage"


class StorageError(ProviderAssetsError):
    """The bucket of frames and archive cannot be used now; nothing of the roster was loaded."""

    code = "storage"


class RosterError(ProviderAssetsError):
    """The file itself is at fault: its sender can mend it and drop it again."""

    def __init__(self, code: FileCode, message: str) -> None:
        super().__init__(message)
        self.code = code.value

    def __reduce__(self) -> tuple[type["RosterError"], tuple[FileCode, str]]:
        return (type(self), (FileCode(self.code), self.message))


class RegistryError(ProviderAssetsError):
    """A file of the registry, or its store, cannot be used; what the store held, it still holds."""

    code = "registry"


class DiskFullError(ProviderAssetsError):
    """A disk of this machine is full: somebody has to make room, and the same call succeeds."""

    code = "disk-full"


class DatabaseError(ProviderAssetsError):
    """The server, the rights or the table are at fault, not the roster."""

    code = "database"


class TransientDatabaseError(DatabaseError):
    """A lost connection, a deadlock, a lock wait: the same call may succeed later."""

    code = "database-transient"


class TerminalDatabaseError(DatabaseError):
    """Missing rights, another schema, a full disk: somebody has to mend it first."""

    code = "database-terminal"
