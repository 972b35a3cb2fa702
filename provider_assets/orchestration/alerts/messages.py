"""What is said to people when something is wrong, and how it is sent.

The words are made here from outcomes and history: counts, codes, sentences of our own and paths,
never a row's values. They go out through Apprise, so any address that it knows will do. When an
alert is due is decided in `sensors.py`.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from provider_assets.errors import FileCode
from provider_assets.moments import minute
from provider_assets.providers.counted import counted
from provider_assets.providers.roster import RosterOutcome
from provider_assets.providers.shown import shown
from provider_assets.reports.advice import ADVICE

log = logging.getLogger(__name__)

TRIED_AGAIN = (
    "The file is not at fault: it stays where it is, and where it came through the drop folder it "
    "is tried again, after longer and longer pauses. If this goes on, see docs/runbook.md, "
    '"A stuck roster".'
)
HOURS = {"h": 1, "d": 24, "w": 24 * 7}


@dataclass(frozen=True)
class Alert:
    """One message: a title of one line, a body of plain text, and Apprise's type."""

    title: str
    body: str
    kind: Literal["failure", "warning", "success"] = "warning"


@dataclass(frozen=True)
class CheckResult:
    """A check that did not hold in a run: its name, why, and its counts.

    One that `is_ours` says what the platform lacks, and nothing that a hospital could correct.
    """

    name: str
    sentence: str
    counts: Mapping[str, float]
    is_ours: bool = False


def failure_alert(outcome: RosterOutcome, failed: Sequence[CheckResult], link: str) -> Alert:
    """A roster that did not load, or that loaded while its sender got nothing back."""
    code, sentence = outcome.error or ("unexpected", "the run ended before it had done everything")
    at_fault = code in set(FileCode)
    file = shown(outcome.source.file) or outcome.source.roster
    loaded = outcome.status != "failed"
    did = "was loaded, but not answered" if loaded else "was not loaded"
    title = f"{file} {did} ({code})"
    what_to_do = ADVICE[FileCode(code)] if at_fault else TRIED_AGAIN
    body = _body(outcome, [sentence, what_to_do], [] if at_fault else failed, link)
    return Alert(title, body, "failure")


def check_alert(outcome: RosterOutcome, failed: Sequence[CheckResult], link: str) -> Alert:
    """A roster that loaded, with checks that did not hold."""
    names = ", ".join(check.name for check in failed)
    file = shown(outcome.source.file) or outcome.source.roster
    return Alert(
        f"{file} was loaded, with warnings ({names})",
        _body(outcome, ["The roster was loaded, but look at these checks:"], failed, link),
    )


def silence_alert(
    layout: str, expected_every: str, last: datetime | None, now: datetime, since: datetime
) -> Alert:
    """A source that has sent nothing for longer than its layout expects."""
    quiet = now - (last or since)
    heard = f"The last one came on {minute(last)}" if last else "None ever came"
    return Alert(
        f"No roster of layout {layout} for {_days(quiet)}",
        f"One is expected every {expected_every}. {heard}.\n"
        "Ask the hospital whether it still sends, and look whether its files reach the inbox.\n",
    )


def trouble_alert(troubles: Sequence[str], mailbox: str = "") -> Alert:
    """Something that stops a mailbox, without a name the drop folder, and that people mend."""
    told = "\n".join(f"- {each}" for each in troubles)
    place = f"mailbox {mailbox}" if mailbox else "drop folder"
    return Alert(f"The {place} needs attention", told, "failure")


def well_again_alert(mailbox: str = "") -> Alert:
    """A place that was reported can be used again, and what waited there goes on by itself."""
    place = f"mailbox {mailbox}" if mailbox else "drop folder"
    return Alert(
        f"The {place} is in order again", "What waited there goes on by itself.\n", "success"
    )


def period(text: str) -> timedelta:
    """The length of `expected_every`: `12h`, `7d`, `4w`."""
    return timedelta(hours=int(text[:-1]) * HOURS[text[-1]])


def recipients(notify: Sequence[SecretStr], contact: str | None) -> list[SecretStr]:
    """The addresses of `PROVIDER_ASSETS_NOTIFY`, and the layout's own `contact` beside them.

    A contact is an Apprise URL, or a mail address: it then gets what the mail servers among
    `notify` send.
    """
    if not contact:
        return list(notify)
    if "://" in contact:
        return [*notify, SecretStr(contact)]
    mail = [url for url in notify if url.get_secret_value().startswith(("mailto://", "mailtos://"))]
    if not mail:
        log.warning("the contact %s gets no alert: PROVIDER_ASSETS_NOTIFY has no mail", contact)
    return [*notify, *(_to(url, contact) for url in mail)]


def send(alert: Alert, urls: Sequence[SecretStr]) -> bool:
    """Send to every address; whether all took it. Never raises, logs no address.

    One after another, a few seconds each at most: an alert that cannot be sent is logged.
    """
    sent = [_send_one(alert, number, url) for number, url in enumerate(urls, start=1)]
    return all(sent)


def _send_one(alert: Alert, number: int, url: SecretStr) -> bool:
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it quotes addresses
    try:
        service = apprise.Apprise()
        known = service.add(url.get_secret_value())
        sent = known and service.notify(title=alert.title, body=alert.body, notify_type=alert.kind)
    except Exception as error:  # noqa: BLE001  (an alert never fails a load)
        known, sent = True, False
        log.warning("alert %r: %s", alert.title, type(error).__name__)
    if not sent:
        why = "was not taken" if known else "is not an address that Apprise knows"
        log.warning("alert %r: address %d of PROVIDER_ASSETS_NOTIFY %s", alert.title, number, why)
    return bool(sent)


def _body(
    outcome: RosterOutcome, sentences: Sequence[str], failed: Sequence[CheckResult], link: str
) -> str:
    rows = outcome.rows
    left = f", {rows.left} said to have left" if rows.left else ""
    counted = (
        f"Rows: {rows.read} read, {rows.wrong} to correct{left}, {rows.duplicate} duplicate, "
        f"{rows.clean} clean, {rows.inserted} inserted, {rows.updated} updated"
    )
    lines = [
        *sentences,
        *(f"- {check.name}: {check.sentence}{_counts(check.counts)}" for check in failed),
        "",
        counted,
        *([f"Reasons: {_codes(outcome.reasons)}"] if outcome.reasons else []),
        *([f"Warnings: {_codes(outcome.warnings)}"] if outcome.warnings else []),
        f"Roster: {outcome.source.roster}",
        f"Layout: {outcome.source.layout or 'none'}",
        f"Run: {link}",
    ]
    return "\n".join(lines) + "\n"


def _counts(counts: Mapping[str, float]) -> str:
    told = ", ".join(f"{name} {value:g}" for name, value in counts.items())
    return f" ({told})" if told else ""


def _codes(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in counts.items())


def _days(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    return counted(hours // 24, "day") if hours >= 2 * HOURS["d"] else counted(hours, "hour")


def _to(url: SecretStr, contact: str) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("to", "cc")]
    return SecretStr(urlunsplit(parts._replace(query=urlencode([*kept, ("to", contact)]))))
