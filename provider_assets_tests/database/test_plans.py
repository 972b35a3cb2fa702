"""How a server goes about each statement, at 50,000 rows: by an index, never row against row."""

import pytest
from sqlalchemy import event

from provider_assets.database.departures.approval import approve
from provider_assets.database.loading.planning import plan_providers
from provider_assets.database.questions.held import held_providers
from provider_assets.database.questions.verify import verify_import
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.departures import DELTA, FULL, send
from provider_assets_tests.database.rosters import (
    clean,
    execute,
    load,
    npi_of,
    open_url,
    request,
)

ROWS = 50_000
NAMES = "ENTY_NM VARCHAR(40), PROV_FST_NM VARCHAR(35), PROV_LST_NM VARCHAR(35)"
WIDE = f"{NAMES}, PROV_FULL_NM VARCHAR(100)"
TABLES = {
    "as we make it": None,
    "utf8mb4_general_ci": f"({WIDE}, PROV_NPI CHAR(10) UNIQUE) COLLATE utf8mb4_general_ci",
    "utf8mb4_bin": f"({WIDE}, PROV_NPI CHAR(10), KEY (PROV_NPI)) COLLATE utf8mb4_bin",
    "latin1": f"({WIDE}, PROV_NPI VARCHAR(12) UNIQUE) CHARACTER SET latin1",
    "a number": f"({WIDE}, PROV_NPI BIGINT UNIQUE)",
}
IMPORT_ID_BYTES = 8


class Plans:
    """The plan of every statement over the two tables, read right before the statement runs."""

    def __init__(self, database):
        self.slow, self.joins = [], 0
        event.listen(database.engine, "before_cursor_execute", self.look)

    def look(self, connection, _cursor, statement, parameters, *_):
        verb = statement.split(None, 1)[0].upper()
        asked = "provider_import_row" in statement or "providerinfo" in statement
        if not asked or "information_schema" in statement or verb in ("LOAD", "EXPLAIN", "CREATE"):
            return
        if verb == "INSERT" and "SELECT" not in statement:
            return
        with connection.connection.cursor() as cursor:
            # the newest MySQL draws a tree where it is not asked for a table
            cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {statement}", parameters)
            names = [column[0] for column in cursor.description]
            steps = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if len(steps) > 1:  # one table alone is read once
            self.joins += 1
            self.slow += [f"{why}: {statement}\n{steps}" for why in slow_steps(steps)]


def slow_steps(steps):
    """Why these steps of a plan would take more time the larger the two tables are."""
    large = set()
    for step in steps:
        table = step["table"]
        if table is None or table.startswith(("<", "its_")) or table == "provider_import":
            continue  # `its_…` is `provider_import` under another name: a row an import
        if step["select_type"] == "INSERT":
            continue  # MySQL names what is written to, too, as if it were read whole
        if step["type"] in ("ALL", "index"):
            yield f"all of {table}"
        elif step["id"] in large and step["key_len"] == str(IMPORT_ID_BYTES):
            yield f"a whole import of {table} for each row"
        large.add(step["id"])


@pytest.mark.mysql
@pytest.mark.slow
@pytest.mark.parametrize("shape", TABLES)
def test_statement_at_fifty_thousand_rows_goes_by_an_index(shape, mysql_schema):
    application = open_url(mysql_schema.admin_url)
    if TABLES[shape]:
        execute(application, f"CREATE TABLE providerinfo {TABLES[shape]}")
    database = open_url(mysql_schema.url)
    load(database, roster("A", range(ROWS)), "all")
    load(database, roster("A", range(ROWS, ROWS + 8_000)))
    execute(application, "ANALYZE TABLE providerinfo, provider_import_row, provider_import")
    plans = Plans(database)
    load(database, roster("C", range(100)), "small", on_existing="update")
    second = roster("B", range(ROWS + 2_000, ROWS + 8_000))
    sha256 = request("mercy").source.sha256
    plan_providers(database, clean(second), request("mercy", layout="mended"))
    replay = load(database, second, layout="mended", on_existing="update")
    assert (replay.rows.updated, replay.removed) == (6_000, 2_000)
    verify_import(database, sha256)
    held_providers(database, clean(second[:500])["npi"], sha256)
    undo(database, replay.import_id, dry_run=True)
    assert undo(database, replay.import_id).removed == 6_000
    assert not plans.slow, "\n\n".join(plans.slow)
    assert plans.joins > 10


@pytest.mark.mysql
@pytest.mark.slow
def test_full_roster_at_fifty_thousand_rows_goes_by_an_index(mysql_schema):
    database = open_url(mysql_schema.url)
    mine = roster("A", range(ROWS, ROWS + 10_000))
    send(database, roster("A", range(ROWS)), "others", DELTA, hospital="south")
    send(database, mine, "mine", DELTA)
    admin = open_url(mysql_schema.admin_url)
    execute(admin, "ANALYZE TABLE providerinfo, provider_import_row, provider_import")
    plans = Plans(database)
    assert send(database, mine[100:], "full", FULL).departures.departed == 100
    short = send(database, mine[2_000:], "short", FULL)
    assert short.departures.at_least
    assert approve(database, short.import_id).departed == 1_900
    assert not plans.slow, "\n\n".join(plans.slow)
    assert plans.joins > 5


def roster(letter, numbers):
    return [
        ("Entity", f"F{number}", f"L{number}", f"N{number} {letter}", npi_of(number))
        for number in numbers
    ]
