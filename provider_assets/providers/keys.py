"""A roster's key, which is also its partition's: made of its file's name and its content's hash.

Who has only one of the two finds the other by the digits that both begin or end with.
"""

import re
import unicodedata
from pathlib import Path

STEM_LENGTH = 80
DIGITS, ALL_DIGITS = 12, 64
_KEY = re.compile(
    rf"[A-Za-z0-9_][A-Za-z0-9_.-]{{0,{STEM_LENGTH - 1}}}"
    rf"-(?:[0-9a-f]{{{DIGITS}}}|[0-9a-f]{{{ALL_DIGITS}}})"
)


def roster_key(file_name: str, sha256: str, digits: int = DIGITS) -> str:
    """The key of a roster: `<ASCII stem, at most 80>-<first 12 hex of the hash>`.

    Safe for any name: what is not an ASCII letter, digit, `_` or `.` becomes `-`. All 64 `digits`
    are for a content whose usual key another content has.
    """
    return f"{safe_stem(file_name)}-{sha256[:digits]}"


def is_roster_key(text: str) -> bool:
    """Whether a text has the form of a key; whatever has not, may name a folder anywhere."""
    return _KEY.fullmatch(text) is not None


def is_key_of(roster: str, file_name: str, sha256: str) -> bool:
    """Whether this key was made for a file of this name and content."""
    return roster in (roster_key(file_name, sha256), roster_key(file_name, sha256, ALL_DIGITS))


def is_named_in(roster: str, file_name: str) -> bool:
    """Whether this key may be that of a file of this name, whatever its content is."""
    return roster.rpartition("-")[0] == safe_stem(file_name)


def digits_of_hash(sha256: str) -> str:
    """The beginning of a content's hash that its roster's key ends with."""
    return sha256[:DIGITS]


def digits_of_key(roster: str) -> str:
    """The first digits at the end of a roster's key: which content it is of."""
    return roster.rpartition("-")[2][:DIGITS]


def safe_stem(file_name: str) -> str:
    """A file's name without folders and ending, in signs that any system takes; never empty."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return safe_text(Path(name).stem)[:STEM_LENGTH].strip("-.") or "roster"


def safe_text(text: str) -> str:
    """ASCII letters, digits, `_`, `.` and single `-`; accents are dropped, all else is a `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.]", "-", plain)).strip("-")
