"""Names of persons: `Last, First` taken apart, degrees and titles told, two spellings compared.

Pure text; the reader's child process uses it. Nothing here changes a name that a roster gives.
"""

import re
import unicodedata
from functools import lru_cache

from provider_assets.providers.words import word_set

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "2nd", "3rd", "junior", "senior"})
TITLES = frozenset({"dr", "doctor", "mr", "mrs", "ms", "miss", "prof", "professor", "rev", "sir"})
CREDENTIALS = word_set(
    "md do mbbs mbchb mbbch phd dds dmd dpm od dc dpt pt ot otr otrl slp ccc cccslp aud rd "
    "ldn rn lpn np fnp fnpbc fnpc aprn arnp crnp dnp msn bsn anp agnp agacnp pnp pmhnp "
    "pmhnpbc whnp cnp cnm cns crna pa pac rpa rpac pharmd rph psyd edd lcsw lmsw lsw lisw msw "
    "csw lpc lpcc lmhc lmft mft lcpc licsw bcba bcbac ma ms mph mha mba facp facs faap facc "
    "faafp facog nd lac dom lmt dabr facep mscp cgc rdn cde atc cht ocs scs mspt msot cfnp "
    "acnp acnpbc gnp apn apnp msc frcs frcp frcsc abpp ncc lcmhc lmhp ladc cadc cac rbt dvm "
    "cpnp ed jd esq mhs"
)
_COMPANY = word_set(
    "inc llc llp lp pc pllc plc ltd corp co company group clinic center centre associates "
    "hospital partners services foundation"
)
_PART = re.compile(r"[^\W\d_]+|\d+\w*")
_INITIAL = re.compile(r"[^\W\d_]\.?")


@lru_cache(maxsize=4096)
def split_last_first(text: str) -> tuple[str | None, str | None]:
    """Last and first name of `Last, First`; degrees behind them, and an initial, are left out.

    Both None where the text has no comma, or more than one that does not only part degrees off:
    no guess is made.
    """
    last, *rest = [part.strip() for part in text.split(",")]
    rest = [part for part in rest if part and not is_credentials(part)]
    if len(rest) == 2 and is_suffix(rest[0]):  # noqa: PLR2004 - Doe, Jr, John
        rest = rest[1:]
    if len(rest) != 1 or not last or any(one.isdigit() for one in text):
        return None, None
    names = rest[0].split()
    if any(_bare(part) in _COMPANY for part in (*last.split(), *names)):
        return None, None
    while len(names) > 1 and (
        is_credentials(names[-1]) or is_suffix(names[-1]) or _INITIAL.fullmatch(names[-1])
    ):
        names.pop()
    return last, " ".join(names)


def last_of(full_name: str) -> str | None:
    """The last name of `Last, First`, as `split_last_first` has it."""
    return split_last_first(full_name)[0]


def first_of(full_name: str) -> str | None:
    """The first name of `Last, First`, as `split_last_first` has it."""
    return split_last_first(full_name)[1]


def is_credentials(text: str) -> bool:
    """Whether a text is nothing but degrees, such as `MD`, `M.D., Ph.D.` or `PA-C`."""
    parts = [part for part in re.split(r"[\s,;/&]+", text) if part]
    return bool(parts) and all(_bare(part) in CREDENTIALS for part in parts)


def is_suffix(text: str) -> bool:
    """Whether a text is what stands behind a name, such as `Jr.` or `III`."""
    return _bare(text) in SUFFIXES


@lru_cache(maxsize=4096)
def is_same_person(one: str, other: str) -> bool:
    """Whether two full names under one NPI are the same person's.

    They are where each part of the shorter stands in the longer, an initial for its name; case,
    accents, titles, degrees and the order of the names do not matter. `Jr` and `Sr` are two.
    """
    first, second = _name_parts(one), _name_parts(other)
    suffixes = (set(first) & SUFFIXES, set(second) & SUFFIXES)
    if suffixes[0] and suffixes[1] and suffixes[0] != suffixes[1]:
        return False
    plain = ([part for part in parts if part not in SUFFIXES] for parts in (first, second))
    short, long = sorted(plain, key=len)
    if not short or (len(short) == 1 and len(long) > 1):
        return short == long
    left = list(long)
    for part in sorted(short, key=len, reverse=True):
        found = next((p for p in left if p == part), None) or next(
            (p for p in left if part[0] == p[0] and 1 in (len(part), len(p))), None
        )
        if found is None:
            return False
        left.remove(found)
    return len(short) == len(long) or any(len(part) > 1 and part in long for part in short)


def _name_parts(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['\u2019.]", "", plain)
    parts = _PART.findall(re.sub(r"-", " ", plain))
    known = TITLES | CREDENTIALS
    kept = tuple(part for part in parts if part not in known)
    # a name may be spelled like a degree: Ma, Do, Ed
    return kept if len(kept) > 1 else tuple(part for part in parts if part not in TITLES)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
