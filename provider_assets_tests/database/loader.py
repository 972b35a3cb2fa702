"""A process that loads one made-up roster, and may be told at which step to die.

Reads one JSON object from stdin (a URL must not stand among a process's arguments), says
`ready`, waits for a line, loads, and prints the counts. For tests only.
"""

import json
import os
import signal
import sys

from provider_assets.database import transaction
from provider_assets.database.loading import load as load_module
from provider_assets_tests.database.departures import send
from provider_assets_tests.database.rosters import Provider, load, npi_of, open_url

STEPS = (
    "begin",
    "open_import",
    "stage_rows",
    "take_out",
    "classify",
    "apply",
    "depart",
    "close_import",
    "commit",
)


def roster(first: int, last: int, suffix: str) -> list[Provider]:
    """Providers with consecutive numbers; the suffix tells one roster's values from another's."""
    return [
        ("Entity", f"F{number}", f"L{number}", f"N{number} {suffix}", npi_of(number))
        for number in range(first, last)
    ]


def die_after(step: str) -> None:
    """Arrange that the process gets SIGKILL right after a step of the transaction."""
    owner = load_module.recording if step in ("open_import", "close_import") else load_module
    name = step
    if step == "begin":  # the lock is held and nothing has been done
        owner, name = load_module, "require_shape"
    if step == "commit":
        owner, name = transaction, "_lock"
    original = getattr(owner, name)
    if step == "commit":
        setattr(owner, name, _dying_lock(original))
        return

    def and_die(*arguments: object, **options: object) -> None:
        original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, and_die)


def _dying_lock(original):
    """The lock's context ends right after the commit: die there, once something was staged."""

    class Dying:
        def __init__(self, *arguments):
            self.context = original(*arguments)

        def __enter__(self):
            return self.context.__enter__()

        def __exit__(self, *_):
            os.kill(os.getpid(), signal.SIGKILL)

    return Dying


def main() -> None:
    told = json.loads(sys.stdin.readline())
    database = open_url(told["url"], lock_wait_seconds=120, tries=8)
    providers = roster(*told["roster"])
    if told.get("die"):
        die_after(told["die"])
    print("ready", flush=True)
    sys.stdin.readline()
    if told["options"].pop("full", False):  # a roster that names everybody
        result = send(database, providers, told["name"], **told["options"])
    else:
        result = load(database, providers, told["name"], **told["options"])
    print(json.dumps({"inserted": result.rows.inserted, "unchanged": result.rows.unchanged}))


if __name__ == "__main__":
    main()
