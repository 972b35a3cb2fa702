"""Which providers the table holds, asked for a few NPIs and for very many."""

import pytest

from provider_assets.database.questions import held as held_module
from provider_assets.database.questions.held import held_providers
from provider_assets.providers.fields import TABLE_FIELDS
from provider_assets_tests.database.rosters import (
    GOOFY,
    MICKEY,
    MINNIE,
    clean,
    execute,
    load,
    npi_of,
    open_url,
    request,
)

NORTH = request("north").source.sha256
UNKNOWN = "0" * 64


def _rows(frame):
    rows = frame.astype(object).where(frame.notna(), None)
    return sorted(rows.itertuples(index=False, name=None), key=lambda row: row[4])


WAYS = [(20_000, 2), (1, 2), (1, 1)]


@pytest.mark.parametrize(("few", "times"), WAYS)
def test_held_providers_are_those_with_the_npis_whole_and_as_text(
    database_url, few, times, monkeypatch
):
    monkeypatch.setattr(held_module, "FEW_NPIS", few)
    monkeypatch.setattr(held_module, "MANY_TIMES", times)
    database = open_url(database_url)
    load(database, [MICKEY, GOOFY, MINNIE], "north")
    found = held_providers(database, clean([MICKEY, GOOFY])["npi"], UNKNOWN)
    assert list(found.columns) == list(TABLE_FIELDS)
    assert {str(kind) for kind in found.dtypes} == {"str"}
    assert _rows(found) == [MICKEY, GOOFY]


@pytest.mark.parametrize(("few", "times"), WAYS)
def test_held_providers_are_without_those_that_the_same_content_put_there(
    database_url, few, times, monkeypatch
):
    monkeypatch.setattr(held_module, "FEW_NPIS", few)
    monkeypatch.setattr(held_module, "MANY_TIMES", times)
    database = open_url(database_url)
    load(database, [MICKEY, GOOFY], "north")
    load(database, [MINNIE], "south")
    asked = clean([MICKEY, GOOFY, MINNIE])["npi"]
    assert _rows(held_providers(database, asked, NORTH)) == [MINNIE]
    load(database, [MICKEY, GOOFY], "north", layout="mended")
    assert _rows(held_providers(database, asked, NORTH)) == [MINNIE]


def test_held_provider_whom_the_same_content_updated_has_what_stands_there_when_it_is_taken_back(
    database_url,
):
    database, changed = open_url(database_url), MICKEY._replace(full_name="Mouse, Mike")
    load(database, [MICKEY, GOOFY], "south")
    load(database, [changed], "north", on_existing="update")
    asked = clean([MICKEY])["npi"]
    assert _rows(held_providers(database, asked, NORTH)) == [MICKEY]
    assert _rows(held_providers(database, asked, UNKNOWN)) == [changed]


def test_held_provider_whom_others_changed_or_have_so_since_is_as_the_table_has_them(
    database_url, application_url
):
    database, changed = open_url(database_url), MICKEY._replace(full_name="Mouse, Mike")
    load(database, [MICKEY, GOOFY], "south")
    goofy = GOOFY._replace(full_name="Dog, G")
    load(database, [changed, goofy], "north", on_existing="update")
    load(database, [changed], "west")
    execute(
        open_url(application_url),
        f"UPDATE providerinfo SET PROV_FULL_NM = 'By Hand' WHERE PROV_NPI = '{GOOFY.npi}'",
    )
    found = held_providers(database, clean([MICKEY, GOOFY])["npi"], NORTH)
    assert _rows(found) == sorted(
        [changed, GOOFY._replace(full_name="By Hand")], key=lambda row: row.npi
    )


def test_held_providers_of_a_missing_table_are_none(database_url):
    found = held_providers(open_url(database_url), clean([MICKEY])["npi"], UNKNOWN)
    assert (list(found.columns), len(found)) == (list(TABLE_FIELDS), 0)


def test_held_providers_for_no_npis_are_none(database_url):
    database = open_url(database_url)
    load(database, [MICKEY])
    found = held_providers(database, clean([])["npi"], UNKNOWN)
    assert (list(found.columns), len(found)) == (list(TABLE_FIELDS), 0)


@pytest.mark.parametrize("kind", ["BIGINT", "VARCHAR(20)"])
def test_npi_with_a_leading_zero_or_a_trailing_blank_is_its_ten_digits(
    database_url, application_url, kind
):
    application = open_url(application_url)
    zero = "0000000006"
    kept = "6" if kind == "BIGINT" else f"'{zero}'"
    execute(
        application,
        "CREATE TABLE providerinfo (ENTY_NM TEXT, PROV_FST_NM TEXT, PROV_LST_NM TEXT, "
        f"PROV_FULL_NM TEXT, PROV_NPI {kind})",
        f"INSERT INTO providerinfo (PROV_FULL_NM, PROV_NPI) VALUES ('Zero', {kept})",
    )
    database = open_url(database_url)
    provider = (None, None, None, "Zero", zero)
    assert _rows(held_providers(database, clean([provider])["npi"], UNKNOWN)) == [provider]
    assert load(database, [provider]).rows.unchanged == 1


def test_many_npis_are_asked_for_in_parts(database_url, monkeypatch):
    monkeypatch.setattr(held_module, "BATCH_NPIS", 7)
    monkeypatch.setattr(held_module, "ROWS_AT_ONCE", 5)
    database = open_url(database_url)
    providers = [(None, None, None, f"N{number}", npi_of(number)) for number in range(50)]
    load(database, providers)
    assert _rows(held_providers(database, clean(providers)["npi"], UNKNOWN)) == providers
