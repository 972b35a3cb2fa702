"""Who has left: what a value says in a column that tells it (`endings`).

Pure, for the reader's child process.
"""

from itertools import pairwise

from provider_assets.providers.days import has_no_end
from provider_assets.providers.endings import LENGTHS, NEGATIONS, Kind, is_ended_word
from provider_assets.providers.words import word_set, words

# what one word alone says in a column of a kind
_ALONE: dict[Kind, frozenset[str]] = {
    "active": word_set("n no false f 0 i"),
    "flag": word_set("y yes true t 1 x d checked"),
    "action": word_set("t d"),
    "status": word_set("i t d n no false 0"),
}


# beside a word for leaving: a place or a number of theirs ends, or a template was not filled in
_SOMETHING_ELSE = word_set(
    "location locations loc locs address addresses site sites office offices suite building "
    "specialty specialties taxonomy panel phone fax tin tax only add adds added addition additions"
)
# in a remark other words for an end may be about anything: "left a message", "panel closed"
_REMARKED = word_set("termed terminated resigned retired deceased died disenrolled offboarded")
# and these where a day follows
_DATED = word_set("left inactive term removed departed separated")
_NEW_PATIENTS = word_set("accepting accepts taking takes")
_LEFT_THESE = word_set("practice group hospital clinic organization network company facility")
# or is taken off one of these
_TAKEN_OFF = word_set("removed remove deleted delete dropped drop taken")
_LISTS = word_set("roster rosters directory directories list lists network group practice")
_SPANS = word_set("day days week weeks month months year years yr yrs")
_CAME_BACK = word_set("active rehired reinstated reactivated reappointed rescinded reversed")


def says_left(value: str, kind: Kind) -> bool:
    """Whether a text in a column of this kind says that its provider has left.

    In a column of days, a word may stand where the day should.
    """
    found = words(value)
    return _has_left(value, found, kind) and not _is_unclear(found)


def _is_unclear(found: tuple[str, ...]) -> bool:
    """Whether words that say that something ended say besides who came back, or what else it is."""
    told = set(found)
    is_gone = "longer" in told or not told.isdisjoint(NEGATIONS)
    return not told.isdisjoint(_SOMETHING_ELSE if is_gone else _SOMETHING_ELSE | _CAME_BACK)


def _has_left(value: str, found: tuple[str, ...], kind: Kind) -> bool:
    told = set(found)
    if kind == "reason":
        return not has_no_end(value)
    if kind == "remark":
        return _is_remarked(found)
    if len(found) == 1 and found[0] in _ALONE.get(kind, frozenset()):
        return True
    if told >= {"no", "longer"} or ("active" in told and told & {"not", "non"}):
        return True
    if told & {"pending", "future"}:
        return False
    return any(
        is_ended_word(word) and before not in NEGATIONS | LENGTHS
        for before, word in zip(("", *found), found, strict=False)
    )


def _is_remarked(found: tuple[str, ...]) -> bool:
    """Whether a free text says plainly that somebody has left."""
    told = set(found)
    if told >= {"no", "longer"} and told.isdisjoint(_NEW_PATIENTS):
        return True
    if {("not", "active"), ("has", "left")} & set(pairwise(found)):
        return True
    if told.isdisjoint(NEGATIONS) and _is_off_a_list(told):
        return True
    around = zip(("", *found), found, (*found[1:], ""), (*found[2:], "", ""), strict=False)
    return any(
        before not in NEGATIONS
        and (word in _REMARKED or (word in _DATED and _is_dated(after, next_after)))
        for before, word, after, next_after in around
    )


def _is_off_a_list(told: set[str]) -> bool:
    if "left" in told and told & _LEFT_THESE:
        return True
    return bool(told & _TAKEN_OFF and told & {"from", "off"} and told & _LISTS)


def _is_dated(after: str, next_after: str) -> bool:
    """Whether a day follows, and no span of time, as in "term 12 months"."""
    return after == "as" or (after.isdigit() and next_after not in _SPANS)


# what says that somebody is there, or nothing about it; one letter means what its column says
_STAYS = word_set(
    "active actives act current currently present enrolled participating approved accepted "
    "credentialed recredentialed privileged appointed reappointed contracted employed verified "
    "validated valid effective open existing new full part time timer ft pt prn per diem locum "
    "locums tenens permanent temporary temp provisional courtesy consulting consultant affiliate "
    "affiliated associate attending staff honorary adjunct member regular leave loa sabbatical "
    "pending process progress in on of for the at a an and is to future initial complete "
    "completed processed retained good standing add added adds adding insert inserted change "
    "changed changes changing update updated updates modify modified modification correction "
    "corrected edit edited maintain maintenance keep reactivate reactivated reinstate reinstated "
    "renew renewed replace rehire rehired hire hired addition additional no not none without "
    "unchanged same available working practicing y yes true 1 n na null ok par enroll "
    "enrollment eligible cleared ready live started start starting joined join transfer "
    "transferred onboarding onboarded termination terminated term termed inactive inactivated "
    "long short re hold w contractor volunteer resident fellow faculty"
)
_STAYS_ALONE: dict[Kind, frozenset[str]] = {
    "active": word_set("a t c"),
    "flag": word_set("f 0 a"),
    "action": word_set("a c u m n r e i s 1 nc"),
    "status": word_set("a c p"),
}


def is_known(value: str, kind: Kind) -> bool:
    """Whether a text in a column of this kind is understood, be it that somebody left or not."""
    found = words(value)
    alone = found[0] if len(found) == 1 else ""
    if _has_left(value, found, kind):
        return not _is_unclear(found)
    return alone in _STAYS_ALONE.get(kind, ()) or _STAYS.issuperset(found)
