"""The distribution's Caddy with the deployment's own file; installed where it is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provider_assets_tests.e2e.running import ROOT, free_port

USER, PASSWORD = "ada", "made-up-for-the-test"


def find_caddy() -> str:
    """Its program."""
    found = shutil.which("caddy")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", "caddy"]):
            subprocess.run(
                ["apt-get", "-q", *command],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                check=False,
            )
        found = shutil.which("caddy")
    if found is None:
        pytest.fail("no proxy: install Caddy (Debian: apt-get install caddy)")
    return found


@contextmanager
def caddy(folder: Path, web_server: int) -> Iterator[int]:
    """The port of a proxy with `deploy/Caddyfile` before this web server."""
    port, program = free_port(), find_caddy()
    hashed = subprocess.run(
        [program, "hash-password", "--plaintext", PASSWORD],
        capture_output=True,
        text=True,
        check=True,
    )
    (folder / "ui_users").write_text(f"{USER} {hashed.stdout.strip()}\n")
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n" + (ROOT / "deploy" / "Caddyfile").read_text())
    settings = {
        "SITE_ADDRESS": f"http://127.0.0.1:{port}",
        "OTHER_NAMES": f"http://:{port}",
        "WEB_SERVER": f"127.0.0.1:{web_server}",
        "UI_USERS": str(folder / "ui_users"),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", config],
            env=settings,
            stdout=log,
            stderr=log,
        )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)
