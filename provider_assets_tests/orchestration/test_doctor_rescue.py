"""`doctor` says whether the program is there that is to convert odd files."""

import json

import pytest

from provider_assets.reading import office


def _told(home):
    found = json.loads(home.call("doctor", "--json").stdout)
    return [(one["level"], one["message"]) for one in found if one["subject"] == "rescue"]


@pytest.mark.parametrize("is_there", [True, False])
def test_doctor_tells_whether_libreoffice_is_there_where_it_is_asked_for(
    sqlite_home, monkeypatch, tmp_path, is_there
):
    monkeypatch.setattr(office, "PLACES", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    assert _told(sqlite_home) == []
    program = tmp_path / "bin" / "soffice"
    if is_there:
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    sqlite_home.set(RESCUE="soffice")
    missing = "PROVIDER_ASSETS_RESCUE is soffice, and no soffice is in the usual places"
    assert _told(sqlite_home) == (
        [("ok", f"LibreOffice is {program}")] if is_there else [("error", missing)]
    )
