"""A table under another name than `providerinfo`, with a history of its own beside it.

Every statement here names the tables by what they are: `providerinfo`, and ours, which begin with
`provider_import`. Where the application calls its table `clinicians`, the statements get the real
names on their way to the server: `clinicians`, `clinicians_import`, `clinicians_import_row` …
Only statements are touched, and sentences about the tables (`real_names`). Values travel beside
them, and stay as they are.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, event

from provider_assets.database.address import PROVIDERINFO

_HISTORY = "provider_import"
_CATALOGUE = ("information_schema", "sqlite_master")
_NAMES = re.compile(rf"\b(?:{PROVIDERINFO}\b|{_HISTORY}(?=_|\b))")


def call_tables(connection: Connection, table: str) -> Connection:
    """The connection, whose statements speak of `table` and its history from now on."""
    if table != PROVIDERINFO:

        def renamed(
            _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any
        ) -> tuple[str, Any]:
            asks_for_names = any(name in statement.lower() for name in _CATALOGUE)
            put = _in_parameters(parameters, table) if asks_for_names else parameters
            return _put(statement, table), put

        event.listen(connection, "before_cursor_execute", renamed, retval=True)
    return connection


def real_names(text: str, table: str) -> str:
    """A sentence that speaks of the tables, with the names that they have."""
    return text if table == PROVIDERINFO else _put(text, table)


def _put(text: str, table: str) -> str:
    return _NAMES.sub(lambda found: table if found[0] == PROVIDERINFO else f"{table}_import", text)


def _in_parameters(parameters: Any, table: str) -> Any:
    """A question about the tables themselves names them in its parameters."""
    if isinstance(parameters, Mapping):
        return {name: _named(value, table) for name, value in parameters.items()}
    return tuple(_named(value, table) for value in parameters)


def _named(value: Any, table: str) -> Any:
    return _put(value, table) if isinstance(value, str) else value
