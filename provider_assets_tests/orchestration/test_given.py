"""What several machines give back to one mailbox, none of which sees the others' folders."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from provider_assets.moments import local_day
from provider_assets.orchestration.given import fetch_report, is_given, see_also
from provider_assets.orchestration.outgoing import LEFT_SECONDS, remove_copies
from provider_assets.reports.names import claim_name, owner_of
from provider_assets_tests.orchestration.made_up import LOADED
from provider_assets_tests.places.both import (  # noqa: F401
    place,
    s3_place,
    s3_server,
    sftp_place,
    sshd,
)

# ruff: noqa: F811
DAY = local_day(LOADED.started)
OTHER = replace(LOADED, roster=LOADED.roster[:-12] + "a" * 12)


@pytest.fixture(params=["", "\n    answers: for_us"])
def mailbox(place, request):
    place.more = request.param
    opened = place.opened()
    opened.prepare()
    yield opened
    opened.close()


def _written(root: Path, record, *endings: str) -> list[Path]:
    """What a machine writes for an import, as the report does."""
    name = claim_name(root / "reports", record.roster, DAY, unseen=True)
    made = []
    for ending in endings:
        path = root / ("reports" if ending == ".html" else "rejects") / f"{name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{record.roster} {ending}")
        made.append(path)
    return made


def test_answers_of_another_machine_are_found_in_the_mailbox(mailbox, tmp_path):
    endings = ("_rejects.csv", "_rejects_2.csv", ".html")
    mailbox.give_back(_written(tmp_path / "worker", LOADED, *endings))
    found = see_also(mailbox, tmp_path / "services", LOADED)
    base = f"{LOADED.roster}_{DAY}"
    assert found == [
        f"rejects/{base}_rejects.csv", f"rejects/{base}_rejects_2.csv", f"reports/{base}.html",
    ]  # fmt: skip
    assert see_also(mailbox, tmp_path / "services", OTHER) == []
    assert (is_given(mailbox, LOADED), is_given(mailbox, OTHER)) == (True, False)


def test_rosters_of_one_name_that_two_machines_load_on_one_day_have_their_own_answers(
    mailbox, place, tmp_path
):
    for machine, record in (("one", LOADED), ("two", OTHER)):
        mailbox.give_back(_written(tmp_path / machine, record, ".html"))
    pages = [content for name, content in place.files().items() if name.endswith(".html")]
    assert sorted(pages) == sorted(f"{each.roster} .html".encode() for each in (LOADED, OTHER))


def test_report_of_another_machine_is_fetched_where_it_is_to_be_changed(mailbox, tmp_path):
    (page,) = _written(tmp_path / "worker", LOADED, ".html")
    mailbox.give_back([page])
    fetch_report(mailbox, tmp_path / "other", LOADED)
    assert (tmp_path / "other" / "reports" / page.name).read_text() == page.read_text()
    fetch_report(mailbox, tmp_path / "other", OTHER)
    assert len(list((tmp_path / "other" / "reports").glob("*.html"))) == 1


def test_worker_forgets_what_it_gave_back_and_what_a_killed_one_left(tmp_path):
    given = _written(tmp_path, LOADED, "_rejects.xlsx", ".html")
    left, young = _written(tmp_path, OTHER, "_rejects.xlsx", ".html")
    old = time.time() - LEFT_SECONDS - 60
    os.utime(left, (old, old))
    remove_copies(tmp_path, given)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        young.name, young.stem,
    ]  # fmt: skip
    assert owner_of(tmp_path / "reports", young.stem) == OTHER.roster
