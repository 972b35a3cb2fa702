"""A tick over a real folder; history and runs are what the test says they are."""

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from provider_assets.errors import FileCode, TransientDatabaseError
from provider_assets.moments import local_day
from provider_assets.orchestration.inbox import tick
from provider_assets.orchestration.inbox.decision import RosterRun
from provider_assets.orchestration.inbox.looks import Pace, trouble_mark
from provider_assets.orchestration.inbox.tick import InboxTick
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox import drop_folder
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.moving import look
from provider_assets.reading.mailbox.port import FileChangedError, MailboxError
from provider_assets.reports.advice import ADVICE
from provider_assets.reports.names import claim_name
from provider_assets_tests.orchestration.made_up import FAILED, LOADED


@dataclass
class KnownHistory:
    records: list = field(default_factory=list)
    down: bool = False

    def imports_of(self, hashes):
        if self.down:
            raise TransientDatabaseError("no connection to db:3306; start the server")
        return {sha: [each for each in self.records if each.sha256 == sha] for sha in hashes}


@dataclass
class KnownRuns:
    runs: list = field(default_factory=list)

    def unfinished(self):
        return [run for run in self.runs if run.ended is None]

    def finished(self, rosters):
        return [run for run in self.runs if run.ended is not None and run.roster in rosters]


@pytest.fixture(autouse=True)
def _on_a_share(monkeypatch):
    """The inbox lies on a share, where it takes two looks to tell a complete file."""
    monkeypatch.setattr(drop_folder, "is_on_this_machine", lambda _: False)


class Mailbox:
    """The drop folder, its ticks one after another, and the clock."""

    def __init__(self, root: Path, **pace):
        self.drop = DropFolder(root)
        self.drop.prepare()
        self.history, self.runs = KnownHistory(), KnownRuns()
        self.tick = InboxTick(self.drop, self.history, self.runs, root, Pace(**pace))
        self.looks: dict = {}
        self.later = 0

    def deliver(self, name: str, content: bytes = b"abc") -> Path:
        path = self.drop.inbox / name
        path.write_bytes(content)
        return path

    def look(self):
        self.later += 10
        now = datetime.now(UTC) + timedelta(seconds=self.later)
        result = self.tick.run(self.looks, now)
        self.looks = dict(result.looks)
        return result

    def started(self) -> list[str]:
        return [start.delivery.file.name for start in self.look().starts]

    def ended(self, name: str, run_id: str = "run-1") -> str:
        """A run for the file as it lies there has ended; its sha256."""
        path = self.drop.inbox / name
        sha = sha256(path.read_bytes()).hexdigest()
        self.runs.runs.append(RosterRun(run_id, roster_key(name, sha), look(path).token, 0.0))
        return sha

    def files(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.drop.root))
            for path in self.drop.root.rglob("*")
            if path.is_file()
        )


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "drop")


def test_tick_starts_a_file_at_the_second_look_and_names_its_roster(mailbox):
    mailbox.deliver("mercy.csv")
    assert mailbox.started() == []
    result = mailbox.look()
    assert [(start.delivery.roster, start.attempt) for start in result.starts] == [
        ("mercy-ba7816bf8f01", 1)
    ]


def test_tick_waits_for_a_file_that_grew_between_two_looks(mailbox):
    path = mailbox.deliver("mercy.csv")
    mailbox.look()
    path.write_bytes(b"abcdef")
    assert mailbox.started() == []
    assert mailbox.started() == ["mercy.csv"]


def test_tick_waits_for_a_file_that_was_written_to_just_now(mailbox):
    mailbox.deliver("mercy.csv")
    mailbox.looks = dict(mailbox.tick.run({}).looks)
    assert mailbox.tick.run(mailbox.looks).starts == ()


def test_tick_moves_a_loaded_roster_and_forgets_it(mailbox):
    mailbox.deliver("mercy.csv")
    mailbox.look()
    mailbox.look()
    sha = mailbox.ended("mercy.csv")
    mailbox.history.records = [replace(LOADED, sha256=sha)]
    result = mailbox.look()
    assert result.moved == ("mercy.csv: to processed/, import 7",)
    assert mailbox.files() == ["processed/mercy.csv", "processed/mercy.csv.txt"]
    note = (mailbox.drop.processed / "mercy.csv.txt").read_text()
    assert note == (
        "mercy.csv was loaded in part: 1 of its 7 rows is to be corrected.\n"
        "\n"
        "Why:        duplicate-in-file 1, full-name-missing 1\n"
        "What to do: open the reject workbook, correct the rows, and drop that workbook.\n"
        "\n"
        "Roster mercy-3fa9c1d20b7e; import 7.\n"
    )
    assert mailbox.looks == {}


