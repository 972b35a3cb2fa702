"""What has to hold before a roster loads: the division of its rows, judged as a whole.

Blocking checks stop the load; the others warn. They run together, so that the frames that they look
at are read once.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    MetadataValue,
)

from provider_assets.errors import FileCode, RosterError
from provider_assets.moments import local_day
from provider_assets.orchestration.chosen_checks import selected
from provider_assets.orchestration.configured import missing_registry
from provider_assets.orchestration.faults import report_link, sentences_only
from provider_assets.orchestration.io_managers import NPIS_ONLY
from provider_assets.orchestration.mailboxes import answers_folder
from provider_assets.orchestration.outcomes import run_started
from provider_assets.orchestration.prefixed import multi_asset_check
from provider_assets.orchestration.refusals import record_refusal
from provider_assets.orchestration.requests import import_request, row_counts
from provider_assets.orchestration.resources import ProviderDatabase
from provider_assets.providers.counted import counted
from provider_assets.providers.registry_codes import REGISTRY_FINDINGS
from provider_assets.providers.roster import RosterFrame, Tally
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.port import REJECTS, REPORTS
from provider_assets.reports.names import claim_name
from provider_assets.settings import Settings

_FINDINGS = tuple(finding.code for finding in REGISTRY_FINDINGS)
# on a check that says what the platform lacks, and nothing of the roster
NOT_SET_UP = "not set up"
PARTS = ("invalid_rows", "duplicate_rows", "clean_providers")


@multi_asset_check(
    name="before_the_load",
    specs=[
        AssetCheckSpec(
            "every_row_is_accounted_for",
            asset="clean_providers",
            additional_deps=["raw_providers", "invalid_rows", "duplicate_rows"],
            blocking=True,
            description="Every non-blank row of the roster is invalid, duplicate or clean, and "
            "none is two of them. If this fails, nothing is loaded; report it as a defect.",
        ),
        AssetCheckSpec(
            "npis_are_unique",
            asset="clean_providers",
            blocking=True,
            description="No NPI is on two clean rows. If this fails, nothing is loaded; "
            "report it as a defect.",
        ),
        AssetCheckSpec(
            "reject_rate_is_acceptable",
            asset="clean_providers",
            blocking=True,
            description="Not more rows are invalid than PROVIDER_ASSETS_MAX_REJECT_RATE allows; a "
            "row that only says that its provider has left is not counted. "
            "If this fails, nothing is loaded: look at the reject workbook, and have the hospital "
            "send the roster again, or have the layout corrected.",
        ),
        AssetCheckSpec(
            "npi_check_digits_hold",
            asset="clean_providers",
            description="Every clean NPI passes the check digit. A warning: the rows load. Ask "
            "the hospital to look the NPIs up; a layout may reject them instead.",
        ),
        AssetCheckSpec(
            "registry_agrees",
            asset="clean_providers",
            description="The public registry finds no fault with the clean rows; nothing is asked "
            "where none is set up, and it fails where a setting names one that is not there. "
            "If this fails, the rows load all the same: the reject workbook "
            "and `provider-assets registry check` show which rows, and what the registry holds.",
        ),
    ],
    ins={name: AssetIn(input_manager_key=NPIS_ONLY) for name in (*PARTS, "raw_providers")},
    can_subset=True,
)
def before_the_load(
    context: AssetCheckExecutionContext,
    clean_providers: RosterFrame,
    raw_providers: RosterFrame,
    invalid_rows: RosterFrame,
    duplicate_rows: RosterFrame,
    database: ProviderDatabase,
) -> Iterator[AssetCheckResult]:
    """Judge the division of the roster as a whole."""
    alone = _alone(context)
    with sentences_only("before_the_load"):
        began = run_started(context.instance, context.run.run_id)
        found = {
            result.check_name: result
            for result in (
                *_division(clean_providers, raw_providers, (invalid_rows, duplicate_rows)),
                _reject_rate(
                    clean_providers, database.of().settings, local_day(began), alone=alone
                ),
                _check_digits(clean_providers.tally),
                _registry(clean_providers.tally, missing_registry(database.of().settings)),
            )
        }
    yield from selected(context, clean_providers.source.roster, found.values())
    rate = found["reject_rate_is_acceptable"]
    asked = rate.check_name in {key.name for key in context.selected_asset_check_keys}
    if not rate.passed and (asked or not alone):
        message = rate.description or ""
        code = FileCode.TOO_MANY_REJECTS.value
        report = {"report": rate.metadata["report"]} if "report" in rate.metadata else {}
        with sentences_only("before_the_load", **report):
            if not alone:
                request = import_request(clean_providers, context.run.run_id, began)
                record_refusal(
                    database,
                    request,
                    (code, message),
                    context.instance,
                    reported=_reports(context),
                )
            raise RosterError(FileCode.TOO_MANY_REJECTS, message)


def _division(
    clean: RosterFrame, raw: RosterFrame, rejected: Sequence[RosterFrame]
) -> Iterator[AssetCheckResult]:
    parts = (*rejected, clean)
    placed = np.sort(np.concatenate([part.rows.index.to_numpy() for part in parts]))
    repeated = int(clean.rows["npi"].duplicated().sum())
    yield AssetCheckResult(
        check_name="every_row_is_accounted_for",
        passed=bool(np.array_equal(placed, np.sort(raw.rows.index.to_numpy()))),
        metadata={"read": len(raw.rows), "placed": len(placed)},
    )
    yield AssetCheckResult(
        check_name="npis_are_unique", passed=repeated == 0, metadata={"repeated": repeated}
    )


def _check_digits(tally: Tally) -> AssetCheckResult:
    wrong = tally.warnings.get("npi-check-digit", 0)
    return AssetCheckResult(
        check_name="npi_check_digits_hold",
        passed=wrong == 0,
        severity=AssetCheckSeverity.WARN,
        description=f"{counted(wrong, 'clean row', 'has', 'have')} an NPI whose check digit is "
        f"wrong; {'it' if wrong == 1 else 'they'} loaded."
        if wrong
        else None,
        metadata={"wrong_check_digits": wrong},
    )


def _alone(context: AssetCheckExecutionContext) -> bool:
    """Whether only checks run: they judge again what was loaded, and it stays loaded."""
    run = context.run
    return bool(run.asset_check_selection) and not run.asset_selection


def _reports(context: AssetCheckExecutionContext) -> bool:
    """Whether the run writes the report; one from a failure on, or of some assets, may not."""
    run = context.run
    steps = run.step_keys_to_execute or [key.path[-1] for key in run.asset_selection or ()]
    return not steps or any(step.endswith("roster_report") for step in steps)


def _registry(tally: Tally, missing: str | None) -> AssetCheckResult:
    asked = tally.registry
    if asked is None and missing:
        return AssetCheckResult(
            check_name="registry_agrees",
            passed=False,
            severity=AssetCheckSeverity.WARN,
            description=f"The rows were not checked: {missing}.",
            metadata={NOT_SET_UP: "the public registry"},
        )
    if asked is None:
        told = "No registry is set up, so none was asked; see docs/registry.md."
        return AssetCheckResult(check_name="registry_agrees", passed=True, description=told)
    found = {code: tally.warnings[code] for code in _FINDINGS if code in tally.warnings}
    return AssetCheckResult(
        check_name="registry_agrees",
        passed=not found,
        severity=AssetCheckSeverity.WARN,
        metadata={
            **found,
            "asked": asked.rows,
            **({} if asked.confirmed is None else {"confirmed": asked.confirmed}),
            **{f"snapshot of {asset}": day for asset, day in asked.snapshots.items()},
        },
    )


def _reject_rate(
    clean: RosterFrame, settings: Settings, day: str, *, alone: bool
) -> AssetCheckResult:
    # the rows of a reject workbook were all wrong once: what is corrected loads, however little
    limit = 1.0 if clean.source.is_returned else settings.max_reject_rate
    rows = row_counts(clean.tally)
    rate = rows.wrong_rate
    metadata = {
        "invalid": rows.invalid,
        "said to have left": rows.left,
        "read": rows.read,
        "rate": rate,
        "limit": limit,
    }
    if rate <= limit:
        return AssetCheckResult(
            check_name="reject_rate_is_acceptable", passed=True, metadata=metadata
        )
    answers = answers_folder(settings, clean.source.mailbox)
    report = {}
    if not alone:  # written later in this run
        name = claim_name(answers / REPORTS, clean.source.roster, day)
        report["report"] = MetadataValue.path(answers / REPORTS / f"{name}.html")
    return AssetCheckResult(
        check_name="reject_rate_is_acceptable",
        passed=False,
        description=f"{shown(clean.source.file)}: {rows.wrong:,} of {counted(rows.read, 'row')} "
        f"{'is' if rows.wrong == 1 else 'are'} invalid "
        f"({rate:.0%}), and more than {limit:.0%} means that the file as a whole is wrong; "
        f"{'a load refuses it' if alone else 'nothing of it was loaded'}. See the reject workbook, "
        "correct the rows and send the roster again",
        metadata={
            **metadata,
            "code": FileCode.TOO_MANY_REJECTS.value,
            "the limit is the setting": "PROVIDER_ASSETS_MAX_REJECT_RATE",
            "the rows are in": MetadataValue.path(answers / REJECTS),
            **report,
            "every roster": report_link(settings),
        },
    )
