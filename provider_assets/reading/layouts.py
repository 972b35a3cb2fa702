"""Layout files are read and held against what a layout may say."""

import re
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provider_assets.errors import UsageError
from provider_assets.providers.layout import Layout

MAX_BYTES = 1 << 20


class _Loader(yaml.SafeLoader):
    """YAML in which every scalar is text (`No`, `off` and `007` too) and no key stands twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a word, not a list or a mapping", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands twice", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def load_layouts(extra: Path | None, *, drafting: bool = False) -> tuple[Layout, ...]:
    """The built-in layouts and those of the folder `extra`, by name.

    While `drafting`, an empty file there is no fault: `suggest FILE > layouts/new.yaml` has the
    shell make it before there is a draft.
    A layout of a built-in's name replaces it. Raises UsageError that names every file and key
    that is wrong, and what is allowed there.
    """
    found, problems = {layout.name: layout for layout in _built_in()}, []
    own: dict[str, str] = {}
    for path in _files(extra):
        if drafting and path.stat().st_size == 0:
            continue
        try:
            layout = _layout_in(path)
        except UsageError as error:
            problems.append(error.message)
            continue
        if layout.name in own:
            problems.append(f"{path.name}: name: {own[layout.name]} has the name {layout.name} too")
        own[layout.name] = path.name
        found[layout.name] = layout
    if problems:
        raise UsageError("layouts: " + "; ".join(problems))
    return tuple(found[name] for name in sorted(found))


def _layout_in(path: Path) -> Layout:
    """The layout of a file, which is read anew when it was written to: sensors ask often."""
    try:
        seen = path.stat()
    except OSError:
        return parse_layout(_text(path), path.name)  # which says why it cannot be read
    return _read(path, (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino))


@lru_cache(maxsize=512)
def _read(path: Path, _stamp: tuple[int, ...]) -> Layout:
    return parse_layout(_text(path), path.name)


@cache
def _built_in() -> tuple[Layout, ...]:
    """The layouts of the package, which stay as they are."""
    folder = resources.files("provider_assets") / "layouts"
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return tuple(
        parse_layout(entry.read_text(encoding="utf-8"), entry.name)
        for entry in entries
        if entry.name.endswith(".yaml")
    )


def parse_yaml(text: str, file: str) -> Any:
    """YAML in which every scalar is text; `file` is named in the UsageError for what is none."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "nested too deeply"
        raise UsageError(f"{file}:{where} is not YAML: {what}") from None


def parse_layout(text: str, file: str) -> Layout:
    """One layout from YAML text; `file` is named in the UsageError that a wrong one raises."""
    raw = parse_yaml(text, file)
    if raw is None:
        raise UsageError(
            f"{file}: is empty; delete it, or write a layout into it (`provider-assets layouts "
            "suggest FILE` drafts one)"
        )
    if not isinstance(raw, dict):
        raise UsageError(f"{file}: holds no layout; see docs/layouts.md for an example")
    try:
        return Layout.model_validate(raw)
    except ValidationError as error:
        told = [_sentence(problem) for problem in error.errors(include_url=False)]
        raise UsageError(f"{file}: " + "; ".join(told)) from None


def _files(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise UsageError(f"layouts: {str(folder)!r} is not a folder; see PROVIDER_ASSETS_LAYOUTS")
    return sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file())


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path.name}: is larger than a layout can be")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name}: cannot be read ({type(error).__name__})") from None


def _sentence(problem: ErrorDetails) -> str:
    where = (
        ".".join(str(part) for part in problem["loc"] if part not in ("[key]", 0)) or "the layout"
    )
    if problem["type"] == "extra_forbidden":
        return f"{where}: is not a key; allowed are {', '.join(_allowed(problem['loc'][:-1]))}"
    message = re.sub(r"^Value error, ", "", problem["msg"])
    return f"{where}: {message[0].lower()}{message[1:]}"


def _allowed(where: tuple[Any, ...]) -> list[str]:
    from provider_assets.providers.layout import Terminations

    return list((Terminations if where[:1] == ("terminations",) else Layout).model_fields)


def layout_text(layout: Layout) -> str:
    """The layout as a file that says the same; what is at its default is left out."""
    told = layout.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)
    return text
