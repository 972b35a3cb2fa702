"""A new user's session: a fresh environment, the wheel, nothing else; from the demo to an undo."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from provider_assets import __version__
from provider_assets.providers.check_digit import check_digit
from provider_assets_tests.e2e.running import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SOURCES = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel as `make release` builds it, out of a copy: nothing of it is left in the tree."""
    copy = tmp_path_factory.mktemp("source")
    for name in (*SOURCES, "dagster.yaml", "workspace.yaml"):
        shutil.copy(ROOT / name, copy)
    for name in ("provider_assets", "examples"):
        shutil.copytree(
            ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    _run(sys.executable, "-m", "build", "--outdir", copy / "dist", copy)
    return next((copy / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel and what it asks for, at the versions of the lock."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    pinned = ("--constraint", ROOT / "requirements.lock", wheel)
    if uv := shutil.which("uv"):
        _run(uv, "venv", "--quiet", "--python", sys.executable, folder)
        _run(uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *pinned)
    else:
        _run(sys.executable, "-m", "venv", folder)
        _run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *pinned)
    return folder


class Person:
    """Somebody at a shell, in a folder of their own, with the environment switched on."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self._environment, self.folder = environment, folder

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        """What a line of the shell gives."""
        path = f"{self._environment / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )

    def gets(self, line: str, status: int = 0) -> str:
        """The line's output, after a look at its exit status."""
        ran = self.types(line)
        assert ran.returncode == status, f"{line}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout


@pytest.fixture
def person(environment, tmp_path) -> Person:
    return Person(environment, tmp_path)


def test_wheel_and_its_environment_hold_what_a_load_needs_and_no_more(wheel, environment):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("provider_assets_tests", "benchmarks"))]
    assert sum(name.startswith("provider_assets/example_rosters/") for name in names) == 2
    listed = {path.name.partition("-")[0] for path in environment.rglob("*.dist-info")}
    assert {"dagster", "pandas"} <= listed
    assert not listed & {"dagster_webserver", "dagster_mysql", "pytest", "ruff", "mypy"}


def test_new_user_comes_from_the_demo_to_a_roster_of_their_own_and_back(person):
    assert person.gets("provider-assets --version") == f"provider-assets {__version__}\n"
    _sees_the_demo(person)
    _adds_a_hospital(person)
    _takes_it_back(person)


def test_new_user_without_the_web_ui_is_told_how_to_get_it(person):
    ran = person.types("provider-assets dev")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "pip install 'provider-assets[ui]'" in ran.stderr


def _sees_the_demo(person: Person) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- demo -->\n```\n(.*?)```", readme, re.DOTALL)[1]
    told = "".join(
        f"{line.rstrip()}\n" for line in person.gets("provider-assets demo").splitlines()
    )
    day = r"\d{4}-\d{2}-\d{2}"
    assert re.sub(day, "DAY", told) == re.sub(day, "DAY", shown.replace(".venv/bin/", ""))
    for advised in ("imports", "trace 2000100018", "undo 2 --dry-run"):
        person.gets(f"provider-assets --home var/demo {advised}")


def _adds_a_hospital(person: Person) -> None:
    npis = [nine + check_digit(nine) for nine in ("200300001", "200300002", "200300003")]
    rows = [
        ("Rendering Doc ID", "Clinician as printed", "Site of care"),
        (npis[0], "Abara, Gwen", "Eastgate"),
        (npis[1], "Thorvald, Ines", "Eastgate"),
        ("not yet", "Pell, Jonah", "Westgate"),
    ]
    text = "".join("|".join(row) + "\n" for row in rows)
    (person.folder / "eastgate.txt").write_text(text, encoding="utf-8")

    (refused,) = json.loads(person.gets("provider-assets load --json eastgate.txt", status=1))
    assert refused["error"]["code"] == "no-layout"
    assert "provider-assets layouts suggest" in refused["error"]["message"]

    person.gets("mkdir layouts")
    draft = person.gets("provider-assets layouts suggest eastgate.txt")
    assert "Rendering Doc ID" in draft
    assert "Abara" not in draft
    (person.folder / "layouts" / "eastgate.yaml").write_text(
        "name: eastgate\n"
        "columns:\n"
        "  npi: Rendering Doc ID\n"
        "  full_name: Clinician as printed\n"
        "  entity_name: Site of care\n",
        encoding="utf-8",
    )
    (person.folder / ".env").write_text("PROVIDER_ASSETS_LAYOUTS=layouts\n", encoding="utf-8")
    person.gets("provider-assets validate --strict eastgate.txt", status=3)
    (loaded,) = json.loads(person.gets("provider-assets load --json eastgate.txt"))
    assert (loaded["status"], loaded["layout"], loaded["reasons"]) == (
        "loaded",
        "eastgate",
        {"npi-missing": 1},
    )
    assert loaded["rows"]["inserted"] == 2
    assert Path(loaded["files"]["report"]).is_file()
    told = person.gets(f"provider-assets trace {npis[0]}")
    assert "Abara, Gwen" in told
    assert "eastgate.txt" in told


def _takes_it_back(person: Person) -> None:
    (listed,) = [
        each
        for each in json.loads(person.gets("provider-assets imports --json"))
        if each["state"] == "loaded"
    ]
    undone = json.loads(person.gets(f"provider-assets undo {listed['id']} --json"))
    assert (undone["done"], undone["removed"]) == (True, 2)
    states = [each["state"] for each in json.loads(person.gets("provider-assets imports --json"))]
    assert "loaded" not in states


def _run(*command: object) -> None:
    ran = subprocess.run(
        [str(each) for each in command],
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
