"""What a load may cost, counted and not timed: these numbers must not grow unnoticed.

Where one of them has to, change it here with the reason in the commit.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from provider_assets.providers.npi import check_digit
from provider_assets_tests.cost_probe import LARGE

ROOT = Path(__file__).parents[1]
HEADERS = ("Type", "NpFirstName", "NpLastName", "NP", "NPI")
# who has left is found among the rows that do not load, and the load keeps whom they name
FRAME_READS = {"raw_providers": 6, "invalid_rows": 7, "duplicate_rows": 6, "clean_providers": 7}
STEPS = ("raw_providers", "invalid_rows", "duplicate_rows", "clean_providers")
HEAVY = {"dagster", "pandas", "numpy", "pyarrow", "sqlalchemy", "pydantic", "jinja2", "xlsxwriter"}


@pytest.fixture
def probe(tmp_path, mysql_url):
    """Run the command line in a process of its own; what it opened, sent and imported."""

    def run(*arguments: str, large: bool = False) -> dict:
        told = tmp_path / "told.json"
        subprocess.run(
            [sys.executable, "-m", "provider_assets_tests.cost_probe", str(told), *arguments],
            check=True,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "PROVIDER_ASSETS_HOME": str(tmp_path / "home"),
                "PROVIDER_ASSETS_DATABASE_URL": mysql_url,
                **({LARGE: "yes"} if large else {}),
            },
        )
        found = json.loads(told.read_text())
        assert found["status"] == 0
        return found

    return run


def roster(path: Path, first: int, rows: int) -> Path:
    """A roster of made-up providers, the last of them without a name."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append(HEADERS)
    for number in range(first, first + rows):
        nine = str(100_000_000 + number)
        name = None if number == first + rows - 1 else f"Doe, Ann {number}"
        sheet.append(("Clinic", "Ann", "Doe", name, int(nine + check_digit(nine))))
    book.save(path)
    return path


def test_help_imports_nothing_heavy(probe):
    modules = probe("--help")["modules"]

    assert HEAVY & {name.partition(".")[0] for name in modules} == set()
    assert len(modules) < 450


@pytest.mark.mysql
def test_load_without_a_registry_imports_nothing_that_reads_or_asks_one(probe, tmp_path):
    modules = probe("load", str(roster(tmp_path / "mercy.xlsx", 1, 10)))["modules"]
    wanted = {"asked", "findings", "likeness", "loading", "nppes", "suggestions"}

    assert {f"provider_assets.registry.{name}" for name in wanted} & set(modules) == set()
    assert {"openpyxl", "rapidfuzz", "nicknames"} & set(modules) == set()


@pytest.mark.mysql
def test_load_opens_the_roster_and_its_frames_no_more_often_than_needed(probe, tmp_path):
    opened = probe("load", str(roster(tmp_path / "mercy.xlsx", 1, 10)))["opened"]

    # hashed to know it, hashed on its way into the archive, and there before it is read: its name
    # is no proof. Only the reader's own process opens it beside that
    assert opened["read mercy.xlsx"] == 3
    assert [opened[f"write {step}.parquet.part"] for step in STEPS] == [1, 1, 1, 1]
    assert [opened.get(f"read {step}.parquet", 0) for step in STEPS] == [0, 0, 0, 0]


@pytest.mark.mysql
def test_load_reads_the_frames_of_a_large_roster_no_more_often_than_needed(probe, tmp_path):
    path = roster(tmp_path / "mercy.xlsx", 1, 10)
    opened = probe("load", str(path), large=True)["opened"]

    assert {step: opened[f"read {step}.parquet"] for step in STEPS} == FRAME_READS


@pytest.mark.mysql
def test_load_sends_as_many_statements_for_many_rows_as_for_few(probe, tmp_path):
    probe("load", str(roster(tmp_path / "first.xlsx", 1, 10)))
    few = probe("load", str(roster(tmp_path / "few.xlsx", 1_000, 10)))["statements"]
    many = probe("load", str(roster(tmp_path / "many.xlsx", 10_000, 1_500)))["statements"]

    assert many == few
    # five of them keep whom the roster names besides, and ask for what the return file holds; one
    # keeps that the sender was answered, one the roster's place among those that arrived
    assert few["mysql"] <= 62
    assert few["sqlite"] <= 460  # Dagster's own: some for each step, asset and check of a run
