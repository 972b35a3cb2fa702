"""What docs/ci.md and action.yml promise to somebody else's CI."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from provider_assets_tests.rosters import npi

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
LAYOUT = "name: eastgate\ncolumns: {npi: [Doc ID], full_name: [Doctor]}\n"


@pytest.fixture
def repository(tmp_path):
    """A git repository with a layout, a sound roster, and one whose second row has no name."""
    for folder in (".git", "rosters", "layouts", "deep/er"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "layouts" / "eastgate.yaml").write_text(LAYOUT)
    sound = f'NPI,Provider Name\n{npi(1)},"Quimby, Ada"\n'
    (tmp_path / "rosters" / "sample.csv").write_text(sound)
    odd = f'Doc ID,Doctor\n{npi(2)},"Pell, Jonah"\n{npi(3)},\n'
    (tmp_path / "deep" / "er" / "may be.csv").write_text(odd)
    return tmp_path


def _run(*command: str, cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(cwd / "home"), "PYTHONPATH": str(ROOT), **given}
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300
    )


def _step(name: str) -> dict:
    return next(step for step in ACTION["runs"]["steps"] if step.get("name") == name)


def _validate(repository: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's step as a runner does it: inputs become the step's environment."""
    known = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
    assert set(inputs) <= set(known)
    given = {**known, **inputs}
    temp = repository / "temp"
    (temp / "provider-assets").mkdir(parents=True, exist_ok=True)
    tools = temp / "provider-assets" / "bin"
    if not tools.exists():
        tools.symlink_to(Path(sys.executable).parent)
    env = {
        name: re.sub(
            r"\$\{\{ (inputs|runner)\.([a-z-]+) \}\}",
            lambda found: given[found[2]] if found[1] == "inputs" else str(temp),
            value,
        )
        for name, value in _step("Validate")["env"].items()
    }
    return _run(
        "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", _step("Validate")["run"],
        cwd=repository, RUNNER_TEMP=str(temp), **env,
    )  # fmt: skip


def test_action_annotates_rows_by_the_path_from_the_repositorys_root(repository):
    ran = _validate(repository, rosters="rosters\n\ndeep/er/may be.csv\n", layouts="layouts")
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert all(re.match(r"::(error|warning|notice) file=", line) for line in lines)
    (error,) = [line for line in lines if line.startswith("::error ")]
    assert error == (
        "::error file=deep/er/may be.csv,line=3,title=full-name-missing::may be, row 3: "
        "The full name is empty. Fill in the provider's full name."
    )
    assert any(line.startswith("::notice file=rosters/sample.csv,") for line in lines)
    command = ("provider-assets", "validate", "--format", "github", "may be.csv")
    inner = _run(*command, cwd=repository / "deep/er", PROVIDER_ASSETS_LAYOUTS="../../layouts")
    assert error in inner.stdout.splitlines()


def test_strict_action_fails_for_a_row_and_any_action_for_a_roster(repository):
    both = "rosters\ndeep/er/may be.csv"
    assert _validate(repository, rosters=both, layouts="layouts", strict="true").returncode == 3
    assert _validate(repository, rosters="rosters", strict="true").returncode == 0
    refused = _validate(repository, rosters="deep/er/may be.csv")
    assert refused.returncode == 1
    assert "::error file=deep/er/may be.csv,title=no-layout::" in refused.stdout


def test_action_takes_nothing_of_an_input_for_a_command(repository):
    ran = _validate(repository, rosters="--help\n$(touch made)\n`touch made`;touch made")
    assert ran.returncode == 2
    assert "does not exist" in ran.stderr
    assert not (repository / "made").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_workflow_of_the_page_gives_what_the_action_takes():
    (example,) = re.findall(r"```yaml\n(name:.*?)```", PAGE, re.DOTALL)
    steps = yaml.safe_load(example)["jobs"]["validate"]["steps"]
    (used,) = [step for step in steps if "with" in step]
    address = re.search(r'^REPOSITORY = "https://github.com/(.*)"', _text("setup.py"), re.MULTILINE)
    assert used["uses"].partition("@")[0] == address[1]
    required = {name for name, each in ACTION["inputs"].items() if each.get("required")}
    assert required <= set(used["with"]) <= set(ACTION["inputs"])
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == set(ACTION["inputs"])


def test_commands_of_the_page_run_as_they_stand(repository):
    blocks = re.findall(r"<!-- runs -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for line in "".join(blocks).splitlines():
        ran = _run("sh", "-c", line, cwd=repository)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


def test_asset_checks_of_the_page_pass_for_a_sound_roster_and_fail_for_an_odd_one(repository):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (repository / "test_rosters.py").write_text(example)
    pytest_alone = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    ran = _run(*pytest_alone, "test_rosters.py", cwd=repository)
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
    wrong = 'NPI,Provider Name\n2000000001,"Quimby, Ada"\n'
    (repository / "rosters" / "sample.csv").write_text(wrong)
    ran = _run(*pytest_alone, "test_rosters.py", cwd=repository)
    assert "npi_check_digits_hold" in ran.stdout, ran.stdout + ran.stderr


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
