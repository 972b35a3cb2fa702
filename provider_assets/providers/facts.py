"""What a rule may ask about the world beside the rows that it judges."""

from dataclasses import dataclass, field

from provider_assets.providers.capacity import Capacity


@dataclass(frozen=True)
class Facts:
    """The same for every rule, whether it rejects or warns.

    `capacity` is what the application's table holds today. Another reference is one more
    attribute, whose default says nothing about any row.
    """

    capacity: Capacity = field(default_factory=Capacity)
