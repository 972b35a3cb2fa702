"""The only reader of the environment: `PROVIDER_ASSETS_*`, from the environment or `.env`.

Every setting may also be given as `PROVIDER_ASSETS_<NAME>_FILE`, a path whose content is the
value (how container platforms hand out secrets). The environment wins, in either form. A name
nobody knows and a value nobody can use are refused, all of them together.
"""

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from provider_assets.errors import UsageError
from provider_assets.moments import use_zone

PREFIX = "PROVIDER_ASSETS_"
TESTS_OWN = f"{PREFIX}TEST_"
DOTENV = Path(".env")

OnExisting = Literal["reject", "update"]
OnTerminated = Literal["report", "delete"]


class Settings(BaseModel):
    """Every setting, its default and what it means (`description`); see `.env.example`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="root of everything that is written")
    database_url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy URL: `mysql+pymysql://…` or `sqlite:///…`; "
        "empty means `sqlite:///<HOME>/providers.db`",
    )
    database_ssl_ca: Path | None = Field(
        None, description="CA file: TLS with the server's name verified"
    )
    database_allow_plaintext: bool = Field(
        False, description="permit reaching a database on another machine without TLS"
    )
    database_lock_wait: int = Field(
        60,
        ge=1,
        description="seconds to wait for another load, or another lock, before giving up",
    )
    database_tries: int = Field(
        6,
        ge=1,
        description="how often a load is tried while the server restarts or breaks a deadlock",
    )
    drop_folder: Path = Field(
        Path(),
        description="holds `inbox/ processed/ failed/ rejects/ returns/ reports/`, and `registry/` "
        "where there is one; default `<HOME>/drop`",
    )
    storage: str = Field(
        "", description="frames and archive: a folder, or a bucket's URL; default `<HOME>/storage`"
    )
    layouts: Path | None = Field(None, description="a folder of layouts beside the built-in ones")
    registry: Path = Field(
        Path(),
        description="folder of the public registry's store; default `<HOME>/registry`",
    )
    on_existing: OnExisting = Field(
        "reject", description="`reject` or `update` an NPI that the table already holds"
    )
    on_terminated: OnTerminated = Field(
        "report",
        description="`report` or `delete` what the table holds of a provider whom a roster says "
        "has left",
    )
    max_reject_rate: float = Field(
        0.5,
        ge=0,
        le=1,
        description="invalid rows over all rows, above which nothing of the roster loads",
    )
    max_file_mb: int = Field(
        1024, ge=1, description="a larger roster is refused as `too-large`, in megabytes"
    )
    max_unpacked_mb: int = Field(
        6144,
        ge=1,
        description="a workbook that unpacks to more is refused as `too-large`, in megabytes",
    )
    max_cells: int = Field(
        52_428_800,
        ge=1,
        description="a sheet that spans more cells (rows times columns) is refused as `too-large`",
    )
    reader_seconds: float = Field(
        300, gt=0, description="a roster whose reading takes longer ends as `reader-timeout`"
    )
    reader_memory_mb: int = Field(
        8192,
        ge=256,
        description="the most memory that reading one roster may take, in megabytes; "
        "a small file is given less",
    )
    rescue: Literal["soffice"] | None = Field(
        None,
        description="`soffice`: what no reader opens is converted by LibreOffice first, if it is "
        "installed",
    )
    rejects_per_workbook: int = Field(
        100_000,
        ge=1,
        le=1_000_000,
        description="rejected rows above which a reject workbook becomes a CSV file",
    )
    filtered_per_workbook: int = Field(
        20_000,
        ge=1,
        le=1_000_000,
        description="rows that passed above which their workbook becomes a CSV file",
    )
    retention_days: int | None = Field(
        None,
        ge=1,
        description="days after which archive, frames, rejects, returns and reports of settled "
        "imports go; nothing goes by default",
    )
    notify: tuple[SecretStr, ...] = Field(
        (), description="where alerts go: Apprise URLs, separated by blanks or commas"
    )
    sensor_interval: int = Field(
        2,
        ge=1,
        le=3600,
        description="seconds between two looks at the inbox; with Dagster's own daemon, as in "
        "`deploy/`, no less than five",
    )
    settle_seconds: float = Field(
        4.0, ge=0, le=3600, description="a file nobody wrote to for this long is complete"
    )
    retry_seconds: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="pause before a roster whose run failed through no fault of its file is tried "
        "again; it doubles each time, up to an hour",
    )
    time_zone: str = Field(
        "",
        description="the zone of every time on pages and in messages, such as `America/Chicago`; "
        "the machine's by default",
    )
    ui_url: str = Field(
        "http://127.0.0.1:3000", description="where people reach the web UI: for links in alerts"
    )
    metrics_file: Path = Field(
        Path(),
        description="where the counts go as Prometheus text; "
        "default `<HOME>/metrics/provider_assets.prom`",
    )
    dagster_home: Path = Field(
        Path(),
        description="Dagster's own storage; default `<HOME>/dagster`",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value and value not in available_timezones():
            near = get_close_matches(value, available_timezones(), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{value!r} is not a time zone{hint}")
        return value

    @field_validator("notify", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        # an address may itself hold commas, so they part addresses only before the next scheme
        parts = re.split(r"[\s,]+(?=[a-zA-Z][a-zA-Z0-9+.-]*://)", value.strip(" \t\r\n,"))
        return tuple(part for part in parts if part)

    def model_post_init(self, _context: Any, /) -> None:
        """Fill what depends on `home`; every path is absolute from here on."""
        home = self.home.expanduser().absolute()
        fill = {
            "home": home,
            "drop_folder": _absolute(self.drop_folder, home / "drop"),
            "metrics_file": _absolute(self.metrics_file, home / "metrics" / "provider_assets.prom"),
            "dagster_home": _absolute(self.dagster_home, home / "dagster"),
            "storage": self.storage or str(home / "storage"),
            "registry": _absolute(self.registry, home / "registry"),
        }
        if not self.database_url.get_secret_value():
            fill["database_url"] = SecretStr(f"sqlite:///{home / 'providers.db'}")
        for name, value in fill.items():
            object.__setattr__(self, name, value)


def _absolute(path: Path, default: Path) -> Path:
    return default if path == Path() else path.expanduser().absolute()


def load_settings(
    environment: dict[str, str] | None = None, dotenv: Path | None = DOTENV, **overrides: Any
) -> Settings:
    """Read the settings; `overrides` are field names that win over both sources.

    Raises UsageError that names every unknown setting and every unusable value.
    """
    found = _gather(dict(os.environ) if environment is None else environment, dotenv)
    values, problems = _known(found)
    try:
        settings = Settings(**(values | overrides))
    except ValidationError as error:
        problems += [_sentence(problem) for problem in error.errors()]
    if problems:
        raise UsageError("settings: " + "; ".join(problems))
    return settings


def _gather(environment: dict[str, str], dotenv: Path | None) -> dict[str, str]:
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


def setting_name(field: str) -> str:
    """The name in the environment of a field of `Settings`."""
    return "DAGSTER_HOME" if field == "dagster_home" else PREFIX + field.upper()


def _sentence(problem: Any) -> str:
    field = str(problem["loc"][0]) if problem["loc"] else "?"
    told = f"{setting_name(field)}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
    known = Settings.model_fields.get(field)
    if known is None or "Secret" in repr(known.annotation):
        return told
    return f"{told}, and it is {str(problem['input'])!r}"


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
    found = _gather({}, home / DOTENV)
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
