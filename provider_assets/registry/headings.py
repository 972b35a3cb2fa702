"""Columns by name: which header of a registry file feeds what, and which are missing."""

from collections.abc import Mapping, Sequence

from provider_assets.errors import RegistryError

TAXONOMIES = 15  # NPPES holds so many of each provider

NPPES = {
    "npi": "NPI",
    "kind": "Entity Type Code",
    "replacement": "Replacement NPI",
    "organization": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "middle": "Provider Middle Name",
    "other_last": "Provider Other Last Name",
    "other_first": "Provider Other First Name",
    "other_middle": "Provider Other Middle Name",
    "state": "Provider Business Practice Location Address State Name",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "taxonomy_1": "Healthcare Provider Taxonomy Code_1",
    "primary_1": "Healthcare Provider Primary Taxonomy Switch_1",
}
MORE_TAXONOMIES = {
    f"{name}_{number}": f"{header}_{number}"
    for number in range(2, TAXONOMIES + 1)
    for name, header in (
        ("taxonomy", "Healthcare Provider Taxonomy Code"),
        ("primary", "Healthcare Provider Primary Taxonomy Switch"),
    )
}
OTHER_NAMES = {"npi": "NPI", "name": "Provider Other Organization Name"}
LEIE = {
    "npi": "NPI",
    "last": "LASTNAME",
    "first": "FIRSTNAME",
    "business": "BUSNAME",
    "state": "STATE",
    "kind": "EXCLTYPE",
    "excluded": "EXCLDATE",
    "reinstated": "REINDATE",
}


def places(headers: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """For each wanted field the position of its header; case and blanks do not matter."""
    at = {_plain(header): position for position, header in reversed(list(enumerate(headers)))}
    return {name: at[_plain(header)] for name, header in wanted.items() if _plain(header) in at}


def needed(headers: Sequence[str], wanted: Mapping[str, str], where: str) -> dict[str, int]:
    """`places`, all of them. Raises RegistryError that names the missing headers."""
    found = places(headers, wanted)
    missing = [header for name, header in wanted.items() if name not in found]
    if missing:
        raise RegistryError(
            f"{where}: lacks the column {', '.join(missing)}; download the file again, "
            "and use it unchanged"
        )
    return found


def _plain(header: str) -> str:
    return " ".join(header.replace("\ufeff", "").replace("_", " ").split()).casefold()
