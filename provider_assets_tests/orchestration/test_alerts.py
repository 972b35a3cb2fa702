"""What is said when something is wrong, and that it arrives at a real receiver."""

import logging
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr, ValidationError

from provider_assets.orchestration.alerts.messages import (
    Alert,
    CheckResult,
    check_alert,
    failure_alert,
    period,
    recipients,
    send,
    silence_alert,
    trouble_alert,
)
from provider_assets.orchestration.command.instance import address_of
from provider_assets.providers.layout import Layout
from provider_assets.providers.roster import RosterOutcome, RosterSource, RowCounts
from provider_assets_tests.orchestration.made_up import NOON
from provider_assets_tests.orchestration.receivers import http_receiver, smtp_receiver

SOURCE = RosterSource(
    "mercy-3fa9c1d20b7e", "mercy.xlsx", "3f", 9, "xlsx", "hospital_a", "0123", sheets=()
)
LOADED = RosterOutcome(
    SOURCE,
    "loaded",
    RowCounts(7, 1, 1, 5, 5),
    {"full-name-missing": 1, "duplicate-in-file": 1},
    {"npi-check-digit": 5},
)
LINK = "http://127.0.0.1:3000/runs/run-1"
ALERT = Alert("mercy.xlsx was not loaded (corrupt)", "what\nand what to do\n")


def test_failure_alert_for_a_file_at_fault_says_what_the_sender_does():
    outcome = replace(
        LOADED,
        status="failed",
        source=replace(SOURCE, layout=""),
        rows=RowCounts(),
        reasons={},
        warnings={},
        error=("encrypted", "mercy.xlsx: the workbook is password-protected"),
    )
    assert failure_alert(outcome, [], LINK) == Alert(
        "mercy.xlsx was not loaded (encrypted)",
        "mercy.xlsx: the workbook is password-protected\n"
        "Take the password off (in Excel: File, Info, Protect Workbook) and drop the roster "
        "again.\n\n"
        "Rows: 0 read, 0 to correct, 0 duplicate, 0 clean, 0 inserted, 0 updated\n"
        "Roster: mercy-3fa9c1d20b7e\n"
        "Layout: none\n"
        f"Run: {LINK}\n",
        kind="failure",
    )


def test_failure_alert_for_another_reason_says_that_it_is_tried_again():
    outcome = replace(LOADED, status="failed", error=("database-transient", "no connection"))
    alert = failure_alert(outcome, [], LINK)
    assert alert.title == "mercy.xlsx was not loaded (database-transient)"
    assert "no connection\nThe file is not at fault: it stays where it is" in alert.body


def test_alert_about_a_name_with_a_line_end_keeps_its_title_on_one_line():
    outcome = replace(LOADED, status="failed", source=replace(SOURCE, file="a\nBcc: x.csv"))
    assert failure_alert(outcome, [], LINK).title == "a\\nBcc: x.csv was not loaded (unexpected)"


def test_check_alert_tells_counts_and_what_to_do():
    failed = [CheckResult("npi_check_digits_hold", "Ask the hospital.", {"wrong": 5})]
    assert check_alert(LOADED, failed, LINK) == Alert(
        "mercy.xlsx was loaded, with warnings (npi_check_digits_hold)",
        "The roster was loaded, but look at these checks:\n"
        "- npi_check_digits_hold: Ask the hospital. (wrong 5)\n\n"
        "Rows: 7 read, 1 to correct, 1 duplicate, 5 clean, 5 inserted, 0 updated\n"
        "Reasons: full-name-missing 1, duplicate-in-file 1\n"
        "Warnings: npi-check-digit 5\n"
        "Roster: mercy-3fa9c1d20b7e\n"
        "Layout: hospital_a\n"
        f"Run: {LINK}\n",
    )


def test_silence_alert_says_since_when():
    now, last = NOON + timedelta(days=9, hours=3), NOON
    assert silence_alert("mercy", "7d", last, now, since=last) == Alert(
        "No roster of layout mercy for 9 days",
        "One is expected every 7d. The last one came on 2026-03-02 12:00 UTC.\n"
        "Ask the hospital whether it still sends, and look whether its files reach the inbox.\n",
    )
    never = silence_alert("mercy", "12h", None, NOON + timedelta(hours=13), since=NOON)
    assert never.title == "No roster of layout mercy for 13 hours"
    assert "None ever came." in never.body


