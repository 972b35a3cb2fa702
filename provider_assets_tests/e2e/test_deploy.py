"""deploy/compose.yaml without a container engine: its own commands, as processes on loopback.

Every command, environment variable, configuration file and health check is taken from the file;
only places change: containers' host names, ports and folders.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import jsonschema
import pytest
import sqlalchemy as sa
import yaml

from provider_assets_tests.e2e.rosters import write_roster
from provider_assets_tests.e2e.running import ROOT, free_port

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("storage", "code", "web", "daemon")
SERVING = ("code", "web", "daemon")
TREE = {path: (ROOT / path).read_text() for path in ("dagster.yaml", "deploy/dagster.yaml")}


def test_compose_file_is_one_by_the_specifications_schema():
    schema = json.loads((Path(__file__).parent / "compose_spec.json").read_text())
    jsonschema.validate(COMPOSE, schema, cls=jsonschema.Draft7Validator)


def test_compose_keeps_every_container_of_ours_small_in_rights():
    for name in OURS:
        service = SERVICES[name]
        assert service["user"] == "10001:10001", name
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert "ports" not in service, name
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["daemon"]["container_name"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_compose_has_no_secret_in_an_environment():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or ("URL" in name and "DATABASE" in name):
                assert name.endswith("_FILE"), name
                assert value.removeprefix("/run/secrets/") in COMPOSE["secrets"]


def test_compose_checks_the_health_of_every_service_that_stays():
    staying = [name for name, each in SERVICES.items() if each["restart"] != "no"]
    assert [name for name in staying if "healthcheck" not in SERVICES[name]] == ["proxy"]


def test_deployed_dagster_settings_differ_from_the_shipped_ones_in_storage_only():
    shipped, deployed = (yaml.safe_load(text) for text in TREE.values())
    assert deployed.pop("storage")["mysql"]["mysql_db"]["password"] == {
        "env": "DAGSTER_MYSQL_PASSWORD"
    }
    assert deployed == shipped


class Deployment:
    """The containers' commands as processes, and where their things are here."""

    def __init__(self, root: Path, providers: str, dagster: sa.URL):
        self.root, self.ports = root, {"4000": str(free_port()), "3000": str(free_port())}
        self.processes: dict[str, subprocess.Popen] = {}
        for folder in ("state", "drop/inbox", "metrics", "layouts", "secrets"):
            (root / folder).mkdir(parents=True)
        for name, secret in (
            ("database_url", providers),
            ("dagster_password", str(dagster.password)),
            ("notify", ""),
        ):
            (root / "secrets" / name).write_text(f"{secret}\n")
        self.here = {
            "DAGSTER_MYSQL_HOST": str(dagster.host),
            "DAGSTER_MYSQL_PORT": str(dagster.port),
            "DAGSTER_MYSQL_DATABASE": str(dagster.database),
            "DAGSTER_MYSQL_USER": str(dagster.username),
            "CODE_SERVER_HOST": "127.0.0.1",
            "PROVIDER_ASSETS_SENSOR_INTERVAL": "1",
            "PROVIDER_ASSETS_SETTLE_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def placed(self, text: str) -> str:
        """A word of the compose file, as it is here."""
        for there, here in (
            ("/opt/provider-assets", str(DEPLOY)),
            ("/var/lib/provider-assets", str(self.root / "state")),
            ("/run/secrets", str(self.root / "secrets")),
            ("/srv", str(self.root)),
            ("0.0.0.0", "127.0.0.1"),
            ("//web:", "//127.0.0.1:"),
            *self.ports.items(),
        ):
            text = text.replace(there, here)
        return text

    def environment(self, service: str) -> dict[str, str]:
        written = SERVICES[service]["environment"]
        return {name: self.placed(value) for name, value in written.items()} | self.here

    def start(self, service: str) -> subprocess.Popen:
        """Through the image's entrypoint, as a container would."""
        command = [self.placed(word) for word in SERVICES[service]["command"]]
        with (self.root / f"{service}.log").open("wb") as log:
            self.processes[service] = subprocess.Popen(
                ["sh", str(DEPLOY / "entrypoint.sh"), *command],
                env=self.environment(service),
                cwd=self.root / "state",
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.processes[service]

    def is_healthy(self, service: str) -> bool:
        words = [self.placed(word) for word in SERVICES[service]["healthcheck"]["test"][1:]]
        checked = subprocess.run(
            words, env=self.environment(service), check=False, capture_output=True
        )
        return checked.returncode == 0

    def wait(self, what: str, probe, seconds: float = 120):
        end = time.monotonic() + seconds
        while not (answer := probe()):
            ended = [name for name in SERVING if self._has_ended(name)]
            if ended or time.monotonic() > end:
                logs = "".join(
                    f"\n== {path.name}\n{path.read_text(errors='replace')[-3000:]}"
                    for path in sorted(self.root.glob("*.log"))
                )
                raise AssertionError(f"not within {seconds} s: {what}; ended: {ended}{logs}")
            time.sleep(0.3)
        return answer

    def _has_ended(self, service: str) -> bool:
        return service in self.processes and self.processes[service].poll() is not None


@contextmanager
def deployed(root: Path, providers: str, dagster: sa.URL):
    deployment = Deployment(root, providers, dagster)
    try:
        yield deployment
    finally:
        for process in reversed(deployment.processes.values()):
            process.terminate()
        for process in deployment.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_the_very_commands_of_compose_load_a_roster(tmp_path, mysql_server):
    providers = mysql_server.create_schema()
    storage = sa.make_url(mysql_server.create_schema(blocks=()).admin_url)
    with deployed(tmp_path, providers.url, storage) as deployment:
        assert deployment.start("storage").wait(180) == 0, (tmp_path / "storage.log").read_text()
        for service in SERVING:
            assert not deployment.is_healthy(service)
            deployment.start(service)
            deployment.wait(f"{service} is healthy", lambda: deployment.is_healthy(service))  # noqa: B023
        write_roster(tmp_path / "drop" / "inbox" / "mercy.csv", 1, rows=5)
        done = tmp_path / "drop" / "processed" / "mercy.csv"
        deployment.wait("the roster is in processed/", done.exists)
        deployment.wait(
            "the metrics", lambda: "inserted" in _text(tmp_path / "metrics/provider_assets.prom")
        )
    assert _count(providers.admin_url, "providerinfo") == 5
    assert _count(storage.render_as_string(hide_password=False), "runs") == 1
    logs = "".join(path.read_text(errors="replace") for path in tmp_path.glob("*.log"))
    for secret in (sa.make_url(providers.url).password, storage.password):
        assert secret not in logs


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _count(url: str, table: str) -> int:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        count = connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}"))
    engine.dispose()
    return count
