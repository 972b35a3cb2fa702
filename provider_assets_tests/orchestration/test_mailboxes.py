"""Another kind of mailbox: what the inbox does with a place that is no folder of this machine."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.orchestration.deliveries import take_in
from provider_assets.orchestration.inbox.decision import RosterRun
from provider_assets.orchestration.inbox.tick import InboxTick
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.port import FileChangedError, Mailbox, WaitingFile
from provider_assets_tests.orchestration.made_up import FAILED, LOADED
from provider_assets_tests.orchestration.test_inbox_tick import KnownHistory, KnownRuns

CONTENT = b"content"
SHA = sha256(CONTENT).hexdigest()


@dataclass
class Bucket:
    """Objects appear whole, have a mark instead of a change time, and are fetched to be read."""

    objects: dict[str, bytes] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    place: str = "the bucket rosters"

    def prepare(self) -> None:
        pass

    def scan(self):
        return [file for file in self.search() if file.address.startswith("s3://rosters/inbox/")]

    def overlooked(self):
        return []

    def is_settled(self, *_, **__):
        return True

    def hash(self, file):
        with self.take(file) as path:
            return sha256(path.read_bytes()).hexdigest()

    def look(self, address):
        return next((file for file in self.search() if file.address == address), None)

    def search(self):
        for address, content in sorted(self.objects.items()):
            yield WaitingFile(address, len(content), 0, 0, sha256(content).hexdigest()[:8])

    @contextmanager
    def take(self, file):
        if self.look(file.address) != file:
            raise FileChangedError
        with TemporaryDirectory() as folder:
            path = Path(folder) / file.name
            path.write_bytes(self.objects[file.address])
            yield path

    def put(self, file, tray, note=None):
        if self.look(file.address) != file:
            raise FileChangedError
        target = f"s3://rosters/{tray}/{file.name}"
        if note is not None:
            self.objects[f"{target}.txt"] = note.encode()
        self.objects[target] = self.objects.pop(file.address)

    def give_back(self, answers):
        self.given += [path.name for path in answers]

    def close(self):
        pass


def _tick(bucket: Mailbox, tmp_path: Path, *records) -> InboxTick:
    runs = KnownRuns()
    for file in bucket.search():
        if file.name == "mercy.csv":
            runs.runs.append(RosterRun("run-1", roster_key(file.name, SHA), file.token, 0.0))
    return InboxTick(bucket, KnownHistory(list(records)), runs, tmp_path)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket({"s3://rosters/inbox/mercy.csv": CONTENT})


def test_tick_starts_an_object_at_the_first_look(bucket, tmp_path):
    result = InboxTick(bucket, KnownHistory(), KnownRuns(), tmp_path).run({})
    (start,) = result.starts
    assert (start.delivery.roster, start.delivery.sha256) == (roster_key("mercy.csv", SHA), SHA)
    assert start.delivery.file.address == "s3://rosters/inbox/mercy.csv"


def test_tick_tells_a_new_content_under_an_old_name_apart(bucket):
    (before,) = bucket.scan()
    bucket.objects[before.address] = b"CONTENT"
    (after,) = bucket.scan()
    assert before.token != after.token


def test_tick_puts_away_what_is_loaded(bucket, tmp_path):
    record = replace(LOADED, sha256=SHA)
    result = _tick(bucket, tmp_path, record).run({})
    assert result.moved == (f"mercy.csv: to processed/, import {record.id}",)
    note = bucket.objects.pop("s3://rosters/processed/mercy.csv.txt")
    assert note.startswith(b"mercy.csv was loaded in part: 1 of its 7 rows is to be corrected.")
    assert bucket.objects == {"s3://rosters/processed/mercy.csv": CONTENT}


def test_tick_puts_away_what_is_at_fault_with_its_reason(bucket, tmp_path):
    record = replace(FAILED, sha256=SHA)
    _tick(bucket, tmp_path, record).run({})
    assert sorted(bucket.objects) == [
        "s3://rosters/failed/mercy.csv", "s3://rosters/failed/mercy.csv.txt",
    ]  # fmt: skip


@pytest.mark.parametrize("address", ["s3://rosters/inbox/mercy.csv", "s3://gone.csv", None])
def test_run_takes_its_roster_out_of_the_mailbox(bucket, tmp_path, address):
    taken = take_in(roster_key("mercy.csv", SHA), bucket, UPath(tmp_path), address, None)
    assert (taken.file, taken.sha256, taken.archived.read_bytes()) == ("mercy.csv", SHA, CONTENT)
    assert taken.archived.name == "mercy.csv"
    assert list(bucket.objects) == ["s3://rosters/inbox/mercy.csv"]


def test_run_whose_roster_is_nowhere_names_the_mailbox(bucket, tmp_path):
    with pytest.raises(UsageError, match="nor in the bucket rosters"):
        take_in("other-0123456789ab", bucket, UPath(tmp_path), None, None)
