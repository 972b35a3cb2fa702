"""`registry load`, `status`, `check`, `find`, as people call them."""

import json
import zipfile
from datetime import timedelta

import pytest

from provider_assets.orchestration.configured import today
from provider_assets_tests.registry import files
from provider_assets_tests.registry.files import person
from provider_assets_tests.rosters import write_xlsx

ADA, BO, NOBODY = 2000100018, 2000100026, 2000100034
ROWS = [
    ("HOSP", "Ada", "Quimby", "Quimby, Ada", str(ADA)),
    ("HOSP", "Celia", "Pell", "Pell, Celia", str(BO)),
    ("HOSP", "Ines", "Thorvald", "Thorvald, Ines", str(NOBODY)),
    ("HOSP", "Bruno", "Okafor", "Okafor, Bruno", "2000010026"),
]


@pytest.fixture
def registry(tmp_path):
    """Three registry files of this month beside a home."""
    day = today() - timedelta(days=10)
    entries = [person(ADA, "QUIMBY", "ADA"), person(BO, "OKAFOR", "BRUNO")]
    return [
        files.monthly(tmp_path, entries, day),
        files.deactivations(tmp_path, [(2000100042, "11/03/2024")], day),
        files.leie(tmp_path, [{"NPI": str(ADA), "EXCLTYPE": "1128a1", "EXCLDATE": "20240120"}]),
    ]


def test_files_are_loaded_once_and_told(sqlite_home, registry):
    first = json.loads(sqlite_home.call("registry", "load", "--json", *registry).stdout)
    again = sqlite_home.call("registry", "load", *registry)

    assert [(one["status"], one["about"]["asset"], one["about"]["rows"]) for one in first] == [
        ("loaded", "npi_registry", 2), ("loaded", "npi_deactivations", 1),
        ("loaded", "exclusions", 1),
    ]  # fmt: skip
    assert again.status == 0
    assert again.stdout.count("is loaded already") == 3


def test_wrong_file_is_refused_and_the_others_are_loaded(sqlite_home, registry, tmp_path):
    roster = write_xlsx(tmp_path / "mercy.xlsx", ROWS)
    called = sqlite_home.call("registry", "load", roster, registry[0])

    assert called.status == 1
    assert called.stderr == (
        "error: mercy.xlsx: has no column for NPI with one for NPPES Deactivation Date, as CMS' "
        "report of deactivated NPIs has; a roster belongs in inbox/\n"
    )
    assert "npi_registry of" in called.stdout


def test_unpacked_zip_is_loaded_by_naming_all_that_was_in_it(sqlite_home, registry, tmp_path):
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(registry[0]) as archive:
        archive.extractall(unpacked)
    told = sqlite_home.call("registry", "load", "--json", *sorted(unpacked.iterdir()))

    assert len(list(unpacked.iterdir())) == 3
    assert [(one["status"], one["notes"]) for one in json.loads(told.stdout)] == [("loaded", [])]


def test_missing_file_is_wrong_use_and_nothing_is_loaded(sqlite_home, registry, tmp_path):
    called = sqlite_home.call("registry", "load", registry[0], tmp_path / "nppes.zip")

    assert (called.status, called.stdout) == (2, "")
    assert called.stderr == f"error: {tmp_path / 'nppes.zip'}: not found; nothing was loaded\n"
    assert not (sqlite_home.root / "var" / "registry").exists()


def test_status_tells_age_and_what_is_not_set_up(sqlite_home, registry):
    sqlite_home.call("registry", "load", registry[0])
    told = json.loads(sqlite_home.call("registry", "status", "--json").stdout)

    assert [(one["asset"], one["age"], one["rows"], one["error"]) for one in told] == [
        ("npi_registry", 10, 2, None), ("npi_deactivations", None, 0, None),
        ("exclusions", None, 0, None),
    ]  # fmt: skip
    shown = sqlite_home.call("registry", "status").stdout
    assert [line.split()[:5] for line in shown.splitlines()[:2]] == [
        ["asset", "snapshot", "days", "old", "rows"],
        ["npi_registry", (today() - timedelta(days=10)).isoformat(), "10", "2", "2"],
    ]
    assert shown.count("not set up") == 2


def test_status_tells_a_store_that_cannot_be_read(sqlite_home):
    folder = sqlite_home.root / "var" / "registry"
    folder.mkdir(parents=True)
    (folder / "exclusions.arrow").write_bytes(b"something else")

    told = json.loads(sqlite_home.call("registry", "status", "--json").stdout)
    assert "load its files again" in told[2]["error"]


