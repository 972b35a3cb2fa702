import pandas as pd
import pyarrow as pa
import pytest

from provider_assets.providers.fields import FIELDS
from provider_assets.providers.frames import (
    CLEAN,
    RAW,
    REJECTED,
    BrokenFrameError,
    as_table,
    empty,
    schema,
)


def clean(**changed: object) -> pd.DataFrame:
    """Two clean rows; a keyword gives a column other values."""
    values = (
        {name: [None, None] for name in FIELDS}
        | {
            "entity_name": ["Clinic", None],
            "first_name": ["Ann", "Bo"],
            "last_name": ["Doe", "Roe"],
            "full_name": ["Doe, Ann", "Roe, Bo"],
            "npi": ["2000000101", "2000000119"],
            "sheet": ["Sheet1", "Sheet1"],
            "row": [2, 3],
            "warnings": ["", ""],
        }
        | changed
    )
    index = pd.Index([0, 1], name="position")
    text = {name: "str" for name in CLEAN if name != "row"}
    return pd.DataFrame(values, index=index)[list(CLEAN)].astype(text)


def test_frame_that_keeps_its_contract_becomes_its_arrow_table():
    table = as_table(clean())

    assert table.schema.equals(schema(CLEAN), check_metadata=False)
    assert table.to_pandas().equals(clean())


@pytest.mark.parametrize("columns", [RAW, REJECTED, CLEAN])
def test_frame_without_rows_keeps_its_contract(columns):
    assert as_table(empty(columns)).num_rows == 0


@pytest.mark.parametrize(
    "broken",
    [
        clean(npi=["2000000101", "200000011"]),
        clean(npi=["2000000101", "20000001190"]),
        clean(npi=["2000000101", None]),
        clean(full_name=["Doe, Ann", None]),
        clean(sheet=["Sheet1", None]),
        clean(row=[0, 3]),
        clean(row=["2", "x"]),
        clean().rename_axis("elsewhere"),
        clean().set_axis(pd.Index([4, 4], name="position")),
        clean().drop(columns="first_name"),
        clean().assign(ssn="078-05-1120"),
        clean()[list(reversed(CLEAN))],
    ],
)
def test_frame_that_breaks_its_contract_is_refused_without_a_value(broken):
    with pytest.raises(BrokenFrameError) as refused:
        as_table(broken)

    told = str(refused.value)
    assert "Doe" not in told
    assert "2000000" not in told
    assert refused.value.__cause__ is refused.value.__context__ is None


def test_names_may_be_missing_where_a_row_is_rejected():
    rows = clean(full_name=["Doe, Ann", None], npi=["12", None]).rename(
        columns={"warnings": "codes"}
    )
    rows.insert(rows.columns.get_loc("codes"), "left_as", pd.Series(None, rows.index, dtype="str"))

    assert as_table(rows).column("npi").to_pylist() == ["12", None]
    assert pa.types.is_large_string(schema(REJECTED).field("npi").type)