def test_tick_tells_a_sender_whose_content_was_loaded_before(mailbox):
    mailbox.history.records = [replace(LOADED, sha256=sha256(b"abc").hexdigest())]
    name = claim_name(mailbox.drop.root / "reports", LOADED.roster, local_day(LOADED.started))
    workbook = mailbox.drop.root / "rejects" / f"{name}_rejects.xlsx"
    workbook.parent.mkdir(exist_ok=True)
    workbook.touch()
    mailbox.deliver("mercy again.csv")
    mailbox.look()
    assert mailbox.look().moved == (
        "mercy again.csv: to processed/, import 7, its content was loaded before",
    )
    assert [file for file in mailbox.files() if file.startswith("processed")] == [
        "processed/mercy again.csv",
        "processed/mercy again.csv.txt",
    ]
    assert (mailbox.drop.processed / "mercy again.csv.txt").read_text() == (
        "mercy again.csv was not loaded again: its content is in the table already.\n\n"
        "It was loaded as import 7, from a file named mercy.xlsx, on 2026-03-02 12:00 UTC.\n"
        "1 of its 7 rows was not loaded then (duplicate-in-file 1, full-name-missing 1). If it is "
        "not corrected yet, correct it in the reject workbook, and drop that workbook.\n"
        "See also:   rejects/mercy_2026-03-02_rejects.xlsx\n"
        "To load it again under changed rules, ask the people who run this service for a replay.\n"
    )


def test_tick_tells_a_sender_of_nothing_to_do_where_rows_only_name_other_places(mailbox):
    rows = replace(LOADED.rows, invalid=0, clean=6)
    elsewhere = replace(LOADED, rows=rows, reasons={"duplicate-in-file": 1})
    mailbox.history.records = [replace(elsewhere, sha256=sha256(b"abc").hexdigest())]
    mailbox.deliver("mercy again.csv")
    mailbox.look()
    mailbox.look()
    note = (mailbox.drop.processed / "mercy again.csv.txt").read_text()
    assert note.splitlines()[3] == "Nothing needs to be done."


def test_tick_moves_a_file_at_fault_with_a_note_that_says_what_to_do(mailbox):
    mailbox.deliver("mercy.csv")
    sha = mailbox.ended("mercy.csv")
    mailbox.history.records = [replace(FAILED, sha256=sha)]
    reports = mailbox.drop.root / "reports"
    name = claim_name(reports, FAILED.roster, local_day(FAILED.started))
    (reports / f"{name}.html").touch()
    mailbox.look()
    assert mailbox.look().moved == ("mercy.csv: to failed/, no-layout",)
    assert mailbox.files() == [
        "failed/mercy.csv",
        "failed/mercy.csv.txt",
        f"reports/.names/{name}",
        f"reports/{name}.html",
    ]
    assert (mailbox.drop.failed / "mercy.csv.txt").read_text() == (
        "mercy.csv was not loaded, and the table is as it was.\n\n"
        'What is wrong: mercy.xlsx: no layout fits the headers of sheet "Roster"\n'
        f"What to do:    {ADVICE[FileCode.NO_LAYOUT]}\n"
        f"See also:      reports/{name}.html\n\n"
        "For the engineer: `provider-assets layouts suggest FILE` drafts a layout for this file.\n"
        "\n"
        "Code no-layout; roster mercy-3fa9c1d20b7e; run run-1.\n"
    )


def test_every_file_code_has_advice():
    assert set(ADVICE) == set(FileCode)


def test_tick_loads_a_corrected_file_of_the_same_name(mailbox):
    mailbox.history.records = [replace(LOADED, sha256=sha256(b"abc").hexdigest())]
    mailbox.deliver("mercy.csv", b"abc")
    mailbox.look()
    mailbox.look()
    mailbox.deliver("mercy.csv", b"corrected")
    mailbox.look()
    assert mailbox.started() == ["mercy.csv"]
    assert mailbox.files() == ["inbox/mercy.csv", "processed/mercy.csv", "processed/mercy.csv.txt"]


