"""Makes the rosters: made-up providers in the layout `hospital_a`, the same ones in every run.

One provider in 200 has no full name, and one row in 200 repeats an earlier row at another
practice. NPIs are numbers with a right check digit, texts are shared strings, as Excel writes
them. Run as a script, so that its memory stays out of the processes that are measured:
`python -m benchmarks.rosters FOLDER SIZE…`, with `--split` and
`--strangers` as `main` says.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20_240_501
HEADERS = ("Type", "NpFirstName", "NpLastName", "NP", "NPI")
ONE_IN = 200  # 0.5 %
SEPARATOR = "\x1f"

FIRST = (
    "Abigail Ada Alice Amara Amélie Anders Anita Aoife Arjun Astrid Beatriz Bjørn Bruno Camille "
    "Carlos Chidi Chloé Clara Daniela David Deepa Diego Dmitri Elena Elif Emeka Emma Esther "
    "Farah Felix Fiona Francesca Gabriel Grace Hana Hannah Hassan Helena Hiro Ibrahim Ines Ingrid "
    "Isabel Ivan Jamal James Jana Javier Jin João José Julia Kai Karen Katarzyna Keiko Kwame "
    "Laila Lars Laura Leila Leon Liam Lina Lucas Lucía Magnus Mai Malik Marco Maria Mateo Maya "
    "Mei Mina Mohammed Nadia Naomi Nia Nikolai Noah Nora Olga Oliver Omar Paolo Patricia Pavel "
    "Pilar Priya Rafael Rania Ravi Renée Rosa Ruth Samir Sandra Sara Sean Sofia Soren Stefan "
    "Susan Tariq Thomas Tomás Uma Valentina Viktor Walter Wei Xiomara Yara Yusuf Zahra Zoë"
)
LAST = (
    "Abara Adeyemi Aguilar Ahmadi Almeida Andersen Arroyo Bachmann Baptiste Barrett Becker "
    "Bianchi Blackwood Boateng Bouchard Brennan Calloway Campos Castellano Chandra Chaudhry Chen "
    "Cisneros Costa Cruz D'Angelo Dahl De Delgado Desai Dimitrov Dubois Echeverria Eklund "
    "Eriksen Esposito Farouk Fernández Fitzgerald Fontaine Fujimoto Gallagher García Goldberg "
    "González Guerrero Gupta Haddad Halvorsen Hashimoto Herrera Hoang Hoffmann Holloway Ibarra "
    "Iqbal Ito Jankowski Jensen Johansson Kamara Kapoor Katz Kim Kovács Kowalski Kumar Larsen "
    "Leblanc Lindqvist Lopez MacKenzie Malhotra Marchetti Mbeki McAllister McCarthy Mendoza "
    "Molina Moreau Moretti Müller Murakami Nakamura Nasser Ndiaye Nguyen Nielsen Novák O'Brien "
    "O'Connor Okafor Oliveira Osei Ortega Papadopoulos Park Patel Pereira Petrov Pham Quiñones "
    "Rahman Ramos Reyes Rinaldi Rossi Sakamoto Salazar Santos Schneider Sharma Silva Singh "
    "Sokolov Suzuki Svensson Takahashi Tanaka Thibault Torres Tran Vargas Vasquez Villanueva "
    "Wagner Watanabe Weiss Whitfield Wójcik Yamamoto Yilmaz Zhang Zielinski Zimmermann"
)
PLACES = ("Ashford", "Birchwood", "Cedar", "Dunmore", "Eastgate", "Fairview", "Glenbrook")
PRACTICES = [
    f"{place} {what}"
    for place in PLACES
    for what in ("Family Medicine", "Cardiology", "Pediatrics", "Surgical Group", "Clinic")
]


def providers(size: int, seed: int = SEED) -> pd.DataFrame:
    """`size` rows with the columns `HEADERS`; the same seed gives the same rows."""
    random = np.random.default_rng([seed, size])
    first = random.choice(FIRST.split(), size)
    last = random.choice(LAST.split(), size)
    double = random.random(size) < 0.1  # one in ten has two last names
    last = np.where(
        double, np.char.add(np.char.add(last, "-"), random.choice(LAST.split(), size)), last
    )
    middle = random.choice(list("ABCDEFGHJKLMNPRSTVW"), size)
    full = pd.Series(last) + ", " + pd.Series(first) + " " + pd.Series(middle)
    rows = pd.DataFrame(
        dict(
            zip(
                HEADERS,
                (random.choice(PRACTICES, size), first, last, full, npis(size, random)),
                strict=True,
            )
        )
    )
    repeats = random.choice(np.arange(1, size), max(1, size // ONE_IN), replace=False)
    originals = (random.random(len(repeats)) * repeats).astype(int)  # always an earlier row
    repeated = rows.iloc[originals, 1:]
    rows.iloc[repeats, 1:] = repeated.to_numpy()
    rows.loc[random.choice(size, max(1, size // ONE_IN), replace=False), "NP"] = None
    return rows


def npis(size: int, random: np.random.Generator) -> np.ndarray:
    """Distinct numbers of ten digits, the first a 1 and the last a right check digit."""
    nine = 100_000_000 + random.choice(100_000_000, size, replace=False)
    total = np.full(size, 24)  # what the prefix 80840 adds to Luhn's sum
    for place in range(9):
        digit = nine // 10**place % 10 * (2 - place % 2)
        total += digit - 9 * (digit > 9)
    return nine * 10 + -total % 10


def loadable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that end in the table: a full name, and the first with its NPI."""
    named = rows[rows["NP"].notna()]
    return named[~named["NPI"].duplicated()]


