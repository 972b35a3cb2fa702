"""The history as a whole, on the server and on SQLite."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from provider_assets.database.engine import DatabaseAddress, open_database
from provider_assets.database.loading.load import load_providers
from provider_assets.database.questions import overview
from provider_assets.database.recording import record_failure
from provider_assets.database.undoing.undo import undo
from provider_assets.providers.frames import CLEAN, empty
from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.roster import RosterSource, RowCounts

MERCY = RosterSource(
    "mercy-aaaaaaaaaaaa", "mercy.xlsx", "a" * 64, 9, "xlsx", "hospital_a", "f" * 12, sheets=()
)
RIVER = replace(MERCY, roster="river-bbbbbbbbbbbb", sha256="b" * 64, layout="hospital_b")


@pytest.fixture
def database(database_url):
    return open_database(DatabaseAddress(SecretStr(database_url)))


def request(source, **counts):
    reasons = {"npi-missing": counts["invalid"]} if counts.get("invalid") else {}
    return ImportRequest(
        source, "reject", RowCounts(**counts), "run-1", datetime.now(UTC), reasons=reasons
    )


def load(database, source, **counts):
    return load_providers(database, empty(CLEAN), request(source, **counts)).import_id


def test_overview_of_a_database_without_history_is_empty(database):
    assert overview.imports_of(database, ["a" * 64]) == {}
    assert overview.last_heard(database) == {}
    assert overview.totals(database) == overview.Totals()


def test_imports_of_contents_are_the_live_one_and_the_newest(database):
    live = load(database, MERCY)
    record_failure(database, request(MERCY), "database-transient", "no connection")
    newest = record_failure(database, request(MERCY), "corrupt", "no workbook")
    found = overview.imports_of(database, ["a" * 64, "c" * 64])
    assert {
        sha: sorted((each.id, each.state) for each in records) for sha, records in found.items()
    } == {"a" * 64: [(live, "loaded"), (newest, "failed")]}


def test_imports_of_many_contents_are_found_over_several_questions(database):
    load(database, MERCY)
    others = [f"{number:064x}" for number in range(1200)]
    assert list(overview.imports_of(database, [*others, MERCY.sha256])) == [MERCY.sha256]


def test_last_heard_is_by_layout_and_counts_failures_too(database):
    load(database, MERCY)
    record_failure(database, request(RIVER), "too-many-rejects", "…")
    record_failure(database, request(replace(RIVER, layout="")), "no-layout", "…")
    heard = overview.last_heard(database)
    assert sorted(heard) == ["hospital_a", "hospital_b"]
    assert all(moment.tzinfo is UTC for moment in heard.values())


def test_totals_count_every_import_once(database):
    load(database, MERCY, read=3, invalid=3)
    undo(database, load(database, RIVER, read=2, invalid=2))
    record_failure(database, request(RIVER, read=4, invalid=4), "too-many-rejects", "…")
    totals = overview.totals(database)
    assert dict(totals.imports) == {"loaded": 1, "undone": 1, "failed": 1}
    assert (totals.rows["read"], totals.rows["invalid"]) == (9, 9)
    assert dict(totals.reasons) == {"npi-missing": 9}
    assert dict(totals.failures) == {"too-many-rejects": 1}
    assert totals.seconds >= 0
    assert totals.last.tzinfo is UTC


def test_counts_never_fall_when_a_refusal_comes_again(database):
    load(database, MERCY, read=3, clean=3)
    slow = request(RIVER, read=4, invalid=4, left=1)
    slow = replace(slow, started=slow.started - timedelta(hours=1), warnings={"late": 3})
    record_failure(database, slow, "too-many-rejects", "…")
    before = overview.totals(database)
    for warnings in ({"late": 3}, {"late": 1}):
        again = replace(request(RIVER, read=4, invalid=4, left=1), warnings=warnings)
        record_failure(database, again, "too-many-rejects", "…")
        after = overview.totals(database)
        assert after.seconds == before.seconds > 0
        for name in ("rows", "reasons", "warnings", "failures"):
            assert getattr(after, name) >= getattr(before, name)
    assert after.last > before.last


def test_totals_count_those_who_left_among_the_invalid_and_by_themselves(database):
    load(database, MERCY, read=9, invalid=7, left=4)
    record_failure(database, request(RIVER, read=3, invalid=3, left=2), "too-many-rejects", "…")
    totals = overview.totals(database)
    assert (totals.rows["invalid"], totals.rows["left"]) == (10, 6)


def test_newest_states_say_what_became_of_each_content_last(database):
    assert overview.newest_states(database) == {}
    load(database, MERCY)
    load(database, RIVER)
    record_failure(database, request(MERCY), "corrupt", "no workbook")
    assert overview.newest_states(database) == {"a" * 64: "failed", "b" * 64: "loaded"}
