"""Every shape of the application's table: each that can work does, each that cannot is told."""

import pandas as pd
import pytest

from provider_assets.database.dialects.mysql.charsets import CODECS
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.prepare import prepare, read_capacity
from provider_assets.database.questions.held import held_providers
from provider_assets.database.questions.trace import trace
from provider_assets.database.undoing.undo import undo
from provider_assets.errors import TerminalDatabaseError
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.facts import Facts
from provider_assets.providers.fields import LENGTHS, TABLE_FIELDS
from provider_assets.providers.sifting import find_invalid
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    clean,
    execute,
    held,
    load,
    open_url,
    renamed,
    request,
)
from provider_assets_tests.rosters import provider, raw_frame

NAMES = "ENTY_NM VARCHAR(40), PROV_FST_NM VARCHAR(35), PROV_LST_NM VARCHAR(35)"
FULL = f"{NAMES}, PROV_FULL_NM VARCHAR(100)"
BOTH = {
    "as we make it": None,
    "extra nullable columns": f"({FULL}, PROV_NPI CHAR(10) UNIQUE, phone TEXT, fax TEXT)",
    "no unique key": f"({FULL}, PROV_NPI CHAR(10))",
    "NPI as VARCHAR": f"({FULL}, PROV_NPI VARCHAR(20) UNIQUE)",
    "NPI as BIGINT": f"({FULL}, PROV_NPI BIGINT UNIQUE)",
    "NPI as BIGINT without a key": f"({FULL}, PROV_NPI BIGINT)",
    "NPI as DECIMAL": f"({FULL}, PROV_NPI DECIMAL(10,0) UNIQUE)",
    "NPI as the primary key": f"({FULL}, PROV_NPI CHAR(10) PRIMARY KEY)",
    "names that must not be null": (
        "(ENTY_NM VARCHAR(40) NOT NULL, PROV_FST_NM VARCHAR(35) NOT NULL, "
        "PROV_LST_NM VARCHAR(35) NOT NULL, PROV_FULL_NM VARCHAR(100) NOT NULL, "
        "PROV_NPI CHAR(10) UNIQUE)"
    ),
    "long texts": (
        "(ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, PROV_FULL_NM TEXT, "
        "PROV_NPI VARCHAR(10))"
    ),
    "small letters": (
        "(enty_nm VARCHAR(40), prov_fst_nm VARCHAR(35), prov_lst_nm VARCHAR(35), "
        "prov_full_nm VARCHAR(100), prov_npi CHAR(10) UNIQUE)"
    ),
    "another order": f"(PROV_NPI CHAR(10) UNIQUE, PROV_FULL_NM VARCHAR(100), {NAMES})",
    "padded columns": (
        "(ENTY_NM CHAR(40), PROV_FST_NM CHAR(35), PROV_LST_NM CHAR(35), "
        "PROV_FULL_NM CHAR(100), PROV_NPI CHAR(12) UNIQUE)"
    ),
}
SQLITE = BOTH | {
    "a counter": f"(id INTEGER PRIMARY KEY AUTOINCREMENT, {FULL}, PROV_NPI CHAR(10) UNIQUE)",
}
SERVER = BOTH | {
    "a counter": f"(id INT AUTO_INCREMENT PRIMARY KEY, {FULL}, PROV_NPI CHAR(10) UNIQUE)",
    "columns that fill themselves": (
        f"({FULL}, PROV_NPI CHAR(10) UNIQUE, made TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, "
        "changed TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, "
        "active TINYINT NOT NULL DEFAULT 1, source VARCHAR(9) DEFAULT 'it''s')"
    ),
    "an index that is not unique": f"({FULL}, PROV_NPI CHAR(10), KEY npi (PROV_NPI))",
    "unsigned": f"({FULL}, PROV_NPI BIGINT UNSIGNED UNIQUE)",
    "latin1": f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET latin1",
    "latin1 without a key": f"({FULL}, PROV_NPI CHAR(10)) CHARACTER SET latin1",
    "utf8mb3": f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET utf8mb3",
    "case and accents alike": (
        f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
    ),
    "byte by byte": (
        f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    ),
    "utf16": f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET utf16",
    "a long unique key of two": f"({FULL}, PROV_NPI CHAR(10), UNIQUE (PROV_NPI, PROV_FULL_NM))",
}
BROKEN_ALIKE = {
    "a column is missing": (
        f"({NAMES}, PROV_NPI CHAR(10))",
        ["column PROV_FULL_NM is missing"],
    ),
    "everything at once": (
        "(ENTY_NM BLOB, PROV_LST_NM TEXT, PROV_FULL_NM TEXT, PROV_NPI CHAR(9), r TEXT NOT NULL)",
        [
            "column ENTY_NM is blob and cannot hold text",
            "column PROV_FST_NM is missing",
            "column PROV_NPI is too short for ten digits",
            "column r is NOT NULL and has no default",
        ],
    ),
}
BROKEN_SERVER = BROKEN_ALIKE | {
    "NPI as INT": (
        f"({FULL}, PROV_NPI INT)",
        ["column PROV_NPI is int; it has to hold ten digits"],
    ),
    "no transactions": (
        f"({FULL}, PROV_NPI CHAR(10)) ENGINE=MyISAM",
        ["its engine MyISAM has no transactions; ALTER TABLE providerinfo ENGINE=InnoDB"],
    ),
}


