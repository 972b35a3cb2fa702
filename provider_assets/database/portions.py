"""Many NPIs, some at a time: a statement has room for so many."""

from collections.abc import Collection, Iterator

PORTION = 500


def portions(npis: Collection[str]) -> Iterator[list[str]]:
    """The NPIs in order."""
    ordered = sorted(npis)
    for start in range(0, len(ordered), PORTION):
        yield ordered[start : start + PORTION]
