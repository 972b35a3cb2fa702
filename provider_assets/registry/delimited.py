"""NPPES' delimited files as Arrow columns: some of many, by our names, a block at a time."""

import csv as plain_csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv

from provider_assets.errors import RegistryError

HEAD = 65_536
_BLOCK = 2**20
_NULLS = ["", "<UNAVAIL>", "<unavail>", "=====", "NULL"]


def header_row(stream: BinaryIO) -> list[str]:
    """The names in a delimited file's first line; the stream is read from where it stands."""
    return headers_of(stream.readline(HEAD))


def headers_of(line: bytes) -> list[str]:
    """The names in such a line; none where it is none."""
    text = line.decode("utf-8-sig", errors="replace")
    try:
        return next(plain_csv.reader(io.StringIO(text)), [])
    except plain_csv.Error:
        return []


def batches(
    stream: BinaryIO, width: int, at: Mapping[str, int], where: str
) -> Iterator[pa.RecordBatch]:
    """Columns of bytes by name, some thousand rows at a time; the header is read already.

    `width` columns stand in the file, `at` says where the wanted ones are. Nothing comes out of a
    file without rows. Raises RegistryError where a row has another number of columns.
    """
    names = [str(place) for place in range(width)]
    wanted = [str(place) for place in at.values()]
    options = csv.ConvertOptions(
        include_columns=wanted,
        column_types=dict.fromkeys(wanted, pa.binary()),
        null_values=_NULLS,
        strings_can_be_null=True,
    )
    # with threads of its own it reads ahead, and takes a hundred megabytes more
    reading = csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False)
    try:
        with csv.open_csv(stream, reading, convert_options=options) as reader:
            for batch in reader:
                yield batch.rename_columns(list(at))
    except pa.ArrowInvalid as error:
        told = str(error)
    else:
        return
    if "Empty CSV" not in told:
        raise RegistryError(
            f"{where}: a row has another number of columns than the header; the file is cut off or "
            "damaged: download it again"
        )
