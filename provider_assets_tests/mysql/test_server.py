"""The tests' own server: gone when they are, and one sentence where there can be none."""

import os

import pytest

from provider_assets_tests.mysql import installation
from provider_assets_tests.mysql.server import EXTERNAL, start_server


def test_private_server_is_gone_with_its_folder_and_process():
    with start_server(private=True) as server:
        folder, pid = server.daemon.folder, server.daemon.process.pid
        assert server.execute("SELECT 1") == [(1,)]
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_server_of_the_setting_is_used_and_left_as_it_was(mysql_server, monkeypatch):
    before = mysql_server.execute("SHOW DATABASES")
    monkeypatch.setenv(EXTERNAL, mysql_server.admin_url())
    with start_server() as external:
        assert external.daemon is None
        schema = external.create_schema()
        assert (schema.name,) in external.execute("SHOW DATABASES")
    assert mysql_server.execute("SHOW DATABASES") == before


def test_machine_without_a_server_ends_the_tests_with_one_sentence(monkeypatch):
    monkeypatch.setattr(installation, "_look", lambda: None)
    monkeypatch.setattr(installation, "MANAGERS", {})
    with pytest.raises(pytest.exit.Exception) as caught:
        installation.find_daemon()
    assert str(caught.value) == installation.ADVICE


def test_missing_server_is_installed_where_that_is_allowed(monkeypatch):
    commands = []

    def run(command, **_):
        commands.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(installation.subprocess, "run", run)
    monkeypatch.setattr(installation.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(installation.os, "geteuid", lambda: 1000)
    assert installation._install()
    assert commands[0] == ["/usr/bin/sudo", "-n", "true"]
    assert commands[-1][:2] == ["/usr/bin/sudo", "-n"]
    assert commands[-1][-1] == "mariadb-server"
