"""What `doctor` finds in the mailboxes: whether each can be used, and what is not read there."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress

from provider_assets.database.finding import Finding
from provider_assets.errors import UsageError
from provider_assets.orchestration.mailboxes import (
    allowed_layouts,
    mailbox_called,
    named_mailboxes,
)
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.port import MISSING, Mailbox, MailboxError
from provider_assets.settings import Settings


def or_unreadable(about: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """What is found; a place that this user may not look into, or cannot, is a finding, too."""
    try:
        yield from found
    except OSError as error:
        place = "a file" if error.filename is None else repr(str(error.filename))
        told = f"{place} cannot be looked at ({error.strerror or type(error).__name__})"
        yield Finding(about, "error", told, "see whether it is there, and who may read it")


def overlooked(settings: Settings) -> Iterator[Finding]:
    """What lies in the drop folder and is not read."""
    yield from _notes("inbox", DropFolder(settings.drop_folder).overlooked())


def _notes(about: str, sentences: Sequence[str]) -> Iterator[Finding]:
    for sentence in sentences:
        what, _, advice = sentence.partition("; ")
        yield Finding(about, "note", what, advice)


def look_at_mailboxes(settings: Settings) -> Iterator[Finding]:
    """Each mailbox of the file: whether it can be reached, listed, and what its layouts are."""
    try:
        named = named_mailboxes(settings)
        layouts = load_layouts(settings.layouts) if named else ()
    except UsageError as error:
        yield Finding("mailboxes", "error", error.message, "see docs/mailboxes.md")
        return
    for name, described in named.items():
        try:
            allowed_layouts(layouts, described)
            with closing(mailbox_called(settings, name)) as mailbox:
                yield from _looked_into(f"mailbox {name}", mailbox)
        except UsageError as error:
            yield Finding(f"mailbox {name}", "error", error.message, "see docs/mailboxes.md")
        except OSError as error:
            told = f"{described.address} cannot be used ({error.strerror})"
            advice = getattr(error, "advice", "see whether it is there, and who may read it")
            yield Finding(f"mailbox {name}", "error", told, advice)


def _looked_into(about: str, mailbox: Mailbox) -> Iterator[Finding]:
    """How many files wait; OSError where the place cannot be used."""
    try:
        waiting = f"{len(mailbox.scan())} in its inbox"
    except MailboxError as error:
        if error.kind != MISSING:
            raise
        mailbox.overlooked()  # raises where more than the inbox is missing
        waiting = "no inbox yet, the first look makes it"
    yield Finding(about, "ok", f"{mailbox.place}: {waiting}")
    with suppress(OSError):  # we may have the right to list the inbox alone
        yield from _notes(about, mailbox.overlooked())
