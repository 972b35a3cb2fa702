"""What went wrong in the database, sorted: may it pass by itself, or must somebody mend it?

The server's own text is passed on only where it cannot hold a row's values ("Duplicate entry
'…'" does); the original exception never is, because it holds the statement's parameters.
"""

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provider_assets.errors import (
    DatabaseError,
    ProviderAssetsError,
    TerminalDatabaseError,
    TransientDatabaseError,
)


class LockedError(TransientDatabaseError):
    """Somebody else held the lock for the whole of the wait: waiting was the trying again."""


@dataclass(frozen=True)
class _Fault:
    sentence: str
    transient: bool = False
    quote: bool = False
    """Whether the server's own text may be shown: it names users, tables, columns, no values."""


_LOST = _Fault("the connection was lost", transient=True)
_BUSY = _Fault("the server takes no more connections now", transient=True)
_UNREACHABLE = _Fault(
    "the server cannot be reached; see that it runs and that host and port are right",
    transient=True,
)
_RIGHTS = _Fault(
    "the user lacks a right; docs/security.md has the GRANTs that are needed", quote=True
)
_FULL = _Fault("the server's disk is full; make room and load again")
_READ_ONLY = _Fault("the server or the file is read-only; point the setting at the writable one")
_SCHEMA = _Fault("a table or column is not as expected; run `provider-assets doctor`", quote=True)
_VALUE = _Fault(
    "the table refused a value that its columns seemed to hold; run `provider-assets doctor`"
)
_CONSTRAINT = _Fault(
    "a constraint or trigger of the table refused a row; ask the application's owner which"
)

UNREACHABLE, TLS_FAILED = 2003, 2026
_MYSQL: dict[int, _Fault] = {
    1205: _Fault("another transaction held a lock for too long", transient=True),
    1213: _Fault("the server broke a deadlock with another transaction", transient=True),
    1020: _Fault("another transaction changed the same row", transient=True),
    1062: _Fault("another writer put the same NPI into the table meanwhile", transient=True),
    1412: _Fault("the table was altered meanwhile", transient=True),
    1317: _Fault("the statement was interrupted", transient=True),
    **dict.fromkeys(
        (1053, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2014, 2055, 4031), _LOST
    ),
    **dict.fromkeys((1040, 1203, 1226), _BUSY),
    **dict.fromkeys((1047, 1180, 3101), _Fault("the cluster refused the commit", transient=True)),
    **dict.fromkeys((2002, 2003, 2005), _UNREACHABLE),
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370), _RIGHTS),
    **dict.fromkeys(
        (1045, 1130, 1698, 1820, 1862, 3118, 4151),
        _Fault("the server refused the user; see user, password and host", quote=True),
    ),
    1049: _Fault("the schema does not exist; create it", quote=True),
    **dict.fromkeys((1054, 1146, 1932), _SCHEMA),
    **dict.fromkeys((1021, 1026, 1114, 1041), _FULL),
    1030: _Fault(
        "the storage engine failed, most often for want of disk space; see the server's log"
    ),
    **dict.fromkeys((1290, 1792, 1836, 3989), _READ_ONLY),
    1153: _Fault("a packet was too large; raise the server's max_allowed_packet (16M will do)"),
    3159: _Fault("the server wants TLS; name its CA in DATABASE_SSL_CA"),
    2026: _Fault("TLS failed; see that DATABASE_SSL_CA is the server's CA and the host its name"),
    1665: _Fault("binlog_format is STATEMENT; set it to MIXED or ROW"),
    **dict.fromkeys((1148, 3948, 4166), _Fault("the server does not allow LOAD DATA LOCAL INFILE")),
    **dict.fromkeys((1969, 3024), _Fault("the server's limit of a statement's time is too short")),
    **dict.fromkeys((1048, 1264, 1265, 1364, 1366, 1406, 3988), _VALUE),
    **dict.fromkeys((1451, 1452, 1644, 3819, 4025), _CONSTRAINT),
}
_SQLITE: dict[int, _Fault] = {
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_FULL: _Fault("the disk is full; make room and load again"),
    sqlite3.SQLITE_CANTOPEN: _Fault("the file cannot be opened; see its folder and its rights"),
    sqlite3.SQLITE_NOTADB: _Fault("the file is not an SQLite database"),
    sqlite3.SQLITE_CORRUPT: _Fault("the file is damaged; restore it from a backup"),
    sqlite3.SQLITE_IOERR: _Fault("the file could not be read or written; see the disk"),
    sqlite3.SQLITE_CONSTRAINT: _CONSTRAINT,
    sqlite3.SQLITE_ERROR: _SCHEMA,
}
_UNKNOWN = _Fault("the database failed")


def sort_fault(error: Exception, place: str) -> ProviderAssetsError:
    """The fault as one of ours, with a sentence: where, what, and what to do.

    `error` is what SQLAlchemy or the operating system raised while talking to `place`. Raise the
    result outside of the `except` block, so that the original does not hang on it.
    """
    if isinstance(error, ProviderAssetsError):
        return error
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _sort_sqlite(original, place)
    if isinstance(error, DBAPIError):
        return _sort_mysql(error, place)
    if isinstance(error, OSError):
        return TerminalDatabaseError(f"{place}: {error.strerror or 'input or output failed'}")
    return TerminalDatabaseError(f"{place}: the statement failed ({type(error).__name__})")


def _sort_mysql(error: DBAPIError, place: str) -> DatabaseError:
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 0
    text = str(arguments[1]) if len(arguments) > 1 else ""
    if (
        number == UNREACHABLE and "CERTIFICATE" in text.upper()
    ):  # the driver's number for any failed start
        number = TLS_FAILED
    fault = _MYSQL.get(number) or (_LOST if error.connection_invalidated else _UNKNOWN)
    said = f": {text}" if fault.quote else ""
    return _as_error(fault, f"{place}: {fault.sentence} (error {number}{said})")


def _sort_sqlite(error: sqlite3.Error, place: str) -> DatabaseError:
    number = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = getattr(error, "sqlite_errorname", "unknown")
    if number in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError(f"{place}: another process held the file for too long; load again later")
    fault = _SQLITE.get(number, _UNKNOWN)
    said = f": {error}" if fault.quote else ""
    return _as_error(fault, f"{place}: {fault.sentence} ({name}{said})")


def _as_error(fault: _Fault, message: str) -> DatabaseError:
    return (TransientDatabaseError if fault.transient else TerminalDatabaseError)(message)


DATABASE_FAULTS: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error, OSError)
