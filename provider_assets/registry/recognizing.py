"""Which of the three registry files one is: by its headers and its members, never by the suffix."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import Literal

from provider_assets.errors import RegistryError
from provider_assets.registry import headings
from provider_assets.registry.delimited import HEAD, headers_of

Kind = Literal["npi_registry", "npi_deactivations", "exclusions"]
OTHERS = "othername_pfile_"
PROVIDERS = "npidata_pfile_"
HEADERS_ALONE = ("_fileheader.csv", "_file_header.csv")
_ZIP = b"PK\x03\x04"
_RELATED = (OTHERS, "pl_pfile_", "endpoint_pfile_")
_MARKS = {"npi_registry": headings.NPPES, "exclusions": headings.LEIE}
_ENOUGH = 4  # so many of its headers show what a file is, even where others are missing


def recognized(path: Path) -> tuple[Kind, str | None]:
    """Its kind, and its part within a zip. Raises RegistryError where it is none of the three."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise RegistryError(f"{path.name}: is empty; download it again")
    if not head.startswith(_ZIP):
        return _kind_of_text(path.name, head), None
    with zipfile.ZipFile(path) as archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        if "[content_types].xml" in map(str.casefold, names):
            return "npi_deactivations", None
        return _member(path, archive, names)


def _member(path: Path, archive: zipfile.ZipFile, names: list[str]) -> tuple[Kind, str]:
    """The one member that counts; NPPES' others are known by their names and passed over."""
    plain = {name: PurePosixPath(name).name.casefold() for name in names}
    rest = [
        name
        for name, short in plain.items()
        if short.endswith((".csv", ".xlsx")) and not is_companion(short)
    ]
    wanted = [name for name in rest if plain[name].startswith(PROVIDERS)] or rest
    if len(wanted) != 1:
        raise RegistryError(
            f"{path.name}: holds {len(wanted)} files that may be meant, and not one "
            "npidata_pfile_….csv; download the zip again, or unpack the one that counts"
        )
    if plain[wanted[0]].endswith(".xlsx"):
        return "npi_deactivations", wanted[0]
    with archive.open(wanted[0]) as content:
        return _kind_of_text(path.name, content.read(HEAD)), wanted[0]


def _kind_of_text(name: str, head: bytes) -> Kind:
    if is_companion(PurePosixPath(name).name):
        raise RegistryError(
            f"{name}: goes with npidata_pfile_….csv, and is read where that is; name that one"
        )
    headers = headers_of(head.partition(b"\n")[0])
    for kind, marks in _MARKS.items():
        if len(headings.places(headers, marks)) >= _ENOUGH:
            return kind  # type: ignore[return-value]
    raise RegistryError(
        f"{name}: is neither an NPPES file, nor its report of deactivated NPIs, nor OIG's list of "
        "the excluded; a roster belongs in inbox/"
    )


def is_companion(name: str) -> bool:
    """Whether a file of this name only accompanies NPPES' file of providers."""
    short = name.casefold()
    return (short.endswith(".csv") and short.startswith(_RELATED)) or short.endswith(HEADERS_ALONE)
