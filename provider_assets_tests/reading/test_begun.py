"""A roster that is read before its turn: the same rows, or none at all."""

import os
import time

import pytest

from provider_assets.errors import RosterError
from provider_assets.reading import begun
from provider_assets.reading.begun import begin_reading, begun_reading, forget_reading
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.mailbox.intake import sha256_of, stamp_of
from provider_assets.reading.nursery import NURSERY
from provider_assets.reading.roster import read_roster
from provider_assets.reading.sandbox import reading_job
from provider_assets_tests.rosters import sample_rows, write_xlsx

LAYOUTS, LIMITS = load_layouts(None), ReadingLimits()


@pytest.fixture
def runs_of_the_nursery(monkeypatch):
    """How often a file was given to a child."""
    given = []
    usual = NURSERY.run

    def run(*arguments):
        given.append(arguments)
        return usual(*arguments)

    monkeypatch.setattr(NURSERY, "run", run)
    return given


def begin(path, file="mercy.xlsx"):
    sha256 = sha256_of(path)
    begin_reading(sha256, stamp_of(path), reading_job(path, file, LAYOUTS), LIMITS)
    return sha256


def read(path, sha256):
    return read_roster(
        path, roster="r", file="mercy.xlsx", sha256=sha256, layouts=LAYOUTS, limits=LIMITS
    )


def test_roster_that_was_begun_is_read_once_and_gives_what_reading_it_gives(
    tmp_path, runs_of_the_nursery
):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    usual = read(path, "0" * 64)
    sha256 = begin(path)
    begin(path)
    copy = write_xlsx(tmp_path / "archived.xlsx", sample_rows())

    found = read(copy, sha256)

    assert found.rows.equals(usual.rows)
    assert found.source.sheets == usual.source.sheets
    assert len(runs_of_the_nursery) == 2
    assert begun._begun == {}


@pytest.mark.parametrize("change", ["touched", "replaced", "gone"])
def test_roster_that_changed_since_is_read_again(tmp_path, runs_of_the_nursery, change):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    copy = write_xlsx(tmp_path / "archived.xlsx", sample_rows())
    sha256 = begin(path)
    if change == "touched":
        os.utime(path, ns=(0, 0))
    else:
        path.unlink()
        if change == "replaced":
            write_xlsx(path, sample_rows()[:2])

    assert len(read(copy, sha256).rows) == len(sample_rows())
    assert len(runs_of_the_nursery) >= 2  # of a file that has gone, the child asks twice


def test_roster_that_changes_while_it_is_read_ahead_is_read_again(tmp_path, monkeypatch):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    copy = write_xlsx(tmp_path / "archived.xlsx", sample_rows())
    usual, given = NURSERY.run, []

    def run(*arguments):
        given.append(arguments)
        if len(given) == 1:
            time.sleep(0.3)  # by then the reading is asked for
            write_xlsx(path, sample_rows()[:2])
        return usual(*arguments)

    monkeypatch.setattr(NURSERY, "run", run)
    sha256 = begin(path)

    assert len(read(copy, sha256).rows) == len(sample_rows())
    assert len(given) == 2


def test_roster_begun_under_another_name_is_read_again(tmp_path, runs_of_the_nursery):
    path = write_xlsx(tmp_path / "other.xlsx", sample_rows())
    sha256 = begin(path, file="other.xlsx")

    assert read(path, sha256).source.file == "mercy.xlsx"
    assert len(runs_of_the_nursery) == 2


def test_refusal_of_a_roster_that_was_begun_is_the_roster_s(tmp_path):
    path = tmp_path / "mercy.xlsx"
    path.write_bytes(b"")
    sha256 = begin(path)

    with pytest.raises(RosterError) as refused:
        read(path, sha256)
    assert refused.value.code == "empty"


def test_reading_that_nobody_asks_for_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    sha256 = begin(path)
    with begun_reading(sha256, {**reading_job(path, "mercy.xlsx", LAYOUTS)}, LIMITS) as report:
        assert report is not None
    sha256 = begin(path)
    forgotten = begun._begun[sha256]
    forget_reading(sha256)
    forgotten._thread.join()

    assert begun._begun == {}
    assert list((tmp_path / "temporary").iterdir()) == []
