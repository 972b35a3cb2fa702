"""A file as it is to be read: out of the zip that it came in, unlocked where nobody is asked."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from provider_assets.errors import FileCode
from provider_assets.reading.child.content import Content, content_of
from provider_assets.reading.child.kinds import kind_of
from provider_assets.reading.child.package import damage_refused
from provider_assets.reading.child.readers import READERS
from provider_assets.reading.child.readers.xls import is_locked
from provider_assets.reading.child.refusal import refuse, refuse_encrypted, refuse_too_large
from provider_assets.reading.limits import ReadingLimits

# the password with which Excel encrypts what is only protected, and which it tries by itself
_EXCELS_OWN = "VelvetSweatshop"
_OPENED = "the workbook is encrypted with Excel's own password, which nobody is asked for"
_LOCKED = "encryptedpackage"
_PIECE = 1 << 20
_NAME_LENGTH = 100


@dataclass(frozen=True)
class Taken:
    """The file at `path`, which people call `name`; `notes` tell what was done to get there."""

    path: Path
    name: str
    content: Content
    kind: str
    notes: list[str] = field(default_factory=list)


def take(path: Path, name: str, limits: ReadingLimits, folder: Path) -> Taken:
    """Look at a file, unpack and unlock it into `folder` where that is needed.

    Raises Refusal where it is nothing that can be read, or holds several spreadsheets.
    """
    content = content_of(path, limits)
    notes: list[str] = []
    if content.is_folder:
        path, name = _unpacked(path, limits, folder)
        content = content_of(path, limits)
        notes.append(f"the file is a compressed folder; {name!r} in it was read")
    if _LOCKED in content.streams or is_locked(path, content):
        path = _unlocked(path, folder)
        content = content_of(path, limits)
        notes.append(_OPENED)
    return Taken(path, name, content, kind_of(content), notes)


def _unpacked(path: Path, limits: ReadingLimits, folder: Path) -> tuple[Path, str]:
    """The one spreadsheet of a zip, unpacked, and its name."""
    with damage_refused(), zipfile.ZipFile(path) as packed:
        members = sorted(name for name in packed.namelist() if _is_file(name))  # also of one name
    inside = _the_one(members)
    name = "".join(c if c.isprintable() else "?" for c in PurePosixPath(inside).name)
    target = folder / "unpacked"
    left = limits.file_bytes
    with damage_refused(), zipfile.ZipFile(path) as packed:
        if packed.getinfo(inside).flag_bits & 1:
            refuse_encrypted()
        with packed.open(inside) as source, target.open("wb") as out:
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    refuse_too_large("the file in the compressed folder is larger than is allowed")
                out.write(piece)
    return target, name[-_NAME_LENGTH:]


def _is_file(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not name.endswith("/") and not any(
        part.startswith((".", "__MACOSX")) or part.lower() == "thumbs.db" for part in parts
    )


def _the_one(names: Sequence[str]) -> str:
    known = {ending for reader in READERS.values() for ending in reader.extensions}
    rosters = [name for name in names if _ending(name) in known] or list(names)
    books = [name for name in rosters if _ending(name) != "txt"]  # a text may be a remark
    found = books if len(books) == 1 else rosters
    if not found:
        refuse(FileCode.EMPTY, "this is a compressed folder without a file; send the roster itself")
    if len(found) > 1:
        refuse(
            FileCode.UNSUPPORTED,
            f"this is a compressed folder of {len(found):,} files; drop each of them by itself",
        )
    return found[0]


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def _unlocked(path: Path, folder: Path) -> Path:
    """The workbook without the encryption of which people know nothing. Raises `encrypted`."""
    import msoffcrypto
    import msoffcrypto.exceptions

    target = folder / "unlocked"
    try:
        with path.open("rb") as file, target.open("wb") as out:
            locked = msoffcrypto.OfficeFile(file)
            locked.load_key(password=_EXCELS_OWN)
            locked.decrypt(out)
    except Exception:  # noqa: BLE001 - another password, or a way to encrypt that is not known
        refuse_encrypted()
    return target
