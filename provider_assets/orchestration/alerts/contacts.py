"""The layouts as alerts need them: whom each names as its contact."""

import logging

from provider_assets.errors import UsageError
from provider_assets.orchestration.platform import Platform
from provider_assets.providers.layout import Layout

log = logging.getLogger(__name__)


def contact_of(layout: str, platform: Platform) -> str | None:
    """The contact that a layout names."""
    return next((each.contact for each in known_layouts(platform) if each.name == layout), None)


def known_layouts(platform: Platform) -> tuple[Layout, ...]:
    """Every layout; none where one of them is wrong, which the alerts do not wait for."""
    try:
        return platform.layouts
    except UsageError as error:
        log.warning("alerts go without the layouts' contacts: %s", error)
        return ()