def test_tick_begins_no_more_than_may_run_at_once_oldest_first(tmp_path):
    few = Mailbox(tmp_path / "few", at_once=3)
    for number in range(5):
        path = few.deliver(f"{number}.csv", str(number).encode())
        os.utime(path, (1000 - number, 1000 - number))
    few.look()
    result = few.look()
    assert [start.delivery.file.name for start in result.starts] == ["4.csv", "3.csv", "2.csv"]
    assert len(few.look().starts) == 3  # asked for, and not begun: no more than these again
    few.runs.runs = [
        RosterRun(f"run-{n}", start.delivery.roster, start.delivery.file.token, None)
        for n, start in enumerate(result.starts)
    ]
    assert few.started() == []
    assert few.look().waiting == 5


def test_tick_hashes_no_further_file_when_its_time_is_over(tmp_path, monkeypatch):
    slow = Mailbox(tmp_path / "slow", hashing=40)
    for number in range(4):
        path = slow.deliver(f"{number}.csv", str(number).encode())
        os.utime(path, (1000 + number, 1000 + number))
    slow.look()
    clock = iter(range(0, 1000, 15))  # each file takes 15 s: 15, 30 and 45 s after the start
    monkeypatch.setattr(tick.time, "monotonic", lambda: next(clock))
    assert slow.started() == ["0.csv", "1.csv"]
    assert slow.started() == ["0.csv", "1.csv", "2.csv", "3.csv"]


def test_tick_reads_no_file_that_it_has_no_room_to_start(tmp_path, monkeypatch):
    few = Mailbox(tmp_path / "few", at_once=2)
    few.runs.runs = [RosterRun(f"run-{n}", f"other-{n:012x}", None, None) for n in (1, 2)]
    for number in range(3):
        few.deliver(f"{number}.csv", str(number).encode())
    few.look()
    usual, read = DropFolder.hash, []
    monkeypatch.setattr(
        DropFolder, "hash", lambda drop, file: (read.append(file.name), usual(drop, file))[1]
    )
    few.look()
    assert read == []
    del few.runs.runs[0]
    few.look()
    assert len(read) == 1


def test_tick_with_too_many_rosters_that_fail_begins_no_new_one(tmp_path):
    broken = Mailbox(tmp_path / "broken", remembered=1, first_pause=3600)
    broken.deliver("first.csv", b"1")
    broken.look()
    assert broken.started() == ["first.csv"]
    broken.ended("first.csv")
    broken.runs.runs = [
        replace(run, ended=datetime.now(UTC).timestamp()) for run in broken.runs.runs
    ]
    broken.deliver("second.csv", b"2")
    assert [broken.started() for _ in range(3)] == [[], [], []]


def test_tick_reaches_the_file_behind_more_unreadable_ones_than_it_starts(tmp_path, monkeypatch):
    mailbox = Mailbox(tmp_path / "drop", at_once=2)
    for at, name in enumerate(("a.csv", "b.csv", "c.csv", "mercy.csv")):
        os.utime(mailbox.deliver(name, name.encode()), (1000 + at, 1000 + at))
    usual = DropFolder.hash

    def read(drop, file):
        if file.name != "mercy.csv":
            raise PermissionError(13, "Permission denied")
        return usual(drop, file)

    monkeypatch.setattr(DropFolder, "hash", read)
    mailbox.look()
    mailbox.look()
    result = mailbox.look()
    assert [start.delivery.file.name for start in result.starts] == ["mercy.csv"]
    assert [trouble.split(" ")[0] for trouble in result.troubles] == ["a.csv", "b.csv", "c.csv"]


def test_tick_without_its_history_keeps_what_it_knows_and_says_what_is_wrong(mailbox):
    mailbox.deliver("mercy.csv")
    mailbox.look()
    mailbox.look()
    before = mailbox.looks
    mailbox.history.down = True
    result = mailbox.look()
    assert result.troubles == (
        "the inbox waits, its history cannot be read: no connection to db:3306; start the server",
    )
    assert mailbox.looks == before
    assert (result.starts, result.moved, result.waiting) == ((), (), 1)
    mailbox.history.down = False
    assert mailbox.started() == ["mercy.csv"]


def test_tick_with_a_file_that_cannot_be_read_says_so_and_goes_on_with_the_next(
    mailbox, monkeypatch
):
    for at, name in enumerate(("gone.csv", "locked.csv", "mercy.csv")):
        os.utime(mailbox.deliver(name, name.encode()), (1000 + at, 1000 + at))
    usual = DropFolder.hash

    def read(drop, file):
        if file.name == "gone.csv":
            raise FileChangedError
        if file.name == "locked.csv":
            raise PermissionError(13, "Permission denied")
        return usual(drop, file)

    monkeypatch.setattr(DropFolder, "hash", read)
    mailbox.look()
    result = mailbox.look()
    assert [start.delivery.file.name for start in result.starts] == ["mercy.csv"]
    (trouble,) = result.troubles
    assert trouble.startswith("locked.csv in the drop folder ")
    assert trouble.endswith(
        "cannot be read (Permission denied); give this service the right to read it"
    )
    assert result.waiting == 3


