"""A roster by each door, and back: real servers, the real job, a real database."""

import json
import shutil
from pathlib import Path

import pytest
from dagster import DagsterInstance, build_sensor_context, execute_job, reconstructable

from provider_assets.cli import main
from provider_assets.orchestration.build import build_definitions, import_roster_job
from provider_assets.orchestration.inbox.sensor import look_at_inbox
from provider_assets.orchestration.resources import Folders
from provider_assets.settings import load_settings, use_settings
from provider_assets_tests.orchestration.receivers import http_receiver
from provider_assets_tests.orchestration.test_sensors import Machine
from provider_assets_tests.places.both import (  # noqa: F401
    place,
    s3_place,
    s3_server,
    sftp_place,
    sshd,
)
from provider_assets_tests.places.s3 import KEYS

# ruff: noqa: F811
MERCY = Path(__file__).parents[2] / "examples" / "rosters" / "mercy_general.xlsx"
ANSWERS = ("rejects", "returns", "reports")


class Door(Machine):
    """A machine whose rosters come by a mailbox called mercy."""

    def __init__(self, tmp_path, instance, url, place, **environment):
        file = tmp_path / "mailboxes.yaml"
        file.write_text(f"mailboxes:{place.text}")
        super().__init__(
            tmp_path / "home", instance, url, PROVIDER_ASSETS_MAILBOXES=str(file), **environment
        )
        self.place = place

    def look(self):
        context = build_sensor_context(instance=self.instance, cursor=self.cursor)
        result = look_at_inbox(context, Folders(), self.settings, "mercy")
        self.cursor = result.cursor
        for request in result.dynamic_partitions_requests:
            self.instance.add_dynamic_partitions(
                request.partitions_def_name, request.partition_keys
            )
        return result

    def settle(self):
        """Look until a file that lies still counts as complete."""
        self.look()
        cursor = json.loads(self.cursor)
        cursor["looks"] = {
            token: "@1" if look.startswith("@") else look for token, look in cursor["looks"].items()
        }
        self.cursor = json.dumps(cursor)

    def work(self):
        self.settle()
        runs = []
        while requests := self.look().run_requests:
            runs += [self.run(request) for request in requests]
        return runs


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


@pytest.fixture(autouse=True)
def _secrets(monkeypatch):
    monkeypatch.setenv("MERCY_ID", KEYS["aws_access_key_id"])
    monkeypatch.setenv("MERCY_SECRET", KEYS["aws_secret_access_key"])
    yield
    use_settings(None)


def _by_folder(place) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in place.files():
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append(name)
    return found


def test_roster_goes_through_the_door_to_the_table_and_its_answers_go_back(
    tmp_path, instance, sqlite_url, place
):
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    (run,) = door.work()
    assert run.success
    assert len(door.table()) == 5
    found = _by_folder(place)
    assert found.pop("processed") == ["mercy_general.xlsx", "mercy_general.xlsx.txt"]
    assert set(found) == set(ANSWERS)
    endings = {folder: sorted(Path(name).suffix for name in found[folder]) for folder in ANSWERS}
    assert endings == {
        "rejects": [".xlsx", ".xlsx"], "returns": [".csv", ".json"], "reports": [".html"],
    }  # fmt: skip
    note = place.files()["processed/mercy_general.xlsx.txt"].decode()
    assert "See also:   rejects/" in note
    tags = instance.get_run_by_id(run.run_id).tags
    assert tags["provider_assets/mailbox"] == "mercy"
    for folder in ANSWERS:  # nobody who sees the drop folder sees them
        left = door.settings.drop_folder / folder
        assert [path.name for path in left.glob("mercy*")] == []


