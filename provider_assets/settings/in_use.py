"""The settings that this process goes by, and those that it hands to the processes it starts."""

import os
from pathlib import Path

from provider_assets.moments import use_zone
from provider_assets.settings.gathering import DOTENV, gather, load_settings
from provider_assets.settings.record import PREFIX, Settings, setting_name

_in_use: list[Settings] = []


def process_settings() -> Settings:
    """The settings of this process, read when they are first asked for."""
    if not _in_use:
        use_settings(load_settings())
    return _in_use[0]


def use_home(home: Path) -> None:
    """Have this process, and those that it starts, work in another home: the option `--home`.

    The home's own `.env` wins over the environment here, and an empty value there is the default:
    who names a home means its database and folders, not those that the shell happens to name.
    """
    home = home.expanduser().absolute()
    found = gather({}, home / DOTENV)
    for name in found:
        os.environ |= {name.removesuffix("_FILE"): "", f"{name}_FILE": ""}
    os.environ |= found
    os.environ[f"{PREFIX}HOME"] = str(home)
    use_settings(None)


def keep_to_defaults(home: Path) -> None:
    """Have `--home` find every setting at its default there, whatever is set around it."""
    names = (setting_name(field) for field in Settings.model_fields if field != "home")
    (home / DOTENV).write_text("".join(f"{name}=\n" for name in names), encoding="utf-8")


def use_settings(settings: Settings | None) -> None:
    """Have this process go by other settings; None has them read anew when next asked for."""
    _in_use[:] = [settings] if settings else []
    use_zone(settings.time_zone if settings else "")
