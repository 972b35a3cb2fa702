"""Everything that a run imports, so that a process that imports this is warm.

No thread of Python's, no connection and no file may be open in a process that forks; what is opened
here is closed here.
"""

import alembic.command  # noqa: F401
import dagster._cli.api
import dagster._core.execution.api
import dagster._core.storage.event_log
import dagster._core.storage.runs
import dagster._core.storage.schedules  # noqa: F401
import mako.template  # noqa: F401
import openpyxl  # noqa: F401
import pyarrow.dataset
import pyarrow.pandas_compat
import pyarrow.parquet  # noqa: F401
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.sqlite  # noqa: F401
import upath.implementations.local  # noqa: F401

import provider_assets.orchestration.build  # noqa: F401
from provider_assets.orchestration.process.fence import STORAGE, ours_or_own


def _learn_pattern() -> None:
    from provider_assets.orchestration.process.storage import learn_pattern

    learn_pattern()


ours_or_own(STORAGE, _learn_pattern, lambda: None)  # else each run reads Dagster's migrations
