"""How a MySQL or MariaDB server is reached: TLS, the session, the pool."""

import ipaddress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from provider_assets.database.address import DatabaseAddress
from provider_assets.database.silence import SILENT
from provider_assets.errors import UsageError

CONNECT_SECONDS = 15
# nothing is cut, nothing becomes `?`, no engine is swapped, whatever the server's own mode is
SQL_MODE = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"


def open_engine(url: URL, address: DatabaseAddress) -> Engine:
    """An engine whose every session is strict; nothing is opened yet."""
    return create_engine(
        url.set(drivername=f"{url.get_backend_name()}+pymysql").difference_update_query(["ssl_ca"]),
        connect_args=_options(url, address),
        pool_size=2,  # to connect costs more than most of what a small roster asks
        max_overflow=-1,
        pool_pre_ping=True,
        **SILENT,
        isolation_level="READ COMMITTED",
    )


def _options(url: URL, address: DatabaseAddress) -> dict[str, Any]:
    ssl_ca = address.ssl_ca or url.query.get("ssl_ca")
    if ssl_ca is None and not address.allow_plaintext and not _is_this_machine(url):
        raise UsageError(
            f"the database at {url.host} is another machine, and the password and the providers "
            "would travel in the clear; name its CA in "
            "PROVIDER_ASSETS_DATABASE_SSL_CA, or allow it by "
            "PROVIDER_ASSETS_DATABASE_ALLOW_PLAINTEXT"
        )
    if ssl_ca is not None and not Path(str(ssl_ca)).is_file():
        raise UsageError(f"the CA file {ssl_ca} of PROVIDER_ASSETS_DATABASE_SSL_CA does not exist")
    options: dict[str, Any] = {
        "charset": "utf8mb4",
        "local_infile": True,
        "connect_timeout": CONNECT_SECONDS,
        "init_command": _session(max(1, address.lock_wait_seconds)),
        "password": (url.password or "").encode(),  # the driver would take a text as Latin-1
    }
    if ssl_ca is not None:
        options |= {"ssl_ca": str(ssl_ca), "ssl_verify_cert": True, "ssl_verify_identity": True}
        options["ssl_disabled"] = False  # whatever the URL says
    return options


def _session(wait_seconds: int) -> str:
    """What every session begins with, before anybody reads the server's mode.

    Some servers want a key in every UPDATE's condition (`sql_safe_updates`); ours has its joins.
    """
    return (
        f"SET SESSION sql_mode = '{SQL_MODE}', sql_safe_updates = 0, sql_big_selects = 1, "
        f"innodb_lock_wait_timeout = {wait_seconds}, lock_wait_timeout = {wait_seconds}"
    )


def _is_this_machine(url: URL) -> bool:
    if "unix_socket" in url.query or url.host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(url.host)).is_loopback
    except ValueError:
        return False
