"""A real spreadsheet program for tests: LibreOffice as the system has it, without a window.

Debian's package is used and installed if that is possible here; where it is not, the test fails
with one sentence that says what to install.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def convert(file: Path, ending: str, folder: Path) -> Path:
    """Open a file in LibreOffice and save it in another form into `folder`."""
    profile = folder / "profile"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [_office(), f"-env:UserInstallation={profile.as_uri()}", "--headless",
         *_as_utf8(file),
         "--convert-to", ending, "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=200,
    )  # fmt: skip
    return folder / f"{file.stem}.{ending.partition(':')[0]}"


def _as_utf8(file: Path) -> list[str]:
    # comma, double quotes, UTF-8, from the first line, with formulas, as when a person opens it
    filters = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"
    return [f"--infilter={filters}"] if file.suffix == ".csv" else []


def _office() -> str:
    found = shutil.which("soffice")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (
            ["update"],
            ["install", "-y", "--no-install-recommends", "libreoffice-calc"],
        ):
            subprocess.run(
                ["apt-get", "-q", *command],
                check=False,
                capture_output=True,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            )
        found = shutil.which("soffice")
    if found is None:
        pytest.fail(
            "no spreadsheet program: install LibreOffice (apt-get install libreoffice-calc)"
        )
    return found
