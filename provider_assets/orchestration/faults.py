"""What a step says when it fails: one sentence of ours, and never a row's values.

Exception texts of other packages may quote the data they choked on (a driver its parameters,
pandas the cell that it cannot cast), and Dagster stores every exception with its causes. So
whatever is not one of our own errors leaves a step as its type and place only.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from dagster import Failure

from provider_assets.errors import ProviderAssetsError


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
        failure = Failure(error.message, metadata={"code": error.code}, allow_retries=False)
        raise failure from None
    except Exception as error:  # noqa: BLE001  (its text may quote a row)
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        raise Failure(
            f"{step}: unexpected {kind} in {place.name}, line {place.lineno} of "
            f"{place.filename.rpartition('/')[2]}; its text is withheld since it may quote a row",
            metadata={"code": "unexpected"},
            allow_retries=False,
        ) from None