def test_check_tells_findings_and_loads_nothing(sqlite_home, registry, tmp_path):
    sqlite_home.call("registry", "load", *registry)
    roster = write_xlsx(tmp_path / "mercy.xlsx", ROWS)
    called = sqlite_home.call("registry", "check", "--json", roster)
    told = json.loads(called.stdout)

    day = (today() - timedelta(days=10)).isoformat()
    assert called.status == 0
    assert (told["rows"], told["confirmed"], told["counts"]) == (
        4, 0,
        {"provider-excluded": 1, "npi-not-in-registry": 1, "name-differs-from-registry": 1},
    )  # fmt: skip
    assert told["snapshots"] == {
        "npi_registry": day, "npi_deactivations": day, "exclusions": "2024-01-20",
    }  # fmt: skip
    assert told["found"] == [
        {"sheet": "Sheet1", "row": 2, "codes": ["provider-excluded"],
         "details": "Excluded since 2024-01-20 (1128a1), by OIG's list of 2024-01-20.",
         "registry": "QUIMBY, ADA, OH, 207Q00000X", "likeness": "1.00", "suggestion": ""},
        {"sheet": "Sheet1", "row": 3, "codes": ["name-differs-from-registry"], "details": "",
         "registry": "OKAFOR, BRUNO, OH, 207Q00000X", "likeness": "0.00", "suggestion": ""},
        {"sheet": "Sheet1", "row": 4, "codes": ["npi-not-in-registry"],
         "details": f"The registry's snapshot is of {day}.", "registry": "", "likeness": "",
         "suggestion": ""},
        {"sheet": "Sheet1", "row": 5, "codes": [], "details": "", "registry": "", "likeness": "",
         "suggestion": "2000100026, OKAFOR, BRUNO, OH"},
    ]  # fmt: skip
    assert not (sqlite_home.root / "var" / "storage").exists()
    shown = sqlite_home.call("registry", "check", roster).stdout
    assert "4 rows, 0 confirmed by the registry, 4 with findings" in shown
    assert "name-differs-from-registry" in shown


def test_find_shows_who_has_the_name(sqlite_home, registry):
    sqlite_home.call("registry", "load", *registry)
    called = sqlite_home.call("registry", "find", "--name", "Ada Quimby", "--state", "OH", "--json")

    assert json.loads(called.stdout) == [
        {"npi": str(ADA), "kind": 1, "name": "QUIMBY", "first": "ADA", "middle": "", "former": "",
         "state": "OH", "taxonomy": "207Q00000X", "deactivated": None, "excluded": True,
         "likeness": 1.0}
    ]  # fmt: skip
    assert "QUIMBY, ADA" in sqlite_home.call("registry", "find", "--name", "Quimby").stdout
    nobody = sqlite_home.call("registry", "find", "--name", "Zzyzx, Bo").stdout
    assert nobody == "nobody in the registry has a name like that\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "mercy.xlsx"), "error: the registry is not set up"),
        (("find", "--name", "Ada"), "error: the registry is not set up"),
        (("find", "--name", " "), "error: --name is empty"),
    ],
)
def test_command_without_what_it_needs_is_wrong_use(sqlite_home, arguments, sentence):
    called = sqlite_home.call("registry", *arguments)
    assert called.status == 2
    assert called.stderr.startswith(sentence)


def test_doctor_tells_the_registrys_age_and_nothing_where_there_is_none(sqlite_home, tmp_path):
    def told() -> list[tuple]:
        found = json.loads(sqlite_home.call("doctor", "--json").stdout)
        assets = ("npi_registry", "npi_deactivations", "exclusions")
        return [tuple(one.values()) for one in found if one["subject"] in assets]

    assert told() == []
    old, young = today() - timedelta(days=46), today() - timedelta(days=45)
    for path in (
        files.monthly(tmp_path, [person(ADA, "QUIMBY", "ADA")], old),
        files.deactivations(tmp_path, [(BO, "01/01/2024")], young),
    ):
        sqlite_home.call("registry", "load", path)
    assert told() == [
        ("npi_registry", "note", f"1 row of {old}, 46 days old",
         "load its newest file; see docs/registry.md"),
        ("npi_deactivations", "ok", f"1 row of {young}, 45 days old", ""),
    ]  # fmt: skip
