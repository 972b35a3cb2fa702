"""The names under which the registry knows a provider: the legal one, former and other ones."""

from provider_assets.registry import names
from provider_assets.registry.columns import OTHERS, PARTED
from provider_assets.registry.names import Name


def people(last: str, first: str, middle: str, former: str) -> list[Name]:
    """A person's: the legal name, and a former one; what that does not tell has stayed."""
    known = [names.person(last, first, middle)]
    if former:
        other_last, other_first, other_middle = former.split(PARTED)
        known.append(names.person(other_last, other_first or first, other_middle or middle))
    return known


def firms(name: str, others: str) -> list[str]:
    """An organization's, folded: the legal name, and those that it does or did business as."""
    return [names.organization(one) for one in (name, *others.split(OTHERS)) if one]


def shown(former: str) -> str:
    """Former and other names as a person reads them."""
    return "; ".join(", ".join(filter(None, one.split(PARTED))) for one in former.split(OTHERS))
