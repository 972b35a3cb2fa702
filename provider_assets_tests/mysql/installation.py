"""Where the database server's program is, and how to get one that is not installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from provider_assets_tests.mysql.unpacked import unpack_mysql

WANTED = "PROVIDER_ASSETS_TEST_SERVER"
"""`mysql` asks for a real MySQL, and for nothing else in its place."""
PROGRAMS = ("mariadbd", "mysqld")
FOLDERS = ("/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin")
MANAGERS = {
    "apt-get": [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-q",
        "mariadb-server",
    ],
    "dnf": ["dnf", "install", "-y", "-q", "mariadb-server"],
    "apk": ["apk", "add", "--quiet", "mariadb", "mariadb-client"],
    "brew": ["brew", "install", "--quiet", "mariadb"],
}
ADVICE = (
    "the tests need a database server: install mariadb-server (or mysql-server), or set "
    "PROVIDER_ASSETS_TEST_MYSQL_URL to an administrator's URL of one"
)
NO_MYSQL = (
    "no MySQL can be had here: install mysql-server (8.0 or newer), or set "
    "PROVIDER_ASSETS_TEST_MYSQL_URL to an administrator's URL of one"
)


def find_daemon() -> Path:
    """The server's program, installed first where it is missing and may be installed."""
    if os.environ.get(WANTED) == "mysql":
        mysql = _installed_mysql() or unpack_mysql()
        if mysql is None:
            pytest.exit(NO_MYSQL, returncode=2)
        return mysql
    found = _look() or (_install() and _look())
    if not found:
        pytest.exit(ADVICE, returncode=2)
    return found


def _look() -> Path | None:
    for program in PROGRAMS:
        found = shutil.which(program, path=_path())
        if found:
            return Path(found).resolve()
    return None


def _installed_mysql() -> Path | None:
    """A `mysqld` that is MySQL's: MariaDB's answers to that name too."""
    program = shutil.which("mysqld", path=_path())
    if program is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return None if "mariadb" in told.stdout.lower() else Path(program).resolve()


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])


def _install() -> bool:
    for manager, command in MANAGERS.items():
        if shutil.which(manager) is None:
            continue
        as_root = _become_root(manager)
        if as_root is None:
            return False
        if manager == "apt-get":
            subprocess.run([*as_root, "apt-get", "update", "-q"], capture_output=True, check=False)
        return (
            subprocess.run([*as_root, *command], capture_output=True, check=False).returncode == 0
        )
    return False


def _become_root(manager: str) -> list[str] | None:
    """What to put before a command so that it may install; None where it may not."""
    if manager == "brew" or os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return [sudo, "-n"]
    return None
