"""A state machine of hypothesis over one database: made once, and emptied for each sequence.

The sequences are the same each time; `PROVIDER_ASSETS_TEST_SEED=NUMBER` tries others.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine

from provider_assets.database import Database
from provider_assets.database.prepare import prepare
from provider_assets_tests.database.rosters import execute, is_sqlite, open_url

MEMORY = Path("/dev/shm")
SEED = os.environ.get("PROVIDER_ASSETS_TEST_SEED")
TABLES = ("providerinfo", "provider_import_row", "provider_import")


class Sequences(RuleBasedStateMachine):
    """Drives a database and a model side by side; `application` may do anything with its table."""

    database: Database
    application: Database

    def empty(self) -> None:
        """As nobody had loaded anything; a server would make a table that it truncates anew."""
        execute(self.application, *(f"DELETE FROM {table}" for table in TABLES))
        if not is_sqlite(self.application):  # the models number imports from one
            execute(self.application, "ALTER TABLE provider_import AUTO_INCREMENT = 1")


def check(
    machine: type[Sequences], examples: int, steps: int, url: str = "", application_url: str = ""
) -> None:
    """So many sequences of so many steps; on SQLite without a URL."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        database = open_url(url or f"sqlite:///{Path(folder) / 'providers.db'}")
        application = open_url(application_url) if application_url else database
        prepare(database)
        each = type("Machine", (machine,), {"database": database, "application": application})
        each = each if SEED is None else seed(int(SEED))(each)
        each.TestCase.settings = settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=SEED is None,
            phases=(Phase.generate,),  # shrinking such runs takes minutes
            suppress_health_check=list(HealthCheck),
        )
        each.TestCase().runTest()
