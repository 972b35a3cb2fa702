"""What `doctor` has to say of a MySQL or MariaDB server itself."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from provider_assets.database.finding import Finding

OLDEST = {"mariadb": (10, 6), "mysql": (8, 0)}
SMALL_PACKET_BYTES = 2 * 1024 * 1024


def look(connection: Connection) -> Iterator[Finding]:
    """Version, TLS, the way in, the binary log."""
    version = str(connection.scalar(text("SELECT VERSION()")))
    kind = "mariadb" if "mariadb" in version.lower() else "mysql"
    found = tuple(int(part) for part in version.partition("-")[0].split(".")[:2])
    if found < OLDEST[kind]:
        oldest = ".".join(map(str, OLDEST[kind]))
        yield Finding("server", "error", f"{kind} {version} is too old", f"upgrade to {oldest}")
    else:
        yield Finding("server", "ok", f"{kind} {version}")
    cipher = connection.execute(text("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).first()
    if cipher is not None and cipher[1]:
        yield Finding("tls", "ok", f"the connection is encrypted ({cipher[1]})")
    else:
        yield Finding(
            "tls", "note", "the connection is not encrypted", "set PROVIDER_ASSETS_DATABASE_SSL_CA"
        )
    yield from _way_in(connection)


def _way_in(connection: Connection) -> Iterator[Finding]:
    if connection.scalar(text("SELECT @@local_infile")):
        yield Finding("local_infile", "ok", "rows travel by LOAD DATA LOCAL INFILE")
    else:
        yield Finding(
            "local_infile",
            "note",
            "the server does not allow LOAD DATA LOCAL; rows travel by INSERT, which is slower",
            "SET PERSIST local_infile = ON (MySQL) or local_infile=1 in the server's file",
        )
        packet = connection.scalar(text("SELECT @@max_allowed_packet")) or 0
        if packet < SMALL_PACKET_BYTES:
            yield Finding(
                "max_allowed_packet", "error", f"{packet} bytes are too few", "raise it to 16M"
            )
    names = text("SHOW VARIABLES WHERE variable_name IN ('log_bin', 'binlog_format')")
    written = {row[0]: row[1] for row in connection.execute(names)}
    if written.get("log_bin") == "ON" and written.get("binlog_format") == "STATEMENT":
        yield Finding("binlog", "error", "binlog_format is STATEMENT", "set it to MIXED or ROW")
