"""Fixtures that every room's tests share: database servers and URLs of empty databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from provider_assets_tests.memory import use_memory
from provider_assets_tests.mysql.server import Schema, Server, start_server

use_memory()
settings.register_profile("no-clock", deadline=None)  # a busy machine fails no test
settings.load_profile("no-clock")
# numbers and words of the code under test are drawn from, too: each commit, and each other order of
# importing, would try other sequences than those that were seen to pass
providers._get_local_constants = lambda: providers._local_constants


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[Server]:
    """A running server, one for the session (under xdist one for each worker)."""
    with start_server() as server:
        yield server


@pytest.fixture
def mysql_schema(mysql_server: Server) -> Schema:
    """A fresh empty schema and its restricted user."""
    return mysql_server.create_schema()


@pytest.fixture
def mysql_url(mysql_schema: Schema) -> str:
    """URL of a fresh empty schema for the user with the grants of docs/security.md."""
    return mysql_schema.url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'providers.db'}"


@pytest.fixture(params=["mysql", "sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database: each test runs on the server and on SQLite."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def application_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """URL of the same database for the application, which may do anything with its table."""
    if database_url.startswith("sqlite"):
        return database_url
    return str(request.getfixturevalue("mysql_schema").admin_url)
