"""What was given back to a mailbox on another machine, found again where this one has no copy.

Another of our machines may have written it: what all of them see is the mailbox itself.
"""

from collections.abc import Iterator
from glob import escape
from itertools import count
from pathlib import Path

from provider_assets.moments import local_day
from provider_assets.providers.imports import ImportRecord
from provider_assets.reading.mailbox.port import REJECTS, REPORTS, Mailbox
from provider_assets.reading.mailbox.remote import RemoteMailbox
from provider_assets.reports.names import claim_name, claimed_name, sure_name


def see_also(mailbox: Mailbox, root: Path, record: ImportRecord) -> list[str]:
    """The reject workbook and the report of an import, as far as it has them, from the folder.

    `root` is the folder of answers on this machine. MailboxError as the mailbox raises it.
    """
    here = list(_copies(root, record))
    if here or not isinstance(mailbox, RemoteMailbox):
        return here
    return list(_given(mailbox, sure_name(record.roster, local_day(record.started))))


def is_given(mailbox: Mailbox, record: ImportRecord) -> bool:
    """Whether the report of an import lies in a mailbox on another machine."""
    if not isinstance(mailbox, RemoteMailbox):
        return False
    name = sure_name(record.roster, local_day(record.started))
    return mailbox.has_answer(f"{REPORTS}/{name}.html")


def fetch_report(mailbox: Mailbox, root: Path, record: ImportRecord) -> None:
    """Have the report of an import on this machine, if it was given back from another one."""
    if not isinstance(mailbox, RemoteMailbox):
        return
    name = claim_name(root / REPORTS, record.roster, local_day(record.started), unseen=True)
    page = root / REPORTS / f"{name}.html"
    if not page.is_file():
        content = mailbox.answer(f"{REPORTS}/{name}.html")
        if content is not None:
            page.write_bytes(content)


def _copies(root: Path, record: ImportRecord) -> Iterator[str]:
    name = claimed_name(root / REPORTS, record.roster, local_day(record.started))
    if name is not None:
        rejects = sorted((root / REJECTS).glob(f"{escape(name)}_rejects*"))
        for path in (*rejects, root / REPORTS / f"{name}.html"):
            if path.is_file():
                yield str(path.relative_to(root))


def _given(mailbox: RemoteMailbox, name: str) -> Iterator[str]:
    base = f"{REJECTS}/{name}_rejects"
    if mailbox.has_answer(f"{base}.xlsx"):
        yield f"{base}.xlsx"
    for number in count(1):  # one that no workbook holds, in parts
        part = f"{base}.csv" if number == 1 else f"{base}_{number}.csv"
        if not mailbox.has_answer(part):
            break
        yield part
    if mailbox.has_answer(f"{REPORTS}/{name}.html"):
        yield f"{REPORTS}/{name}.html"
