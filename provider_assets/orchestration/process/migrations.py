"""Dagster's own migrations, read once a process and not for each look whether a file has them all.

Dagster asks that whenever it opens its storage: four times a run, and for each look of each sensor.
Each time it loads some fifty Python files, which no process sees change.
"""

from functools import cache

from alembic.config import Config
from alembic.script import ScriptDirectory


class ReadOnce:
    """What `check_alembic_revision` asks for the newest migration of a storage."""

    @staticmethod
    def from_config(config: Config) -> ScriptDirectory:
        """The migrations that a config names."""
        return _at(config.get_main_option("script_location") or "", config.config_file_name)


@cache
def _at(location: str, file: str | None) -> ScriptDirectory:
    config = Config(file)
    config.set_main_option("script_location", location)
    return ScriptDirectory.from_config(config)


def install() -> None:
    """Have Dagster ask `ReadOnce`. Raises AttributeError where this Dagster is another."""
    from dagster._core.storage import sql

    if not hasattr(sql, "ScriptDirectory"):
        raise AttributeError("ScriptDirectory")
    sql.ScriptDirectory = ReadOnce
