"""The house's rules that a machine can hold: which room may import which, and what reads what."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import provider_assets

ROOT = Path(provider_assets.__file__).parent
PICTURE = ROOT.parent / "docs" / "architecture.md"
FILES = sorted(ROOT.rglob("*.py"))
ORCHESTRATION = "provider_assets.orchestration"
# of it, what knows no Dagster either
WITHOUT_DAGSTER = [
    "alerts.messages",
    "alerts.metrics",
    "command.demo",
    "command.doctor",
    "command.jobs",
    "command.look_ahead",
    "command.order",
    "command.results",
    "command.side_by_side",
    "configured",
    "cursors",
    "deliveries",
    "frame_files",
    "inbox.cursor",
    "inbox.decision",
    "inbox.looks",
    "inbox.notes",
    "inbox.tick",
    "mailboxes",
    "outgoing",
    "platform",
    "process.at_rest",
    "process.liveness",
    "process.memory",
    "requests",
    "turn",
]
LOOKING = [
    ["doctor"],
    ["imports"],
    ["departures", "list"],
    ["layouts", "list"],
    ["trace", "2000000006"],
    ["undo", "1", "--dry-run"],
    ["verified"],
]


def _drawn() -> tuple[dict[str, set[str]], set[str]]:
    """The picture in docs/architecture.md: each room's arrows, and the rooms above the dashes."""
    text = PICTURE.read_text(encoding="utf-8").split("```rooms\n")[1].split("```")[0]
    arrows: dict[str, set[str]] = {}
    ground: set[str] = set()
    for line in text.splitlines():
        if line == "--":
            ground = set(arrows)
            continue
        room, _, others = line.partition("→")
        assert set(others.split()) <= arrows.keys(), f"{line}: it may name what is above it alone"
        arrows[room.strip()] = set(others.split())
    return arrows, ground


ROOMS, GROUND = _drawn()


def _room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _drawn_room(module: str) -> str:
    """The room of a module: the longest that holds it; empty where none does."""
    place = module.partition(".")[2].replace(".", "/")
    return max((each for each in ROOMS if f"{place}/".startswith(f"{each}/")), key=len, default="")


@cache
def _arrows(path: Path) -> set[str]:
    """The rooms that a file imports from, but its own."""
    modules = {_module(each): each for each in FILES}
    found = {_known(name, modules) for name in _imports(path)} - {None, ROOT.name}
    return {_drawn_room(module) for module in found} - {_drawn_room(_module(path))}


@cache
def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES[1:], ids=lambda path: str(path.relative_to(ROOT)))
def test_room_imports_only_the_rooms_that_the_picture_draws(path):
    room = _drawn_room(_module(path))
    assert room, f"{path.relative_to(ROOT)} is in no room of {PICTURE.name}"
    wrong = _arrows(path) - ROOMS[room] - (set() if room in GROUND else GROUND)
    assert not wrong, f"{path.relative_to(ROOT)} may not import {sorted(wrong)}"


@pytest.mark.parametrize("room", ROOMS)
def test_picture_draws_only_what_is_there(room):
    files = [each for each in FILES if _drawn_room(_module(each)) == room]
    assert files, f"there is no {room}"
    unused = ROOMS[room] - set().union(*(_arrows(each) for each in files))
    assert not unused, f"{room} imports nothing of {sorted(unused)}"


@pytest.mark.parametrize(
    "room", ["providers", "reading", "database", "reports", "registry", "errors"]
)
def test_room_below_orchestration_knows_no_dagster(room):
    for path in FILES:
        if _room(path) == room:
            assert not any(name.split(".")[0] == "dagster" for name in _imports(path)), path


def test_no_module_imports_itself_by_way_of_others():
    names = {_module(path): path for path in FILES}
    waiting = {
        name: {found for each in _imports(path) if (found := _known(each, names)) and found != name}
        for name, path in names.items()
    }
    while free := {name for name, needed in waiting.items() if not needed & waiting.keys()}:
        waiting = {name: needed for name, needed in waiting.items() if name not in free}
    assert waiting == {}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _known(name: str, modules: dict[str, Path]) -> str | None:
    """The module that an imported name is, or is of."""
    return next((each for each in (name, name.rpartition(".")[0]) if each in modules), None)


def _without_dagster(
    code: str, *arguments: str, home: Path, also: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    names = ("dagster", "dagster._core", *also)
    blocked = f"import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"
    return subprocess.run(
        [sys.executable, "-c", blocked + code, *arguments],
        cwd=home,
        env={"PYTHONPATH": str(ROOT.parent), "PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_modules_that_know_no_dagster_are_imported_without_it(tmp_path):
    names = [f"{ORCHESTRATION}.{name}" for name in WITHOUT_DAGSTER]
    code = "import importlib\nfor name in sys.argv[1:]:\n    importlib.import_module(name)"
    ran = _without_dagster(code, *names, home=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert _without_dagster(code, f"{ORCHESTRATION}.build", home=tmp_path).returncode


@pytest.mark.parametrize("command", LOOKING, ids=lambda command: command[0])
def test_command_that_only_looks_needs_neither_dagster_nor_pandas(command, tmp_path):
    code = "from provider_assets.cli import run; run()"
    unused = ("pandas", "sqlalchemy.dialects.mysql")  # the latter where the database is SQLite
    ran = _without_dagster(code, *command, home=tmp_path, also=unused)
    assert "Traceback" not in ran.stderr, ran.stderr
    assert ran.returncode == 0 or ran.stderr.startswith("error: "), ran.stderr


def test_readers_process_is_imported_by_nobody_but_its_nursery():
    child = ROOT / "reading" / "child"
    for path in FILES:
        if not path.is_relative_to(child) and path != ROOT / "reading" / "nursery_process.py":
            ours = {name for name in _imports(path) if name.startswith("provider_assets.reading.")}
            assert not any(name.split(".")[2] == "child" for name in ours), path


def test_package_uses_nothing_that_is_made_for_tests():
    for path in FILES:
        assert not {name.split(".")[0] for name in _imports(path)} & {"unittest", "pytest"}, path


def test_environment_is_read_by_settings_alone():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if _room(path) != "settings":
            assert "os.getenv" not in text, path
            assert "environ.get" not in text, path
            assert "dotenv" not in text.lower() or _room(path) == "cli", path


DIALECTS = ROOT / "database" / "dialects"


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if _room(path) == "database" and DIALECTS not in path.parents],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_dialect_is_told_apart_in_its_own_module_only(path):
    if "migrations" in path.parts:  # what was once created stays as it was written
        return
    words = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in ("sqlite", "mysql", "mariadb")
    ]
    assert words == []
    assert not any(name.startswith("sqlalchemy.dialects") for name in _imports(path))


def test_definitions_import_writes_nothing_and_opens_no_connection(tmp_path):
    watched = """
import sys
def refuse(event, args):
    if event.startswith("socket.connect") or event in ("sqlite3.connect", "os.mkdir"):
        raise SystemExit(f"{event} {args}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wxa+"):
        raise SystemExit(f"{event} {args}")
sys.dont_write_bytecode = True
sys.addaudithook(refuse)
import provider_assets.definitions
"""
    ran = subprocess.run(
        [sys.executable, "-c", watched],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT.parent), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.iterdir()) == []
