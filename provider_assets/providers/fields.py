"""The names of a provider's fields and of a raw row's columns; no pandas, so that the reader's
child process starts quickly.
"""

FIELDS = ("entity_name", "first_name", "last_name", "full_name", "npi")
PLACE = ("sheet", "row")
RAW = (*FIELDS, *PLACE, "terminated")
