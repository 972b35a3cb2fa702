"""A real MySQL where none is installed: Debian's packages, unpacked into a folder and run there.

Debian's stable release has none, its unstable one does. Nothing is installed: the packages come
with the C library that they need, and the server is run with that. The mirror is the machine's.
"""

import fcntl
import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

FOLDER = Path(sys.prefix) / "mysql-server"
RELEASE = "sid"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = (Path("/etc/apt/sources.list.d"), Path("/etc/apt/sources.list"))
MIRROR = r"^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(\S*debian\S*)"
LAUNCHER = """#!/bin/sh
[ "$1" = --no-defaults ] && shift
exec {lib}/{loader} --library-path {lib} {root}/usr/sbin/mysqld --no-defaults \\
  --basedir={root}/usr --plugin-dir={root}/usr/lib/mysql/plugin \\
  --lc-messages-dir={root}/usr/share/mysql --character-sets-dir={root}/usr/share/mysql/charsets \\
  --secure-file-priv= "$@"
"""


def unpack_mysql(folder: Path = FOLDER) -> Path | None:
    """The launcher of a MySQL in the folder, fetched first where it is missing; None: no way."""
    launcher, mirror = folder / "mysqld", find_mirror()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes begin at once
        if not launcher.exists() and mirror is not None:
            with suppress(OSError, subprocess.CalledProcessError):
                _fetch(folder, mirror)
                _write_launcher(launcher, folder / "root")
    return launcher if launcher.exists() else None


def _write_launcher(launcher: Path, root: Path) -> None:
    lib = root / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
    loader = next(lib.glob("ld-linux-*.so.*")).name
    new = launcher.with_suffix(".new")
    new.write_text(LAUNCHER.format(lib=lib, loader=loader, root=root))
    new.chmod(0o755)
    new.rename(launcher)


def find_mirror(places: tuple[Path, ...] = SOURCES) -> str | None:
    """Where this machine gets its Debian packages from; None where it is not Debian."""
    for place in places:
        for file in sorted(place.glob("*")) if place.is_dir() else [place]:
            if file.is_file():
                found = re.search(MIRROR, file.read_text(), re.MULTILINE)
                if found:
                    return found[1]
    return None


def _fetch(folder: Path, mirror: str) -> None:
    for name in ("apt/lists/partial", "apt/cache/archives/partial", "debs", "root"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    apt = folder / "apt"
    (apt / "status").touch()
    (apt / "sources.list").write_text(f"deb [signed-by={KEYS}] {mirror} {RELEASE} main\n")
    (apt / "apt.conf").write_text(
        f'Dir::Etc::SourceList "{apt / "sources.list"}";\nDir::Etc::SourceParts "/dev/null";\n'
        f'Dir::State::Lists "{apt / "lists"}";\nDir::State::status "{apt / "status"}";\n'
        f'Dir::Cache "{apt / "cache"}";\nAPT::Sandbox::User "root";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(apt / "apt.conf")}

    def run(*command: str, within: Path = folder) -> str:
        done = subprocess.run(
            command, cwd=within, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    run("apt-get", "update", "-q")
    flags = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks")]
    flags += ["--no-replaces", "--no-enhances"]
    told = run("apt-cache", "depends", "--recurse", *flags, "mysql-server-core")
    packages = {line for line in told.splitlines() if re.match(r"\w", line)}
    wanted = sorted(name for name in packages if not re.search("perl|gdbm", name))
    run("apt-get", "download", "-q", *wanted, within=folder / "debs")
    for package in sorted((folder / "debs").glob("*.deb")):
        run("dpkg", "-x", str(package), "root")
        package.unlink()
