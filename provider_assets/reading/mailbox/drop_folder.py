"""The drop folder as a mailbox: its five folders, what waits in it, and where a file ends up.

Pure file work. What a roster's history is, and so which folder a file belongs to, is decided in
`orchestration/inbox/decision.py`; reading a file is `intake`'s.

A file is always in exactly one place: it is renamed, and across file systems copied aside, made
durable, renamed, and only then taken out of the inbox.
"""

import errno
import filecmp
import hashlib
import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

FOLDERS = ("inbox", "processed", "failed", "rejects", "reports")
NAME_BYTES = 255
LONGEST_SUFFIX = 20
UTF8_GOES_ON = range(0x80, 0xC0)
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")


@dataclass(frozen=True)
class DropFolder:
    """Where rosters arrive (`inbox`), and what people get back (the other four)."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Rosters that wait."""
        return self.root / "inbox"

    @property
    def processed(self) -> Path:
        """Rosters whose content is in the table."""
        return self.root / "processed"

    @property
    def failed(self) -> Path:
        """Rosters that are themselves at fault, each with a `.txt` that says what to do."""
        return self.root / "failed"

    def prepare(self) -> None:
        """Make the five folders where they are missing."""
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True)
class WaitingFile:
    """A regular file in the inbox as one look saw it; times are nanoseconds since 1970.

    No inode number: on network shares it may differ from one look to the next.
    """

    path: Path
    size: int
    modified: int
    changed: int

    @property
    def token(self) -> str:
        """24 hex digits that differ for every delivery: another name, content or arrival."""
        seen = (self.size, self.modified, self.changed)
        identity = os.fsencode(self.path.name) + b"\0" + repr(seen).encode()
        return hashlib.blake2b(identity, digest_size=12).hexdigest()

    def rested(self, now: float, seconds: float) -> bool:
        """Whether nobody wrote to it in the last `seconds` before `now` (seconds since 1970).

        A time in the future is a clock that is wrong: it does not hold a file back.
        """
        last = max(self.modified, self.changed) / 1e9
        return not now - seconds < last <= now


class FileChangedError(Exception):
    """The file is no longer the one that was looked at: look again later."""


def scan_inbox(inbox: Path) -> list[WaitingFile]:
    """Every file that may be a roster, oldest first; links, folders and devices are not files."""
    waiting = []
    with os.scandir(inbox) as entries:
        for entry in entries:
            if is_ignored(entry.name):
                continue
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(seen.st_mode):
                waiting.append(_waiting(Path(entry.path), seen))
    return sorted(waiting, key=lambda file: (file.modified, file.path.name))


def is_ignored(name: str) -> bool:
    """Whether a name is an editor's lock file, a hidden file or an unfinished copy."""
    return name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED)


def look(path: Path) -> WaitingFile:
    """Look at one file again; FileChangedError where it is gone or no longer a regular file."""
    try:
        seen = path.lstat()
    except FileNotFoundError as error:
        raise FileChangedError from error
    if not stat.S_ISREG(seen.st_mode):
        raise FileChangedError
    return _waiting(path, seen)


def sha256_of_waiting(file: WaitingFile) -> str:
    """The content's sha256 in hex; FileChangedError where the file changed since, or meanwhile."""
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            raise FileChangedError from error
        raise
    with os.fdopen(descriptor, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        after = _waiting(file.path, os.fstat(stream.fileno()))
    if after != file:
        raise FileChangedError
    return digest


def move(file: WaitingFile, folder: Path, note: str | None = None) -> Path:
    """Move a file out of the inbox, with `<name>.txt` beside it that holds `note`; the new path.

    Where the name is taken there, ` (2)`, ` (3)` … goes before the extension: nothing is ever
    overwritten. The note is there before the file is, so no file stands without its reason.
    Raises FileChangedError, with the file left in the inbox, where it is not the one that was
    looked at.
    """
    if look(file.path) != file:
        raise FileChangedError
    target = _free_path(folder, file.path.name, note)
    if note is not None:
        _write_aside(note_path(target), note)
    try:
        file.path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _move_across(file, target, note)
    return _unless_swapped(file, target)


def note_path(path: Path) -> Path:
    """Where the note beside a file stands: `<name>.txt`, the name cut where it would not fit."""
    return path.with_name(_cut(path.name, NAME_BYTES - len(".txt")) + ".txt")


def shown(name: str) -> str:
    """A file's name on one line of text: control characters and broken bytes are written out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _waiting(path: Path, seen: os.stat_result) -> WaitingFile:
    return WaitingFile(path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _free_path(folder: Path, name: str, note: str | None) -> Path:
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - Path.suffix differs between versions
    if len(os.fsencode(suffix)) > LONGEST_SUFFIX:
        stem, suffix = name, ""
    for number in count(1):
        mark = "" if number == 1 else f" ({number})"
        path = folder / (_cut(stem, NAME_BYTES - len(os.fsencode(mark + suffix))) + mark + suffix)
        if not os.path.lexists(path) and _note_is_free(path, note):
            break
    return path


def _note_is_free(path: Path, note: str | None) -> bool:
    """A note that is there already in the same words was left by a move that was cut off."""
    beside = note_path(path)
    if note is None or not os.path.lexists(beside):
        return True
    return beside.is_file() and beside.read_bytes() == note.encode()


def _cut(name: str, size: int) -> str:
    """The longest beginning of `name` that is at most `size` bytes and ends at a character."""
    raw = os.fsencode(name)
    if len(raw) <= size:
        return name
    while size > 0 and raw[size] in UTF8_GOES_ON:
        size -= 1
    return os.fsdecode(raw[:size])


def _write_aside(path: Path, text: str) -> None:
    aside = path.with_name(f".{_cut(path.name, NAME_BYTES - 6)}.part")
    with aside.open("wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)


def _unless_swapped(file: WaitingFile, target: Path) -> Path:
    """Put back what was renamed where a new delivery had taken its place in between."""
    moved = look(target)
    if (moved.size, moved.modified) == (file.size, file.modified):
        return target
    back = _free_path(file.path.parent, file.path.name, None)
    target.rename(back)
    note_path(target).unlink(missing_ok=True)
    raise FileChangedError


def _move_across(file: WaitingFile, target: Path, note: str | None) -> Path:
    """Copy, make durable, rename, take out; a copy that a cut-off move left is used again."""
    left = target.with_name(file.path.name)
    if left != target and left.is_file() and filecmp.cmp(file.path, left, shallow=False):
        if note is not None:
            note_path(target).unlink()
            _write_aside(note_path(left), note)
        file.path.unlink()
        return left
    aside = target.with_name(f".{_cut(target.name, NAME_BYTES - 6)}.part")
    with file.path.open("rb") as source, aside.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    shutil.copystat(file.path, aside, follow_symlinks=False)
    if look(file.path) != file:
        aside.unlink()
        raise FileChangedError
    aside.replace(target)
    _sync_folder(target.parent)
    file.path.unlink()
    return target


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # network shares refuse it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