def test_tick_with_a_file_that_cannot_be_moved_says_so_and_moves_it_later(mailbox):
    mailbox.history.records = [replace(LOADED, sha256=sha256(b"abc").hexdigest())]
    mailbox.deliver("mercy.csv")
    mailbox.look()
    mailbox.drop.processed.rmdir()
    mailbox.drop.processed.symlink_to("/proc/self")  # nobody may write there, not even root
    result = mailbox.look()
    assert [
        trouble.startswith("mercy.csv cannot be moved on in the drop folder")
        for trouble in result.troubles
    ] == [True]
    mailbox.drop.processed.unlink()
    assert mailbox.look().troubles == ()
    assert mailbox.files() == ["processed/mercy.csv", "processed/mercy.csv.txt"]


def test_tick_without_a_drop_folder_says_what_to_mend(tmp_path):
    (tmp_path / "drop").symlink_to("/proc/self")
    tick = InboxTick(DropFolder(tmp_path / "drop"), KnownHistory(), KnownRuns(), tmp_path)
    result = tick.run({"known": "sha"})
    (trouble,) = result.troubles
    assert result.looks == {"known": "sha"}
    assert trouble.startswith(f"the drop folder {tmp_path / 'drop'} cannot be used")


def test_trouble_mark_differs_with_the_troubles_and_not_with_their_order():
    assert trouble_mark([]) == ""
    assert trouble_mark(["a", "b"]) == trouble_mark(["b", "a"]) != trouble_mark(["a"])


def test_tick_on_a_disk_of_this_machine_starts_a_file_at_the_first_look(mailbox, monkeypatch):
    monkeypatch.setattr(drop_folder, "is_on_this_machine", lambda _: True)
    mailbox.deliver("mercy.csv")
    assert mailbox.started() == ["mercy.csv"]


def test_tick_tells_of_a_folder_with_rosters_in_it_and_of_no_empty_one(mailbox):
    for name in ("june", "empty"):
        (mailbox.drop.inbox / name).mkdir()
    (mailbox.drop.inbox / "june" / "mercy.csv").write_bytes(b"abc")
    told = mailbox.look().troubles
    assert told == (
        f"june/ in {mailbox.drop.inbox} is a folder with files in it, and no folder in there is "
        "read; move its rosters up into the inbox",
    )


def test_tick_tells_of_a_file_beside_the_inbox(mailbox):
    (mailbox.drop.root / "lone.csv").write_bytes(b"abc")
    (mailbox.drop.root / ".hidden").write_bytes(b"abc")
    assert mailbox.look().troubles == (
        f"lone.csv in the drop folder {mailbox.drop.root} lies beside the inbox, where nothing is "
        "read; if it is a roster, move it into inbox/",
    )


def test_tick_whose_time_is_over_moves_the_rest_at_the_next_look(mailbox):
    mailbox.history.records = [replace(LOADED, sha256=sha256(b"abc").hexdigest())]
    for name in ("a.csv", "b.csv", "c.csv"):
        mailbox.deliver(name, b"abc")
    mailbox.look()
    mailbox.tick = replace(mailbox.tick, pace=replace(mailbox.tick.pace, moving=-1.0))
    result = mailbox.look()
    assert (result.moved, result.troubles, result.waiting) == ((), (), 3)
    mailbox.tick = replace(mailbox.tick, pace=replace(mailbox.tick.pace, moving=40.0))
    assert len(mailbox.look().moved) == 3


def test_place_that_cannot_be_used_is_told_with_what_to_do_and_a_word_that_stays(tmp_path):
    box = DropFolder(tmp_path)
    plain = tick.unusable(box, PermissionError(13, "Permission denied"))
    assert plain == (
        f"{box.place} cannot be used (Permission denied); mount it or see to its rights"
    )
    known = tick.unusable(box, MailboxError("login", "the key is refused", "ask for another"))
    assert known == f"{box.place} cannot be used (the key is refused); ask for another"
    assert known.kind == "login"
    assert plain.kind == plain
