"""A name as it is meant: folded, without titles, suffixes and degrees, in its parts.

The registry's names are mostly upper case without accents; people write theirs in every way.
Whether two names agree is `agreement`'s matter.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV", "2ND", "3RD", "ESQ"})
TITLES = frozenset({"DR", "MR", "MRS", "MS", "MISS", "PROF", "DOCTOR"})
_DEGREES = (
    "MD DO MBBS MBCHB BDS DDS DMD DPM OD DC DVM PHD PSYD EDD DSC SCD DRPH MPH MHA MBA MS MSC MA "
    "BS BA MSN BSN RN LPN LVN APRN ARNP APN NP CNP FNP DNP ANP PNP WHNP PMHNP ACNP AGNP CNM CNS "
    "CRNA CRNP PA PAC RPA RPH PHARMD PT DPT OT OTR OTD SLP CCC CCCSLP AUD LCSW LICSW LMSW LMFT "
    "LMHC LPC LPCC LCPC MSW MFT BCBA RD RDN LD CDE ATC FACP FACS FACC FACOG FAAP FAAFP FCCP BC "
    "RCP LAC ND BSC CP RT"
)
_PARTICLES = "DE LA LAS LOS DEL DER DEN DI DA DU VAN VON AL EL ST SAN BIN IBN TER TEN"
_FORMS = (
    "LLC LLP LP INC INCORPORATED CORP CORPORATION CO COMPANY LTD LIMITED PC PLLC PLC PA SC PS THE "
    "OF AND"
)
DEGREES, PARTICLES, FORMS = (frozenset(one.split()) for one in (_DEGREES, _PARTICLES, _FORMS))
# what has no accent to lose and is written otherwise in plain letters
_LETTERS = str.maketrans(
    {"ß": "SS", "Ø": "O", "ø": "O", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L",
     "Đ": "D", "đ": "D", "Ð": "D", "ð": "D", "Þ": "TH", "þ": "TH", "\u0131": "I"}
)  # fmt: skip
_JOINED = re.compile(r"['\u2018\u2019\u201b`\u00b4.]")
_OTHER = re.compile(r"[^\w]+|_")
_ASSISTANT = re.compile(r"\bPA-C\b", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A person's name, each part folded by `plain`; empty where there is none."""

    last: str
    first: str
    middle: str = ""

    @property
    def whole(self) -> str:
        """Last and first name, for a measure of likeness."""
        return f"{self.last} {self.first}".strip()


@lru_cache(maxsize=200_000)
def plain(text: str) -> str:
    """Upper case, without accents, apostrophes and points; other signs are single blanks."""
    mapped = _ASSISTANT.sub("PAC", text).translate(_LETTERS)
    folded = unicodedata.normalize("NFKD", mapped)
    letters = "".join(c for c in folded if not unicodedata.combining(c)).upper()
    return " ".join(_OTHER.sub(" ", _JOINED.sub("", letters)).split())


@lru_cache(maxsize=200_000)
def last_name(text: str) -> str:
    """A last name without the suffixes and degrees behind it, folded; something always stays."""
    return " ".join(_without_end(plain(text).split()))


def first_and_middle(first: str, middle: str) -> tuple[str, str]:
    """First and middle name, folded; what stands behind a first name is a middle one."""
    words = _without_end(_without_title(plain(first).split()))
    rest = [*words[1:], *_without_end(plain(middle).split(), everything=True)]
    return (words[0] if words else "", " ".join(rest))


@lru_cache(maxsize=200_000)
def person(last: str, first: str, middle: str) -> Name:
    """The name whose parts stand in columns of their own."""
    given, rest = first_and_middle(first, middle)
    return Name(last_name(last), given, rest)


def readings(full: str) -> tuple[Name, ...]:
    """The names that a full name may be: `Last, First M` is one, `First Last` may be turned."""
    parts = [part for part in full.split(",") if part.strip()]
    named = [part for part in parts if not _is_behind(part)]
    if len(named) > 1:
        return (person(named[0], " ".join(named[1:]), ""),)
    words = _without_end(_without_title(plain(" ".join(named or parts)).split()))
    if len(words) < 2:  # noqa: PLR2004
        return (Name(" ".join(words), ""),)
    turned = Name(words[0], words[1], " ".join(words[2:]))
    forth = [
        Name(" ".join(words[at:]), words[0], " ".join(words[1:at])) for at in range(1, len(words))
    ]
    return (*reversed(forth), turned)


def organization(text: str) -> str:
    """An organization's name, folded, without what only tells its legal form."""
    words = plain(text.replace("&", " and ")).split()
    return " ".join([word for word in words if word not in FORMS] or words)


def _is_behind(part: str) -> bool:
    """Whether a part of a full name is nothing but suffixes and degrees."""
    return all(word in SUFFIXES or word in DEGREES for word in plain(part).split())


def _without_title(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in TITLES else words


def _without_end(words: list[str], *, everything: bool = False) -> list[str]:
    least, end = 0 if everything else 1, len(words)
    while end > least and (words[end - 1] in SUFFIXES or words[end - 1] in DEGREES):
        end -= 1
    return words[:end]
