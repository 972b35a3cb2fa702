"""How rows travel: every character arrives as it was, by whichever way."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from provider_assets.database.prepare import prepare
from provider_assets.providers.frames import FIELDS
from provider_assets_tests.database.rosters import GOOFY, MICKEY, held, load, npi_of, open_url

SPECIAL = (
    "\t tab", "new\nline", "carriage\rreturn", "nul\0byte", "back\\slash", "\\N", "NULL", "null",
    "'quoted'", '"double"', "%s %(x)s :name", "; DROP TABLE providerinfo; --", "é è ü", "Ł",
    "😀 \U0001d4b3", "\u202eltr", " leading", "trailing ", "=1+1", "\\", "\\\\", "\ufeffbom",
    "\x1a",
)  # fmt: skip


@pytest.mark.parametrize("local_infile", [True, False])
def test_value_of_any_character_arrives_as_it_was(database_url, local_infile, monkeypatch):
    _without_load_data(monkeypatch, local_infile)
    database = open_url(database_url)
    providers = [
        (value, None, value, f"n{value}", npi_of(number))
        for number, value in enumerate(SPECIAL)
        if not (database.is_sqlite and "\0" in value)
    ]
    result = load(database, providers)
    assert result.staged_by == (
        "load-data" if local_infile and not database.is_sqlite else "insert"
    )
    assert held(database) == providers
    with database.connect() as connection:
        columns = ", ".join(FIELDS)
        kept = connection.execute(text(f"SELECT {columns} FROM provider_import_row ORDER BY npi"))
        assert [tuple(row) for row in kept] == providers


def _without_load_data(monkeypatch, local_infile):
    if not local_infile:
        monkeypatch.setattr("provider_assets.database.staging._may_load_data", lambda _: False)


@pytest.mark.mysql
def test_random_characters_travel_alike_by_load_data_and_by_insert(mysql_url):
    database = open_url(mysql_url)
    prepare(database)
    numbers = itertools.count()
    cells = st.none() | st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=12
    )

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(st.lists(cells, min_size=1, max_size=8), st.booleans())
    def travel(values, local_infile):
        with pytest.MonkeyPatch.context() as patch:
            _without_load_data(patch, local_infile)
            providers = [
                (value, value, None, "x", npi_of(number)) for number, value in enumerate(values)
            ]
            result = load(database, providers, f"roster {next(numbers)}", on_existing="update")
        with database.connect() as connection:
            kept = connection.execute(
                text(
                    "SELECT entity_name, first_name, last_name, full_name, npi "
                    "FROM provider_import_row WHERE import_id = :id ORDER BY npi"
                ),
                {"id": result.import_id},
            )
            assert [tuple(row) for row in kept] == providers

    travel()


def test_load_of_a_server_without_local_infile_goes_by_insert(mysql_server, mysql_url):
    before = mysql_server.execute("SELECT @@GLOBAL.local_infile")[0][0]
    mysql_server.execute("SET GLOBAL local_infile = 0")
    try:
        result = load(open_url(mysql_url), [MICKEY, GOOFY])
    finally:
        mysql_server.execute(f"SET GLOBAL local_infile = {before}")
    assert (result.staged_by, result.rows.inserted) == ("insert", 2)
    assert held(open_url(mysql_url)) == [MICKEY, GOOFY]
