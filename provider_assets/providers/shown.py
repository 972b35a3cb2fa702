"""How foreign text is shown: the one way for everything that prints a file's or a sheet's name."""

import os


def shown(text: str) -> str:
    """A foreign text on one line: control characters and broken bytes are written out.

    So nothing of it steers a terminal, begins a line, or is a command to whoever reads the output.
    """
    plain = os.fsencode(text).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in plain)
