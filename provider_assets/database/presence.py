"""That a process lives, said to the database server: a name that goes with its connection.

It holds beyond one machine, where a lock on a file does not.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from provider_assets.database.engine import Database
from provider_assets.database.faults import DATABASE_FAULTS

SECONDS = 10.0  # between two looks whether the server still knows of us


def is_present(database: Database, name: str) -> bool | None:
    """Whether a process lives that said this name; None where the server cannot tell.

    Raises DatabaseError where it cannot be asked.
    """
    try:
        with database.connect() as connection:
            return database.dialect.is_claimed(connection, name)
    except DATABASE_FAULTS as error:
        raise database.sort_fault(error) from None


@contextmanager
def present(database: Database, name: str) -> Iterator[bool]:
    """Say that this process lives for as long as the block takes; whether the server knows.

    A connection that was lost is made anew, and the name said again.
    """
    ended, known = threading.Event(), threading.Event()
    first = threading.Event()

    def say() -> None:
        while not ended.is_set():
            try:
                with database.connect() as connection:
                    while database.dialect.claim(connection, name):
                        connection.commit()
                        known.set()
                        first.set()
                        if ended.wait(SECONDS):
                            connection.invalidate()  # or the pool would keep it, and the name
                            return
                    known.clear()
            except DATABASE_FAULTS:
                known.clear()
            first.set()
            ended.wait(SECONDS)

    saying = threading.Thread(target=say, name="provider_assets-present", daemon=True)
    saying.start()
    first.wait(SECONDS)
    try:
        yield known.is_set()
    finally:
        ended.set()
        saying.join(SECONDS)
