"""How many of something, as people read it: `1 row is`, `1,234 rows are`."""


def counted(count: int, noun: str, one: str = "", many: str = "") -> str:
    """`1 row`, `1,234 rows`; with a verb (`is`, `are`) the one that agrees: `1 row is`."""
    verb = one if count == 1 else many
    return f"{count:,} {noun}{'s' * (count != 1)}{' ' * bool(verb)}{verb}"
