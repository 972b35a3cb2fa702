"""The store's look-ups, against a plain dictionary."""

import os
import stat
from datetime import date

import numpy as np

from provider_assets.registry import store
from provider_assets.registry.loading import load_file
from provider_assets_tests.registry import files


def test_places_are_those_of_a_plain_search(tmp_path):
    npis = files.write_many(tmp_path / "many.zip", 2_000, date(2026, 11, 8))
    load_file(tmp_path / "many.zip", tmp_path / "registry", date(2026, 11, 25))
    held = store.open_store(tmp_path / "registry", "npi_registry")
    ordered = sorted(npis.tolist())
    wanted = [*npis[:50].tolist(), 0, 1, -5, 2**33, 2**32, ordered[-1] + 1, ordered[0] - 1]

    found = held.places(np.array(wanted))

    place = {npi: at for at, npi in enumerate(ordered)}
    assert found.tolist() == [place.get(npi, -1) for npi in wanted]
    assert held.batch.column("npi").to_pylist() == ordered


def test_store_on_a_share_that_settles_no_folder_is_written(tmp_path, monkeypatch):
    usual = os.fsync

    def refuse(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        usual(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    path = files.leie(tmp_path, [{"NPI": "2000100018", "EXCLDATE": "20260120"}])
    load_file(path, tmp_path / "registry", date(2026, 11, 25))
    held = store.open_store(tmp_path / "registry", "exclusions")
    assert held.numbers("npi").tolist() == [2000100018]
