"""The demo prints what the README's first screen shows, the first time and every time."""

import json
import re
import subprocess
import sys
from pathlib import Path

from provider_assets import __version__

ROOT = Path(__file__).parents[2]
DAY = r"\d{4}-\d{2}-\d{2}"


def _shown() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", text, re.DOTALL)[1]


def _printed(folder: Path) -> str:
    ran = _run(folder, "demo")
    assert ran.returncode == 0, ran.stderr
    return "".join(f"{line.rstrip()}\n" for line in ran.stdout.splitlines())


def _run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command as `make` calls it: out of `.venv`, which is not on the path."""
    environment = folder / ".venv"
    if not environment.exists():
        environment.symlink_to(sys.prefix, target_is_directory=True)
    return subprocess.run(
        [".venv/bin/python", "-m", "provider_assets", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_home_of_the_demo_is_found_whatever_the_settings_name(tmp_path):
    assert _run(tmp_path, "demo").returncode == 0
    elsewhere = f"sqlite:///{tmp_path / 'production.db'}"
    secret = tmp_path / "secret"
    secret.write_text(elsewhere)
    for named in (
        {"PROVIDER_ASSETS_DATABASE_URL": elsewhere},
        {"PROVIDER_ASSETS_DATABASE_URL_FILE": str(secret)},
    ):
        ran = _run(tmp_path, "--home", "var/demo", "imports", **named)
        assert [line.split()[:1] + line.split()[-9:-3] for line in ran.stdout.splitlines()] == [
            ["id", "file", "state", "read", "invalid", "duplicate", "inserted"],
            ["2", "riverside_clinics.xlsx", "loaded", "5", "1", "1", "3"],
            ["1", "mercy_general.xlsx", "loaded", "7", "1", "1", "5"],
        ]
    undone = _run(tmp_path, "--home", "var/demo", "undo", "2", "--dry-run", "--json", **named)
    told = json.loads(undone.stdout)
    assert (told["dry_run"], told["removed"]) == (True, 3)
    assert "3 rows would be removed" in told["message"]
    assert not (tmp_path / "production.db").exists()


def test_version_is_the_one_of_the_package(tmp_path):
    assert _run(tmp_path, "--version").stdout == f"provider-assets {__version__}\n"


def test_demo_prints_what_the_readme_shows_and_does_so_again(tmp_path):
    shown = re.sub(DAY, "DAY", _shown())
    assert re.sub(DAY, "DAY", _printed(tmp_path)) == shown
    assert re.sub(DAY, "DAY", _printed(tmp_path)) == shown


def test_demo_leaves_alone_a_folder_that_no_demo_made(tmp_path):
    precious = tmp_path / "var" / "demo" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    ran = _run(tmp_path, "demo")
    assert ran.returncode == 2
    assert "was not made by a demo" in ran.stderr
    assert precious.read_text() == "mine"
