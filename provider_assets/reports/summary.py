"""An outcome in words: one sentence, and a short Markdown table. No row's values."""

from collections.abc import Mapping

from provider_assets.providers.counted import counted
from provider_assets.providers.departures import FEWEST, Departures
from provider_assets.providers.headers import TERMINATION
from provider_assets.providers.roster import RosterOutcome, RosterSource, RowCounts
from provider_assets.providers.shown import shown
from provider_assets.reports.reasons import words_for


def number(count: int) -> str:
    """A count as people read it: `1,234,567`."""
    return f"{count:,}"


def sentence(outcome: RosterOutcome) -> str:
    """What became of the roster, in one or two sentences for its sender."""
    if outcome.status == "failed":
        code, why = outcome.error or ("error", "The roster could not be loaded.")
        return f"Nothing was loaded: {why.rstrip('.') or code}."
    if outcome.status == "already_loaded":
        return f"This roster was loaded before, and nothing was written now: {_rows(outcome)}"
    return " ".join([_rows(outcome) + _beside(outcome), *_departed(outcome)])


def _rows(outcome: RosterOutcome) -> str:
    rows = outcome.rows
    clean = rows.clean - outcome.departures.kept_out
    loaded = "is loaded" if clean == 1 else "are loaded"
    does = {"valid": "would load", "already_loaded": loaded}.get(outcome.status, "loaded")
    if rows.read == 0:
        return "The roster has no rows."
    if clean == rows.read:
        which = "The only row" if rows.read == 1 else f"All {counted(rows.read, 'row')}"
        return f"{which} {does}."
    head = f"{number(clean)} of {counted(rows.read, 'row')} {does}"
    told = _left_out(rows, outcome.elsewhere)
    if out := outcome.departures.kept_out:
        told.append(f"{number(out)} {'is' if out == 1 else 'are'} kept out by a newer roster")
    return f"{head}; {', '.join(told)}."


def _left_out(rows: RowCounts, elsewhere: int) -> list[str]:
    told = []
    if rows.wrong:
        told.append(f"{number(rows.wrong)} {'needs' if rows.wrong == 1 else 'need'} a correction")
    if rows.left:
        told.append(left_rows(rows.left))
    if duplicates := rows.duplicate - elsewhere:
        one = duplicates == 1
        told.append(f"{number(duplicates)} {'is a duplicate' if one else 'are duplicates'}")
    if elsewhere:
        one = elsewhere == 1
        again = "repeats" if one else "repeat"
        told.append(f"{number(elsewhere)} {again} a provider at another place")
    return told


def left_rows(count: int) -> str:
    """How many rows say that their provider left: no reject, and nothing to correct."""
    return (
        "1 row says that its provider left"
        if count == 1
        else (f"{number(count)} rows say that their provider left")
    )


def _beside(outcome: RosterOutcome) -> str:
    """What the rows that loaded did to the table, where they were not all new."""
    rows = outcome.rows
    there = rows.unchanged - outcome.departures.kept_out
    if not (rows.updated or there):
        return ""
    valid = outcome.status == "valid"
    told = (
        (rows.inserted, "new"),
        (rows.updated, "would change" if valid else "changed"),
        (there, "in the table already"),
    )
    return " Of these: " + ", ".join(f"{number(n)} {what}" for n, what in told if n) + "."


def _departed(outcome: RosterOutcome) -> list[str]:
    return departure_sentences(
        outcome.departures,
        outcome.import_id,
        outcome.rows,
        outcome.source,
        planned=outcome.status == "valid",
    )


def word_note(told: Departures, rows: RowCounts, source: RosterSource) -> str | None:
    """That most rows say "left", and by which column, in case that was misread; None otherwise."""
    if not (told.by_word or (rows.left >= FEWEST and 2 * rows.left > rows.read)):
        return None
    columns = {
        f"column {shown(column.header)}"
        + (f" with values such as {' | '.join(column.examples)}" if column.examples else "")
        for sheet in source.sheets
        for column in sheet.columns
        if column.field == TERMINATION
    }
    where = "; ".join(sorted(columns)) or "the name of their sheet"
    return f"{number(rows.left)} of {number(rows.read)} rows say that their provider left ({where})"


