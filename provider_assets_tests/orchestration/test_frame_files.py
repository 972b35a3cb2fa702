"""Frames on the disk, and those that a process keeps beside them."""

import subprocess
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest
from upath import UPath

from provider_assets.orchestration import frame_files
from provider_assets.orchestration.frame_files import frame_path, read_frame, write_frame
from provider_assets.providers.frames import CLEAN, REJECTED
from provider_assets.providers.roster import RosterFrame, RosterSource, Tally

SOURCE = RosterSource(
    "mercy-0123456789ab", "mercy.xlsx", "0" * 64, 1, "xlsx", "hospital_a", "f", ()
)


def frame(names=("Doe, Ann", "Roe, Bo")) -> RosterFrame:
    size = len(names)
    rows = pd.DataFrame({name: [f"{name} {at}" for at in range(size)] for name in CLEAN})
    rows = rows.assign(full_name=names, row=range(2, size + 2))
    rows["npi"] = [f"{2_000_000_000 + at}" for at in range(size)]
    rows = rows.astype({name: "str" for name in CLEAN if name != "row"}).astype({"row": "int64"})
    rows.index = pd.Index(range(size), dtype="int64", name="position")
    return RosterFrame(rows[list(CLEAN)], SOURCE, Tally(read=size, warnings={"npi-first-digit": 1}))


@pytest.fixture
def path(tmp_path) -> UPath:
    return frame_path(UPath(tmp_path), "mercy-0123456789ab", "clean_providers")


def from_disk(path: UPath, monkeypatch, columns=None) -> RosterFrame:
    with monkeypatch.context() as patch:
        patch.setattr(frame_files, "_kept", frame_files._Kept())
        return read_frame(path, columns)


@pytest.mark.parametrize("columns", [None, ["npi"], []])
def test_kept_frame_is_the_one_that_the_file_holds(path, monkeypatch, columns):
    write_frame(frame(), path)
    kept, stored = read_frame(path, columns), from_disk(path, monkeypatch, columns)

    assert kept.rows.equals(stored.rows)
    assert list(kept.rows.index) == list(stored.rows.index) == [0, 1]
    assert (kept.source, kept.tally) == (stored.source, stored.tally) == (SOURCE, frame().tally)


def test_frame_of_an_older_version_reads_as_one_of_today(path, monkeypatch):
    rows = frame().rows.rename(columns={"warnings": "codes"})
    rows.insert(rows.columns.get_loc("codes"), "left_as", pd.Series(None, rows.index, dtype="str"))
    write_frame(RosterFrame(rows, SOURCE, Tally()), path)
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["left_as"]), path)
    read = from_disk(path, monkeypatch).rows
    assert list(read.columns) == list(REJECTED)
    assert read["left_as"].isna().all()


def test_kept_frame_is_not_what_a_step_makes_of_it(path):
    write_frame(frame(), path)
    taken = read_frame(path).rows
    taken.pop("npi")
    taken.loc[0, "full_name"] = "changed"

    assert read_frame(path).rows.equals(frame().rows)


def test_frame_that_another_process_wrote_is_read_anew(path, monkeypatch):
    write_frame(frame(), path)
    other = frame(("Poe, Cy",))
    with monkeypatch.context() as patch:
        patch.setattr(frame_files, "_kept", frame_files._Kept())
        write_frame(other, path)

    assert read_frame(path).rows.equals(other.rows)


def test_only_small_frames_of_the_latest_roster_are_kept(path, tmp_path, monkeypatch):
    write_frame(frame(), path)
    write_frame(frame(), frame_path(UPath(tmp_path), "mercy-20123456789a", "clean_providers"))
    assert frame_files._kept.find(path) is None

    monkeypatch.setattr(frame_files, "KEPT_BYTES", 10)
    write_frame(frame(), path)
    assert frame_files._kept.find(path) is None
    assert read_frame(path).rows.equals(frame().rows)


def test_frame_in_a_bucket_is_not_kept():
    path = frame_path(UPath("memory://bucket"), "mercy-0123456789ab", "clean_providers")
    write_frame(frame(), path)

    assert frame_files._kept.find(path) is None
    assert read_frame(path).rows.equals(frame().rows)


def test_memory_that_is_freed_goes_back_to_the_system():
    told = subprocess.run(
        [sys.executable, "-c", FREED], check=True, capture_output=True, text=True
    ).stdout.split()

    grown, left = int(told[0]), int(told[1])
    assert grown > 100_000_000
    assert left < grown / 4


FREED = """
from pathlib import Path
from provider_assets.orchestration.process.memory import give_memory_back
import pyarrow as pa

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

give_memory_back()
before = resident()
arrays = [pa.repeat(1.0, 2_500_000) for _ in range(10)]
grown = resident() - before
del arrays
print(grown, resident() - before)
"""
