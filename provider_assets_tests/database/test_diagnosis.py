"""What `doctor` says of a database: all is well, or what is wrong and how to mend it."""

import pytest

from provider_assets.database.answers import list_owed, note_answers
from provider_assets.database.prepare import VERSION_TABLE
from provider_assets.database.questions.diagnosis import diagnose
from provider_assets.database.recording import record_failure
from provider_assets.database.transaction import read
from provider_assets.database.undoing.undo import undo
from provider_assets_tests.database.rosters import (
    DAISY,
    GOOFY,
    MICKEY,
    MINNIE,
    execute,
    load,
    npi_of,
    open_url,
    renamed,
    request,
    way_in,
)
from provider_assets_tests.mysql.server import start_server


def _told(database):
    return {(one.subject, one.level, one.message) for one in diagnose(database)}


def test_doctor_of_an_empty_sqlite_database_has_only_notes_and_makes_no_file(tmp_path):
    file = tmp_path / "p.db"
    assert _told(open_url(f"sqlite:///{file}")) == {
        ("connection", "ok", f"SQLite file {file} answers"),
        ("providerinfo", "note", "the table is missing; the first load creates it"),
        ("history", "note", "no history tables yet; the first load creates them"),
    }
    assert not file.exists()


def test_doctor_of_a_server_in_use_finds_all_well(mysql_schema):
    database = open_url(mysql_schema.url)
    done = load(database, [MICKEY])
    note_answers(database, request().source.sha256, "a run", done.import_id)
    told = diagnose(database)
    assert {(one.subject, one.level) for one in told if one.subject not in ("tls", "server")} == {
        ("connection", "ok"),
        ("local_infile", "ok" if way_in(database) == "load-data" else "note"),
        ("providerinfo", "ok"),
        ("history", "ok"),
        ("rights", "ok"),
    }
    assert [one.level for one in told if one.subject == "server"] == ["ok"]
    assert all(bool(one.advice) == (one.level != "ok") for one in told)


def test_doctor_names_every_problem_of_the_table(mysql_schema):
    execute(
        open_url(mysql_schema.admin_url),
        "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
        "PROV_NPI CHAR(4)) ENGINE=MyISAM",
    )
    told = [one for one in diagnose(open_url(mysql_schema.url)) if one.level == "error"]
    assert [one.message for one in told] == [
        "its engine MyISAM has no transactions; ALTER TABLE providerinfo ENGINE=InnoDB",
        "column PROV_FULL_NM is missing",
        "column PROV_NPI is too short for ten digits",
    ]


def test_doctor_tells_a_missing_unique_key_and_the_statement_that_adds_it(mysql_schema):
    execute(
        open_url(mysql_schema.admin_url),
        "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
        "PROV_FULL_NM TEXT, PROV_NPI CHAR(10))",
    )
    told = [one for one in diagnose(open_url(mysql_schema.url)) if one.subject == "unique key"]
    assert [(one.level, one.advice) for one in told] == [
        ("note", "ALTER TABLE providerinfo ADD UNIQUE KEY (PROV_NPI)")
    ]


