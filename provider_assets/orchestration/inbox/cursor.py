"""What one look leaves to the next, as Dagster keeps it with the sensor."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from provider_assets.orchestration.cursors import read_cursor
from provider_assets.orchestration.inbox.looks import TickResult, trouble_mark
from provider_assets.reading.mailbox.port import UNREACHABLE

_LOOK = re.compile(r"@\d+(\.\d+)?|[0-9a-f]{64}", re.ASCII)  # see `TickResult.looks`


@dataclass(frozen=True)
class Cursor:
    """What one tick leaves to the next: `TickResult.looks`, which troubles it met, which are told.

    Both are marks (`looks.trouble_mark`).
    """

    looks: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    met: str = ""

    def after(self, result: TickResult) -> "Cursor":
        """The next tick's: a trouble is told once, a server that is away at the second look."""
        mark = trouble_mark(result.troubles)
        passing = {getattr(trouble, "kind", "") for trouble in result.troubles} == {UNREACHABLE}
        waits = passing and mark not in (self.met, self.told)
        return Cursor(result.looks, "" if waits else mark, mark)

    def to_text(self) -> str:
        """The cursor as Dagster keeps it."""
        return json.dumps(vars(self), separators=(",", ":"), default=dict)

    @classmethod
    def from_text(cls, text: str | None) -> "Cursor":
        """Undo `to_text`; a look that a hand has spoilt is as if nobody had looked."""
        raw = read_cursor(text)
        looks, told, met = (raw.get(name) for name in ("looks", "told", "met"))
        kept = looks.items() if isinstance(looks, dict) else ()
        read = {token: look for token, look in kept if _LOOK.fullmatch(str(look))}
        return cls(read, str(told or ""), str(met or ""))
