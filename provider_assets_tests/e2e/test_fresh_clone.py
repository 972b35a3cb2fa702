"""Dagster's own commands in the top folder as it is cloned: they work, and warn of nothing."""

import json
import os
import re
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from provider_assets_tests.e2e.running import ROOT
from provider_assets_tests.orchestration.test_definitions import ASSETS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

RIVERSIDE = ROOT / "examples" / "rosters" / "riverside_clinics.xlsx"
BIN = Path(sys.executable).parent
SUPERSEDED = "SupersessionWarning"  # Dagster's word for its own older commands


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The project's files as a clone has them, and nothing else."""
    folder = tmp_path_factory.mktemp("clone") / "provider_assets"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", folder], check=True)
    return folder


def run(clone, *command):
    """What a command prints; it ends well, and neither warns nor leaves a file behind."""
    ran = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=clone,
        env={
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(clone.parent),
            "VIRTUAL_ENV": str(BIN.parent),
            "PYTHONPATH": str(clone),
            "PROVIDER_ASSETS_HOME": str(clone.parent / "home"),
            "DAGSTER_HOME": str(clone.parent / "home" / "dagster"),
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    told = ran.stdout + ran.stderr
    assert ran.returncode == 0, told
    warned = [line for line in told.splitlines() if re.search(r"\bWARNING\b|Warning: ", line)]
    assert [line for line in warned if SUPERSEDED not in line] == []
    left = ["git", "status", "--porcelain"]
    assert not subprocess.run(left, cwd=clone, capture_output=True, text=True, check=True).stdout
    return told


def test_roster_is_loaded_and_launched_again_with_dagsters_commands(clone):
    loaded = run(clone, "provider-assets", "load", "examples/rosters/mercy_general.xlsx")
    assert "loaded" in loaded
    for selection in (["--job", "import_roster"], ["--assets", "roster_report"]):
        told = run(clone, "dg", "launch", *selection, "--partition", "mercy_general-1169a78871e1")
        assert "RUN_SUCCESS" in told
    materialize = ["asset", "materialize", "-m", "provider_assets.definitions"]
    partition = ["--partition", "mercy_general-1169a78871e1"]
    assert "RUN_SUCCESS" in run(
        clone, "dagster", *materialize, "--select", "raw_providers", *partition
    )


def test_job_is_executed_with_a_config_and_the_tag_of_a_roster_as_the_runbook_says(clone):
    run(clone, "provider-assets", "load", "examples/rosters/riverside_clinics.xlsx")
    written = (clone / "docs" / "runbook.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^ *(dagster job execute .*)$", written, re.MULTILINE)
    [config] = re.findall(r"`replay.yaml` with\s+`(.*?)`", written)
    (clone.parent / "replay.yaml").write_text(config, encoding="utf-8")
    line = line.replace("replay.yaml", str(clone.parent / "replay.yaml"))
    key = "riverside_clinics-" + sha256(RIVERSIDE.read_bytes()).hexdigest()[:12]
    run(clone, *shlex.split(line.replace("ROSTER", key)))
    listed = json.loads(run(clone, "provider-assets", "imports", "--json"))
    assert [one["state"] for one in listed if one["file"] == RIVERSIDE.name] == [
        "loaded",
        "superseded",
    ]


def test_definitions_are_listed_and_found_valid(clone):
    (clone.parent / "home" / "dagster").mkdir(parents=True, exist_ok=True)
    listed = run(clone, "dg", "list", "defs")
    assert [name for name in ASSETS if name not in listed] == []
    run(clone, "dg", "check", "defs")
    run(clone, "dagster", "definitions", "validate")
    told = run(clone, "dagster", "asset", "list", "-m", "provider_assets.definitions")
    assert set(ASSETS) <= set(told.split())
