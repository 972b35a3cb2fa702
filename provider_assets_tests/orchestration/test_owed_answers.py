"""What goes back to a sender is part of the import: its lack is told, and it is made again."""

import csv
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from provider_assets.settings import process_settings, use_settings
from provider_assets_tests.disks import MAY_MOUNT, fill, small_disk
from provider_assets_tests.orchestration.test_launcher import HOLDER
from provider_assets_tests.orchestration.test_sensors import MERCY, Machine

ANSWERS = ("rejects", "filtered", "return", "report")
WAYS = ["in the way", *(["full"] if MAY_MOUNT else [])]


@contextmanager
def unusable(way, root):
    """A drop folder that takes no answer, and how it is mended."""
    with small_disk(4) if way == "full" else nullcontext(root) as place:
        drop = place / "drop"
        drop.mkdir()
        if way == "full":
            # folders take no room on this kind of disk, so they may be there
            hindrance = fill(place)
        else:
            hindrance = drop / "rejects"
            hindrance.write_text("not a folder")
        yield drop, hindrance.unlink


def _lines(path):
    with Path(path).open(newline="") as file:
        return [(line["row"], line["outcome"]) for line in csv.DictReader(file)]


@pytest.mark.parametrize("way", WAYS)
def test_answers_that_could_not_be_written_are_told_and_made_by_the_next_load(
    way, home, tmp_path_factory
):
    with unusable(way, tmp_path_factory.mktemp("place")) as (drop, mend):
        home.set(DROP_FOLDER=str(drop))
        called = home.call("load", "--json", MERCY)
        [told] = json.loads(called.stdout)
        assert called.status == 1
        assert (told["status"], told["rows"]["inserted"], len(home.table())) == ("loaded", 5, 5)
        assert told["error"]["message"].startswith("the roster is in the table, but what comes")
        if way == "full":
            assert told["error"]["code"] == "disk-full"
            assert f"the disk of {drop} is full; make room" in told["error"]["message"]
        doctor = home.call("doctor", "--json")
        assert [
            one["message"] for one in json.loads(doctor.stdout) if one["subject"] == "answers"
        ] == [
            "import 1 of mercy_general.xlsx: its reject workbook, report and return file were not "
            "written"
        ]
        assert home.call("load", MERCY).status == 1

        mend()
        [again] = home.load(MERCY)
        assert (again["status"], again["error"], len(home.table())) == ("already_loaded", None, 5)
        assert all(Path(again["files"][name]).is_file() for name in ANSWERS)
        # as the first run would have told it
        assert _lines(again["files"]["return"]) == [
            *(("2", "loaded"), ("3", "loaded"), ("4", "loaded"), ("5", "rejected")),
            *(("6", "loaded"), ("7", "repeated"), ("8", "loaded")),
        ]
        assert "answers" not in {
            one["subject"] for one in json.loads(home.call("doctor", "--json").stdout)
        }
        [known] = home.load(MERCY)
        assert (known["status"], known["files"]["report"]) == ("already_loaded", None)


def test_report_that_has_gone_is_made_again_but_not_a_workbook_that_is_being_corrected(sqlite_home):
    [first] = sqlite_home.load(MERCY)
    Path(first["files"]["rejects"]).unlink()
    [known] = sqlite_home.load(MERCY)
    assert known["files"] == dict.fromkeys(ANSWERS)
    shutil.rmtree(sqlite_home.root / "var" / "drop")
    [again] = sqlite_home.load(MERCY)
    assert {name: Path(again["files"][name]).name for name in ANSWERS} == {
        name: Path(first["files"][name]).name for name in ANSWERS
    }


def test_look_at_the_inbox_has_owed_answers_made_before_the_file_moves(tmp_path, sqlite_url):
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        machine = Machine(tmp_path / "home", instance, sqlite_url)
        hindrance = machine.settings.drop_folder / "rejects"
        shutil.copy(MERCY, machine.inbox)
        machine.look()
        [request] = machine.look().run_requests
        for folder in ("processed", "failed", "rejects"):
            shutil.rmtree(machine.settings.drop_folder / folder, ignore_errors=True)
        hindrance.write_text("not a folder")
        assert not machine.run(request).success
        assert len(machine.table()) == 5
        hindrance.unlink()

        [again] = machine.look().run_requests
        assert machine.run(again).success
        machine.look()
        assert machine.files() == [
            "processed/mercy_general.xlsx",
            "processed/mercy_general.xlsx.txt",
        ]
        note = (machine.settings.drop_folder / "processed/mercy_general.xlsx.txt").read_text()
        assert "rejects/mercy_general_" in note
        assert "reports/mercy_general_" in note
    use_settings(None)


def test_doctor_counts_no_answers_of_a_run_that_is_under_way(sqlite_home):
    blocked = sqlite_home.root / "drop"
    blocked.mkdir()
    (blocked / "rejects").write_text("not a folder")
    sqlite_home.set(DROP_FOLDER=str(blocked))
    load = [sys.executable, "-m", "provider_assets", "load", "--json", str(MERCY)]
    [told] = json.loads(subprocess.run(load, stdout=-1, check=False).stdout)

    def owed():
        found = json.loads(sqlite_home.call("doctor", "--json").stdout)
        return [one["level"] for one in found if one["subject"] == "answers"]

    assert owed() == ["error"]
    with DagsterInstance.from_config(str(process_settings().dagster_home)) as instance:
        [record] = instance.get_run_records(RunsFilter(run_ids=[told["run_id"]]))
        under_way = record.dagster_run.with_status(DagsterRunStatus.STARTED)
        instance.delete_run(told["run_id"])
        instance.add_run(under_way)
    command = [sys.executable, "-c", HOLDER, str(sqlite_home.root / "var" / "alive")]
    with subprocess.Popen([*command, told["run_id"]], stdin=-1, stdout=-1) as worker:
        assert worker.stdout.readline() == b"held\n"
        assert owed() == []  # they are being written
        worker.kill()
    assert owed() == ["error"]
