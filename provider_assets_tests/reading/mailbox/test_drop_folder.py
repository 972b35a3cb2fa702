"""The mailbox on a real file system: what is seen, what settles, where files end up."""

import os
import socket
from pathlib import Path

import pytest

from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox import drop_folder, mounts
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.moving import look, move, note_path
from provider_assets.reading.mailbox.port import FileChangedError, WaitingFile
from provider_assets_tests.memory import other_disk

SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
AWKWARD_NAMES = [
    "with blanks and 'quotes' \"both\".xlsx",
    "two\nlines.csv",
    "😀 clinic.xlsx",
    "é" * 123 + ".csv",
    "x" * 246 + ".csv",
    "no suffix",
    "a." + "b" * 240,
    os.fsdecode(b"windows\xe9\x80name.csv"),
]


@pytest.fixture
def drop(tmp_path: Path) -> DropFolder:
    folder = DropFolder(tmp_path / "drop")
    folder.prepare()
    return folder


def deliver(drop: DropFolder, name: str, content: bytes = b"abc") -> WaitingFile:
    path = drop.inbox / name
    path.write_bytes(content)
    return look(path)


def everything(drop: DropFolder) -> dict[str, bytes]:
    return {
        str(path.relative_to(drop.root)): path.read_bytes()
        for path in sorted(drop.root.rglob("*"))
        if path.is_file()
    }


def test_prepare_makes_the_six_folders_and_may_be_repeated(drop):
    drop.prepare()
    assert sorted(path.name for path in drop.root.iterdir()) == [
        "failed",
        "inbox",
        "processed",
        "rejects",
        "reports",
        "returns",
    ]


def test_scan_sees_only_regular_files_that_are_complete(drop, tmp_path):
    for name in ("~$mercy.xlsx", ".hidden.csv", "up.tmp", "UP.PART", "x.crdownload"):
        deliver(drop, name)
    (drop.inbox / "folder.xlsx").mkdir()
    (tmp_path / "outside.csv").write_bytes(b"secret")
    (drop.inbox / "link.csv").symlink_to(tmp_path / "outside.csv")
    os.mkfifo(drop.inbox / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(drop.inbox, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/socket.csv")
        os.close(here)
        deliver(drop, "mercy.xlsx")
        assert [file.name for file in drop.scan()] == ["mercy.xlsx"]


def test_scan_gives_the_oldest_first(drop):
    for name, modified in (("new.csv", 300), ("old.csv", 100), ("middle.csv", 200)):
        deliver(drop, name)
        os.utime(drop.inbox / name, (modified, modified))
    assert [file.name for file in drop.scan()] == [
        "old.csv",
        "middle.csv",
        "new.csv",
    ]


def test_settled_counts_from_the_last_write_not_from_a_copied_modification_time(drop):
    deliver(drop, "copied.csv")
    os.utime(drop.inbox / "copied.csv", (100, 100))
    file = look(drop.inbox / "copied.csv")
    written = file.changed / 1e9
    assert not drop.is_settled(file, written + 2, 5, seen=0.0)
    assert drop.is_settled(file, written + 5.1, 5, seen=0.0)


@pytest.mark.parametrize("own", [True, False], ids=["disk", "share"])
def test_settled_takes_two_looks_where_the_clock_may_be_another_ones(drop, monkeypatch, own):
    monkeypatch.setattr(drop_folder, "is_on_this_machine", lambda _: own)
    file = deliver(drop, "mercy.xlsx")
    written = file.changed / 1e9
    assert drop.is_settled(file, written + 60, 5, seen=None) is own
    assert not drop.is_settled(file, written + 3, 5, seen=None)
    assert not drop.is_settled(file, written - 3, 5, seen=None)
    assert drop.is_settled(file, written - 3, 5, seen=0.0)


def test_mounts_tell_a_disk_from_a_share_and_from_the_unknown(tmp_path, monkeypatch):
    (tmp_path / "mounts").write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "//files/rosters /srv/a\\040share cifs rw 0 0\n"
        "host:/x /srv/nfs nfs4 rw 0 0\n"
        "tmpfs /srv/nfs/fast tmpfs rw 0 0\n"
        "odd /srv/odd fuse.odd rw 0 0\n"
    )
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "mounts")
    told = {
        place: mounts.is_on_this_machine(Path(place))
        for place in ("/srv/here", "/srv/a share/drop", "/srv/nfs/x", "/srv/nfs/fast", "/srv/odd")
    }
    assert list(told.values()) == [True, False, False, True, False]
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    assert not mounts.is_on_this_machine(Path("/srv/here"))