def test_trouble_alert_lists_the_troubles():
    assert trouble_alert(["a", "b"]).body == "- a\n- b"


def test_period_knows_hours_days_and_weeks():
    assert [period(text) for text in ("12h", "7d", "2w")] == [
        timedelta(hours=12),
        timedelta(days=7),
        timedelta(days=14),
    ]


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "7 days", "1y", "12345d"])
def test_layout_with_an_expectation_nobody_can_read_is_refused(text):
    with pytest.raises(ValidationError):
        Layout(name="x", columns={"npi": ("NPI",)}, expected_every=text)


def test_recipients_with_a_contact_hear_beside_everybody():
    notify = [
        SecretStr("json://hook.example/"),
        SecretStr("mailtos://u:p@mail.example?to=us@x.example"),
    ]
    assert [url.get_secret_value() for url in recipients(notify, "desk@mercy.example")] == [
        "json://hook.example/",
        "mailtos://u:p@mail.example?to=us@x.example",
        "mailtos://u:p@mail.example?to=desk%40mercy.example",
    ]
    assert [url.get_secret_value() for url in recipients(notify[:1], "slack://a/b/c")] == [
        "json://hook.example/",
        "slack://a/b/c",
    ]
    assert recipients(notify, None) == notify


def test_recipients_with_a_contact_but_no_mail_server_say_so(caplog):
    assert recipients([], "desk@mercy.example") == []
    assert "PROVIDER_ASSETS_NOTIFY has no mail" in caplog.text


def test_send_to_an_http_receiver_arrives():
    with http_receiver() as received:
        assert send(ALERT, [SecretStr(f"json://127.0.0.1:{received.port}/hook")])
    assert received.messages == [(ALERT.title, ALERT.body.rstrip("\n"))]


@pytest.mark.parametrize("kind", ["failure", "warning", "success"])
def test_alert_arrives_with_its_kind(kind):
    with http_receiver() as received:
        assert send(replace(ALERT, kind=kind), [SecretStr(f"json://127.0.0.1:{received.port}/")])
    assert received.kinds == [kind]


def test_send_to_a_mail_server_arrives_at_the_contact():
    with smtp_receiver() as received:
        notify = [
            SecretStr(f"mailto://127.0.0.1:{received.port}?from=pa@x.example&to=us@x.example")
        ]
        assert send(ALERT, recipients(notify, "desk@mercy.example"))
    assert received.recipients == [["us@x.example"], ["desk@mercy.example"]]
    assert [title for title, _ in received.messages] == [ALERT.title, ALERT.title]
    assert all("and what to do" in body for _, body in received.messages)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("json://user:hunter2@127.0.0.1:{port}/secret-token", "was not taken"),
        ("nonsense://hunter2@secret-token", "is not an address that Apprise knows"),
    ],
)
def test_send_that_fails_raises_nothing_and_logs_no_secret(url, why, caplog, capfd):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = SecretStr(url.format(port=nobody.getsockname()[1]))
        with caplog.at_level(logging.DEBUG):
            assert not send(ALERT, [address])
    assert why in caplog.text
    output = capfd.readouterr()
    for secret in ("hunter2", "secret-token"):
        assert secret not in caplog.text + output.out + output.err


def test_send_after_one_address_failed_still_reaches_the_next():
    with http_receiver(500) as refusing, http_receiver() as taking:
        urls = [SecretStr(f"json://127.0.0.1:{each.port}/") for each in (refusing, taking)]
        assert not send(ALERT, urls)
    assert taking.messages == [(ALERT.title, ALERT.body.rstrip("\n"))]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:3131"),
        ("::1", "http://[::1]:3131"),
        ("0.0.0.0", f"http://{socket.gethostname()}:3131"),
    ],
)
def test_links_lead_to_where_dev_listens(host, address):
    assert address_of(host, 3131) == address
