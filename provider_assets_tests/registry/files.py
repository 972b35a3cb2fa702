"""Registry files made up as their makers write them: NPPES V2, its deactivations, OIG's LEIE.

Exact headers, quoting and forms of days; the people do not exist, and their NPIs start with 2.
Few rows are written out field by field (`write_nppes`), millions by `write_many`, which the
benchmark uses too.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from openpyxl import Workbook

NPPES = (
    "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
    "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)",
    "Provider First Name", "Provider Middle Name", "Provider Name Prefix Text",
    "Provider Name Suffix Text", "Provider Credential Text", "Provider Other Organization Name",
    "Provider Other Organization Name Type Code", "Provider Other Last Name",
    "Provider Other First Name", "Provider Other Middle Name", "Provider Other Name Prefix Text",
    "Provider Other Name Suffix Text", "Provider Other Credential Text",
    "Provider Other Last Name Type Code", "Provider First Line Business Mailing Address",
    "Provider Second Line Business Mailing Address",
    "Provider Business Mailing Address City Name", "Provider Business Mailing Address State Name",
    "Provider Business Mailing Address Postal Code",
    "Provider Business Mailing Address Country Code (If outside U.S.)",
    "Provider Business Mailing Address Telephone Number",
    "Provider Business Mailing Address Fax Number",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    "Provider Business Practice Location Address City Name",
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "Provider Business Practice Location Address Telephone Number",
    "Provider Business Practice Location Address Fax Number", "Provider Enumeration Date",
    "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
    "NPI Reactivation Date", "Provider Sex Code", "Authorized Official Last Name",
    "Authorized Official First Name", "Authorized Official Middle Name",
    "Authorized Official Title or Position", "Authorized Official Telephone Number",
    *(
        f"{what}_{number}"
        for number in range(1, 16)
        for what in (
            "Healthcare Provider Taxonomy Code", "Provider License Number",
            "Provider License Number State Code", "Healthcare Provider Primary Taxonomy Switch",
        )
    ),
    *(
        f"{what}_{number}"
        for number in range(1, 51)
        for what in (
            "Other Provider Identifier", "Other Provider Identifier Type Code",
            "Other Provider Identifier State", "Other Provider Identifier Issuer",
        )
    ),
    "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN",
    "Parent Organization TIN", "Authorized Official Name Prefix Text",
    "Authorized Official Name Suffix Text", "Authorized Official Credential Text",
    *(f"Healthcare Provider Taxonomy Group_{number}" for number in range(1, 16)),
    "Certification Date",
)  # fmt: skip
OTHERNAME = (
    "NPI", "Provider Other Organization Name", "Provider Other Organization Name Type Code",
    "Created Date",
)  # fmt: skip
LEIE = (
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB",
    "ADDRESS", "CITY", "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE",
    "WVRSTATE",
)  # fmt: skip
SHORT = {
    "npi": "NPI", "kind": "Entity Type Code", "replacement": "Replacement NPI",
    "organization": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)", "first": "Provider First Name",
    "middle": "Provider Middle Name", "suffix": "Provider Name Suffix Text",
    "credential": "Provider Credential Text", "other_last": "Provider Other Last Name",
    "other_first": "Provider Other First Name", "other_middle": "Provider Other Middle Name",
    "state": "Provider Business Practice Location Address State Name",
    "updated": "Last Update Date", "reason": "NPI Deactivation Reason Code",
    "deactivated": "NPI Deactivation Date", "reactivated": "NPI Reactivation Date",
    "taxonomy": "Healthcare Provider Taxonomy Code_1",
    "primary": "Healthcare Provider Primary Taxonomy Switch_1",
}  # fmt: skip
BEGINNING = date(2005, 5, 23)


def person(npi: int, last: str, first: str, **more: str) -> dict[str, str]:
    """An individual's row by the short names of `SHORT`."""
    given = {"kind": "1", "updated": "01/02/2020", "state": "OH", "taxonomy": "207Q00000X"}
    return {"npi": str(npi), "last": last, "first": first, "primary": "Y"} | given | more


def organization(npi: int, name: str, **more: str) -> dict[str, str]:
    """An organization's row."""
    given = {"kind": "2", "updated": "01/02/2020", "state": "OH", "taxonomy": "261QP2300X"}
    return {"npi": str(npi), "organization": name, "primary": "Y"} | given | more


