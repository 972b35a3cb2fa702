"""`dagster dev` with its sensors: a roster dropped by hand ends in the table by itself."""

import time

import pytest

from provider_assets_tests.e2e.rosters import invalid_npis, write_roster
from provider_assets_tests.e2e.running import Platform, running
from provider_assets_tests.orchestration.receivers import http_receiver

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def test_rosters_dropped_into_the_inbox_are_loaded_moved_and_told_of(tmp_path, mysql_url):
    with http_receiver() as received:
        notify = {"PROVIDER_ASSETS_NOTIFY": f"json://127.0.0.1:{received.port}/"}
        with running(Platform(tmp_path / "home", mysql_url, notify)) as platform:
            inbox = platform.drop / "inbox"
            write_slowly(inbox / "slow.csv", write_roster(tmp_path / "slow.csv", 0, rows=200))
            (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
            write_roster(inbox / "warned.csv", 1, taken=invalid_npis(3))
            platform.wait("the inbox is empty", lambda: not platform.files("inbox"))
            platform.wait("both alerts", lambda: len(received.messages) >= 2)
            rows = platform.query("SELECT COUNT(*), COUNT(DISTINCT PROV_NPI) FROM providerinfo")
            states = platform.query("SELECT file, state FROM provider_import ORDER BY file")
            files = platform.files("processed", "failed")
            platform.wait("the metrics", (platform.home / "metrics").is_dir)
            links = [f"{platform.url}/runs/" in body for _, body in received.messages]
    assert links == [True, True]  # its own port, which is not the usual one
    assert rows == [(203, 203)]
    assert states == [("broken.xlsx", "failed"), ("slow.csv", "loaded"), ("warned.csv", "loaded")]
    assert files == [
        "failed/broken.xlsx",
        "failed/broken.xlsx.txt",
        "processed/slow.csv",
        "processed/warned.csv",
    ]
    assert sorted(title for title, _ in received.messages) == [
        "broken.xlsx was not loaded (corrupt)",
        "warned.csv was loaded, with warnings (npi_check_digits_hold)",
    ]


def write_slowly(path, source):
    """As a slow copy over a network would: piece by piece, for longer than a look takes."""
    content = source.read_bytes()
    with path.open("wb") as stream:
        for start in range(0, len(content), len(content) // 8):
            stream.write(content[start : start + len(content) // 8])
            stream.flush()
            time.sleep(0.7)
