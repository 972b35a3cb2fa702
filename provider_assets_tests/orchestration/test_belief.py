"""What a run is told is checked before it touches a file: its path, its hash, its key."""

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from dagster import DagsterInstance, materialize
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.execution.api import execute_run
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from upath import UPath

from provider_assets.errors import UsageError
from provider_assets.orchestration.arrival import FROM_THE_ARCHIVE
from provider_assets.orchestration.build import build_definitions
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.orchestration.deliveries import take_in
from provider_assets.orchestration.frame_files import frame_path, free_key, write_frame
from provider_assets.providers.frames import RAW, empty
from provider_assets.providers.keys import digits_of_key, is_roster_key, roster_key
from provider_assets.providers.roster import RosterFrame, RosterSource, Tally
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.settings import process_settings
from provider_assets_tests.rosters import sample_rows, write_xlsx

ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("provider_assets"), "__repository__"),
    "import_roster",
)


@pytest.fixture
def place(tmp_path):
    """(drop folder, storage), both with nothing in them."""
    for folder in ("inbox", "processed", "failed"):
        (tmp_path / "drop" / folder).mkdir(parents=True)
    return DropFolder(tmp_path / "drop"), UPath(tmp_path / "storage")


def written(path: Path, text: str = "NPI,Name\n") -> tuple[Path, str, str]:
    """A file, its hash, its key."""
    path.write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return path, sha256, roster_key(path.name, sha256)


def frame(sha256: str, roster: str) -> RosterFrame:
    source = RosterSource(
        roster, "mercy.csv", sha256, 9, kind="csv", layout="generic", fingerprint="", sheets=()
    )
    return RosterFrame(empty(RAW), source, Tally())


@pytest.mark.parametrize("outside", ["secret.csv", "drop/../secret.csv", "drop/inbox/link/s.csv"])
def test_path_outside_the_drop_folder_and_the_archive_is_not_read(place, tmp_path, outside):
    drop, storage = place
    (tmp_path / "elsewhere").mkdir()
    (drop.inbox / "link").symlink_to(tmp_path / "elsewhere")
    path, sha256, key = written(tmp_path / outside)
    with pytest.raises(UsageError, match="and no other path"):
        take_in(key, drop, storage, str(path), sha256)
    assert not storage.exists()


def test_path_that_may_not_be_read_does_not_hide_the_archived_copy(place, tmp_path):
    drop, storage = place
    path, sha256, key = written(drop.inbox / "mercy.csv")
    taken = take_in(key, drop, storage, str(path), sha256)
    path.unlink()
    outside, _, _ = written(tmp_path / "mercy.csv", "changed since")
    assert take_in(key, drop, storage, str(outside), sha256) == replace(taken, instead=True)
    assert take_in(key, drop, storage, taken.archived.path, None) == taken


def test_path_that_the_command_line_named_is_read_wherever_it_lies(place, tmp_path):
    drop, storage = place
    path, sha256, key = written(tmp_path / "mercy.csv")
    assert take_in(key, drop, storage, str(path), sha256, any_path=True).sha256 == sha256


