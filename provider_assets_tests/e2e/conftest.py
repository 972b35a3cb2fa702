"""A platform that runs, and a page of a real browser: what the tests of the web UI share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from provider_assets_tests.e2e.browser import chromium
from provider_assets_tests.e2e.rosters import SAMPLE
from provider_assets_tests.e2e.running import Platform, running

USUAL = {"width": 1500, "height": 1000}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform that has taken in one roster by itself."""
    with (
        tempfile.TemporaryDirectory(prefix="provider-assets-") as folder,
        running(Platform(Path(folder), f"sqlite:///{folder}/providers.db")) as platform,
    ):
        shutil.copy(SAMPLE, platform.drop / "inbox")
        platform.wait("the roster is loaded", lambda: platform.files("processed"))
        yield platform


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of the usual size; an answer may take a minute on a busy machine."""
    with chromium() as browser:
        page = browser.new_page(viewport=USUAL)
        page.set_default_timeout(60_000)
        yield page
