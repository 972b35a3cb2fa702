"""Values as they were meant: names and NPIs, cleaned without losing anything.

Each has one reference, a function of one text; the functions of a whole column give the same and
pass only the values that need it through the reference. Arrow arrays, no pandas: the reader's
child process uses this. Whether a value is right is no question here, but in `rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from provider_assets.providers.check_digit import is_valid

if TYPE_CHECKING:
    import pyarrow as pa

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
_NO_WIDTH = dict.fromkeys(map(ord, ZERO_WIDTH))
GARBLE = "\ufffd"
_CONTROL = dict.fromkeys([*range(0x20), 0x7F, 0x85], " ") | dict.fromkeys(
    [*range(0x80, 0x85), *range(0x86, 0xA0)], GARBLE
)
# what becomes of an accented letter and of a blank that were read in the wrong encoding; cleaned,
# nobody could tell it from a blank
_BLURRED = re.compile("[\u00c2\u00c3][\u0085\u00a0\u00ad]")
# UTF-8 that was read as Windows-1252, as Mac Roman or under an old page of DOS
_GOES_ON = "\u00a1-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
GARBLED = (
    f"{GARBLE}|[ÂÃ][{_GOES_ON}]|[ÄÅ][\u00a1-\u00bf€‚ƒ„†‡ˆ‰Š‹Œ•˜™š›œžŸ]|[a-zß-ÿ][Ã]"
    "|â€|â„¢|ðŸ|[√\u2500-\u259f]|‚Ä|ΓÇ"
)
# what a spreadsheet shows in the place of a value
CELL_ERRORS = (
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA",
    "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!",
)  # fmt: skip
# with these a spreadsheet begins a formula, the full-width ones in some locales
FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
_DISARMED = re.compile(f"'(?=[{re.escape(FORMULA_SIGNS)}])")
# printable ASCII, composed Latin letters and the curly apostrophe, parted by single blanks; a
# straight apostrophe at the start may be one that disarms
_PLAIN = "!-~\u00c0-\u024f\u2019"
_SOUND_TEXT = f"^[!-&(-~\u00c0-\u024f\u2019][{_PLAIN}]*(?: [{_PLAIN}]+)*$"
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_DIGIT = re.compile(r"[0-9]")
_RUN = re.compile(r"(?<![0-9])(?<![0-9][.,])[0-9]{10}(?![0-9])(?![.,][0-9])")
_GROUPED = re.compile(r"[^0-9]*([0-9][0-9 ,.\-]*[0-9])[^0-9]*(?:\([^)]*\))?[^0-9]*")
_LABEL = re.compile(r"(?i:(npi|no|nr|num|number|id|individual|provider|type 1|\W|_)*)")
LONGEST_NPI = 200
_APOSTROPHES = "'\u2018\u2019\u201b`\u00b4"


def clean_text(text: str) -> str | None:
    """A name or another text: NFC, zero-width characters gone, blanks single, ends trimmed.

    Control characters count as blanks, those that only a wrong encoding gives as `GARBLE`; case
    and accents stay. An apostrophe that keeps a
    spreadsheet from taking the text for a formula is no part of it. None where nothing is left.
    """
    told = _BLURRED.sub(GARBLE, text) if "\u00c2" in text or "\u00c3" in text else text
    plain = unicodedata.normalize("NFC", told.translate(_NO_WIDTH).translate(_CONTROL))
    single = " ".join(plain.split())
    return (single[1:] if _DISARMED.match(single) else single) or None


def clean_npi(text: str) -> str | None:
    """An NPI's digits, out of a number or a text around them.

    Apostrophes, blanks and zero-width characters go, so do the `.0` of a float and the `="…"`
    that keeps a number text in a CSV; a scientific number becomes digits where it shows them all
    and stays as it is where they are lost. Of a text that holds one NPI among other things, that
    one is it. What is no NPI stays for the rules to tell.
    """
    if len(text) > LONGEST_NPI:  # it is none, and would become eighteen times as long
        return clean_text(text)
    plain = _undisguised(text)
    if plain is None or _TEN_DIGITS.fullmatch(plain):
        return plain
    held = clean_text(unicodedata.normalize("NFKC", text)) or ""
    found = _held_npis(held)
    if len(found) == 1 and _may_take(found[0], held):
        return found[0]
    # of several, and of words, the blanks between them tell
    is_words = held.isascii() and not _DIGIT.search(held)
    return held if len(found) > 1 or is_words else plain


def is_taken_out(text: str) -> bool:
    """Whether `clean_npi` of a text is an NPI that stands there among other things."""
    cleaned = clean_npi(text)
    return (
        cleaned is not None
        and bool(_TEN_DIGITS.fullmatch(cleaned))
        and (_undisguised(text) != cleaned)
    )


def holds_several_npis(text: str) -> bool:
    """Whether more than one NPI stands in a text."""
    return len(set(_RUN.findall(text))) > 1


def _held_npis(text: str) -> list[str]:
    """The different runs of ten digits in a text; else ten digits with marks between them."""
    runs = list(dict.fromkeys(_RUN.findall(text)))
    if runs:
        return runs
    grouped = _GROUPED.fullmatch(text)
    digits = re.sub(r"[^0-9]", "", grouped[1]) if grouped else ""
    return [digits] if len(digits) == 10 else []  # noqa: PLR2004


def _may_take(npi: str, text: str) -> bool:
    """Marks and a label around it may go; of anything else, only an NPI whose digits are right."""
    if is_valid(npi):
        return True
    return npi in text and _LABEL.fullmatch(text.replace(npi, " ")) is not None


def _undisguised(text: str) -> str | None:
    found = _npi_within(text)
    while found is not None and found != text:  # one disguise may hide another
        text, found = found, _npi_within(found)
    return found


def _npi_within(text: str) -> str | None:
    found = clean_text(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    wrapped = re.fullmatch(r'=\s*"([^"]*)"', found)
    joined = "".join((wrapped[1] if wrapped else found).split())
    plain = unicodedata.normalize("NFKC", joined).strip(_APOSTROPHES)
    integral = re.fullmatch(r"([0-9]+)[.,]0*", plain)
    if integral:
        return integral[1]
    scientific = re.fullmatch(r"([0-9])(?:[.,]([0-9]*))?[eE]\+?0?([0-9]{1,2})", plain)
    if scientific and len(scientific[2] or "") >= int(scientific[3]) > 0:
        digits, rest = scientific[1] + scientific[2], int(scientific[3]) + 1
        return digits[:rest] if not digits[rest:].strip("0") else plain
    return plain or None


def clean_texts(cells: pa.Array) -> pa.Array:
    """`clean_text` of each cell; null where null."""
    return _mended(cells, _SOUND_TEXT, clean_text)


def clean_npis(cells: pa.Array) -> pa.Array:
    """`clean_npi` of each cell; null where null."""
    return _mended(cells, r"^[0-9]{10}$", clean_npi)


def map_unique(cells: pa.Array, change: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """`change` of each cell, called once a distinct value; null where null."""
    import pyarrow as pa

    coded = cells.dictionary_encode()
    changed = pa.array([change(text) for text in coded.dictionary.to_pylist()], kind)
    return changed.take(coded.indices)


def _mended(cells: pa.Array, sound: str, change: Callable[[str], str | None]) -> pa.Array:
    """`change` of the cells that do not have the form of a sound one."""
    import pyarrow.compute as pc

    unsound = pc.invert(pc.match_substring_regex(cells, sound))
    if not pc.any(unsound).as_py():
        return cells
    mended = map_unique(cells.filter(unsound), change, cells.type)
    return pc.replace_with_mask(cells, pc.fill_null(unsound, False), mended)
