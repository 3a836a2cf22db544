"""The dialect of the tables: what is written is what is read back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2ctdna.tables import (
    read_parquet,
    read_table,
    read_tables,
    write_parquet,
    write_table,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.tsv"


def written(frame, path):
    write_table(frame, path)
    return path.read_text()


def test_missing_is_an_empty_cell(path):
    frame = pd.DataFrame({"text": ["a", None], "number": [np.nan, 0.5]})
    assert written(frame, path) == "text\tnumber\na\t\n\t0.5\n"


def test_flags_are_yes_and_no(path):
    frame = pd.DataFrame({"flag": [True, False]})
    assert written(frame, path) == "flag\nyes\nno\n"
    assert read_table(path)["flag"].to_list() == ["yes", "no"]


def test_numbers_without_fractions_are_written_as_integers(path):
    frame = pd.DataFrame({"days": [1.0, np.nan, -3.0], "mixed": [1.0, 2.5, np.nan]})
    assert written(frame, path) == "days\tmixed\n1\t1.0\n\t2.5\n-3\t\n"


def test_integer_too_large_for_a_float_is_not_rewritten(path):
    assert written(pd.DataFrame({"n": [2.0**60]}), path) == "n\n1.152921504606847e+18\n"


def test_identifiers_that_look_like_numbers_stay_text(path):
    columns = ["patient_id", "sample_id", "specimen_id", "patient_ids", "excluded_ids"]
    frame = pd.DataFrame({column: ["12", "1e5", "1.0"] for column in columns})
    write_table(frame, path)
    pd.testing.assert_frame_equal(read_table(path), frame)


def test_text_of_a_result_stays_text_though_every_cell_looks_like_a_number(tmp_path):
    path = tmp_path / "emergent.tsv"
    write_table(pd.DataFrame({"chrom": ["1", "17"], "pos": ["5", "9"]}), path)
    frame = read_table(path)
    assert frame["chrom"].to_list() == ["1", "17"]
    assert frame["pos"].to_list() == [5.0, 9.0]


def test_column_of_a_result_without_any_cell_keeps_its_type(tmp_path):
    path = tmp_path / "0.findings.tsv"
    path.write_text("row\tmessage\n\t\n\t\n")
    frame = read_table(path)
    assert frame["row"].dtype == float
    assert frame["message"].to_list() == [None, None]


def test_level_is_a_word_in_one_result_and_a_number_in_another(tmp_path):
    for name in ("adverse_events", "ctdna_samples"):
        (tmp_path / f"{name}.tsv").write_text("level\n1\n")
    assert read_table(tmp_path / "adverse_events.tsv")["level"].to_list() == ["1"]
    assert read_table(tmp_path / "ctdna_samples.tsv")["level"].to_list() == [1.0]


def test_word_in_a_column_of_numbers_is_named_with_its_place(tmp_path):
    path = tmp_path / "rates.tsv"
    path.write_text("endpoint\tn\norr\t3\norr\tthree\n")
    with pytest.raises(ValueError, match=r"rates.tsv, row 3, column n: 'three' is no"):
        read_table(path)


def test_covariate_with_a_leading_zero_stays_text(path):
    write_table(pd.DataFrame({"site": ["007", "12"]}), path)
    assert read_table(path)["site"].to_list() == ["007", "12"]


@pytest.mark.parametrize("word", ["NA", "null", "nan", "None", "inf", "1+", "1,5", "."])
def test_word_that_others_take_for_missing_or_a_number_stays_text(path, word):
    write_table(pd.DataFrame({"covariate": [word, "1"]}), path)
    assert read_table(path)["covariate"].to_list() == [word, "1"]


def test_numbers_are_read_as_floats_and_missing_as_nan(path):
    path.write_text("a\tb\tc\n1\t-0.5\t\n\t1e-05\tx\n")
    frame = read_table(path)
    assert frame["a"].dtype == float
    np.testing.assert_array_equal(frame["a"], [1.0, np.nan])
    np.testing.assert_array_equal(frame["b"], [-0.5, 1e-05])
    assert frame["c"].to_list() == [None, "x"]


def test_column_without_any_cell_is_missing_throughout(path):
    path.write_text("patient_id\tday\nP1\t\nP2\t\n")
    assert read_table(path)["day"].isna().to_list() == [True, True]


def test_table_without_rows_keeps_its_columns(path):
    frame = pd.DataFrame(
        {"text": pd.Series(dtype=object), "number": pd.Series(dtype=float)}
    )
    assert written(frame, path) == "text\tnumber\n"
    assert list(read_table(path).columns) == ["text", "number"]
    assert len(read_table(path)) == 0


def test_tabs_quotes_and_line_breaks_in_text_survive(path):
    frame = pd.DataFrame({"text": ["a\tb", 'say "x"', "two\nlines", "ä"]})
    write_table(frame, path)
    pd.testing.assert_frame_equal(read_table(path), frame)


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_are_written_and_read_to_the_last_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("floats") / "table.tsv"
    write_table(pd.DataFrame({"x": values}), path)
    assert read_table(path)["x"].to_list() == values


def test_parquet_keeps_missing_text_and_numbers(tmp_path):
    frame = pd.DataFrame({"patient_id": ["007", None], "day": [1.5, np.nan]})
    write_parquet(frame, tmp_path / "table.parquet")
    read = read_parquet(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(read, frame)
    assert read.loc[1, "patient_id"] is None


def test_parquet_bytes_depend_on_the_rows_alone(tmp_path):
    frame = pd.DataFrame({"a": ["x", "y"]}, index=[5, 9])
    write_parquet(frame, tmp_path / "1.parquet")
    write_parquet(frame.reset_index(drop=True), tmp_path / "2.parquet")
    files = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_tables_of_a_step_are_read_by_name_and_other_files_left_out(tmp_path):
    frame = pd.DataFrame({"a": ["x"]})
    write_table(frame, tmp_path / "one.tsv")
    write_parquet(frame, tmp_path / "two.parquet")
    (tmp_path / "three.yaml").touch()
    files = {
        "one": str(tmp_path / "one.tsv"),
        "two": str(tmp_path / "two.parquet"),
        "three": str(tmp_path / "three.yaml"),
        "many": [str(tmp_path / "one.tsv")],
    }
    tables = read_tables(files)
    assert list(tables) == ["one", "two"]
    pd.testing.assert_frame_equal(tables["one"], tables["two"])
