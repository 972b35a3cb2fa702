"""What a file is, by its content; its name only decides whether a note is due."""

from pathlib import Path
from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.readers import LEFT_OVER, READERS
from provider_assets.reading.child.refusal import SAVE_AS, refuse, refuse_damaged, refuse_encrypted

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a word processor's document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed folder"),
    (b"Rar!", "a compressed folder"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x00\x01\x00\x00Standard", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    *((tag, "a web page") for tag in (b"<html", b"<!doctype html", b"<table", b"<head", b"<body")),
    (b"<meta", "a web page"),
    (b"<style", "a web page"),
    (b"<?xml", "an XML document"),
    (b"<workbook", "an XML document"),
    (b"mime-version:", "a web archive"),
    (b'{"', "a JSON document"),
    (b"[{", "a JSON document"),
)
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OLD_EXCEL_LENGTHS = (b"\x08", b"\x10", b"\x06", b"\x04")
_STREAMS: tuple[tuple[str, str], ...] = (
    ("worddocument", "a word processor's document"),
    ("powerpoint document", "a presentation"),
    ("__properties_version1.0", "an e-mail"),
)


def kind_of(content: Content) -> str:
    """The kind, a key of `READERS`. Raises Refusal where it is nothing that can be read."""
    if "encryptedpackage" in content.streams:
        refuse_encrypted()
    kind = next(name for name, reader in READERS.items() if reader.recognises(content))
    if kind == LEFT_OVER:
        _refuse_others(content)
        _refuse_container(content)
    return kind


def note_on_name(file: str, kind: str) -> str | None:
    """A sentence where the file's extension promises something else than its content."""
    extension = Path(file).suffix.lower().lstrip(".")
    reader = READERS[kind]
    if extension in reader.extensions:
        return None
    named = f'named ".{extension[:10]}"' if extension else "without an extension"
    return f"the file is {named} but holds {reader.title}; it was read as that"


def _refuse_others(content: Content) -> None:
    """Refuse what is neither a workbook nor text, by how it starts."""
    start = content.start
    for magic, what in _OTHERS:
        # letters alone may be a text's first header
        if start.startswith(magic) and (b"\0" in start or not magic.isalnum()):
            _unsupported(what)
    if start[:2] in _OLD_EXCEL and start[2:3] in _OLD_EXCEL_LENGTHS:
        _unsupported("a workbook of Excel 4 or older")
    for magic, what in _MARKUP:
        if content.text.startswith(magic):
            _unsupported(what)


def _refuse_container(content: Content) -> None:
    """Refuse a zip or a compound file, of which no text is made."""
    types, mimetype = content.part("[Content_Types].xml"), content.part("mimetype")
    if b"wordprocessingml" in types or b"opendocument.text" in mimetype:
        _unsupported("a word processor's document")
    if b"presentationml" in types or b"opendocument.presentation" in mimetype:
        _unsupported("a presentation")
    if content.names:
        _unsupported("a compressed folder or a document")
    for stream, what in _STREAMS:
        if stream in content.streams:
            _unsupported(what)
    if content.streams:
        refuse_damaged()


def _unsupported(what: str) -> NoReturn:
    refuse(FileCode.UNSUPPORTED, f"this is {what}, not a spreadsheet; {SAVE_AS}")
