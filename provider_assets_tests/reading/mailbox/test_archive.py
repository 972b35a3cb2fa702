"""The archive keeps each content once and whole, in a folder or a bucket."""

import os
import stat

import pytest
from upath import UPath

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.reading.mailbox.archive import archive, local_copy
from provider_assets.reading.mailbox.intake import sha256_of


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


def test_archive_on_a_share_that_settles_no_folder_keeps_the_content(tmp_path, monkeypatch):
    usual = os.fsync

    def refuse(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        usual(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    path = tmp_path / "roster.csv"
    path.write_bytes(b"content")
    assert archive(path, UPath(tmp_path / "storage"), sha256_of(path)).read_bytes() == b"content"


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


def test_archived_file_of_another_content_is_not_read_and_is_mended_by_a_delivery(
    tmp_path, storage
):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"content")
    known = sha256_of(path)
    place = archive(path, storage, known)
    with local_copy(place, known) as copy:
        assert copy.read_bytes() == b"content"
    place.write_bytes(b"CONTENT")
    told = (
        r"roster\.csv' in the archive is not what was delivered: .* remove it, and drop the roster"
    )
    with pytest.raises(UsageError, match=told), local_copy(place, known):
        pass
    assert archive(path, storage, known).read_bytes() == b"content"
