"""Who has left, by a roster's own word: which columns tell it.

What their values say stands in `ended_values`, of lists in `ended_lists`.

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

Kind = Literal["date", "status", "active", "action", "flag", "back", "reason", "remark"]
NAMED_ONLY: frozenset[Kind] = frozenset({"reason", "remark"})
"""Kinds that are never gone by: named in a note where they say so of somebody who is there."""

_ENDED = re.compile(
    r"term(s|ed|inate|inated|inates|inating|ination|inations)?|del|delet\w*|remov\w*|inactiv\w*|"
    r"deactiv\w*|disenrol\w*|depart(ed|ure|ures)?|left|leaver|leavers|resign\w*|retire[ds]?|retirement|disaffil\w*|deceased|"
    r"died|separated|separation|separations|discontinued?|drop|drops|dropped|cancel\w*|withdr\w*|"
    r"ended|closed|gone|fired|dismissed|departing"
)
GONE_WORDS = word_set("exited former formerly offboarded quit ex")
"""Words of values, sheets and headings, and not of headers, that say that somebody has left."""
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
_PLACES = word_set("group practice facility clinic")
_STANDING = word_set("employment standing membership engagement")
_END_OF_WORK = word_set("separation separated termination departure resignation")
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
    return word in GONE_WORDS or _ENDED.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def judge_header(header: str) -> Judgement | None:
    """Whether a column of this header tells who has left, by its words; None where it does not.

    One of reasons for leaving tells it of each row that has one, one of remarks of those whose
    words are plain; both are only ever named.
    """
    found = words(header)
    kind = _kind(found)
    if kind is None:
        return Judgement("status", sure=False) if _is_standing(found) else None
    return Judgement(kind, sure=kind not in NAMED_ONLY and _OTHERS.isdisjoint(found))


def _is_standing(found: tuple[str, ...]) -> bool:
    """Whether it may tell who is there, and its words do not say so: `Employment`."""
    about = _STANDING | {"provider", "practitioner", "physician", "staff", "current"}
    return not _STANDING.isdisjoint(found) and about.issuperset(found)


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


def _tells_why(one: _Header) -> bool:
    """Whether it gives the reason why somebody left."""
    leaves = one.ended or one.has("leaving", "leave", "exit", "exiting")
    others = (_OTHERS - _PLACES) | LENGTHS | {"length", "npi", "absence"}
    return bool(leaves) and _is_reason(one) and one.told.isdisjoint(others)


def _is_of_leaving(one: _Header) -> bool:
    """Whether it is about the end of somebody's time, whatever it says of it."""
    others = _OTHERS | LENGTHS | {"length", "npi", "plan"}
    return bool(one.ended & _END_OF_WORK) and one.told.isdisjoint(others)


def _is_comment(one: _Header) -> bool:
    """Whether people write into it what they like, whatever else it is for."""
    return one.has("comment", "comments", "note", "notes") and one.told.isdisjoint(_OTHERS)


def _is_remark(one: _Header) -> bool:
    """The same of one that is for nothing else: `Status/Remarks` tells a status."""
    return one.has("remark", "remarks", "memo") and one.told.isdisjoint(_OTHERS)


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
    ("reason", _tells_why),
    ("remark", _is_comment),
    ("back", lambda one: one.has("reactivation", "reactivated") and one.is_dated),
    (None, lambda one: one.has("reactivation", "reactivated") or _is_reason(one)),
    ("action", _is_action),
    ("date", _is_day),
    ("status", _is_status),
    ("flag", lambda one: one.told >= {"no", "longer"}),
    ("active", lambda one: one.has("active", "employed", "practicing") and not one.is_dated),
    ("active", lambda one: "still" in one.told and one.has("with", "here", "at", "working")),
    ("flag", _is_flag),
    ("reason", _is_of_leaving),
    ("remark", _is_remark),
)


def _kind(order: tuple[str, ...]) -> Kind | None:
    ended = frozenset(word for word in order if _ENDED.fullmatch(word))
    one = _Header(order, frozenset(order), ended)
    return next((kind for kind, holds in _KINDS if holds(one)), None) if order else None
