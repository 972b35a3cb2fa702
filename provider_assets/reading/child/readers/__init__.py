"""The kinds of files that are read, one entry and one module each.

The order is that in which they are recognised: whatever is left is delimited text.
"""

from collections.abc import Mapping

from provider_assets.reading.child.reader import Reader
from provider_assets.reading.child.readers import excel, ods, text

READERS: Mapping[str, Reader] = {
    "ods": ods.READER,
    "xlsb": excel.XLSB,
    "xlsm": excel.XLSM,
    "xlsx": excel.XLSX,
    "xls": excel.XLS,
    "text": text.READER,
}
