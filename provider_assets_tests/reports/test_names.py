from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provider_assets.moments import local_day
from provider_assets.reports.names import claim_name, claimed_name, owner_of

ONE, OTHER = "mercy-3fa9c1d20b7e", "mercy-aaaaaaaaaaaa"
DAY = "2025-05-01"


def test_first_roster_of_a_day_gets_the_plain_name(tmp_path: Path) -> None:
    assert claim_name(tmp_path, ONE, DAY) == "mercy_2025-05-01"
    assert owner_of(tmp_path, "mercy_2025-05-01") == ONE


def test_second_roster_with_the_stem_gets_its_digits_in_the_name(tmp_path: Path) -> None:
    claim_name(tmp_path, ONE, DAY)
    assert claim_name(tmp_path, OTHER, DAY) == "mercy-aaaaaaaaaaaa_2025-05-01"
    assert claim_name(tmp_path, OTHER, "2025-05-02") == "mercy_2025-05-02"


def test_same_roster_again_keeps_its_name(tmp_path: Path) -> None:
    names = [claim_name(tmp_path, roster, DAY) for roster in (ONE, OTHER, ONE, OTHER)]
    assert names[:2] == names[2:]


def test_names_that_differ_only_in_case_are_one_name(tmp_path: Path) -> None:
    claim_name(tmp_path, ONE, DAY)
    assert claim_name(tmp_path, "MERCY-bbbbbbbbbbbb", DAY) == "MERCY-bbbbbbbbbbbb_2025-05-01"


def test_roster_whose_stem_is_anothers_key_takes_no_file_of_it(tmp_path: Path) -> None:
    claim_name(tmp_path, ONE, DAY)
    taken = claim_name(tmp_path, OTHER, DAY)
    assert claim_name(tmp_path, f"{OTHER}-cccccccccccc", DAY) != taken


def test_many_rosters_at_once_get_a_name_each(tmp_path: Path) -> None:
    rosters = [f"mercy-{number:012x}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda roster: claim_name(tmp_path, roster, DAY), rosters))
    assert len(set(names)) == 40
    assert [claimed_name(tmp_path, roster, DAY) for roster in rosters] == names


def test_name_of_a_roster_that_took_none_is_none(tmp_path: Path) -> None:
    assert claimed_name(tmp_path, ONE, DAY) is None
    claim_name(tmp_path, ONE, DAY)
    assert claimed_name(tmp_path, OTHER, DAY) is None


def test_claim_that_was_cut_off_by_a_crash_belongs_to_nobody(tmp_path: Path) -> None:
    (tmp_path / ".names").mkdir()
    (tmp_path / ".names" / "mercy_2025-05-01").touch()
    assert owner_of(tmp_path, "mercy_2025-05-01") is None
    assert claim_name(tmp_path, ONE, DAY) == "mercy-3fa9c1d20b7e_2025-05-01"
    assert claimed_name(tmp_path, ONE, DAY) == "mercy-3fa9c1d20b7e_2025-05-01"


@pytest.mark.parametrize("roster", ["../x-3fa9c1d20b7e", "a/b-3fa9c1d20b7e", "a\\b-3fa9c1d20b7e"])
def test_key_that_is_a_path_is_refused(tmp_path: Path, roster: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        claim_name(tmp_path, roster, DAY)


def test_day_is_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Chicago")
        time.tzset()
        assert local_day("2025-05-01T03:00:00+00:00") == "2025-04-30"
        assert local_day(datetime(2025, 5, 1, 12, tzinfo=UTC)) == "2025-05-01"
    time.tzset()
