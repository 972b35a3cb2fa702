"""What a roster's files are called, and whose a name is: `<stem>_<day>`, said once for all of them.

Two rosters with one stem on one day must not write over each other, and the same roster again
writes over its own. So the first that takes a name leaves a claim, a small file in a hidden
folder that is created only if none is there and holds the roster's key; who comes second has the
twelve hex digits of its content in the name. Comparisons ignore case, as shared drives do.

For a mailbox on another machine several of ours may write at once, and none sees the others'
claims:
there every name has the digits.
"""

import errno
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from provider_assets.leftovers import aside_of

CLAIMS = ".names"
BEING_WRITTEN = 60.0  # seconds for which a claim without a word may be another writer's
FULL_OR_GONE = (errno.ENOSPC, errno.EDQUOT, errno.ENOENT, errno.EROFS, errno.EACCES)


def is_filtered(file: str) -> bool:
    """Whether a file is, by its name, one that holds only those rows of a roster that passed."""
    return re.search(r"_filtered(_\d+)?$", Path(file).stem) is not None


def claim_name(reports_folder: Path, roster: str, day: str, *, unseen: bool = False) -> str:
    """The name that this roster's files of this day bear; claimed, where it was free.

    `unseen` says that others may write for the same place whose claims are not in this folder.
    """
    folder = reports_folder / CLAIMS
    folder.mkdir(parents=True, exist_ok=True)
    known = claimed_name(reports_folder, roster, day)
    if known is not None:
        return known
    for name in [sure_name(roster, day)] if unseen else possible_names(roster, day):
        if _claim(folder / name.casefold(), roster):
            return name
    raise FileExistsError(f"no name is left for the files of {roster} in {reports_folder}")


def claimed_name(reports_folder: Path, roster: str, day: str) -> str | None:
    """The name that this roster took on this day, None where it took none."""
    names = possible_names(roster, day)
    return next((name for name in names if owner_of(reports_folder, name) == roster), None)


def owner_of(reports_folder: Path, name: str) -> str | None:
    """The roster that claimed a name (without ending), None where nobody did."""
    try:
        return (reports_folder / CLAIMS / name.casefold()).read_text(encoding="utf-8") or None
    except OSError:
        return None


def sure_name(roster: str, day: str) -> str:
    """The name that no other content has, whoever writes for it on whichever machine."""
    return f"{roster}_{day}"


def possible_names(roster: str, day: str) -> Iterator[str]:
    """The names that a roster may take on a day, the first free one first."""
    if Path(roster).name != roster or "\\" in roster:
        raise ValueError(f"a roster's key is no path: {roster!r}")
    stem, _, _ = roster.rpartition("-")
    if stem:
        yield f"{stem}_{day}"
    yield sure_name(roster, day)
    yield f"{roster}-again_{day}"


def _claim(path: Path, roster: str) -> bool:
    """Take a name unless somebody has it; whether it is this roster's now.

    A claim is there with its word in it or not at all; one without a word was left by a writer
    that died, or whose disk was full, and is nobody's.
    """
    aside = path.with_name(aside_of(path.name))
    try:
        aside.write_text(roster, encoding="utf-8")
        try:
            os.link(aside, path)
        except FileExistsError:
            if path.stat().st_size or time.time() - path.stat().st_mtime < BEING_WRITTEN:
                return path.read_text(encoding="utf-8") == roster
            aside.replace(path)
        except OSError as error:
            if error.errno in FULL_OR_GONE:
                raise
            return _claim_without_links(path, roster)
        return path.read_text(encoding="utf-8") == roster
    finally:
        aside.unlink(missing_ok=True)


def _claim_without_links(path: Path, roster: str) -> bool:
    """The same on a share that knows no second name for a file."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return path.read_text(encoding="utf-8") == roster
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as claim:
            claim.write(roster)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True
