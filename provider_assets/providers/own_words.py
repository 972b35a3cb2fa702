"""A roster's own word for who has left: in the frames' column `left_as`, and written back.

In `left_as` stand the header of the column that says it and its word, parted by `PARTED`; of a
heading within a sheet, which has no column, the word alone behind it. Null where a sheet's name
says it, and in the rows of all others.
"""

PARTED = "\x1f"
LONGEST_WORD = 100
"""Characters: what is longer is a remark on somebody, and is not kept."""

_WITHIN = " > "


def under_heading(text: str) -> str:
    """What `left_as` says of a row under this heading."""
    return PARTED + text[:LONGEST_WORD].strip()


def said_under(left_as: object, header: str) -> str | None:
    """The word of a row in the column of this header; None where the row says it elsewhere."""
    own, parted, word = left_as.partition(PARTED) if isinstance(left_as, str) else ("", "", "")
    return word if parted and own == header else None


def said_in_column(left_as: object) -> bool:
    """Whether a cell of the row's own says it."""
    return isinstance(left_as, str) and not left_as.startswith(PARTED)


def word_of(left_as: object) -> str | None:
    """The word alone, wherever the roster has it."""
    return left_as.partition(PARTED)[2] if isinstance(left_as, str) else None


def place_of(sheet: str, left_as: object) -> str:
    """Where a row stands, as a reject workbook has it: the sheet, and a heading that counts."""
    heading = said_under(left_as, "")
    return sheet if heading is None else f"{sheet}{_WITHIN}{heading}"


def parted_place(place: str) -> tuple[str, str | None]:
    """Undo `place_of`."""
    sheet, parted, heading = place.rpartition(_WITHIN)
    return (sheet, heading) if parted else (place, None)
