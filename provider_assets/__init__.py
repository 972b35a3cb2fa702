"""Provider rosters from hospitals, clean, in an application's MySQL table, with Dagster.

What `__all__` names is the library that docs/library.md shows. Each name is imported when it is
asked for, so that the reader's child process and `provider-assets --help` stay quick; what type
checkers are told stands in `__init__.pyi`.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0.dev0"
__all__ = [
    "Facts",
    "Layout",
    "ProviderRosterComponent",
    "Rule",
    "Settings",
    "__version__",
    "add_rule",
    "build_definitions",
    "load_settings",
    "roster_key",
]

_HOMES = {
    "Facts": "providers.facts",
    "Layout": "providers.layout",
    "ProviderRosterComponent": "orchestration.component",
    "Rule": "providers.rules",
    "Settings": "settings",
    "add_rule": "providers.rules",
    "build_definitions": "orchestration.build",
    "load_settings": "settings",
    "roster_key": "providers.keys",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when one is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Also the names that are not imported yet: Dagster looks for components among them."""
    return sorted({*globals(), *__all__})
