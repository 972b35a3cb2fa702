"""Finding the application's table on a server. It is looked at and never altered."""

from typing import Any

from sqlalchemy import Connection, Row, text

from provider_assets.database.dialects.mysql.charsets import CODECS, SAFE_CODEC
from provider_assets.database.dialects.spelling import Spelling
from provider_assets.database.shape import FoundColumn, Shape, judge
from provider_assets.database.tables import PROVIDERINFO


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of this name that the user may see."""
    query = (
        "SELECT 1 FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_name = :name"
    )
    return connection.execute(text(query), {"name": name}).first() is not None


def read_shape(connection: Connection, spelling: Spelling) -> Shape | None:
    """The table as found, with everything that keeps it from working; None where it is missing."""
    table = connection.execute(
        text(
            "SELECT table_type, engine FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = :name"
        ),
        {"name": PROVIDERINFO},
    ).first()
    if table is None:
        return None
    rows = connection.execute(
        text(
            "SELECT column_name, data_type, character_maximum_length, character_set_name, "
            "is_nullable, numeric_precision, numeric_scale, column_default, extra "
            "FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = :name ORDER BY ordinal_position"
        ),
        {"name": PROVIDERINFO},
    ).all()
    found = [_column(row) for row in rows]
    problems = []
    if table[0] != "BASE TABLE":
        problems.append("it is a view")
    elif (table[1] or "").lower() != "innodb":
        problems.append(
            f"its engine {table[1]} has no transactions; ALTER TABLE providerinfo ENGINE=InnoDB"
        )
    unique, leading = _keys(connection)
    return judge(found, unique, leading, problems, spelling)


def _column(row: Row[Any]) -> FoundColumn:
    name, kind, length, charset, nullable, precision, scale, default, extra = tuple(row)
    kind = kind.lower()
    if kind == "decimal" and scale:
        kind = "decimal with a fraction"
    given = None if default in (None, "NULL") else default  # MariaDB spells no default NULL
    literal = given if given is not None and not extra and "(" not in given else None
    return FoundColumn(
        name,
        kind,
        _characters(kind, length, charset),
        None if charset is None else CODECS.get(charset, SAFE_CODEC),
        nullable == "YES",
        precision,
        given is not None or bool(extra),
        literal,
    )


def _characters(kind: str, length: int | None, charset: str | None) -> int | None:
    """The length in characters; the server tells a TEXT's in bytes."""
    if length is None or not kind.endswith("text"):
        return length
    return length // (
        1 if CODECS.get(charset or "", "").startswith(("cp", "iso", "latin", "ascii")) else 4
    )


def _keys(connection: Connection) -> tuple[set[str], set[str]]:
    """The columns with a unique key for themselves, and those that lead an index."""
    keys: dict[str, list[tuple[str, bool]]] = {}
    rows = connection.execute(
        text(
            "SELECT index_name, column_name, non_unique, sub_part "
            "FROM information_schema.statistics "
            "WHERE table_schema = DATABASE() AND table_name = :name "
            "AND index_type = 'BTREE' ORDER BY index_name, seq_in_index"
        ),
        {"name": PROVIDERINFO},
    )
    for index, column, repeats, part in rows:
        keys.setdefault(index, []).append(
            ((column or "").lower(), not int(repeats) and part is None)
        )
    unique = {key[0][0] for key in keys.values() if len(key) == 1 and key[0][1]}
    return unique, {key[0][0] for key in keys.values()}
