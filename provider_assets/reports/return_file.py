"""The return file: one line for each row that was read, for the sender's system.

As CSV and as JSON with the same lines. Their form is published as `docs/return_file.schema.json`,
which a test holds to this module; a change that a reader could stumble over raises `VERSION`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from provider_assets.providers.codes import LEFT, has_code, is_answer, which_have
from provider_assets.providers.duplicates import IN_FILE
from provider_assets.providers.own_words import word_of
from provider_assets.providers.roster import RosterOutcome
from provider_assets.reports.delimited import disarm
from provider_assets.reports.reasons import MALFORMED, sentence_of

VERSION = 1
COLUMNS = ("sheet", "row", "key", "outcome", "codes", "sentences", "import", "registry_date")
OUTCOMES = (
    "loaded",
    "updated",
    "unchanged",
    "overtaken",
    "duplicate",
    "repeated",
    "rejected",
    "left",
    "departed",
)
_BY_ACTION = {"inserted": "loaded"}
_BY_ACTION |= {name: name for name in ("updated", "unchanged", "overtaken")}
_LINES_AT_ONCE = 50_000
_NOT_LOADED = "The roster was refused as a whole, and this row with it."


@dataclass(frozen=True)
class RowActions:
    """What the load did about the rows: `usual` to most of the clean ones, the others by NPI.

    An action is one of `provider_import_row`; `departed` is of a row that says that its provider
    has left. `overtaken` is of one that a newer roster keeps out of the table.
    """

    usual: str = "inserted"
    others: Mapping[str, str] | None = None


def return_lines(
    outcome: RosterOutcome,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    clean: pd.DataFrame,
    actions: RowActions,
) -> pd.DataFrame:
    """Every row in the roster's order: columns `sheet`, `row`, `key`, `said`, `outcome`,
    `codes`.

    `invalid` and `duplicates` have the columns `frames.REJECTED`, `clean` has `frames.CLEAN`. The
    key is the NPI as read, null where the cell is empty; `said` is the roster's own word of who has
    left; codes are blank-joined.
    """
    lines = pd.concat(
        [
            _lines(invalid, invalid["codes"], "rejected"),
            _lines(duplicates, duplicates["codes"], "duplicate"),
            _lines(clean, clean["warnings"], _BY_ACTION[actions.usual]),
        ]
    )
    lines.loc[lines["codes"] == IN_FILE, "outcome"] = "repeated"
    lines.loc[lines["codes"].map(is_answer).astype(bool), "outcome"] = "left"
    if outcome.status == "failed":
        code = outcome.error[0] if outcome.error else "unexpected"
        lines.loc[clean.index, "outcome"] = "rejected"
        lines.loc[clean.index, "codes"] = (code + " " + lines.loc[clean.index, "codes"]).str.strip()
    elif actions.others:
        _tell_others(lines, clean.index, invalid.index, actions.others)
    return lines.sort_index()


def _lines(rows: pd.DataFrame, codes: pd.Series, outcome: str) -> pd.DataFrame:
    told = pd.Series(outcome, index=rows.index, dtype="str")
    said = rows["left_as"].map(word_of) if "left_as" in rows else None
    lines = {"sheet": rows["sheet"], "row": rows["row"], "key": rows["npi"], "said": said}
    return pd.DataFrame({**lines, "outcome": told, "codes": codes.astype("str")})


def _tell_others(
    lines: pd.DataFrame, clean: pd.Index, invalid: pd.Index, others: Mapping[str, str]
) -> None:
    done = lines["key"].map(others)
    loaded = done.reindex(clean).map(_BY_ACTION).dropna()
    lines.loc[loaded.index, "outcome"] = loaded
    left = done.reindex(invalid)[which_have(lines["codes"].reindex(invalid), LEFT)]
    lines.loc[left.index[left == "departed"], "outcome"] = "departed"


def write_return_csv(path: Path, lines: pd.DataFrame, outcome: RosterOutcome) -> None:
    """The lines with a header, UTF-8; no cell is a formula, and none has a line break in it."""
    fixed = (str(outcome.import_id or ""), _registry_date(outcome) or "")
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    options = pacsv.WriteOptions(quoting_style="needed")
    with path.open("wb") as stream, pacsv.CSVWriter(stream, schema, write_options=options) as out:
        for part in _parts(lines):
            told = [
                " ".join(_sentences(codes, *asked))
                for codes, asked in zip(part["codes"], _asked(part), strict=True)
            ]
            cells = [_text(part["sheet"]), _text(part["row"].astype("str")), _text(part["key"])]
            cells += [_text(part["outcome"]), _text(part["codes"]), _text(pd.Series(told))]
            cells += [_text(pd.Series(value, index=part.index)) for value in fixed]
            one_line = [pc.replace_substring_regex(cell, r"[\r\n]+", " ") for cell in cells]
            safe = [disarm(cell) for cell in one_line]
            out.write_table(pa.Table.from_arrays(safe, schema=schema))


def write_return_json(path: Path, lines: pd.DataFrame, outcome: RosterOutcome) -> None:
    """One document: which roster, what became of it, and `rows`, a line of text for each."""
    source = outcome.source
    about = {
        "version": VERSION,
        "roster": source.roster,
        "file": source.file.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "sha256": source.sha256,
        "status": outcome.status,
        "import": outcome.import_id,
        "registry_date": _registry_date(outcome),
    }
    about_all = {name: about[name] for name in ("import", "registry_date")}
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(about)[:-1] + ', "rows": [')
        begin = "\n"
        for part in _parts(lines):
            places = zip(
                _quoted(part["sheet"]), part["row"], _quoted(part["key"]),
                part["outcome"], part["codes"], _asked(part), strict=True,
            )  # fmt: skip
            fixed = json.dumps(about_all)[1:-1]
            for sheet, row, key, became, codes, asked in places:
                stream.write(
                    f'{begin}{{"sheet": {sheet}, "row": {row}, "key": {key}, '
                    f"{_why(became, codes, *asked)}, {fixed}}}"
                )
                begin = ",\n"
        stream.write("\n]}\n")


@cache
def _why(became: str, codes: str, npi: str | None, said: str | None) -> str:
    told = {"outcome": became, "codes": codes.split(), "sentences": _sentences(codes, npi, said)}
    return json.dumps(told)[1:-1]


def _asked(lines: pd.DataFrame) -> Iterator[tuple[str | None, str | None]]:
    """The key and the own word of the lines whose sentence depends on them; else None."""
    for codes, key, said in zip(lines["codes"], lines["key"], lines["said"], strict=True):
        yield (
            key if MALFORMED in codes and isinstance(key, str) else None,
            said if isinstance(said, str) and has_code(codes, LEFT) else None,
        )


@cache
def _sentences(codes: str, npi: str | None, said: str | None) -> list[str]:
    """A sentence for each code; one that is no row's is the whole roster's."""
    told = {code: sentence_of(code, npi) for code in codes.split()}
    if said is not None:
        own = f" It says: {said!r}."
        told |= {code: told[code] + own for code in told if code in LEFT}
    return [_NOT_LOADED if text == code else text for code, text in told.items()]


def _registry_date(outcome: RosterOutcome) -> str | None:
    """The day of the list of all NPIs that the rows were held against."""
    asked = outcome.registry
    return None if asked is None else asked.snapshots.get("npi_registry")


def _parts(lines: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(lines), _LINES_AT_ONCE):
        yield lines.iloc[start : start + _LINES_AT_ONCE]


def _text(cells: pd.Series) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


def _quoted(cells: pd.Series) -> list[str]:
    """Each text as JSON writes it."""
    texts = cells.astype(object).where(cells.notna(), None)
    return [
        f'"{text}"' if text is not None and text.isalnum() and text.isascii() else json.dumps(text)
        for text in texts
    ]
