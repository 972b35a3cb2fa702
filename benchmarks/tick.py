"""What Dagster's daemon does in a home with a long history; prints its CPU seconds.

`python -m benchmarks.tick fill COUNT FOLDER` makes Dagster remember so many partitions, runs and
asset events, each a copy of those of the one roster that is there. `tick COUNT FOLDER` lays ten
rosters of the folder in the inbox and looks at it; `index`, `numbers` and `retention` do what their
names say, as often as a deployment does: after each load, every minute, every night.
"""

import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance

from provider_assets.database.questions import overview
from provider_assets.orchestration.alerts.metrics import write_metrics
from provider_assets.orchestration.command.instance import open_instance
from provider_assets.orchestration.configured import readable_database
from provider_assets.orchestration.inbox.sensor import inbox_tick
from provider_assets.orchestration.index import refresh_index
from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.orchestration.upkeep import remove_before
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.settings import Settings, process_settings

NEW = 10
AT_ONCE = 10_000
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
RUN = "substr('00000000', 1, 8 - length(n)) || n || substr(run_id, 9)"
# whose rows tell of one run, and what a copy of each says otherwise
COPIED = {
    "runs.db": {"run_tags": {"run_id": RUN}, "runs": {"run_id": RUN}},
    "runs/index.db": {"event_logs": {"run_id": RUN, "partition": "'filled-' || n"}},
}


def fill(settings: Settings, count: int) -> None:
    """Copy the one run with its tags and asset events, and add a partition for each copy."""
    with open_instance(settings) as instance:
        for start in range(0, count, AT_ONCE):
            keys = [f"filled-{number}" for number in range(start, min(start + AT_ONCE, count))]
            instance.add_dynamic_partitions(str(rosters.name), keys)
    for file, tables in COPIED.items():
        with sqlite3.connect(settings.dagster_home / "history" / file) as store:
            for table, changed in tables.items():
                columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")][1:]
                values = [changed.get(column, column) for column in columns]
                store.execute(
                    f"{NUMBERS} INSERT INTO {table} ({', '.join(columns)})"
                    f" SELECT {', '.join(values)} FROM {table}, numbers",
                    (count,),
                )


def tick(settings: Settings, folder: Path) -> float:
    """The tick that asks for ten runs: the second look at ten files that lie still."""
    drop = DropFolder(settings.drop_folder)
    drop.prepare()
    for path in sorted(folder.iterdir())[-NEW:]:
        shutil.copy(path, drop.inbox)
        os.utime(drop.inbox / path.name, (0, time.time() - 3_600))
    with open_instance(settings) as instance:
        looks = inbox_tick(instance, Folders(), settings).run({}).looks
        time.sleep(settings.settle_seconds + 1)
        return _seconds(lambda: _ask_for_ten(instance, settings, looks))


def _ask_for_ten(instance: DagsterInstance, settings: Settings, looks: dict[str, str]) -> None:
    result = inbox_tick(instance, Folders(), settings).run(looks)
    assert len(result.starts) == NEW, result


def others(settings: Settings) -> dict[str, Callable[[], object]]:
    """What else is done by itself, by name."""
    old = datetime.now(UTC) - timedelta(days=3650)  # nothing is: what is measured is the looking
    return {
        "index": lambda: refresh_index(Folders(), ProviderDatabase()),
        "numbers": lambda: write_metrics(
            settings.metrics_file,
            overview.totals(readable_database()),
            DropFolder(settings.drop_folder),
            datetime.now(UTC),
        ),
        "retention": lambda: remove_before(old, Folders(), ProviderDatabase()),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    what, count, folder = sys.argv[1:]
    if what == "fill":
        fill(process_settings(), int(count))
    elif what == "tick":
        print(f"{tick(process_settings(), Path(folder)):.2f}")
    else:
        print(f"{_seconds(others(process_settings())[what]):.2f}")
