"""The file of mailboxes is read and held against what it may say."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from provider_assets.errors import UsageError
from provider_assets.reading.layouts import parse_yaml
from provider_assets.reading.mailbox.described import (
    KINDS,
    AnyMailbox,
    Described,
    DescribedFolder,
    kind_of,
)


class Mailboxes(BaseModel):
    """The mailboxes of the file, and whether the drop folder stays one beside them."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    drop_folder: bool = True
    mailboxes: tuple[AnyMailbox, ...] = ()

    def by_name(self) -> Mapping[str, Described]:
        """Each mailbox under its name, in the file's order."""
        return {one.name: one for one in self.mailboxes}


def load_mailboxes(path: Path | None) -> Mailboxes:
    """What the file says; without one the drop folder alone.

    Raises UsageError that names every key that is wrong, and what is allowed there.
    """
    if path is None:
        return Mailboxes()
    try:
        seen = path.stat()
        return _loaded(path, (seen.st_mtime_ns, seen.st_size))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"{str(path)!r} cannot be read ({why}); see PROVIDER_ASSETS_MAILBOXES"
        ) from None


@lru_cache(maxsize=8)
def _loaded(path: Path, _stamp: tuple[int, int]) -> Mailboxes:
    return parse_mailboxes(path.read_text(encoding="utf-8"), path.name)


def parse_mailboxes(text: str, file: str) -> Mailboxes:
    """The mailboxes from YAML text; `file` is named in the UsageError that a wrong one raises."""
    raw = parse_yaml(text, file)
    if not isinstance(raw, dict):
        raise UsageError(f"{file}: holds no mailboxes; see docs/mailboxes.md for an example")
    listed = raw.get("mailboxes")
    if isinstance(listed, list):
        raw = raw | {"mailboxes": [_with_kind(one) for one in listed]}
    try:
        found = Mailboxes.model_validate(raw)
    except ValidationError as error:
        told = [_sentence(problem, raw) for problem in error.errors(include_url=False)]
        raise UsageError(f"{file}: " + "; ".join(told)) from None
    _require_own(found, file)
    return found


def _with_kind(one: Any) -> Any:
    """The kind of a mailbox is its address's; the file does not say it twice."""
    if not isinstance(one, dict) or "kind" in one:
        return one if not isinstance(one, dict) else one | {"kind": "no key"}
    return one | {"kind": kind_of(str(one.get("address", "")))}


def _require_own(found: Mailboxes, file: str) -> None:
    """Raises UsageError where two mailboxes share a name or a place, or where there is none."""
    problems = []
    places: dict[str, str] = {}
    for number, one in enumerate(found.mailboxes, start=1):
        if sum(other.name == one.name for other in found.mailboxes[:number]) > 1:
            problems.append(f"two mailboxes have the name {one.name}")
        place = one.address.rstrip("/")
        if place in places:
            problems.append(f"{one.name} and {places[place]} are the same place")
        places[place] = one.name
    if not found.drop_folder and not found.mailboxes:
        problems.append("there is no mailbox, and drop_folder is false")
    if problems:
        raise UsageError(f"{file}: " + "; ".join(problems))


def _sentence(problem: ErrorDetails, raw: Mapping[str, Any]) -> str:
    where = list(problem["loc"])
    called = ".".join(str(part) for part in where)
    record: type[BaseModel] = Mailboxes
    if where[:1] == ["mailboxes"] and len(where) > 1:
        one = raw["mailboxes"][where[1]]
        number = f"number {int(where[1]) + 1}"
        name = one.get("name", number) if isinstance(one, dict) else number
        called = " ".join(["mailbox", str(name), *(str(part) for part in where[3:])])
        record = KINDS.get(str(where[2]), DescribedFolder) if len(where) > 2 else Described  # noqa: PLR2004
    if problem["type"] == "extra_forbidden":
        allowed = ", ".join(name for name in record.model_fields if name != "kind")
        return f"{called}: is not a key; allowed are {allowed}"
    if problem["type"].startswith("union_tag"):
        return f"{called}: its kind follows from its address; take the key kind out"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{called}: {message[0].lower()}{message[1:]}"
