"""Runs as the web UI starts them: any job, any selection, in one process or in many."""

import multiprocessing
import sqlite3
import time
from contextlib import closing
from types import SimpleNamespace

import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance
from dagster._core.definitions.reconstruct import ReconstructableRepository

from provider_assets.orchestration.process.launcher import work_on
from provider_assets.orchestration.process.liveness import alive_folder, is_dead
from provider_assets.orchestration.process.living import LivingExecutor
from provider_assets.orchestration.process.remains import places
from provider_assets.settings import process_settings
from provider_assets_tests.orchestration.test_remains import at_the_load
from provider_assets_tests.rosters import sample_rows, write_xlsx

HANGS = 200  # seconds; a run takes some five
ENDS_WITHIN = 30  # seconds, on a busy machine; the wait for the lock is 60
IN_MANY = {"execution": {"config": {"multiprocess": {}}}}


@pytest.fixture
def loaded(sqlite_home):
    """A home with one roster in its table."""
    [result] = sqlite_home.load(write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows()))
    sqlite_home.roster = result["roster"]
    return sqlite_home


@pytest.mark.parametrize(
    ("job", "config", "selection", "processes"),
    [
        ("__ASSET_JOB", {}, None, 0),
        pytest.param(
            *("__ASSET_JOB", IN_MANY, ["invalid_rows", "roster_report"], 2), marks=pytest.mark.slow
        ),
        pytest.param("import_roster", IN_MANY, ["roster_report"], 1, marks=pytest.mark.slow),
    ],
    ids=["page", "page-multiprocess", "job-multiprocess"],
)
def test_run_of_a_partition_ends_well_whatever_job_and_executor(
    loaded, job, config, selection, processes
):
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        run = create_run(instance, job, config, loaded.roster, selection)
        worker = multiprocessing.get_context("spawn").Process(
            target=work_on, args=(instance.get_ref(), run.run_id)
        )
        worker.start()
        worker.join(HANGS)
        hangs = worker.is_alive()
        worker.kill()
        status = instance.get_run_by_id(run.run_id).status.value
        started = instance.get_records_for_run(
            run.run_id, of_type=DagsterEventType.STEP_WORKER_STARTED
        ).records
    assert (hangs, status, len(started)) == (False, "SUCCESS", processes)


def test_terminated_run_that_waits_to_write_ends_and_frees_its_place(loaded):
    replay = {"ops": {"providerinfo_table": {"config": {"replay": True}}}}
    before = loaded.table()
    with (
        DagsterInstance.from_config(str(process_settings().dagster_home)) as instance,
        closing(sqlite3.connect(loaded.root / "providers.db")) as writer,
    ):
        writer.execute("BEGIN IMMEDIATE")
        run = create_run(instance, "import_roster", replay, loaded.roster, None)
        worker = multiprocessing.get_context("spawn").Process(
            target=work_on, args=(instance.get_ref(), run.run_id)
        )
        worker.start()
        while not at_the_load(instance):
            assert worker.is_alive()
            time.sleep(0.2)
        assert instance.run_launcher.terminate(run.run_id)
        worker.join(ENDS_WITHIN)
        alive = worker.is_alive()
        worker.kill()
        status = instance.get_run_by_id(run.run_id).status.value
        left = list(places(instance, alive_folder(process_settings().home)))
    assert (alive, status, left, loaded.table()) == (False, "CANCELED", [], before)


@pytest.mark.usefixtures("sqlite_home")
@pytest.mark.parametrize(("persistent", "dead"), [(True, False), (False, None)])
def test_run_is_known_as_alive_while_its_steps_are_executed(persistent, dead):
    folder = alive_folder(process_settings().home)

    def inner(_plan_context, _plan):
        yield is_dead(folder, "run-1")

    plan_context = SimpleNamespace(
        instance=SimpleNamespace(is_persistent=persistent, run_launcher=None),
        run_id="run-1",
        dagster_run=SimpleNamespace(tags={"dagster/partition": "mercy-0123456789ab"}),
    )
    executor = LivingExecutor(SimpleNamespace(execute=inner))
    assert list(executor.execute(plan_context, None)) == [dead]


def create_run(instance, job, config, roster, selection):
    recon_job = ReconstructableRepository.for_module(
        "provider_assets.definitions", "defs"
    ).get_reconstructable_job(job)
    keys = frozenset(AssetKey(name) for name in selection) if selection else None
    job_def = recon_job.get_definition()
    if keys:
        job_def = job_def.get_subset(asset_selection=keys)
    return instance.create_run_for_job(
        job_def,
        run_config=config,
        tags={"dagster/partition": roster},
        asset_selection=keys,
        job_code_origin=recon_job.get_python_origin(),
    )
