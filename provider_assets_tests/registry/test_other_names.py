"""What organizations do business as: the file that NPPES puts beside that of all providers."""

from datetime import date
from pathlib import Path

import pytest

from provider_assets.registry import store
from provider_assets.registry.loading import load_file
from provider_assets_tests.registry import files

TODAY = date(2026, 11, 25)
FULL, WEEK, NEXT = date(2026, 11, 8), date(2026, 11, 15), date(2026, 11, 22)
ADA, CLINIC, LAB, GONE = 2000100018, 2000100034, 2000100042, 2000100059
ROWS = (
    files.person(ADA, "QUIMBY", "ADA", other_last="VOSS"),
    files.organization(CLINIC, "CLINIC OF RIVERSIDE LLC"),
    files.organization(LAB, "PELL LABORATORIES INC"),
    files.deactivated(GONE),
)
OTHERS = ((CLINIC, "RIVERSIDE URGENT CARE"), (LAB, "PELL DX"), (CLINIC, "SAN JOSÉ FAMILY HEALTH"))
UNKNOWN = (
    "no othername_pfile_….csv came with it, so that what organizations do business as is not known"
)
KEPT = UNKNOWN.replace("not known", "as it was")


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "registry"


def load(path: Path, folder: Path):
    return load_file(path, folder, TODAY)


def former(folder: Path) -> dict[int, str | None]:
    """Former and other names by NPI, as the store holds them."""
    batch = store.open_store(folder, "npi_registry").batch
    return dict(zip(*(batch.column(name).to_pylist() for name in ("npi", "former")), strict=True))


ALL = {
    ADA: "VOSS\t\t",
    CLINIC: "RIVERSIDE URGENT CARE\nSAN JOSÉ FAMILY HEALTH",
    LAB: "PELL DX",
    GONE: None,
}


def test_other_names_within_the_zip_stand_beside_their_organizations(tmp_path, folder):
    done = load(files.monthly(tmp_path, ROWS, FULL, others=OTHERS), folder)

    assert former(folder) == ALL
    assert done.notes == ()


@pytest.mark.parametrize("headers", [files.OTHERNAME[:3], files.OTHERNAME])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_other_names_beside_an_unpacked_file_are_read_with_it(tmp_path, folder, headers, encoding):
    text = files.others_text((*OTHERS, (CLINIC, "<UNAVAIL>"), (7, "NOBODY")), headers)
    (tmp_path / "OTHERNAME_pfile_20050523-20261108.csv").write_bytes(text.encode(encoding))
    (tmp_path / "othername_pfile_20050523-20261108_fileheader.csv").write_bytes(b"NPI")
    load(files.write_nppes(tmp_path / "npidata_pfile_20050523-20261108.csv", ROWS, FULL), folder)

    assert former(folder) == ALL


def test_file_without_other_names_says_so_and_those_known_stay(tmp_path, folder):
    alone = files.write_nppes(tmp_path / "npidata_pfile_20050523-20261108.csv", ROWS, FULL)
    assert load(alone, folder).notes == (UNKNOWN,)
    assert former(folder) == {**ALL, CLINIC: None, LAB: None}

    (tmp_path / "othername_pfile_20050523-20261108.csv").write_text(files.others_text(OTHERS))
    again = load(alone, folder)
    assert (again.changed, again.notes, len(again.about.files)) == (True, (), 1)
    assert former(folder) == ALL
    assert not load(alone, folder).changed

    more = (*ROWS, files.person(2000100067, "PELL", "BO"))
    monthly = files.write_nppes(tmp_path / "npidata_pfile_20050523-20261122.csv", more, NEXT)
    assert load(monthly, folder).notes == (KEPT,)
    assert former(folder) == {**ALL, 2000100067: None}


def test_weekly_file_brings_the_other_names_of_what_it_holds(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL, others=OTHERS), folder)
    changed = files.organization(CLINIC, "CLINIC OF RIVERSIDE LLC", updated="11/10/2026")
    load(files.weekly(tmp_path, [changed], WEEK, others=[(CLINIC, "RIVER CARE")]), folder)

    assert former(folder) == {**ALL, CLINIC: "RIVER CARE"}
