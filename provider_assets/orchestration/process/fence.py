"""The gate to Dagster's private side: this room's parts where they fit, else Dagster's own.

What this room leans on may change with any minor version of Dagster, so `setup.py` asks for one
that was tested. Whoever installs another all the same gets Dagster's own storage, launcher and
executor, more slowly, and is told so once for each.
"""

import logging
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import dagster
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef

TESTED = ("1.13",)
UNLIKE_OURS = (AttributeError, ImportError, NotImplementedError, TypeError)
STORAGE = "the storage that keeps Dagster's SQLite files open"

log = logging.getLogger(__name__)


def open_home(home: Path) -> DagsterInstance:
    """The instance of a home: as its `dagster.yaml` says, SQLite's connections kept open."""
    return open_ref(InstanceRef.from_dir(str(home)))


def open_ref(ref: InstanceRef) -> DagsterInstance:
    """The same for an instance that another process has handed on."""
    storage = private("provider_assets.orchestration.process.storage", STORAGE)
    if storage is None:
        return DagsterInstance.from_ref(ref)
    try:
        instance = DagsterInstance.from_ref(storage.keep_open(ref))
        instance.get_runs_count()
    except UNLIKE_OURS as unlike:
        _say(STORAGE, f"failed here with {type(unlike).__name__}")
        return DagsterInstance.from_ref(ref)
    return instance


def private(module: str, part: str) -> ModuleType | None:
    """A module that leans on Dagster's private side; None where this Dagster is another one.

    `part` says in words what goes unused then.
    """
    if dagster.__version__.rpartition(".")[0] not in TESTED:
        _say(part, f"was made for Dagster {', '.join(TESTED)}")
        return None
    try:
        return import_module(module)
    except UNLIKE_OURS as unlike:
        _say(part, f"failed here with {type(unlike).__name__}")
        return None


@cache
def _say(part: str, why: str) -> None:
    log.warning(
        "%s %s, and this is Dagster %s; its own is used, which is slower and does the same",
        part,
        why,
        dagster.__version__,
    )
