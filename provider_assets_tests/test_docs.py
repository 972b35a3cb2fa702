"""The documentation holds what there is, and nothing that there is not."""

import re
from pathlib import Path

import pytest
import typer

from provider_assets.cli import app
from provider_assets.database.departures import departing
from provider_assets.database.standing import ACTIONS, UNDOINGS
from provider_assets.database.tables import OF_CLEAN
from provider_assets.reading.child.readers import READERS
from provider_assets.settings import Settings, setting_name

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "provider_assets"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = {setting_name(field) for field in Settings.model_fields}


def _commands() -> dict[str, set[str]]:
    """Every command with its options, as typer has them."""
    found: dict[str, set[str]] = {}

    def walk(command, path):
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*path, name])
        if path and not getattr(command, "commands", None):
            options = {option for each in command.params for option in each.opts}
            found[" ".join(path)] = {each for each in options if each.startswith("--")}

    walk(typer.main.get_command(app), [])
    return found


def test_every_setting_stands_in_the_settings_page_and_the_example():
    for page in ("docs/settings.md", ".env.example"):
        told = set(re.findall(r"PROVIDER_ASSETS_[A-Z_]*[A-Z]|DAGSTER_HOME", _text(page)))
        missing = SETTINGS - told
        assert not missing, f"{page} lacks {sorted(missing)}"


def test_env_example_shows_the_defaults():
    shown = dict(re.findall(r"^#([A-Z_]+)=(.+)$", _text(".env.example"), re.MULTILINE))
    defaults = {setting_name(field): info.default for field, info in Settings.model_fields.items()}
    plain = {name: str(value).lower() for name, value in defaults.items() if name in shown}
    assert {name: plain[name] for name in shown} == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_only_settings_that_exist(page):
    told = set(re.findall(r"\bPROVIDER_ASSETS_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
    known = SETTINGS | {f"{name}_FILE" for name in SETTINGS} | {"PROVIDER_ASSETS_TEST_MYSQL_URL"}
    assert told <= known, sorted(told - known)


def test_settings_page_says_what_each_setting_means():
    page = _text("docs/settings.md")
    for field, info in Settings.model_fields.items():
        assert f"| `{setting_name(field)}` | {info.description} |" in page, field


def test_every_command_and_option_stands_in_the_readme():
    for command, options in _commands().items():
        line = next((row for row in README.splitlines() if f"`{command}" in row), None)
        assert line is not None, f"README lacks the command {command}"
        for option in options - {"--help"}:
            assert option in line, f"README's line for {command} lacks {option}"


def test_every_option_before_the_command_stands_in_the_readme():
    for each in typer.main.get_command(app).params:
        for option in each.opts:
            assert f"`{option}" in README, option


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_only_commands_that_exist(page):
    commands = _commands()
    text = page.read_text(encoding="utf-8")
    second = "list|show|suggest|load|status|check|find|approve|dismiss"
    for told in re.findall(rf"provider-assets ([a-z]+(?: (?:{second}))?)\b", text):
        assert told in commands, f"{page.name}: provider-assets {told}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_only_make_targets_that_exist(page):
    targets = set(re.findall(r"^([a-z0-9-]+):", _text("Makefile"), flags=re.MULTILINE))
    for told in re.findall(
        r"(?:`|^    )make ([a-z0-9-]+)", page.read_text(encoding="utf-8"), re.MULTILINE
    ):
        assert told in targets, f"{page.name}: make {told}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_links_to_files_that_exist(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_top_level_dagster_yaml_is_the_one_that_the_package_carries():
    assert (ROOT / "provider_assets" / "dagster.yaml").read_text() == _text("dagster.yaml")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_layouts_page_tells_every_kind_that_is_read_and_no_other():
    rows = re.findall(
        r"^\| `([a-z]+)` \| ((?:`\.[a-z]+`(?:, )?)+) \|", _text("docs/layouts.md"), re.MULTILINE
    )
    told = {kind: tuple(re.findall(r"`\.([a-z]+)`", names)) for kind, names in rows}
    assert told == {kind: reader.extensions for kind, reader in READERS.items()}


def _words_of_table(head: str, text: str) -> list[str]:
    """The words of the first column, in the table whose first head this is."""
    table = text.partition(f"| {head} | the provider |\n")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)


def test_tables_page_tells_every_action_of_a_row_and_no_other():
    told = _words_of_table("action", _text("docs/tables.md"))
    assert sorted(told) == sorted(ACTIONS)
    of_departures = _words_of_table("action", (departing.__doc__ or "") + "\n\n")
    assert sorted((*OF_CLEAN, *of_departures)) == sorted(ACTIONS)


def _words_in_code(column: str) -> set[str]:
    """The words that the code writes into a column of the history's rows, or asks it for."""
    files = [*(PACKAGE / "database").rglob("*.py"), PACKAGE / "providers" / "departures.py"]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(rf'\b{column}"?(?: ==|=|:| !=) ?"([a-z]+)"', text))


def test_code_writes_only_the_words_of_its_lists():
    assert {"named", "left", "departed"} < _words_in_code("action") <= set(ACTIONS)
    assert {"delete", "insert"} < _words_in_code("undoing") <= set(UNDOINGS)


def test_tables_page_tells_every_way_of_undoing_and_no_other():
    line = re.search(r"^\| `undoing` \| (.*)", _text("docs/tables.md"), re.MULTILINE)
    assert line is not None
    assert sorted(re.findall(r"`([a-z]+)`", line[1])) == sorted(UNDOINGS)
