"""Mailboxes behind real servers: OpenSSH's sshd, and one that speaks S3."""

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from provider_assets.reading.mailbox import fetching, s3
from provider_assets.reading.mailbox.port import FileChangedError, MailboxError
from provider_assets_tests.places.both import (  # noqa: F401
    BUCKET,
    place,
    s3_place,
    s3_server,
    sftp_place,
    sshd,
)

# ruff: noqa: F811
CONTENT = b"NPI,Name\n2000000006,Ada\n"


@pytest.fixture
def mailbox(place):
    opened = place.opened()
    opened.prepare()
    yield opened
    opened.close()


def test_mailbox_lists_what_waits_and_nothing_else(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    for other in ("inbox/.hidden", "inbox/~$mercy.xlsx", "inbox/mercy.csv.part",
                  "inbox/deeper/other.csv", "processed/old.csv", "elsewhere.csv"):  # fmt: skip
        place.send(other, b"no")
    (file,) = mailbox.scan()
    assert (file.name, file.size) == ("mercy.csv", len(CONTENT))
    assert [each.name for each in mailbox.search()] == ["mercy.csv", "old.csv"]


def test_mailbox_hashes_and_takes_the_content_without_moving_it(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    (file,) = mailbox.scan()
    assert mailbox.hash(file) == sha256(CONTENT).hexdigest()
    with mailbox.take(file) as path:
        assert (path.name, path.read_bytes()) == ("mercy.csv", CONTENT)
    other = place.opened()
    other.fetched.keep_only([])  # what another machine has: nothing fetched yet
    with other.take(file) as path:
        assert (path.name, path.read_bytes()) == ("mercy.csv", CONTENT)
    other.close()
    assert place.files() == {"inbox/mercy.csv": CONTENT}


def test_mailbox_hashes_an_empty_file(place, mailbox):
    place.send("inbox/empty.csv", b"")
    (file,) = mailbox.scan()
    assert mailbox.hash(file) == sha256(b"").hexdigest()


def test_mailbox_finds_a_file_by_its_own_address_only(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    place.send("secret/other.csv", CONTENT)
    (file,) = mailbox.scan()
    assert mailbox.look(file.address) == file
    root = file.address.removesuffix("/inbox/mercy.csv")
    for address in (f"{root}/secret/other.csv", f"{root}/inbox/../secret/other.csv", "/etc/passwd",
                    f"{root}/inbox/gone.csv", f"{root}x/inbox/mercy.csv", ""):  # fmt: skip
        assert mailbox.look(address) is None, address


def test_mailbox_puts_away_with_a_note_and_overwrites_nothing(place, mailbox):
    for content in (b"first", b"second"):
        place.send("inbox/mercy.csv", content)
        (file,) = mailbox.scan()
        mailbox.put(file, "failed", f"why {content.decode()}\n")
    assert place.files() == {
        "failed/mercy.csv": b"first",
        "failed/mercy.csv.txt": b"why first\n",
        "failed/mercy (2).csv": b"second",
        "failed/mercy (2).csv.txt": b"why second\n",
    }


def test_put_that_was_cut_off_after_its_note_is_done_again_under_the_same_name(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    place.send("failed/mercy.csv.txt", b"why\n")
    (file,) = mailbox.scan()
    mailbox.put(file, "failed", "why\n")
    assert set(place.files()) == {"failed/mercy.csv", "failed/mercy.csv.txt"}


def test_put_of_another_content_than_was_looked_at_leaves_it(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    (file,) = mailbox.scan()
    place.send("inbox/mercy.csv", CONTENT + b"more")
    with pytest.raises(FileChangedError):
        mailbox.put(file, "processed")
    assert place.files() == {"inbox/mercy.csv": CONTENT + b"more"}


def test_hash_and_take_of_another_content_say_that_it_changed(place, mailbox):
    place.send("inbox/mercy.csv", CONTENT)
    (file,) = mailbox.scan()
    place.send("inbox/mercy.csv", CONTENT + b"more")
    with pytest.raises(FileChangedError):
        mailbox.hash(file)
    with pytest.raises(FileChangedError), mailbox.take(file):
        pass


def test_answers_go_back_into_folders_of_their_names_and_replace_earlier_ones(
    place, mailbox, tmp_path
):
    for text in ("one", "two"):
        for folder in ("rejects", "returns", "reports"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "mercy.txt").write_text(text)
        mailbox.give_back([tmp_path / folder / "mercy.txt" for folder in ("rejects", "reports")])
    assert place.files() == {"rejects/mercy.txt": b"two", "reports/mercy.txt": b"two"}


def test_answers_go_where_the_file_of_mailboxes_says(place, tmp_path):
    place.more = "\n    answers: for_you/mercy"
    opened = place.opened()
    (tmp_path / "rejects").mkdir()
    (tmp_path / "rejects" / "mercy.txt").write_text("one")
    opened.give_back([tmp_path / "rejects" / "mercy.txt"])
    opened.close()
    assert place.files() == {"for_you/mercy/rejects/mercy.txt": b"one"}


def test_long_file_is_fetched_over_several_looks_and_each_goes_on(place, mailbox, monkeypatch):
    content = os.urandom(5 << 20)
    place.send("inbox/large.xlsx", content)
    (file,) = mailbox.scan()
    slow = fetching.Fetched(mailbox.fetched.folder, seconds=0)
    object.__setattr__(mailbox, "fetched", slow)
    begun = []
    usual = mailbox.store.read
    monkeypatch.setattr(
        mailbox.store, "read", lambda file, offset: begun.append(offset) or usual(file, offset)
    )
    for _ in range(20):
        try:
            found = mailbox.hash(file)
        except FileChangedError:
            assert mailbox.scan() == [file]
            continue
        break
    assert found == sha256(content).hexdigest()
    assert begun == sorted(set(begun))
    assert len(begun) > 2


def test_copies_of_files_that_are_put_away_or_gone_are_removed(place, mailbox):
    for name in ("a.csv", "b.csv"):
        place.send(f"inbox/{name}", name.encode())
    first, second = mailbox.scan()
    for file in (first, second):
        mailbox.hash(file)
    mailbox.put(first, "processed")
    assert [each.name for each in mailbox.fetched.folder.iterdir()] == [second.token]
    with mailbox.take(second):
        pass
    mailbox.put(second, "processed")
    assert mailbox.scan() == []
    assert list(mailbox.fetched.folder.iterdir()) == []


def test_name_that_is_no_text_stops_nobody_behind_sftp(sftp_place, tmp_path):
    opened = sftp_place.opened()
    opened.prepare()
    inbox = os.fsencode(sftp_place.server.root / "inbox")
    Path(os.fsdecode(inbox + b"/m\xfcnchen.csv")).write_bytes(CONTENT)
    sftp_place.send("inbox/mercy.csv", CONTENT)
    (tmp_path / "elsewhere.csv").write_bytes(b"no")
    (sftp_place.server.root / "inbox" / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    found = opened.scan()
    assert {os.fsencode(file.name) for file in found} == {b"m\xfcnchen.csv", b"mercy.csv"}
    for file in found:
        assert opened.hash(file) == sha256(CONTENT).hexdigest()
        opened.put(file, "processed", "done\n")
    opened.close()
    names = (sftp_place.server.root / "processed").iterdir()
    assert sorted(os.fsencode(path.name) for path in names) == sorted(
        [b"m\xfcnchen.csv", b"m\xfcnchen.csv.txt", b"mercy.csv", b"mercy.csv.txt"]
    )


def test_file_behind_sftp_is_settled_when_it_stayed_the_same_by_our_own_clock(sftp_place):
    opened = sftp_place.opened()
    opened.prepare()
    sftp_place.send("inbox/mercy.csv", CONTENT)
    now = time.time()
    for written in (now - 86400, now + 86400):  # the server's clock is a day off
        os.utime(sftp_place.server.root / "inbox" / "mercy.csv", (written, written))
        (file,) = opened.scan()
        assert not opened.is_settled(file, now, 5, seen=None)
        assert not opened.is_settled(file, now, 5, seen=now - 4)
        assert opened.is_settled(file, now, 5, seen=now - 5)
    opened.close()


def test_object_is_settled_when_it_is_there(s3_place):
    s3_place.send("inbox/mercy.csv", CONTENT)
    opened = s3_place.opened()
    (file,) = opened.scan()
    assert opened.is_settled(file, time.time(), 60, seen=None)
    opened.close()


def test_new_object_of_the_same_size_is_another_delivery(s3_place):
    opened = s3_place.opened()
    s3_place.send("inbox/mercy.csv", b"one")
    (before,) = opened.scan()
    s3_place.send("inbox/mercy.csv", b"two")
    (after,) = opened.scan()
    opened.close()
    assert before.token != after.token


def test_bucket_lists_more_objects_than_one_page_holds(s3_place, monkeypatch):
    monkeypatch.setattr(s3, "PAGE", 2)
    for number in range(5):
        s3_place.send(f"inbox/{number}.csv", b"x")
    opened = s3_place.opened()
    assert len(opened.scan()) == 5
    opened.close()


def _trouble(opened) -> tuple[str, str]:
    def look():
        opened.prepare()
        return opened.scan()

    with pytest.raises(MailboxError) as caught:
        look()
    assert caught.value.advice
    return caught.value.kind, caught.value.strerror


def test_server_that_comes_and_goes_is_told_in_words_and_used_again(sftp_place):
    opened, server = sftp_place.opened(), sftp_place.server
    opened.prepare()
    sftp_place.send("inbox/mercy.csv", CONTENT)
    assert len(opened.scan()) == 1
    try:
        server.stop()
        assert _trouble(opened) == ("unreachable", "the connection was cut")
        assert _trouble(opened) == ("unreachable", "it cannot be reached: nobody listens there")
        server.host_key = "other_host_key"
        server.start()
        assert _trouble(opened) == (
            "host-key",
            f"the key that the server shows is not the one that {server.known_hosts} has for it",
        )
    finally:
        server.stop()
        server.host_key = "host_key"
        server.start()
    assert len(opened.scan()) == 1
    opened.close()


def test_server_whose_key_nobody_wrote_down_is_not_trusted(sftp_place):
    known = sftp_place.server.known_hosts.read_text()
    try:
        sftp_place.server.known_hosts.write_text("")
        opened = sftp_place.opened()
        assert _trouble(opened)[0] == "host-key"
        sftp_place.server.known_hosts.unlink()
        kind, told = _trouble(opened)
        assert kind == "known-hosts"
        assert told.endswith("known_hosts cannot be read (No such file or directory)")
    finally:
        sftp_place.server.known_hosts.write_text(known)
    opened.prepare()
    opened.close()


def test_renewed_key_is_used_at_the_next_look(sftp_place):
    server, key = sftp_place.server, sftp_place.server.key.read_text()
    opened = sftp_place.opened()
    try:
        server.key.write_text((server.folder / "other_user_key").read_text())
        assert _trouble(opened)[0] == "login"
        server.key.write_text("no key")
        assert _trouble(opened)[0] == "key"
        server.key.unlink()
        assert _trouble(opened) == (
            "secret", f"its key_file {server.key} cannot be read (No such file or directory)"
        )  # fmt: skip
    finally:
        server.key.write_text(key)
    opened.prepare()
    opened.close()


def test_folder_that_is_not_there_is_not_made(sftp_place):
    sftp_place.server.root.rmdir()
    opened = sftp_place.opened()
    assert _trouble(opened) == ("missing", "a folder is not there")
    assert not sftp_place.server.root.exists()
    sftp_place.server.root.mkdir()
    opened.prepare()
    opened.close()


def test_bucket_that_is_not_there_and_a_server_that_is_down_are_told_in_words(s3_place):
    client = s3_place.server.client()
    client.delete_bucket(Bucket=BUCKET)
    opened = s3_place.opened()
    try:
        assert _trouble(opened) == ("missing", "there is no such bucket")
        s3_place.server.stop()
        kind, told = _trouble(opened)
        assert (kind, told) == ("unreachable", "it cannot be reached, or the connection was cut")
    finally:
        s3_place.server.stop()
        s3_place.server.start()
    s3_place.server.client().create_bucket(Bucket=BUCKET)
    assert opened.scan() == []
    opened.close()
