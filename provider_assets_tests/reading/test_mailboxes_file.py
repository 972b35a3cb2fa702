"""The file of mailboxes: what it may say, and what is said of a wrong one."""

import re
from pathlib import Path

import pytest

import provider_assets
from provider_assets.errors import UsageError
from provider_assets.reading.mailbox import choosing
from provider_assets.reading.mailbox.choosing import answers_root, open_mailbox
from provider_assets.reading.mailbox.described import KINDS, secret
from provider_assets.reading.mailbox.drop_folder import DropFolder
from provider_assets.reading.mailbox.port import MailboxError
from provider_assets.reading.mailboxes import Mailboxes, load_mailboxes, parse_mailboxes

HOMES = Path("/home/mailboxes")
GOOD = """
drop_folder: false
mailboxes:
  - name: mercy
    address: sftp://lo%40ader@sftp.mercy.example:2222/upload/rosters/
    known_hosts: /etc/known_hosts
    key_file: /run/secrets/mercy
    layouts: [mercy, generic]
  - name: clinics
    address: s3://rosters/clinics
    secret_access_key_env: CLINICS_SECRET
  - {name: share, address: /srv/share}
"""


def test_file_names_each_mailbox_by_its_address():
    found = parse_mailboxes(GOOD, "mailboxes.yaml")
    assert not found.drop_folder
    mercy, clinics, share = found.by_name().values()
    assert (mercy.kind, clinics.kind, share.kind) == ("sftp", "s3", "folder")
    assert mercy.layouts == ("mercy", "generic")
    assert open_mailbox(share, HOMES, {}.get) == DropFolder(Path("/srv/share"))
    places = [open_mailbox(one, HOMES, {}.get).place for one in (mercy, clinics)]
    assert places == [
        "the mailbox mercy (sftp://sftp.mercy.example:2222/upload/rosters)",
        "the mailbox clinics (s3://rosters/clinics)",
    ]
    roots = [answers_root(one, HOMES) for one in (mercy, clinics, share)]
    assert roots == [HOMES / "mercy", HOMES / "clinics", Path("/srv/share")]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sftp://u@h/", ""),
        ("sftp://u@h", ""),
        ("sftp://u@h/~/in", "in"),
        ("sftp://u@h/~", ""),
        ("sftp://u@h/a%20b/~c", "/a b/~c"),
    ],
)
def test_path_behind_sftp_is_the_servers_or_the_users_home(address, path):
    text = f"mailboxes: [{{name: m, address: '{address}', known_hosts: /k}}]"
    assert parse_mailboxes(text, "m.yaml").mailboxes[0].path == path


def test_without_a_file_there_is_the_drop_folder_alone():
    assert load_mailboxes(None) == Mailboxes(drop_folder=True, mailboxes=())


def test_file_that_changed_is_read_anew(tmp_path):
    path = tmp_path / "m.yaml"
    for name in ("one", "three"):
        path.write_text(f"mailboxes: [{{name: {name}, address: /srv/x}}]")
        assert list(load_mailboxes(path).by_name()) == [name]


SFTP = "address: 'sftp://u@h/in', known_hosts: /k"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "holds no mailboxes; see docs/mailboxes.md for an example"),
        ("drop_folder: false", "there is no mailbox, and drop_folder is false"),
        ("mailboxes: [{name: Mercy, address: /a}]", "mailbox Mercy name: string should match"),
        ("mailboxes: [{name: m, address: in}]", "mailbox m address: is no place; begin it with /,"),
        ("mailboxes: [{name: m, adress: /a}]", "mailbox m adress: is not a key; allowed are name,"),
        ("mailboxes: [{name: m, address: /a, kind: s3}]", "its kind follows from its address"),
        ("mailboxes: [m]", "mailbox number 1: input should be"),
        (f"mailboxes: [{{name: m, {SFTP}, region: x}}]", "mailbox m region: is not a key; allowed"),
        ("mailboxes: [{name: m, address: 'sftp://u@h/in'}]", "mailbox m known_hosts: field requ"),
        ("mailboxes: [{name: m, address: 'sftp://h/in', known_hosts: /k}]", "of the form sftp://u"),
        ("mailboxes: [{name: m, address: 'sftp://u:p@h/i', known_hosts: /k}]", "password; take it"),
        ("mailboxes: [{name: m, address: 's3:///x'}]", "is not of the form s3://bucket/part"),
        (f"mailboxes: [{{name: m, {SFTP}, answers: ../up}}]", "mailbox m answers: string should"),
        ("mailboxes: [{name: m, address: /a}, {name: m, address: /b}]", "two mailboxes have the n"),
        ("mailboxes: [{name: m, address: /a}, {name: n, address: /a/}]", "n and m are the same pl"),
        ("mailboxes: {", "line 1 is not YAML"),
    ],
)
def test_wrong_file_is_refused_with_what_is_wrong(text, told):
    with pytest.raises(UsageError) as caught:
        parse_mailboxes(text, "m.yaml")
    assert caught.value.message.startswith("m.yaml:")
    assert told in caught.value.message
    assert ":p@" not in caught.value.message


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"cannot be read.*see PROVIDER_ASSETS_MAILBOXES"):
        load_mailboxes(tmp_path / "none.yaml")


def test_secret_is_read_when_it_is_used(tmp_path):
    mercy, clinics, _ = parse_mailboxes(
        GOOD.replace("/run/secrets/mercy", str(tmp_path / "key")), "m.yaml"
    ).mailboxes
    with pytest.raises(MailboxError, match=r"key_file .* cannot be read"):
        secret(mercy, "key", {}.get)
    (tmp_path / "key").write_text("abc\n")
    assert secret(mercy, "key", {}.get) == "abc"
    assert secret(mercy, "passphrase", {}.get) == ""
    with pytest.raises(MailboxError, match="secret_access_key_env CLINICS_SECRET is not set"):
        secret(clinics, "secret_access_key", {}.get)
    assert secret(clinics, "secret_access_key", {"CLINICS_SECRET": "xyz"}.get) == "xyz"


def test_mailbox_whose_package_is_missing_names_the_extra(monkeypatch):
    mercy, clinics, share = parse_mailboxes(GOOD, "m.yaml").mailboxes
    monkeypatch.setattr(choosing, "find_spec", lambda _: None)
    for one, extra in ((mercy, "sftp"), (clinics, "s3")):
        with pytest.raises(UsageError, match=rf"pip install 'provider-assets\[{extra}\]' brings"):
            open_mailbox(one, HOMES, {}.get)
    assert open_mailbox(share, HOMES, {}.get)


def test_each_kind_of_place_can_be_opened_and_has_an_extra_of_its_name():
    asked = (Path(provider_assets.__file__).parents[1] / "setup.py").read_text(encoding="utf-8")
    assert set(choosing.PLACES) == set(KINDS)
    for kind, place in choosing.PLACES.items():
        assert f'"{kind}": {kind.upper()},' in asked
        assert re.search(rf'^{kind.upper()} = \[[^\]]*"{place.package}', asked, re.MULTILINE)
