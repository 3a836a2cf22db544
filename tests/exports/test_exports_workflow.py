"""What leaves in the forms of others, by Snakemake, against the tables of the run."""

import json
import re
import shutil
import time
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from office_text import (
    grids_of_slides,
    grids_of_word,
    numbers_of,
    parts_of,
    text_of_slides,
)
from portal_rules import RULES
from small_studies import STUDIES

from her2ctdna.inputs.adam import read_supplied
from her2ctdna.inputs.cbioportal import read_table_of
from her2ctdna.inputs.supplied import compare_supplied
from her2ctdna.provenance.run_record import file_sha256
from her2ctdna.settings.catalogue import exports_of, tables_of
from her2ctdna.tables import read_parquet, read_table

STUDY = STUDIES["everything"]
RESULTS = "results/primary"
TABLES = tables_of(STUDY.sheets)
TAKEN_AWAY = ("slides.pptx", "tables.docx")


@pytest.fixture(scope="module")
def run(snakemake_in, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    config = STUDY.write(folder)
    beside = [f"{RESULTS}/{name}" for name in ("ard.parquet", "report.html")]
    run = snakemake_in(folder, "exports", *beside, config=config)
    assert run.code == 0, run.output
    return run


@pytest.fixture(scope="module")
def primary(run):
    return run.folder / RESULTS


def test_target_exports_makes_all_of_the_catalogue_and_all_makes_none_of_it(
    run, snakemake_in
):
    for file in exports_of(STUDY.sheets):
        assert (run.folder / RESULTS / file).exists(), file
    planned = snakemake_in(
        run.folder, "--dry-run", config=STUDY.write(run.folder)
    ).output
    assert "write_provenance" in planned
    assert "export_" not in planned
    assert "write_take_away" not in planned


@pytest.mark.parametrize("file", TABLES)
def test_parquet_beside_a_table_has_its_rows_and_columns(primary, file):
    table = read_table(primary / file)
    typed = read_parquet((primary / file).with_suffix(".parquet"))
    assert list(typed) == list(table)
    for column in table:
        if pd.api.types.is_numeric_dtype(table[column]):
            assert typed[column].dtype == np.float64
            np.testing.assert_array_equal(typed[column], table[column])
        else:
            assert list(typed[column].fillna("")) == list(table[column].fillna(""))


def test_each_number_of_each_table_is_once_in_the_ard_and_nothing_else(primary):
    ard = read_parquet(primary / "ard.parquet")
    found = list(
        ard[["table", "row", "statistic", "value"]].itertuples(index=False, name=None)
    )
    expected = []
    for file in TABLES:
        if file.startswith("tables/"):
            table = read_table(primary / file)
            for column in table.select_dtypes("number"):
                known = table[column].dropna()
                rows = zip(known.index + 1, known, strict=True)
                expected += [(Path(file).stem, row, column, cell) for row, cell in rows]
    assert len(found) == len(set(found)) > 1000
    assert sorted(found) == sorted(expected)


def test_table_keys_and_method_tell_the_rows_of_the_ard_apart(primary):
    rows = read_parquet(primary / "ard.parquet").drop_duplicates(["table", "row"])
    assert not rows.duplicated(["table", "keys", "method"]).any()


def test_keys_of_the_ard_are_words_of_the_row(primary):
    ard = read_parquet(primary / "ard.parquet").drop_duplicates(["table", "row"])
    for name, rows in ard.groupby("table"):
        table = read_table(primary / f"tables/{name}.tsv")
        for row, text in zip(rows["row"], rows["keys"], strict=True):
            keys = json.loads(text)
            assert list(keys) == sorted(keys)
            assert all(table.at[row - 1, key] == keys[key] for key in keys)


def test_patients_of_a_rate_are_known_in_each_row(primary):
    ard = read_parquet(primary / "ard.parquet")
    for name in ("rates", "survival", "contrasts", "survival_curves"):
        rows = ard[ard["table"] == name]
        assert len(rows) > 0
        assert rows["patients_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_adam_out_and_in_again_agrees_in_every_endpoint(primary):
    endpoints = read_table(primary / "endpoints.tsv")
    compared = compare_supplied(endpoints, read_supplied(primary / "adam"))
    assert set(compared["agrees"]) == {"yes"}
    assert set(compared["endpoint"]) == {
        *["bor", "confirmed_bor", "pfs_days", "pfs_event", "os_days", "os_event"],
        *["dor_days", "dor_event"],
    }


def test_cbioportal_out_and_in_again_has_the_same_durations(primary):
    sheet = read_table_of(str(primary / "cbioportal"), "patients")[0].sheet
    patients = read_table(primary / "patients.tsv")
    assert list(sheet["patient_id"]) == list(patients["patient_id"])
    for name in ("os_days", "pfs_days"):
        days = pd.to_numeric(sheet[name]).astype(float)
        np.testing.assert_allclose(days, patients[name], rtol=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_folder_of_a_run_keeps_the_rules_of_the_portal(primary, rule):
    rule(primary / "cbioportal")


def test_no_calendar_date_leaves(primary):
    date = re.compile(rb"\b(19|20)\d\d-[01]\d-[0-3]\d\b")
    for folder in ("adam", "cbioportal"):
        for path in (primary / folder).rglob("*.*"):
            assert date.search(path.read_bytes()) is None, path
    for name in TAKEN_AWAY:
        for part, content in parts_of((primary / name).read_bytes()).items():
            assert date.search(content) is None, part


def test_each_number_taken_away_stands_in_the_report(primary):
    pages = [primary / name for name in ("report.html", "appendix.html")]
    told = numbers_of("\n".join(opened_text(page.read_text()) for page in pages))
    slides, tables = ((primary / name).read_bytes() for name in TAKEN_AWAY)
    grids = grids_of_word(tables)
    cells = [cell for grid in grids for row in grid for cell in row]
    for text in (text_of_slides(slides), "\n".join(cells)):
        numbers = numbers_of(text)
        assert len(numbers) > 40
        assert numbers - told == set()


def test_no_patient_is_taken_away(primary):
    patients = set(read_table(primary / "patients.tsv")["patient_id"])
    slides, tables = ((primary / name).read_bytes() for name in TAKEN_AWAY)
    grids = [*grids_of_slides(slides), *grids_of_word(tables)]
    cells = [cell for grid in grids for row in grid for cell in row]
    words = set(re.findall(r"[\w-]+", "\n".join([*cells, text_of_slides(slides)])))
    assert words & patients == set()


def test_made_again_elsewhere_it_is_the_same_byte_for_byte(
    run, primary, snakemake_in, tmp_path, monkeypatch
):
    shutil.copytree(run.folder, tmp_path / "moved")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    files = [f"{RESULTS}/{name}" for name in TAKEN_AWAY]
    alone = ["--allowed-rules", "write_take_away", "--forcerun", "write_take_away"]
    config = STUDY.write(tmp_path / "moved")
    again = snakemake_in(tmp_path / "moved", *files, *alone, config=config)
    assert again.code == 0, again.output
    for name in TAKEN_AWAY:
        made, before = tmp_path / "moved" / RESULTS / name, primary / name
        assert made.stat().st_mtime_ns > before.stat().st_mtime_ns
        assert file_sha256(made) == file_sha256(before)


def opened_text(html):
    """Return the text of a page without its tags."""
    return unescape(re.sub(r"<[^>]*>", " ", html))
