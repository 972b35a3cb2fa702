"""Where each value of a provider came from: import, file, sheet, row; and what it replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from provider_assets.database import history
from provider_assets.database.engine import Database
from provider_assets.database.prepare import find_shape, has_history, import_columns
from provider_assets.database.shape import Shape
from provider_assets.database.standing import WRITES
from provider_assets.database.tables import import_rows, imports
from provider_assets.database.transaction import read
from provider_assets.providers.fields import TABLE_FIELDS, VALUE_FIELDS
from provider_assets.providers.imports import ImportRecord

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class TraceStep:
    """What one import did about the provider, and where its roster says so.

    `values` by field are what the roster gave, `replaced` what they took the place of (None where
    nothing was replaced; of who departed, what the table held). `superseded_by` is the import
    that took this one's place. Who is absent from a full roster stands in no sheet of it (an empty
    one, row 0).
    """

    record: ImportRecord
    sheet: str
    row: int
    action: str
    values: Values
    replaced: Values | None
    superseded_by: int | None = None
    undoing: str = "leave"

    @property
    def is_event(self) -> bool:
        """Whether the row is what the import made it, by what its history says now."""
        return self.undoing != "leave"

    @property
    def wrote(self) -> bool:
        """Whether the import put the row there, or its values."""
        return self.undoing in WRITES

    @property
    def place(self) -> int:
        """Where the import stands among the others: at the first import of its content."""
        return self.record.arrived or self.record.id


@dataclass(frozen=True)
class Trace:
    """A provider's story.

    `held` are the table's rows with the NPI (fields of `fields.TABLE_FIELDS`), `steps` the imports
    that knew it, newest first, `origins` by field the step that the table's value came from;
    None where it came from somewhere else. `changed` then names by field the import whose value, or
    whose departure, somebody changed since; None where no import in force did anything about it.
    `left` tells that the origins are of an import that was taken back, which left the row.
    `undoing` of a step is what an undo of its import would do about the provider now.
    """

    npi: str
    held: tuple[Values, ...]
    steps: tuple[TraceStep, ...]
    origins: Mapping[str, TraceStep | None]
    changed: Mapping[str, int | None] = field(default_factory=dict)
    left: bool = False


def trace(database: Database, npi: str) -> Trace:
    """Tell a provider's story; nothing is written, and nothing known is an empty story."""
    return read(database, lambda connection: _trace(connection, npi))


def _trace(connection: Connection, npi: str) -> Trace:
    held: tuple[Values, ...] = ()
    steps: tuple[TraceStep, ...] = ()
    shape = find_shape(connection)
    if shape is not None:
        held = _held(connection, shape, npi)
    if has_history(connection):
        steps = _steps(connection, npi)
    current = held[0] if held else None
    origins = {} if current is None else {n: _origin(n, current[n], steps) for n in TABLE_FIELDS}
    newest = next((step.record.id for step in _in_force(steps)), None)
    changed = {name: newest for name, origin in origins.items() if origin is None}
    left = newest is None and any(origins.values())
    return Trace(npi, held, steps, origins, changed, left)


def _held(connection: Connection, shape: Shape, npi: str) -> tuple[Values, ...]:
    """The table's rows with the NPI; asked for here, since pandas costs more than one look-up."""
    number = shape.columns["npi"].is_integer
    if number and not npi.isdecimal():
        return ()
    columns = [shape.table.c[name].label(name) for name in TABLE_FIELDS]
    query = select(*columns).where(shape.table.c.npi == (int(npi) if number else npi))
    return tuple(
        {name: None if row[name] is None else str(row[name]) for name in TABLE_FIELDS}
        | {"npi": npi}
        for row in connection.execute(query).mappings()
    )


def _steps(connection: Connection, npi: str) -> tuple[TraceStep, ...]:
    query = (
        select(import_rows, *import_columns(connection))
        .join(imports, imports.c.id == import_rows.c.import_id)
        .where(import_rows.c.npi == npi)
        .order_by(import_rows.c.import_id.desc())
    )
    steps = []
    for row in connection.execute(query):
        cells = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row's columns)
        replaced = {name: cells[import_rows.c[f"old_{name}"]] for name in VALUE_FIELDS}
        steps.append(
            TraceStep(
                history.as_record(row),
                cells[import_rows.c.sheet],
                cells[import_rows.c.row],
                cells[import_rows.c.action],
                {name: cells[import_rows.c[name]] for name in TABLE_FIELDS},
                replaced if cells[import_rows.c.undoing] in ("restore", "insert") else None,
                cells[imports.c.superseded_by],
                cells[import_rows.c.undoing],
            )
        )
    return tuple(steps)


def _origin(name: str, value: str | None, steps: tuple[TraceStep, ...]) -> TraceStep | None:
    """The oldest of the newest run of events in force that gave the table this value.

    Where none in force wrote the provider, an undo or a replay spared the row: then the newest of
    those that were taken back.
    """
    in_force = _in_force(steps)
    origin = None
    for step in in_force or [step for step in steps if step.wrote][:1]:
        if not step.wrote or (step.values[name] or "") != (value or ""):
            break
        origin = step
    return origin


def _in_force(steps: tuple[TraceStep, ...]) -> list[TraceStep]:
    """The events about the provider that nobody took back, the newest first.

    They stand where their content first arrived. What a superseded import did stands while the row
    is that one's which took its place.
    """
    found = [step for step in steps if step.is_event and _is_in_force(step, steps)]
    return sorted(found, key=lambda step: (step.place, step.record.id), reverse=True)


def _is_in_force(step: TraceStep, steps: tuple[TraceStep, ...]) -> bool:
    if step.record.state != "superseded":
        return step.record.state == "loaded"
    heir = next((one for one in steps if one.record.id == step.superseded_by), None)
    return heir is not None and heir.is_event and _is_in_force(heir, steps)
