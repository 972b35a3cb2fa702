"""From the environment and `.env` to the settings, or one error that names all that is wrong.

Every setting may also be given as `PROVIDER_ASSETS_<NAME>_FILE`, a path whose content is the
value (how container platforms hand out secrets). The environment wins, in either form. A name
nobody knows and a value nobody can use are refused, all of them together.
"""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from provider_assets.errors import UsageError
from provider_assets.settings.record import PREFIX, Settings, setting_name

TESTS_OWN = f"{PREFIX}TEST_"
DOTENV = Path(".env")


def load_settings(
    environment: dict[str, str] | None = None, dotenv: Path | None = DOTENV, **overrides: Any
) -> Settings:
    """Read the settings; `overrides` are field names that win over both sources.

    Raises UsageError that names every unknown setting and every unusable value.
    """
    found = gather(dict(os.environ) if environment is None else environment, dotenv)
    values, problems = _known(found)
    try:
        settings = Settings(**(values | overrides))
    except ValidationError as error:
        problems += [_sentence(problem) for problem in error.errors()]
    if problems:
        raise UsageError("settings: " + "; ".join(problems))
    return settings


def gather(environment: dict[str, str], dotenv: Path | None) -> dict[str, str]:
    """What is written of the settings in either place, by the names there, the winner alone."""
    written = dotenv_values(dotenv) if dotenv is not None and dotenv.is_file() else {}
    both = {name: value for name, value in written.items() if value is not None}
    for name, value in environment.items():
        # a value given here takes the place of a file named there, and the reverse; an empty one
        # is the default, an empty name of a file is none
        if value and name.endswith("_FILE"):
            both.pop(name.removesuffix("_FILE"), None)
        both.pop(f"{name}_FILE", None)
    both |= environment
    return {
        name: value
        for name, value in both.items()
        if (name.startswith(PREFIX) and not name.startswith(TESTS_OWN)) or name == "DAGSTER_HOME"
    }


def _known(found: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    names = {setting_name(field): field for field in Settings.model_fields}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in sorted(found.items()):
        if not value:
            continue
        if name in names:
            values[names[name]] = value
        elif name.removesuffix("_FILE") in names and name.endswith("_FILE"):
            try:
                content = Path(value).read_text(encoding="utf-8").rstrip("\r\n")
            except OSError as error:
                problems.append(f"{name}: the file cannot be read ({error.strerror})")
            except UnicodeDecodeError:
                problems.append(f"{name}: the file is not a text in UTF-8; save it as one")
            else:
                values.setdefault(names[name.removesuffix("_FILE")], content)
        else:
            near = get_close_matches(name, names, n=1)
            problems.append(
                f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else "")
            )
    return values, problems


def _sentence(problem: Any) -> str:
    field = str(problem["loc"][0]) if problem["loc"] else "?"
    told = f"{setting_name(field)}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
    known = Settings.model_fields.get(field)
    if known is None or "Secret" in repr(known.annotation):
        return told
    return f"{told}, and it is {str(problem['input'])!r}"


def environment_value(name: str) -> str | None:
    """A value that another file names by its variable, such as a mailbox's secret."""
    return os.environ.get(name) or (dotenv_values(DOTENV).get(name) if DOTENV.is_file() else None)
