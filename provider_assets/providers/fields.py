"""What a roster may say about a provider: one record a field, and everything else derives from it.

No pandas, so that the reader's child process starts quickly. An optional field is one more record
here; one that the application's table holds too also needs a migration of the history.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field of a provider; all values are text.

    `text` says for people what it is, `column` is its column in `providerinfo` (None where it only
    feeds other fields), `length` how many characters that column holds where we create the table.
    No row loads without a `required` one. `words` (a regular expression) are what a header holds
    that may feed it, for the draft of a layout; under it stand names where it `is_name`.
    """

    name: str
    text: str
    column: str | None = None
    length: int | None = None
    required: bool = False
    words: str = ""
    is_name: bool = False

    @property
    def in_table(self) -> bool:
        """Whether the application's table has a column for it."""
        return self.column is not None


# NPPES' V2 layout limits names to 35 and organization names to 100 characters; the table that we
# create where none is holds a little more
PROVIDER: tuple[Field, ...] = (
    Field(
        "entity_name",
        "practice, group or entity type, as the roster gives it",
        "ENTY_NM",
        200,
        words=r"practice|clinic|group|department|company|organization|facility",
    ),
    Field(
        "first_name",
        "the provider's first name",
        "PROV_FST_NM",
        100,
        words=r"\b(first|given|fore)",
        is_name=True,
    ),
    Field(
        "last_name",
        "the provider's last name",
        "PROV_LST_NM",
        100,
        words=r"\b(last|sur|family)",
        is_name=True,
    ),
    Field(
        "full_name",
        "the provider's full name; no row loads without it",
        "PROV_FULL_NM",
        255,
        required=True,
        words=r"\b(full|display|provider|physician|doctor|clinician|practitioner)\b.*\bname\b"
        r"|^(provider|physician|doctor|clinician|practitioner)$",
        is_name=True,
    ),
    Field(
        "npi",
        "National Provider Identifier: ten digits, as text",
        "PROV_NPI",
        10,
        required=True,
    ),
    Field("middle_name", "the provider's middle name or initial"),
    Field("suffix", "what stands behind the name, such as JR or III"),
    Field("credential", "the provider's degrees, such as MD"),
    Field("organization_name", "the name of an organization or a group"),
    Field("entity_type", "individual (1) or organization (2)"),
)

FIELDS = tuple(field.name for field in PROVIDER)
TABLE_FIELDS = tuple(field.name for field in PROVIDER if field.in_table)
VALUE_FIELDS = tuple(name for name in TABLE_FIELDS if name != "npi")
"""The table's fields beside the NPI: what an update may change."""
REQUIRED = tuple(field.name for field in PROVIDER if field.required)
TABLE_COLUMNS = {field.name: field.column for field in PROVIDER if field.column is not None}
LENGTHS = {field.name: field.length for field in PROVIDER if field.length is not None}

PLACE = ("sheet", "row")
RAW = (*FIELDS, *PLACE, "terminated", "left_as", "remarks")
