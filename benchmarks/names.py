"""`python -m benchmarks.names`: how well names are told apart, by kind and by threshold.

A finding is `name-differs-from-registry`: precision is the share of the findings that are two
people, recall the share of the two people that are found.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from provider_assets_tests.registry.name_pairs import KINDS, Pair, pairs

THRESHOLDS = (0.70, 0.75, 0.80, 0.85, 0.90, 0.95)


class Judged(NamedTuple):
    """A pair and the likeness that was found; 1 where a rule says that they are one."""

    pair: Pair
    likeness: float
    how: str


def judge(each: int = 500) -> list[Judged]:
    """Every pair of the corpus, judged."""
    from provider_assets.registry.agreement import people_agree
    from provider_assets.registry.names import person, readings

    found = []
    for pair in pairs(each):
        last, first, middle, full = pair.ours
        ours = (person(last, first, middle),) if last else readings(full)
        theirs = [person(*name) for name in (pair.theirs, pair.former) if name]
        agreed = people_agree(ours, theirs)
        found.append(Judged(pair, agreed.likeness, agreed.how))
    return found


def table(judged: Sequence[Judged], threshold: float) -> str:
    """Two tables in Markdown: by threshold, and by kind at the one that counts."""
    lines = ["| threshold | precision | recall |", "|--:|--:|--:|"]
    for one in THRESHOLDS:
        precision, recall = figures(judged, one)
        mark = "**" if one == threshold else ""
        lines.append(f"| {mark}{one:.2f}{mark} | {precision:.1%} | {recall:.1%} |")
    lines += ["", "| pairs of this kind | are | taken for one |", "|---|---|--:|"]
    for kind, (_, is_one) in KINDS.items():
        these = [each for each in judged if each.pair.kind == kind]
        taken = sum(each.likeness >= threshold for each in these) / len(these)
        lines.append(f"| {kind} | {'one' if is_one else 'two'} | {taken:.1%} |")
    return "\n".join(lines)


def figures(judged: Sequence[Judged], threshold: float) -> tuple[float, float]:
    """Precision and recall of the finding at this threshold."""
    told = [each for each in judged if each.likeness < threshold]
    two = [each for each in judged if not each.pair.one]
    right = sum(not each.pair.one for each in told)
    return right / len(told), right / len(two)


if __name__ == "__main__":
    from provider_assets.registry.agreement import THRESHOLD

    sys.stdout.write(table(judge(), THRESHOLD) + "\n")
