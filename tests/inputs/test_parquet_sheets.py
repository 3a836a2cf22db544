"""Sheets as Parquet."""

from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from her2ctdna.inputs.grids import UnreadableSheetError
from her2ctdna.inputs.parquet_sheets import read_parquet_sheet


def test_typed_columns_become_text(tmp_path):
    path = tmp_path / "patients.parquet"
    table = pa.table(
        {
            "patient_id": pa.array(["007", "P2"]).dictionary_encode(),
            "first_dose_date": [date(2024, 1, 2), None],
            "seen": pa.array([datetime(2024, 1, 2, 3), None], pa.timestamp("ns")),
            "lines": [2.0, None],
            "ratio": [0.1, float("nan")],
            "ecog": pa.array([1, None], pa.int8()),
            "dose": pa.array([None, 5], pa.decimal128(5, 2)),
            "measurable": [True, False],
        }
    )
    pq.write_table(table, path)
    header, *rows = read_parquet_sheet(path)
    assert header == (1, table.column_names)
    assert rows == [
        (2, ["007", "2024-01-02", "2024-01-02T03:00:00", "2", "0.1", "1", "", "TRUE"]),
        (3, ["P2", "", "", "", "", "", "5", "FALSE"]),
    ]


def test_column_of_lists_and_other_files_are_errors(tmp_path):
    path = tmp_path / "her2.parquet"
    pq.write_table(pa.table({"patient_id": ["P1"], "ihc": [["1+"]]}), path)
    with pytest.raises(UnreadableSheetError, match="column ihc holds list"):
        read_parquet_sheet(path)
    path.write_text("patient_id\n")
    with pytest.raises(UnreadableSheetError, match="is no Parquet file"):
        read_parquet_sheet(path)


def test_table_without_rows_has_its_header(tmp_path):
    path = tmp_path / "ada.parquet"
    pq.write_table(pa.table({"patient_id": pa.array([], pa.string())}), path)
    assert read_parquet_sheet(path) == [(1, ["patient_id"])]
