"""`doctor` reports what it cannot look at, and goes on."""

import json
import os
from contextlib import contextmanager

import pytest

from provider_assets.orchestration.command.doctor import _folder, _who_may_read
from provider_assets.orchestration.command.doctor_mailboxes import or_unreadable
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets_tests.rosters import sample_rows, write_xlsx

NOBODY = 65_534


@contextmanager
def as_nobody():
    """Root, who may read all, is somebody else meanwhile."""
    if own := not os.geteuid():
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if own:
            os.seteuid(0)


def _told(home):
    ran = home.call("doctor", "--json")
    return {one["subject"]: (one["level"], one["message"]) for one in json.loads(ran.stdout)}


def test_place_that_cannot_be_looked_at_is_reported_and_the_rest_as_well(sqlite_home):
    sqlite_home.set(DROP_FOLDER=str(sqlite_home.root / ("n" * 300)))
    told = _told(sqlite_home)
    level, message = told["drop folder"]
    assert level == "error"
    assert message.endswith("cannot be looked at (File name too long)")
    assert {"settings", "layouts", "Dagster's home", "storage", "runs"} <= told.keys()


def test_damaged_frame_is_reported(sqlite_home):
    path = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    sqlite_home.load(path)
    [frame] = sqlite_home.root.rglob("raw_providers.parquet")
    frame.write_bytes(frame.read_bytes()[:-20])
    level, message = _told(sqlite_home)["frames"]
    assert (level, message) == ("error", f"{str(frame)!r} is damaged, or cannot be read")


@pytest.mark.parametrize(
    "look",
    [
        lambda place: _folder("it", place / "inside"),
        lambda place: _who_may_read([place / "inside"], None),
        lambda place: iter(DropFolder(place / "inside").overlooked()),
    ],
    ids=["exists", "is_dir", "drop folder"],
)
def test_folder_that_this_user_may_not_enter_is_a_finding(tmp_path, look):
    place = tmp_path / "closed"
    (place / "inside").mkdir(parents=True)
    place.chmod(0)
    try:
        with as_nobody():
            found = list(or_unreadable("it", (each for one in [look] for each in one(place))))
    finally:
        place.chmod(0o700)
    assert [(one.subject, one.level) for one in found] == [("it", "error")]
    assert "cannot be looked at (Permission denied)" in found[0].message
