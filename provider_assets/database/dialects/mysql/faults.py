"""What the numbers of MySQL's and MariaDB's errors mean."""

import re

from sqlalchemy.exc import DBAPIError

from provider_assets.database.faults import (
    CONSTRAINT,
    READ_ONLY,
    SCHEMA,
    UNKNOWN,
    Fault,
    as_error,
)
from provider_assets.errors import DatabaseError

_LOST = Fault("the connection was lost", transient=True)
_BUSY = Fault("the server takes no more connections now", transient=True)
_UNREACHABLE = Fault(
    "the server cannot be reached; see that it runs and that host and port are right",
    transient=True,
)
_RIGHTS = Fault(
    "the user lacks a right; docs/security.md has the GRANTs that are needed", quote=True
)
_CA = "PROVIDER_ASSETS_DATABASE_SSL_CA"
_FULL = Fault("the server's disk is full; make room and load again")
_NO_TLS = Fault(
    f"TLS failed: the server offers none, and {_CA} asks for it; switch TLS on at the server, or "
    "unset that where the connection stays on this machine"
)
_VALUE = Fault(
    "the table refused a value that its columns seemed to hold; run `provider-assets doctor`"
)

UNREACHABLE, TLS_FAILED, DISK_FULL = 2003, 2026, 1021
USER = re.compile(r"(?:user )?'(?:[^']|'')*'@'(?:[^']|'')*'")
FILE_FAILED = (1, 3, 20)  # MySQL could not make, write or extend a file of its own
NO_SPACE = re.compile(r"err(?:no|code:) 28\b")
_FAULTS: dict[int, Fault] = {
    1205: Fault("another transaction held a lock for too long", transient=True),
    1213: Fault("the server broke a deadlock with another transaction", transient=True),
    1020: Fault("another transaction changed the same row", transient=True),
    1062: Fault("another writer put the same NPI into the table meanwhile", transient=True),
    1412: Fault("the table was altered meanwhile", transient=True),
    1317: Fault("the statement was interrupted", transient=True),
    **dict.fromkeys(
        (1053, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2014, 2055, 4031), _LOST
    ),
    **dict.fromkeys((1040, 1203, 1226), _BUSY),
    **dict.fromkeys((1047, 1180, 3101), Fault("the cluster refused the commit", transient=True)),
    **dict.fromkeys((2002, 2003, 2005), _UNREACHABLE),
    1044: Fault(
        "the user lacks a right to the schema, or there is none; see its name in the URL, "
        "create it, or give the GRANTs of docs/security.md",
        quote=True,
    ),
    **dict.fromkeys((1142, 1143, 1227, 1370), _RIGHTS),
    **dict.fromkeys(
        (1045, 1130, 1698, 1820, 1862, 3118, 4151),
        Fault(
            "the server refused the user; see user and password, from which hosts the user may "
            f"come, and whether it has to use TLS (then name the server's CA in {_CA}, and no "
            "ssl_disabled in the URL)"
        ),
    ),
    1049: Fault("the schema does not exist; create it", quote=True),
    **dict.fromkeys((1054, 1146, 1932), SCHEMA),
    1064: Fault(
        "the server does not understand a statement; MySQL 8.0 and MariaDB 10.6 are the oldest "
        "that do: see `provider-assets doctor`"
    ),
    3750: Fault(
        "the server wants a primary key in every table (sql_require_primary_key), and a table "
        "that is to be made has none; upgrade provider-assets"
    ),
    **dict.fromkeys((1021, 1026, 1114, 1041), _FULL),
    1030: Fault(
        "the storage engine failed, most often for want of disk space; see the server's log"
    ),
    **dict.fromkeys((1290, 1792, 1836, 3989), READ_ONLY),
    1153: Fault("a packet was too large; raise the server's max_allowed_packet (16M will do)"),
    3159: Fault(f"the server wants TLS; name its CA in {_CA}"),
    2026: Fault(f"TLS failed; see that {_CA} is the server's CA and the host its name"),
    1665: Fault("binlog_format is STATEMENT; set it to MIXED or ROW"),
    **dict.fromkeys((1148, 3948, 4166), Fault("the server does not allow LOAD DATA LOCAL INFILE")),
    **dict.fromkeys((1969, 3024), Fault("the server's limit of a statement's time is too short")),
    **dict.fromkeys((1048, 1264, 1265, 1364, 1366, 1406, 3988), _VALUE),
    **dict.fromkeys((1451, 1452, 1644, 3819, 4025), CONSTRAINT),
}


def sort_fault(error: Exception, place: str) -> DatabaseError | None:
    """The error for one that the driver raised; None for any other.

    The user's name and the client's host, which a server's text may tell, are left out.
    """
    if not isinstance(error, DBAPIError):
        return None
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 0
    text = str(arguments[1]) if len(arguments) > 1 else ""
    if (
        number == UNREACHABLE and "CERTIFICATE" in text.upper()
    ):  # the driver's number for any failed start
        number = TLS_FAILED
    if number == TLS_FAILED and "support" in text:
        return as_error(_NO_TLS, place, f"error {number}", text)
    if number in FILE_FAILED and NO_SPACE.search(text):
        number = DISK_FULL
    fault = _FAULTS.get(number) or (_LOST if error.connection_invalidated else UNKNOWN)
    return as_error(fault, place, f"error {number}", USER.sub("this user", text))
