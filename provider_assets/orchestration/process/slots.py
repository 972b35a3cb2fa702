"""How a run waits for its place among those that write to the table: awake, in words, not for ever.

Dagster's own executor asks for the place again without a pause, which takes a whole processor,
and waits for a run that was killed as it does for one that works. Here a dead run's place is
freed, and whoever waits says for whom. After `PROVIDER_ASSETS_DATABASE_LOCK_WAIT` seconds the run
goes on without a place: the table's own lock is what keeps two writers apart, and it has its own
limit and its own words.
"""

import logging
import time

from dagster import DagsterInstance, DagsterRun
from dagster._core.errors import raise_execution_interrupts
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext

from provider_assets.orchestration.process.liveness import alive_folder
from provider_assets.orchestration.process.remains import clear_up, places
from provider_assets.settings import process_settings

PAUSE = 0.5
LOOK_EVERY = 5.0
TELL_AFTER = 3.0

log = logging.getLogger(__name__)


class Slots(InstanceConcurrencyContext):
    """A run's claims to places in pools."""

    def __init__(self, instance: DagsterInstance, run: DagsterRun) -> None:
        super().__init__(instance, run)
        self._run = run
        self._alive = alive_folder(process_settings().home)
        self._limit = process_settings().database_lock_wait
        self._since: dict[str, float] = {}
        self._looked = 0.0
        self._told = False

    def claim(self, concurrency_key: str, step_key: str, step_priority: int = 0) -> bool:
        """Wait until the step may begin.

        No other step is begun meanwhile: the report would be, and tell of a load that is to come.
        """
        while not self._may_begin(concurrency_key, step_key, step_priority):
            time.sleep(PAUSE)
        return True

    def _may_begin(self, concurrency_key: str, step_key: str, step_priority: int) -> bool:
        if super().claim(concurrency_key, step_key, step_priority):
            return True
        with raise_execution_interrupts():
            pass  # here Dagster would not hear that the run is to end
        waited = time.monotonic() - self._since.setdefault(step_key, time.monotonic())
        if time.monotonic() - self._looked > LOOK_EVERY:
            self._looked = time.monotonic()
            if clear_up(self._instance, self._alive):
                self._pending_timeouts[step_key] = 0.0
        if waited > TELL_AFTER and not self._told:
            self._told = True
            self._tell(concurrency_key)
        if waited <= self._limit:
            return False
        self._pending_claims.discard(step_key)
        self._instance.event_log_storage.free_concurrency_slot_for_step(self._run_id, step_key)
        return True

    def interval_to_next_pending_claim_check(self) -> float:
        """Seconds until it is worth asking again."""
        return PAUSE if self._pending_claims else 0.0

    def _tell(self, pool: str) -> None:
        others = [place for place in places(self._instance, self._alive) if place.pool == pool]
        whom = ", ".join(place.holder for place in others if place.run_id != self._run_id)
        what = f"{whom}, which writes to the table" if whom else f"a place in the pool {pool}"
        told = f"waiting for {what}: {self._limit} s at most, then for the table's own lock"
        log.warning(told)
        self._instance.report_engine_event(told, self._run)  # for whoever looks at the run's page
