"""The imports for the pages over them: what one roster costs does not grow with the history."""

import re

import pytest
from sqlalchemy import event, insert

from provider_assets.database.history import list_imports
from provider_assets.database.questions import listing
from provider_assets.database.questions.listing import ImportsInOrder
from provider_assets.database.recording import record_failure
from provider_assets.database.tables import imports
from provider_assets.orchestration.index import write_pages
from provider_assets_tests.database.rosters import MICKEY, load, open_url, request

NEWEST = 500


def made_history(url, count):
    """So many imports, every fifth number never used; the content of the oldest came twice."""
    database = open_url(url)
    load(database, [MICKEY])
    [sample] = list_imports(database)
    with database.connect(writing=True) as connection:
        kept = connection.execute(imports.select()).mappings().one()
        rows = [
            dict(kept) | {"id": sample.id + number, "live_sha256": None, "sha256": f"{number:064x}"}
            for number in range(1, count * 5 // 4)
            if number % 5
        ][: count - 1]
        if rows:
            connection.execute(insert(imports), rows)
            connection.commit()
    return database


class Cost:
    """How many statements were sent, and how many imports came back."""

    def __init__(self, database, monkeypatch):
        self.statements = self.records = 0
        event.listen(database.engine, "before_cursor_execute", self.count)
        usual = listing.as_record

        def counted(row):
            self.records += 1
            return usual(row)

        monkeypatch.setattr(listing, "as_record", counted)

    def count(self, *_):
        self.statements += 1

    def of(self, what, *arguments):
        self.statements = self.records = 0
        what(*arguments)
        return self.statements, self.records


def test_imports_in_order_are_those_of_the_history(database_url):
    database = made_history(database_url, 23)
    known = list_imports(database)[::-1]
    found = ImportsInOrder(database)
    assert len(found) == 23
    for places in (slice(0, 5), slice(20, 23), slice(None), slice(22, 40), slice(7, 7)):
        assert found[places] == known[places]
    for among in (1, 10, 23):
        hashes = [known[place].sha256 for place in (0, 4, 9, 22)]
        assert found.places_of(hashes, among) == {at for at in (0, 4, 9, 22) if at < among}
    assert found.places_of(["0" * 64], 23) == found.places_of([], 23) == set()


def test_imports_in_order_stay_as_they_stood_while_another_comes(database_url):
    database = made_history(database_url, 3)
    found = ImportsInOrder(database)
    known = found[:]
    load(database, [MICKEY], "another")
    assert (len(found), found[:], found[2:]) == (3, known, known[2:])


def test_imports_in_order_without_a_history_are_none(database_url):
    found = ImportsInOrder(open_url(database_url))
    assert (len(found), found[:], found.places_of(["0" * 64], 5)) == (0, [], set())


def test_pages_after_a_roster_cost_the_same_however_long_the_history_is(tmp_path, monkeypatch):
    costs = []
    for count in (600, 2_600):
        folder = tmp_path / str(count)
        folder.mkdir()
        database = made_history(f"sqlite:///{folder / 'providers.db'}", count)
        write_pages(folder, database)
        with monkeypatch.context() as patched:
            cost = Cost(database, patched)
            costs.append(cost.of(write_pages, folder, database, ("f" * 64,)))
    assert costs[0] == costs[1]
    assert costs[0][1] == NEWEST


def test_pages_show_what_became_of_an_old_import_and_write_no_other(
    sqlite_url, tmp_path, monkeypatch
):
    database = made_history(sqlite_url, 2_600)
    write_pages(tmp_path, database)
    reports = tmp_path / "reports"
    assert {path.name for path in reports.glob("*.html")} == {
        "index.html",
        *(f"index_{number}.html" for number in range(1, 6)),
    }
    old = ImportsInOrder(database)[700:701][0]
    with database.connect(writing=True) as connection:
        undone = imports.update().where(imports.c.id == old.id).values(state="undone")
        connection.execute(undone)
        connection.commit()
    before = {path.name: path.stat().st_ino for path in reports.iterdir()}
    cost = Cost(database, monkeypatch)
    assert cost.of(write_pages, tmp_path, database, (old.sha256,))[1] == 2 * NEWEST
    after = {path.name: path.stat().st_ino for path in reports.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"index.html", "index_2.html"}


def test_page_that_became_full_is_written_with_the_one_that_leads_to_it(
    sqlite_url, tmp_path, monkeypatch
):
    database = made_history(sqlite_url, 1_500)
    write_pages(tmp_path, database)
    reports = tmp_path / "reports"
    assert 'href="index.html"' in (reports / "index_2.html").read_text("utf-8")
    load(database, [MICKEY], "another")
    cost = Cost(database, monkeypatch)
    assert cost.of(write_pages, tmp_path, database, ("f" * 64,))[1] == 3 * NEWEST
    assert 'href="index_3.html"' in (reports / "index_2.html").read_text("utf-8")
    (reports / "index_1.html").unlink()
    write_pages(tmp_path, database, ("f" * 64,))
    assert (reports / "index_1.html").exists()


def shown_on_older_pages(reports, count):
    """The ids on the pages of older imports, the newest first."""
    pages = [
        (reports / f"index_{number}.html").read_text("utf-8") for number in range(count, 0, -1)
    ]
    return [int(found) for page in pages for found in re.findall(r'id="import-(\d+)"', page)]


def test_refusal_that_comes_again_moves_to_the_newest_page_and_each_import_stands_once(
    sqlite_url, tmp_path, monkeypatch
):
    database = made_history(sqlite_url, 2_500)
    place = 700
    old = ImportsInOrder(database)[place : place + 1][0]
    wanted = request("west")
    with database.connect(writing=True) as connection:
        content = {"sha256": wanted.source.sha256, "state": "failed"}
        connection.execute(imports.update().where(imports.c.id == old.id).values(content))
        connection.commit()
    record_failure(database, wanted, "corrupt", "broken")  # another answer: a row of its own
    assert not ImportsInOrder(database).any_moved([wanted.source.sha256])
    with database.connect(writing=True) as connection:  # as if it had come when the old one did
        connection.execute(imports.delete().where(imports.c.id == old.id))
        mine = imports.update().where(imports.c.sha256 == wanted.source.sha256)
        connection.execute(mine.values(id=old.id, finished=old.finished.replace(tzinfo=None)))
        connection.commit()
    write_pages(tmp_path, database)
    reports = tmp_path / "reports"
    before = {path.name: path.stat().st_ino for path in reports.iterdir()}
    assert record_failure(database, wanted, "corrupt", "broken") == old.id

    found = ImportsInOrder(database)
    assert found.any_moved([wanted.source.sha256])
    assert found.places_of([wanted.source.sha256], 2_500) == {2_499}
    assert [one.id for one in found[-1:]] == [old.id]
    cost = Cost(database, monkeypatch)
    # the newest, the three from the place that it left, and the first, which stays
    assert cost.of(write_pages, tmp_path, database, (wanted.source.sha256,))[1] == 5 * NEWEST
    after = {path.name: path.stat().st_ino for path in reports.iterdir()}
    assert {name for name in after if after[name] == before[name]} == {"index_1.html"}
    newest = [one.id for one in list_imports(database)]
    assert newest[0] == old.id
    assert shown_on_older_pages(reports, 4) == newest[NEWEST:]
    assert len(set(newest)) == len(newest) == 2_500


@pytest.mark.parametrize("count", [0, 1])
def test_pages_of_a_short_history_are_one(count, sqlite_url, tmp_path):
    database = made_history(sqlite_url, 1) if count else open_url(sqlite_url)
    write_pages(tmp_path, database, ())
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["index.html"]