def _lived_through(database, application, null):
    """Load, load again, update, undo: what a table of any shape must come through."""
    mickey = renamed(MICKEY, "mouse, mickey")
    goofy = tuple(null if cell is None else cell for cell in GOOFY)
    first = load(database, [MICKEY, GOOFY], "mercy")
    assert (first.rows.inserted, first.rows.updated, first.rows.unchanged) == (2, 0, 0)
    assert held(application) == [MICKEY, goofy]
    assert load(database, [MICKEY, GOOFY], "mercy").already_loaded
    again = load(database, [mickey, GOOFY, MINNIE], "north")
    assert (again.rows.inserted, again.rows.updated, again.rows.unchanged) == (1, 0, 2)
    assert held(application) == [MICKEY, MINNIE, goofy]
    wanted = request("south", on_existing="update")
    planned = plan_providers(database, clean([mickey, GOOFY, DAISY]), wanted).rows
    done = load(database, [mickey, GOOFY, DAISY], "south", on_existing="update")
    assert (done.rows.inserted, done.rows.updated, done.rows.unchanged) == (1, 1, 1)
    assert (planned.inserted, planned.updated, planned.unchanged) == (1, 1, 1)
    assert held(application) == [mickey, MINNIE, goofy, DAISY]
    sha256 = request("mercy").source.sha256
    known = held_providers(database, clean([MICKEY, DAISY])["npi"], sha256)
    assert known["npi"].tolist() == [DAISY[4]]
    assert trace(database, MICKEY[4]).origins["full_name"].record.id == done.import_id
    taken = undo(database, done.import_id)
    assert (taken.removed, taken.restored, taken.spared) == (1, 1, ())
    assert held(application) == [MICKEY, MINNIE, goofy]
    mended = load(database, [renamed(MICKEY, "M."), DAISY], "mercy", layout="mended")
    assert (mended.rows.inserted, mended.rows.updated, mended.removed) == (1, 1, 0)
    assert held(application) == [renamed(MICKEY, "M."), MINNIE, goofy, DAISY]
    assert undo(database, mended.import_id).removed == 1
    assert held(application) == [mickey, MINNIE, goofy]
    assert undo(database, again.import_id).removed == 3
    assert held(application) == []


@pytest.mark.parametrize("shape", SQLITE)
def test_table_on_sqlite_of_any_shape_lives_through_loads_and_undos(shape, sqlite_url):
    database = open_url(sqlite_url)
    if SQLITE[shape]:
        execute(database, f"CREATE TABLE providerinfo {SQLITE[shape]}")
    _lived_through(database, database, "" if "must not" in shape else None)


