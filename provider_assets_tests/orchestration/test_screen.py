"""What the commands print can be typed as it stands, and a pipe gets whole lines."""

from provider_assets_tests.reading.files import HEADERS, PEOPLE, write_text

LONG = "a-roster-with-a-name-" * 8 + ".csv"


def test_hints_name_the_home_that_the_user_named(sqlite_home):
    named = sqlite_home.root / "another home"
    told = sqlite_home.call("--home", named, "undo", "5")
    assert (told.status, told.stderr) == (
        2,
        f"error: there is no import 5; `provider-assets --home '{named}' imports` lists them\n",
    )
    rows = [("Number", "Who"), ("x", "y")]
    refused = sqlite_home.call(
        "--home", named, "load", write_text(sqlite_home.root / "r.csv", rows)
    )
    assert f"(`provider-assets --home '{named}' layouts suggest FILE` drafts it)" in refused.stdout


def test_hints_name_no_home_where_none_was_named(sqlite_home):
    sqlite_home.call("--home", sqlite_home.root / "another", "imports")
    told = sqlite_home.call("undo", "5")
    assert told.stderr == "error: there is no import 5; `provider-assets imports` lists them\n"


def test_pipe_gets_each_row_of_a_table_in_one_line_and_unpadded(sqlite_home):
    roster = write_text(sqlite_home.root / LONG, [HEADERS, *PEOPLE])
    first, row, *_ = sqlite_home.call("load", roster).stdout.splitlines()
    assert (first.split(), row.split()) == (
        ["roster", "status", "read", "invalid", "duplicate", "inserted"],
        [LONG, "loaded", "2", "0", "0", "2"],
    )
    for command in (("imports",), ("trace", PEOPLE[0][0])):
        lines = sqlite_home.call(*command).stdout.splitlines()
        assert sum(LONG in line for line in lines[:3]) >= 1
        assert [line for line in lines if line != line.rstrip()] == []


def test_draft_says_how_to_name_a_folder_of_layouts_only_where_none_is_set(sqlite_home):
    roster = write_text(sqlite_home.root / "r.csv", [HEADERS, *PEOPLE])
    named = sqlite_home.root / "named"
    told = sqlite_home.call("--home", named, "layouts", "suggest", roster)
    assert (
        f"name the folder in {named}/.env, such as PROVIDER_ASSETS_LAYOUTS=layouts" in told.stderr
    )
    (sqlite_home.root / "layouts").mkdir()
    sqlite_home.set(LAYOUTS="layouts")
    assert sqlite_home.call("layouts", "suggest", roster).stderr == ""


def test_brackets_in_a_layout_are_shown_as_they_are(sqlite_home):
    (sqlite_home.root / "layouts").mkdir()
    (sqlite_home.root / "layouts" / "own.yaml").write_text(
        'name: own\ndescription: "Ours [old] and [/new]"\n'
        'columns: {npi: ["NPI [type one]"], full_name: ["Name [/legal]"]}\n'
    )
    sqlite_home.set(LAYOUTS="layouts")
    listed = sqlite_home.call("layouts", "list").stdout
    assert "Ours [old] and [/new]" in listed
    assert "NPI [type one], Name [/legal]" in listed
