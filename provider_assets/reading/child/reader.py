"""What a reader of one kind of file is; the kinds themselves are entries of `readers`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provider_assets.reading.child.content import Content
from provider_assets.reading.child.sheets import Workbook
from provider_assets.reading.limits import ReadingLimits

SHEET_NAME_LENGTH = 100


@dataclass(frozen=True)
class Source:
    """A file to be opened: `path` has the true extension of its kind, `name` is what people know.

    `known` are canonical headers that layouts look for.
    """

    path: Path
    name: str
    known: frozenset[str]

    @property
    def sheet_name(self) -> str:
        """What the sheet of a file without sheets is called: the file's name."""
        return " ".join(Path(self.name).stem.split())[:SHEET_NAME_LENGTH] or "text"


def _says_nothing(path: Path, limits: ReadingLimits) -> None:
    del path, limits


@dataclass(frozen=True)
class Reader:
    """How one kind of file is recognised, measured and read.

    `recognises` looks at how the content starts or what is in it, whatever its name.
    `extent` gives the most cells that one sheet spans, as far as that can be known cheaply, and
    `open` the sheets; both raise Refusal. `explain` looks the file through, keeping nothing, for
    why another reader died of it, and refuses where it finds out. `extensions` are the names
    under which such a file comes without a note, the usual one first; `title` is what people
    call it.
    """

    title: str
    extensions: tuple[str, ...]
    recognises: Callable[[Content], bool]
    open: Callable[[Source, ReadingLimits], Workbook]
    extent: Callable[[Path, ReadingLimits], int]
    explain: Callable[[Path, ReadingLimits], None] = _says_nothing
