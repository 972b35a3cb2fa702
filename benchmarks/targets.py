"""What the figures have to show: each target with how it is read off them.

All but two are ratios of contestants of the same turns, so they hold on other machines too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """`value` reads the figure off the results (KeyError where it was not measured); it has to be
    at least, or at most, `bound`.
    """

    what: str
    bound: float
    at_least: bool
    value: Callable[[Figures], float]
    unit: str = "x"

    def met(self, value: float) -> bool:
        """Whether the value keeps the bound."""
        return value >= self.bound if self.at_least else value <= self.bound


def _times(figure: str, size: int, one: str, other: str) -> Callable[[Figures], float]:
    """How many times `other`'s figure is of `one`'s at a size."""

    def ratio(figures: Figures) -> float:
        at = figures["comparison"][str(size)]
        return float(at[one][figure] / at[other][figure])

    return ratio


US = "provider-assets"
TARGETS = (
    Target("100,000 rows: times as fast as the old Luigi flow", 13, True,
           _times("wall", 100_000, "luigi", US)),
    Target("100,000 rows: times as fast as dlt", 3, True, _times("wall", 100_000, "dlt", US)),
    Target("100,000 rows: times as fast as pandas with calamine", 1, True,
           _times("wall", 100_000, "pandas-calamine", US)),
    Target("1,000,000 rows: times as fast as pandas with openpyxl", 3, True,
           _times("wall", 1_000_000, "pandas-openpyxl", US)),
    Target("1,000,000 rows: times as fast as pandas with calamine", 1, True,
           _times("wall", 1_000_000, "pandas-calamine", US)),
    Target("1,000,000 rows: time over the floor's", 2.0, False,
           _times("wall", 1_000_000, US, "floor")),
    Target("1,000,000 rows: peak memory over that of pandas with calamine", 0.5, False,
           _times("peak_mb", 1_000_000, US, "pandas-calamine")),
    Target("ten rows: CPU seconds from command to end", 6, False,
           lambda figures: float(figures["small"]["ten rows, a fresh home"]["cpu"]), "s"),
    Target("`provider-assets --help`: seconds", 0.5, False,
           lambda figures: float(figures["small"]["`--help`"]["wall"]), "s"),
    Target("1,000 rows: time over that of pandas with calamine", 1, False,
           _times("wall", 1_000, US, "pandas-calamine")),
    Target("a folder of ten-row rosters through one `load`: rosters a second", 3, True,
           lambda figures: float(figures["folder"]["`load`"]["a_second"]), "/s"),
    Target("a folder of ten-row rosters: times as fast as one by one", 1.5, True,
           lambda figures: float(figures["folder"]["`load --jobs 1`"]["wall"]
                                 / figures["folder"]["`load`"]["wall"])),
)  # fmt: skip