@pytest.mark.parametrize("name", ["Müller", os.fsdecode(b"M\xfcller")])
def test_mounts_with_other_letters_are_told_by_their_bytes(tmp_path, monkeypatch, name):
    line = b"/dev/sda1 / ext4 rw 0 0\n//files/x /srv/" + os.fsencode(name) + b" cifs rw 0 0\n"
    (tmp_path / "mounts").write_bytes(line)
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "mounts")
    places = [Path("/srv") / name / "drop", Path("/srv/other")]
    assert [mounts.is_on_this_machine(place) for place in places] == [False, True]


def test_settled_with_a_clock_in_the_future_does_not_wait_for_it(drop):
    file = deliver(drop, "future.csv")
    assert drop.is_settled(file, file.changed / 1e9 - 3600, 5, seen=0.0)


def test_token_differs_for_each_delivery_of_the_same_name_and_content(drop):
    first = deliver(drop, "a.csv")
    parked = drop.root / "parked"
    Path(first.address).rename(parked)
    parked.rename(Path(first.address))
    second = look(Path(first.address))
    assert (first.size, first.modified) == (second.size, second.modified)
    assert first.token != second.token
    assert second.token == look(Path(first.address)).token


def test_hash_of_a_waiting_file_is_its_sha256(drop):
    assert drop.hash(deliver(drop, "a.csv")) == SHA_OF_ABC


def test_hash_of_a_file_that_changed_since_the_look_is_refused(drop):
    file = deliver(drop, "a.csv")
    Path(file.address).write_bytes(b"other")
    with pytest.raises(FileChangedError):
        drop.hash(file)


def test_hash_follows_no_link_that_took_the_files_place(drop, tmp_path):
    file = deliver(drop, "a.csv")
    Path(file.address).unlink()
    Path(file.address).symlink_to(tmp_path / "outside")
    with pytest.raises(FileChangedError):
        drop.hash(file)


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_move_with_an_awkward_name_keeps_it_and_puts_the_note_beside(drop, name):
    target = move(deliver(drop, name), drop.failed, "why")
    assert target == drop.failed / name
    beside = note_path(target)
    assert beside.name.endswith(".txt")
    assert everything(drop) == {
        str(target.relative_to(drop.root)): b"abc",
        str(beside.relative_to(drop.root)): b"why",
    }


@pytest.mark.parametrize("name", AWKWARD_NAMES)
def test_move_onto_a_taken_name_numbers_it_and_loses_nothing(drop, name):
    first = move(deliver(drop, name, b"one"), drop.processed)
    second = move(deliver(drop, name, b"two"), drop.processed)
    third = move(deliver(drop, name, b"three"), drop.processed)
    assert [first.read_bytes(), second.read_bytes(), third.read_bytes()] == [
        b"one",
        b"two",
        b"three",
    ]
    assert " (2)" in second.name
    assert " (3)" in third.name
    assert max(len(os.fsencode(path.name)) for path in drop.processed.iterdir()) <= 255


def test_move_numbers_before_the_extension(drop):
    move(deliver(drop, "mercy.xlsx"), drop.processed)
    assert move(deliver(drop, "mercy.xlsx"), drop.processed).name == "mercy (2).xlsx"


def test_move_never_writes_a_note_over_a_roster_of_that_name(drop):
    move(deliver(drop, "x.csv.txt", b"a roster"), drop.processed)
    move(deliver(drop, "x.csv", b"another"), drop.processed, "note")
    assert everything(drop) == {
        "processed/x (2).csv": b"another",
        "processed/x (2).csv.txt": b"note",
        "processed/x.csv.txt": b"a roster",
    }


def test_move_cut_off_after_its_note_uses_the_note_again(drop):
    (drop.failed / "x.csv.txt").write_bytes(b"why")
    move(deliver(drop, "x.csv"), drop.failed, "why")
    assert everything(drop) == {"failed/x.csv": b"abc", "failed/x.csv.txt": b"why"}


def test_move_without_a_note_never_stands_beside_one_of_another_file(drop):
    (drop.processed / "x.csv.txt").write_bytes(b"about another")
    move(deliver(drop, "x.csv"), drop.processed)
    assert everything(drop) == {
        "processed/x (2).csv": b"abc", "processed/x.csv.txt": b"about another",
    }  # fmt: skip


def test_move_of_a_file_that_changed_since_the_look_leaves_it(drop):
    file = deliver(drop, "a.csv")
    Path(file.address).write_bytes(b"corrected")
    with pytest.raises(FileChangedError):
        move(file, drop.processed)
    assert everything(drop) == {"inbox/a.csv": b"corrected"}


