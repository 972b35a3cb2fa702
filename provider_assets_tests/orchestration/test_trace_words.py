"""What `trace` says in words of what an undo, a replay or a hand changed since."""

from provider_assets_tests.rosters import npi, person, write_xlsx


def test_trace_tells_what_a_hand_a_replay_and_an_undo_changed_since(sqlite_home):
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", [person(1), person(2)])
    sqlite_home.load(roster)
    sqlite_home.execute(
        f"UPDATE providerinfo SET PROV_FST_NM = 'By Hand' WHERE PROV_NPI = '{npi(1)}'"
    )
    told = sqlite_home.call("trace", npi(1)).stdout
    assert (
        _line(told, "PROV_FST_NM") == "PROV_FST_NM By Hand changed by somebody else since import 1"
    )
    assert _line(told, "PROV_LST_NM") == "PROV_LST_NM Quimby 1 mercy.xlsx Sheet1 2"

    sqlite_home.call("load", "--replay", roster)
    told = sqlite_home.call("trace", npi(2)).stdout
    assert "superseded: import 2 took its place): inserted" in " ".join(told.split())
    assert _line(told, "PROV_FST_NM") == "PROV_FST_NM Ada2 1 mercy.xlsx Sheet1 3"

    sqlite_home.call("undo", "2")
    assert "is not in the table now." in sqlite_home.call("trace", npi(2)).stdout
    told = sqlite_home.call("trace", npi(1)).stdout
    assert _line(told, "PROV_FST_NM") == "PROV_FST_NM By Hand not from an import"
    assert _line(told, "PROV_LST_NM").startswith("PROV_LST_NM Quimby 1 (taken back;")


def _line(told, column):
    return " ".join(next(line for line in told.splitlines() if column in line).split())
