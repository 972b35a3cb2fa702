"""No engine logs a row or a parameter, at whatever level logging is set."""

import logging
from typing import Any

SILENT: dict[str, Any] = {"hide_parameters": True, "logging_name": "provider_assets"}
"""Options for every engine of this package."""
# at level DEBUG SQLAlchemy would log every row that it fetches
logging.getLogger("sqlalchemy.engine.Engine.provider_assets").addFilter(
    lambda record: record.levelno >= logging.INFO
)