@pytest.mark.mysql
@pytest.mark.parametrize("shape", SERVER)
def test_table_on_the_server_of_any_shape_lives_through_loads_and_undos(shape, mysql_schema):
    application = open_url(mysql_schema.admin_url)
    if SERVER[shape]:
        execute(application, f"CREATE TABLE providerinfo {SERVER[shape]}")
    null = "" if "must not" in shape else None
    _lived_through(open_url(mysql_schema.url), application, null)


@pytest.mark.parametrize("shape", BROKEN_ALIKE)
def test_table_on_sqlite_that_cannot_work_is_told_in_one_error(shape, sqlite_url):
    made, problems = BROKEN_ALIKE[shape]
    database = open_url(sqlite_url)
    execute(database, f"CREATE TABLE providerinfo {made}")
    _refused(database, problems)


@pytest.mark.mysql
@pytest.mark.parametrize("shape", BROKEN_SERVER)
def test_table_on_the_server_that_cannot_work_is_told_in_one_error(shape, mysql_schema):
    made, problems = BROKEN_SERVER[shape]
    execute(open_url(mysql_schema.admin_url), f"CREATE TABLE providerinfo {made}")
    _refused(open_url(mysql_schema.url), problems)


def test_table_that_is_a_view_is_refused(database_url, application_url):
    execute(
        open_url(application_url),
        f"CREATE TABLE real_one ({FULL}, PROV_NPI CHAR(10))",
        "CREATE VIEW providerinfo AS SELECT * FROM real_one",
    )
    with pytest.raises(TerminalDatabaseError, match="it is a view"):
        prepare(open_url(database_url))


def _refused(database, problems):
    for call in (prepare, read_capacity, lambda database: load(database, [MICKEY])):
        with pytest.raises(TerminalDatabaseError) as caught:
            call(database)
        assert caught.value.message == "the table providerinfo cannot work: " + "; ".join(problems)


def test_capacity_of_a_missing_table_is_what_ours_would_hold(database_url):
    capacity = read_capacity(open_url(database_url))
    assert (capacity.lengths, capacity.encodings) == (LENGTHS, {})


@pytest.mark.mysql
def test_capacity_is_read_from_the_server_in_characters_and_codecs(mysql_schema):
    execute(
        open_url(mysql_schema.admin_url),
        "CREATE TABLE providerinfo (ENTY_NM VARCHAR(40) CHARACTER SET latin1, "
        "PROV_FST_NM CHAR(7) CHARACTER SET utf8mb3, PROV_LST_NM TINYTEXT CHARACTER SET utf8mb4, "
        "PROV_FULL_NM TEXT CHARACTER SET cp1251, PROV_NPI BIGINT)",
    )
    capacity = read_capacity(open_url(mysql_schema.url))
    assert capacity.lengths == {
        "entity_name": 40,
        "first_name": 7,
        "last_name": 63,
        "full_name": 16383,
        "npi": 10,
    }
    assert capacity.encodings == {
        "entity_name": "cp1252",
        "first_name": "bmp",
        "full_name": "cp1251",
    }


@pytest.mark.mysql
def test_value_that_slipped_past_the_capacity_is_refused_and_never_cut(mysql_schema):
    execute(
        open_url(mysql_schema.admin_url),
        "CREATE TABLE providerinfo (ENTY_NM VARCHAR(4), PROV_FST_NM VARCHAR(9), "
        "PROV_LST_NM VARCHAR(9) CHARACTER SET latin1, PROV_FULL_NM VARCHAR(40), "
        "PROV_NPI CHAR(10))",
    )
    database = open_url(mysql_schema.url)
    for row in (MICKEY, ("E", "F", "Łódź", "N", MICKEY[4])):
        with pytest.raises(TerminalDatabaseError, match="refused a value") as caught:
            load(database, [row])
        assert not any(cell in caught.value.message for cell in row if len(cell or "") > 1)
    assert held(database) == []


