"""What a step says when it fails: one sentence of ours, and never a row's values.

Exception texts of other packages may quote the data they choked on (a driver its parameters,
pandas the cell that it cannot cast), and Dagster stores every exception with its causes. So
whatever is not one of our own errors leaves a step as its type and place only.
"""

import errno
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import Failure, MetadataValue

from provider_assets.errors import FileCode, ProviderAssetsError, RosterError
from provider_assets.orchestration.process.answers import AnswerError
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.reports.advice import ADVICE
from provider_assets.settings import Settings, process_settings

FULL_BYTES = 2**20
FULL = (errno.ENOSPC, errno.EDQUOT)


def _full_disk(error: OSError) -> str:
    """Which disk is full, as far as the error tells: a write knows no file's name."""
    named = error.filename if isinstance(error.filename, str) else None
    if named is None:
        little = [place for place in _written_to() if _is_full(place)]
        named = " and ".join(map(str, little)) or "one that PROVIDER_ASSETS_HOME or TMPDIR names"
    return f"the disk of {named} is full; make room and load again"


def _written_to() -> list[Path]:
    settings = process_settings()
    return [settings.home, settings.drop_folder, Path(tempfile.gettempdir())]


def _is_full(place: Path) -> bool:
    try:
        return shutil.disk_usage(place).free < FULL_BYTES
    except OSError:
        return False


@contextmanager
def sentences_only(step: str) -> Iterator[None]:
    """Turn any exception into a `Failure` whose metadata has the error's `code`.

    `Failure`s pass as they are. Nothing is retried by Dagster: what may pass by itself was tried
    again where it happened, and the drop folder's sensor tries the whole roster again later.
    """
    try:
        yield
    except Failure:
        raise
    except ProviderAssetsError as error:
        raise AnswerError(error.message, _told(error)) from None
    except Exception as error:  # noqa: BLE001  (its text may quote a row)
        if isinstance(error, OSError) and error.errno in FULL:
            raise Failure(_full_disk(error), metadata={"code": "disk-full"}) from None
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        raise Failure(
            f"{step}: unexpected {kind} in {place.name}, line {place.lineno} of "
            f"{place.filename.rpartition('/')[2]}; its text is withheld since it may quote a row. "
            "Nothing of the roster was loaded by this step; try it again, and if that ends alike, "
            "report this sentence",
            metadata={"code": "unexpected"},
            allow_retries=False,
        ) from None


def _told(error: ProviderAssetsError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code}
    if isinstance(error, RosterError):
        told["what to do"] = ADVICE[FileCode(error.code)]
        told["every roster"] = report_link(process_settings())
    return told


def report_link(settings: Settings) -> MetadataValue:
    """The page over all rosters, where each one's own report is linked."""
    return MetadataValue.path(settings.drop_folder / REPORTS / "index.html")
