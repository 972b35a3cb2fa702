"""The `.txt` beside a roster: what became of it and what to do, for whoever sent it.

Files, codes and counts only, never a row's values. A note carries no clock of its own, so that
writing it again gives the same text.
"""

from collections.abc import Mapping
from glob import escape

from provider_assets.errors import FileCode
from provider_assets.providers.imports import ImportRecord
from provider_assets.reading.mailbox.drop_folder import DropFolder, shown
from provider_assets.reports.names import claimed_name, local_day

REJECTS, REPORTS = "rejects", "reports"

ADVICE: Mapping[FileCode, str] = {
    FileCode.UNSUPPORTED: "Save the roster as .xlsx or .csv and drop it again.",
    FileCode.EMPTY: "Check that the export finished: there has to be a header and at least one "
    "row below it. Then drop the roster again.",
    FileCode.CORRUPT: "Open the file in a spreadsheet program, save it under the same name, and "
    "drop it again; where it does not open, export it anew.",
    FileCode.ENCRYPTED: "Take the password off (in Excel: File, Info, Protect Workbook) and drop "
    "the roster again.",
    FileCode.TOO_LARGE: "Split the roster into smaller files, or delete the empty rows and "
    "columns below and beside the table, and drop it again.",
    FileCode.READER_DIED: "The file brings its reader down. Open it in a spreadsheet program, "
    "save it as .csv, and drop that.",
    FileCode.READER_TIMEOUT: "Reading the file takes too long. Delete the empty rows and columns "
    "below and beside the table, or save it as .csv, and drop it again.",
    FileCode.NO_LAYOUT: "Give the columns the headers that were agreed on, or have a layout made "
    "for this roster (`provider-assets layouts suggest FILE`), and drop it again.",
    FileCode.AMBIGUOUS_LAYOUT: "Several layouts fit the headers of this roster: have one of them "
    "made stricter, and drop the roster again.",
    FileCode.DUPLICATE_COLUMN: "Two columns have the header of one field: rename or delete one of "
    "them, and drop the roster again.",
    FileCode.TOO_MANY_REJECTS: "Correct the rows that the reject workbook lists, and drop the "
    "whole roster again.",
    FileCode.CHANGED_WHILE_READING: "Nothing: it is taken up again when nobody writes to it.",
}


def fault_note(drop: DropFolder, name: str, record: ImportRecord) -> str:
    """Why a roster in `failed/` did not load, and what its sender does next."""
    code, sentence = record.error or ("", "")
    advice = ADVICE[FileCode(code)] if code in set(FileCode) else "Ask whoever runs this service."
    lines = [
        f"{shown(name)} was not loaded, and the table is as it was.",
        "",
        f"What is wrong: {sentence}",
        f"What to do:    {advice}",
        *(f"See also:      {path}" for path in answers(drop, record)),
        "",
        f"Code {code}; roster {record.roster}; run {record.run_id or 'unknown'}.",
    ]
    return "\n".join(lines) + "\n"


def loaded_note(name: str, record: ImportRecord) -> str:
    """That a roster in `processed/` was not loaded again, since its content was loaded before."""
    return (
        f"{shown(name)} was not loaded again: its content is in the table already.\n"
        "\n"
        f"It was loaded as import {record.id}, from a file named {shown(record.file)}, "
        f"on {record.finished:%Y-%m-%d at %H:%M} UTC.\n"
        "Nothing has to be done. To load it anew under changed rules, ask whoever runs this "
        "service for a replay.\n"
    )


def answers(drop: DropFolder, record: ImportRecord) -> list[str]:
    """The reject workbook and the report of an import, as far as it has them, from the folder."""
    name = claimed_name(drop.root / REPORTS, record.roster, local_day(record.started))
    if name is None:
        return []
    found = [
        *sorted((drop.root / REJECTS).glob(f"{escape(name)}_rejects*")),
        drop.root / REPORTS / f"{name}.html",
    ]
    return [str(path.relative_to(drop.root)) for path in found if path.is_file()]
