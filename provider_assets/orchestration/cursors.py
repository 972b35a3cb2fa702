"""What a sensor's tick leaves to the next one, as Dagster keeps it: a JSON object."""

import json
from typing import Any


def read_cursor(text: str | None) -> dict[str, Any]:
    """What was left; what nobody can read is a fresh start, since the truth lies elsewhere."""
    try:
        left = json.loads(text or "{}")
    except ValueError:
        return {}
    return left if isinstance(left, dict) else {}
