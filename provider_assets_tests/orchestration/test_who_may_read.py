"""Who else on the machine can read what a load writes: nobody outside of the service's group."""

import grp
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from dagster import DagsterInstance

from provider_assets.reading.mailbox import moving
from provider_assets.reading.mailbox.moving import look, move
from provider_assets.settings import use_settings
from provider_assets.system import close_to_others, is_open_to_others
from provider_assets_tests.orchestration.test_sensors import Machine
from provider_assets_tests.rosters import sample_rows, write_xlsx

# a group that this user may give files to, beside its own where it has one
GROUP = grp.getgrgid(1 if os.geteuid() == 0 else os.getgroups()[-1]).gr_name


def _load(home, roster, **environment):
    ran = subprocess.run(
        [sys.executable, "-m", "provider_assets", "--home", str(home), "load", str(roster)],
        env={**os.environ, "PROVIDER_ASSETS_HOME": str(home), "DAGSTER_HOME": "", **environment},
        capture_output=True,
        text=True,
        umask=0o022,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [path for path in (home, *home.rglob("*")) if not path.is_symlink()]


def _mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_files_of_a_load_are_the_services_and_its_groups_only(tmp_path):
    made = _load(tmp_path / "home", write_xlsx(tmp_path / "mercy.xlsx", sample_rows()))
    assert {"providers.db", "rejects", "storage"} <= {path.name for path in made}
    assert [path for path in made if _mode(path) & 0o027] == []


def test_files_of_a_load_are_the_groups_that_the_setting_names(tmp_path):
    roster = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    home = tmp_path / "home"
    made = _load(home, roster, PROVIDER_ASSETS_FILES_GROUP=GROUP)
    strangers = [path for path in made if path.group() != GROUP and "reader" not in path.name]
    assert strangers == []
    assert [path for path in made if _mode(path) & 0o027] == []
    [workbook] = home.rglob("*_rejects.xlsx")
    assert _mode(workbook) == 0o640


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_roster_that_is_put_away_is_nobody_elses(mode, across, tmp_path, monkeypatch):
    inbox, processed = tmp_path / "inbox", tmp_path / "processed"
    inbox.mkdir()
    processed.mkdir()
    os.chown(processed, -1, grp.getgrnam(GROUP).gr_gid)
    processed.chmod(0o2750)
    roster = inbox / "mercy.csv"
    roster.write_text("NPI\n")
    roster.chmod(mode)
    if across:
        monkeypatch.setattr(Path, "rename", _as_from_another_disk)
    move(look(roster), processed, "a note")
    put = processed / "mercy.csv"
    assert (_mode(put), put.group()) == (0o640, GROUP)


def _as_from_another_disk(*_paths):
    raise OSError(moving.errno.EXDEV, "Invalid cross-device link")


def test_look_at_the_inbox_makes_the_folders_closed_to_others(tmp_path, sqlite_url):
    (tmp_path / "dagster").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        machine = Machine(tmp_path / "home", instance, sqlite_url)
        shutil.rmtree(tmp_path / "home")
        machine.look()
    assert _mode(tmp_path / "home") == _mode(tmp_path / "home" / "drop") == 0o750
    use_settings(None)


def test_group_that_is_not_there_stops_the_load_with_a_sentence(sqlite_home):
    sqlite_home.set(FILES_GROUP="no-such-group")
    roster = write_xlsx(sqlite_home.root / "mercy.xlsx", sample_rows())
    called = sqlite_home.call("load", roster)
    assert called.status == 2
    assert called.stderr == (
        "error: settings: PROVIDER_ASSETS_FILES_GROUP: value error, there is no such group on this "
        "machine, and it is 'no-such-group'\n"
    )


def test_folders_that_stand_open_are_told_by_doctor_with_what_mends_them(tmp_path):
    with_all = Path("/tmp") / f"pa-{os.getpid()}-open"  # pytest's own folders are closed
    roster = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    try:
        _load(with_all, roster)
        with_all.chmod(0o755)
        assert is_open_to_others(with_all)
        told = _doctor(with_all)
        assert (
            f"{with_all} is open to everybody on this machine",
            f"chmod -R o= {with_all}",
        ) in told
        told = _doctor(with_all, PROVIDER_ASSETS_FILES_GROUP=GROUP)
        [mend] = [advice for message, advice in told if f"not all in {with_all} is of" in message]
        subprocess.run(mend, shell=True, check=True)
        assert _doctor(with_all, PROVIDER_ASSETS_FILES_GROUP=GROUP) == []
    finally:
        shutil.rmtree(with_all, ignore_errors=True)


def _doctor(home, **environment):
    ran = subprocess.run(
        [sys.executable, "-m", "provider_assets", "--home", str(home), "doctor", "--json"],
        env={**os.environ, "PROVIDER_ASSETS_HOME": str(home), "DAGSTER_HOME": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return [
        (one["message"], one["advice"])
        for one in json.loads(ran.stdout)
        if one["subject"] == "who may read"
    ]


def test_file_of_somebody_else_is_left_as_it_is(tmp_path, monkeypatch):
    def refused(*_args):
        raise PermissionError

    file = tmp_path / "mercy.csv"
    file.touch()
    file.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", refused)
    close_to_others(file)
    assert _mode(file) == 0o644