def test_doctor_of_a_newer_history_says_to_upgrade(database_url, application_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    told = [one for one in diagnose(database) if one.level == "error"]
    assert [(one.subject, one.advice) for one in told] == [("history", "upgrade provider-assets")]


def test_doctor_names_imports_whose_sender_lacks_what_goes_back(database_url):
    database = open_url(database_url)
    first = load(database, [MICKEY])
    refused = request("east", run_id="run 2")
    record_failure(database, refused, "too-many-rejects", "half of it is wrong")
    record_failure(database, request("west"), "corrupt", "it is damaged")
    for number in range(12):
        load(database, [MICKEY], f"north {number}")
    told = [one.message for one in diagnose(database) if one.subject == "answers"]
    assert told[0].startswith("import 1 of mercy.xlsx: its reject workbook, report and return")
    assert told[1].startswith("import 2 of east.xlsx: ")
    assert told[-1] == "and 4 more imports like it"
    note_answers(database, refused.source.sha256, "run 2", None)
    note_answers(database, request("mercy").source.sha256, "run 1", first.import_id)
    left = [one.message for one in diagnose(database) if one.subject == "answers"]
    assert left[0].startswith("import 4 of north 0.xlsx: ")
    assert left[-1] == "and 2 more imports like it"


def test_doctor_counts_by_import_what_the_history_claims_and_the_table_lacks(
    database_url, application_url
):
    database, owner = open_url(database_url), open_url(application_url)
    load(database, [MICKEY, MINNIE, GOOFY], "north")
    load(database, [renamed(MICKEY, "M"), DAISY], "south", on_existing="update")
    load(database, [GOOFY._replace(npi=npi_of(7))], "east")
    undo(database, 3)
    assert [one for one in diagnose(database) if one.subject == "history and table"] == []
    for gone in (MICKEY, MINNIE, GOOFY):
        execute(owner, f"DELETE FROM providerinfo WHERE PROV_NPI = '{gone.npi}'")
    told = [one.message for one in diagnose(database) if one.subject == "history and table"]
    assert told == [
        f"the table lacks {count} of the rows that import {number} ({name}.xlsx) put there, though "
        "no import took them out"
        for count, number, name in ((2, 1, "north"), (1, 2, "south"))
    ]


def test_doctor_of_a_server_that_is_down_tells_it_in_one_finding():
    told = diagnose(open_url("mysql+pymysql://me:topsecret@127.0.0.1:1/app", tries=1))
    assert [(one.subject, one.level) for one in told] == [("connection", "error")]
    assert "cannot be reached" in told[0].message
    assert "topsecret" not in told[0].message


def test_doctor_of_a_server_with_hindrances_names_each():
    options = [
        "--local-infile=0",
        "--max-allowed-packet=65536",
        "--log-bin=binlog",
        "--binlog-format=STATEMENT",
    ]
    with start_server(options, private=True) as server:
        told = diagnose(open_url(server.create_schema().url))
    assert {(one.subject, one.level) for one in told} >= {
        ("local_infile", "note"),
        ("max_allowed_packet", "error"),
        ("binlog", "error"),
    }


def test_doctor_of_a_history_of_which_a_table_is_gone_says_what_to_do(
    database_url, application_url
):
    database = open_url(database_url)
    load(database, [MICKEY])
    execute(open_url(application_url), "DROP TABLE provider_import_row")
    told = [one for one in diagnose(database) if one.subject == "history"]
    assert [(one.level, one.message, one.advice) for one in told] == [
        (
            "error",
            "provider_import_row is missing, though the history was made once",
            f"bring it back from a backup, or begin a new history: DROP TABLE {VERSION_TABLE}",
        )
    ]


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("words", ["half of it is wrong", "other words"])
def test_refusal_that_nobody_reports_owes_what_the_same_one_owed(database_url, answered, words):
    database = open_url(database_url)
    first = request("north", run_id="run 1")
    record_failure(database, first, "too-many-rejects", "half of it is wrong")
    if answered:
        note_answers(database, first.source.sha256, "run 1", None)
    again = request("north", run_id="run 2")
    record_failure(database, again, "too-many-rejects", words, answered_before=True)
    owed = read(database, list_owed)
    assert [record.run_id for record in owed] == ([] if answered else ["run 2"])


def test_refusal_that_nobody_reports_owes_nothing_after_a_failure_that_owes_no_answer(database_url):
    database = open_url(database_url)
    first = request("north", run_id="run 1")
    record_failure(database, first, "too-many-rejects", "half of it is wrong")
    note_answers(database, first.source.sha256, "run 1", None)
    for code, run in (("database-transient", "run 2"), ("too-many-rejects", "run 3")):
        again = request("north", run_id=run)
        record_failure(database, again, code, "other words", answered_before=True)
    assert read(database, list_owed) == []
