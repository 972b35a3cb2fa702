"""What can be wrong with a server behind SFTP, in words."""

import socket
from collections.abc import Iterator

from provider_assets.reading.mailbox.port import MailboxError

Told = tuple[str, str, str]
WAIT = "nothing has to be done if it comes back by itself; else ask the people who run that server"
REACHING = (
    (ConnectionRefusedError, "it cannot be reached: nobody listens there"),
    (socket.gaierror, "it cannot be reached: its name is not known"),
    (TimeoutError, "it does not answer"),
    (ConnectionError, "the connection was cut"),
    (OSError, "it cannot be reached"),
)


def in_words(error: Exception, user: str, known_hosts: str) -> MailboxError | None:
    """The error as a trouble of the place; None for one that is not the place's."""
    import asyncssh

    if isinstance(error, MailboxError):
        return error
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return MailboxError(
            "host-key",
            f"the key that the server shows is not the one that {known_hosts} has for it",
            "nothing is sent there; ask the hospital for the fingerprint of its key, and put a new "
            "key into that file only if it is theirs",
        )
    if isinstance(error, asyncssh.PermissionDenied):
        return MailboxError(
            "login",
            f"it does not let {user} in with this key or password",
            "see whether they have expired, and renew them; the new ones are used at the next look",
        )
    for kinds, told in _told():
        if isinstance(error, kinds):
            return MailboxError(*told)
    return None


def _told() -> Iterator[tuple[type[Exception] | tuple[type[Exception], ...], Told]]:
    import asyncssh

    cut = (asyncssh.ConnectionLost, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)
    yield cut, ("unreachable", "the connection was cut", WAIT)
    for kind, words in REACHING:
        yield kind, ("unreachable", words, WAIT)
    yield (
        (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath),
        (
            "missing",
            "a folder is not there",
            "see whether the path of its address is right, and have it made",
        ),
    )
    yield (
        (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect),
        (
            "rights",
            "we may not list, read, write or move there",
            "have its inbox, processed, failed, rejects, returns and reports given to us with the "
            "right to write",
        ),
    )
    yield (
        (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded),
        (
            "full",
            "its disk is full",
            "have room made there",
        ),
    )
    yield (
        asyncssh.SFTPError,
        (
            "refused",
            "the server refused without a reason",
            "its disk may be full, or a right be missing; ask the people who run that server",
        ),
    )
    yield (
        (asyncssh.KeyImportError, asyncssh.KeyEncryptionError),
        (
            "key",
            "the private key cannot be used: it is none, or its passphrase is wrong",
            "see to the key and the passphrase in the file of mailboxes",
        ),
    )
    yield (
        asyncssh.Error,
        (
            "protocol",
            "the server and we found no way to speak to each other",
            "ask the people who run that server whether SFTP is on, and which algorithms it allows",
        ),
    )
