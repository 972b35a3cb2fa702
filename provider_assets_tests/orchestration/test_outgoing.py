"""What waits in the storage for a mailbox, with what somebody else put beside it."""

from upath import UPath

from provider_assets.orchestration.outgoing import give_what_waits, outgoing_root
from provider_assets.reading.mailbox.drop_folder import DropFolder


def test_stray_files_beside_answers_are_left_and_the_answers_given_back(tmp_path):
    storage, mailbox = UPath(tmp_path / "storage"), DropFolder(tmp_path / "far")
    waiting = outgoing_root(storage, "north") / "mercy-0123456789ab"
    answers = {"rejects/mercy.xlsx": "rows", "reports/mercy.html": "page"}
    strays = ("note.txt", "rejects/old/mercy.xlsx", "other/mercy.xlsx", "../stray.txt")
    for name in (*answers, *strays):
        (waiting / name).parent.mkdir(parents=True, exist_ok=True)
        (waiting / name).write_text(answers.get(name, "stray"))
    assert give_what_waits(mailbox, storage, "north") == 1
    given = {
        path.relative_to(mailbox.root).as_posix(): path.read_text()
        for path in mailbox.root.rglob("*")
        if path.is_file()
    }
    assert given == answers
    assert all((waiting / name).read_text() == "stray" for name in strays)
    assert give_what_waits(mailbox, storage, "north") == 0