def departure_sentences(
    told: Departures,
    import_id: int | None,
    rows: RowCounts,
    source: RosterSource,
    *,
    planned: bool = False,
) -> list[str]:
    """Sentences on providers who left, one for each matter."""
    which = import_id if import_id is not None else "IMPORT_ID"
    return [
        *_of_words(told, which, rows, source),
        *_of_absence(told, which, planned=planned),
        *_of_others(told, planned=planned),
    ]


def _of_words(
    told: Departures, which: int | str, rows: RowCounts, source: RosterSource
) -> list[str]:
    sentences = []
    note = word_note(told, rows, source)
    if note and told.by_word == "waiting":
        sentences.append(
            f"{note}, too many to take anybody out without asking: check that the layout reads "
            f"this correctly, then `provider-assets departures approve {which}` or "
            f"`provider-assets departures dismiss {which}`."
        )
    elif note:
        sentences.append(f"{note}: check that the layout reads this correctly.")
    return sentences


def _of_absence(told: Departures, which: int | str, *, planned: bool) -> list[str]:
    sentences = []
    if told.departed:
        did = "would be" if planned else "was" if told.departed == 1 else "were"
        sentences.append(
            f"{counted(told.departed, 'provider')} left, and {did} taken out of the table."
        )
    if told.waiting:
        sentences.append(
            f"{_how_many(told)} providers of this hospital are missing from this full roster, "
            f"{'and wait, too' if told.by_word else 'too many to take out without asking'}: check "
            f"that the file is complete, then `provider-assets departures approve {which}` or "
            f"`provider-assets departures dismiss {which}`."
        )
    elif told.absent:
        sentences.append(
            f"{counted(told.absent, 'provider', 'is', 'are')} missing from this full roster, and "
            f"{'would stay' if planned else 'stays' if told.absent == 1 else 'stay'} in the table."
        )
    return sentences


def _how_many(told: Departures) -> str:
    if told.at_least:
        return f"At least {number(told.absent)}"
    return f"{number(told.absent)} of the {number(told.of)}"


def _of_others(told: Departures, *, planned: bool) -> list[str]:
    sentences = []
    if told.spared:
        sentences.append(
            f"{number(told.spared)} of the providers who left "
            f"{'stays' if told.spared == 1 else 'stay'} in the table: changed since, or named by "
            "another hospital."
        )
    if told.namesakes:
        sentences.append(
            f"{counted(told.namesakes, 'missing provider', 'stays', 'stay')} in the table: a row "
            "of the roster has the same name with another NPI, or none; check whether the NPI is "
            "mistyped."
        )
    if told.older_than is not None:
        sentences.append(
            f"Import {told.older_than} is a newer full roster, so nobody counts as missing from "
            "this one."
        )
    if told.overtaken:
        did = ("would not be", "would not be") if planned else ("was not", "were not")
        sentences.append(
            f"{counted(told.overtaken, 'row', *did)} used: a newer roster decides about "
            f"{'this provider' if told.overtaken == 1 else 'these providers'}."
        )
    if told.undated:
        sentences.append(
            "The file's name has no day as the layout's roster_date asks for, so nobody counts as "
            "missing from it."
        )
    return sentences


def markdown_summary(outcome: RosterOutcome) -> str:
    """Reasons and counts as a short Markdown table, for Dagster's metadata."""
    lines = [_escaped(sentence(outcome)), "", "| what | rows |", "|---|---:|"]
    lines += [f"| {what} | {number(count)} |" for what, count in _counts(outcome)]
    for title, by_code in (("why", outcome.reasons), ("warning", outcome.warnings)):
        if by_code:
            lines += ["", f"| {title} | code | rows |", "|---|---|---:|"]
            lines += [
                f"| {_escaped(words_for(code).sentence)} | `{code}` | {number(count)} |"
                for code, count in ranked(by_code)
            ]
    return "\n".join(lines)


def ranked(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """Codes and counts, the most frequent first."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _counts(outcome: RosterOutcome) -> list[tuple[str, int]]:
    rows = outcome.rows
    return [
        ("read", rows.read),
        ("invalid", rows.invalid),
        *([("of these, said to have left", rows.left)] if rows.left else []),
        ("duplicate", rows.duplicate),
        ("clean", rows.clean),
        ("inserted", rows.inserted),
        ("updated", rows.updated),
        ("unchanged", rows.unchanged),
        ("departed", rows.departed),
    ]


def _escaped(text: str) -> str:
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
