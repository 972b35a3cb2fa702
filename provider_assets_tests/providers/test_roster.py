"""What travels between the rooms."""

from provider_assets.providers.frames import RAW, empty
from provider_assets.providers.roster import RosterFrame, RosterSource


def test_frame_that_is_let_go_holds_no_columns_and_keeps_its_source():
    source = RosterSource("mercy-0", "mercy.xlsx", "0", 1, "xlsx", "hospital_a", "f", ())
    frame = RosterFrame(empty(RAW), source)
    rows = frame.rows

    frame.let_go()

    assert list(rows.columns) == []
    assert frame.source == source
