"""Every row of a roster ends in exactly one of three frames: invalid, duplicate or clean.

Duplicates are looked for among the valid rows only: the two orders give different tables, and a
broken first row must not take a whole second one with it.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from provider_assets.providers.codes import LEFT, TERMINATED, which_have
from provider_assets.providers.duplicates import ALREADY_LOADED, CONFLICTING, DIFFERENT, IN_FILE
from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import TABLE_FIELDS, VALUE_FIELDS
from provider_assets.providers.frames import CLEAN, REJECTED
from provider_assets.providers.npi import is_ten_digits
from provider_assets.providers.persons import is_same_person
from provider_assets.providers.returned import repeat_of
from provider_assets.providers.roster import Severity
from provider_assets.providers.rules import RULES


def find_invalid(
    raw: pd.DataFrame, severities: Mapping[str, Severity], facts: Facts
) -> pd.DataFrame:
    """The rows that break a rule of severity `reject`, with every code that they break.

    A row that says that its provider has left needs its NPI and nothing else: `terminated` alone.

    `raw` has the columns `frames.RAW`, the result `frames.REJECTED`; `severities` are a layout's
    own, over each rule's default; `facts` are what the rules may ask.
    """
    codes = _codes(raw, severities, facts, "reject")
    codes[_only_left(raw, codes)] = TERMINATED
    broken = codes != ""
    return raw[broken].assign(codes=codes[broken])[list(REJECTED)]


def _only_left(raw: pd.DataFrame, codes: pd.Series) -> pd.Series:
    left = which_have(codes, LEFT) & is_ten_digits(raw["npi"])
    return left & ~codes.str.contains(r"\bnpi-")


def find_duplicates(
    raw: pd.DataFrame, invalid: pd.DataFrame, held: pd.DataFrame, on_existing: str
) -> pd.DataFrame:
    """The valid rows whose NPI is taken: earlier in the roster, or in the table already.

    `held` has the columns `fields.TABLE_FIELDS`: the providers of the table that another roster (or
    somebody else) put there; under `on_existing="update"` they are no duplicates.
    What a reject workbook told as a repetition, and nobody changed, is one still, and the first of
    nothing. Returns the columns `frames.REJECTED`.
    """
    standing = raw.loc[_kept(raw, invalid), ["npi", "full_name", "remarks"]]
    remarked = _repeats(standing["remarks"])
    valid = standing.drop(remarked.index)
    codes = pd.Series("", index=valid.index, dtype="str")
    repeated = valid["npi"].duplicated(keep="first")
    if repeated.any():
        again = valid[repeated]
        first = valid[~repeated & valid["npi"].isin(again["npi"])].set_index("npi")["full_name"]
        pairs = zip(again["npi"].map(first), again["full_name"], strict=True)
        same = [one == other or is_same_person(one, other) for one, other in pairs]
        told = [IN_FILE if is_same else CONFLICTING for is_same in same]
        codes[repeated] = pd.Series(told, index=again.index, dtype="str")
    if on_existing == "reject" and len(held):
        known = ~repeated & valid["npi"].isin(held["npi"])
        candidates = raw.loc[known.index[known], list(TABLE_FIELDS)]
        matched = held.drop_duplicates("npi").set_index("npi").reindex(candidates["npi"])
        equal = pd.Series(True, index=candidates.index)
        for name in VALUE_FIELDS:
            ours, theirs = candidates[name].fillna(""), matched[name].fillna("")
            equal &= ours.to_numpy() == theirs.to_numpy()
        codes[known] = equal.map({True: ALREADY_LOADED, False: DIFFERENT})
    taken = pd.concat([codes[codes != ""], remarked]).sort_index()
    found: pd.DataFrame = raw.loc[taken.index].assign(codes=taken)[list(REJECTED)]
    return found


def _repeats(remarks: pd.Series) -> pd.Series:
    """The code of each row that the reader remarked as a repetition; without the others."""
    told = remarks[remarks.notna()]
    codes = {at: code for at, text in told.items() if (code := repeat_of(text))}
    index = pd.Index(list(codes), dtype=remarks.index.dtype, name=remarks.index.name)
    return pd.Series(list(codes.values()), index=index, dtype="str")


def find_clean(
    raw: pd.DataFrame,
    invalid: pd.DataFrame,
    duplicates: pd.DataFrame,
    severities: Mapping[str, Severity],
    facts: Facts,
    *,
    consume: bool = False,
) -> pd.DataFrame:
    """What is left, with the codes of the warnings that each row earns: columns `frames.CLEAN`.

    `consume` empties `raw` column by column on the way: a large roster is not held twice.
    """
    kept = _kept(raw, invalid, duplicates)
    column = raw.pop if consume else raw.__getitem__
    left = pd.DataFrame({name: column(name)[kept] for name in list(raw.columns)}, copy=False)
    return left.assign(warnings=_codes(left, severities, facts, "warn"))[list(CLEAN)]


def _kept(rows: pd.DataFrame, *others: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows are at no position of the others."""
    kept = np.ones(len(rows), dtype=bool)
    for other in others:
        kept[rows.index.get_indexer(other.index)] = False
    return kept


def _codes(
    rows: pd.DataFrame, severities: Mapping[str, Severity], facts: Facts, wanted: Severity
) -> pd.Series:
    """For each row the codes of the rules of the wanted severity that it breaks, blank-joined."""
    codes = pd.Series("", index=rows.index, dtype="str")
    for rule in (*RULES, *facts.own_rules):
        if severities.get(rule.code, rule.severity) != wanted:
            continue
        broken = rule.test(rows, facts)
        if broken.any():
            held = codes[broken]
            codes[broken] = held.where(held == "", held + " ") + rule.code
    return codes
