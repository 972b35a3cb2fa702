"""The text of a drafted layout: a line a field, a comment a line on why, and what is not read.

No value of the roster is in it, only forms of some (`Aaaaaa, Aaa`).
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from provider_assets.providers.endings import VALUES
from provider_assets.providers.fields import FIELDS, TABLE_FIELDS
from provider_assets.providers.headers import canonical, is_of_others, letters
from provider_assets.providers.words import words
from provider_assets.reading.choices import Choice, Choices, Column


def draft_text(
    path: Path,
    sheet: dict[str, Any],
    chosen: Choices,
    taken: Collection[str],
    ended_sheets: Sequence[str],
) -> str:
    """The draft as YAML. `sheet` is as `child.columns` tells it, `taken` are layouts' names."""
    name = _name(path, taken)
    where = f"sheet {json.dumps(sheet['sheet'])}, headers in row {sheet['header_row']}"
    draft = _Draft(sheet, chosen)
    lines = [
        f"# A draft for {json.dumps(path.name)}: {where}.",
        f"# Read it through, and save it as {name}.yaml in the folder of PROVIDER_ASSETS_LAYOUTS.",
        f"name: {name}  # from the file's name, without its day",
        "columns:",
        *draft.columns(),
        *draft.optional(),
        *draft.derived(),
        *draft.endings(ended_sheets),
        *draft.unread(),
    ]
    return "\n".join(lines) + "\n"


class _Draft:
    def __init__(self, sheet: dict[str, Any], chosen: Choices) -> None:
        self._rows: int = sheet["rows"]
        self._chosen = chosen
        told = [column["header"] for column in sheet["columns"]]
        self._headers = Counter(map(canonical, told))
        self._paths = Counter(
            canonical(f"{c['heading']} > {c['header']}") for c in sheet["columns"] if c["heading"]
        )

    def columns(self) -> Iterator[str]:
        order = ("npi", "full_name", "first_name", "last_name")
        fields = self._chosen.fields
        for field in (*order, *(name for name in FIELDS if name not in order)):
            if field in fields:
                choice = fields[field]
                yield f"  {field}: [{self._quoted(choice.column)}]  # {self._because(choice)}"

    def optional(self) -> Iterator[str]:
        beside = [
            name for name in FIELDS if name in self._chosen.fields and name not in TABLE_FIELDS
        ]
        if beside:
            yield f"optional: [{', '.join(beside)}]  # the roster may come without them"

    def derived(self) -> Iterator[str]:
        fed = self._chosen.fields.keys()
        templates = []
        if "full_name" not in fed:
            templates.append("{last_name}, {first_name}")
            if "entity_type" in fed:
                templates += [f"{{{one}}}" for one in _ORGANIZATIONS if one in fed]
                if "organization" in words(self._chosen.fields["last_name"].column.header):
                    templates.append("{last_name}")
        if templates:
            told = json.dumps(templates[0] if len(templates) == 1 else templates)
            yield "derive:"
            yield f"  full_name: {told}  # there is no column for the full name"
        if "first_name" not in fed and "last_name" not in fed:
            full = fed and self._chosen.fields["full_name"].column
            if full and full.share(full.last_first) > 1 / 2:
                yield "split: last_first  # first and last name out of the full one"
        if "entity_name" not in fed:
            yield '# constants: {entity_name: "…"}  # no column holds the practice'

    def endings(self, sheets: Sequence[str]) -> Iterator[str]:
        if not self._chosen.endings and not sheets:
            return
        yield "terminations:"
        for column, kind in self._chosen.endings:
            at = f"column {letters(column.position)}: its words; {self._filled(column)}"
            if kind == "date":
                yield f"  - date_column: [{self._quoted(column)}]  # {at}; a past day ends it"
                continue
            values = ", ".join(json.dumps(value) for value in VALUES[kind])
            yield f"  - column: [{self._quoted(column)}]  # {at}"
            yield f"    values: [{values}]  # strike what it never says"
        if sheets:
            names = ", ".join(json.dumps(name, ensure_ascii=False) for name in sheets)
            yield f"  - sheets: [{names}]  # named for those who have left"

    def unread(self) -> Iterator[str]:
        if self._chosen.left:
            yield "# never read:"
        for column in self._chosen.left:
            header = json.dumps(column.header, ensure_ascii=False)
            yield f"#   {header} (column {letters(column.position)}): {self._filled(column)}"

    def _quoted(self, column: Column) -> str:
        """The header; where several say the same, with the heading above it, or as a letter."""
        name = column.header
        if self._headers[canonical(name)] > 1 or is_of_others(column.heading):
            path = f"{column.heading} > {name}" if column.heading else ""
            alone = path and self._paths[canonical(path)] == 1
            name = path if alone else f"column {letters(column.position)}"
        return json.dumps(name, ensure_ascii=False)

    def _because(self, choice: Choice) -> str:
        column = choice.column
        why = choice.why
        if self._headers[canonical(column.header)] > 1:
            why += "; other columns have the same header, make sure that it is this one"
        return f"column {letters(column.position)}: {why}; {self._filled(column)}"

    def _filled(self, column: Column) -> str:
        empty = f"{self._rows - column.filled:,} of {self._rows:,} empty"
        return f"{empty}, such as {' | '.join(column.forms)}" if column.forms else empty


_ORGANIZATIONS = ("organization_name", "entity_name")


_MONTHS = "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?"
_MONTHS += "|oct(ober)?|nov(ember)?|dec(ember)?"
_YEAR = "(19|20)[0-9]{2}"
_DATES = re.compile(
    rf"(?<![a-z0-9])(q[1-4]_?{_YEAR}|{_YEAR}_?q[1-4]|{_YEAR}_?[0-9]{{1,2}}_?[0-9]{{1,2}}|[0-9]{{1,2}}_[0-9]{{1,2}}_({_YEAR}|[0-9]{{2}})"
    rf"|[0-9]{{4}}{_YEAR}|[0-9]{{6}}|([0-9]{{1,2}}_)?({_MONTHS})(_?[0-9]{{1,2}}(?![0-9]))?(_?{_YEAR})?"
    rf"|{_YEAR}(_?[0-9]{{1,2}})?)(?![a-z0-9])"
)


def _name(path: Path, taken: Collection[str]) -> str:
    """The file's name as a layout's, without the day, month or year that the roster is of."""
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode().lower()
    whole = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    kept = re.sub(r"_+", "_", _DATES.sub("_", whole)).strip("_")
    name = kept[:50].strip("_") or "roster"
    return f"{name}_roster" if name in taken else name
