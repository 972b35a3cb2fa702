"""`imports`, `trace`, `undo`: what was loaded, where each value is from, and the way back."""

from typing import Annotated

import typer

from provider_assets.commands.output import AsJson, ImportId, plain, print_json
from provider_assets.errors import UsageError

SHOWN_IMPORTS = 100


def imports(
    *,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help=f"How many to show: by default {SHOWN_IMPORTS}, with --json all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the history of imports, newest first."""
    from provider_assets.commands.printed import print_imports
    from provider_assets.database.history import list_imports
    from provider_assets.orchestration.configured import readable_database

    database = readable_database()
    if as_json:
        print_json([plain(each) for each in list_imports(database, limit)])
        return
    wanted = limit or SHOWN_IMPORTS
    records = list_imports(database, wanted + 1)
    print_imports(records[:wanted], more=len(records) > wanted)


def trace(
    npi: Annotated[str, typer.Argument(metavar="NPI", help="Ten digits.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show which import, file, sheet and row each of a provider's values came from."""
    from provider_assets.commands.printed import print_trace
    from provider_assets.database.questions.trace import trace as trace_npi
    from provider_assets.orchestration.configured import readable_database

    told = trace_npi(readable_database(), _npi(npi))
    print_json(plain(told)) if as_json else print_trace(told)


def _npi(text: str) -> str:
    """The ten digits that were given, with blanks or hyphens or without. Raises UsageError."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10):  # noqa: PLR2004
        raise UsageError(f"{text!r} is not an NPI; give its ten digits, such as 2000100018")
    return digits


def undo(
    import_id: ImportId,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take an import back; rows that changed since stay."""
    from provider_assets.commands.printed import print_undo, undo_sentence
    from provider_assets.database.undoing.undo import undo as undo_import
    from provider_assets.orchestration.configured import readable_database
    from provider_assets.orchestration.index import show_undone

    database = readable_database()
    told = undo_import(database, import_id, dry_run=dry_run)
    if not dry_run:
        show_undone(database, told.record.sha256)
    if as_json:
        said = {"dry_run": dry_run, "message": undo_sentence(told, dry_run=dry_run)}
        print_json(plain(told) | said)
    else:
        print_undo(told, dry_run=dry_run)
