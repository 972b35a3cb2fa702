"""What the package says of itself, and what stands around it for those who work on it."""

import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from provider_assets import __version__
from provider_assets.errors import UsageError
from provider_assets.system import require_unix

ROOT = Path(__file__).parent.parent


@pytest.fixture
def described(monkeypatch):
    """What `setup.py` says of the package; to build it needs the network, and is done elsewhere."""
    told = {}
    recorder = SimpleNamespace(
        setup=lambda **given: told.update(given), find_packages=lambda include: include
    )
    monkeypatch.setitem(sys.modules, "setuptools", recorder)
    monkeypatch.chdir(ROOT)
    runpy.run_path("setup.py")
    return told


def test_package_leaves_to_extras_what_no_load_needs(described):
    needed = {
        extra: {re.match(r"[\w-]+", line)[0] for line in lines}
        for extra, lines in described["extras_require"].items()
    }
    runtime = {re.match(r"[\w-]+", line)[0] for line in described["install_requires"]}
    assert needed["ui"] == {"dagster-webserver"}
    assert needed["deploy"] == {"dagster-webserver", "dagster-mysql"}
    assert (needed["sftp"], needed["s3"]) == ({"asyncssh"}, {"s3fs", "botocore"})
    assert needed["workers"] == needed["deploy"] | {"dagster-celery"}
    outside = needed["workers"] | needed["sftp"] | needed["s3"]
    assert not runtime & (outside | {"pytest", "ruff", "mypy", "twine"})
    assert "ruff" not in needed["test"]
    assert needed["test"] < needed["dev"]


def test_readme_of_the_package_index_has_only_links_that_lead_somewhere_from_there(described):
    targets = re.findall(r"\]\(([^)]+)\)", described["long_description"])
    ours = re.compile(rf"{re.escape(described['url'])}/(?:blob|raw)/v{re.escape(__version__)}/(.+)")
    paths = [found[1] for target in targets if (found := ours.fullmatch(target))]
    assert "docs/images/asset_graph.png" in paths
    assert "docs/layouts.md" in paths
    assert [path for path in paths if not (ROOT / path.partition("#")[0]).exists()] == []
    assert [target for target in targets if not target.startswith("https://")] == []


def test_changelog_dates_every_release_and_has_the_one_that_this_is():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    dated = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}", head) for head in heads]
    assert [head for head, date in zip(heads, dated, strict=True) if date is None] in (
        ["[Unreleased]"],
        [],
    )
    newest = next(date[1] for date in dated if date)
    assert __version__ == newest or (heads[0] == "[Unreleased]" and ".dev" in __version__)


def test_pre_commit_configuration_is_sound_and_runs_the_tools_of_the_lock(tmp_path):
    ran = subprocess.run(
        [Path(sys.executable).with_name("pre-commit"), "validate-config"],
        cwd=ROOT,
        env=os.environ | {"PRE_COMMIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    for tool in re.findall(r"entry: \.venv/bin/(\S+)", text):
        assert Path(sys.executable).with_name(tool).exists(), tool
    assert re.findall(r"repo: (\S+)", text) == ["local"]


def test_devcontainer_makes_what_the_makefile_makes():
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    command, *targets = told["postCreateCommand"].split()
    assert command == "make"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target


def call_without(module: str, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command line where a module is not installed."""
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from provider_assets.cli import run\n"
        f"sys.argv = ['provider-assets', {command!r}]\n"
        "run()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )


def test_command_without_file_locks_says_so_in_a_sentence(tmp_path):
    ran = call_without("fcntl", "doctor", tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: provider_assets runs on Linux and macOS, and this system lacks what it stands on "
        "(file locks by fcntl, fork); on Windows, run it in WSL or in the container of deploy/\n"
    )


def test_system_without_fork_is_refused_before_dagster_is_imported(monkeypatch):
    require_unix()
    monkeypatch.delattr(os, "fork")
    with pytest.raises(UsageError, match="run it in WSL"):
        require_unix()


def test_dev_without_the_web_server_names_the_extra_that_brings_it(tmp_path):
    ran = call_without("dagster_webserver", "dev", tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "error: the web UI is not installed here; pip install 'provider-assets[ui]' brings it\n"
    )
