"""What a file is, by its content; its name only decides whether a note is due."""

from pathlib import Path
from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.child.content import Content
from provider_assets.reading.child.readers import LEFT_OVER, READERS
from provider_assets.reading.child.refusal import refuse, refuse_damaged, refuse_encrypted
from provider_assets.reading.child.words import called, instead_of

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
        what = None if content.names or content.streams else called(content.start, content.text)
        if what:
            _unsupported(what)
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


def _refuse_container(content: Content) -> None:
    """Refuse a zip or a compound file, of which no text is made."""
    types, mimetype = content.part("[Content_Types].xml"), content.part("mimetype")
    if b"wordprocessingml" in types or b"opendocument.text" in mimetype:
        _unsupported("a word processor's document")
    if b"presentationml" in types or b"opendocument.presentation" in mimetype:
        _unsupported("a presentation")
    if any(name.endswith(".iwa") for name in content.names):
        _unsupported("a document of Numbers, Pages or Keynote")
    if content.names:
        _unsupported("a compressed folder or a document")
    for stream, what in _STREAMS:
        if stream in content.streams:
            _unsupported(what)
    if content.streams:
        refuse_damaged()


def _unsupported(what: str) -> NoReturn:
    refuse(FileCode.UNSUPPORTED, f"this is {what}, not a spreadsheet; {instead_of(what)}")
