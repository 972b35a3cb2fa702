"""The only reader of the environment: `PROVIDER_ASSETS_*`, from the environment or `.env`.

Which settings there are is a record, how their values are found another matter, and which of them
this process goes by a third. Elsewhere they are imported from here.
"""

from provider_assets.settings.gathering import environment_value, load_settings
from provider_assets.settings.in_use import (
    keep_to_defaults,
    process_settings,
    use_home,
    use_settings,
)
from provider_assets.settings.record import (
    OnExisting,
    OnTerminated,
    Settings,
    ShowHeld,
    setting_name,
)

__all__ = [
    "OnExisting",
    "OnTerminated",
    "Settings",
    "ShowHeld",
    "environment_value",
    "keep_to_defaults",
    "load_settings",
    "process_settings",
    "setting_name",
    "use_home",
    "use_settings",
]
