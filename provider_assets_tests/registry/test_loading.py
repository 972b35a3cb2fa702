"""Registry files into their stores: what they hold then, and what leaves them as they were."""

import hashlib
import multiprocessing
import os
import signal
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from provider_assets.errors import RegistryError
from provider_assets.registry import merging, nppes, store
from provider_assets.registry.loading import load_file
from provider_assets.registry.reference import open_reference
from provider_assets_tests.registry import files
from provider_assets_tests.registry.files import NPPES, person

TODAY = date(2026, 11, 25)
FULL = date(2026, 11, 8)
ADA, BO, CLINIC, GONE = 2000100018, 2000100026, 2000100034, 2000100042
ROWS = (
    person(ADA, "QUIMBY", "ADA", middle="R", other_last="VOSS", other_first="ADA"),
    files.organization(CLINIC, "CLINIC OF RIVERSIDE LLC"),
    files.deactivated(GONE, "03/01/2024"),
    person(BO, "OKAFOR", "BO", deactivated="01/05/2020", reactivated="02/05/2020"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "registry"


def load(path: Path, folder: Path, today: date = TODAY):
    return load_file(path, folder, today)


def rows(folder: Path) -> list[tuple]:
    """What the store holds, row by row: NPI, kind, name, first, former, its days."""
    held = store.open_store(folder, "npi_registry")
    names = ("npi", "kind", "name", "first", "former", "updated", "deactivated", "reactivated")
    columns = {name: held.batch.column(name).to_pylist() for name in names}
    days = [[str(merging.as_day(n)) if n else None for n in columns[name]] for name in names[5:]]
    return list(zip(*(columns[name] for name in names[:5]), *days, strict=True))


def test_monthly_file_becomes_a_store_sorted_by_npi(tmp_path, folder):
    done = load(files.monthly(tmp_path, ROWS, FULL), folder)

    assert rows(folder) == [
        (ADA, 1, "QUIMBY", "ADA", "VOSS\tADA\t", "2020-01-02", None, None),
        (BO, 1, "OKAFOR", "BO", None, "2020-01-02", "2020-01-05", "2020-02-05"),
        (CLINIC, 2, "CLINIC OF RIVERSIDE LLC", None, None, "2020-01-02", None, None),
        (GONE, 0, None, None, None, None, "2024-03-01", None),
    ]
    assert (done.changed, done.notes) == (True, ())
    assert done.about.snapshot == "2026-11-08"
    assert (done.about.rows, done.about.counts) == (
        4, {"active": 3, "deactivated": 1, "individuals": 2, "organizations": 1},
    )  # fmt: skip
    assert [path.name for path in sorted(folder.iterdir())] == [".lock", "npi_registry.arrow"]


def test_unpacked_member_is_read_as_the_zip_is(tmp_path, folder):
    path = tmp_path / "npidata_pfile_20050523-20261108.csv"
    load(files.write_nppes(path, ROWS, FULL), folder)
    load(files.monthly(tmp_path, ROWS, FULL), tmp_path / "other")

    assert rows(folder) == rows(tmp_path / "other")


def test_members_and_headers_in_other_case_are_found(tmp_path, folder):
    path = tmp_path / "nppes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        headers = [name.upper() for name in NPPES]
        text = files.nppes_text([]).replace(",".join(f'"{h}"' for h in NPPES), "")
        body = files.nppes_text(ROWS).partition("\n")[2]
        archive.writestr(
            "Data/NPIDATA_PFILE_20050523-20261108.CSV",
            ",".join(headers) + "\n" + body + text.strip(),
        )
        archive.writestr("Data/NPIDATA_PFILE_20050523-20261108_FileHeader.CSV", ",".join(headers))
        archive.writestr("Data/PL_PFILE_20050523-20261108.CSV", "NPI\n")
    load(path, folder)

    assert [row[:3] for row in rows(folder)] == [
        (ADA, 1, "QUIMBY"), (BO, 1, "OKAFOR"), (CLINIC, 2, "CLINIC OF RIVERSIDE LLC"),
        (GONE, 0, None),
    ]  # fmt: skip


def test_columns_that_drift_and_swap_are_found_by_name(tmp_path, folder):
    drifted = [*reversed(NPPES), "Provider Something New"]
    drifted[drifted.index("Provider Sex Code")] = "Provider Gender Code"
    load(files.monthly(tmp_path, ROWS, FULL, headers=drifted), folder)

    assert next(row[:4] for row in rows(folder)) == (ADA, 1, "QUIMBY", "ADA")


def test_primary_taxonomy_counts_wherever_it_stands(tmp_path, folder):
    second = {
        "Healthcare Provider Taxonomy Code_2": "208000000X",
        "Healthcare Provider Primary Taxonomy Switch_2": "Y",
    }
    load(files.monthly(tmp_path, [person(ADA, "Q", "A", primary="N", **second)], FULL), folder)

    held = store.open_store(folder, "npi_registry")
    assert held.batch.column("taxonomy").to_pylist() == ["208000000X"]


def test_unavailable_is_no_name_and_other_encodings_are_read(tmp_path, folder):
    odd = [person(ADA, "NUÑEZ", "<UNAVAIL>"), person(BO, "GARCÍA", "BO")]
    text = (
        files.nppes_text(odd).encode("cp1252").replace("GARCÍA".encode("cp1252"), "GARCÍA".encode())
    )
    path = tmp_path / "npidata_pfile_20050523-20261108.csv"
    path.write_bytes(text)
    load(path, folder)

    assert [row[:4] for row in rows(folder)] == [
        (ADA, 1, "NUÑEZ", None), (BO, 1, "GARCÍA", "BO"),
    ]  # fmt: skip


def test_weekly_file_is_laid_over_and_the_newest_row_wins(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    week = [
        person(ADA, "QUIMBY-VOSS", "ADA", updated="11/10/2026"),
        person(BO, "STALE", "BO", updated="01/01/2019"),
        files.deactivated(CLINIC, "01/01/2019"),  # dated back
        person(2000100059, "NEW", "NELL", updated="11/11/2026"),
    ]
    done = load(files.weekly(tmp_path, week, date(2026, 11, 15)), folder)

    assert rows(folder) == [
        (ADA, 1, "QUIMBY-VOSS", "ADA", None, "2026-11-10", None, None),
        (BO, 1, "OKAFOR", "BO", None, "2020-01-02", "2020-01-05", "2020-02-05"),
        (CLINIC, 0, None, None, None, None, "2019-01-01", None),
        (GONE, 0, None, None, None, None, "2024-03-01", None),
        (2000100059, 1, "NEW", "NELL", None, "2026-11-11", None, None),
    ]
    assert done.about.snapshot == "2026-11-15"
    assert [one.weekly for one in done.about.files] == [False, True]


def test_file_loaded_twice_changes_nothing(tmp_path, folder):
    full, week = (
        files.monthly(tmp_path, ROWS, FULL),
        files.weekly(tmp_path, [person(ADA, "QUIMBY", "ADAH")], date(2026, 11, 15)),
    )
    load(full, folder)
    load(week, folder)
    before = store.store_path(folder, "npi_registry").read_bytes()

    assert [load(path, folder).changed for path in (week, full)] == [False, False]
    assert store.store_path(folder, "npi_registry").read_bytes() == before


def test_weekly_files_in_any_order_give_the_same_rows(tmp_path):
    full = files.monthly(tmp_path, ROWS, FULL)
    first = files.weekly(
        tmp_path,
        [files.deactivated(ADA, "11/09/2026"), person(BO, "B", "B", updated="11/09/2026")],
        date(2026, 11, 15),
    )  # fmt: skip
    second = files.weekly(
        tmp_path,
        [person(ADA, "BACK", "ADA", updated="11/17/2026", deactivated="11/09/2026",
                reactivated="11/17/2026"), files.deactivated(BO, "11/16/2026")],
        date(2026, 11, 22),
    )  # fmt: skip
    found = []
    for name, order in {"forth": (full, first, second), "back": (full, second, first)}.items():
        for path in order:
            load(path, tmp_path / name)
        found.append(rows(tmp_path / name))

    assert found[0] == found[1]
    assert [row[:3] for row in found[0]][:2] == [(ADA, 1, "BACK"), (BO, 0, None)]


def test_next_monthly_file_keeps_what_later_weekly_ones_brought(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS[:3], date(2026, 10, 11)), folder)
    load(files.weekly(tmp_path, [person(ADA, "EARLY", "ADA", updated="01/01/2020")],
                      date(2026, 10, 18)), folder)  # fmt: skip
    load(files.weekly(tmp_path, [person(CLINIC, "LATE", "C", updated="11/12/2026")],
                      date(2026, 11, 15)), folder)  # fmt: skip
    done = load(files.monthly(tmp_path, ROWS, FULL), folder)

    assert [row[:3] for row in rows(folder)] == [
        (ADA, 1, "QUIMBY"), (BO, 1, "OKAFOR"), (CLINIC, 1, "LATE"), (GONE, 0, None),
    ]  # fmt: skip
    assert done.about.snapshot == "2026-11-15"
    assert [one.end for one in done.about.files] == ["2026-11-08", "2026-11-15"]


def test_gap_between_weekly_files_is_told(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    done = load(files.weekly(tmp_path, [person(ADA, "Q", "A")], date(2026, 11, 22)), folder)

    assert done.notes == (
        "what changed from 2026-11-09 to 2026-11-15 is missing: load the weekly files of those "
        "days, or the next monthly one",
    )


def test_deactivation_report_becomes_a_store(tmp_path, folder):
    told = [(BO, "02/03/2025"), (ADA, "10/12/2026"), (BO, "11/01/2026")]
    done = load(files.deactivations(tmp_path, told, date(2026, 11, 9)), folder)

    held = store.open_store(folder, "npi_deactivations")
    assert held.batch.column("npi").to_pylist() == [ADA, BO]
    assert [str(merging.as_day(n)) for n in held.numbers("deactivated")] == [
        "2026-10-12", "2026-11-01",
    ]  # fmt: skip
    assert (done.about.snapshot, done.about.rows) == ("2026-11-09", 2)


def test_deactivations_over_two_sheets_keep_the_last_day_of_each(tmp_path, folder):
    book = Workbook()
    for sheet, day in ((book.active, "11/01/2026"), (book.create_sheet(), "02/03/2025")):
        sheet.append(["NPI", "NPPES Deactivation Date"])
        sheet.append([str(BO), day])
    book.save(tmp_path / "NPPES_Deactivated_NPI_Report_110926.xlsx")
    load(tmp_path / "NPPES_Deactivated_NPI_Report_110926.xlsx", folder)

    [day] = store.open_store(folder, "npi_deactivations").numbers("deactivated")
    assert str(merging.as_day(day)) == "2026-11-01"


def test_exclusions_without_npi_are_counted_and_not_held(tmp_path, folder):
    told = [
        {"LASTNAME": "OKAFOR", "FIRSTNAME": "BO", "NPI": str(BO), "EXCLTYPE": "1128a1",
         "EXCLDATE": "20261020", "STATE": "OH"},
        {"LASTNAME": "QUIMBY", "FIRSTNAME": "ADA", "DOB": "19700101", "EXCLDATE": "19990520"},
        {"BUSNAME": "CLINIC OF RIVERSIDE", "NPI": str(CLINIC), "EXCLTYPE": "1128b8",
         "EXCLDATE": "20200120", "REINDATE": "20220301"},
    ]  # fmt: skip
    done = load(files.leie(tmp_path, told), folder)

    held = store.open_store(folder, "exclusions")
    assert held.batch.to_pylist() == [
        {"npi": BO, "excluded": 20261020, "reinstated": 0, "kind": "1128a1",
         "name": "OKAFOR, BO", "state": "OH"},
        {"npi": CLINIC, "excluded": 20200120, "reinstated": 20220301, "kind": "1128b8",
         "name": "CLINIC OF RIVERSIDE", "state": ""},
    ]  # fmt: skip
    assert done.about.snapshot == "2026-10-20"
    assert done.about.counts == {"with_npi": 2, "without_npi": 1}
    assert done.notes == ("1 row has no NPI, so no roster can be checked against them",)


def test_exclusion_in_force_counts_whatever_else_is_told_of_its_npi(tmp_path, folder):
    told = [
        {"NPI": str(ADA), "EXCLDATE": "20100120", "REINDATE": "20150120"},
        {"NPI": str(ADA), "EXCLDATE": "20200120"},
        {"NPI": str(BO), "EXCLDATE": "January"},
        {"NPI": str(BO), "EXCLDATE": "20210120"},
        {"NPI": str(CLINIC), "EXCLDATE": "20100120"},
        {"NPI": str(CLINIC), "EXCLDATE": "20120120", "REINDATE": "20150120"},
        {"NPI": str(GONE), "EXCLDATE": "20100120", "REINDATE": "20110120"},
        {"NPI": str(GONE), "EXCLDATE": "20120120", "REINDATE": "20150120"},
    ]
    load(files.leie(tmp_path, told), folder)

    held = open_reference(folder, TODAY).exclusions.batch
    assert [tuple(row.values())[:3] for row in held.to_pylist()] == [
        (ADA, 20200120, 0), (BO, 20210120, 0), (CLINIC, 20100120, 0), (GONE, 20120120, 20150120),
    ]  # fmt: skip
    found = open_reference(folder, TODAY).held(np.array([ADA, BO, CLINIC, GONE]))
    assert (found.excluded >= 0).tolist() == [True, True, True, False]


def _roster(folder: Path) -> Path:
    book = Workbook()
    book.active.append(["Type", "NpFirstName", "NpLastName", "NP", "NPI"])
    book.active.append(["HERO", "Ada", "Quimby", "Quimby, Ada", str(ADA)])
    book.save(folder / "mercy.xlsx")
    return folder / "mercy.xlsx"


def _cut(path: Path, share: float = 0.7) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def _spoilt(path: Path) -> Path:
    """The same zip with some bytes of its largest member changed."""
    with zipfile.ZipFile(path) as archive:
        member = max(archive.infolist(), key=lambda one: one.compress_size)
    content = bytearray(path.read_bytes())
    at = member.header_offset + len(member.filename) + 100
    content[at : at + 20] = bytes(20)
    path.write_bytes(bytes(content))
    return path


def _without(folder: Path, *columns: str) -> Path:
    return files.monthly(
        folder, ROWS, date(2026, 11, 22), headers=[h for h in NPPES if h not in columns]
    )


def _short_row(folder: Path) -> Path:
    path = folder / "npidata_pfile_20050523-20261122.csv"
    path.write_text(files.nppes_text(ROWS) + '"2000100067","1","SECRET"\n')
    return path


def _named(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def _with_others(folder: Path, content: bytes) -> Path:
    """An unpacked zip: the file of providers, and beside it that of other names."""
    _named(folder, "othername_pfile_20050523-20261122.csv", content)
    return files.write_nppes(folder / "npidata_pfile_20050523-20261122.csv", ROWS, FULL)


def _bomb(folder: Path) -> Path:
    path = folder / "NPPES_Deactivated_NPI_Report_112226.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("NPPES Deactivated NPI Report 20261122.xlsx", bytes(300_000_000))
    return path


def _spoilt_report(folder: Path) -> Path:
    """A workbook whose sheet's packed bytes are no longer what they were."""
    packed = files.deactivations(folder, [(npi, "02/03/2025") for npi in range(9)], FULL)
    path = folder / "NPPES_Deactivated_NPI_Report_112226.xlsx"
    with zipfile.ZipFile(packed) as archive:
        path.write_bytes(archive.read(archive.namelist()[0]))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(path.read_bytes())
    at = sheet.header_offset + 30 + len(sheet.filename)
    content[at : at + 20] = b"\xff" * 20
    path.write_bytes(bytes(content))
    return path


WRONG = {
    "truncated zip": (
        lambda f: _cut(files.monthly(f, ROWS, date(2026, 11, 22))),
        "NPPES_Data_Dissemination_November_2026_V2.zip: is cut off or damaged; download it again",
    ),
    "damaged member": (
        lambda f: _spoilt(files.monthly(f, ROWS * 400, date(2026, 11, 22))),
        "NPPES_Data_Dissemination_November_2026_V2.zip: is cut off or damaged; download it again",
    ),
    "roster": (
        _roster,
        "mercy.xlsx: has no column for NPI with one for NPPES Deactivation Date, as CMS' report "
        "of deactivated NPIs has; a roster belongs in inbox/",
    ),
    "roster as text": (
        lambda f: _named(f, "mercy.csv", b"Type,NpFirstName,NpLastName,NP,NPI\n"),
        "mercy.csv: is neither an NPPES file, nor its report of deactivated NPIs, nor OIG's list "
        "of the excluded; a roster belongs in inbox/",
    ),
    "empty": (lambda f: _named(f, "a.csv", b""), "a.csv: is empty; download it again"),
    "binary": (
        lambda f: _named(f, "a.csv", bytes(range(256)) * 4),
        "a.csv: is neither an NPPES file, nor its report of deactivated NPIs, nor OIG's list of "
        "the excluded; a roster belongs in inbox/",
    ),
    "missing columns": (
        lambda f: _without(f, "Replacement NPI", "NPI Reactivation Date"),
        "NPPES_Data_Dissemination_November_2026_V2.zip: lacks the column Replacement NPI, NPI "
        "Reactivation Date; download the file again, and use it unchanged",
    ),
    "short row": (
        _short_row,
        "npidata_pfile_20050523-20261122.csv: a row has another number of columns than the "
        "header; the file is cut off or damaged: download it again",
    ),
    "headers alone": (
        lambda f: files.monthly(f, [], date(2026, 11, 22)),
        "NPPES_Data_Dissemination_November_2026_V2.zip: has headers and no rows; download it again",
    ),
    "other names": (
        lambda f: _named(f, "othername_pfile_20050523-20261122.csv", b"NPI,Provider Other\n"),
        "othername_pfile_20050523-20261122.csv: goes with npidata_pfile_….csv, and is read where "
        "that is; name that one",
    ),
    "other names without their column": (
        lambda f: _with_others(f, b'"NPI","Provider Other Organization Name Type Code"\n'),
        "npidata_pfile_20050523-20261122.csv (othername_pfile_20050523-20261122.csv): lacks the "
        "column Provider Other Organization Name; download the file again, and use it unchanged",
    ),
    "other names cut off": (
        lambda f: _with_others(f, files.others_text([(CLINIC, "RIVERSIDE")]).encode()[:-20]),
        "npidata_pfile_20050523-20261122.csv (othername_pfile_20050523-20261122.csv): a row has "
        "another number of columns than the header; the file is cut off or damaged: download it "
        "again",
    ),
    "name without days": (
        lambda f: files.write_nppes(f / "nppes.csv", ROWS, FULL),
        "nppes.csv: its name does not say which days it covers, so it is unclear whether the file "
        "is whole; "
        "keep the name npidata_pfile_YYYYMMDD-YYYYMMDD.csv that it came with",
    ),
    "weekly older than the monthly": (
        lambda f: files.weekly(f, ROWS, date(2026, 11, 1)),
        "NPPES_Data_Dissemination_102626_110126_Weekly_V2.zip: is of 2026-11-01, and the store "
        "holds the full file of 2026-11-08, which has all that and more; nothing was changed",
    ),
    "older monthly": (
        lambda f: files.monthly(f, ROWS, date(2026, 10, 11)),
        "NPPES_Data_Dissemination_October_2026_V2.zip: is of 2026-10-11, and the store holds the "
        "full file of 2026-11-08, which has all that and more; nothing was changed",
    ),
    "next month": (
        lambda f: files.monthly(f, ROWS, date(2026, 12, 13)),
        "NPPES_Data_Dissemination_December_2026_V2.zip: is of 2026-12-13, which is yet to come; "
        "look at its name, and at this machine's clock",
    ),
    "shrunk": (
        lambda f: files.monthly(f, ROWS[:1], date(2026, 11, 22)),
        "NPPES_Data_Dissemination_November_2026_V2.zip: holds 1 row where the store holds 4, and "
        "NPPES never takes one out; the file is cut off: download it again",
    ),
    "no NPIs": (
        lambda f: files.monthly(f, [{"npi": "9", "kind": "1"}], date(2026, 11, 22)),
        "NPPES_Data_Dissemination_November_2026_V2.zip: 1 of 1 row without an NPI; the file is "
        "another, or damaged: download it again",
    ),
    "bomb": (
        _bomb,
        "NPPES_Deactivated_NPI_Report_112226.zip: unpacks to more than 200 MB, which no report "
        "of deactivated NPIs does",
    ),
    "exclusions cut off": (
        lambda f: _cut(files.leie(f, [{"LASTNAME": "DOE"}] * 9), 0.9),
        "UPDATED.csv: line 9 has 17 columns of 18; the file is cut off or damaged: download it "
        "again",
    ),
    "exclusions with an endless cell": (
        lambda f: files.leie(f, [{"LASTNAME": "D" * 200_000}]),
        "UPDATED.csv: is cut off or damaged; download it again",
    ),
    "deactivations with a damaged sheet": (
        _spoilt_report,
        "NPPES_Deactivated_NPI_Report_112226.xlsx: is cut off or damaged; download it again",
    ),
    "folder": (lambda f: f, "given: not a file; name one of NPPES' zips or LEIE's csv"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_file_is_refused_in_a_sentence_and_the_store_stays(tmp_path, folder, wrong):
    make, sentence = WRONG[wrong]
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    (tmp_path / "given").mkdir()

    with pytest.raises(RegistryError) as refused:
        load(make(tmp_path / "given"), folder)

    assert refused.value.message == sentence
    assert refused.value.__cause__ is None
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_weekly_file_without_a_full_one_is_refused(tmp_path, folder):
    with pytest.raises(RegistryError, match="load the monthly file first"):
        load(files.weekly(tmp_path, ROWS, FULL), folder)

    assert store.open_store(folder, "npi_registry") is None


def test_older_report_and_older_exclusions_are_refused(tmp_path, folder):
    load(files.deactivations(tmp_path, [(ADA, "10/12/2026")], date(2026, 11, 9)), folder)
    older = files.deactivations(tmp_path, [(BO, "09/12/2026")], date(2026, 10, 12))
    with pytest.raises(RegistryError, match=r"is of 2026-10-12, and the store holds that of"):
        load(older, folder)

    load(files.leie(tmp_path, [{"NPI": str(ADA), "EXCLDATE": "20261020"}]), folder)
    with pytest.raises(RegistryError, match=r"is of 2026-09-20, and the store holds that of"):
        load(files.leie(tmp_path, [{"NPI": str(BO), "EXCLDATE": "20260920"}]), folder)


def test_store_of_another_version_is_told(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    store.store_path(folder, "npi_registry").write_bytes(b"ARROW1 of somebody else")

    with pytest.raises(RegistryError, match="load its files again"):
        store.open_store(folder, "npi_registry")
    with pytest.raises(RegistryError, match="load its files again"):
        load(files.weekly(tmp_path, ROWS, date(2026, 11, 15)), folder)
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    assert len(rows(folder)) == 4


def test_snapshot_has_the_hash_of_its_newest_file_in_whatever_order_they_came(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    newest = files.weekly(tmp_path, [person(ADA, "A", "A")], date(2026, 11, 22))
    load(newest, folder)
    done = load(files.weekly(tmp_path, [person(BO, "B", "B")], date(2026, 11, 15)), folder)

    assert done.about.snapshot == "2026-11-22"
    assert done.about.sha256 == hashlib.sha256(newest.read_bytes()).hexdigest()


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RegistryError, match="PROVIDER_ASSETS_REGISTRY"):
        load(files.monthly(tmp_path, ROWS, FULL), tmp_path / "file" / "registry")


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _load_until(point: str, path: str, folder: str) -> None:
    """Load, and be killed on the way."""
    if point == "while reading":
        nppes._add = _die
    elif point == "while writing":
        os.fsync = _die
    else:
        Path.replace = _die
    load(Path(path), Path(folder))


@pytest.mark.parametrize("point", ["while reading", "while writing", "before the rename"])
def test_kill_during_the_build_leaves_the_old_store(tmp_path, folder, point):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    before = store.store_path(folder, "npi_registry").read_bytes()
    next_month = files.monthly(tmp_path, ROWS, date(2026, 11, 22))
    process = multiprocessing.get_context("spawn").Process(
        target=_load_until, args=(point, str(next_month), str(folder))
    )
    process.start()
    process.join()

    assert process.exitcode == -signal.SIGKILL
    assert store.store_path(folder, "npi_registry").read_bytes() == before
    assert load(next_month, folder).about.snapshot == "2026-11-22"
    assert [path.name for path in sorted(folder.iterdir())] == [".lock", "npi_registry.arrow"]


def test_reader_keeps_its_store_while_another_takes_its_place(tmp_path, folder):
    load(files.monthly(tmp_path, ROWS, FULL), folder)
    held = store.open_store(folder, "npi_registry")
    load(files.weekly(tmp_path, [person(ADA, "NEW", "ADA", updated="11/10/2026")],
                      date(2026, 11, 15)), folder)  # fmt: skip

    assert held.batch.column("name").to_pylist()[0] == "QUIMBY"
    assert store.open_store(folder, "npi_registry").batch.column("name").to_pylist()[0] == "NEW"
