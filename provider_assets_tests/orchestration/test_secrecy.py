"""Row values and passwords stand in no log, event or message, whether a load succeeds or fails."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from provider_assets_tests.rosters import npi, person, write_xlsx

ROOT = Path(__file__).parents[2]
PLANTED = ("Zyzzyva", "Qwlptk", "078-05-1120", "1961-08-04", npi(4711), npi(4712), npi(815))
HEADERS = ("Type", "NpFirstName", "NpLastName", "NP", "NPI", "SSN", "Date of Birth")


def planted_rows() -> list[list[object]]:
    extra = ["078-05-1120", "1961-08-04"]
    zyzzyva = {"first": "Zyzzyva", "last": "Qwlptk", "full": "Qwlptk, Zyzzyva"}
    return [
        [*person(4711, **zyzzyva), *extra],
        [*person(4712, **zyzzyva), *extra],
        [*person(4712, **{**zyzzyva, "full": "Other Qwlptk"}), *extra],
        [*person(815, **{**zyzzyva, "full": None}), *extra],
        [*person(816, **{**zyzzyva, "npi": "Zyzzyva"}), *extra],
    ]


def _content(path: Path) -> bytes:
    """A file's bytes, and what is packed inside of workbooks and Parquet files."""
    content = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            content += b"".join(book.read(name) for name in book.namelist())
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        content += repr(table.to_pylist()).encode() + repr(table.schema.metadata).encode()
    return content


def _everything_below(folder: Path) -> dict[Path, bytes]:
    return {path: _content(path) for path in folder.rglob("*") if path.is_file()}


def _holders(folder: Path, words) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, content in _everything_below(folder).items():
        inside = [
            word
            for word in words
            if word.encode() in content or word.encode("utf-16-le") in content
        ]
        if inside:
            found[str(path.relative_to(folder))] = inside
    return found


def _load(home: Path, url: str, roster: Path, **settings: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "provider_assets.cli", "load", "--json", str(roster)],
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PROVIDER_ASSETS_HOME": str(home / "var"),
            "PROVIDER_ASSETS_DATABASE_URL": url,
            "PROVIDER_ASSETS_DATABASE_TRIES": "1",
            **settings,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "settings",
    [{}, {"PROVIDER_ASSETS_MAX_REJECT_RATE": "0.01"}],
    ids=["loads", "too-many-rejects"],
)
def test_dagsters_storage_and_the_command_hold_no_row_values(tmp_path, mysql_url, settings):
    roster = write_xlsx(tmp_path / "roster.xlsx", planted_rows(), headers=HEADERS)
    ran = _load(tmp_path, mysql_url, roster, **settings)
    for word in PLANTED:
        assert word not in ran.stdout + ran.stderr
    assert _holders(tmp_path / "var" / "dagster", PLANTED) == {}


def test_refused_write_tells_no_row_values_and_no_password(tmp_path, mysql_server, mysql_schema):
    _load(tmp_path, mysql_schema.url, write_xlsx(tmp_path / "first.xlsx", [person(1)]))
    mysql_server.execute(
        f"CREATE TRIGGER `{mysql_schema.name}`.refuse BEFORE INSERT ON "
        f"`{mysql_schema.name}`.providerinfo FOR EACH ROW SIGNAL SQLSTATE '45000' "
        "SET MESSAGE_TEXT = 'Zyzzyva is refused'"
    )
    roster = write_xlsx(tmp_path / "roster.xlsx", planted_rows(), headers=HEADERS)
    ran = _load(tmp_path, mysql_schema.url, roster)
    assert ran.returncode == 1
    password = mysql_schema.url.split(":")[2].split("@")[0]
    for word in (*PLANTED, password):
        assert word not in ran.stdout + ran.stderr
    assert _holders(tmp_path / "var" / "dagster", (*PLANTED, password)) == {}


def test_columns_that_nobody_asked_for_are_stored_nowhere_but_in_the_archive(tmp_path, mysql_url):
    text = "\n".join(",".join(str(cell or "") for cell in row) for row in planted_rows())
    roster = tmp_path / "roster.csv"
    roster.write_text(",".join(HEADERS) + "\n" + text.replace("Qwlptk, Zyzzyva", "Qwlptk Z"))
    _load(tmp_path, mysql_url, roster)
    holders = _holders(tmp_path / "var", ("078-05-1120", "1961-08-04"))
    assert [path for path in holders if not path.startswith("storage/archive/")] == []
    assert len(holders) == 1
    kept = _holders(tmp_path / "var", (npi(4711),))
    assert {Path(path).suffix for path in kept} >= {".parquet", ".xlsx", ".csv"}


def test_missing_rights_are_told_without_the_password(tmp_path, mysql_server, mysql_schema):
    user = mysql_schema.url.split("//")[1].split(":")[0]
    password = mysql_schema.url.split(":")[2].split("@")[0]
    mysql_server.execute(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{user}'@'%'")
    ran = _load(tmp_path, mysql_schema.url, write_xlsx(tmp_path / "r.xlsx", [person(1)]))
    assert ran.returncode == 1
    assert password not in ran.stdout + ran.stderr
    assert _holders(tmp_path / "var", (password,)) == {}
