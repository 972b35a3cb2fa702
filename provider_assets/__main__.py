"""The command as a process: of its script, and of `python -m provider_assets`.

It can be asked to end from its first moment on, while it imports all that it needs.
"""

import os
import sys

from provider_assets.commands.ending import status, watch_for_the_end


def run() -> None:
    """Watch for the end, then be the command line."""
    try:
        watch_for_the_end()
        from provider_assets.cli import run as command
    except KeyboardInterrupt:
        sys.stderr.write("ended before it began, as it was asked to\n")
        sys.stderr.flush()
        os._exit(status())
    command()


if __name__ == "__main__":
    run()
