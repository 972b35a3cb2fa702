"""The tenth digit of an NPI, for one text: no pandas, so that the reader's child can use it.

Whole columns are checked in `npi`, which has the source of the rule.
"""

LUHN_PREFIX_SUM = 24  # what the digits 80840, which stand before every NPI, add to the sum


def check_digit(nine: str) -> str:
    """The tenth digit of an NPI whose first nine are given. Raises ValueError for other input."""
    if len(nine) != 9 or not nine.isascii() or not nine.isdigit():  # noqa: PLR2004
        raise ValueError("an NPI's check digit is made from nine digits")
    total = LUHN_PREFIX_SUM
    for position, digit in enumerate(reversed(nine)):
        value = int(digit) * 2 if position % 2 == 0 else int(digit)
        total += value - 9 if value > 9 else value  # noqa: PLR2004
    return str(-total % 10)


def is_valid(text: str) -> bool:
    """Whether a text is ten digits of which the last is right."""
    if len(text) != 10 or not text.isascii() or not text.isdigit():  # noqa: PLR2004
        return False
    return check_digit(text[:9]) == text[9]
