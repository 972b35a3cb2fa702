"""A place behind SFTP and one in a bucket, each real, with one way to look into both."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provider_assets.reading.mailbox.choosing import open_mailbox
from provider_assets.reading.mailbox.port import Mailbox
from provider_assets.reading.mailboxes import parse_mailboxes
from provider_assets_tests.places.s3 import KEYS, S3Server
from provider_assets_tests.places.sshd import Sshd

BUCKET = "rosters"


@dataclass
class Place:
    """A sender's side of a mailbox: `text` is its part of the file of mailboxes."""

    server: Sshd | S3Server
    homes: Path
    name: str = "mercy"
    more: str = ""

    @property
    def text(self) -> str:
        if isinstance(self.server, Sshd):
            told = f"""
  - name: {self.name}
    address: {self.server.address}
    known_hosts: {self.server.known_hosts}
    key_file: {self.server.key}
    settle_seconds: 1
    every_seconds: 1"""
        else:
            told = f"""
  - name: {self.name}
    address: s3://{BUCKET}/in
    endpoint: {self.server.endpoint}
    region: us-east-1
    access_key_id_env: MERCY_ID
    secret_access_key_env: MERCY_SECRET
    every_seconds: 1"""
        return told + self.more + "\n"

    def opened(self) -> Mailbox:
        (described,) = parse_mailboxes(f"mailboxes:{self.text}", "mailboxes.yaml").mailboxes
        known = {
            "MERCY_ID": KEYS["aws_access_key_id"],
            "MERCY_SECRET": KEYS["aws_secret_access_key"],
        }
        return open_mailbox(described, self.homes, known.get)

    def send(self, path: str, content: bytes) -> None:
        if isinstance(self.server, Sshd):
            target = self.server.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        else:
            self.server.client().put_object(Bucket=BUCKET, Key=f"in/{path}", Body=content)

    def files(self) -> dict[str, bytes]:
        if isinstance(self.server, Sshd):
            root = self.server.root
            found = [path for path in root.rglob("*") if path.is_file()]
            return {str(path.relative_to(root)): path.read_bytes() for path in sorted(found)}
        client = self.server.client()
        return {
            key.removeprefix("in/"): client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            for key in self.server.keys(BUCKET)
        }


@pytest.fixture(scope="session")
def sshd(tmp_path_factory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    server.make()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[S3Server]:
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sftp_place(sshd, tmp_path) -> Place:
    shutil.rmtree(sshd.root)
    sshd.root.mkdir()
    return Place(sshd, tmp_path / "mailboxes")


@pytest.fixture
def s3_place(s3_server, tmp_path) -> Place:
    client = s3_server.client()
    if BUCKET in [each["Name"] for each in client.list_buckets()["Buckets"]]:
        for key in s3_server.keys(BUCKET):
            client.delete_object(Bucket=BUCKET, Key=key)
    else:
        client.create_bucket(Bucket=BUCKET)
    return Place(s3_server, tmp_path / "mailboxes")


@pytest.fixture(params=["sftp", "s3"])
def place(request) -> Place:
    return request.getfixturevalue(f"{request.param}_place")
