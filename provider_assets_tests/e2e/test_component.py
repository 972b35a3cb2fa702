"""The component in a `dg` project: found, scaffolded, and a platform in four lines of YAML."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provider_assets_tests.e2e.running import ROOT
from provider_assets_tests.rosters import npi, person, write_xlsx

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

FOUR_LINES = """\
type: provider_assets.ProviderRosterComponent
attributes:
  home: var
  key_prefix: mercy
"""
LOADS = """\
import json, sys
from dagster import DagsterInstance
from provider_assets.providers.keys import roster_key
from provider_assets.reading.mailbox.intake import sha256_of
from roster_project.definitions import defs

from pathlib import Path
path = Path(sys.argv[1])
sha256 = sha256_of(path)
with DagsterInstance.ephemeral() as instance:
    instance.add_dynamic_partitions("mercy_rosters", [roster_key(path.name, sha256)])
    config = {"path": str(path), "sha256": sha256}
    run = defs().resolve_job_def("mercy_import_roster").execute_in_process(
        instance=instance,
        partition_key=roster_key(path.name, sha256),
        run_config={"ops": {"mercy__raw_providers": {"config": config}}},
    )
    assert run.success
"""


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "dg_project"
    shutil.copytree(Path(__file__).parent / "dg_project", folder)
    return folder


def _run(project: Path, *command: object) -> str:
    ran = subprocess.run(
        [str(each) for each in command],
        cwd=project,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(project),
            "PYTHONPATH": f"{project / 'src'}:{ROOT}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def _dg(project: Path, *arguments: str) -> str:
    return _run(project, Path(sys.executable).with_name("dg"), *arguments)


def test_component_is_listed_and_scaffolded_and_four_lines_give_the_platform(project):
    listed = json.loads(_dg(project, "list", "components", "--json"))["items"]
    assert "provider_assets.ProviderRosterComponent" in {one["key"] for one in listed}

    _dg(project, "scaffold", "defs", "provider_assets.ProviderRosterComponent", "rosters")
    written = project / "src" / "roster_project" / "defs" / "rosters" / "defs.yaml"
    assert written.read_text(encoding="utf-8").startswith(FOUR_LINES.splitlines()[0])
    assert len(FOUR_LINES.splitlines()) == 4
    written.write_text(FOUR_LINES, encoding="utf-8")

    _dg(project, "check", "yaml")
    defined = json.loads(_dg(project, "list", "defs", "--json"))
    assert {one["asset_key"] for one in defined["assets"]} >= {
        f"mercy/{name}"
        for name in (
            "raw_providers",
            "invalid_rows",
            "duplicate_rows",
            "clean_providers",
            "providerinfo_table",
            "roster_report",
        )
    }

    roster = write_xlsx(
        project / "var" / "drop" / "inbox" / "mercy.xlsx", [person(1), person(2, full=None)]
    )
    _run(project, sys.executable, "-c", LOADS, roster)
    shown = _run(
        project, sys.executable, "-m", "provider_assets", "--home", "var", "trace", npi(1), "--json"
    )
    assert json.loads(shown)["held"][0]["full_name"] == "Quimby, Ada1"


def test_component_with_a_wrong_attribute_is_refused_with_its_name(project):
    folder = project / "src" / "roster_project" / "defs" / "rosters"
    folder.mkdir()
    wrong = FOUR_LINES.replace("home: var", "hom: var")
    (folder / "defs.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(AssertionError, match="hom"):
        _dg(project, "check", "yaml")