def run_with_path(instance: DagsterInstance, path: Path, asked: str) -> tuple[bool, list[str]]:
    """A run of the file's roster whose config names the file: whether it succeeded, its log."""
    key = roster_key(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    recon = ReconstructableRepository.for_module("provider_assets.definitions", "defs")
    job = recon.get_reconstructable_job("import_roster")
    instance.add_dynamic_partitions("rosters", [key])
    run = instance.create_run_for_job(
        job.get_definition(),
        run_config={"ops": {"raw_providers": {"config": {"path": str(path)}}}},
        tags={"dagster/partition": key},
        job_code_origin=job.get_python_origin(),
        remote_job_origin=ORIGIN if asked == "web server" else None,
    )
    ran = execute_run(job, run, instance)
    return ran.success, [entry.user_message for entry in instance.all_logs(run.run_id)]


@pytest.mark.parametrize("asked", ["command line", "web server"])
def test_run_that_was_asked_for_elsewhere_takes_in_no_path_of_its_config(sqlite_home, asked):
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    with open_instance(process_settings()) as instance:
        succeeded, _ = run_with_path(instance, path, asked)
    assert succeeded == (asked == "command line")
    assert (sqlite_home.root / "var" / "storage").exists() == (asked == "command line")


def test_run_that_takes_the_archives_copy_in_the_place_of_a_path_says_so(sqlite_home):
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    with open_instance(process_settings()) as instance:
        taken, first = run_with_path(instance, path, "command line")
        again, second = run_with_path(instance, path, "web server")
    assert taken
    assert again
    assert FROM_THE_ARCHIVE not in first
    assert second.count(FROM_THE_ARCHIVE) == 1


def test_file_of_another_content_than_the_partitions_is_refused(place):
    drop, storage = place
    _, _, key = written(drop.processed / "mercy.csv")
    path, sha256, _ = written(drop.inbox / "other.csv", "another\n")
    for told in (None, sha256):
        with pytest.raises(UsageError, match="another content than this partition"):
            take_in(key, drop, storage, str(path), told)
    with pytest.raises(UsageError, match="64 hex digits"):
        take_in(key, drop, storage, str(path), "../../../escape")
    assert not storage.exists()


@pytest.mark.parametrize(
    "key",
    ["../../escape-0123456789ab", "/etc/x-0123456789ab", "mercy", "mercy-0123456789AB", "-0" * 13],
)
def test_partition_whose_key_is_none_of_ours_ends_with_a_sentence_and_touches_nothing(
    sqlite_home, key
):
    settings = process_settings()
    resources = build_definitions().resources
    with DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("rosters", [key])
        assets = list(build_definitions().assets)
        ran = materialize(
            assets, partition_key=key, instance=instance, resources=resources, raise_on_error=False
        )
    failed = [event for event in ran.all_events if event.is_step_failure]
    told = {event.event_specific_data.user_failure_data.description for event in failed}
    assert told == {
        f"{key!r} is not the key of a roster; drop the file into the inbox, or load it with "
        "`provider-assets load`, and it gets one"
    }
    assert not Path(settings.storage).exists()
    assert [path.name for path in sqlite_home.root.rglob("*.parquet")] == []


def test_contents_whose_hashes_begin_alike_have_keys_and_frames_of_their_own(tmp_path):
    storage = UPath(tmp_path)
    one, other = "0123456789ab" + "0" * 52, "0123456789ab" + "1" * 52
    usual = free_key(storage, "mercy.csv", one)
    assert usual == free_key(storage, "mercy.csv", other) == "mercy-0123456789ab"
    write_frame(frame(one, usual), frame_path(storage, usual, "raw_providers"))
    long = free_key(storage, "mercy.csv", other)
    assert (free_key(storage, "mercy.csv", one), long) == (usual, f"mercy-{other}")
    assert is_roster_key(long)
    assert digits_of_key(long) == digits_of_key(usual) == "0123456789ab"


def test_key_that_another_content_has_is_refused_until_the_file_has_a_longer_one(place):
    drop, storage = place
    path, sha256, key = written(drop.inbox / "mercy.csv")
    write_frame(frame(sha256[:12] + "0" * 52, key), frame_path(storage, key, "raw_providers"))
    with pytest.raises(UsageError, match="it gets a longer one"):
        take_in(key, drop, storage, str(path), sha256)
    longer = free_key(storage, path.name, sha256)
    taken = take_in(longer, drop, storage, str(path), sha256)
    path.unlink()
    assert take_in(longer, drop, storage, None, None) == taken


def test_roster_that_was_loaded_from_a_path_is_made_anew_from_the_archive(sqlite_home):
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    [result] = sqlite_home.load(path)
    path.unlink()
    settings = process_settings()
    taken = take_in(
        result["roster"],
        DropFolder(settings.drop_folder),
        UPath(settings.storage),
        str(path),
        result["sha256"],
    )
    assert taken.sha256 == result["sha256"]


class Guarded(DropFolder):
    """A drop folder of which some files may not be read: root, who runs tests, may read all."""

    asked: ClassVar[list[str]] = []

    @contextmanager
    def take(self, file):
        self.asked.append(file.address)
        if "/inbox/" in file.address:
            raise PermissionError(13, "Permission denied")
        with super().take(file) as path:
            yield path


def test_roster_is_looked_for_among_files_of_its_name_and_past_those_that_cannot_be_read(place):
    drop, storage = Guarded(place[0].root), place[1]
    Guarded.asked.clear()
    for name in ("other.csv", "another.csv"):
        written(drop.processed / name)
    written(drop.inbox / "mercy.csv", "something else")
    path, sha256, key = written(drop.processed / "mercy.csv")
    taken = take_in(key, drop, storage, None, None)
    assert (taken.sha256, taken.archived.read_bytes()) == (sha256, path.read_bytes())
    assert Guarded.asked == [str(drop.inbox / "mercy.csv"), str(path)]


def test_roster_whose_only_files_cannot_be_read_is_told_so(place):
    drop = Guarded(place[0].root)
    _, _, key = written(drop.inbox / "mercy.csv")
    with pytest.raises(
        UsageError, match=r"1 of its name in the drop folder .* cannot be read; give"
    ):
        take_in(key, drop, place[1], None, None)


def test_archived_file_that_was_changed_since_is_not_loaded(sqlite_home):
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    [result] = sqlite_home.load(path)
    [kept] = (sqlite_home.root / "var/storage/archive" / result["sha256"]).iterdir()
    write_xlsx(kept, sample_rows()[:1])
    assets = list(build_definitions().assets)
    with DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("rosters", [result["roster"]])
        ran = materialize(
            assets,
            partition_key=result["roster"],
            instance=instance,
            resources=build_definitions().resources,
            raise_on_error=False,
        )
    [failed] = [event for event in ran.all_events if event.is_step_failure]
    told = failed.event_specific_data.user_failure_data.description
    assert "in the archive is not what was delivered" in told
    assert len(sqlite_home.table()) == 5
