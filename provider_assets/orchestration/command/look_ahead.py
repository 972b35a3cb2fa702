"""What can be done for a roster before its run: hash it, and begin to read it.

Imports no Dagster, so that the command line gets the first roster going while it imports that.
"""

from pathlib import Path

from provider_assets.orchestration.configured import reading_limits
from provider_assets.reading.begun import begin_reading, forget_reading
from provider_assets.reading.layouts import load_layouts
from provider_assets.reading.mailbox.archive import is_archived
from provider_assets.reading.mailbox.intake import Stamp, name_of, sha256_of, stamp_of
from provider_assets.reading.mailbox.storage import storage_at
from provider_assets.reading.sandbox import reading_job
from provider_assets.settings import Settings


class LookAhead:
    """Looks at rosters before their turn.

    One that lies in the archive is not read ahead, unless `everything` is: most likely it is
    loaded already, and no run will want it.
    """

    def __init__(self, settings: Settings, *, everything: bool = False) -> None:
        self._settings = settings
        self._everything = everything
        self._looks: dict[Path, tuple[Stamp, str]] = {}

    def look(self, path: Path) -> None:
        """Hash a roster and begin to read it; what is wrong is told when it is its turn."""
        try:
            stamp, sha256 = self._looked_at(path)
            if self._everything or not self._is_archived(sha256):
                layouts = load_layouts(self._settings.layouts)
                job = reading_job(path, name_of(path), layouts)
                begin_reading(sha256, stamp, job, reading_limits(self._settings))
        except Exception:  # noqa: BLE001  (a bucket may fail in any way)
            return

    def sha256(self, path: Path) -> str:
        """The hash of the file as it is now, computed once for as long as it does not change.

        Raises UsageError where there is no such file.
        """
        return self._looked_at(path)[1]

    def forget(self, sha256: str) -> None:
        """No run will want this content."""
        forget_reading(sha256)

    def _is_archived(self, sha256: str) -> bool:
        return is_archived(storage_at(self._settings.storage), sha256)

    def _looked_at(self, path: Path) -> tuple[Stamp, str]:
        stamp = stamp_of(path)
        held = self._looks.get(path)
        if held is None or held[0] != stamp:
            held = self._looks[path] = (stamp, sha256_of(path))
        return held
