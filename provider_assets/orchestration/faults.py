"""What a step says when it fails: one sentence of ours, and never a row's values.

Exception texts of other packages may quote the data they choked on (a driver its parameters,
pandas the cell that it cannot cast), and Dagster stores every exception with its causes. So
whatever is not one of our own errors leaves a step as its type and place only.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import Failure, MetadataValue

from provider_assets.errors import DiskFullError, FileCode, ProviderAssetsError, RosterError
from provider_assets.orchestration.full_disks import full_disk
from provider_assets.orchestration.process.answers import AnswerError
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.reports.advice import ADVICE
from provider_assets.settings import Settings, process_settings


@contextmanager
def sentences_only(step: str, **links: MetadataValue) -> Iterator[None]:
    """Turn any exception into a `Failure` whose metadata has the error's `code`, and `links`.

    `Failure`s pass as they are. Nothing is retried by Dagster: what may pass by itself was tried
    again where it happened, and the drop folder's sensor tries the whole roster again later.
    """
    try:
        yield
    except Failure:
        raise
    except ProviderAssetsError as error:
        raise AnswerError(error.message, links | _told(error)) from None
    except Exception as error:  # noqa: BLE001  (its text may quote a row)
        if (full := full_disk(error)) is not None:
            raise Failure(full, metadata={"code": DiskFullError.code}) from None
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
