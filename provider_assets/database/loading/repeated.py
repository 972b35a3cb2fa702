"""A content that was loaded before: whether anything is left to do, and what was said of it."""

from dataclasses import replace

from provider_assets.providers.departures import Word
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult


def already_done(prior: ImportRecord, request: ImportRequest) -> bool:
    """Whether the live import of the same content is what is asked for."""
    if request.run_id is not None and prior.run_id == request.run_id:
        return True
    same = (prior.fingerprint, prior.on_existing, prior.departures.policy) == (
        request.source.fingerprint,
        request.on_existing,
        request.source.departures,
    )
    return same and not request.replay


def done_before(prior: ImportRecord, request: ImportRequest) -> LoadResult:
    """The result where nothing is left to do: this run's own, or that of the earlier one."""
    if request.run_id is not None and prior.run_id == request.run_id:  # a retry after the commit
        return prior.result()
    clean = prior.rows.clean
    counts = replace(prior.rows, inserted=0, updated=0, unchanged=clean)
    return LoadResult(prior.id, counts, already_loaded=True, mends=prior.mends)


def settled_word(prior: ImportRecord | None) -> Word:
    """What a person said of the words of the import that is replaced."""
    if prior is None or prior.departures.by_word == "waiting":
        return ""
    return prior.departures.by_word
