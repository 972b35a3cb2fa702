"""No other page may act for the user: the real web server, alone and behind the real proxy."""

import base64
import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest

from provider_assets_tests.e2e.proxy import PASSWORD, USER, caddy
from provider_assets_tests.e2e.running import ROOT, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SERVICE = "provider_assets.orchestration.process.service"
LOGIN = {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
JSON = {"Content-Type": "application/json"}
MUTATION = "mutation { setNuxSeen }"
BODY = json.dumps({"query": MUTATION})
QUERY = "/graphql?query=mutation%20%7B%20setNuxSeen%20%7D"
SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "graphql-ws",
}
FOREIGN = {"Origin": "http://elsewhere.example"}


@contextmanager
def web_server(folder, module, *name):
    """The port of a web server with no code behind it."""
    port = free_port()
    home = folder / "dagster"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "DAGSTER_HOME": str(home),
        "PROVIDER_ASSETS_HOME": str(folder),
    }
    command = [sys.executable, "-m", module, *name, "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--empty-workspace"], env=environment, stdin=subprocess.PIPE, process_group=0
    ) as process:
        try:
            until_it_answers(port)
            yield port
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["dev", "deploy"])
def door(request, tmp_path_factory):
    """How a user reaches the web server: (port, the headers of a login)."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "dev":
        with web_server(folder, SERVICE, "dagster_webserver") as port:
            yield port, {}
    else:
        with web_server(folder, "dagster_webserver") as behind, caddy(folder, behind) as port:
            until_it_answers(port)
            yield port, LOGIN


def until_it_answers(port):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with suppress(OSError):
            return ask((port, LOGIN), "GET", "/server_info", {})
        time.sleep(0.2)
    raise AssertionError(f"nobody answers on port {port}")


def ask(door, method, path, headers, body=None):
    """(status, the headers, the body)"""
    port, login = door
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, {**login, **headers})
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    text = b"" if answer.status == 101 else answer.read()
    connection.close()
    return answer.status, told, text.decode()


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("GET", QUERY, {}, None, 405),
        ("GET", QUERY, FOREIGN, None, 405),
        ("POST", "/graphql", {"Content-Type": "text/plain"}, BODY, 415),
        ("POST", "/graphql", {}, BODY, 415),
        ("POST", QUERY, {"Content-Type": "application/x-www-form-urlencoded"}, "", 415),
        ("POST", "/graphql", JSON | FOREIGN, BODY, 403),
        ("POST", "/graphql", JSON | {"Origin": "null"}, BODY, 403),
        ("POST", "/graphql", JSON | {"Sec-Fetch-Site": "cross-site"}, BODY, 403),
        ("POST", "/graphql", JSON | {"Sec-Fetch-Site": "same-site"}, BODY, 403),
        ("POST", "/report_asset_check/clean_providers", FOREIGN | JSON, "{}", 403),
        ("POST", "/graphql", JSON | {"Host": "elsewhere.example"}, BODY, 421),
        ("GET", "/", {"Host": "elsewhere.example"}, None, 421),
        ("GET", "/graphql", SOCKET | FOREIGN, None, 403),
    ],
)
def test_request_that_another_page_could_have_made_is_refused(
    door, method, path, headers, body, status
):
    assert ask(door, method, path, headers, body)[0] == status


def test_own_page_acts_and_may_not_be_framed(door):
    own = {"Origin": f"http://127.0.0.1:{door[0]}", "Sec-Fetch-Site": "same-origin"}
    status, _, body = ask(door, "POST", "/graphql", JSON | own, BODY)
    assert (status, json.loads(body)) == (200, {"data": {"setNuxSeen": True}})
    assert ask(door, "POST", "/graphql", JSON, BODY)[0] == 200  # no browser
    assert ask(door, "GET", "/graphql", SOCKET | own)[0] == 101
    status, headers, _ = ask(door, "GET", "/", {})
    assert status == 200
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    if door[1]:  # the proxy is the one with a certificate
        assert headers["strict-transport-security"] == "max-age=31536000"
    assert "script-src" in headers["content-security-policy"]  # Dagster's own still stands


def test_proxy_asks_who_is_there(tmp_path):
    with caddy(tmp_path, free_port()) as port:
        assert until_it_answers(port)[0] == 502
        assert ask((port, {}), "POST", "/graphql", JSON, BODY)[0] == 401
