"""Folders of rosters that have much to do with each other, and all that a load of one leaves."""

import json
import random
from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlalchemy import MetaData, create_engine, select

from provider_assets_tests.orchestration.fernhollow import HEADERS
from provider_assets_tests.orchestration.fernhollow import LAYOUT as FERNHOLLOW
from provider_assets_tests.rosters import npi, person, write_xlsx

LAYOUT = FERNHOLLOW + "on_terminated: delete\n"
FULL = """
name: whole
columns:
  {npi: [Practitioner NPI], first_name: [First Name], last_name: [Last Name]}
derive: {full_name: "{last_name}, {first_name}"}
roster: full
absent: delete
absent_limit: 100%
on_existing: update
"""
PEOPLE = 14
PASSING = {"run_id", "started", "finished", "answered", "undone"}
"""What is otherwise in two loads of the same."""


def make_layouts(folder: Path) -> Path:
    """A layout whose rosters update and let people go, and one whose rosters name everybody."""
    folder.mkdir()
    (folder / "fernhollow.yaml").write_text(LAYOUT)
    (folder / "whole.yaml").write_text(FULL)
    return folder


def make_folder(folder: Path, seed: int, count: int) -> list[Path]:
    """So many rosters about the same few people; some of them cannot be loaded, or are twice."""
    folder.mkdir()
    chance = random.Random(seed)
    kinds = ["update", "update", "keep", "keep", "whole", "broken", "again"]
    made: list[Path] = []
    for number in range(count):
        kind = kinds[number] if number < len(kinds) else chance.choice(kinds)
        made.append(_roster(folder, f"{number:02}-{kind}", kind, chance, made))
    return made


def _roster(folder: Path, name: str, kind: str, chance: random.Random, made: list[Path]) -> Path:
    people = chance.sample(range(PEOPLE), chance.randint(1, 6))
    if kind == "keep":
        rows = [person(one, last=chance.choice(["Quimby", "Pell"])) for one in people]
        return write_xlsx(folder / f"{name}.xlsx", rows)
    if kind == "broken":
        (folder / f"{name}.xlsx").write_bytes(f"PK, and no workbook {name}".encode())
        return folder / f"{name}.xlsx"
    if kind == "again":
        other = chance.choice(made)
        return Path(copyfile(other, folder / f"{name}{other.suffix}"))
    headers, lines = HEADERS, []
    for one in people:
        said = chance.choice(["Add", "Add", "Term"])
        lines.append(f"{npi(one)},Ada{one},Quimby,{chance.choice(['Fern', 'Moss'])},{said}")
    if kind == "whole":
        headers = "Practitioner NPI,First Name,Last Name"
        lines = [f"{npi(one)},Eve{one},Quimby" for one in people]
    (folder / f"{name}.csv").write_text("\n".join([headers, *lines]) + "\n")
    return folder / f"{name}.csv"


def told(results: list[dict[str, Any]], root: Path) -> list[dict[str, Any]]:
    """Results without what is otherwise in two loads of the same."""
    text = json.dumps([{**one, "run_id": None} for one in results])
    return json.loads(text.replace(str(root), "HOME"))


def held(url: str) -> dict[str, list[dict[str, Any]]]:
    """The application's table and the history, row for row."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: [
                {column: cell for column, cell in row._mapping.items() if column not in PASSING}
                for row in connection.execute(select(table))
            ]
            for name, table in tables.tables.items()
            if name.startswith("provider")
        }
    engine.dispose()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def dropped(url: str) -> None:
    """Take every table out."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()


def answers(root: Path) -> dict[str, str]:
    """What goes back to the senders: each file of lines, by its name."""
    return {
        path.name: path.read_text(encoding="utf-8").replace(str(root), "HOME")
        for path in sorted((root / "drop" / "returns").glob("*.csv"))
    } | {path.name: "" for path in sorted((root / "drop").glob("re*/*.*"))}
