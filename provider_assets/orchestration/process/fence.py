"""The gate to Dagster's private side: this room's storage where it fits, else Dagster's own.

What this room leans on may change with any minor version of Dagster, so `setup.py` asks for one
that was tested. Whoever installs another all the same gets Dagster's own storage, more slowly, and
is told so once.
"""

import logging
from functools import cache
from pathlib import Path

import dagster
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef

TESTED = ("1.13",)
UNLIKE_OURS = (AttributeError, ImportError, NotImplementedError, TypeError)

log = logging.getLogger(__name__)


def open_home(home: Path) -> DagsterInstance:
    """The instance of a home: as its `dagster.yaml` says, SQLite's connections kept open."""
    return open_ref(InstanceRef.from_dir(str(home)))


def open_ref(ref: InstanceRef) -> DagsterInstance:
    """The same for an instance that another process has handed on."""
    if dagster.__version__.rpartition(".")[0] not in TESTED:
        _say(f"was made for Dagster {', '.join(TESTED)}")
        return DagsterInstance.from_ref(ref)
    try:
        from provider_assets.orchestration.process.storage import keep_open

        instance = DagsterInstance.from_ref(keep_open(ref))
        instance.get_runs_count()
    except UNLIKE_OURS as unlike:
        _say(f"failed here with {type(unlike).__name__}")
        return DagsterInstance.from_ref(ref)
    return instance


@cache
def _say(why: str) -> None:
    log.warning(
        "the storage that keeps Dagster's SQLite files open %s, and this is Dagster %s; its own "
        "is used, which is slower and does the same",
        why,
        dagster.__version__,
    )