def test_corrected_rejects_go_through_the_same_door(tmp_path, instance, sqlite_url, place):
    from openpyxl import load_workbook

    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    door.work()
    (name,) = [path for path in place.files() if path.endswith("_rejects.xlsx")]
    (tmp_path / "back.xlsx").write_bytes(place.files()[name])
    book = load_workbook(tmp_path / "back.xlsx")
    sheet = book["Errors"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(2, headers.index("NP") + 1 if "NP" in headers else 4).value = "Lightyear, Buzz MD"
    book.save(tmp_path / "back.xlsx")
    place.send("inbox/back.xlsx", (tmp_path / "back.xlsx").read_bytes())
    (run,) = door.work()
    assert run.success
    assert "back.xlsx" in _by_folder(place)["processed"]


def test_file_at_fault_goes_to_failed_with_its_note(tmp_path, instance, sqlite_url, place):
    place.send("inbox/broken.xlsx", b"PK\x03\x04 not a workbook")
    door = Door(tmp_path, instance, sqlite_url, place)
    (run,) = door.work()
    assert not run.success
    assert _by_folder(place) == {"failed": ["broken.xlsx", "broken.xlsx.txt"]}
    note = place.files()["failed/broken.xlsx.txt"].decode()
    assert note.startswith("broken.xlsx was not loaded, and the table is as it was.")


def test_what_lies_astray_in_a_mailbox_is_reported_and_answers_wait_for_nothing(
    tmp_path, instance, sqlite_url, place
):
    for path in ("inbox/june/mercy.csv", "lone.csv", "inbox/mercy_general.xlsx"):
        place.send(path, MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    (run,) = door.work()
    assert run.success
    assert "mercy_general.xlsx" in _by_folder(place)["processed"]
    opened = place.opened()
    told = opened.overlooked()
    opened.close()
    assert [sentence.partition(" in ")[0] for sentence in told] == ["lone.csv", "june/"]


def test_doctor_finds_nothing_wrong_with_a_mailbox_that_nobody_looked_into(
    tmp_path, sftp_place, monkeypatch, capsys
):
    file = tmp_path / "mailboxes.yaml"
    file.write_text(f"mailboxes:{sftp_place.text}")
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROVIDER_ASSETS_MAILBOXES", str(file))
    told = _doctor(capsys)["mailbox mercy"]
    assert (told["level"], told["message"].rpartition(": ")[2]) == (
        "ok",
        "no inbox yet, the first look makes it",
    )
    sftp_place.server.root.rmdir()
    told = _doctor(capsys)["mailbox mercy"]
    sftp_place.server.root.mkdir()
    assert told["level"] == "error"


def test_mailbox_uses_its_own_layouts_only(tmp_path, instance, sqlite_url, place):
    place.more = "\n    layouts: [hospital_b]"
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    (run,) = door.work()
    assert not run.success
    note = place.files()["failed/mercy_general.xlsx.txt"].decode()
    assert "Code no-layout" in note
    told = "it has the layout hospital_a, and the mailbox mercy takes only hospital_b; send it to"
    assert told in " ".join(note.split())


def test_mailbox_whose_layout_there_is_not_says_so_and_begins_nothing(
    tmp_path, instance, sqlite_url, place
):
    place.more = "\n    layouts: [nobodys]"
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    assert door.work() == []
    assert "nobodys" in door.look().skip_reason.skip_message
    assert _by_folder(place) == {"inbox": ["mercy_general.xlsx"]}


def test_run_started_again_by_hand_keeps_to_its_mailbox(tmp_path, instance, sqlite_url, place):
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    (run,) = door.work()
    for path in [path for path in place.files() if path.startswith("rejects/")]:
        place.send(path, b"gone")
    partition = instance.get_run_by_id(run.run_id).tags["dagster/partition"]
    again = execute_job(
        reconstructable(import_roster_job), instance, tags={"dagster/partition": partition}
    )
    assert again.success
    rejects = [text for path, text in place.files().items() if path.startswith("rejects/")]
    assert b"gone" not in rejects


def test_answers_wait_while_the_server_is_down_and_are_given_back_once(
    tmp_path, instance, sqlite_url, place, monkeypatch
):
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    door.settle()
    (request,) = door.look().run_requests
    server = place.server
    # the roster is taken in, and the server goes down before its answers are there
    from provider_assets.orchestration import report

    usual = report.write_report_files

    def goes_down(*arguments):
        server.stop()
        return usual(*arguments)

    monkeypatch.setattr(report, "write_report_files", goes_down)
    with http_receiver() as received:
        door.settings = load_settings(
            {
                "PROVIDER_ASSETS_HOME": str(door.settings.home),
                "PROVIDER_ASSETS_DATABASE_URL": sqlite_url,
                "PROVIDER_ASSETS_MAILBOXES": str(door.settings.mailboxes),
                "PROVIDER_ASSETS_NOTIFY": f"json://127.0.0.1:{received.port}/",
            },
            None,
        )
        try:
            assert door.run(request).success
            assert len(door.table()) == 5
            for _ in range(3):
                told = door.look().skip_reason.skip_message
                assert ("cannot be used" in told, "inbox is empty" in told) == (True, False)
        finally:
            server.start()
        assert received.messages[0][0] == "The mailbox mercy needs attention"
        assert len(received.messages) == 1
    if hasattr(server, "client"):  # this server forgets what it held
        server.client().create_bucket(Bucket="rosters")
        place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door.look()
    for _ in range(2):
        door.settle()
        door.look()
    found = _by_folder(place)
    assert set(found) == {"processed", *ANSWERS}
    waiting = door.settings.home / "storage" / "outgoing" / "mercy"
    assert [path for path in waiting.rglob("*") if path.is_file()] == []
    assert len(door.table()) == 5


def test_two_mailboxes_with_the_same_content_load_it_once(tmp_path, instance, sqlite_url, place):
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    door = Door(tmp_path, instance, sqlite_url, place)
    door.work()
    place.send("inbox/again.xlsx", MERCY.read_bytes())
    assert door.work() == []
    assert "again.xlsx" in _by_folder(place)["processed"]
    assert len(door.table()) == 5


def test_each_mailbox_has_a_sensor_and_the_drop_folder_may_have_none(tmp_path, monkeypatch):
    file = tmp_path / "mailboxes.yaml"
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROVIDER_ASSETS_MAILBOXES", str(file))
    use_settings(None)
    for beside in ("true", "false"):
        file.write_text(
            f"drop_folder: {beside}\nmailboxes:\n  - {{name: share, address: {tmp_path}/share}}\n"
            "  - {name: clinics, address: 's3://rosters/in', every_seconds: 60}\n"
        )
        found = {each.name: each for each in build_definitions().sensors}
        assert ("drop_folder_sensor" in found) == (beside == "true")
        assert found["mailbox_share_sensor"].minimum_interval_seconds == 30
        assert found["mailbox_clinics_sensor"].minimum_interval_seconds == 60


def test_another_folder_is_a_mailbox_as_well(tmp_path, instance, sqlite_url):
    class Share:
        text = f"\n  - {{name: mercy, address: {tmp_path / 'share'}}}\n"

    door = Door(tmp_path, instance, sqlite_url, Share())
    door.look()
    shutil.copy(MERCY, tmp_path / "share" / "inbox")
    (run,) = door.work()
    assert run.success
    names = sorted(path.name for path in (tmp_path / "share").iterdir())
    assert names == ["failed", "inbox", "processed", "rejects", "reports", "returns"]
    assert list((tmp_path / "share" / "rejects").iterdir())


def _doctor(capsys) -> dict[str, dict]:
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["doctor", "--json"])
    return {each["subject"]: each for each in json.loads(capsys.readouterr().out)}


def test_doctor_looks_at_each_mailbox(tmp_path, sftp_place, monkeypatch, capsys):
    file = tmp_path / "mailboxes.yaml"
    monkeypatch.setenv("PROVIDER_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROVIDER_ASSETS_MAILBOXES", str(file))
    sftp_place.send("inbox/mercy.csv", b"x")
    file.write_text(f"mailboxes:{sftp_place.text}")
    told = _doctor(capsys)["mailbox mercy"]
    assert (told["level"], told["message"].rpartition(": ")[2]) == ("ok", "1 in its inbox")
    sftp_place.more = "\n    layouts: [nobodys]"
    file.write_text(f"mailboxes:{sftp_place.text}")
    assert "may use the layout nobodys" in _doctor(capsys)["mailbox mercy"]["message"]
    sftp_place.more = ""
    file.write_text(f"mailboxes:{sftp_place.text}".replace(f":{sftp_place.server.port}/", ":1/"))
    told = _doctor(capsys)["mailbox mercy"]
    assert (told["level"], "nobody listens there" in told["message"]) == ("error", True)
    file.write_text("mailboxes: [{name: m}]")
    assert _doctor(capsys)["mailboxes"]["level"] == "error"
