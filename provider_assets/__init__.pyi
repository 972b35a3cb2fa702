from provider_assets.orchestration.build import build_definitions as build_definitions
from provider_assets.orchestration.component import (
    ProviderRosterComponent as ProviderRosterComponent,
)
from provider_assets.providers.facts import Facts as Facts
from provider_assets.providers.keys import roster_key as roster_key
from provider_assets.providers.layout import Layout as Layout
from provider_assets.providers.rules import Rule as Rule
from provider_assets.providers.rules import add_rule as add_rule
from provider_assets.settings import Settings as Settings
from provider_assets.settings import load_settings as load_settings

__version__: str
