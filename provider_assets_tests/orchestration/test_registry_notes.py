"""Files beside the registry's own: notes, links, companions, and paths that a run is told."""

import pytest

from provider_assets.errors import UsageError
from provider_assets.orchestration.registry.assets import require_inside
from provider_assets.orchestration.registry.notes import note_trouble
from provider_assets.registry.sources import others_beside


@pytest.fixture
def folder(tmp_path):
    """The drop folder's registry/."""
    made = tmp_path / "drop" / "registry"
    made.mkdir(parents=True)
    return made


def test_note_beside_a_file_writes_over_nobodys_text_and_follows_no_link(folder, tmp_path):
    file, note = folder / "mercy.csv", folder / "mercy.csv.txt"
    file.write_text("Type\n")
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("keep")
    note.symlink_to(elsewhere)
    note_trouble(file, "is none")
    note_trouble(file, None)
    assert (note.is_symlink(), elsewhere.read_text()) == (True, "keep")
    note.unlink()
    note.write_text("what we asked of CMS")
    note_trouble(file, "is none")
    note_trouble(file, None)
    assert note.read_text() == "what we asked of CMS"
    note.unlink()
    for trouble in ("is none", "is still none"):
        note_trouble(file, trouble)
        assert note.read_text() == f"mercy.csv was not taken in.\n\n{trouble}\n"
    note_trouble(file, None)
    assert list(folder.iterdir()) == [file]


def test_run_that_was_asked_for_elsewhere_takes_in_files_of_the_folder_alone(folder, tmp_path):
    (folder / "link").symlink_to(tmp_path)
    require_inside([folder / "UPDATED.csv"], folder)
    for path in (tmp_path / "secret.csv", folder / "../secret.csv", folder / "link/secret.csv"):
        with pytest.raises(
            UsageError, match=r"secret\.csv: a run takes in what lies in .*registry"
        ):
            require_inside([path], folder)


def test_companion_behind_a_link_is_not_read(folder, tmp_path):
    named = folder / "npidata_pfile_20050523-20261122.csv"
    others = folder / "othername_pfile_20050523-20261122.csv"
    (tmp_path / "others.csv").write_text("NPI\n")
    others.symlink_to(tmp_path / "others.csv")
    assert others_beside(named) is None
    others.unlink()
    others.write_text("NPI\n")
    assert others_beside(named) == others
