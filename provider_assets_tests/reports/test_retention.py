import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from upath import UPath

from provider_assets.reports.index import write_index
from provider_assets.reports.names import claim_name
from provider_assets.reports.retention import KeptPlaces, Removed, find_old, remove_old
from provider_assets_tests.reports.sample import imported

NOW = datetime.now(tz=UTC)
CUTOFF = NOW - timedelta(days=30)
OLD = (NOW - timedelta(days=31)).timestamp()
MERCY, NORTH = "mercy-3fa9c1d20b7e", "north-bbbbbbbbbbbb"


def write(path: Path, age: float | None = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("12345")
    if age is not None:
        os.utime(path, (age, age))
    return path


@pytest.fixture
def places(tmp_path: Path) -> KeptPlaces:
    return KeptPlaces(
        (tmp_path / "storage",), tmp_path / "rejects", tmp_path / "returns", tmp_path / "reports"
    )


def fill(places: KeptPlaces, roster: str, age: float | None = OLD) -> list[Path]:
    """What a roster leaves behind: archived copy, frames, workbooks, return files, a report."""
    digits = roster[-12:]
    name = claim_name(places.reports, roster, "2025-05-01")
    claim = places.reports / ".names" / name
    if age is not None:
        os.utime(claim, (age, age))
    storage = Path(str(places.storage[0]))
    return [
        write(storage / "archive" / (digits + "0" * 52) / "roster.xlsx", age),
        write(storage / "raw_providers" / f"{roster}.parquet", age),
        write(storage / "clean_providers" / roster / "frame.parquet", age),
        write(places.rejects / f"{name}_rejects.xlsx", age),
        write(places.rejects / f"{name}_filtered_2.csv", age),
        write(places.returns / f"{name}.csv", age),
        write(places.returns / f"{name}.json", age),
        write(places.reports / f"{name}.html", age),
    ]


def left(places: KeptPlaces) -> list[str]:
    root = places.reports.parent
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_old_files_of_a_roster_go_with_their_folders_and_names(places: KeptPlaces) -> None:
    fill(places, MERCY)
    assert remove_old(places, CUTOFF, spared=()) == Removed(files=8, size=40)
    assert left(places) == [
        "rejects", "reports", "reports/.names", "returns", "storage", "storage/archive",
        "storage/clean_providers",
    ]  # fmt: skip


def test_young_files_stay(places: KeptPlaces) -> None:
    written = fill(places, MERCY, age=None)
    assert remove_old(places, CUTOFF, spared=()) == Removed()
    assert all(path.exists() for path in written)
    assert (places.reports / ".names" / "mercy_2025-05-01").exists()


def test_roster_that_failed_or_waits_keeps_everything(places: KeptPlaces) -> None:
    mercy, north = fill(places, MERCY), fill(places, NORTH)
    assert remove_old(places, CUTOFF, spared={NORTH}) == Removed(8, 40)
    assert [path.exists() for path in (*mercy, *north)] == [False] * 8 + [True] * 8
    assert (places.reports / ".names" / "north_2025-05-01").exists()


def test_frame_of_a_roster_called_after_a_spared_one_stays(places: KeptPlaces) -> None:
    storage = Path(str(places.storage[0]))
    frame = write(storage / "raw_providers" / f"{NORTH}-aaaaaaaaaaaa.parquet")
    remove_old(places, CUTOFF, spared={NORTH})
    assert frame.exists()


def test_file_that_is_no_rosters_stays(places: KeptPlaces) -> None:
    fill(places, MERCY)
    storage = Path(str(places.storage[0]))
    kept = [
        write(places.rejects / "my notes.txt"),
        write(places.rejects / "corrected by hand.xlsx"),
        write(places.reports / "somebody_2025-05-01.html"),
        write(storage / "README"),
        write_index(places.reports, [imported(1)]),
    ]
    os.utime(kept[-1], (OLD, OLD))
    remove_old(places, CUTOFF, spared=())
    assert [path.exists() for path in kept] == [True] * 5


def test_what_a_dead_run_left_half_written_goes(places: KeptPlaces) -> None:
    aside = write(places.rejects / ".mercy_2025-05-01_rejects-0a1b2c3d.tmp.xlsx")
    young = write(places.rejects / ".mercy_2025-05-02_rejects-0a1b2c3d.tmp.xlsx", age=None)
    remove_old(places, CUTOFF, spared=())
    assert [aside.exists(), young.exists()] == [False, True]


def test_name_that_a_run_has_just_claimed_stays(places: KeptPlaces) -> None:
    claim_name(places.reports, MERCY, "2025-05-01")
    remove_old(places, CUTOFF, spared=())
    assert (places.reports / ".names" / "mercy_2025-05-01").exists()


def test_link_is_neither_followed_nor_removed(places: KeptPlaces, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / f"{MERCY}.parquet")
    storage = Path(str(places.storage[0]))
    storage.mkdir()
    (storage / f"{MERCY}.parquet").symlink_to(outside)
    (storage / "linked").symlink_to(outside.parent)
    assert list(find_old(places, CUTOFF, spared=())) == []


def test_folder_that_is_missing_holds_nothing(places: KeptPlaces) -> None:
    assert remove_old(places, CUTOFF, spared=()) == Removed()


def test_old_frames_go_from_a_store_that_is_no_folder(places: KeptPlaces) -> None:
    root = UPath("memory://retention")
    frame, spared = root / "raw" / f"{MERCY}.parquet", root / "raw" / f"{NORTH}.parquet"
    for path in (frame, spared):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
    bucket = KeptPlaces((root,), *places.back)
    assert remove_old(bucket, CUTOFF, spared={NORTH}) == Removed()
    future = datetime.now(tz=UTC) + timedelta(hours=1)
    assert remove_old(bucket, future, spared={NORTH}) == Removed(1, 5)
    assert (frame.exists(), spared.exists()) == (False, True)