@pytest.mark.mysql
@pytest.mark.parametrize("key", ["UNIQUE", ""])
def test_npi_of_the_table_that_is_no_number_stands_in_no_loads_way(key, mysql_schema):
    application = open_url(mysql_schema.admin_url)
    made = f"({FULL}, PROV_NPI CHAR(10) {key}) COLLATE utf8mb4_general_ci"
    execute(
        application,
        f"CREATE TABLE providerinfo {made}",
        "INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('É', 'É王 9000'), ('?', '??')",
    )
    theirs = held(application)
    database = open_url(mysql_schema.url)
    assert load(database, [MICKEY, MINNIE]).rows.inserted == 2
    assert load(database, [GOOFY], layout="mended", on_existing="update").removed == 2
    assert held(application) == sorted([GOOFY, *theirs], key=lambda row: row[4])


CHARACTERS = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xE000, 0x10000), 0x1F600]))


@pytest.mark.mysql
def test_character_that_fits_by_our_table_is_one_that_the_server_keeps(mysql_server):
    known = {str(row[0]) for row in mysql_server.execute("SHOW CHARACTER SET")}
    assert {"latin1", "ascii", "utf8mb4", "gbk", "greek"} <= known
    cells = pd.Series(list(CHARACTERS), dtype="str")
    for charset in sorted(known & CODECS.keys()):
        capacity = Capacity({}, {"full_name": CODECS[charset]} if CODECS[charset] else {})
        fitting = "".join(cells[~capacity.unstorable(cells, "full_name")])
        assert _kept(mysql_server, fitting, charset) == fitting, charset


def _kept(server, text, charset):
    """The text as it comes back out of a character set."""
    kept = []
    with server.connect() as connection, connection.cursor() as cursor:
        for start in range(0, len(text), 5000):
            query = f"SELECT CONVERT(CONVERT(%s USING {charset}) USING utf8mb4)"
            cursor.execute(query, (text[start : start + 5000],))
            kept.append(cursor.fetchone()[0])
    return "".join(kept)


@pytest.mark.mysql
@pytest.mark.parametrize("charset", ["latin1", "utf8mb3", "ascii", "cp1251", "gbk"])
def test_roster_with_empty_cells_loads_into_any_character_set(charset, mysql_schema):
    application = open_url(mysql_schema.admin_url)
    made = f"({FULL}, PROV_NPI CHAR(10) UNIQUE) CHARACTER SET {charset}"
    execute(application, f"CREATE TABLE providerinfo {made}")
    database = open_url(mysql_schema.url)
    rows = [MICKEY, GOOFY, ("\u738b", None, None, "Goof 😀", DAISY[4])]
    raw = raw_frame(*(provider(**dict(zip(TABLE_FIELDS, row, strict=True))) for row in rows))
    invalid = find_invalid(raw, {}, Facts(read_capacity(database)))
    assert invalid["codes"].to_dict() == {2: "value-unstorable"}
    assert load(database, [MICKEY, GOOFY]).rows.inserted == 2
    assert held(application) == [MICKEY, GOOFY]


def test_npi_that_the_table_holds_twice_is_left_as_it_is(database_url, application_url):
    application = open_url(application_url)
    values = ", ".join(f"('{name}', '{MICKEY[4]}')" for name in ("One", "Two"))
    execute(
        application,
        f"CREATE TABLE providerinfo ({FULL}, PROV_NPI CHAR(10))",
        f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES {values}",
    )
    database = open_url(database_url)
    wanted = request("mercy", on_existing="update")
    plan = plan_providers(database, clean([MICKEY, MINNIE]), wanted)
    result = load(database, [MICKEY, MINNIE], on_existing="update")
    assert (result.rows.inserted, result.rows.unchanged) == (1, 1)
    assert (plan.rows.inserted, plan.rows.unchanged) == (1, 1)
    twice = [(None, None, None, name, MICKEY[4]) for name in ("One", "Two")]
    assert held(application) == [*twice, MINNIE]
    assert undo(database, result.import_id).removed == 1
    assert held(application) == twice
