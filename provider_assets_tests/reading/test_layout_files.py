"""Layout files: what they may say, and what is said about a wrong one."""

import pytest

from provider_assets.errors import UsageError
from provider_assets.reading.layouts import layout_text, load_layouts, parse_layout

GOOD = "name: mercy\ncolumns: {npi: NPI, full_name: [Name]}\n"


def _folder(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_built_in_layouts_are_there_without_a_folder():
    assert [one.name for one in load_layouts(None)] == ["generic", "hospital_a", "hospital_b"]
    assert [one.name for one in load_layouts(None) if one.fallback] == ["generic"]


def test_folders_layouts_stand_beside_the_built_in_ones(tmp_path):
    names = [one.name for one in load_layouts(_folder(tmp_path, mercy=GOOD))]
    assert names == ["generic", "hospital_a", "hospital_b", "mercy"]


def test_layout_of_a_built_in_name_replaces_it(tmp_path):
    own = GOOD.replace("mercy", "hospital_a")
    layouts = {one.name: one for one in load_layouts(_folder(tmp_path, own=own))}
    assert layouts["hospital_a"].columns == {"npi": ("NPI",), "full_name": ("Name",)}


@pytest.mark.parametrize("layout", load_layouts(None), ids=lambda one: one.name)
def test_layout_written_as_text_says_the_same(layout):
    assert parse_layout(layout_text(layout), "again.yaml") == layout


def test_texts_that_yaml_would_change_stay_texts():
    text = GOOD + "terminations: {column: Action, values: [No, off, 007, D]}\n"
    text += "rules: {npi-first-digit: off}\n"
    layout = parse_layout(text, "mercy.yaml")
    assert layout.terminations[0].values == ("No", "off", "007", "D")
    assert layout.rules == {"npi-first-digit": "off"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "colums: {}\n", "colums: is not a key; allowed are name, description, columns"),
        (
            GOOD + "terminations: {colum: A, values: [D]}\n",
            "terminations.colum: is not a key; allowed are column, values, date_column",
        ),
        (GOOD + "terminations: {column: A}\n", "terminations: column and values go together"),
        (GOOD + "terminations: {}\n", "terminations: needs column with values, or date_column"),
        (GOOD + "rules: {npi-chek: off}\n", "rules: 'npi-chek' is not a rule; allowed are term"),
        (GOOD + "rules: {npi-check-digit: no}\n", "rules.npi-check-digit: input should be 'rej"),
        (
            GOOD + "rules: {npi-missing: off}\n",
            "rules: npi-missing: cannot be 'off', since such a row never loads; allowed is reject",
        ),
        (GOOD + "rules: {npi-malformed: warn}\n", "npi-malformed: cannot be 'warn'"),
        (GOOD + "rules: {full-name-missing: off}\n", "full-name-missing: cannot be 'off'"),
        (GOOD + "rules: {value-too-long: warn}\n", "value-too-long: cannot be 'warn'"),
        (GOOD + "on_existing: replace\n", "on_existing: input should be 'reject' or 'update'"),
        (
            GOOD.replace("npi:", "npy:"),
            "columns.npy: 'npy' is not a field; allowed are entity_name, first_na",
        ),
        (GOOD.replace("npi: NPI", "last_name: Last"), "columns: npi needs a column"),
        (GOOD.replace("[Name]", "[npi]"), "columns: 'npi' feeds both npi and full_name"),
        (GOOD.replace("[Name]", "['*']"), "columns: full_name: a header is empty"),
        (GOOD.replace("[Name]", "[]"), "columns: full_name: needs at least one header"),
        (GOOD.replace("full_name", "last_name"), "full_name needs a column, or a template"),
        (GOOD + "optional: [npi]\n", "npi cannot be optional, derived or constant"),
        (GOOD + "constants: {npi: '1'}\n", "npi cannot be optional, derived or constant"),
        (GOOD + 'derive: {entity_name: "{city}"}\n', "entity_name: '{city}' must be made of"),
        (GOOD + 'derive: {entity_name: "{0.__class__}"}\n', "must be made of other fields"),
        (GOOD + 'derive: {entity_name: "{npi"}\n', "is not a template"),
        (GOOD.replace("mercy", "Mercy Hospital"), "name: string should match pattern"),
        (GOOD + "name: again\n", "line 3 is not YAML: 'name' stands twice"),
        ("name: [", "line 1 is not YAML"),
        ("just text", "holds no layout; see docs/layouts.md"),
        ("", "is empty; delete it, or write a layout into it"),
        (GOOD + "contact: !!python/object/apply:os.system ['true']\n", "is not YAML"),
        ("&a [*a]", "holds no layout"),
    ],
)
def test_wrong_layout_is_told_with_file_key_and_what_is_allowed(tmp_path, text, told):
    with pytest.raises(UsageError) as raised:
        load_layouts(_folder(tmp_path, mercy=text))
    assert raised.value.message.startswith("layouts: mercy.yaml: ")
    assert told in raised.value.message


def test_every_wrong_layout_is_told_at_once(tmp_path):
    with pytest.raises(UsageError) as raised:
        load_layouts(_folder(tmp_path, a="x", b=GOOD, c=GOOD, d=GOOD + "color: red\nsize: 1\n"))
    for told in ("a.yaml: ", "c.yaml: name: b.yaml has the name mercy too", "color: ", "size: "):
        assert told in raised.value.message


def test_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(UsageError, match="PROVIDER_ASSETS_LAYOUTS"):
        load_layouts(tmp_path / "missing")


def test_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "mercy.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"mercy\.yaml: cannot be read"):
        load_layouts(tmp_path)


def test_empty_file_is_passed_over_while_a_layout_is_drafted_and_only_then(tmp_path):
    (tmp_path / "new.yaml").touch()
    (tmp_path / "county.yaml").write_text("name: county\ncolumns: {npi: [N], full_name: [P]}\n")
    assert "county" in {layout.name for layout in load_layouts(tmp_path, drafting=True)}
    with pytest.raises(UsageError, match=r"new\.yaml: is empty"):
        load_layouts(tmp_path)
