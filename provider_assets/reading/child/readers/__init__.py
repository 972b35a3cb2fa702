"""The kinds of files that are read, one entry and one module each.

The order is that in which they are recognised; what is left over is delimited text, if it is text.
"""

from collections.abc import Mapping

from provider_assets.reading.child.reader import Reader
from provider_assets.reading.child.readers import (
    excel,
    html,
    ods,
    spreadsheetml,
    text,
    xls,
    xlsb,
)

LEFT_OVER = "text"
READERS: Mapping[str, Reader] = {
    "ods": ods.READER,
    "xlsb": xlsb.READER,
    "xlsm": excel.XLSM,
    "xlsx": excel.XLSX,
    "xls": xls.READER,
    "xml": spreadsheetml.READER,
    "html": html.READER,
    LEFT_OVER: text.READER,
}
