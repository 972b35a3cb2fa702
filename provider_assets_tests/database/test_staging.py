"""How rows travel: every character arrives as it was, by whichever way."""

import itertools
import threading

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from provider_assets.database.dialects.mysql.load_data import LINES_WRITER, load_data
from provider_assets.database.dialects.mysql.load_data import _write_lines as write_lines
from provider_assets.database.loading.staging import COLUMNS
from provider_assets.database.prepare import prepare
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets_tests.database.rosters import (
    GOOFY,
    MICKEY,
    clean,
    held,
    is_sqlite,
    load,
    npi_of,
    open_url,
    way_in,
)
from provider_assets_tests.mysql.server import set_globally

LOAD_DATA = "provider_assets.database.dialects.mysql.load_data"
MAY_LOAD_DATA = f"{LOAD_DATA}.may_load_data"
LINES_OF = f"{LOAD_DATA}._write_lines"
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
        if not (is_sqlite(database) and "\0" in value)
    ]
    result = load(database, providers)
    assert result.staged_by == (way_in(database) if local_infile else "insert")
    assert held(database) == providers
    with database.connect() as connection:
        columns = ", ".join(TABLE_FIELDS)
        kept = connection.execute(text(f"SELECT {columns} FROM provider_import_row ORDER BY npi"))
        assert [tuple(row) for row in kept] == providers


def _without_load_data(monkeypatch, local_infile):
    if not local_infile:
        monkeypatch.setattr(MAY_LOAD_DATA, lambda _: False)


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


@pytest.mark.mysql
@pytest.mark.parametrize(("allowed", "way"), [(0, "insert"), (1, "load-data")])
def test_load_goes_the_way_that_the_server_allows(allowed, way, mysql_server, mysql_url):
    with set_globally(mysql_server, local_infile=allowed):
        result = load(open_url(mysql_url), [MICKEY, GOOFY])
    assert (result.staged_by, result.rows.inserted) == (way, 2)
    assert held(open_url(mysql_url)) == [MICKEY, GOOFY]


@pytest.fixture
def load_data_allowed(mysql_server):
    """The server takes `LOAD DATA LOCAL` meanwhile."""
    with set_globally(mysql_server, local_infile=1):
        yield


@pytest.mark.mysql
@pytest.mark.usefixtures("load_data_allowed")
@pytest.mark.parametrize("fault", [ValueError("mouse"), BrokenPipeError()])
def test_lines_that_end_too_early_leave_nothing(mysql_url, monkeypatch, fault):
    def write_one(rows, file):
        write_lines(rows.slice(0, 1), file)
        raise fault

    database = open_url(mysql_url)
    with monkeypatch.context() as patch:
        patch.setattr(LINES_OF, write_one)
        with pytest.raises((ValueError, TerminalDatabaseError)):
            load(database, [MICKEY, GOOFY])
    assert held(database) == []
    assert load(database, [MICKEY, GOOFY]).rows.inserted == 2


@pytest.mark.mysql
@pytest.mark.usefixtures("load_data_allowed")
def test_lines_that_the_server_does_not_take_keep_no_thread(mysql_schema):
    """More than a pipe holds, to a table that is not there."""
    database = open_url(mysql_schema.admin_url)
    prepare(database)
    rows = pa.Table.from_pandas(clean([MICKEY]).loc[[0] * 200_000, list(COLUMNS)])
    with database.connect() as connection:
        connection.execute(text("RENAME TABLE provider_import_row TO elsewhere"))
        with pytest.raises(ProgrammingError):
            load_data(connection, 1, rows, ("inserted", "delete"))
    assert [thread for thread in threading.enumerate() if thread.name == LINES_WRITER] == []
