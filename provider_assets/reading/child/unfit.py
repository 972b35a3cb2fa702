"""Why no sheet fits any layout, in words that help: what is nearest, and what it lacks.

Nothing that stands below the headers is ever shown, be it ever so like them.
"""

from collections.abc import Sequence
from typing import NoReturn

from provider_assets.errors import LAYOUT_DRAFT, FileCode
from provider_assets.providers.headers import Match, letters
from provider_assets.providers.words import word_set, words
from provider_assets.reading.child.headings import Candidate, holds_number, shown_header
from provider_assets.reading.child.refusal import refuse

SHOWN_HEADERS = 12


def refuse_unfit(found: Sequence[Candidate]) -> NoReturn:
    """Say why no sheet fits any layout, from everything that was looked at."""
    doubled = [one for one in found if one.match.doubled and not one.match.missing]
    if doubled:
        _refuse_doubled(max(doubled, key=lambda one: (one.match.rank, -one.row)))
    near = [one for one in found if _has_some(one) or _reads_like_headers(one.headers)]
    if not near:
        refuse(
            FileCode.NO_LAYOUT,
            "no row has the headers of a roster (such as NPI, Last Name, First Name); put headers "
            f"above the rows, or write a layout for the ones that it has{LAYOUT_DRAFT}",
        )
    one = max(near, key=_nearness)
    filled = [(at, cell) for at, cell in enumerate(one.headers) if cell and cell.strip()]
    known = set(one.match.columns.values())
    shown = [shown_header(cell) for at, cell in filled if at in known or _is_of_headers(cell)]
    shown = shown[:SHOWN_HEADERS]
    more = f" and {len(filled) - len(shown)} more" if len(filled) > len(shown) else ""
    lacks = " and ".join(f"{name} ({_asked(one.match, name)})" for name in one.match.missing)
    refuse(
        FileCode.NO_LAYOUT,
        f"no layout fits; the nearest is {one.layout}, which lacks a column for {lacks}. Sheet "
        f"{one.sheet!r} has in row {one.row + 1}: {', '.join(shown)}{more}. Rename "
        f"the headers, or write a layout with them{LAYOUT_DRAFT}",
    )


def _nearness(one: Candidate) -> tuple[int, int, bool, int]:
    """Nearest lacks the fewest columns."""
    found = len(one.match.columns) + len(one.match.doubled)
    return -len(one.match.missing), found, not one.match.wanted.fallback, -one.row


_OF_HEADERS = word_set(
    "npi name first last middle provider practitioner physician doctor clinician group practice "
    "organization facility clinic entity type code id number no date address street city state "
    "zip phone fax email specialty taxonomy credentials credential degree license suffix gender "
    "sex status action term effective start end location site county country tin tax dea title "
    "department hospital language birth medicare medicaid full legal business mailing billing "
    "rendering referring supervising attending performing individual replacement primary other "
    "secondary information info details"
)


def _is_of_headers(cell: str) -> bool:
    """Whether a cell may be shown: nothing is in it but what headers say."""
    told = [word for word in words(cell) if not word.isdigit()]
    return bool(told) and all(word in _OF_HEADERS for word in told)


def _has_some(one: Candidate) -> bool:
    """Whether the row has headers of the layout: one or two may be words of somebody's data."""
    return len(set(one.match.columns.values())) > 2  # noqa: PLR2004


def _reads_like_headers(cells: Sequence[str | None]) -> bool:
    """Whether a row may be told of as headers: most cells are what headers say, and no number.

    A row of people must never be shown, be it ever so like the headers of some layout.
    """
    filled = [cell for cell in cells if cell and cell.strip()]
    if any(holds_number(cell) or "@" in cell for cell in filled):
        return False
    return sum(map(_is_of_headers, filled)) * 2 > len(filled)


def _asked(match: Match, name: str) -> str:
    """The header that the layout would rather see, canonical, for the sender to recognise."""
    spelled = match.wanted.spelled.get(name) or match.wanted.columns.get(name) or ("?",)
    return f"such as {spelled[0]}"


def _refuse_doubled(one: Candidate) -> NoReturn:
    name, places = next(iter(one.match.doubled.items()))
    columns = " and ".join(f"{shown_header(one.headers[p] or '')!r} ({letters(p)})" for p in places)
    refuse(
        FileCode.DUPLICATE_COLUMN,
        f"sheet {one.sheet!r}, row {one.row + 1}: the columns {columns} could each be the {name}; "
        "rename or delete all but one, or write a layout that names the right one, also by the "
        f"heading above it (as Provider Information > NPI) or its letter "
        f"(column {letters(places[0])})",
    )
