"""What `doctor` says about one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` is empty where all is well."""

    subject: str
    level: Literal["ok", "note", "error"]
    message: str
    advice: str = ""
