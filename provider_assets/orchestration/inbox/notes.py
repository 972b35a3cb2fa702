"""The `.txt` beside a roster: what became of it and what to do, for whoever sent it.

Files, codes and counts only, never a row's values. A note carries no clock of its own, so that
writing it again gives the same text.
"""

from collections.abc import Sequence

from provider_assets.errors import LAYOUT_DRAFT, FileCode
from provider_assets.moments import minute
from provider_assets.providers.codes import CUT_OFF
from provider_assets.providers.counted import counted
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.shown import shown
from provider_assets.reports.advice import advice_for

DIFFERENT = "already-loaded-different"
_TO_ENGINEERS = (
    "For the engineer: `provider-assets layouts suggest FILE` drafts a layout for this file.",
    "",
)


def fault_note(answers: Sequence[str], name: str, record: ImportRecord) -> str:
    """Why a roster in `failed/` did not load, and what its sender does next.

    `answers` are what it has of reject workbook and report, from the folder that holds them.
    """
    code, sentence = record.error or ("", "")
    advice = advice_for(code) or "Ask the people who run this service."
    lines = [
        f"{shown(name)} was not loaded, and the table is as it was.",
        "",
        f"What is wrong: {shown(sentence.replace(LAYOUT_DRAFT, ''))}",
        f"What to do:    {advice}",
        *(f"See also:      {path}" for path in answers),
        "",
        *(_TO_ENGINEERS if code == FileCode.NO_LAYOUT else ()),
        f"Code {code}; roster {record.roster}; run {record.run_id or 'unknown'}.",
    ]
    return "\n".join(lines) + "\n"


def loaded_note(answers: Sequence[str], name: str, record: ImportRecord) -> str:
    """That a roster in `processed/` was not loaded again, since its content was loaded before."""
    lines = [
        f"{shown(name)} was not loaded again: its content is in the table already.",
        "",
        f"It was loaded as import {record.id}, from a file named {shown(record.file)}, "
        f"on {minute(record.finished)}.",
        *(_left_open(answers, record) or ["Nothing needs to be done."]),
        "To load it again under changed rules, ask the people who run this service for a replay.",
    ]
    return "\n".join(lines) + "\n"


def _left_open(answers: Sequence[str], record: ImportRecord) -> list[str]:
    """What of an import is still to be corrected, and where that stands; nothing where all is."""
    count = record.rejected
    if not count:
        return []
    were, they, them = ("was", "it is", "it") if count == 1 else ("were", "they are", "them")
    again = _send_again(record) or f"correct {them} in the reject workbook, and drop that workbook"
    return [
        f"{count} of its {counted(record.rows.read, 'row')} {were} not loaded then "
        f"({_reasons(record)}). If {they} not corrected yet, {again}.",
        *(f"See also:   {path}" for path in answers),
    ]


def _reasons(record: ImportRecord) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(record.reasons.items()))


def partly_note(answers: Sequence[str], name: str, record: ImportRecord) -> str | None:
    """That rows of a roster that loaded did not; None where there is none to correct."""
    if not record.rejected:
        return None
    count, read = record.rejected, counted(record.rows.read, "row")
    there = record.reasons.get("already-loaded", 0) + record.reasons.get(DIFFERENT, 0)
    if there >= count:  # whom the table holds already: nothing of the roster is missing in it
        was = f"was loaded as far as it was new: {count} of its {read} {_are(count)} in the table"
        was += " already."
        what_to_do = "nothing, or look at the report"
        if record.reasons.get(DIFFERENT):
            was += f" {record.reasons[DIFFERENT]} of them with other values; the table keeps those."
            what_to_do = "look at them in the report; the people who run this service can let "
            what_to_do += "the roster's values win"
    else:
        was = f"was loaded in part: {count} of its {read} {_are(count)} to be corrected."
        what_to_do = (
            _send_again(record)
            or "open the reject workbook, correct the rows, and drop that workbook"
        )
    lines = [
        f"{shown(name)} {was}",
        "",
        f"Why:        {_reasons(record)}",
        f"What to do: {what_to_do}.",
        *(f"See also:   {path}" for path in answers),
        "",
        f"Roster {record.roster}; import {record.id}.",
    ]
    return "\n".join(lines) + "\n"


def _send_again(record: ImportRecord) -> str | None:
    """What to do about a file that was cut off; None of one that is whole."""
    if CUT_OFF not in record.reasons:
        return None
    others = "; correct the other rows in it" if record.rejected > record.reasons[CUT_OFF] else ""
    return f"send the whole file again, because this one ends inside a row{others}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
