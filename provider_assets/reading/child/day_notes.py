"""What is told of days that can be read in two ways."""

import pyarrow as pa
import pyarrow.compute as pc

from provider_assets.providers.counted import counted
from provider_assets.providers.days import Days


def note_days(named: str, days: Days, cells: pa.Array) -> list[str]:
    """A sentence on a column (`named`, with its `cells`) that has days of two readings."""
    if days.doubtful:
        order = "the day" if days.day_first else "the month"
        return [
            f"{named}: days that can be read in two ways, such as 03/04/2021, were read with "
            f"{order} first"
        ]
    if days.undecided:
        count = pc.sum(pc.is_in(cells, pa.array(sorted(days.undecided)))).as_py()
        return [
            f"{named} contradicts itself: some of its days have the day first, and others the "
            f"month; {counted(count, 'day', 'that', 'that')} can be read in two ways, such as "
            f"03/04/2021, {'ends' if count == 1 else 'end'} nobody"
        ]
    return []
