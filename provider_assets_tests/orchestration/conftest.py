"""A home of its own for each test: settings, Dagster's storage, drop folder, an empty database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import create_engine, text

from provider_assets.cli import main
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.settings import load_settings, use_settings

COLUMNS = "ENTY_NM, PROV_FST_NM, PROV_LST_NM, PROV_FULL_NM, PROV_NPI"


@dataclass(frozen=True)
class Called:
    """What a call of the command line gave."""

    status: int
    stdout: str
    stderr: str


class Home:
    """A home and what a test does in it: call the command line, look at the table."""

    def __init__(
        self,
        root: Path,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.root = root
        self._capsys = capsys
        self.database_url = database_url
        self._monkeypatch = monkeypatch
        self.set(HOME=str(root / "var"), DATABASE_URL=database_url, DATABASE_TRIES="2")

    def set(self, **settings: str) -> None:
        """Change settings, as whoever starts the next command would."""
        for name, value in settings.items():
            self._monkeypatch.setenv(f"PROVIDER_ASSETS_{name}", value)
        use_settings(None)

    def call(self, *arguments: object) -> Called:
        """The command line, in this process."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        told = self._capsys.readouterr()
        return Called(int(ended.value.code or 0), told.out, told.err)

    def load(self, *arguments: object) -> list[dict]:
        """`load --json`: one object a roster."""
        return json.loads(self.call("load", "--json", *arguments).stdout)

    def execute(self, statement: str) -> None:
        """Change the table as somebody else would."""
        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def table(self) -> list[tuple]:
        """The application's table, ordered by NPI."""
        engine = create_engine(self.database_url)
        with engine.connect() as connection:
            rows = connection.execute(text(f"SELECT {COLUMNS} FROM providerinfo ORDER BY PROV_NPI"))
            found = [tuple(row) for row in rows]
        engine.dispose()
        return found


def forget_dagster_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset `DAGSTER_HOME`, also for after the test: what opens an instance sets it."""
    monkeypatch.setenv("DAGSTER_HOME", "")  # one that is not there is not put back to that
    monkeypatch.delenv("DAGSTER_HOME")


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory) -> Path:
    """Dagster's storage of a home in which nothing has run: laying it costs a third of a load."""
    root = tmp_path_factory.mktemp("laid-out")
    with pytest.MonkeyPatch.context() as monkeypatch:
        forget_dagster_home(monkeypatch)
        settings = load_settings({"PROVIDER_ASSETS_HOME": str(root)}, None)
        open_instance(settings).dispose()
    return settings.dagster_home


@pytest.fixture
def home(tmp_path, laid_out, database_url, monkeypatch, capsys) -> Iterator[Home]:
    """A fresh home on each database: the real server, and SQLite."""
    yield from _home(tmp_path, laid_out, database_url, monkeypatch, capsys)


@pytest.fixture
def sqlite_home(tmp_path, laid_out, monkeypatch, capsys) -> Iterator[Home]:
    """A fresh home on SQLite, for what does not hang on the database."""
    url = f"sqlite:///{tmp_path / 'providers.db'}"
    yield from _home(tmp_path, laid_out, url, monkeypatch, capsys)


def _home(root, laid_out, database_url, monkeypatch, capsys) -> Iterator[Home]:
    copytree(laid_out, root / "var" / "dagster")
    forget_dagster_home(monkeypatch)
    monkeypatch.chdir(root)
    made = Home(root, database_url, monkeypatch, capsys)
    yield made
    monkeypatch.undo()
    use_settings(None)