def fingerprint(rows: pd.DataFrame) -> list[int]:
    """Row count and sum of the rows' CRC32: what `server.fingerprint` finds in the table."""
    texts = rows[HEADERS[0]].str.cat([rows[name].astype("str") for name in HEADERS[1:]], SEPARATOR)
    return [len(texts), sum(zlib.crc32(text.encode()) for text in texts)]


def write(rows: pd.DataFrame, path: Path) -> None:
    """Write the rows as a workbook of one sheet, `Sheet1`."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        rows.to_excel(writer, sheet_name="Sheet1", index=False)


def split(folder: Path, count: int, size: int) -> None:
    """Write `count` rosters of `size` rows into a new folder; no NPI stands twice in it."""
    rows = providers(count * size)
    rows["NPI"] = npis(len(rows), np.random.default_rng([SEED, count, size]))
    aside = folder.with_name(folder.name + ".part")
    aside.mkdir(parents=True)
    for number in range(count):
        part = rows.iloc[number * size : (number + 1) * size]
        write(part, aside / f"roster-{number:04}.xlsx")
    aside.rename(folder)


def whole(folder: Path, sizes: list[int]) -> None:
    """Make what is missing in the folder: a workbook a size, and what its table has to hold."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        path, expected = folder / f"roster-{size}.xlsx", folder / f"roster-{size}.json"
        if not expected.exists():
            rows = providers(size)
            write(rows, path)
            expected.write_text(json.dumps(fingerprint(loadable(rows))), encoding="utf-8")


def strangers(path: Path, count: int) -> None:
    """Write NPIs in their order, one a line, that no roster has: their check digit is wrong."""
    numbers = npis(count, np.random.default_rng([SEED, count]))
    numbers = numbers // 10 * 10 + (numbers % 10 + 1) % 10
    np.savetxt(path, np.sort(numbers), fmt="%d")


def main(arguments: list[str]) -> None:
    """`FOLDER SIZE…`, `--split FOLDER COUNT SIZE`, or `--strangers FILE COUNT`."""
    if arguments[0] == "--split":
        split(Path(arguments[1]), int(arguments[2]), int(arguments[3]))
    elif arguments[0] == "--strangers":
        strangers(Path(arguments[1]), int(arguments[2]))
    else:
        whole(Path(arguments[0]), [int(size) for size in arguments[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
