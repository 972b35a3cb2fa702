"""Who is no longer there: what a layout has done about it, and what a roster's rows say of it."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from provider_assets.providers.codes import LEFT, STILL_HELD, which_have
from provider_assets.providers.duplicates import ALREADY_LOADED, CONFLICTING, DIFFERENT
from provider_assets.providers.namesakes import name_words

if TYPE_CHECKING:  # who only names a policy, such as a layout, does without
    import pandas as pd

Covers = Literal["full", "delta"]
OnLeft = Literal["report", "delete"]

FEWEST = 10  # so many absences are never too many, however small the hospital
HALF_COUNTS_FROM = 3
Word = Literal["", "waiting", "approved", "dismissed"]
STILL_HELD_SENTENCE = (
    "The roster says that this provider has left, and the table still holds the row."
)
STILL_HELD_ADVICE = (
    "Nothing by the sender; the people who run this service take the provider out, or set "
    "on_terminated: delete in the layout."
)
NAMES = ("first_name", "last_name", "full_name")
OTHER_NAME = (CONFLICTING, DIFFERENT)
_DIGITS = {"Y": r"\d{4}", "y": r"\d{2}", "m": r"\d{2}", "d": r"\d{2}"}


@dataclass(frozen=True)
class DeparturePolicy:
    """What a roster's silence and its words about who left come to.

    `covers` tells a roster that names everybody (`full`) from one that names changes (`delta`).
    `absent` and `on_terminated` are what becomes of rows of the table: `report` or `delete` them.
    Above `absent_limit` (a share of what the layout's imports hold) nobody departs by absence.
    `dated` tells that the layout's rosters bear a day of their own, `as_of` is that day (ISO).
    """

    covers: Covers = "delta"
    absent: OnLeft = "report"
    absent_limit: float = 0.05
    on_terminated: OnLeft = "report"
    dated: bool = False
    as_of: str | None = None

    def limit(self, held: int) -> int:
        """How many of `held` providers may be absent at once."""
        return max(FEWEST, int(self.absent_limit * held))

    def is_too_many(self, absent: int, held: int) -> bool:
        """Whether so many absences need a person's word: the file may not be a full roster."""
        half = absent >= HALF_COUNTS_FROM and 2 * absent > held
        return absent > self.limit(held) or half

    def doubts_word(self, left: int, read: int, held: int, of: int) -> bool:
        """Whether so many rows say "left" that their column may have been misread.

        More than half of the rows that were read, and at least ten; of a smaller roster, where
        these are more than half of the layout's `of` rows in the table (`held` of them).
        """
        if 2 * left <= read:
            return False
        return left >= FEWEST or (held >= HALF_COUNTS_FROM and 2 * held > of)


@dataclass(frozen=True)
class Departures:
    """What became of who left.

    `held` have left by word, `absent` by absence, and stay in the table; `spared` of these stay
    under a policy of `delete`, because somebody changed the row since or another layout names
    them. `waiting` tells that so many are absent that a person has to say whether they go (`absent`
    of the `of` that were the layout's; where `at_least`, they were neither written down nor counted
    further, and `of` is at most so many); `dismissed` that a person had them stay.
    `older_than` is the newer full roster's import because of which nobody is absent; `undated`
    tells that the roster lacks the day that its layout reads from its name, `unreadable` that a row
    of it has an NPI that cannot be read. `overtaken` counts rows of a late roster that were left as
    a newer one has them, `kept_out` those of them that are not in the table. `left` rows of the
    roster say that their provider has left; `by_word` what became of that where they are so many
    that a person has to say whether it counts. `namesakes` would be absent, but a row of the roster
    with another NPI, or none, has their name.
    """

    departed: int = 0
    held: int = 0
    absent: int = 0
    spared: int = 0
    of: int = 0
    waiting: bool = False
    at_least: bool = False
    older_than: int | None = None
    undated: bool = False
    unreadable: bool = False
    overtaken: int = 0
    kept_out: int = 0
    dismissed: bool = False
    left: int = 0
    by_word: Word = ""
    namesakes: int = 0
    policy: DeparturePolicy = field(default_factory=DeparturePolicy)

    @property
    def waits(self) -> bool:
        """Whether somebody's departure, by word or by absence, waits for a person."""
        return self.waiting or self.by_word == "waiting"

    def to_json(self) -> str:
        """As history keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> "Departures":
        """Undo `to_json`; None, of an import before there were departures, is nothing."""
        if text is None:
            return cls()
        return cls.from_plain(json.loads(text))

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> "Departures":
        """Undo `dataclasses.asdict`; what a newer version of us has written besides is left out."""
        kinds = ((cls, raw), (DeparturePolicy, raw["policy"]))
        told, policy = ({k.name: of[k.name] for k in fields(c) if k.name in of} for c, of in kinds)
        return cls(**{**told, "policy": DeparturePolicy(**policy)})


@dataclass(frozen=True)
class Mentions:
    """Whom a roster names on rows that do not load.

    `rows` has the columns `npi` (ten digits, once each and on no clean row), `sheet`, `row` and
    `action`: `left` where every row of that NPI says that the provider has left, `present` where
    the table held just these values already, else `named`.
    `unreadable` are the names on rows whose NPI cannot be read, or was doubted: who is called so is
    not absent. `rejected` are, by NPI, the names on rows that were rejected for another reason:
    their NPI may be a slip for that of somebody who is called so.
    """

    rows: "pd.DataFrame"
    unreadable: tuple[frozenset[str], ...] = ()
    rejected: Mapping[str, frozenset[str]] = field(default_factory=dict)


def check_day_form(form: str) -> None:
    """Raise ValueError where the form (`%Y-%m-%d`) does not tell a whole day."""
    told = set(re.findall(r"%(.)", form))
    if not told <= set(_DIGITS) or not {"m", "d"} < told:
        raise ValueError(
            f"roster_date: {form!r} must hold a day, such as %Y-%m-%d; it is looked for in the "
            "file's name, and may hold %Y or %y, %m and %d"
        )


def day_in_name(name: str, form: str) -> str | None:
    """The day (ISO) that a file's name bears in this form, None where it has none."""
    pattern = re.sub(r"%(.)", lambda sign: _DIGITS[sign[1]], re.escape(form).replace("\\%", "%"))
    for found in re.finditer(rf"(?<!\d){pattern}(?!\d)", name):
        try:
            return datetime.strptime(found[0], form).date().isoformat()  # noqa: DTZ007 (a day)
        except ValueError:
            continue
    return None


def find_departed(
    invalid: "pd.DataFrame", duplicates: "pd.DataFrame", clean_npis: "pd.Series"
) -> "pd.DataFrame":
    """The rows that say that their provider has left, and none of the roster says otherwise.

    `invalid` and `duplicates` have the columns `frames.REJECTED`, and so has the result: one row
    for each NPI of ten digits.
    """
    says_left = which_have(invalid["codes"], LEFT)
    left = invalid[says_left]
    left = left[left["npi"].str.fullmatch("[0-9]{10}").fillna(False).astype(bool)]
    others = _npis_in(invalid[~says_left]["npi"])
    for stays in (others, duplicates["npi"], clean_npis):
        left = left[~left["npi"].isin(stays)]
    return left.drop_duplicates("npi")


def find_left(invalid: "pd.DataFrame", npis: Collection[str]) -> "pd.Index":
    """Where the rows stand that say that one of these providers has left."""
    return invalid.index[which_have(invalid["codes"], LEFT) & invalid["npi"].isin(npis)]


def tell_still_held(invalid: "pd.DataFrame", at: Collection[int]) -> "pd.DataFrame":
    """The rows; those that stand there have one code more, since the table still holds them."""
    held = invalid.index.isin(list(at))
    if not held.any():
        return invalid
    codes = invalid["codes"].where(~held, invalid["codes"] + f" {STILL_HELD}")
    return invalid.assign(codes=codes)


def find_mentions(
    invalid: "pd.DataFrame",
    duplicates: "pd.DataFrame",
    clean_npis: "pd.Series",
    departed: "pd.DataFrame",
) -> Mentions:
    """Whom the roster names beside the clean rows; `departed` is `find_departed`'s."""
    import pandas as pd

    place = ["npi", "sheet", "row"]
    rejected = pd.concat([invalid, duplicates]).sort_index()
    readable = rejected["npi"].str.fullmatch("[0-9]{10}").fillna(False).astype(bool)
    held = rejected["codes"] == ALREADY_LOADED
    named = rejected.assign(action=held.map({True: "present", False: "named"}))[[*place, "action"]]
    inside = _npis_in(named.loc[~readable, "npi"])  # a cell may hold two
    named = pd.concat([named[readable], named.loc[inside.index].assign(npi=inside.array)])
    named = named.sort_values("action", ascending=False, kind="stable")
    named = named.drop_duplicates("npi").sort_index()
    for known in (clean_npis, departed["npi"]):
        named = named[~named["npi"].isin(known)]
    rows = pd.concat([named, departed[place].assign(action="left")])
    doubtful = ~readable | rejected["codes"].map(_doubts_npi).astype(bool)
    names = rejected.loc[doubtful, list(NAMES)]
    others = rejected[~doubtful & ~held & ~which_have(rejected["codes"], LEFT)]
    return Mentions(
        rows.reset_index(drop=True),
        tuple(_names(names.itertuples(index=False))),
        dict(_names_by_npi(others[["npi", *NAMES]].itertuples(index=False))),
    )


def _names(rows: "Iterable[tuple[object, ...]]") -> "Iterable[frozenset[str]]":
    return dict.fromkeys(name for row in rows if (name := name_words(*row)))


def _names_by_npi(rows: "Iterable[tuple[Any, ...]]") -> "Iterator[tuple[str, frozenset[str]]]":
    for npi, *parts in rows:
        if name := name_words(*parts):
            yield npi, name


def _npis_in(cells: "pd.Series") -> "pd.Series":
    """Every ten digits that stand in the cells, each under its cell's index."""
    found = cells.dropna().str.findall(r"(?<!\d)\d{10}(?!\d)").explode().dropna()
    return found.astype("str")


def _doubts_npi(codes: str) -> bool:
    """Whether a row was rejected for its NPI, or for another name that has it."""
    told = codes.split()
    return any(code.startswith("npi-") or code in OTHER_NAME for code in told)
