"""Where the database is, as the settings say; how it is reached is the dialect's matter."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

PROVIDERINFO = "providerinfo"


@dataclass(frozen=True)
class DatabaseAddress:
    """Where the database is, as the settings say.

    `ssl_ca` asks for TLS with the server's certificate and name verified; `allow_plaintext` for
    leave to talk without TLS to another machine. `lock_wait_seconds` bounds every wait for
    somebody else's lock, `tries` how often a call is made before a passing fault is final.
    `table` is what the application calls its table.
    """

    url: SecretStr
    ssl_ca: Path | None = None
    allow_plaintext: bool = False
    lock_wait_seconds: int = 60
    tries: int = 6
    table: str = PROVIDERINFO
