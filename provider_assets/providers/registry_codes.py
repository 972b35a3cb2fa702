"""What a public registry may find fault with in a row: the codes and their words for people.

What is found, and how: the room `registry`. Each warns unless a layout says otherwise.
"""

from dataclasses import dataclass

NOT_HELD = "npi-not-in-registry"
DEACTIVATED = "npi-deactivated"
REPLACED = "npi-replaced"
IS_ORGANIZATION = "npi-is-organization"
IS_INDIVIDUAL = "npi-is-individual"
OTHER_NAME = "name-differs-from-registry"
EXCLUDED = "provider-excluded"


@dataclass(frozen=True)
class RegistryFinding:
    """A code, the field at fault, what it means and what the sender can do."""

    code: str
    field: str | None
    sentence: str
    advice: str


REGISTRY_FINDINGS: tuple[RegistryFinding, ...] = (
    RegistryFinding(
        EXCLUDED,
        "npi",
        "OIG's list holds this NPI as excluded from federal health care programs.",
        "Have compliance look at it before anything is ordered or paid.",
    ),
    RegistryFinding(
        DEACTIVATED,
        "npi",
        "The registry holds this NPI as deactivated.",
        "Find out whether the provider still practises, and under which NPI.",
    ),
    RegistryFinding(
        REPLACED,
        "npi",
        "The registry says that another NPI took the place of this one.",
        "Send the provider's new NPI.",
    ),
    RegistryFinding(
        NOT_HELD,
        "npi",
        "The registry does not hold this NPI.",
        "Look the provider up in the NPPES registry by name; only an NPI issued in the last weeks "
        "can be missing there.",
    ),
    RegistryFinding(
        IS_ORGANIZATION,
        "npi",
        "The NPI is an organization's (type 2), and the row names a person.",
        "Send the person's own NPI (type 1).",
    ),
    RegistryFinding(
        IS_INDIVIDUAL,
        "npi",
        "The NPI is a person's (type 1), and the row names an organization.",
        "Send the organization's own NPI (type 2).",
    ),
    RegistryFinding(
        OTHER_NAME,
        None,
        "The registry holds this NPI under another name.",
        "Look whether the NPI is somebody else's; a provider with a new name has to report it to "
        "NPPES, too.",
    ),
)
