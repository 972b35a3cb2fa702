"""Why a file is given up, on its way to the parent as JSON."""

from typing import NoReturn

from provider_assets.errors import FileCode


class Refusal(Exception):  # noqa: N818 - it is no error of ours, but an answer
    """The file ends in this code; `sentence` says what and what to do, without the file's name."""

    def __init__(self, code: FileCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def refuse(code: FileCode, sentence: str) -> NoReturn:
    """Raise the Refusal."""
    raise Refusal(code, sentence)
