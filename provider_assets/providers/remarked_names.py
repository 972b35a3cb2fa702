"""Names that are more, or less, than a name: a mark of leaving in them, or nobody's at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# nobody is called so, wherever it stands in a name
_SURE = (
    "termed|terminated|inactive|inactivated|deactivated|retired|resigned|deceased|deleted|"
    "disenrolled|offboarded|no longer (?:here|with|active|employed)[a-z ]*|not active|do not use"
)
# somebody may be called so: counts within brackets, or behind a dash
_MAYBE = (
    "term|terming|left|gone|closed|removed|former|departed|dropped|separated|withdrawn|expired|"
    "leaving|leaver|died"
)
_DASH = "[-\u2013\u2014/:]+"
# no look-around: Arrow's expressions, which are quick, have none
_MARKED = (
    rf"(?i)(?:^|[^\w'-])(?:{_SURE})(?:$|[^\w'-])"
    rf"|[(\[{{*][\s*]*(?:{_SURE}|{_MAYBE})\b"
    rf"|(?:\s{_DASH}|{_DASH}\s)\s*(?:{_SURE}|{_MAYBE})\b"
)
_NOBODY = (
    r"(?i)^(?:[\s,.*()\[\]-]*(?:vacant|vacancy|tbd|tba|tbh|"
    r"to be (?:determined|announced|hired|named|filled)|open position|"
    r"position|unfilled|unassigned|unknown provider|no provider)\b)+"
    r"[\s,.*()\[\]-]*$"
)


def has_mark(names: pd.Series) -> pd.Series:
    """Which names hold a mark of leaving (`Quimby (TERMED)`), or are nobody's (`VACANT`)."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    # by Arrow itself: pandas takes a slower way for such expressions
    cells = pa.array(names, pa.string(), from_pandas=True)
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    marked = pc.or_(*(pc.match_substring_regex(cells, one) for one in (_MARKED, _NOBODY)))
    return pd.Series(pc.fill_null(marked, False).to_numpy(zero_copy_only=False), index=names.index)
