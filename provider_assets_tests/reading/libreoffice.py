"""LibreOffice, installed first where it is missing and may be installed."""

import os
import shutil
import subprocess

import pytest

PACKAGE = "libreoffice-calc-nogui"


def require_libreoffice() -> str:
    """Where its program is."""
    found = shutil.which("soffice") or (_install() and shutil.which("soffice"))
    if not found:
        pytest.fail(f"the test needs LibreOffice: install {PACKAGE}")
    return str(found)


def _install() -> bool:
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None:
        return False
    subprocess.run([*as_root, "apt-get", "update", "-q"], capture_output=True, check=False)
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", PACKAGE]
    return subprocess.run([*as_root, *command], capture_output=True, check=False).returncode == 0
