"""What is proven after a load: the table as it stands now, for this import's rows.

Warnings only: what is loaded stays loaded.
"""

from collections.abc import Iterator

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
)

from provider_assets.orchestration.chosen_checks import selected
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.io_managers import NPIS_ONLY
from provider_assets.orchestration.prefixed import multi_asset_check
from provider_assets.orchestration.resources import ProviderDatabase
from provider_assets.providers.codes import STILL_HELD
from provider_assets.providers.counted import counted
from provider_assets.providers.departures import Departures
from provider_assets.providers.imports import ImportRecord
from provider_assets.providers.roster import RosterFrame, RosterSource, RowCounts
from provider_assets.reports.summary import departure_sentences

# the server looks at the table while the report is written
AFTER_THE_REPORT = {"dagster/priority": "-2"}


@multi_asset_check(
    name="after_the_load",
    specs=[
        AssetCheckSpec(
            "table_matches_import",
            asset="providerinfo_table",
            additional_deps=["clean_providers"],
            description="The table holds what this import wrote, value by value. If this fails, "
            "somebody else changed rows meanwhile: `provider-assets trace NPI` shows which.",
        ),
        AssetCheckSpec(
            "table_npis_are_unique",
            asset="providerinfo_table",
            description="None of this import's NPIs is in the table twice. If this fails, "
            "another writer doubled them: give PROV_NPI a unique key.",
        ),
        AssetCheckSpec(
            "table_names_are_present",
            asset="providerinfo_table",
            description="None of this import's rows lacks its full name in the table. If this "
            "fails, another writer emptied it.",
        ),
        AssetCheckSpec(
            "departures_are_settled",
            asset="providerinfo_table",
            description="Nobody who has left by this roster's word is still in the table, and no "
            "departures wait. If this fails, see the report; `provider-assets departures list` "
            "shows what waits, and `on_terminated: delete` in the layout takes out who left.",
        ),
    ],
    ins={"clean_providers": AssetIn(input_manager_key=NPIS_ONLY)},
    op_tags=AFTER_THE_REPORT,
    can_subset=True,
)
def after_the_load(
    context: AssetCheckExecutionContext, clean_providers: RosterFrame, database: ProviderDatabase
) -> Iterator[AssetCheckResult]:
    """Look at the table as it stands now; where the run only planned, there is nothing to see."""
    with sentences_only("after_the_load"):
        facts = database.verify(clean_providers.source.sha256)
        live = database.live_import(clean_providers.source.sha256)
        settled = _departures(live, clean_providers.source)
    counts = {"expected": facts.expected, "planned_only": database.plan_only}
    found = (
        (
            "table_matches_import",
            facts.expected - facts.matching,
            ("no longer holds", "no longer hold"),
            "what it wrote",
        ),
        (
            "table_npis_are_unique",
            facts.repeated,
            ("has", "have"),
            "an NPI that is in the table twice",
        ),
        ("table_names_are_present", facts.nameless, ("has", "have"), "no full name in the table"),
    )
    yield from selected(
        context,
        clean_providers.source.roster,
        [
            AssetCheckResult(
                check_name=check_name,
                passed=wrong == 0,
                severity=AssetCheckSeverity.WARN,
                description=f"{counted(wrong, 'row', *does)} {what}." if wrong else None,
                metadata={**counts, "wrong": wrong},
            )
            for check_name, wrong, does, what in found
        ]
        + [settled],
    )


def _departures(live: ImportRecord | None, source: RosterSource) -> AssetCheckResult:
    told = live.departures if live is not None else Departures()
    rows = live.rows if live is not None else RowCounts()
    sentences = departure_sentences(told, None if live is None else live.id, rows, source)
    if told.held:
        sentences.insert(
            0,
            counted(told.held, "provider", "has", "have")
            + " left by this roster, and the table still holds them.",
        )
    settled = not told.held and not told.waits
    return AssetCheckResult(
        check_name="departures_are_settled",
        passed=settled,
        severity=AssetCheckSeverity.WARN,
        description=None if settled else " ".join(sentences),
        metadata={STILL_HELD: told.held, "missing": told.absent, "departed": told.departed},
    )
