"""The demo: the example rosters, loaded into a fresh SQLite home of its own."""

from importlib.resources import files
from pathlib import Path
from shutil import rmtree

from provider_assets.errors import UsageError
from provider_assets.settings import (
    Settings,
    keep_to_defaults,
    load_settings,
    process_settings,
    use_settings,
)

MARK = ".provider-assets-demo"


def fresh_demo() -> tuple[Settings, list[Path]]:
    """The settings of an empty demo home (`<HOME>/demo`), now this process's, and the rosters.

    Only a folder that an earlier demo made is emptied. Raises UsageError for any other.
    """
    home = process_settings().home / "demo"
    if home.exists():
        if not (home / MARK).exists():
            raise UsageError(f"{home} was not made by a demo, so it is left alone; move it away")
        rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).touch()
    keep_to_defaults(home)
    settings = load_settings({}, None, home=home)
    use_settings(settings)
    examples = files("provider_assets") / "example_rosters"
    return settings, sorted(Path(str(each)) for each in examples.iterdir())
