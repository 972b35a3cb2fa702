"""What an undo and a check may take for an import's own, and what a dry run may send."""

from contextlib import contextmanager

from sqlalchemy import event

from provider_assets.database.questions.verify import TableFacts, verify_import
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.rosters import (
    MICKEY,
    MINNIE,
    execute,
    held,
    load,
    open_url,
    renamed,
    request,
)
from provider_assets_tests.database.test_shape import FULL

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP")


@contextmanager
def statements(database):
    """What is sent meanwhile, each by its first word."""
    sent = []

    def listen(_connection, _cursor, statement, *_):
        sent.append(statement.split()[0].upper())

    event.listen(database.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", listen)


def test_dry_run_of_an_undo_sends_nothing_that_writes(database_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    changed = load(database, [renamed(MICKEY, "M."), MINNIE], "south", on_existing="update")
    with statements(database) as sent:
        told = undo(database, changed.import_id, dry_run=True)
    assert (told.removed, told.restored, told.spared) == (1, 1, ())
    assert "SELECT" in sent
    assert not set(sent) & set(WRITES)
    with statements(database) as sent:
        undo(database, changed.import_id)
    assert set(sent) >= {"UPDATE", "DELETE"}


def test_undo_spares_a_row_that_somebody_doubled(database_url, application_url):
    application, database = open_url(application_url), open_url(database_url)
    execute(application, f"CREATE TABLE providerinfo ({FULL}, PROV_NPI CHAR(10))")
    loaded = load(database, [MICKEY, MINNIE])
    columns = "ENTY_NM, PROV_FST_NM, PROV_LST_NM, PROV_FULL_NM, PROV_NPI"
    execute(
        application,
        f"INSERT INTO providerinfo ({columns}) "
        f"SELECT {columns} FROM providerinfo WHERE PROV_NPI = '{MICKEY.npi}'",
    )
    planned = undo(database, loaded.import_id, dry_run=True)
    told = undo(database, loaded.import_id)
    assert (told.removed, told.spared) == (1, (("Sheet1", 2),))
    assert (planned.removed, planned.spared) == (told.removed, told.spared)
    assert held(application) == [MICKEY, MICKEY]


def test_verify_counts_what_an_import_inserted_and_what_it_updated(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY], "north")
    load(database, [renamed(MICKEY, "M."), MINNIE], "south", on_existing="update")
    sha256 = request("south").source.sha256
    assert verify_import(database, sha256) == TableFacts(expected=2, matching=2)
    execute(
        open_url(application_url),
        f"UPDATE providerinfo SET PROV_FULL_NM = '' WHERE PROV_NPI = '{MICKEY.npi}'",
    )
    assert verify_import(database, sha256) == TableFacts(expected=2, matching=1, nameless=1)
