"""What is done from time to time: the numbers for a monitor, and a hospital's silence told."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from provider_assets.database.questions import overview
from provider_assets.errors import ProviderAssetsError
from provider_assets.orchestration.alerts.contacts import known_layouts
from provider_assets.orchestration.alerts.messages import (
    period,
    recipients,
    send,
    silence_alert,
)
from provider_assets.orchestration.configured import hasty_database, mailbox_at
from provider_assets.orchestration.cursors import read_cursor
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.settings import Settings

log = logging.getLogger(__name__)


def keep_house(
    cursor: str | None, settings: Settings, now: datetime, platform: Platform = DEFAULT
) -> str:
    """Write the metrics and tell of silence; the cursor for the next time."""
    from provider_assets.orchestration.alerts.metrics import write_metrics

    told: dict[str, Any] = read_cursor(cursor)
    try:
        opened = hasty_database(platform)
        write_metrics(
            settings.metrics_file, overview.totals(opened), mailbox_at(settings.drop_folder), now
        )
        heard = overview.last_heard(opened)
    except (ProviderAssetsError, OSError) as error:
        log.warning("housekeeping is put off: %s", error)
        return json.dumps(told)
    return json.dumps(tell_of_silence(told, heard, replace(platform, given=settings), now))


def tell_of_silence(
    told: Mapping[str, Any], heard: Mapping[str, datetime], platform: Platform, now: datetime
) -> dict[str, Any]:
    """Alert once for every `expected_every` that passes in silence.

    `told` is by layout: since when it is expected, when the silence began, and for how many
    periods it was told.
    """
    after = {}
    for layout in known_layouts(platform):
        if layout.expected_every is None:
            continue
        since, began, periods = _left(told.get(layout.name), now)
        last = heard.get(layout.name)
        begin = last or since
        silent = int((now - begin) / period(layout.expected_every))
        known = periods if began == begin.isoformat() else 0
        if silent > known:
            alert = silence_alert(layout.name, layout.expected_every, last, now, since)
            send(alert, recipients(platform.settings.notify, layout.contact))
        after[layout.name] = {
            "since": since.isoformat(),
            "begin": begin.isoformat(),
            "periods": max(silent, known),
        }
    return after


def _left(before: Any, now: datetime) -> tuple[datetime, str, int]:
    """What was left of a layout; what nobody can read, as after a hand's edit, is a fresh start."""
    try:
        since = datetime.fromisoformat(before["since"])
        _ = now - since  # both with a zone, or neither
        return since, str(before["begin"]), int(before["periods"])
    except (TypeError, KeyError, ValueError, OverflowError):
        return now, "", 0
