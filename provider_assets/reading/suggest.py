"""A draft layout for a file that no layout fits. First version: headers only, by generic names."""

from collections.abc import Sequence
from pathlib import Path

from provider_assets.providers.layout import Layout
from provider_assets.reading.limits import ReadingLimits


def suggest_layout(path: Path, limits: ReadingLimits, layouts: Sequence[Layout]) -> str:
    """YAML text of a draft layout for the roster at `path`, with a comment a line on why."""
    raise NotImplementedError(path, limits, layouts)
