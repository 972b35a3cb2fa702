"""The documentation's examples run as they stand, and its tables hold what the code has."""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from provider_assets.database import tables
from provider_assets.errors import UsageError
from provider_assets.orchestration.command.results import RosterResult, failed_result
from provider_assets.providers.layout import Layout
from provider_assets.providers.roster import RosterSource
from provider_assets_tests.rosters import npi

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "example", re.findall(r"```python\n(.*?)```", _page("library.md"), re.DOTALL)
)
def test_library_example_runs_and_its_definitions_load(example, tmp_path):
    check = "\nfrom dagster import Definitions\nDefinitions.validate_loadable(defs)\n"
    ran = _run(sys.executable, "-c", example + check, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_component_example_has_only_attributes_that_the_component_has():
    from provider_assets import ProviderRosterComponent

    (example,) = re.findall(r"```yaml\n(.*?)```", _page("library.md"), re.DOTALL)
    told = yaml.safe_load(example)
    assert told["type"] == "provider_assets.ProviderRosterComponent"
    assert set(told["attributes"]) <= set(ProviderRosterComponent.model_fields)
    table = _page("library.md").partition("| attribute |")[2]
    for name in ProviderRosterComponent.model_fields:
        assert f"`{name}`" in table, name


def test_start_page_commands_run_as_they_stand(tmp_path):
    _write(tmp_path / "mercy_may.csv", "NPI,Provider Name", f'{npi(1)},"Quimby, Ada"')
    rows = (f'{npi(number)},"Pell, Jonah{number}"' for number in range(2, 6))
    _write(tmp_path / "eastgate.csv", "Rendering Doc ID,Provider Name", *rows)
    blocks = re.findall(r"<!-- runs -->\n```sh\n(.*?)```", _page("index.md"), re.DOTALL)
    assert len(blocks) == 4
    for line in "".join(blocks).splitlines():
        ran = _run("sh", "-c", line, cwd=tmp_path)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


def test_layouts_in_the_documentation_are_layouts():
    for example in re.findall(r"```yaml\n(name:.*?)```", _page("layouts.md"), re.DOTALL):
        Layout.model_validate(yaml.safe_load(example))


def test_page_of_the_commands_says_what_the_commands_say():
    told = runpy.run_path(str(DOCS / "conf.py"))["commands_page"]()
    assert _page("commands.md") == told, "make docs writes it anew"


def test_json_page_names_every_key_of_a_result():
    source = RosterSource.unread("mercy", "mercy.xlsx", "", 0)
    result: RosterResult = failed_result(source, UsageError("no"))
    named = set(re.findall(r"`(\w+)`", _page("json.md").partition("## imports")[0]))
    assert set(json.loads(json.dumps(result.as_json()))) <= named


def test_tables_page_names_every_column_of_the_history():
    page = _page("tables.md")
    for table in (tables.imports, tables.import_rows):
        section = page.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        named = set(re.findall(r"`(\w+)`", section))
        assert {column.name for column in table.columns} <= named, table.name


def test_library_names_are_the_same_for_the_interpreter_and_for_type_checkers():
    import provider_assets

    stub = (ROOT / "provider_assets" / "__init__.pyi").read_text(encoding="utf-8")
    told = set(re.findall(r"(\w+) as \1", stub)) | {"__version__"}
    assert told == set(provider_assets.__all__)
    assert all(getattr(provider_assets, name) for name in told)


def _write(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": path, "HOME": str(cwd), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
