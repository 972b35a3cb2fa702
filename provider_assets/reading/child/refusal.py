"""Why a file is given up, on its way to the parent as JSON; and the sentences that recur."""

from typing import NoReturn

from provider_assets.errors import FileCode
from provider_assets.reading.limits import MB

PANIC = "PanicException"  # what a parser written in Rust raises where a file breaks its promises
SAVE_AS = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)"


class Refusal(Exception):  # noqa: N818 - it is no error of ours, but an answer
    """The file ends in this code; `sentence` says what and what to do, without the file's name."""

    def __init__(self, code: FileCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def refuse(code: FileCode, sentence: str) -> NoReturn:
    """Raise the Refusal."""
    raise Refusal(code, sentence)


def refuse_damaged() -> NoReturn:
    """Refuse a workbook that cannot be read as `corrupt`."""
    refuse(
        FileCode.CORRUPT,
        "the workbook is damaged or incomplete; open it in a spreadsheet program, save it as an "
        "Excel workbook (.xlsx), and send that",
    )


def refuse_encrypted() -> NoReturn:
    """Refuse a workbook that a person would be asked the password of."""
    refuse(
        FileCode.ENCRYPTED,
        "the workbook is protected with a password; save it without one and send it again",
    )


def refuse_too_large(why: str) -> NoReturn:
    """Refuse what is larger than is allowed."""
    refuse(FileCode.TOO_LARGE, f"{why}; send the roster in several files")


def megabytes(size: int) -> str:
    """Bytes, for people."""
    return f"{size / MB:,.0f} MB"
