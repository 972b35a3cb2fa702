"""Everything that a run imports and builds, so that a process that imports this is warm.

No thread of Python's, no connection and no file may be open in a process that forks; what is opened
here is closed here.
"""

from contextlib import suppress

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
import pymysql  # noqa: F401
import sqlalchemy.dialects.mysql
import sqlalchemy.dialects.sqlite  # noqa: F401
import upath.implementations.local  # noqa: F401

from provider_assets.orchestration.build import import_roster_job
from provider_assets.orchestration.process.fence import STORAGE, ours_or_own
from provider_assets.reading.layouts import load_layouts
from provider_assets.reports.page import load_templates


def _learn_pattern() -> None:
    from provider_assets.orchestration.process.storage import learn_pattern

    learn_pattern()


ours_or_own(STORAGE, _learn_pattern, lambda: None)  # else each run reads Dagster's migrations


def _build() -> None:
    """Build the job of rosters; a code location of somebody's own is built by its runs.

    Layouts and mailboxes are read by each run, so nothing that somebody changes is missed.
    """
    import_roster_job()
    load_layouts(None)
    load_templates()


with suppress(Exception):  # a run says what is wrong; this process has to be there to fork it
    _build()
