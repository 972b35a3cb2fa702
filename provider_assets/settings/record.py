"""Every setting, its default and what it means; nothing on where its value comes from."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

PREFIX = "PROVIDER_ASSETS_"

OnExisting = Literal["reject", "update"]
OnTerminated = Literal["report", "delete"]
ShowHeld = Literal["values", "fields"]


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
    mailboxes: Path | None = Field(
        None,
        description="a file that names the places that rosters come from: other folders, SFTP, "
        "buckets; without it the drop folder alone",
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
    show_held: ShowHeld = Field(
        "values",
        description="of a provider whom the application holds otherwise, the sender's files show "
        "the `values` that it holds, or only which `fields` differ",
    )
    max_reject_rate: float = Field(
        0.5,
        ge=0,
        le=1,
        description="invalid rows, less those that only say who has left, over all rows; above it "
        "nothing loads",
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
    files_group: str | None = Field(
        None,
        description="group of this machine that may read what is written; by default the group of "
        "the user that runs this",
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

    @field_validator("files_group")
    @classmethod
    def _is_a_group(cls, value: str | None) -> str | None:
        import grp

        try:
            return value and grp.getgrnam(value).gr_name
        except KeyError:
            raise ValueError("there is no such group on this machine") from None

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
        fill: dict[str, Any] = {
            "home": home,
            "drop_folder": _absolute(self.drop_folder, home / "drop"),
            "mailboxes": self.mailboxes and self.mailboxes.expanduser().absolute(),
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


def setting_name(field: str) -> str:
    """The name in the environment of a field of `Settings`."""
    return "DAGSTER_HOME" if field == "dagster_home" else PREFIX + field.upper()
