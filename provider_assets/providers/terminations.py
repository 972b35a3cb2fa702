"""What a layout file may say of rows that have left: `terminations`."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from provider_assets.providers.headers import Ending, canonical


def as_tuple(value: object) -> object:
    """One header may be written without the list's brackets; YAML reads `D` as text, `1` as int."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(str(item) if isinstance(item, int) else item for item in items)


Texts = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


class Terminations(BaseModel):
    """Rows that the roster itself says have left.

    A row is terminated when a `column` (one or several headers) holds one of `values`, compared
    like headers; when a `date_column` holds a day before today, unless `back_column` has a later
    one; when it stands in one of the `sheets`. `known` has every column and sheet tell it whose
    words are known to. Rows of one text that says so (`Terminated Providers`) tell it of the rows
    below them, unless `headings` is false.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    column: Texts = ()
    values: Texts = ()
    date_column: Texts = ()
    back_column: Texts = ()
    sheets: Texts = ()
    known: bool = False
    headings: bool | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Terminations":
        if bool(self.column) != bool(self.values):
            raise ValueError("column and values go together")
        if self.back_column and not self.date_column:
            raise ValueError("back_column goes with a date_column")
        told = self.column or self.date_column or self.sheets or self.known
        if not told and self.headings is None:
            raise ValueError(
                "needs column with values, or date_column, or sheets, or known, or headings"
            )
        return self

    @property
    def endings(self) -> tuple[Ending, ...]:
        """What to look for, by columns of values, columns of days, and sheets."""
        values, back = tuple(map(canonical, self.values)), tuple(map(canonical, self.back_column))
        found = (
            Ending(headers=tuple(map(canonical, self.column)), values=values),
            Ending(headers=tuple(map(canonical, self.date_column)), dated=True, back=back),
            Ending(sheets=tuple(map(canonical, self.sheets))),
        )
        return tuple(one for one in found if one.headers or one.sheets)


def as_terminations(value: object) -> object:
    """A single termination may be written without the list's brackets, and one that is known."""
    items = value if isinstance(value, list | tuple) else [value]
    return [{"known": True} if item == "known" else item for item in items]
