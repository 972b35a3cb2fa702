"""Lists of who has left: what a sheet's name, a heading within it or a title above it says.

Pure, for the reader's child process. What a column and its values say stands in `endings`.
"""

import re
from typing import Literal

from provider_assets.providers.endings import (
    GONE_WORDS,
    LENGTHS,
    NEGATIONS,
    Judgement,
    is_ended_word,
)
from provider_assets.providers.words import word_set, words

Says = Literal["left", "unsure", "stays"]

_LEAVERS = GONE_WORDS | word_set(
    "leavers leaving exits retirees retirements retiring offboarding terminees resignations "
    "removals"
)
_OTHER_LISTS = word_set(
    "add adds added additions change changes update updates updated active actives current "
    "new all without except excluding excludes excluded exclude complete"
)
_HERE = word_set("active current currently")
# what stands before "terminations" and leaves them that
_ALL_OF_THEM = re.compile(r"\b(?:all|new|current|recent|complete|full)\s+(?=\w)", re.IGNORECASE)
_GONE = re.compile(
    r"\bno longer\b|\b(?:not|non) ?(?:currently )?(?:active|current|employed|here|with)\b",
    re.IGNORECASE,
)
# what ends there is something of theirs; or the text speaks of another place
_ELSEWHERE = word_set(
    "license licenses dea insurance coverage panel panels patient patients privileges tab tabs "
    "see separate separately if"
)
# no name has these; others (Left, Drop, Gone, Del, Term) may be somebody's
_STRONG = _LEAVERS | word_set(
    "terminated termed terms termination terminations terminate terminates terminating inactive "
    "inactives inactivated deactivated deleted delete deletes deletions deletion removed remove "
    "departed departure departures resigned retired retirement deceased discontinued disenrolled "
    "disaffiliated dropped canceled cancelled withdrawn separated separation separations dismissed"
)
_ALONE = word_set("left gone term del drop drops died ended departing withdrew")
_PLAIN = word_set(
    "provider providers practitioner practitioners physician physicians doctor doctors clinician "
    "clinicians staff member members people personnel employee employees individual individuals "
    "as of the these those following below list listed listing roster who whom that have has had "
    "been be is are was were with us our we from in on at by to for and or effective date dates "
    "since through thru until group groups practice organization company hospital clinic system "
    "network facility directory plan month quarter year week day no not non longer already "
    "recently recent all new only please here this npi npis january february march april may june "
    "july august september october november december jan feb mar apr jun jul aug sep sept oct nov "
    "dec q s count total number section active current currently employed"
)
_STAYING = word_set("active actives adds additions current currently")
_ALSO_STAYING = word_set(
    "add added new change changes changed update updates updated existing participating enrolled "
    "remaining locum locums"
)
_NAME = re.compile(r"[^\W\d_]+, *[^\W\d_]+(?: [^\W\d_]+\.?)?", re.UNICODE)
_MOST_WORDS, _MOST_OF_A_TITLE, _MOST_OF_A_NAME = 14, 8, 3
_BESIDE = re.compile(r"[&+]|\b(?:and|incl|including|plus)\b", re.IGNORECASE)


def judge_sheet(name: str) -> Judgement | None:
    """Whether a sheet of this name lists who has left; not sure where it lists others, too."""
    says = _says(name)
    return None if says is None else Judgement("flag", sure=says == "left")


def judge_heading(text: str) -> Says | None:
    """What a row of one text says of the rows below it; None of one that is no heading.

    It may be a provider of whom only the name is given: no name is taken for a heading.
    """
    found = words(text)
    says = _says(text)
    if says is None:
        return "stays" if _stays(text, found) else None
    if says == "left" and (len(found) > _MOST_WORDS or not _ELSEWHERE.isdisjoint(found)):
        return "unsure"
    if not _STRONG.isdisjoint(found) or _is_gone(found):
        return says
    if len(found) == 1:
        return says if found[0] in _ALONE else None
    unknown = [word for word in found if not (_is_plain(word) or _is_left(word))]
    if len(found) > _MOST_OF_A_NAME or not unknown:
        return says
    return None if "del" in found or _NAME.fullmatch(text.strip()) else "unsure"


def judge_title(text: str) -> Says | None:
    """What a row of one text above the headers says; a title may speak of much besides."""
    says = judge_heading(text)
    found = words(text)
    is_field = "date" in found and not any(word.isdigit() for word in found)
    if says == "left" and (len(found) > _MOST_OF_A_TITLE or _BESIDE.search(text) or is_field):
        return "unsure"
    return says


def is_plain(text: str) -> bool:
    """Whether a heading holds nothing but words of headings: then it may be shown."""
    return all(
        _is_plain(word) or _is_left(word) or word in _STAYING | _ALSO_STAYING
        for word in words(text)
    )


def _says(text: str) -> Literal["left", "unsure"] | None:
    found = words(text)
    gone = _is_gone(found)
    ended = [
        word
        for before, word in zip(("", *found), found, strict=False)
        if _is_left(word) and not (before in LENGTHS and word.startswith("term"))
    ]
    if not gone and not ended:
        return None
    others = set(found) & (_OTHER_LISTS | NEGATIONS)
    if gone:
        others -= _HERE | {"no", "not", "non"}
    for one in _ALL_OF_THEM.finditer(text):
        after = words(text[one.end() :])
        if after and _is_left(after[0]):
            others.discard(one[0].strip().lower())
    return "unsure" if others else "left"


def _stays(text: str, found: tuple[str, ...]) -> bool:
    if _NAME.fullmatch(text.strip()) or len(found) > _MOST_WORDS:
        return False
    if not _STAYING.isdisjoint(found):
        return True
    known = all(_is_plain(word) or word in _ALSO_STAYING for word in found)
    return known and len(found) > 1 and not _ALSO_STAYING.isdisjoint(found)


def _is_gone(found: tuple[str, ...]) -> bool:
    return _GONE.search(" ".join(found)) is not None


def _is_left(word: str) -> bool:
    return word in _LEAVERS or is_ended_word(word)


def _is_plain(word: str) -> bool:
    return word.isdigit() or word in _PLAIN
