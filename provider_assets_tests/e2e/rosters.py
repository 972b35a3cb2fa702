"""The shipped example, and made-up rosters of any number, no NPI of which stands in another."""

from pathlib import Path

from provider_assets.providers.npi import check_digit

SAMPLE = Path(__file__).parents[2] / "examples" / "rosters" / "mercy_general.xlsx"
HEADER = "Type,NpFirstName,NpLastName,NP,NPI"


def npis(roster: int, count: int) -> list[str]:
    """NPIs with a right check digit, made by the rule."""
    bodies = [f"2{roster:04d}{row:04d}" for row in range(count)]
    return [f"{body}{check_digit(body)}" for body in bodies]


def invalid_npis(count: int) -> list[str]:
    """NPIs whose check digit is wrong."""
    return [npi[:9] + str((int(npi[9]) + 1) % 10) for npi in npis(9999, count)]


def write_roster(path: Path, roster: int, rows: int = 10, taken: list[str] | None = None) -> Path:
    """Write the roster of this number as CSV."""
    taken = taken or npis(roster, rows)
    lines = [
        f'HERO,First{row},Last{row},"Last{row}, First{row}",{npi}' for row, npi in enumerate(taken)
    ]
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path
