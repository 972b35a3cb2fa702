"""Why a valid row is a duplicate: the codes and their words for people."""

from dataclasses import dataclass

IN_FILE = "duplicate-in-file"
CONFLICTING = "duplicate-in-file-conflicting"
ALREADY_LOADED = "already-loaded"
DIFFERENT = "already-loaded-different"


@dataclass(frozen=True)
class DuplicateReason:
    """A code, what it means and what the sender can do."""

    code: str
    sentence: str
    advice: str


DUPLICATE_REASONS: tuple[DuplicateReason, ...] = (
    DuplicateReason(
        IN_FILE,
        "An earlier row of this roster has the same NPI and name; that row counts.",
        "Nothing: the provider is listed at another place, too.",
    ),
    DuplicateReason(
        CONFLICTING,
        "An earlier row of this roster has the same NPI under another name.",
        "One of the two NPIs is probably wrong: look both up in the NPPES registry.",
    ),
    DuplicateReason(
        ALREADY_LOADED,
        "The application already holds this provider with the same values.",
        "Nothing: the provider is there.",
    ),
    DuplicateReason(
        DIFFERENT,
        "The application already holds this NPI with other values, and keeps them.",
        "If this roster is right, ask for the layout to be set to update existing providers.",
    ),
)
