"""What is said beside a file of the registry that was not taken."""

from contextlib import suppress
from pathlib import Path

from provider_assets.providers.shown import shown
from provider_assets.reading.mailbox.moving import write_aside
from provider_assets.reading.mailbox.opening import open_file
from provider_assets.registry.sources import note_beside


def note_trouble(path: Path, trouble: str | None) -> None:
    """Say why the file at `path` was not taken; without a trouble, a note of before goes.

    A text under the note's name that is not ours, or a link, stays as it is.
    """
    note = note_beside(path)
    beginning = f"{shown(path.name)} was not taken in.\n\n"
    with suppress(OSError):  # the folder is not ours to write to: the alert has said it
        try:
            with open_file(note, follow=False) as file:
                is_ours = file.read(len(beginning.encode())) == beginning.encode()
        except FileNotFoundError:
            is_ours = trouble is not None
        if is_ours and trouble is not None:
            write_aside(note, f"{beginning}{trouble}\n")
        elif is_ours:
            note.unlink()
