"""What the registry's commands print for people: its state, findings, providers by name."""

from collections.abc import Sequence

from rich.markup import escape

from provider_assets.commands.screen import say, table_of
from provider_assets.providers.counted import counted
from provider_assets.providers.registry_codes import REGISTRY_FINDINGS
from provider_assets.registry.checking import Checked
from provider_assets.registry.search import Entry
from provider_assets.registry.status import Status

_LONGEST_CODE = max(len(one.code) for one in REGISTRY_FINDINGS)
KINDS = {1: "person", 2: "organization"}


def print_registry(told: Sequence[Status]) -> None:
    """A line for each of the three stores."""
    table = table_of("asset", "snapshot", "days old", "rows", "holds", "MB")
    for one in told:
        if one.snapshot is None:
            table.add_row(one.asset, escape(one.error or "not set up"), "", "", "", "")
            continue
        counts = ", ".join(f"{number} {name}" for name, number in one.counts.items())
        age = f"{one.age} (too old)" if one.is_old else str(one.age)
        size = f"{one.size / 1e6:.1f}"
        table.add_row(one.asset, one.snapshot, age, str(one.rows), counts, size)
    say(table)


def print_checked(checked: Checked) -> None:
    """The findings of a roster, and how many of its rows the registry confirms."""
    if checked.found:
        table = table_of("sheet", "row", "codes", "registry", "likeness", "did you mean")
        table.columns[2].min_width = _LONGEST_CODE
        for one in checked.found:
            codes = ", ".join(one.codes)
            told = f"{codes}: {one.details}" if one.details else codes
            cells = (one.sheet, str(one.row), told, one.registry, one.likeness, one.suggestion)
            table.add_row(*map(escape, cells))
        say(table)
    say(
        f"{counted(checked.rows, 'row')}, {checked.confirmed} confirmed by the registry, "
        f"{len(checked.found)} with findings"
    )


def print_entries(found: Sequence[Entry]) -> None:
    """Providers by name, the most alike first."""
    if not found:
        say("nobody in the registry has a name like that")
        return
    table = table_of("NPI", "name", "state", "taxonomy", "what", "likeness")
    for one in found:
        name = ", ".join(filter(None, (one.name, " ".join(filter(None, (one.first, one.middle))))))
        former = f" (also {one.former})" if one.former else ""
        marks = ", excluded" if one.excluded else ""
        what = KINDS.get(one.kind, "") + (", deactivated" if one.deactivated else "") + marks
        cells = (one.npi, name + former, one.state, one.taxonomy, what, f"{one.likeness:.2f}")
        table.add_row(*map(escape, cells))
    say(table)
