"""The import whose roster is asked who left, as all of this room know it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from provider_assets.database.order import Placed
from provider_assets.database.standing import imports_of_layout
from provider_assets.database.tables import import_rows
from provider_assets.providers.departures import DeparturePolicy, Word

mine = import_rows.alias("mine")


@dataclass(frozen=True)
class Departing:
    """The import whose roster is asked who left: its layout, policy, and arrival.

    `unreadable` are the names of rows whose NPI is none or was doubted, `rejected`, by NPI, those
    of rows that were rejected for another reason. `listed` are the NPIs of the rows that say what
    the table has, None where only the history knows them. `marks` tells that the absent are still
    to be written down, `says_left` that a row says of somebody that they left. `dismissed` tells
    that a person had the absent of this content stay, `by_word` what one said of its words. Of the
    `read` rows so many say that their provider has `left`. `absence_waits` tells of an import that
    is approved whether its absent wait, and not its words alone; `doubted`, that so many rows say
    "left" that nobody departs unasked.
    """

    import_id: int
    layout: str
    sha256: str
    arrived: int | None
    policy: DeparturePolicy
    unreadable: Sequence[frozenset[str]] = ()
    rejected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    listed: Collection[str] | None = None
    marks: bool = True
    says_left: bool = True
    dismissed: bool = False
    by_word: Word = ""
    left: int = 0
    read: int = 0
    absence_waits: bool = True
    doubted: bool = False

    @property
    def placed(self) -> Placed:
        """The roster among the others."""
        place = self.import_id if self.arrived is None else self.arrived
        return Placed(self.import_id, self.layout, place, self.policy.as_of)

    def imports_before(self, connection: Connection) -> dict[int, int]:
        """The layout's imports that stand before this one, each with its place."""
        return imports_of_layout(connection, self.layout, self.placed.place)
