"""What no reader opens is converted by LibreOffice, where whoever runs the platform allows it.

LibreOffice runs inside this process's limits, without a window, with a profile of its own that is
gone afterwards, in which macros do not run and nothing is fetched from elsewhere.
"""

import re
import subprocess
from contextlib import suppress
from pathlib import Path

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import Refusal
from provider_assets.reading.limits import ReadingLimits, limit_memory, limit_seconds
from provider_assets.reading.office import find_office

RESCUED = (FileCode.UNSUPPORTED, FileCode.CORRUPT)
NOTE = "no reader opens this file; LibreOffice converted it to xlsx, and that was read"
_STARTS = 2
_AGAIN = 81  # with a new profile it sets itself up, and wants to be started again
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{}</oor:items>
"""
_ITEM = """<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value>
</prop></item>
"""
_CHOICES = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def convert(path: Path, name: str, refusal: Refusal, limits: ReadingLimits, folder: Path) -> Path:
    """The file as an xlsx that LibreOffice made of it. Raises the refusal where that fails."""
    program = find_office()
    if program is None:
        raise refusal
    room = folder / "rescue"
    profile = room / "profile" / "user"
    profile.mkdir(parents=True)
    items = "".join(_ITEM.format(*choice) for choice in _CHOICES)
    (profile / "registrymodifications.xcu").write_text(_PROFILE.format(items), encoding="utf-8")
    ending = re.sub(r"[^A-Za-z0-9]", "", Path(name).suffix)[:8]
    source = room / f"roster.{ending}"
    source.symlink_to(path.resolve())
    limit_seconds(limits.seconds)
    limit_memory(limits.memory)
    _run(_binary(program), source, room, limits)
    made = room / "out" / "roster.xlsx"
    if not made.is_file():
        raise refusal
    return made


def _binary(program: Path) -> Path:
    """The program itself, not the script that starts it: what is ended then has no child left."""
    binary = program.resolve().with_name("soffice.bin")
    return binary if binary.is_file() else program


def _run(program: Path, source: Path, room: Path, limits: ReadingLimits) -> None:
    command: list[str | Path] = [
        program,
        f"-env:UserInstallation={(room / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        room / "out",
        source,
    ]
    with suppress(subprocess.TimeoutExpired, OSError):
        for _ in range(_STARTS):
            ended = subprocess.run(  # noqa: S603 - LibreOffice, with our own words
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=room,
                env={"HOME": str(room), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                timeout=limits.seconds / _STARTS,
                check=False,
            )
            if ended.returncode != _AGAIN:
                return
