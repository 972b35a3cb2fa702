"""Pairs of names with known answers: what a roster says, what the registry holds, one or two.

Made up by rules of how people write, marry and mistype; the people do not exist. `pairs` is the
same in every run.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

_FEMALE = (
    "AMARA ANNA BEATRIZ CATHERINE CHLOE DEBORAH DEEPA ELENA ELIZABETH FATIMA FIONA GRACE HANNAH "
    "INGRID JENNIFER JESSICA KATARZYNA KIMBERLY LAILA LUCIA MARGARET MARIA MEI NAOMI NORA OLGA "
    "PATRICIA PRIYA RACHEL REBECCA ROSA SAMANTHA SOFIA SUSAN THERESA VALENTINA VICTORIA YUKI ZAHRA"
)
_MALE = (
    "ABRAHAM AHMED ALEXANDER ANTHONY BENJAMIN CHARLES CHRISTOPHER DANIEL DIEGO EDWARD EMEKA FELIX "
    "FREDERICK GREGORY HENRY IBRAHIM JAMES JOSEPH KENNETH KWAME LAWRENCE LEONARD MATTHEW MICHAEL "
    "MOHAMMED NICHOLAS NIKOLAI OMAR PATRICK RAFAEL RICHARD ROBERT SAMUEL STEPHEN THOMAS TIMOTHY "
    "VIKTOR WALTER WILLIAM YUSUF"
)
_LAST = (
    "ABARA ADEYEMI AGUILAR AHMADI ALMEIDA ANDERSEN ARROYO BACHMANN BAPTISTE BARRETT BECKER BIANCHI "
    "BLACKWOOD BOATENG BRENNAN CALLOWAY CAMPOS CASTELLANO CHANDRA CHAUDHRY CHEN CISNEROS COSTA "
    "CRUZ DELGADO DESAI DIMITROV DUBOIS ECHEVERRIA EKLUND ERIKSEN ESPOSITO FAROUK FITZGERALD "
    "FONTAINE FUJIMOTO GALLAGHER GOLDBERG GUERRERO GUPTA HADDAD HASHIMOTO HERRERA HOANG HOLLOWAY "
    "IBARRA IQBAL JANKOWSKI JENSEN JOHANSSON KAMARA KAPOOR KOWALSKI KUMAR LARSEN LINDQVIST LOPEZ "
    "MALHOTRA MARCHETTI MCALLISTER MCCARTHY MENDOZA MOLINA MORETTI MURAKAMI NAKAMURA NASSER NGUYEN "
    "NIELSEN OBRIEN OCONNOR OKAFOR OLIVEIRA ORTEGA PARK PATEL PEREIRA PETROV PHAM RAHMAN RAMOS "
    "REYES RINALDI ROSSI SAKAMOTO SALAZAR SANTOS SCHNEIDER SHARMA SILVA SINGH SOKOLOV SUZUKI "
    "TAKAHASHI TANAKA TORRES TRAN VARGAS VASQUEZ VILLANUEVA WAGNER WATANABE WEISS WHITFIELD "
    "YAMAMOTO YILMAZ ZHANG ZIELINSKI ZIMMERMANN"
)
FEMALE, MALE, LAST = (one.split() for one in (_FEMALE, _MALE, _LAST))
CALLED = {
    "CATHERINE": "Cathy", "DEBORAH": "Debbie", "ELIZABETH": "Liz", "JENNIFER": "Jen",
    "KIMBERLY": "Kim", "MARGARET": "Peggy", "PATRICIA": "Patty", "REBECCA": "Becky",
    "SAMANTHA": "Sam", "SUSAN": "Sue", "THERESA": "Terry", "VICTORIA": "Vicky",
    "ALEXANDER": "Alex", "ANTHONY": "Tony", "BENJAMIN": "Ben", "CHARLES": "Chuck",
    "CHRISTOPHER": "Chris", "DANIEL": "Dan", "EDWARD": "Ted", "FREDERICK": "Fred",
    "GREGORY": "Greg", "JAMES": "Jim", "JOSEPH": "Joe", "KENNETH": "Ken", "LAWRENCE": "Larry",
    "MATTHEW": "Matt", "MICHAEL": "Mike", "NICHOLAS": "Nick", "RICHARD": "Dick", "ROBERT": "Bob",
    "SAMUEL": "Sam", "STEPHEN": "Steve", "THOMAS": "Tom", "TIMOTHY": "Tim", "WILLIAM": "Bill",
}  # fmt: skip
OTHERWISE = {
    "MOHAMMED": "Muhammad", "YUSUF": "Youssef", "AHMED": "Ahmad", "FATIMA": "Fatema",
    "NIKOLAI": "Nikolay", "IBRAHIM": "Ebrahim", "KATARZYNA": "Katarzina", "LAILA": "Leila",
    "ZAHRA": "Zehra", "VIKTOR": "Victor", "SOFIA": "Sophia", "STEPHEN": "Steven",
}  # fmt: skip
ACCENTS = {
    "CRUZ": "Crúz", "LOPEZ": "López", "VASQUEZ": "Vásquez", "DUBOIS": "Duboïs", "COSTA": "Costà",
    "ZIELINSKI": "Zieliński", "JOHANSSON": "Jöhansson", "OBRIEN": "O\u2019Brien",
    "OCONNOR": "O'Connor", "MCCARTHY": "Mc Carthy", "MCALLISTER": "Mc Allister",
}  # fmt: skip
NEARLY = (
    ("MARIA", "Mario"), ("DANIEL", "Daniela"), ("JOHN", "Joan"), ("CARLOS", "Carla"),
    ("PAUL", "Paula"), ("ERIC", "Erica"), ("JULIA", "Julian"), ("MARTIN", "Martha"),
    ("CHRISTINE", "Christian"), ("ANGELA", "Angelo"), ("STEPHEN", "Stephanie"),
    ("ROBERT", "Roberta"),
)  # fmt: skip
NEIGHBOURS = {"A": "S", "E": "R", "I": "O", "O": "P", "N": "M", "R": "T", "S": "D", "L": "K"}


class Pair(NamedTuple):
    """`ours` is (last, first, middle, full) of a roster, `theirs` (last, first, middle) and the
    former name of the registry; `one` tells whether they are one person.
    """

    kind: str
    ours: tuple[str, str, str, str]
    theirs: tuple[str, str, str]
    former: tuple[str, str, str] | None
    one: bool


Person = tuple[str, str, str]


def pairs(each: int = 500) -> Iterator[Pair]:
    """So many pairs of every kind."""
    for kind, (make, one) in KINDS.items():
        chance = random.Random(f"names {kind}")
        for _ in range(each):
            ours, theirs, former = make(chance, _person(chance))
            last, first, middle = ours[:3]
            full = ours[3] if len(ours) > 3 else ""
            yield Pair(kind, (last, first, middle, full), theirs, former, one)


def _person(chance: random.Random) -> Person:
    names = chance.choice((FEMALE, MALE))
    return chance.choice(LAST), chance.choice(names), chance.choice(names)


def _other(chance: random.Random, values: list[str], not_this: str) -> str:
    return chance.choice([value for value in values if value[:3] != not_this[:3]])


def _as_written(_: random.Random, who: Person) -> tuple:
    last, first, middle = who
    return (last.title(), first.title(), middle[0]), who, None


def _with_degrees(chance: random.Random, who: Person) -> tuple:
    last, first, _ = who
    behind = chance.choice((" Jr.", ", MD", " III", " M.D., Ph.D.", ", PA-C"))
    return (ACCENTS.get(last, last.title()) + behind, f"Dr. {first.title()}", ""), who, None


def _full_alone(chance: random.Random, who: Person) -> tuple:
    last, first, middle = (part.title() for part in who)
    form = chance.choice(
        ("{l}, {f} {m}", "{f} {m} {l}", "{f} {l}, MD", "{l}, {f} MD", "Dr. {f} {i}. {l}")
    )
    return ("", "", "", form.format(l=last, f=first, m=middle, i=middle[0])), who, None


def _married_known(chance: random.Random, who: Person) -> tuple:
    last, first, middle = who
    new = _other(chance, LAST, last)
    return (last.title(), first.title(), ""), (new, first, middle), (last, first, "")


def _hyphenated(chance: random.Random, who: Person) -> tuple:
    last, first, middle = who
    new = _other(chance, LAST, last)
    double = chance.choice((f"{last}-{new}", f"{new} {last}", f"{new}-{last}"))
    ours, theirs = chance.choice(((last, double), (double, last)))
    return (ours.title(), first.title(), ""), (theirs, first, middle), None


def _initial(_: random.Random, who: Person) -> tuple:
    return (who[0].title(), f"{who[1][0]}.", ""), who, None


def _middle_name(chance: random.Random, who: Person) -> tuple:
    last, first, middle = who
    written = chance.choice(((middle, first[0]), (middle, ""), (middle, first)))
    return (last.title(), written[0].title(), written[1].title()), who, None


def _nickname(chance: random.Random, who: Person) -> tuple:
    first = chance.choice(list(CALLED))
    return (who[0].title(), CALLED[first], ""), (who[0], first, who[2]), None


def _otherwise(chance: random.Random, who: Person) -> tuple:
    first = chance.choice(list(OTHERWISE))
    return (who[0].title(), OTHERWISE[first], ""), (who[0], first, who[2]), None


def _mistyped(chance: random.Random, who: Person) -> tuple:
    last, first, _ = who
    if chance.random() < 0.5:
        last = _typo(chance, last)
    else:
        first = _typo(chance, first)
    return (last.title(), first.title(), ""), who, None


def _typo(chance: random.Random, word: str) -> str:
    at = chance.randrange(1, len(word) - 1)
    left, here, following, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    return chance.choice(
        (
            left + following + here + rest,
            left + following + rest,
            left + here + here + following + rest,
            left + NEIGHBOURS.get(here, "X") + following + rest,
        )
    )


def _cut(chance: random.Random, who: Person) -> tuple:
    last = "-".join(chance.sample([name for name in LAST if len(name) > 7], 5))
    return (last.title(), who[1].title(), ""), (last.replace("-", " ")[:35], *who[1:]), None


def _turned(_: random.Random, who: Person) -> tuple:
    return (who[1].title(), who[0].title(), ""), who, None


def _married_unknown(chance: random.Random, who: Person) -> tuple:
    last, first, _ = who
    return (_other(chance, LAST, last).title(), first.title(), ""), who, None


def _two_people(chance: random.Random, who: Person) -> tuple:
    other = _person(chance)
    while other[0] == who[0] or other[1] == who[1]:
        other = _person(chance)
    return tuple(part.title() for part in other), who, None


def _namesake(chance: random.Random, who: Person) -> tuple:
    last, first, _ = who
    return (last.title(), _other(chance, [*FEMALE, *MALE], first).title(), ""), who, None


def _same_first(chance: random.Random, who: Person) -> tuple:
    last, first, middle = who
    return (_other(chance, LAST, last).title(), first.title(), middle[0]), who, None


def _nearly(chance: random.Random, who: Person) -> tuple:
    first, other = chance.choice(NEARLY)
    return (who[0].title(), other, ""), (who[0], first, who[2]), None


def _nicknamesake(chance: random.Random, who: Person) -> tuple:
    first = chance.choice(list(CALLED))
    last = _other(chance, LAST, who[0])
    return (last.title(), CALLED[first], ""), (who[0], first, who[2]), None


KINDS: dict[str, tuple[Callable[[random.Random, Person], tuple], bool]] = {
    "as the registry has it": (_as_written, True),
    "accents, titles, degrees": (_with_degrees, True),
    "one column with the full name": (_full_alone, True),
    "former name, known": (_married_known, True),
    "double last name": (_hyphenated, True),
    "initial": (_initial, True),
    "goes by the middle name": (_middle_name, True),
    "nickname": (_nickname, True),
    "transliteration": (_otherwise, True),
    "typing error": (_mistyped, True),
    "cut": (_cut, True),
    "first and last turned": (_turned, True),
    "married, not in the registry": (_married_unknown, True),
    "two people": (_two_people, False),
    "two people, one last name": (_namesake, False),
    "two people, one first name": (_same_first, False),
    "two people, one last name, nearly one first": (_nearly, False),
    "two people, one called as the other": (_nicknamesake, False),
}