def deactivated(npi: int, day: str = "03/01/2024") -> dict[str, str]:
    """What NPPES leaves of a deactivated one: the NPI and the day."""
    return {"npi": str(npi), "deactivated": day}


def nppes_text(rows: Iterable[Mapping[str, str]], headers: Sequence[str] = NPPES) -> str:
    """The rows as the file has them: every value quoted, line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        named = {SHORT.get(name, name): value for name, value in row.items()}
        writer.writerow([named.get(header, "") for header in headers])
    return text.getvalue()


def write_nppes(
    path: Path,
    rows: Iterable[Mapping[str, str]],
    end: date,
    *,
    start: date = BEGINNING,
    headers: Sequence[str] = NPPES,
    encoding: str = "utf-8",
    others: Iterable[tuple[int, str]] = (),
) -> Path:
    """A zip with NPPES' own members, or where `path` ends in `.csv` the member alone."""
    content = nppes_text(rows, headers).encode(encoding)
    if path.suffix == ".csv":
        path.write_bytes(content)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        span = f"{start:%Y%m%d}-{end:%Y%m%d}"
        archive.writestr(f"npidata_pfile_{span}_fileheader.csv", nppes_text([], headers))
        archive.writestr(f"npidata_pfile_{span}.csv", content)
        archive.writestr(f"othername_pfile_{span}.csv", others_text(others))
    return path


def others_text(others: Iterable[tuple[int, str]], headers: Sequence[str] = OTHERNAME) -> str:
    """The file of organizations' other names: each a row, what they do business as."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([npi, name, "3", "01/02/2020"][: len(headers)] for npi, name in others)
    return text.getvalue()


def monthly(folder: Path, rows: Iterable[Mapping[str, str]], end: date, **more) -> Path:
    """The full file of one month, under the name that CMS gives it."""
    name = f"NPPES_Data_Dissemination_{end:%B}_{end:%Y}_V2.zip"
    return write_nppes(folder / name, rows, end, **more)


def weekly(folder: Path, rows: Iterable[Mapping[str, str]], end: date, **more) -> Path:
    """What was new or changed in the week that ends with this day."""
    start = end - timedelta(days=6)
    name = f"NPPES_Data_Dissemination_{start:%m%d%y}_{end:%m%d%y}_Weekly_V2.zip"
    return write_nppes(folder / name, rows, end, start=start, **more)


def deactivations(folder: Path, rows: Iterable[tuple[int, str]], day: date) -> Path:
    """CMS' report of deactivated NPIs: a workbook in a zip, a title above its headers."""
    book = Workbook()
    sheet = book.active
    sheet.title = "DeactivatedNPIs"
    sheet.append([f"NPPES Deactivated NPI Report {day:%B %d, %Y}"])
    sheet.append(["NPI", "NPPES Deactivation Date"])
    for npi, when in rows:
        sheet.append([str(npi), when])
    content = io.BytesIO()
    book.save(content)
    path = folder / f"NPPES_Deactivated_NPI_Report_{day:%m%d%y}_V2.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"NPPES Deactivated NPI Report {day:%Y%m%d}.xlsx", content.getvalue())
    return path


def leie(folder: Path, rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    """OIG's list of the excluded, each row by LEIE's own headers; no NPI is 0000000000."""
    path = folder / "UPDATED.csv"
    none = dict.fromkeys(("REINDATE", "WAIVERDATE", "EXCLDATE"), "00000000")
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, LEIE, restval="")
        writer.writeheader()
        for row in rows:
            writer.writerow({"NPI": "0000000000"} | none | row)
    return path


def npis(size: int, seed: int = 20_260_111) -> np.ndarray:
    """Distinct NPIs that start with 2, with right check digits, in no order."""
    # 61,803,399 and 10^8 have no divisor in common: no number comes twice
    nine = 200_000_000 + (np.arange(size) * 61_803_399 + seed) % 100_000_000
    total = np.full(size, 24)  # what the prefix 80840 adds to Luhn's sum
    for place in range(9):
        digit = nine // 10**place % 10 * (2 - place % 2)
        total += digit - 9 * (digit > 9)
    return nine * 10 + -total % 10


