"""Which files a person means by the paths that they typed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from provider_assets.errors import UsageError
from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.drop_folder import is_ignored


def rosters_at(paths: Iterable[Path]) -> list[Path]:
    """The files at these paths, in their order; of a folder its files by name, none deeper.

    Lock files, hidden files and unfinished copies in a folder are passed over, links are not
    followed. Raises UsageError that names every path without a roster.
    """
    found: list[Path] = []
    problems: list[str] = []
    for path in paths:
        name = shown(str(path))
        if path.is_symlink():
            problems.append(f"{name} is a link, which is not followed; name the file itself")
        elif path.is_file():
            found.append(path)
        elif path.is_dir():
            inside = list(_rosters_in(path))
            found += inside
            if not inside:
                problems.append(f"{name} is a folder without rosters")
        elif path.exists():
            problems.append(f"{name} is neither a file nor a folder")
        else:
            problems.append(f"{name} does not exist")
    if problems:
        raise UsageError("; ".join(problems))
    return list(dict.fromkeys(found))


def passed_over(paths: Iterable[Path]) -> list[str]:
    """A sentence for each entry of the folders among these paths that `rosters_at` does not take.

    Lock files, hidden files and unfinished copies are nobody's rosters, and have none.
    """
    folders = (path for path in paths if path.is_dir() and not path.is_symlink())
    entries = (entry for folder in folders for entry in sorted(folder.iterdir()))
    why = ((entry, _not_taken(entry)) for entry in entries if not is_ignored(entry.name))
    return [f"{shown(str(entry))} was skipped: it is {what}" for entry, what in why if what]


def _not_taken(entry: Path) -> str:
    if entry.is_symlink():
        return "a link, which is not followed; name the file itself"
    if entry.is_dir():
        return "a folder in a folder; name it, too, to take what is in it"
    return "" if entry.is_file() else "no file"


def _rosters_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.is_symlink() and not is_ignored(path.name):
            yield path
