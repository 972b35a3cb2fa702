"""The pages of older imports: 500 on each, in order, and which of them have to be looked at."""

from collections.abc import Collection, Sequence
from math import ceil
from pathlib import Path
from typing import Protocol

from provider_assets.providers.imports import ImportRecord

INDEX = "index.html"
_HEAD = 4096  # a page's mark stands in its first characters


class InOrder(Protocol):
    """Imports, the oldest first."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, places: slice, /) -> Sequence[ImportRecord]:
        """Those at these places."""
        ...

    def places_of(self, hashes: Collection[str], among: int, /) -> Collection[int]:
        """Where, among so many of the oldest, the imports of these contents stand."""
        ...

    def any_moved(self, hashes: Collection[str], /) -> bool:
        """Whether an import of these contents has left its place, so that others moved up."""
        ...


def older_page(number: int) -> str:
    """The name of a page of older imports; the first holds the oldest."""
    return f"index_{number}.html"


def count_pages(imports: InOrder, newest: int) -> int:
    """How many pages of older imports there are: each is full, the last shares some with newest."""
    return ceil(max(0, len(imports) - newest) / newest)


def pages_to_look_at(
    imports: InOrder, newest: int, there: Collection[str], changed: Collection[str] | None
) -> list[int]:
    """The numbers of the pages that may differ from what they should be.

    Those that show one of the `changed` contents (None: any may be) and those that are not `there`.
    A page before a missing one has to lead to it from now on.
    """
    last = count_pages(imports, newest)
    numbers = range(1, last + 1)
    if changed is None:
        return list(numbers)
    missing = {number for number in numbers if older_page(number) not in there}
    before = {number - 1 for number in missing if number > 1}
    shown = {place // newest + 1 for place in imports.places_of(changed, last * newest)}
    return sorted(missing | before | shown)


def bears(path: Path, mark: str) -> bool:
    """Whether a page with this mark stands."""
    try:
        with path.open(encoding="utf-8") as page:
            return f'content="{mark}"' in page.read(_HEAD)
    except OSError:
        return False
