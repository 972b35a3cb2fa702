"""What `departures` and `verified` print for people."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from rich.markup import escape

from provider_assets.commands.screen import say, table_of
from provider_assets.database.departures.approval import ApprovalResult, WaitingDepartures
from provider_assets.database.questions.confirmed import BUCKETS, Confirmed
from provider_assets.moments import minute
from provider_assets.providers.counted import counted
from provider_assets.providers.shown import shown
from provider_assets.reports.summary import number


def approval_sentence(told: ApprovalResult, *, dry_run: bool) -> str:
    """What an approval or a dismissal did, or in a dry run would do, in one sentence."""
    name = f"import {told.record.id} ({shown(told.record.file)})"
    if not told.done:
        return f"{name}: nothing to do; {told.reason}"
    did = ("would be", "would be") if dry_run else ("was", "were")
    rows = counted(told.departed, "row", *did)
    stay = "would be kept" if dry_run else "kept"
    return f"{name}: {rows} taken out, {told.spared:,} {stay} in the table"


def print_waiting(waiting: Sequence[WaitingDepartures]) -> None:
    """The imports whose departures wait, and what to do."""
    if not waiting:
        say("No departures wait.")
        return
    table = table_of("import", "finished", "file", "layout", "missing", "of", "left", "by name")
    for one in waiting:
        record = one.record
        when = minute(record.finished)
        counts = map(number, (one.absent, one.of, one.held, len(one.namesakes)))
        table.add_row(str(record.id), when, escape(shown(record.file)), record.layout, *counts)
    say(table)
    for one in waiting:
        if one.namesakes:
            say(
                f"import {one.record.id}: not counted as missing, since a row with another NPI, or "
                f"none, has their name: {', '.join(one.namesakes)}"
            )
    say(
        "Check that the file is complete and that its layout reads correctly who has left. Then "
        "run `provider-assets departures approve IMPORT` or `provider-assets departures dismiss "
        "IMPORT`, or have the hospital send the whole roster."
    )


def print_verified(
    found: Sequence[Confirmed], old: Sequence[Confirmed], now: datetime, days: int, *, each: bool
) -> None:
    """How many were named how long ago by which layout's rosters; `each` lists the old ones."""
    starts = (0, *BUCKETS)
    titles = [f"under {BUCKETS[0]}"]
    titles += [f"{low} to {high - 1}" for low, high in pairwise(BUCKETS)]
    titles.append(f"{BUCKETS[-1]} or more")
    counts: Counter[tuple[str, int]] = Counter()
    for one in found:
        age = max(one.days(now), 0)
        counts[one.layout, max(start for start in starts if start <= age)] += 1
    table = table_of("layout, days since named", *titles)
    for layout in sorted({layout for layout, _ in counts}):
        table.add_row(layout, *(number(counts[layout, start]) for start in starts))
    say(table if found else "No provider in the table came from a roster.")
    say(
        f"{number(len(old))} of {counted(len(found), 'provider')} "
        f"{'was' if len(old) == 1 else 'were'} not named for {days} days or more."
    )
    if each and old:
        listed = table_of("NPI", "last named", "days", "layout", "file", "import")
        for one in old:
            day, days_ago = one.named.date().isoformat(), number(one.days(now))
            listed.add_row(
                one.npi, day, days_ago, one.layout, escape(shown(one.file)), str(one.import_id)
            )
        say(listed)
