"""What goes wrong at a hospital's server: said in words, once; and then all goes on by itself."""

import os
import time
from dataclasses import dataclass
from hashlib import sha256

import pytest

from provider_assets.reading.mailbox.port import FileChangedError, MailboxError
from provider_assets_tests.orchestration.receivers import http_receiver
from provider_assets_tests.orchestration.test_doors import (  # noqa: F401
    MERCY,
    Door,
    _secrets,
    instance,
)
from provider_assets_tests.places.both import (  # noqa: F401
    Place,
    place,
    s3_place,
    s3_server,
    sftp_place,
    sshd,
)
from provider_assets_tests.places.front import Front, front_of
from provider_assets_tests.places.s3 import S3Server

# ruff: noqa: F811
ONCE = ["The mailbox mercy needs attention", "The mailbox mercy is in order again"]
CLOCK = "this machine's clock and the server's differ by too much"
REFUSALS = [
    ((400, "ExpiredToken"), "its credentials have expired"),
    ((403, "InvalidAccessKeyId"), "it does not know its credentials"),
    ((403, "AccessDenied"), "we may not list, read, write or delete there"),
    ((403, "RequestTimeTooSkewed"), CLOCK),
]


@dataclass
class Fronted(Place):
    """A place that we reach by way of a front."""

    front: Front | None = None

    @property
    def text(self) -> str:
        assert self.front is not None
        return super().text.replace(f":{self.server.port}", f":{self.front.port}")


@pytest.fixture
def fronted(place):
    """The place behind a front; its key is known under the front's port as well."""
    with front_of(place.server.port) as front:
        made = Fronted(place.server, place.homes, front=front)
        known = None
        if not isinstance(place.server, S3Server):
            known = place.server.known_hosts.read_text()
            more = known.replace(f":{place.server.port} ", f":{front.port} ")
            place.server.known_hosts.write_text(known + more)
        yield made
        if known is not None:
            place.server.known_hosts.write_text(known)


def _alerting(received) -> dict[str, str]:
    return {"PROVIDER_ASSETS_NOTIFY": f"json://127.0.0.1:{received.port}/"}


@pytest.mark.parametrize("place", ["s3"], indirect=True)
@pytest.mark.parametrize(("refusal", "words"), REFUSALS)
def test_refusal_of_a_bucket_is_told_once_and_the_roster_is_loaded_when_it_is_over(
    tmp_path, instance, sqlite_url, fronted, refusal, words
):
    fronted.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    with http_receiver() as received:
        door = Door(tmp_path, instance, sqlite_url, fronted, **_alerting(received))
        fronted.front.refuses = refusal
        for _ in range(3):
            assert words in door.look().skip_reason.skip_message
        fronted.front.refuses = None
        (request,) = door.look().run_requests
        fronted.front.refuses = refusal  # and once more while the run takes the roster in
        failed = door.run(request)
        assert not failed.success
        said = [
            event.event_specific_data.error.message for event in failed.get_step_failure_events()
        ]
        assert [words in each for each in said] == [True], said
        fronted.front.refuses = None
        (run,) = door.work()
        assert run.success
        assert [title for title, _ in received.messages] == ONCE
        assert words in received.messages[0][1]
    assert len(door.table()) == 5
    assert "processed/mercy_general.xlsx" in fronted.files()


def test_connection_that_is_cut_in_the_middle_of_a_file_goes_on_where_it_was(fronted):
    content = os.urandom(12 << 20)
    fronted.send("inbox/large.csv", content)
    mailbox = fronted.opened()
    mailbox.prepare()
    (file,) = mailbox.scan()
    mailbox.close()
    fronted.front.cuts = 5 << 20
    with pytest.raises(MailboxError) as cut:
        mailbox.hash(file)
    assert cut.value.kind == "unreachable"
    fronted.front.cuts = None
    fronted.front.sent.clear()
    assert mailbox.hash(file) == sha256(content).hexdigest()
    mailbox.close()
    time.sleep(0.2)
    assert sum(fronted.front.sent) < 9 << 20  # what was there already was not sent again


def test_cut_connections_are_told_once_and_the_roster_is_loaded_when_they_hold(
    tmp_path, instance, sqlite_url, fronted
):
    fronted.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    with http_receiver() as received:
        door = Door(tmp_path, instance, sqlite_url, fronted, **_alerting(received))
        fronted.front.cuts = 0
        for _ in range(3):
            assert "cannot be used" in door.look().skip_reason.skip_message
        fronted.front.cuts = None
        (run,) = door.work()
        assert run.success
        assert [title for title, _ in received.messages] == ONCE
    assert len(door.table()) == 5


@pytest.mark.parametrize("hours", [-1, 1])
def test_clock_of_a_server_that_is_wrong_neither_hurries_nor_delays_a_roster(
    tmp_path, instance, sqlite_url, sftp_place, hours
):
    sftp_place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    written = time.time() + hours * 3600
    os.utime(sftp_place.server.root / "inbox" / "mercy_general.xlsx", (written, written))
    door = Door(tmp_path, instance, sqlite_url, sftp_place)
    assert door.look().run_requests == []  # though it may look an hour old
    time.sleep(1.1)  # its `settle_seconds`
    assert len(door.look().run_requests) == 1


def test_upload_that_grows_between_two_looks_is_loaded_when_it_is_whole(
    tmp_path, instance, sqlite_url, sftp_place
):
    content = MERCY.read_bytes()
    door = Door(tmp_path, instance, sqlite_url, sftp_place)
    for size in (1000, 2000, len(content)):
        sftp_place.send("inbox/mercy_general.xlsx", content[:size])
        assert door.look().run_requests == []
        time.sleep(1.1)
    (request,) = door.look().run_requests
    assert door.run(request).success
    door.look()
    assert len(door.table()) == 5
    assert sftp_place.files()["processed/mercy_general.xlsx"] == content


def test_upload_that_goes_on_while_it_is_fetched_is_not_taken(sftp_place):
    sftp_place.send("inbox/large.csv", b"1" * (3 << 20))
    mailbox = sftp_place.opened()
    mailbox.prepare()
    (file,) = mailbox.scan()
    usual = mailbox.store.read

    def growing(of, offset):
        path = sftp_place.server.root / "inbox" / "large.csv"
        with path.open("ab") as more:
            more.write(b"2")
        return usual(of, offset)

    mailbox.store.read = growing
    with pytest.raises(FileChangedError):
        mailbox.hash(file)
    mailbox.close()
    assert list(mailbox.fetched.folder.rglob("*.csv")) == []


@pytest.mark.parametrize("place", ["sftp"], indirect=True)
def test_wrong_host_key_is_told_once_and_the_roster_is_loaded_when_it_is_right(
    tmp_path, instance, sqlite_url, place
):
    place.send("inbox/mercy_general.xlsx", MERCY.read_bytes())
    server = place.server
    with http_receiver() as received:
        door = Door(tmp_path, instance, sqlite_url, place, **_alerting(received))
        server.stop()
        server.host_key = "other_host_key"
        server.start()
        try:
            for _ in range(3):
                told = door.look().skip_reason.skip_message
                assert "the key that the server shows is not the one" in told
        finally:
            server.stop()
            server.host_key = "host_key"
            server.start()
        (run,) = door.work()
        assert run.success
        assert [title for title, _ in received.messages] == ONCE
    assert len(door.table()) == 5
