"""A roster's key, which is also its partition's: made of its file's name and its content's hash.

Who has only one of the two finds the other by the digits that both begin or end with.
"""

import re
import unicodedata
from pathlib import Path

STEM_LENGTH = 80
DIGITS = 12


def roster_key(file_name: str, sha256: str) -> str:
    """The key of a roster: `<ASCII stem, at most 80>-<first 12 hex of the hash>`.

    Safe for any name: what is not an ASCII letter, digit, `_` or `.` becomes `-`.
    """
    return f"{safe_stem(file_name)}-{digits_of_hash(sha256)}"


def digits_of_hash(sha256: str) -> str:
    """The beginning of a content's hash that its roster's key ends with."""
    return sha256[:DIGITS]


def digits_of_key(roster: str) -> str:
    """The end of a roster's key: which content it is of."""
    return roster[-DIGITS:]


def safe_stem(file_name: str) -> str:
    """A file's name without folders and ending, in signs that any system takes; never empty."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return safe_text(Path(name).stem)[:STEM_LENGTH].strip("-.") or "roster"


def safe_text(text: str) -> str:
    """ASCII letters, digits, `_`, `.` and single `-`; accents are dropped, all else is a `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.]", "-", plain)).strip("-")
