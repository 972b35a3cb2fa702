"""The demo prints what the README's first screen shows, the first time and every time."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DAY = r"\d{4}-\d{2}-\d{2}"


def _shown() -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", text, re.DOTALL)[1]


def _printed(folder: Path) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "provider_assets.cli", "demo"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return "".join(f"{line.rstrip()}\n" for line in ran.stdout.splitlines())


def test_demo_prints_what_the_readme_shows_and_does_so_again(tmp_path):
    shown = re.sub(DAY, "DAY", _shown())
    assert re.sub(DAY, "DAY", _printed(tmp_path)) == shown
    assert re.sub(DAY, "DAY", _printed(tmp_path)) == shown


def test_demo_leaves_alone_a_folder_that_no_demo_made(tmp_path):
    precious = tmp_path / "var" / "demo" / "precious.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    ran = subprocess.run(
        [sys.executable, "-m", "provider_assets.cli", "demo"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "was not made by a demo" in ran.stderr
    assert precious.read_text() == "mine"
