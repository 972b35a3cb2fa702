"""What the operating system has to bring, asked before anything is imported that needs it."""

import os

from provider_assets.errors import UsageError


def require_unix() -> None:
    """Raises UsageError where files cannot be locked or no process can fork: Windows as it is."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        locks = False
    else:
        locks = True
    if not locks or not hasattr(os, "fork"):
        raise UsageError(
            "provider_assets runs on Linux and macOS, and this system lacks what it stands on "
            "(file locks by fcntl, fork); on Windows, run it in WSL or in the container of deploy/"
        )
