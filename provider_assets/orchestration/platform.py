"""A platform: one application's table with its drop folder, its layouts and rules, its assets.

A code location may hold several, each under a key prefix. What decides about a platform's assets
stands here and nowhere else; a Dagster config carries only the platform's name, so that no
password ever stands in one. Imports no Dagster.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provider_assets.database.address import PROVIDERINFO
from provider_assets.errors import UsageError
from provider_assets.settings import Settings, process_settings

if TYPE_CHECKING:
    from provider_assets.providers.layout import Layout
    from provider_assets.providers.rules import Rule

PLATFORM_TAG = "provider_assets/platform"
_PART = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")


@dataclass(frozen=True)
class Platform:
    """What `build_definitions` was given.

    Without `given` settings it goes by the process's own. `own_layouts` stand beside those of the
    settings, and one with a name of theirs replaces it; `own_rules` beside the built-in ones.
    """

    key_prefix: tuple[str, ...] = ()
    given: Settings | None = None
    own_layouts: "tuple[Layout, ...]" = ()
    own_rules: "tuple[Rule, ...]" = ()
    table: str = PROVIDERINFO

    def __post_init__(self) -> None:
        """Raises UsageError for a prefix or a table that cannot be a name."""
        for part in (*self.key_prefix, self.table):
            if not _PART.fullmatch(part):
                raise UsageError(
                    f"{part!r} cannot be part of a key prefix or a table's name; use a letter, then"
                    " letters, digits and _, at most 41 of them"
                )

    @property
    def settings(self) -> Settings:
        """The settings that decide about this platform's assets."""
        return self.given or process_settings()

    @property
    def name(self) -> str:
        """The prefix in one word; empty for the platform without one."""
        return "_".join(self.key_prefix)

    @property
    def layouts(self) -> "tuple[Layout, ...]":
        """Every layout that its rosters may have. Raises UsageError for a wrong layout file."""
        from provider_assets.reading.layouts import load_layouts

        replaced = {layout.name for layout in self.own_layouts}
        found = load_layouts(self.settings.layouts)
        return (*(one for one in found if one.name not in replaced), *self.own_layouts)

    def called(self, name: str) -> str:
        """What a job, a sensor, a resource or a partitions definition of its is called."""
        return f"{self.name}_{name}" if self.key_prefix else name

    def step(self, asset: str) -> str:
        """What the step that makes one of its assets is called in a run's config."""
        return "__".join((*self.key_prefix, asset))


DEFAULT = Platform()
_built: dict[str, Platform] = {}


def remember(platform: Platform) -> Platform:
    """Have `platform_called` find it; each process that runs something has built it first."""
    _built[platform.name] = platform
    return platform


def platform_called(name: str) -> Platform:
    """The platform of a name. Raises UsageError where none was built."""
    if name and name not in _built:
        raise UsageError(f"no definitions were built under the key prefix {name!r}")
    return _built.get(name, DEFAULT)


def name_of_run(tags: Mapping[str, str], selected: Sequence[Sequence[str]]) -> str:
    """Whose run this is: by its tag, else by the paths of the assets that it was started for."""
    if PLATFORM_TAG in tags:
        return tags[PLATFORM_TAG]
    return "_".join(selected[0][:-1]) if selected else ""
