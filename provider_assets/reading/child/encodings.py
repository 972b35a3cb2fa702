"""In which encoding a text is written: UTF-8, UTF-16, UTF-32, or one of the old code pages.

No bytes are unfit for an old code page, so the page is told by what the text would look like: names
have accented letters in their places, not dashes and signs of money. A detector for running text
cannot: charset-normalizer was wrong on half of the single names that were tried, this on a tenth.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import refuse

SAMPLE_BYTES = 1 << 16
LONGEST_LINE = 1 << 24
PAGES = {
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp437": "code page 437",
    "cp850": "code page 850",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f\x00")
_MOST_CONTROLS = 0.005
_TOLD_LINES = 5
_USUAL = frozenset("éáíóúñüöäèçÉÁÍÓÚÑÜÖÄÇßëïâêôåøãàÅØË")
_FOOTNOTES = frozenset("¹²³")
# what Western letters never do, and those of Central Europe look like when they are read as such:
# `Dvoøák`, `Rùžièka`, `Nìmec`; many in a row are Cyrillic ones
_NOT_WESTERN = re.compile(
    "[aeiouáéíóú][øè]|ø[áíéý]|[ÈØ][aeioáéíóú]|è[áíéý]|[ìù](?=[a-mo-zž])|[^\\W\\d_a-zA-Z]{4,}"
)
_UNLIKELY = 4
_CYRILLIC = re.compile("[\u0400-\u045f]")
_MARKS = frozenset("–—“”…®™\xa0°")
# what UTF-8 says by chance where an old page was meant: letters of no name in these parts
_NO_NAME = re.compile("[\u0250-\u036f\u0400-\u05ff\u07c0-\u07ff]")


@dataclass(frozen=True)
class Encoding:
    """The text's `codec`; `page` is that of the lines that do not fit it. `note` tells both."""

    codec: str
    page: str | None = None
    note: str | None = None

    def lines(self, path: Path) -> Iterator[str]:
        """The text's lines with their ends. Raises Refusal where one of them never ends."""
        if self.page is None:
            with path.open(encoding=self.codec, errors="replace", newline="") as file:
                for line in iter(partial(file.readline, LONGEST_LINE), ""):
                    _require_end(len(line))
                    yield line
        else:
            with path.open("rb") as stream:
                for raw in _raw_lines(stream):
                    yield raw.decode("ascii") if raw.isascii() else _decoded(raw, self.page)


def encoding_of(path: Path) -> Encoding:
    """The encoding of a text. Raises Refusal where its bytes are no text."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    for bom, codec in _BOMS:
        if start.startswith(bom):
            return Encoding(codec)
    if (wide := _wide(start)) is not None:
        return Encoding(wide)
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in start)  # noqa: PLR2004
    if controls > len(start) * _MOST_CONTROLS or start.count(0) > len(start) // 10:
        refuse(
            FileCode.UNSUPPORTED,
            "this is neither a spreadsheet nor text; send the roster as an Excel workbook (.xlsx)",
        )
    return Encoding("utf-8") if _is_utf8(path) else _of_old_page(path)


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin letters and digits is a zero."""
    even, odd, half = start[::2].count(0), start[1::2].count(0), len(start) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _of_old_page(path: Path) -> Encoding:
    """The page of a text that is not UTF-8, or of those of its lines that are not."""
    sample: list[bytes] = []
    others: list[int] = []
    held = right = 0
    with path.open("rb") as file:
        for number, raw in enumerate(_raw_lines(file), 1):
            if raw.isascii():
                continue
            if _utf8(raw) is not None:
                right += 1
                continue
            others.append(number)
            if held < SAMPLE_BYTES:
                sample.append(raw)
                held += len(raw)
    page = best_page(b"\n".join(sample))
    if not right:
        return Encoding(page, note=f"the text is not UTF-8; it was read as {PAGES[page]}")
    lines = ", ".join(f"{number:,}" for number in others[:_TOLD_LINES])
    more = f" and {len(others) - _TOLD_LINES:,} more" if len(others) > _TOLD_LINES else ""
    note = f"the text mixes encodings: it was read as UTF-8, and as {PAGES[page]} in line {lines}"
    return Encoding("utf-8", page, note + more)


def _raw_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines with their ends, whichever system's they are."""
    rest = b""
    while piece := file.read(SAMPLE_BYTES):
        lines = (rest + piece).splitlines(keepends=True)
        rest = lines.pop()
        _require_end(len(rest))
        yield from lines
    if rest:
        yield from rest.splitlines(keepends=True)


def _require_end(length: int) -> None:
    if length >= LONGEST_LINE:
        refuse(FileCode.TOO_LARGE, "a line of the text is longer than a sheet is wide; look at it")


def _utf8(raw: bytes) -> str | None:
    """The line in UTF-8; None where it is none, or makes no name of it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _NO_NAME.search(text) else text


def _decoded(raw: bytes, page: str) -> str:
    text = _utf8(raw)
    return raw.decode(page, "replace") if text is None else text


def best_page(sample: bytes) -> str:
    """The page under which these bytes look most like names; the usual one where none does."""
    best = max(PAGES, key=lambda page: _likeness(sample.decode(page, "replace")))
    signs = sum(byte > 0x7F for byte in sample)  # noqa: PLR2004  (beyond ASCII)
    looks_like_names = _likeness(sample.decode(best, "replace")) >= signs
    return best if looks_like_names else next(iter(PAGES))


def _likeness(text: str) -> int:
    """How much the letters beyond ASCII look like those of names; more is better."""
    padded = f" {text} "
    alone = sum(
        _worth(padded[at - 1], sign, padded[at + 1])
        for at, sign in enumerate(padded)
        if sign > "\x7f"
    )
    odd = (found[0] for found in _NOT_WESTERN.finditer(padded) if not _CYRILLIC.search(found[0]))
    return alone - sum(_UNLIKELY * max(1, len(one) - 2) for one in odd)


def _worth(before: str, sign: str, after: str) -> int:
    within = before.isalpha() or after.isalpha()
    if _CYRILLIC.match(sign):
        alike = all(_CYRILLIC.match(one) for one in (before, after) if one.isalpha())
        return (2 if sign.islower() or not before.islower() else -1) if alike and within else -3
    if sign in _FOOTNOTES and not after.isalpha():
        return 1
    if sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN"):
        usual = 3 if sign in _USUAL else 1
        beside = [letter for letter in (before, after) if letter.isalpha()]
        is_odd = (
            not beside
            or (sign.islower() and not any(letter.islower() for letter in beside))
            or (sign.isupper() and before.islower())
            or (sign.islower() and not before.isalpha())
            or (sign.isupper() and before.isupper() and after.islower())
        )
        return usual - 3 if is_odd else usual
    if sign in "’‘":
        return 2 if within else -1
    return (0 if before.isalpha() and after.isalpha() else 1) if sign in _MARKS else -3
