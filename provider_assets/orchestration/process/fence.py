"""The gate to Dagster's private side: this room's parts where they fit, else Dagster's own.

What this room leans on may change with any minor version of Dagster, so `setup.py` asks for one
that was tested. Whoever installs another all the same gets Dagster's own storage, launcher and
executor, more slowly, and is told so once for each.
"""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import dagster
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef

TESTED = ("1.13",)
UNLIKE_OURS = (AttributeError, ImportError, NotImplementedError, TypeError)
STORAGE = "the storage that keeps Dagster's SQLite files open"
MIGRATIONS = "the look that reads Dagster's migrations once a process"

Found = TypeVar("Found")
log = logging.getLogger(__name__)


def open_home(home: Path) -> DagsterInstance:
    """The instance of a home: as its `dagster.yaml` says, SQLite's connections kept open."""
    return open_ref(InstanceRef.from_dir(str(home)))


def open_ref(ref: InstanceRef) -> DagsterInstance:
    """The same for an instance that another process has handed on."""

    def kept_open() -> DagsterInstance:
        from provider_assets.orchestration.process.storage import keep_open

        read_migrations_once()
        instance = DagsterInstance.from_ref(keep_open(ref))
        instance.get_runs_count()
        return instance

    return ours_or_own(STORAGE, kept_open, lambda: DagsterInstance.from_ref(ref))


def read_migrations_once() -> None:
    """Have this process read Dagster's migrations once, whatever opens its storage how often."""

    def once() -> None:
        from provider_assets.orchestration.process.migrations import install

        install()

    ours_or_own(MIGRATIONS, once, lambda: None)


def ours_or_own(part: str, ours: Callable[[], Found], own: Callable[[], Found]) -> Found:
    """What `ours` gives where this Dagster is one that it fits, else what Dagster's `own` does.

    `ours` imports what leans on Dagster's private side; `part` says in words what goes unused where
    that fails.
    """
    if dagster.__version__.rpartition(".")[0] not in TESTED:
        _say(part, f"was made for Dagster {', '.join(TESTED)}")
        return own()
    try:
        return ours()
    except UNLIKE_OURS as unlike:
        _say(part, f"failed here with {type(unlike).__name__}")
        return own()


@cache
def _say(part: str, why: str) -> None:
    log.warning(
        "%s %s, and this is Dagster %s; its own is used, which is slower and does the same",
        part,
        why,
        dagster.__version__,
    )
