"""What the file system refuses the drop folder's sensor: said in words, and made up for later.

Rights are real ones: whoever may do anything looks as somebody who may not.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dagster import DagsterInstance, execute_job, reconstructable

from provider_assets.orchestration.build import import_roster_job
from provider_assets.settings import use_settings
from provider_assets_tests.disks import MAY_MOUNT, fill, small_disk
from provider_assets_tests.orchestration.test_sensors import MERCY, Machine
from provider_assets_tests.rosters import sample_rows, write_xlsx

NOBODY = 65534
ROOT = os.geteuid() == 0


class Guarded(Machine):
    """A machine whose sensor looks as somebody without an administrator's rights."""

    def look(self):
        with without_rights(self.settings.home.parent):
            return super().look()


@contextmanager
def without_rights(place: Path) -> Iterator[None]:
    """Be nobody, to whom this place belongs; whoever is no administrator stays who they are."""
    if not ROOT:
        yield
        return
    subprocess.run(["chown", "-R", "--from", "0:0", f"{NOBODY}:{NOBODY}", str(place)], check=True)
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def machine_at(place: Path, kind: type[Machine], **settings: str) -> Iterator[Machine]:
    (place / "dagster").mkdir()
    with DagsterInstance.local_temp(str(place / "dagster")) as instance:
        url = f"sqlite:///{place / 'home' / 'providers.db'}"
        machine = kind(place / "home", instance, url, **settings)
        Machine.look(machine)  # what is imported when it is needed can be read now
        yield machine
    use_settings(None)


@pytest.fixture
def guarded():
    with tempfile.TemporaryDirectory(prefix="pa") as folder:  # pytest's own is closed to others
        place = Path(folder)
        with machine_at(place, Guarded) as machine:
            yield machine


def told(result):
    return result.skip_reason.skip_message


def test_inbox_that_may_not_be_listed_is_told_and_its_roster_loads_once_it_may(guarded):
    shutil.copy(MERCY, guarded.inbox)
    guarded.inbox.chmod(0)
    where = f"the drop folder {guarded.settings.drop_folder}"
    sentence = "cannot be used (Permission denied); mount it or see to its rights"
    assert told(guarded.look()) == f"{where} {sentence}"
    guarded.inbox.chmod(0o755)
    assert [run.success for run in guarded.work()] == [True]
    assert len(guarded.table()) == 5


def test_folder_in_whose_place_a_file_stands_is_told_and_the_roster_waits(guarded):
    shutil.copy(MERCY, guarded.inbox)
    processed = guarded.settings.drop_folder / "processed"
    processed.rmdir()
    processed.write_text("a file")
    assert "cannot be used (File exists); mount it" in told(guarded.look())
    processed.unlink()
    assert [run.success for run in guarded.work()] == [True]
    assert "processed/mercy_general.xlsx" in guarded.files()


def test_file_that_may_not_be_read_is_told_and_the_next_one_loads(guarded):
    closed = guarded.inbox / "closed.xlsx"
    write_xlsx(closed, sample_rows())
    closed.chmod(0)
    shutil.copy(MERCY, guarded.inbox)
    assert [run.success for run in guarded.work()] == [True]
    sentence = "cannot be read (Permission denied); give this service the right to read it"
    assert told(guarded.look()).startswith("closed.xlsx in the drop folder")
    assert sentence in told(guarded.look())
    closed.chmod(0o644)
    assert [run.success for run in guarded.work()] == [True]
    assert "processed/closed.xlsx" in guarded.files()


def test_roster_that_may_not_be_moved_is_told_stays_loaded_once_and_moves_once_it_may(guarded):
    shutil.copy(MERCY, guarded.inbox)
    processed = guarded.settings.drop_folder / "processed"
    processed.chmod(0o555)
    assert [run.success for run in guarded.work()] == [True]
    assert "mercy_general.xlsx cannot be moved on in the drop folder" in told(guarded.look())
    assert "(Permission denied); see to its space and its rights" in told(guarded.look())
    assert guarded.work() == []  # it is not loaded again
    assert guarded.files() == ["inbox/mercy_general.xlsx"]
    processed.chmod(0o755)
    guarded.look()
    assert guarded.files() == [
        "processed/mercy_general.xlsx",
        "processed/mercy_general.xlsx.txt",
    ]
    assert len(guarded.table()) == 5


@pytest.mark.skipif(not MAY_MOUNT, reason="needs a disk of its own")
def test_roster_on_a_disk_without_room_for_its_note_stays_and_moves_once_there_is(tmp_path):
    with (
        small_disk(1) as full,
        machine_at(tmp_path, Machine, PROVIDER_ASSETS_DROP_FOLDER=str(full / "drop")) as machine,
    ):
        shutil.copy(MERCY, machine.inbox)
        machine.look()
        [request] = machine.look().run_requests
        assert machine.run(request).success
        ballast = fill(full)
        assert "mercy_general.xlsx cannot be moved on" in told(machine.look())
        assert "(No space left on device); see to its space" in told(machine.look())
        assert machine.files() == ["inbox/mercy_general.xlsx"]
        ballast.unlink()
        machine.look()
        assert machine.files() == [
            "processed/mercy_general.xlsx",
            "processed/mercy_general.xlsx.txt",
        ]


@pytest.mark.skipif(not MAY_MOUNT, reason="needs a disk of its own")
def test_roster_that_a_full_disk_stops_while_it_is_taken_in_is_tried_again(tmp_path):
    (tmp_path / "place").mkdir()
    with small_disk(1) as full, machine_at(tmp_path / "place", Machine) as machine:
        storage = machine.settings.home / "storage"
        shutil.rmtree(storage, ignore_errors=True)
        storage.symlink_to(full)
        ballast = fill(full)
        shutil.copy(MERCY, machine.inbox)
        machine.look()
        [request] = machine.look().run_requests
        run = execute_job(
            reconstructable(import_roster_job),
            machine.instance,
            run_config=request.run_config,
            tags=request.tags,
            raise_on_error=False,
        )
        assert not run.success
        failed = next(each for each in run.all_events if each.is_step_failure)
        message = failed.step_failure_data.user_failure_data.description
        assert message.startswith("the disk of")
        assert "is full; make room" in message
        assert machine.files() == ["inbox/mercy_general.xlsx"]  # the file is not to blame
        ballast.unlink()
        assert [again.success for again in machine.work()] == [True]
        assert len(machine.table()) == 5
