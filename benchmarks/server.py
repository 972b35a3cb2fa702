"""The private database server, the table that every contestant fills, and what a table holds.

How the server is found and started is `provider_assets_tests.mysql.server`'s business.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from provider_assets_tests.mysql import server as tests_server

DATABASE = "bench"
COLUMNS = ("ENTY_NM", "PROV_FST_NM", "PROV_LST_NM", "PROV_FULL_NM", "PROV_NPI")
TABLE = """
CREATE TABLE providerinfo (
    ENTY_NM VARCHAR(200), PROV_FST_NM VARCHAR(100), PROV_LST_NM VARCHAR(100),
    PROV_FULL_NM VARCHAR(255) NOT NULL, PROV_NPI CHAR(10) NOT NULL, UNIQUE KEY (PROV_NPI)
) CHARACTER SET utf8mb4
"""
# a commit is on the disk before it is answered, as a server comes; more memory than it comes with
OPTIONS = ("--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=1G")
SEPARATOR = "0x1f"  # between the fields of a row; see rosters.SEPARATOR


@dataclass(frozen=True)
class Server:
    """A running server of our own with a database for the benchmark."""

    tests: tests_server.Server

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the benchmark's database."""
        return self.tests.admin_url(DATABASE)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self.tests.daemon is not None
        assert self.tests.daemon.process is not None
        return self.tests.daemon.process.pid

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements one after the other; the rows of the last one."""
        return self.tests.execute(*statements)

    def empty_database(self) -> None:
        """A database that holds nothing but an empty `providerinfo`."""
        self.run(
            f"DROP DATABASE IF EXISTS {DATABASE}",
            f"DROP DATABASE IF EXISTS {DATABASE}_staging",  # dlt's
            f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
            f"USE {DATABASE}",
            TABLE,
        )

    def fingerprint(self) -> list[int]:
        """Row count and sum of the rows' CRC32, as `rosters.fingerprint` makes it."""
        row = ", ".join(f"CONVERT({name} USING utf8mb4)" for name in COLUMNS)
        count, total = self.run(
            f"SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS({SEPARATOR}, {row}))), 0)"
            f" FROM {DATABASE}.providerinfo"
        )[0]
        return [int(str(count)), int(str(total))]

    def describe(self) -> str:
        """Product, version and what decides how fast it may write."""
        ((version, flush, pool),) = self.run(
            "SELECT VERSION(), @@innodb_flush_log_at_trx_commit, @@innodb_buffer_pool_size"
        )
        return (
            f"{version}, innodb_flush_log_at_trx_commit={flush}, "
            f"innodb_buffer_pool_size={int(str(pool)) >> 20}M"
        )


@contextlib.contextmanager
def private_server() -> Iterator[Server]:
    """A server of our own for as long as the context lasts."""
    with tests_server.start_server(OPTIONS, private=True) as running:
        yield Server(running)
