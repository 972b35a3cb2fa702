"""How many processes the rosters of one command are worth. Imports no Dagster."""

import os

FROM = 8  # rosters: what the processes themselves cost has to come back
MOST = 3  # what is done in turns is about two fifths of a small roster's work


def jobs_for(rosters: int, wanted: int | None) -> int:
    """How many processes so many rosters are worth; `wanted` is what somebody asked for."""
    if wanted is not None:
        return max(1, min(wanted, rosters))
    return min(MOST, _processors()) if rosters >= FROM else 1


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
