"""A roster that is written to while it is read is no roster yet."""

from contextlib import contextmanager

import pytest

from provider_assets.errors import FileCode, RosterError
from provider_assets.reading import roster
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.mailbox.intake import sha256_of
from provider_assets_tests.rosters import sample_rows, write_xlsx


def _read(path):
    return roster.read_roster(
        path,
        roster="mercy-0123456789ab",
        file=path.name,
        sha256=sha256_of(path),
        layouts=load_layouts(None),
        limits=ReadingLimits(),
    )


def test_roster_that_changes_after_its_reader_is_done_is_refused(tmp_path, monkeypatch):
    path = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    usual = roster.run_reader

    @contextmanager
    def run(*arguments):
        with usual(*arguments) as report:
            write_xlsx(path, sample_rows()[:2])
            yield report

    assert len(_read(path).rows) == len(sample_rows())
    monkeypatch.setattr(roster, "run_reader", run)
    with pytest.raises(RosterError) as raised:
        _read(path)
    assert raised.value.code == FileCode.CHANGED_WHILE_READING
    assert "mercy.xlsx" in raised.value.message
