"""The platform as a Dagster component: a few lines of YAML in a `dg` project."""

from pathlib import Path
from typing import Any

from dagster import Component, ComponentLoadContext, Definitions, Model, Resolvable
from pydantic import Field

from provider_assets.database.address import PROVIDERINFO
from provider_assets.orchestration.build import build_definitions
from provider_assets.settings import OnExisting, load_settings

_PLACES = ("home", "drop_folder", "layouts")
_SETTINGS = (*_PLACES, "database_url", "storage", "on_existing", "max_reject_rate", "notify")


class ProviderRosterComponent(Component, Model, Resolvable):
    """Load hospitals' provider rosters into an application's table, and give back the rows to fix.

    What is left out goes by the environment and `.env`, as docs/settings.md says. A path that is
    not absolute begins at the project's root. Give the database's URL as `{{ env.NAME }}`, since a
    password has no place in a YAML file.
    """

    home: str | None = Field(None, description="root of everything that is written")
    database_url: str | None = Field(None, description="SQLAlchemy URL of the database")
    drop_folder: str | None = Field(None, description="the folder that rosters are dropped into")
    storage: str | None = Field(None, description="frames and archive: a folder or a bucket's URL")
    layouts: str | None = Field(None, description="a folder of layouts beside the built-in ones")
    on_existing: OnExisting | None = Field(None, description="`reject` or `update`")
    max_reject_rate: float | None = Field(None, description="above it nothing of a roster loads")
    notify: str | None = Field(None, description="where alerts go: Apprise URLs")
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="every other setting, by its name in small letters without PROVIDER_ASSETS_",
    )
    table: str = Field(PROVIDERINFO, description="what the application calls its table")
    key_prefix: str | list[str] = Field(
        default_factory=list, description="before every asset's key; needed for a second platform"
    )

    def build_defs(self, context: ComponentLoadContext) -> Definitions:
        """The platform's definitions. Raises UsageError for a setting that cannot be used."""
        given = {name: getattr(self, name) for name in _SETTINGS}
        overrides = {name: value for name, value in given.items() if value is not None}
        for name in _PLACES:
            if name in overrides:
                overrides[name] = context.project_root / Path(overrides[name]).expanduser()
        settings = load_settings(**(self.settings | overrides))
        return build_definitions(settings=settings, table=self.table, key_prefix=self.key_prefix)
