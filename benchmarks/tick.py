"""One tick of the drop folder's sensor in a home with a long history; prints its seconds.

`python -m benchmarks.tick fill COUNT FOLDER` makes Dagster remember so many runs and partitions,
each a copy of the one that is there; `tick COUNT FOLDER` lays ten rosters of the folder in the
inbox and looks at it.
"""

import os
import shutil
import sqlite3
import sys
import time
from pathlib import Path

from provider_assets.orchestration.command.instance import open_instance
from provider_assets.orchestration.inbox.sensor import inbox_tick
from provider_assets.orchestration.partitions import rosters
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.settings import Settings, process_settings

NEW = 10
AT_ONCE = 10_000
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
RUN = "substr('00000000', 1, 8 - length(n)) || n || substr(run_id, 9)"


def fill(settings: Settings, count: int) -> None:
    """Copy the one run with its tags, and add a partition for each copy."""
    with open_instance(settings) as instance:
        for start in range(0, count, AT_ONCE):
            keys = [f"filled-{number}" for number in range(start, min(start + AT_ONCE, count))]
            instance.add_dynamic_partitions(str(rosters.name), keys)
    with sqlite3.connect(settings.dagster_home / "history" / "runs.db") as runs:
        for table in ("run_tags", "runs"):
            columns = [row[1] for row in runs.execute(f"PRAGMA table_info({table})")][1:]
            values = [RUN if column == "run_id" else column for column in columns]
            runs.execute(
                f"{NUMBERS} INSERT INTO {table} ({', '.join(columns)})"
                f" SELECT {', '.join(values)} FROM {table}, numbers",
                (count,),
            )


def tick(settings: Settings, folder: Path) -> float:
    """Seconds of the tick that asks for ten runs: the second look at ten files that lie still."""
    drop = DropFolder(settings.drop_folder)
    drop.prepare()
    for path in sorted(folder.iterdir())[-NEW:]:
        shutil.copy(path, drop.inbox)
        os.utime(drop.inbox / path.name, (0, time.time() - 3_600))
    with open_instance(settings) as instance:
        looks = inbox_tick(instance, settings.drop_folder, settings).run({}).looks
        time.sleep(settings.settle_seconds + 1)
        started = time.perf_counter()
        result = inbox_tick(instance, settings.drop_folder, settings).run(looks)
        seconds = time.perf_counter() - started
    assert len(result.starts) == NEW, result
    return seconds


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(process_settings(), int(sys.argv[2]))
    else:
        print(tick(process_settings(), Path(sys.argv[3])))
