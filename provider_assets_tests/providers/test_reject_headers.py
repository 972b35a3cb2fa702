import pytest

from provider_assets.providers.returned import has_reject_headers, reject_headers
from provider_assets.providers.roster import RosterSource, SheetSource

OURS = ["Reason", "What to do", "Sheet", "Row"]


def test_reject_headers_never_repeat_the_rosters_own():
    assert reject_headers(["NPI", "Name"]) == tuple(OURS)
    assert reject_headers(["NPI", "reason:", " ROW"]) == (
        "Reject Reason", "What to do", "Sheet", "Reject Row",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (["NPI", "Name", *OURS], True),
        (["NPI", "reason:", *reject_headers(["reason:"])], True),
        (["NPI", None, "sheet", "ROW", "what to do ", "reason"], True),
        (["NPI", "Name"], False),
        (["NPI", "Reason", "Sheet", "Row"], False),
        ([], False),
    ],
)
def test_reject_workbook_that_came_back_is_known_by_its_headers(headers, told):
    assert has_reject_headers(headers) is told


def test_roster_is_returned_only_where_all_its_sheets_are():
    def source(*returned):
        sheets = tuple(SheetSource("S", 1, (), one) for one in returned)
        return RosterSource("a-0", "a.xlsx", "0", 1, "xlsx", "generic", "0", sheets)

    assert [source(*one).is_returned for one in ((True, True), (True, False), (False,), ())] == [
        True, False, False, False,
    ]  # fmt: skip
    assert RosterSource.from_json(source(True).to_json()) == source(True)
