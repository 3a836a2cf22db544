"""SAS transport files: read back by two readers, and the same bytes each time."""

import re
import time

import numpy as np
import pandas as pd
import pyreadstat

from her2ctdna.exports.transport_file import DataSet, write_transport

FRAME = pd.DataFrame(
    {
        "USUBJID": ["P1", "P2"],
        "AVAL": [30.4375 * 21.7, np.nan],
        "AVALC": [None, "Späte Antwort"],
        "EMPTY": pd.Series([None, None], dtype=object),
    }
)
LABELS = {name: f"Label of {name}" for name in FRAME}


def written(path, frame=FRAME):
    write_transport(DataSet(frame, "Response", LABELS), path)
    return path.read_bytes()


def test_rows_labels_and_names_are_read_back(tmp_path):
    path = tmp_path / "adrs.xpt"
    written(path)
    back, told = pyreadstat.read_xport(path)
    assert back["AVAL"][0] == FRAME["AVAL"][0]
    assert list(back["AVALC"]) == ["", "Späte Antwort"]
    assert list(back["EMPTY"]) == ["", ""]
    assert told.column_names_to_labels == LABELS
    assert (told.table_name, told.file_label) == ("ADRS", "Response")


def test_another_reader_reads_the_same(tmp_path):
    path = tmp_path / "adtte.xpt"
    # that of pandas counts rows well that are longer than a record of 80 bytes
    written(path, FRAME.assign(AVALC=["a" * 100, "b"]))
    back = pd.read_sas(path, format="xport", encoding="utf-8")
    assert list(back["USUBJID"]) == ["P1", "P2"]
    np.testing.assert_allclose(back["AVAL"], FRAME["AVAL"], rtol=1e-14)


def test_bytes_are_the_same_at_another_time(tmp_path):
    first = written(tmp_path / "adrs.xpt")
    time.sleep(1.1)
    assert written(tmp_path / "adrs.xpt") == first
    assert set(re.findall(rb"\d\d[A-Z]{3}\d\d(?::\d\d){3}", first)) == {
        b"01JAN60:00:00:00"
    }


def test_text_is_cut_at_what_the_form_holds(tmp_path):
    path = tmp_path / "adrs.xpt"
    written(path, FRAME.assign(AVALC=["é" * 150, "x" * 201]))
    back, _ = pyreadstat.read_xport(path)
    assert list(back["AVALC"]) == ["é" * 100, "x" * 200]


def test_without_rows_the_variables_stay(tmp_path):
    path = tmp_path / "adrs.xpt"
    written(path, FRAME[:0])
    back, told = pyreadstat.read_xport(path)
    assert (len(back), told.column_names) == (0, list(FRAME))
