"""The numbers for Prometheus: made from the history and the inbox, written whole or not at all.

Names start with `provider_assets_`; `deploy/grafana-dashboard.json` shows them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from provider_assets.database.questions.overview import Totals
from provider_assets.reading.mailbox.port import Mailbox, WaitingFile

ROWS = (
    *("read", "invalid", "left", "duplicate", "clean"),
    *("inserted", "updated", "unchanged", "departed"),
)


def write_metrics(path: Path, totals: Totals, mailbox: Mailbox, now: datetime) -> None:
    """Write everything that is counted to `path` as Prometheus text; OSError where it cannot."""
    waiting = _waiting(mailbox)
    registry = CollectorRegistry()
    registry.register(_Numbers(totals, waiting, now))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)


def _waiting(mailbox: Mailbox) -> list[WaitingFile]:
    try:
        return mailbox.scan()
    except FileNotFoundError:  # nothing has come yet
        return []


class _Numbers(Collector):
    def __init__(self, totals: Totals, waiting: list[WaitingFile], now: datetime) -> None:
        self._totals, self._waiting, self._now = totals, waiting, now

    def collect(self) -> Iterator[Metric]:
        """Each number with its meaning."""
        totals, now = self._totals, self._now.timestamp()
        yield _by(
            GaugeMetricFamily,
            "imports",
            "Imports in the history, by state",
            "state",
            totals.imports,
        )
        rows = {name: totals.rows[name] for name in ROWS}
        rows["invalid"] -= rows["left"]  # an answer of the sender, and no error
        yield _by(CounterMetricFamily, "rows", "Rows of all imports, by outcome", "outcome", rows)
        for name, text, counts in (
            ("rejected_rows", "Rows that did not load, by reason", totals.reasons),
            ("warned_rows", "Rows that loaded with a warning, by reason", totals.warnings),
            ("failures", "Rosters that failed as a whole, by reason", totals.failures),
        ):
            yield _by(CounterMetricFamily, name, text, "code", counts)
        yield _one(
            CounterMetricFamily,
            "import_seconds",
            "Time in imports that came to rows",
            totals.seconds,
        )
        last = totals.last.timestamp() if totals.last else 0
        yield _one(
            GaugeMetricFamily, "last_import_timestamp_seconds", "End of the newest import", last
        )
        yield _one(
            GaugeMetricFamily, "inbox_files", "Files that wait in the inbox", len(self._waiting)
        )
        oldest = max((now - file.modified / 1e9 for file in self._waiting), default=0)
        yield _one(GaugeMetricFamily, "inbox_oldest_seconds", "Age of the oldest of them", oldest)
        yield _one(GaugeMetricFamily, "written_timestamp_seconds", "When this was written", now)


Family = type[GaugeMetricFamily] | type[CounterMetricFamily]


def _one(family: Family, name: str, text: str, value: float) -> Metric:
    return family(f"provider_assets_{name}", text, value=value)


def _by(family: Family, name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    metric = family(f"provider_assets_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        metric.add_metric([key], value)
    return metric
