"""What a test has the processes do that share a folder: it is called in each as it begins."""

import os
import signal

from provider_assets.orchestration import resources

VICTIM = "VICTIM"


def usual() -> None:
    """Nothing."""


def killed_before_the_load() -> None:
    """Be killed when the roster that is named `victim…` is about to be loaded."""
    _be_killed(after=False)


def killed_after_the_load() -> None:
    """Be killed when that roster has just been loaded."""
    _be_killed(after=True)


def _be_killed(*, after: bool) -> None:
    ours = resources.load_providers

    def killed(database, clean, request, mentions):
        if not request.source.file.startswith("victim"):
            return ours(database, clean, request, mentions)
        if after:
            ours(database, clean, request, mentions)
        return os.kill(os.getpid(), signal.SIGKILL)

    resources.load_providers = killed
