"""How a server spells what statements over its table need. Expressions only, nothing run."""

from typing import Any, Protocol

from sqlalchemy import ColumnElement, Delete, Table


class Spelling(Protocol):
    """What `matching.py` and the statements of a load ask of a dialect."""

    def as_unicode(self, cell: ColumnElement[Any]) -> ColumnElement[str]:
        """A cell as text in the character set that holds every character."""
        ...

    def as_ascii(self, cell: ColumnElement[Any]) -> ColumnElement[str]:
        """A cell, text or number, as ASCII text, which is what our own NPIs are."""
        ...

    def as_bytes(self, cell: ColumnElement[str]) -> ColumnElement[bytes]:
        """A text's bytes, so that no collation has a say in a comparison."""
        ...

    def first_value(self, cell: ColumnElement[Any]) -> ColumnElement[Any] | None:
        """What the column gives a row that says nothing of it; None where that cannot be asked."""
        ...

    def delete_matching(self, table: Table, condition: ColumnElement[bool]) -> Delete:
        """Delete the table's rows for which a row of the condition's other tables meets it."""
        ...
