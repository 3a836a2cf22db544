"""Tables with the types of the catalogue, whatever their cells hold."""

import pandas as pd
import pyarrow as pa
import pytest

from her2ctdna.exports.typed_tables import type_table
from her2ctdna.settings.catalogue import number_columns
from her2ctdna.tables import read_parquet, read_table, write_parquet, write_table

CELLS = {
    "patient_id": ["007", "P2"],
    "age": [61.0, None],
    "site": ["Ulm", None],
    "treated": ["yes", "no"],
    "pfs_days": [90.0, None],
    "clearance_C2D1": ["cleared", None],
    "ratio_C2D1": [None, None],
}
PATIENTS = pd.DataFrame(CELLS)


def typed(table, file="patients.tsv", landmarks=("C2D1",)):
    return type_table(table, number_columns(file, landmarks))


def test_text_is_text_numbers_are_float64_and_missing_is_null(tmp_path):
    path = tmp_path / "patients.tsv"
    write_table(PATIENTS, path)
    table = typed(read_table(path))
    types = {field.name: field.type for field in table.schema}
    assert {name for name in types if types[name] == pa.float64()} == {
        *("age", "pfs_days", "ratio_C2D1")
    }
    assert {*types.values()} == {pa.float64(), pa.string()}
    assert table.to_pydict() == CELLS


def test_a_table_without_rows_has_the_same_types():
    schema = typed(PATIENTS.assign(age=[1.0, 2.0], ratio_C2D1=[0.1, 0.2])).schema
    assert typed(PATIENTS[:0].astype({"age": float, "site": object})).schema == schema


def test_column_of_a_landmark_is_known_by_the_name_of_the_landmark():
    assert typed(PATIENTS, landmarks=()).schema.field("ratio_C2D1").type == pa.string()


def test_number_that_is_empty_in_all_rows_stays_a_number():
    rates = pd.DataFrame({"endpoint": ["orr"], "ci_low": [None], "ci_method": [None]})
    schema = typed(rates, file="tables/rates.tsv").schema
    assert [field.type for field in schema] == [pa.string(), pa.float64(), pa.string()]


@pytest.mark.parametrize("name", ["one.parquet", "other.parquet"])
def test_bytes_depend_on_the_rows_alone_and_are_read_back(tmp_path, name):
    table = typed(PATIENTS)
    write_parquet(table, tmp_path / name)
    write_parquet(typed(PATIENTS.copy()), tmp_path / "again.parquet")
    assert (tmp_path / name).read_bytes() == (tmp_path / "again.parquet").read_bytes()
    back = read_parquet(tmp_path / name)
    assert list(back) == list(PATIENTS)
    assert list(back["patient_id"]) == ["007", "P2"]
