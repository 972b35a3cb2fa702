"""`provider-assets dev` with its sensors: registry files, put into the drop folder by hand."""

import json
import subprocess
import sys
import urllib.request
from datetime import timedelta

import pytest

from provider_assets.orchestration.configured import today
from provider_assets_tests.e2e.running import ROOT, Platform, running
from provider_assets_tests.registry import files
from provider_assets_tests.rosters import write_xlsx

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ADA, BO, GONE = 2000100018, 2000100026, 2000100034
DAY = today() - timedelta(days=10)
ASSETS = ("npi_registry", "npi_deactivations", "exclusions")
QUERY = """query {
  assetsOrError { ... on AssetConnection { nodes {
    key { path }
    assetMaterializations(limit: 1) { metadataEntries {
      label ... on TextMetadataEntry { text } ... on IntMetadataEntry { intValue } } }
  } } } }"""


def test_files_put_into_the_registrys_folder_become_assets_and_judge_rosters(tmp_path, mysql_url):
    with running(Platform(tmp_path / "home", mysql_url)) as platform:
        folder = platform.drop / "registry"
        folder.mkdir(exist_ok=True)
        entries = [files.person(ADA, "QUIMBY", "ADA"), files.person(BO, "OKAFOR", "BRUNO")]
        files.monthly(folder, entries, DAY)
        files.deactivations(folder, [(GONE, "11/03/2024")], DAY)
        files.leie(folder, [{"NPI": str(BO), "EXCLTYPE": "1128a1", "EXCLDATE": "20240120"}])
        (folder / "notes.txt").write_text("fetched by the job of Sunday night\n")
        made = platform.wait(
            "all three are materialized", lambda: three(materialized(platform)), 300
        )
        roster = [
            ("HOSP", "Ada", "Quimby", "Quimby, Ada", str(ADA)),
            ("HOSP", "Celia", "Pell", "Pell, Celia", str(BO)),
            ("HOSP", "Ines", "Thorvald", "Thorvald, Ines", str(GONE)),
        ]
        write_xlsx(platform.drop / "inbox" / "mercy.xlsx", roster)
        platform.wait("the roster is in", lambda: platform.files("processed"))
        [record] = imports(platform)

    assert {name: (made[name]["snapshot"], made[name]["dagster/row_count"]) for name in ASSETS} == {
        "npi_registry": (DAY.isoformat(), 2),
        "npi_deactivations": (DAY.isoformat(), 1),
        "exclusions": ("2024-01-20", 1),
    }
    assert record["state"] == "loaded"
    assert record["warnings"] == {
        "npi-deactivated": 1,
        "name-differs-from-registry": 1,
        "provider-excluded": 1,
    }
    assert (record["registry"]["rows"], record["registry"]["confirmed"]) == (3, 1)
    assert record["registry"]["sha256"] == {name: made[name]["sha256"] for name in ASSETS}


def materialized(platform: Platform) -> dict[str, dict[str, object]]:
    """Of each asset that was materialized, what its newest materialization tells."""
    body = json.dumps({"query": QUERY}).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{platform.url}/graphql", body, headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        nodes = json.load(answer)["data"]["assetsOrError"]["nodes"]
    return {
        node["key"]["path"][-1]: {
            entry["label"]: entry.get("text", entry.get("intValue"))
            for entry in node["assetMaterializations"][0]["metadataEntries"]
        }
        for node in nodes
        if node["assetMaterializations"]
    }


def three(made: dict[str, dict[str, object]]) -> dict[str, dict[str, object]] | None:
    """All of it, once each of the three assets is there."""
    return made if made.keys() >= set(ASSETS) else None


def imports(platform: Platform) -> list[dict]:
    """The history as the command tells it."""
    done = subprocess.run(
        [sys.executable, "-m", "provider_assets", "imports", "--json"],
        cwd=ROOT,
        env=platform.settings(),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)
