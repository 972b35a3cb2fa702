"""Rosters that say who left, or that name everybody: requests and mentions for the tests."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from provider_assets.database import Database
from provider_assets.database.loading.load import load_providers
from provider_assets.providers.departures import DeparturePolicy, Mentions
from provider_assets.providers.imports import ImportRequest, LoadResult
from provider_assets.providers.namesakes import name_words
from provider_assets_tests.database.rosters import Provider, clean, npi_of, request

DELTA = DeparturePolicy(on_terminated="delete")
FULL = DeparturePolicy(covers="full", absent="delete", on_terminated="delete")


def asked(name: str, hospital: str, policy: DeparturePolicy, **options: object) -> ImportRequest:
    """A request for the roster of this name, of this hospital's layout."""
    plain = request(name, **options)
    return replace(plain, source=replace(plain.source, layout=hospital, departures=policy))


def mentions(
    named: Iterable[str] = (),
    left: Iterable[str] = (),
    unreadable: Iterable[str] = (),
    present: Iterable[str] = (),
) -> Mentions:
    """Whom a roster names besides: the first who left stands in row 90 of sheet `Sheet1`."""
    rows = [(npi, "Sheet1", at, "named") for at, npi in enumerate(named, 50)]
    rows += [(npi, "Sheet1", at, "left") for at, npi in enumerate(left, 90)]
    rows += [(npi, "Sheet1", at, "present") for at, npi in enumerate(present, 130)]
    frame = pd.DataFrame(rows, columns=["npi", "sheet", "row", "action"])
    kinds = {name: "int64" if name == "row" else "str" for name in frame.columns}
    return Mentions(frame.astype(kinds), tuple(name_words(name) for name in unreadable))


def send(
    database: Database,
    providers: Sequence[Provider],
    name: str,
    policy: DeparturePolicy = FULL,
    *,
    hospital: str = "north",
    besides: Mentions | None = None,
    **options: object,
) -> LoadResult:
    """Load these providers as a hospital's roster of this name."""
    wanted = asked(name, hospital, policy, rows=len(providers), **options)
    return load_providers(database, clean(providers), wanted, besides or mentions())


def people(first: int, last: int) -> list[Provider]:
    """Made-up providers with consecutive numbers."""
    return [
        Provider("HOSP", f"Ada{n}", f"Quimby{n}", f"Quimby{n}, Ada{n}", npi_of(n))
        for n in range(first, last)
    ]
