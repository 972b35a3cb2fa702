"""Templates such as `{last_name}, {first_name}[ {middle_name}]`: how a field is made of others.

What stands in square brackets falls away where a field in it is empty. Pure text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Segment:
    """A part of a template: literals and fields in their order; may it fall away?"""

    pieces: tuple[tuple[str, str | None], ...]
    falls_away: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it is made of."""
        return tuple(name for _, name in self.pieces if name is not None)


def segments(template: str) -> tuple[Segment, ...]:
    """The template taken apart. Raises ValueError where it is none."""
    outside = _BRACKETS.sub("", template)
    if "[" in outside or "]" in outside:
        raise ValueError("brackets do not pair")
    return tuple(_segments(template))


def _segments(template: str) -> Iterator[Segment]:
    at = 0
    for found in _BRACKETS.finditer(template):
        if found.start() > at:
            yield Segment(_pieces(template[at : found.start()]))
        yield Segment(_pieces(found[1]), falls_away=True)
        at = found.end()
    if at < len(template):
        yield Segment(_pieces(template[at:]))


def _pieces(text: str) -> tuple[tuple[str, str | None], ...]:
    pieces = []
    for literal, name, spec, turn in Formatter().parse(text):
        if spec or turn:
            raise ValueError("only names may stand in braces")
        pieces.append((literal, name))
    return tuple(pieces)


def needed(template: str) -> tuple[str, ...]:
    """The fields without which the template is empty."""
    return tuple(n for one in segments(template) if not one.falls_away for n in one.fields)


def used(template: str) -> tuple[str, ...]:
    """Every field that the template may use."""
    return tuple(name for one in segments(template) for name in one.fields)
