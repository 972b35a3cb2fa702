"""`provider-assets dev` on another Dagster than the one that was tested: its own parts are used."""

import pytest

from provider_assets.orchestration.process import executor, fence, launcher
from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import ROOT, Platform, running

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

OTHER = """import dagster
dagster.__version__ = "1.99.0"
"""


def test_roster_loads_by_dagsters_own_parts_where_ours_were_made_for_another(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sitecustomize.py").write_text(OTHER)
    home = tmp_path / "home"
    platform = Platform(
        home, f"sqlite:///{home}/providers.db", {"PYTHONPATH": f"{tmp_path / 'other'}:{ROOT}"}
    )
    with running(platform):
        write_roster(platform.drop / "inbox" / "one.csv", 0, rows=10)
        platform.wait("it is loaded", lambda: platform.files("processed") == ["processed/one.csv"])
        forked = [line for line in platform.processes().values() if "forkserver" in line]
        rows = platform.query("SELECT COUNT(*), COUNT(DISTINCT PROV_NPI) FROM providerinfo")
    assert (rows, forked) == ([(10, 10)], [])
    log = platform.log.read_text()
    unused = {part: part in log for part in (fence.STORAGE, launcher.PART, executor.PART)}
    assert unused == dict.fromkeys(unused, True)