def write_many(path: Path, size: int, end: date, seed: int = 20_260_111) -> np.ndarray:
    """A monthly zip of `size` made-up entries, quickly; returns their NPIs in the file's order.

    The proportions are those of the real file: 3.6 % deactivated, a fifth organizations, nearly
    each of these with a name of its own, some hundred thousands of last names.
    """
    numbers = npis(size, seed)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(f"npidata_pfile_20050523-{end:%Y%m%d}.csv", "w", force_zip64=True) as member,
    ):
        member.write(nppes_text([]).encode())
        for start in range(0, size, 50_000):
            chunk = numbers[start : start + 50_000]
            member.write("".join(_many_lines(chunk, seed + start)).encode())
        member.close()
        archive.writestr(
            f"othername_pfile_20050523-{end:%Y%m%d}.csv", others_text(_many_others(numbers, seed))
        )
    return numbers


def _many_others(numbers: np.ndarray, seed: int) -> Iterator[tuple[int, str]]:
    """A name that it does business as for three in ten organizations; two for some."""
    random = np.random.default_rng(seed)
    for start in range(0, len(numbers), 50_000):
        chunk = numbers[start : start + 50_000]
        firms = chunk[_kinds(chunk, seed + start) == 2]
        named = random.choice(firms, int(len(firms) * 0.3))
        others = random.integers(0, 3_000_000, len(named))
        yield from zip(named.tolist(), map(_firm, others.tolist()), strict=True)


def _kinds(chunk: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice(3, len(chunk), p=[0.036, 0.765, 0.199])


_CONSONANTS, _VOWELS = "BCDFGHJKLMNPRSTVWZ", "AEIOUY"
_SYLLABLES = [a + b for a in _CONSONANTS for b in _VOWELS]
_STATES = ("AZ", "CA", "CO", "FL", "GA", "IL", "MA", "MI", "NC", "NJ", "NY", "OH", "PA", "TX")
_TAXONOMIES = [f"{number}00000X" for number in range(2000, 2800)]


def _many_lines(chunk: np.ndarray, seed: int) -> Iterator[str]:
    random = np.random.default_rng(seed)
    size = len(chunk)
    kind = random.choice(3, size, p=[0.036, 0.765, 0.199])
    # as with real names, few are borne by many and many by few
    last = (1 / (random.random(size) * 0.9999 + 0.0001) ** 1.4).astype(np.int64) * 97 % 900_000
    first = (1 / (random.random(size) * 0.9999 + 0.0001) ** 1.2).astype(np.int64) % 200_000
    middle, other = random.integers(0, 20_000, size), random.random(size) < 0.06
    group = random.integers(0, 3_000_000, size)
    days = [(date(2008, 1, 1) + timedelta(int(n))).strftime("%m/%d/%Y") for n in range(6_000)]
    day = random.integers(0, 6_000, size)
    place = random.integers(0, len(_STATES), size)
    tax = random.integers(0, len(_TAXONOMIES), size)
    empty = '"",'
    for number, k, n, f, m, o, g, d, p, t in zip(
        chunk.tolist(), kind.tolist(), last.tolist(), first.tolist(), middle.tolist(),
        other.tolist(), group.tolist(), day.tolist(), place.tolist(), tax.tolist(), strict=True,
    ):  # fmt: skip
        if k == 0:
            yield f'"{number}",{empty * 38}"{days[d]}",{empty * 289}""\n'
            continue
        name = f'"{_name(n)}","{_name(f)}","{_name(m) if m % 3 else ""}"'
        whose = f'"","","",{name}' if k == 1 else f'"","<UNAVAIL>","{_firm(g)}","","",""'
        former = f'"{_name(n * 7 % 900_000)}",{empty * 5}"1"' if o and k == 1 else empty * 6 + '""'
        state = _STATES[p]
        street = f'"{g} MAIN ST","","{_name(g % 9_000)}","{state}","441010000","US","2165550100",""'
        yield (
            f'"{number}","{k}",{whose},"","","{"MD" if k == 1 else ""}","","",{former},'
            f'{street},{street},"{days[d // 2]}","{days[d]}","","","","{"F" if k == 1 else ""}",'
            f'{empty * 5}"{_TAXONOMIES[t]}","","{state}","Y",{empty * 256}'
            f'"N","","","","","","",{empty * 15}""\n'
        )


def _name(number: int) -> str:
    text = _SYLLABLES[number % 108] + _SYLLABLES[number // 108 % 108]
    return text + _SYLLABLES[number // 11_664 % 108] + "N" if number >= 11_664 else text


def _firm(number: int) -> str:
    return f"{_name(number % 900_000)} {_name(number // 7 % 9_000)} MEDICAL GROUP LLC"
