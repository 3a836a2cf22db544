"""Tables are written with the columns that their entries in the catalogue have."""

import pytest
import yaml
from written_columns import check_columns, check_table

from her2ctdna.settings.catalogue import FIGURES, files_of
from her2ctdna.settings.results.entries import Column, PerLandmark, Result, text


def test_tables_of_the_demo_have_the_columns_of_the_catalogue(demo, root):
    config = yaml.safe_load((root / "config/config.yaml").read_text())
    tables = [*files_of(config["inputs"]), *(f"{name}.tsv" for name in FIGURES)]
    per_analysis = len([file for file in tables if file.endswith(".tsv")])
    checked = check_columns(demo.folder / "results", list(config["inputs"]))
    # and the findings, the flow and the self-check, which all analyses share
    assert checked == 3 * per_analysis + 3


ENTRY = Result(
    "a.tsv",
    ("a",),
    columns=(
        *text("first"),
        Column("mr<percent>", "flag"),
        PerLandmark(text("state", "change")),
        *text("class", needs=("her2",)),
    ),
)


@pytest.mark.parametrize(
    ("header", "inputs"),
    [
        ("first", []),
        ("first mr50 mr90", []),
        ("first class", ["her2"]),
        ("first state_A change_A state_B change_B", ["samples"]),
    ],
)
def test_columns_follow_the_config_and_the_inputs(tmp_path, header, inputs):
    path = tmp_path / "a.tsv"
    path.write_text(header.replace(" ", "\t") + "\n")
    check_table(path, ENTRY, ["A", "B"], inputs)


@pytest.mark.parametrize(
    "header",
    ["", "first more", "first state_A state_B change_A change_B", "class first"],
)
def test_another_header_is_found(tmp_path, header):
    path = tmp_path / "a.tsv"
    path.write_text(header.replace(" ", "\t") + "\n")
    with pytest.raises(AssertionError):
        check_table(path, ENTRY, ["A", "B"], ["samples", "her2"])
