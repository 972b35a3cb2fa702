"""Made-up rosters of one hospital, whose layout says who left, and what became of their rows."""

import json
from pathlib import Path

from provider_assets_tests.rosters import npi

HEADERS = "NPI,First Name,Last Name,Practice Name,Action"
LAYOUT = """
name: fernhollow
columns:
  {npi: [NPI], first_name: [First Name], last_name: [Last Name], entity_name: [Practice Name]}
derive: {full_name: "{last_name}, {first_name}"}
terminations: {column: Action, values: [Term]}
on_existing: update
"""


def roster_of(home, name, rows):
    lines = [f"{npi(number)},Ada{number},Quimby,Fern,{said}" for number, said in rows]
    path = home.root / f"{name}.csv"
    path.write_text("\n".join([HEADERS, *lines]) + "\n")
    return path


def full_roster(home, name, numbers):
    return roster_of(home, name, [(number, "Add") for number in numbers])


def layout_with(home, *more):
    folder = home.root / "layouts"
    folder.mkdir(exist_ok=True)
    (folder / "fernhollow.yaml").write_text(LAYOUT + "\n".join(more) + "\n")
    home.set(LAYOUTS=str(folder))


def table_row(number, practice="Fern"):
    return (practice, f"Ada{number}", "Quimby", f"Quimby, Ada{number}", npi(number))


def returned_lines(result):
    document = json.loads(Path(result["files"]["return"]).with_suffix(".json").read_text())
    return [(one["row"], one["outcome"], one["codes"]) for one in document["rows"]]
