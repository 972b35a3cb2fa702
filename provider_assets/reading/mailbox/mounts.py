"""Whether a folder is on a disk of this machine, so that its times are this machine's clock's."""

import os
import re
from functools import lru_cache
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
OWN = {"apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "jfs", "ntfs"}
OWN |= {"ntfs3", "overlay", "ramfs", "reiserfs", "tmpfs", "vfat", "xfs", "zfs"}


def is_on_this_machine(folder: Path) -> bool:
    """True where the file system is known as one of this machine; a share or the unknown is not."""
    return _is_own(folder, _mounted())


def _mounted() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


@lru_cache(maxsize=8)
def _is_own(folder: Path, mounts: str) -> bool:
    place, kinds = folder.resolve(), {}
    for line in filter(None, mounts.split("\n")):
        _, where, kind, *_ = line.split(" ")
        # blanks and the like stand there as \040, every other byte as it is
        plain = re.sub(
            rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), os.fsencode(where)
        )
        kinds[os.fsdecode(plain)] = kind
    for parent in (place, *place.parents):
        if str(parent) in kinds:
            return kinds[str(parent)] in OWN
    return False
