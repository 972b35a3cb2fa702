"""`departures list`, `approve`, `dismiss`, and `verified`: who left, and who was named when."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provider_assets.commands.output import REJECTED, AsJson, ImportId, plain, print_json

if TYPE_CHECKING:
    from provider_assets.database.departures.approval import ApprovalResult

departures = typer.Typer(
    help="Departures that wait for a person: too many providers left by a roster, or are missing.",
    no_args_is_help=True,
)
LONGEST_DAYS = 90

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
]


@departures.command("list")
def list_departures(*, as_json: AsJson = False) -> None:
    """Show the imports whose departures wait for a person."""
    from provider_assets.commands.printed_departures import print_waiting
    from provider_assets.database.departures.approval import waiting_departures
    from provider_assets.orchestration.configured import readable_database

    waiting = waiting_departures(readable_database())
    print_json(plain(waiting)) if as_json else print_waiting(waiting)


@departures.command("approve")
def approve_departures(
    import_id: ImportId, *, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Remove the providers who left by the import's roster, or who are missing from it."""
    from provider_assets.database.departures.approval import approve
    from provider_assets.orchestration.configured import readable_database

    _tell(approve(readable_database(), import_id, dry_run=dry_run), dry_run, as_json=as_json)


@departures.command("dismiss")
def dismiss_departures(
    import_id: ImportId, *, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Keep everybody in the table, and do not ask again about this import."""
    from provider_assets.database.departures.approval import dismiss
    from provider_assets.orchestration.configured import readable_database

    _tell(dismiss(readable_database(), import_id, dry_run=dry_run), dry_run, as_json=as_json)


def verified(
    *,
    older_than: Annotated[
        str | None, typer.Option(help="Only those not named for this long, such as 90d.")
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 3 if a provider was not named for that long (by default 90d).",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show when a roster last named each provider of ours, and which roster it was."""
    from provider_assets.commands.printed_departures import print_verified
    from provider_assets.database.questions.confirmed import confirmed_providers, count_by_age
    from provider_assets.orchestration.configured import readable_database

    limit = LONGEST_DAYS if older_than is None else _days(older_than)
    now = datetime.now(UTC)
    found = confirmed_providers(readable_database())
    old = [one for one in found if one.days(now) >= limit]
    shown = found if older_than is None else old
    if as_json:
        rows: list[dict[str, Any]] = [plain(one) | {"days": one.days(now)} for one in shown]
        counts = {"providers": len(found), **count_by_age(found, now)}
        told = {"now": now.isoformat(), "counts": counts, "days": limit, "older": len(old)}
        print_json(told | {"providers": rows})
    else:
        print_verified(found, old, now, limit, each=older_than is not None)
    if strict and old:
        raise typer.Exit(REJECTED)


def _days(text: str) -> int:
    if not (text[:-1].isascii() and text[:-1].isdigit() and text[-1:] == "d"):
        raise typer.BadParameter(f"{text!r} is not a number of days, such as 90d")
    return int(text[:-1])


def _tell(done: "ApprovalResult", dry_run: bool, *, as_json: bool) -> None:
    from provider_assets.commands.printed_departures import approval_sentence
    from provider_assets.commands.screen import say

    message = approval_sentence(done, dry_run=dry_run)
    if as_json:
        state = {"done": done.done and not dry_run, "dry_run": dry_run, "message": message}
        print_json(plain(done) | state)
    else:
        say(message)
