"""What the store holds of each NPI, column by column."""

import pyarrow as pa

# what the store holds of each NPI, in its order; `npi` and `replacement` are numbers, 0 is none,
# `name` is a person's last name or an organization's, `former` a person's former name with `PARTED`
# between its parts, or an organization's other names with `OTHERS` between them,
# days count from 1970, 0 is none; `seen` is the last day of the file that the row is from
NUMBERS = {
    "npi": pa.uint32(),
    "kind": pa.uint8(),
    "replacement": pa.uint32(),
    "updated": pa.uint16(),
    "deactivated": pa.uint16(),
    "reactivated": pa.uint16(),
    "seen": pa.uint16(),
}
TEXTS = ("name", "first", "middle", "former", "state", "taxonomy")
COLUMNS = (*NUMBERS, *TEXTS)
PARTED = "\t"  # last, first and middle of a former name
OTHERS = "\n"
NPI = "^[12][0-9]{9}$"
