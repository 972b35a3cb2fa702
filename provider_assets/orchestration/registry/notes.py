"""What is said beside a file of the registry that was not taken."""

from contextlib import suppress
from pathlib import Path

from provider_assets.providers.shown import shown
from provider_assets.registry.sources import is_note, note_beside


def note_trouble(path: Path, trouble: str | None) -> None:
    """Say why the file at `path` was not taken; without a trouble, a note of before goes."""
    note = note_beside(path)
    with suppress(OSError):  # the folder is not ours to write to: the alert has said it
        if trouble is not None:
            told = f"{shown(path.name)} was not taken in.\n\n{trouble}\n"
            note.write_text(told, encoding="utf-8")
        elif is_note(note):
            note.unlink()
