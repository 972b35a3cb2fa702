"""Frames and archive in a bucket: a real server that speaks S3, the real job."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from upath import UPath

from provider_assets.errors import RosterError
from provider_assets.leftovers import aside_of
from provider_assets.orchestration.frame_files import frames_root, read_frame
from provider_assets.reading.mailbox.archive import archive, archive_root, sweep_unfinished
from provider_assets.reports.retention import KeptPlaces, Removed, remove_old
from provider_assets_tests.places.both import s3_place, s3_server  # noqa: F401
from provider_assets_tests.places.s3 import KEYS

# ruff: noqa: F811
MERCY = Path(__file__).parents[2] / "examples" / "rosters" / "mercy_general.xlsx"


@pytest.fixture
def bucket(s3_place, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["aws_secret_access_key"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_place.server.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return s3_place.server


def _keys(bucket) -> list[str]:
    return bucket.keys("rosters")


def test_roster_is_loaded_with_frames_and_archive_in_a_bucket(sqlite_home, bucket):
    sqlite_home.set(STORAGE="s3://rosters/kept")
    (first,) = sqlite_home.load(MERCY)
    assert (first["status"], first["rows"]["inserted"]) == ("loaded", 5), first
    names = {key.removeprefix("kept/").partition("/")[0] for key in _keys(bucket)}
    assert names == {"archive", "frames"}
    assert not [key for key in _keys(bucket) if key.endswith(".part")]
    frame = frames_root(UPath("s3://rosters/kept")) / first["roster"] / "clean_providers.parquet"
    assert len(read_frame(frame).rows) == 5
    (again,) = sqlite_home.load(MERCY)
    assert again["status"] == "already_loaded"
    assert len(again["rejects"]) == 2
    (replayed,) = sqlite_home.load(MERCY, "--replay")
    assert (replayed["status"], replayed["rows"]["unchanged"]) == ("loaded", 5)
    assert not (sqlite_home.root / "var" / "storage").exists()


def test_bucket_that_is_not_there_is_not_made_and_is_told(sqlite_home, bucket):
    sqlite_home.set(STORAGE="s3://mistyped/kept")
    (result,) = sqlite_home.load(MERCY)
    assert result["status"] == "failed"
    assert result["error"]["code"] == "storage", result["error"]
    assert "there is no such bucket" in result["error"]["message"]
    names = [each["Name"] for each in bucket.client().list_buckets()["Buckets"]]
    assert "mistyped" not in names
    told = json.loads(sqlite_home.call("doctor", "--json").stdout)
    (about,) = [each for each in told if each["subject"] == "storage"]
    assert (about["level"], "no such bucket" in about["message"]) == ("error", True)


@pytest.mark.parametrize(
    ("storage", "told"),
    [
        ("gs://rosters/x", "needs a package that is not installed here"),
        ("nowhere://rosters", "is no place that is known"),
    ],
)
def test_storage_of_another_kind_is_told_in_a_sentence(sqlite_home, storage, told):
    sqlite_home.set(STORAGE=storage)
    called = sqlite_home.call("load", MERCY)
    assert told in called.stdout + called.stderr
    assert "Traceback" not in called.stderr


def test_server_of_the_bucket_that_is_down_is_told_and_the_roster_loads_later(
    sqlite_home, bucket, monkeypatch
):
    sqlite_home.set(STORAGE="s3://rosters/kept")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    UPath("s3://rosters").fs.clear_instance_cache()
    bucket.stop()
    try:
        (result,) = sqlite_home.load(MERCY)
        told = json.loads(sqlite_home.call("doctor", "--json").stdout)
    finally:
        bucket.start()
    assert (result["status"], result["error"]["code"]) == ("failed", "storage")
    assert "cannot be reached, or the connection was cut" in result["error"]["message"]
    (about,) = [each for each in told if each["subject"] == "storage"]
    assert about["level"] == "error"
    bucket.client().create_bucket(Bucket="rosters")
    UPath("s3://rosters").fs.clear_instance_cache()
    (result,) = sqlite_home.load(MERCY)
    assert result["status"] == "loaded"


def test_archive_that_changes_while_it_is_copied_leaves_nothing_in_the_bucket(bucket, tmp_path):
    (tmp_path / "mercy.csv").write_bytes(b"abc")
    storage = UPath("s3://rosters/kept")
    with pytest.raises(RosterError, match="changed while it was read"):
        archive(tmp_path / "mercy.csv", storage, "0" * 64)
    assert _keys(bucket) == []


HALF = """
import time
from upath import UPath
file = UPath("s3://rosters/kept/.unfinished/clean.parquet").open("wb")
file.write(bytes(60 << 20))  # more than one part of it has gone
print("half", flush=True)
time.sleep(600)
"""


def test_upload_that_is_cut_off_is_never_seen(bucket):
    with subprocess.Popen([sys.executable, "-c", HALF], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"half\n"
        writer.kill()
    begun = bucket.client().list_multipart_uploads(Bucket="rosters")["Uploads"]
    assert [each["Key"] for each in begun] == ["kept/.unfinished/clean.parquet"]
    assert _keys(bucket) == []


def test_what_a_killed_process_left_unfinished_goes_after_a_day(bucket):
    names = [f"kept/.unfinished/{aside_of('clean.parquet')}", "kept/.unfinished/somebodys"]
    for key in names:
        bucket.client().put_object(Bucket="rosters", Key=key, Body=b"x")
    storage = UPath("s3://rosters/kept")
    storage.fs.invalidate_cache()
    assert sweep_unfinished(storage) == 0
    assert sweep_unfinished(storage, seconds=-60) == 1
    assert _keys(bucket) == names[1:]


def test_retention_asks_the_bucket_no_more_for_more_files(bucket, tmp_path):
    folders = [tmp_path / name for name in ("rejects", "returns", "reports")]
    storage = UPath("s3://rosters/kept")
    places = KeptPlaces((archive_root(storage), frames_root(storage)), *folders)
    log, asked = bucket.folder / "s3.log", []
    for count in (3, 30):
        for number in range(count):
            key = f"kept/frames/mercy-{number:012x}/clean_providers.parquet"
            bucket.client().put_object(Bucket="rosters", Key=key, Body=b"x")
        storage.fs.invalidate_cache()
        before = log.read_text().count("HTTP/1.1")
        assert remove_old(places, datetime.now(UTC) - timedelta(days=1), set()) == Removed()
        asked.append(log.read_text().count("HTTP/1.1") - before)
    assert asked[0] == asked[1] > 0


def test_retention_removes_what_is_old_in_the_bucket(bucket, tmp_path):
    roster, content = "mercy-0123456789ab", "0123456789ab" + "0" * 52
    for key in (f"archive/{content}/mercy.csv", f"frames/{roster}/clean_providers.parquet"):
        bucket.client().put_object(Bucket="rosters", Key=f"kept/{key}", Body=b"x")
    storage = UPath("s3://rosters/kept")
    storage.fs.invalidate_cache()
    folders = [tmp_path / name for name in ("rejects", "returns", "reports")]
    places = KeptPlaces((archive_root(storage), frames_root(storage)), *folders)
    now = datetime.now(UTC)
    assert remove_old(places, now - timedelta(days=1), set()) == Removed()
    assert remove_old(places, now + timedelta(days=1), {roster}) == Removed()
    assert remove_old(places, now + timedelta(days=1), set()) == Removed(2, 2)
    assert _keys(bucket) == []