def test_move_of_a_file_that_is_gone_is_told(drop):
    file = deliver(drop, "a.csv")
    Path(file.address).unlink()
    with pytest.raises(FileChangedError):
        move(file, drop.processed)


@pytest.mark.parametrize("note", ["why", None])
def test_move_puts_back_a_delivery_that_took_the_files_place_at_the_last_moment(
    drop, monkeypatch, note
):
    file = deliver(drop, "a.csv")
    rename = Path.rename

    def swap_then_rename(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        aside = self.with_name("aside")
        aside.write_bytes(b"a new delivery")
        aside.replace(self)
        if note is None:
            note_path(target).write_bytes(b"a roster that came there meanwhile")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", swap_then_rename)
    with pytest.raises(FileChangedError):
        move(file, drop.failed, note)
    meanwhile = {"failed/a.csv.txt": b"a roster that came there meanwhile"}
    assert everything(drop) == {"inbox/a.csv": b"a new delivery"} | ({} if note else meanwhile)


@pytest.fixture
def other_file_system(tmp_path) -> Path:
    """A folder on another file system than the tests' own."""
    folder = other_disk(tmp_path) / f"provider-assets-{os.getpid()}"
    folder.mkdir()
    yield folder
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def test_move_across_file_systems_leaves_one_file_with_its_note(drop, other_file_system):
    file = deliver(drop, "a.csv")
    assert Path(file.address).stat().st_dev != other_file_system.stat().st_dev
    target = move(file, other_file_system, "why")
    assert target == other_file_system / "a.csv"
    assert everything(drop) == {}
    assert {path.name: path.read_bytes() for path in other_file_system.iterdir()} == {
        "a.csv": b"abc",
        "a.csv.txt": b"why",
    }


def test_move_across_file_systems_that_was_cut_off_is_finished_not_doubled(drop, other_file_system):
    (other_file_system / "a.csv").write_bytes(b"abc")
    (other_file_system / "a.csv.txt").write_bytes(b"why")
    move(deliver(drop, "a.csv"), other_file_system, "why")
    assert everything(drop) == {}
    assert sorted(path.name for path in other_file_system.iterdir()) == ["a.csv", "a.csv.txt"]


def test_look_knows_the_files_of_its_own_folders_alone(drop, tmp_path):
    waiting = deliver(drop, "mercy.xlsx")
    (tmp_path / "elsewhere.xlsx").write_bytes(b"abc")
    (drop.inbox / "link.xlsx").symlink_to(tmp_path / "elsewhere.xlsx")
    assert drop.look(waiting.address) == waiting
    for other in ("elsewhere.xlsx", "drop/inbox/link.xlsx", "drop/inbox/gone.xlsx"):
        assert drop.look(str(tmp_path / other)) is None
    assert drop.look(str(drop.inbox / ".." / ".." / "elsewhere.xlsx")) is None


def test_search_finds_what_waits_and_what_was_put_away(drop):
    for name, tray in (("one.csv", "processed"), ("two.csv", "failed")):
        drop.put(deliver(drop, name), tray, "why")
    deliver(drop, "three.csv")
    assert [file.name for file in drop.search()] == [
        "three.csv", "one.csv", "one.csv.txt", "two.csv", "two.csv.txt",
    ]  # fmt: skip


def test_take_gives_the_file_and_leaves_it(drop):
    file = deliver(drop, "mercy.xlsx")
    with drop.take(file) as path:
        assert (path.name, path.read_bytes()) == ("mercy.xlsx", b"abc")
    assert drop.look(file.address) == file
    Path(file.address).unlink()
    with pytest.raises(FileChangedError), drop.take(file):
        pass


def test_give_back_copies_in_what_was_written_elsewhere_and_only_that(drop, tmp_path):
    ours, theirs = drop.root / "reports" / "a.html", tmp_path / "rejects" / "a_rejects.xlsx"
    theirs.parent.mkdir()
    for path in (ours, theirs):
        path.write_text("answer")
    inode = ours.stat().st_ino
    drop.give_back([ours, theirs])
    assert everything(drop) == {
        "rejects/a_rejects.xlsx": b"answer",
        "reports/a.html": b"answer",
    }
    assert ours.stat().st_ino == inode


def test_shown_writes_a_name_on_one_line():
    assert shown("two\nlines 😀 é.csv") == "two\\nlines 😀 é.csv"
    assert shown(os.fsdecode(b"bad\xff.csv")) == "bad\\xff.csv"
