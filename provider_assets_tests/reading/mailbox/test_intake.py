"""A delivered file is hashed; what is no file is refused."""

import os
import re
from hashlib import sha256

import pytest

from provider_assets.errors import UsageError
from provider_assets.reading.mailbox.intake import sha256_of


def test_sha256_is_that_of_the_content(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"x" * 3_000_000)
    assert sha256_of(path) == sha256(b"x" * 3_000_000).hexdigest()


def test_sha256_of_what_is_no_file_is_refused(tmp_path):
    true = tmp_path / "true.csv"
    true.write_bytes(b"x")
    (tmp_path / "link.csv").symlink_to(true)
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("link.csv", "pipe.csv", "missing.csv", "."):
        with pytest.raises(UsageError, match=re.escape(repr(str(tmp_path / name)))):
            sha256_of(tmp_path / name)
