"""A delivered file is named, hashed and archived, whatever it is called."""

import os
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upath import UPath

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.reading.mailbox.intake import archive, roster_key, sha256_of

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("mercy.xlsx", "mercy"),
        ("Mercy April (final).XLSX", "Mercy-April-final"),
        ("Zürich Ärzte.csv", "Zurich-Arzte"),
        ("a\nb.xlsx", "a-b"),
        ("../../etc/passwd", "passwd"),
        ("C:\\rosters\\mercy.xlsx", "mercy"),
        ("\U0001f600.xlsx", "roster"),
        ("", "roster"),
        ("...", "roster"),
        ("x" * 250 + ".xlsx", "x" * 80),
    ],
)
def test_roster_key_is_the_stem_and_the_hash(name, stem):
    assert roster_key(name, HASH) == f"{stem}-0123456789ab"


@given(st.text(max_size=300))
def test_roster_key_of_any_name_is_safe(name):
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,80}-[0-9a-f]{12}", roster_key(name, HASH))


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


@pytest.fixture(params=["folder", "memory"])
def storage(request, tmp_path):
    if request.param == "folder":
        return UPath(tmp_path / "storage")
    return UPath(f"memory://{tmp_path.name}/storage")


def test_archive_keeps_the_content_under_its_hash_and_a_safe_name(tmp_path, storage):
    path = tmp_path / "Mercy April\n\U0001f600.XLSX"
    path.write_bytes(b"content")
    place = archive(path, storage, sha256_of(path))
    assert place.read_bytes() == b"content"
    assert str(place).endswith(f"archive/{sha256_of(path)}/Mercy-April.XLSX")
    assert archive(path, storage, sha256_of(path)) == place
    assert [entry.name for entry in place.parent.iterdir()] == ["Mercy-April.XLSX"]


def test_archive_mends_what_was_left_half(tmp_path, storage):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"content")
    place = archive(path, storage, sha256_of(path))
    place.write_bytes(b"con")
    assert archive(path, storage, sha256_of(path)).read_bytes() == b"content"


def test_archive_of_a_file_that_changed_is_refused_and_leaves_nothing(tmp_path, storage):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"content")
    known = sha256_of(path)
    path.write_bytes(b"changed")
    with pytest.raises(RosterError) as raised:
        archive(path, storage, known)
    assert raised.value.code == FileCode.CHANGED_WHILE_READING
    assert list((storage / "archive" / known).iterdir()) == []


def test_archive_of_a_file_that_changed_after_it_was_archived_is_refused(tmp_path, storage):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"content")
    known = sha256_of(path)
    archive(path, storage, known)
    path.write_bytes(b"CONTENT")
    with pytest.raises(RosterError) as raised:
        archive(path, storage, known)
    assert raised.value.code == FileCode.CHANGED_WHILE_READING
