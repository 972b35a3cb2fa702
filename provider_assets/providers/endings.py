"""Who has left, by a roster's own word: which columns and values tell it; of lists: `ended_lists`.

Pure, for the reader's child process. What a layout lists is compared as headers are; what is only
known by its words (`terminations: known`, drafts of layouts, notes on what a layout passes over)
is judged here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from provider_assets.providers.words import word_set, words

Kind = Literal["date", "status", "active", "action", "flag", "back"]

_ENDED = re.compile(
    r"term(s|ed|inate|inated|inates|inating|ination|inations)?|del|delet\w*|remov\w*|inactiv\w*|"
    r"deactiv\w*|disenrol\w*|depart(ed|ure|ures)?|left|leaver|leavers|resign\w*|retire[ds]?|retirement|disaffil\w*|deceased|"
    r"died|separated|separation|separations|discontinued?|drop|drops|dropped|cancel\w*|withdr\w*|"
    r"ended|closed|gone|fired|dismissed|departing"
)
_END_OF_DAY = frozenset({"end", "ends", "ending", "exit", "stop", "leave", "leaving", "close"})
_DATE = frozenset({"date", "day", "on", "effective", "dates"})
_STATE = frozenset({"flag", "indicator", "code", "yn"})
# what ends there is something of the provider's, not the provider's time at the hospital
_OTHERS = word_set(
    "optout opt out "
    "license licenses dea cds csr certification certifications certificate cert board "
    "insurance malpractice liability policy coverage credentialing credential credentials "
    "recredentialing caqh attestation privileges privilege school training residency "
    "internship fellowship education degree birth hire lease fiscal supervision review panel "
    "patient patients marital visa tax tin civil immigration application accepting gender sex "
    "language exam address location office site suite building specialty taxonomy contract "
    "group payer claim job bank medicare medicaid affiliation file report version load "
    "directory pcp par participating loa clinic practice facility service services military "
    "citizenship smoking vaccination pregnancy order work"
)
NEGATIONS = frozenset({"not", "non", "no", "never", "un", "without", "pending", "future"})
LENGTHS = frozenset({"long", "short", "mid", "full"})

# what a draft lists of each kind, for its reader to strike what the roster never says
VALUES: dict[Kind, tuple[str, ...]] = {
    "status": (
        "Inactive", "I", "Deactivated", "Termed", "Term", "Terminated", "Termination", "T",
        "Deleted", "D", "Removed", "Left", "Departed", "Resigned", "Retired", "Deceased",
        "No Longer Here", "Not Active",
    ),
    "active": ("N", "No", "False", "F", "0", "Inactive", "Termed", "Terminated"),
    "action": (
        "D", "Del", "Delete", "Deleted", "T", "Term", "Termed", "Terminate", "Terminated",
        "Termination", "Remove", "Removed", "Drop", "Inactivate", "Deactivate",
    ),
    "flag": ("Y", "Yes", "True", "T", "1", "X", "D", "Termed", "Terminated", "Deleted"),
}  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """What a header seems to tell; where it is not `sure` it is only named, never gone by."""

    kind: Kind
    sure: bool


def is_ended_word(word: str) -> bool:
    """Whether a word by itself says that something ended."""
    return _ENDED.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def judge_header(header: str) -> Judgement | None:
    """Whether a column of this header tells who has left, by its words; None where it does not."""
    found = words(header)
    kind = _kind(found)
    return None if kind is None else Judgement(kind, sure=_OTHERS.isdisjoint(found))


@dataclass(frozen=True)
class _Header:
    """A header's words: in their order, as a set, and those that say that something ended."""

    order: tuple[str, ...]
    told: frozenset[str]
    ended: frozenset[str]

    def has(self, *names: str) -> bool:
        return not self.told.isdisjoint(names)

    @property
    def is_dated(self) -> bool:
        return not self.told.isdisjoint(_DATE)


def _is_reason(one: _Header) -> bool:
    return one.has("reason", "reasons", "comment", "comments", "note", "notes", "by", "length")


def _is_action(one: _Header) -> bool:
    if "add" in one.told and (one.ended or "change" in one.told):
        return True
    if one.told in ({"a", "d", "c"}, {"a", "c", "t"}, {"a", "d"}, {"a", "t"}):
        return True
    if "action" in one.told:
        return not one.is_dated and not one.has("required", "plan")
    return one.order in (("change",), ("transaction",)) or (
        one.has("transaction", "change", "update", "maintenance", "request")
        and one.has("type", "code", "flag", "indicator", "kind")
    )


def _is_day(one: _Header) -> bool:
    if one.has("start", "begin", "from"):
        return False
    if one.has("thru", "through", "until") and (one.is_dated or one.has("valid", "active")):
        return True
    if "last" in one.told:
        return one.has("day", "worked") and not one.has("update", "updated", "visit")
    return bool(one.ended or one.told & _END_OF_DAY) and one.is_dated


def _is_status(one: _Header) -> bool:
    if one.is_dated:
        return False
    return "status" in one.told or ("active" in one.told and bool(one.ended))


def _is_flag(one: _Header) -> bool:
    if not one.ended:
        return False
    about = one.ended | {"provider", "practitioner", "physician", "npi", "or"}
    return one.has("n", *_STATE) or one.order[0] in ("is", "has") or one.told <= about


# the first that holds tells what a header is for
_KINDS: tuple[tuple[Kind | None, Callable[[_Header], bool]], ...] = (
    ("back", lambda one: one.has("reactivation", "reactivated") and one.is_dated),
    (None, lambda one: one.has("reactivation", "reactivated") or _is_reason(one)),
    ("action", _is_action),
    ("date", _is_day),
    ("status", _is_status),
    ("flag", lambda one: one.told >= {"no", "longer"}),
    ("active", lambda one: one.has("active", "employed", "practicing") and not one.is_dated),
    ("flag", _is_flag),
)


def _kind(order: tuple[str, ...]) -> Kind | None:
    ended = frozenset(word for word in order if _ENDED.fullmatch(word))
    one = _Header(order, frozenset(order), ended)
    return next((kind for kind, holds in _KINDS if holds(one)), None) if order else None


# what one word alone says in a column of a kind
_ALONE: dict[Kind, frozenset[str]] = {
    "active": word_set("n no false f 0 i"),
    "flag": word_set("y yes true t 1 x d checked"),
    "action": word_set("t d"),
    "status": word_set("i t d n no false 0"),
}


def says_left(value: str, kind: Kind) -> bool:
    """Whether a text in a column of this kind says that its provider has left.

    In a column of days, a word may stand where the day should.
    """
    found = words(value)
    told = set(found)
    if len(found) == 1 and found[0] in _ALONE.get(kind, frozenset()):
        return True
    if told >= {"no", "longer"} or ("active" in told and told & {"not", "non"}):
        return True
    if told & {"pending", "future"}:
        return False
    return any(
        _ENDED.fullmatch(word) and before not in NEGATIONS | LENGTHS
        for before, word in zip(("", *found), found, strict=False)
    )


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
    return says_left(value, kind) or alone in _STAYS_ALONE.get(kind, ()) or _STAYS.issuperset(found)
