"""Who else on the machine can read what a load writes: nobody outside of the service's group."""

import os
import stat
import subprocess
import sys

from provider_assets_tests.rosters import sample_rows, write_xlsx


def test_files_of_a_load_are_the_services_and_its_groups_only(tmp_path):
    roster = write_xlsx(tmp_path / "mercy.xlsx", sample_rows())
    home = tmp_path / "home"
    ran = subprocess.run(
        [sys.executable, "-m", "provider_assets", "--home", str(home), "load", str(roster)],
        env={**os.environ, "PROVIDER_ASSETS_HOME": str(home)},
        capture_output=True,
        text=True,
        umask=0o022,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    made = [home, *home.rglob("*")]
    names = {path.name for path in made}
    assert {"providers.db", "rejects", "storage"} <= names
    open_to_others = [
        str(path.relative_to(tmp_path))
        for path in made
        if stat.S_IMODE(path.lstat().st_mode) & 0o027 and not path.is_symlink()
    ]
    assert open_to_others == []
