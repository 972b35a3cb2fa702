"""What a roster may cost: sizes before it is read, memory and time while it is."""

from dataclasses import dataclass

# Excel's own limits: no spreadsheet that a person made goes over them
EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
EXCEL_CELL_CHARACTERS = 32_767

MB = 1 << 20


@dataclass(frozen=True)
class ReadingLimits:
    """Above any of these a roster is refused or its reader is ended; the defaults let a full
    sheet of 1,048,576 rows and 50 columns pass.

    Sizes in bytes, times in seconds. `cells` counts the rectangle that a sheet spans, since a
    reader has to hold it. `memory` is what the reader may address at most; a small file gets
    less, in proportion.
    """

    file_bytes: int = 1024 * MB
    unpacked_bytes: int = 6 * 1024 * MB
    archive_entries: int = 10_000
    rows: int = EXCEL_ROWS
    columns: int = EXCEL_COLUMNS
    cells: int = EXCEL_ROWS * 50
    cell_characters: int = EXCEL_CELL_CHARACTERS
    sheets: int = 500
    memory: int = 8 * 1024 * MB
    seconds: float = 300.0
    output_bytes: int = 2 * 1024 * MB
