"""Headers and sheet names as words: parted at what parts them, with the usual short forms spelled.

Pure text, no pandas: the reader's child process uses it. Whether two headers are the same is told
by `headers.canonical`; this is for telling what a header that nobody named may mean.
"""

import re
import unicodedata
from functools import lru_cache

_LONGEST = 300
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
# short forms as headers have them; what is spelled in one word there is parted, too
_SPELLED = {
    "prov": "provider", "prvdr": "provider", "pvdr": "provider", "provdr": "provider",
    "prvd": "provider", "doc": "doctor", "dr": "doctor", "phys": "physician", "phy": "physician",
    "pract": "practitioner", "clin": "clinician", "rndrng": "rendering", "rend": "rendering",
    "prscrbr": "prescriber", "presc": "prescriber", "rfrg": "referring", "ref": "referring",
    "attndg": "attending", "srvc": "service", "srvcng": "servicing", "suplr": "supplier",
    "frst": "first", "fst": "first", "fst_nm": "first name", "lst": "last", "mid": "middle",
    "midl": "middle", "mdl": "middle", "nm": "name", "nme": "name", "nam": "name",
    "fname": "first name", "lname": "last name", "mname": "middle name",
    "firstname": "first name", "lastname": "last name", "middlename": "middle name",
    "midname": "middle name", "fullname": "full name", "provname": "provider name",
    "providername": "provider name", "surname": "last name",
    "mi": "middle initial", "init": "initial", "crdntls": "credentials", "cred": "credentials",
    "creds": "credentials", "sfx": "suffix", "suff": "suffix", "org": "organization",
    "orgn": "organization", "orgname": "organization name", "orgnztn": "organization",
    "organisation": "organization", "busname": "business name", "lbn": "legal business name",
    "fac": "facility", "facil": "facility", "grp": "group", "prac": "practice",
    "groupname": "group name", "practicename": "practice name", "facilityname": "facility name",
    "clinicname": "clinic name", "companyname": "company name", "entityname": "entity name",
    "enty": "entity", "ent": "entity", "entitytype": "entity type", "typ": "type", "cd": "code",
    "providertype": "provider type", "provtype": "provider type",
    "flg": "flag", "ind": "indicator", "stat": "status", "sts": "status", "txn": "transaction",
    "trans": "transaction", "trx": "transaction", "tran": "transaction", "chg": "change",
    "actn": "action", "upd": "update", "dt": "date", "dte": "date", "eff": "effective",
    "trm": "term", "termdate": "term date", "termdt": "term date", "enddate": "end date",
    "enddt": "end date", "terminationdate": "termination date", "statusflag": "status flag",
    "isactive": "is active", "activeflag": "active flag", "actioncode": "action code",
    "deactivationdate": "deactivation date", "npinumber": "npi number", "npino": "npi no",
    "providernpi": "provider npi", "provnpi": "provider npi", "num": "number", "nbr": "number",
    "lic": "license", "licence": "license", "spec": "specialty", "addr": "address",
}  # fmt: skip


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a header or a sheet's name, in small letters, short forms spelled out.

    Parted at blanks, underscores and other marks, and where small letters meet capitals.
    """
    if len(text) > _LONGEST:
        return ()
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    found: list[str] = []
    for part in _PARTS.findall(plain):
        word = part.lower()
        found += _SPELLED.get(word, word).split()
    return tuple(found)


def word_set(text: str) -> frozenset[str]:
    """The words of a text that are parted by blanks: how long lists of words are written here."""
    return frozenset(text.split())
