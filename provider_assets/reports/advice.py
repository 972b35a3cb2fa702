"""What a sender does about a roster that did not load as a whole, for each code of a file."""

from collections.abc import Mapping

from provider_assets.errors import FileCode

ADVICE: Mapping[FileCode, str] = {
    FileCode.UNSUPPORTED: "Drop the roster itself, unpacked, as a spreadsheet or as .csv.",
    FileCode.EMPTY: "Check that the export finished: there has to be a header and at least one "
    "row below it. Then drop the roster again.",
    FileCode.CORRUPT: "Open the file in a spreadsheet program, save it under the same name, and "
    "drop it again; where it does not open, export it again.",
    FileCode.ENCRYPTED: "Take the password off (in Excel: File, Info, Protect Workbook) and drop "
    "the roster again.",
    FileCode.TOO_LARGE: "Split the roster into smaller files, or delete the empty rows and "
    "columns below and beside the table, and drop it again.",
    FileCode.READER_DIED: "The file brings its reader down. Open it in a spreadsheet program, "
    "save it as .csv, and drop that.",
    FileCode.READER_TIMEOUT: "Reading the file takes too long. Delete the empty rows and columns "
    "below and beside the table, or save it as .csv, and drop it again.",
    FileCode.NO_LAYOUT: "Give the columns the headers that were agreed on, and drop the roster "
    "again; or ask the people who run this service for a layout that has these headers.",
    FileCode.AMBIGUOUS_LAYOUT: "Several layouts fit the headers of this roster: have one of them "
    "made stricter, and drop the roster again.",
    FileCode.DUPLICATE_COLUMN: "Two columns have the header of one field: rename or delete one of "
    "them, and drop the roster again.",
    FileCode.TOO_MANY_REJECTS: "Correct the rows that the reject workbook lists (it holds all rows "
    "of the roster), and drop that workbook.",
    FileCode.CHANGED_WHILE_READING: "Nothing: it is taken up again when nobody writes to it.",
}


def advice_for(code: str) -> str:
    """What to do about a file with this code; nothing where it is no code of a file's."""
    return ADVICE[FileCode(code)] if code in set(FileCode) else ""
