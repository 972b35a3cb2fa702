"""A file of the drop folder is moved: to a free name, with its note, and never lost on the way.

It is renamed, and across file systems copied aside, made durable, renamed, and only then taken
out of the inbox.
"""

import errno
import filecmp
import os
import shutil
import stat
from collections.abc import Iterator
from io import BufferedReader
from itertools import count
from pathlib import Path

from provider_assets.leftovers import in_place_of
from provider_assets.reading.mailbox.opening import NoFileError, open_file
from provider_assets.reading.mailbox.port import FileChangedError, WaitingFile
from provider_assets.system import close_to_others, flush_names

NAME_BYTES = 255
LONGEST_SUFFIX = 20
UTF8_GOES_ON = range(0x80, 0xC0)


def open_waiting(path: Path) -> BufferedReader:
    """A waiting file, opened for reading; FileChangedError where it has become something else."""
    gone = (errno.ENOENT, errno.ELOOP, errno.ENXIO)
    try:
        return open_file(path, follow=False)
    except OSError as error:
        if isinstance(error, NoFileError) or error.errno in gone:
            raise FileChangedError from error
        raise


def look(path: Path) -> WaitingFile:
    """Look at one file again; FileChangedError where it is gone or no longer a regular file."""
    try:
        seen = path.lstat()
    except FileNotFoundError as error:
        raise FileChangedError from error
    if not stat.S_ISREG(seen.st_mode):
        raise FileChangedError
    return as_waiting(path, seen)


def move(file: WaitingFile, folder: Path, note: str | None = None) -> Path:
    """Move a file out of the inbox, with `<name>.txt` beside it that holds `note`; the new path.

    Where the name is taken there, ` (2)`, ` (3)` … goes before the extension: nothing is ever
    overwritten. The note is there before the file is, so no file stands without its reason.
    Raises FileChangedError, with the file left in the inbox, where it is not the one that was
    looked at.
    """
    if look(Path(file.address)) != file:
        raise FileChangedError
    target = _free_path(folder, file.name, note)
    if note is not None:
        write_aside(note_path(target), note)
    try:
        Path(file.address).rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _move_across(file, target, note)
    return _unless_swapped(file, target, note)


def note_path(path: Path) -> Path:
    """Where the note beside a file stands: `<name>.txt`, the name cut where it would not fit."""
    return path.with_name(_cut(path.name, NAME_BYTES - len(".txt")) + ".txt")


def as_waiting(path: Path, seen: os.stat_result) -> WaitingFile:
    """A file as the system tells of it."""
    return WaitingFile(str(path), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def numbered_names(name: str) -> Iterator[str]:
    """The name, then with ` (2)`, ` (3)` … before its ending; cut where it would not fit."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - Path.suffix differs between versions
    if len(os.fsencode(suffix)) > LONGEST_SUFFIX:
        stem, suffix = name, ""
    for number in count(1):
        mark = "" if number == 1 else f" ({number})"
        yield _cut(stem, NAME_BYTES - len(os.fsencode(mark + suffix))) + mark + suffix


def _free_path(folder: Path, name: str, note: str | None) -> Path:
    paths = (folder / each for each in numbered_names(name))
    return next(path for path in paths if not os.path.lexists(path) and _note_is_free(path, note))


def _note_is_free(path: Path, note: str | None) -> bool:
    """A note that is there already in the same words was left by a move that was cut off."""
    beside = note_path(path)
    if not os.path.lexists(beside):
        return True
    return note is not None and beside.is_file() and beside.read_bytes() == note.encode()


def _cut(name: str, size: int) -> str:
    """The longest beginning of `name` that is at most `size` bytes and ends at a character."""
    raw = os.fsencode(name)
    if len(raw) <= size:
        return name
    while size > 0 and raw[size] in UTF8_GOES_ON:
        size -= 1
    return os.fsdecode(raw[:size])


def write_aside(path: Path, text: str) -> None:
    """Write a text under a hidden name, make it durable, and put it in the place of `path`."""
    with in_place_of(path) as aside, aside.open("wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _unless_swapped(file: WaitingFile, target: Path, note: str | None) -> Path:
    """Put back what was renamed where a new delivery had taken its place in between."""
    moved = look(target)
    if (moved.size, moved.modified) == (file.size, file.modified):
        close_to_others(target)
        return target
    back = _free_path(Path(file.address).parent, file.name, None)
    target.rename(back)
    if note is not None:
        note_path(target).unlink(missing_ok=True)
    raise FileChangedError


def _move_across(file: WaitingFile, target: Path, note: str | None) -> Path:
    """Copy, make durable, rename, take out; a copy that a cut-off move left is used again."""
    left = target.with_name(file.name)
    if left != target and left.is_file() and filecmp.cmp(file.address, left, shallow=False):
        if note is not None:
            note_path(target).unlink()
            write_aside(note_path(left), note)
        Path(file.address).unlink()
        return left
    with in_place_of(target) as aside:
        with open_waiting(Path(file.address)) as source, aside.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        shutil.copystat(file.address, aside, follow_symlinks=False)
        close_to_others(aside)
        if look(Path(file.address)) != file:
            raise FileChangedError
    flush_names(target.parent)
    Path(file.address).unlink()
    return target
