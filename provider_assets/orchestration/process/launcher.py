"""How runs start on one machine: from a process that has imported everything already.

Dagster's own launcher starts a new interpreter for each run, which imports for longer than a
small roster takes to load. Here the daemon keeps one warm process, which does nothing but fork
(`multiprocessing`'s fork server; it has no threads and no connections), and each run is a child
of that. Named in `dagster.yaml`; `deploy/dagster.yaml` does without it.
"""

import logging
import multiprocessing
import os
import socket
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from dagster import DagsterRun, DefaultRunLauncher
from dagster._core.instance.ref import InstanceRef
from dagster._core.launcher.base import (
    CheckRunHealthResult,
    LaunchRunContext,
    RunLauncher,
    WorkerStatus,
)
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from provider_assets.orchestration.process.fence import open_ref, ours_or_own
from provider_assets.orchestration.process.liveness import alive_folder, ask_to_end, hold, is_dead
from provider_assets.orchestration.process.memory import give_memory_back
from provider_assets.reading.nursery import NURSERY, Lender
from provider_assets.settings import process_settings

PART = "the launcher that forks its runs from a warm process"
WARM = "provider_assets.orchestration.process.warm"
PRELOADED = ["dagster._daemon.cli", WARM]


class WarmRunLauncher(RunLauncher, ConfigurableClass):
    """Launches runs as children of a process that is warm, and knows which of them live."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._inst_data = inst_data
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(PRELOADED)
        self._readers = Lender()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """What `dagster.yaml` says of this launcher."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Made by Dagster out of `dagster.yaml`."""
        return cls(inst_data=inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Start the run and return at once; as Dagster does it where this one is another."""
        if not may_fork():
            self._own.launch_run(context)
            return
        multiprocessing.active_children()  # reaps those that ended
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no threads where there are forks
        with self._readers.lend() as reader:
            arguments = (self._instance.get_ref(), context.dagster_run.run_id, reader)
            self._forks.Process(target=work_on, args=arguments).start()

    def terminate(self, run_id: str) -> bool:
        """Ask the run to end: its process is interrupted, and undoes what it was about."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if not may_fork():
            return bool(self._own.terminate(run_id))  # type: ignore[no-untyped-call]
        self._instance.report_run_canceling(run)
        ask_to_end(alive_folder(process_settings().home), run_id)
        return True

    def dispose(self) -> None:
        """End what stands ready; runs under way keep what they have."""
        self._readers.close()

    @cached_property
    def _own(self) -> DefaultRunLauncher:
        own = DefaultRunLauncher()
        own.register_instance(self._instance)
        return own

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes: by the lock that each run's process holds."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process lives; one that never said so is given the benefit of doubt."""
        if is_dead(alive_folder(process_settings().home), run.run_id):
            return CheckRunHealthResult(WorkerStatus.FAILED, "its process was killed")
        return CheckRunHealthResult(WorkerStatus.RUNNING)


def may_fork() -> bool:
    """Whether this Dagster has what a forked run works with."""

    def fits() -> bool:
        from dagster._cli.api import _execute_run_command_body  # noqa: F401

        return True

    return ours_or_own(PART, fits, lambda: False)


def work_on(instance_ref: InstanceRef, run_id: str, reader: socket.socket | None = None) -> None:
    """Execute a run in this process, from its first to its last event.

    `reader` is a process that has the reader's libraries ready, as `Lender` lends it.
    """
    from dagster._cli.api import _execute_run_command_body
    from dagster._utils.interrupts import capture_interrupts

    logging.basicConfig(level=logging.WARNING)
    give_memory_back()
    if reader is not None:
        NURSERY.adopt(reader)
    with capture_interrupts(), open_ref(instance_ref) as instance:
        hold(alive_folder(process_settings().home), run_id)
        _execute_run_command_body(run_id, instance, lambda _: None, set_exit_code_on_failure=False)
