"""Which mailboxes the settings name, and where what belongs to each lies on this machine.

Imports no Dagster, and no package of a mailbox before that mailbox is used.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from provider_assets.errors import UsageError
from provider_assets.providers.layout import Layout
from provider_assets.reading.mailbox.choosing import answers_root, open_mailbox
from provider_assets.reading.mailbox.described import Described
from provider_assets.reading.mailbox.port import Mailbox
from provider_assets.reading.mailboxes import load_mailboxes
from provider_assets.settings import Settings, environment_value


def named_mailboxes(settings: Settings) -> Mapping[str, Described]:
    """The mailboxes that have a name: all but the drop folder. Raises UsageError as their file."""
    found = load_mailboxes(settings.mailboxes)
    for one in found.mailboxes if found.drop_folder else ():
        if one.address.rstrip("/") == str(settings.drop_folder):
            raise UsageError(
                f"{one.name} of the file of mailboxes is the drop folder; write drop_folder: false "
                "into the file, or take it out"
            )
    return found.by_name()


def has_drop_folder(settings: Settings) -> bool:
    """Whether the drop folder is a mailbox beside those of the file."""
    return load_mailboxes(settings.mailboxes).drop_folder


def named_mailbox(settings: Settings, name: str) -> Described:
    """What the file says of one mailbox. Raises UsageError where it names none so."""
    known = named_mailboxes(settings)
    if name not in known:
        raise UsageError(
            f"no mailbox is called {name!r}; PROVIDER_ASSETS_MAILBOXES names "
            f"{', '.join(known) or 'none'}"
        )
    return known[name]


def answers_folder(settings: Settings, name: str = "") -> Path:
    """Where a mailbox's answers are written on this machine; without a name the drop folder."""
    return (
        answers_root(named_mailbox(settings, name), _homes(settings))
        if name
        else (settings.drop_folder)
    )


def mailbox_called(settings: Settings, name: str) -> Mailbox:
    """The mailbox of a name. Raises UsageError where there is none, or its package is missing."""
    return open_mailbox(named_mailbox(settings, name), _homes(settings), environment_value)


def allowed_layouts(layouts: tuple[Layout, ...], mailbox: Described | None) -> tuple[Layout, ...]:
    """The layouts that rosters of a mailbox may have; all for one that names none.

    Raises UsageError where it names one that there is not.
    """
    if mailbox is None or not mailbox.layouts:
        return layouts
    missing = sorted(set(mailbox.layouts) - {layout.name for layout in layouts})
    if missing:
        raise UsageError(
            f"the mailbox {mailbox.name} may use the layout {missing[0]}, and there is none; "
            "`provider-assets layouts list` shows those that there are"
        )
    return tuple(layout for layout in layouts if layout.name in mailbox.layouts)


def wrong_layouts(
    layouts: Callable[[], tuple[Layout, ...]], mailbox: Described | None
) -> str | None:
    """What is wrong with the layouts that rosters of a mailbox may have; None where nothing is."""
    try:
        allowed_layouts(layouts(), mailbox)
    except UsageError as error:
        return f"{error.message}. Rosters wait until that is fixed"
    return None


def _homes(settings: Settings) -> Path:
    """Where what belongs to mailboxes on other machines lies on this one."""
    return settings.home / "mailboxes"
