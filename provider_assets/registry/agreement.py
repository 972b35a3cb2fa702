"""Whether two names are one person's, or one organization's, and how alike they are.

The order of the rules is that of their certainty; only what none of them knows is measured. The
threshold comes from `python -m benchmarks.names`, whose table stands in `docs/registry.md`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from provider_assets.registry.names import PARTICLES, Name

THRESHOLD = 0.80
ALIKE, DIFFERS = "alike", "differs"
_SHORTEST_CUT = 19  # NPPES' columns hold 20 and 35 letters, with the blanks that folding takes


class Agreement(NamedTuple):
    """`how` two names agree (a rule's name, `alike` or `differs`) and a likeness from 0 to 1."""

    how: str
    likeness: float

    @property
    def holds(self) -> bool:
        """Whether they are one's."""
        return self.how != DIFFERS


def people_agree(
    ours: Sequence[Name], theirs: Sequence[Name], threshold: float = THRESHOLD
) -> Agreement:
    """The best agreement between any reading of a roster's name and any name of the registry.

    The first of `theirs` is the legal one, the others are former ones.
    """
    for one in ours:
        for at, other in enumerate(theirs):
            how = _rule(one, other)
            if how is not None:
                return Agreement("former" if at and how == "equal" else how, 1.0)
    likeness = max((_likeness(a, b) for a in ours for b in theirs), default=0.0)
    return Agreement(ALIKE if likeness >= threshold else DIFFERS, likeness)


def organizations_agree(ours: str, theirs: str, threshold: float = THRESHOLD) -> Agreement:
    """The same for two names by `names.organization`."""
    from rapidfuzz.distance import JaroWinkler

    if _compact(ours) == _compact(theirs):
        return Agreement("equal", 1.0)
    if _is_cut(ours, theirs):
        return Agreement("cut", 1.0)
    likeness = JaroWinkler.normalized_similarity(ours, theirs)
    ordered = [" ".join(sorted(text.split())) for text in (ours, theirs)]
    likeness = max(likeness, JaroWinkler.normalized_similarity(*ordered))
    return Agreement(ALIKE if likeness >= threshold else DIFFERS, likeness)


def most_alike(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """The best likeness between any of an organization's names and any of the registry's."""
    return max(
        (organizations_agree(one, other).likeness for one in ours for other in theirs), default=0.0
    )


def _rule(ours: Name, theirs: Name) -> str | None:
    """The first rule under which two names are one person's, None where none is."""
    if not ours.last or not theirs.last:
        return None
    if ours.last == theirs.last and ours.first == theirs.first:
        return "equal"
    surname = _last_names(ours.last, theirs.last)
    if surname is not None:
        given = _first_names(ours, theirs)
        if given is not None:
            return surname if given == "equal" else given
    turned = _last_names(ours.last, theirs.first) and _last_names(ours.first, theirs.last)
    return "turned" if turned == "equal" else None


def _last_names(ours: str, theirs: str) -> str | None:
    if not ours or not theirs:
        return None
    if _compact(ours) == _compact(theirs) or _sounded(ours) == _sounded(theirs):
        return "equal"
    few, many = sorted((set(ours.split()), set(theirs.split())), key=len)
    if few < many and few - PARTICLES and max(map(len, few)) > 1:
        return "part"
    return "cut" if _is_cut(ours, theirs) else None


def _first_names(ours: Name, theirs: Name) -> str | None:
    if not ours.first or not theirs.first:
        return None
    return next((how for how, holds in _FIRST_NAMES if holds(ours, theirs)), None)


def _is_same_first(ours: Name, theirs: Name) -> bool:
    """Also where one name is written as two, so that its end counts as a middle name."""
    wholes = [{_compact(one.first), _compact(one.first + one.middle)} for one in (ours, theirs)]
    return not wholes[0].isdisjoint(wholes[1])


def _is_initial(ours: Name, theirs: Name) -> bool:
    short, long = sorted((ours.first, theirs.first), key=len)
    return len(short) == 1 and long.startswith(short)


def _is_called_so(ours: Name, theirs: Name) -> bool:
    """Nickname lists hold errors: this counts only where the surname agrees."""
    return ours.first in _called(theirs.first) or theirs.first in _called(ours.first)


def _is_swapped(ours: Name, theirs: Name) -> bool:
    return _goes_by_middle(ours, theirs) or _goes_by_middle(theirs, ours)


def _goes_by_middle(ours: Name, theirs: Name) -> bool:
    """Whether one goes by the middle name: the other's first is missing, an initial or behind."""
    middles = theirs.middle.split()
    if not middles or len(ours.first) < 2 or ours.first not in middles:  # noqa: PLR2004
        return False
    rest = ours.middle
    return not rest or rest == theirs.first or (len(rest) == 1 and rest == theirs.first[:1])


def _is_cut(ours: str, theirs: str) -> bool:
    short, long = sorted((_compact(ours), _compact(theirs)), key=len)
    return len(short) >= _SHORTEST_CUT and long.startswith(short)


def _likeness(ours: Name, theirs: Name) -> float:
    """The lesser of the two parts' Jaro-Winkler likenesses, so that both have to be alike."""
    from rapidfuzz.distance import JaroWinkler

    if not ours.first or not theirs.first:
        return JaroWinkler.normalized_similarity(ours.whole, theirs.whole)
    return min(
        JaroWinkler.normalized_similarity(ours.last, theirs.last),
        JaroWinkler.normalized_similarity(ours.first, theirs.first),
    )


def _compact(text: str) -> str:
    return text.replace(" ", "")


def _sounded(text: str) -> str:
    """With umlauts as one letter, however they were written."""
    return _compact(text).replace("AE", "A").replace("OE", "O").replace("UE", "U")


_FIRST_NAMES: tuple[tuple[str, Callable[[Name, Name], bool]], ...] = (
    ("equal", _is_same_first),
    ("initial", _is_initial),
    ("cut", lambda ours, theirs: _is_cut(ours.first, theirs.first)),
    ("swapped", _is_swapped),
    ("nickname", _is_called_so),
)


@cache
def _called(first: str) -> frozenset[str]:
    """What people of this name are called, and the names of those who are called so."""
    known = _nicknames()
    name = first.casefold()
    return frozenset(n.upper() for n in known.nicknames_of(name) | known.canonicals_of(name))


@cache
def _nicknames() -> Any:
    # its list is read only where a nickname may be meant
    from nicknames import NickNamer  # type: ignore[import-not-found,unused-ignore]

    return NickNamer()
