"""Maps that come with the workflow."""

import pandas as pd
import pytest
import yaml

from her2ctdna.findings import Finding
from her2ctdna.inputs.ready_maps import NEEDED, propose_maps, read_ready_maps
from her2ctdna.inputs.sheet_maps import Written, apply_maps
from her2ctdna.settings.config import merge_config
from her2ctdna.settings.config_checks import check_config

MAPS = ("adam", "cbioportal", "chinese", "redcap")


@pytest.fixture(scope="module")
def ready(root):
    return read_ready_maps(root / "config" / "maps")


def test_each_map_is_read_by_the_path_that_a_user_sees(ready):
    assert list(ready) == [f"config/maps/{name}.yaml" for name in MAPS]
    assert ready["config/maps/adam.yaml"]["patients"]["patient_id"] == ["USUBJID"]


@pytest.mark.parametrize("name", MAPS)
def test_each_map_is_a_config_with_names_and_words_of_ours(root, name):
    folder = root / "config"
    ready = yaml.safe_load((folder / "maps" / f"{name}.yaml").read_text())
    assert ready.keys() == {"columns", "values"}
    config = yaml.safe_load((folder / "config.yaml").read_text())
    schema = root / "workflow" / "schemas" / "config.schema.yaml"
    merged = merge_config(config, ready)
    assert check_config(merged, yaml.safe_load(schema.read_text())) == []
    written = Written(columns=merged["columns"], values=merged["values"])
    for table, columns in ready["columns"].items():
        header = [names[0] for names in columns.values()]
        sheet = pd.DataFrame([header], columns=header, index=[2], dtype=object)
        found, findings = apply_maps(sheet, table=table, written=written)
        assert findings == []
        assert list(found.columns) == list(columns)


def test_sheet_that_looks_like_a_ready_map_is_told_once(ready):
    missing = [
        Finding("error", "patients", 1, column, "", "", NEEDED)
        for column in ("patient_id", "first_dose_date")
    ]
    other = Finding("error", "her2", 1, "ihc", "", "", NEEDED)
    raw = {
        "patients": pd.DataFrame(columns=["STUDYID", "USUBJID", "TRTSDT", "DTHDT"]),
        "her2": pd.DataFrame(columns=["patient_id", "x"]),
    }
    kept, told = propose_maps([*missing, other], [], raw, ready)
    assert kept == other
    assert (told.severity, told.table, told.row) == ("error", "patients", 1)
    assert told.message.startswith(
        "lacks patient_id, first_dose_date, but looks like the sheets of "
        "config/maps/adam.yaml (it has USUBJID, TRTSDT, DTHDT)"
    )
    assert propose_maps([*missing, other], [], raw, {}) == [*missing, other]
    # a map that has none of what is lacking is no help
    raw["patients"] = pd.DataFrame(columns=["TRTEDT", "DTHDT", "AGE"])
    assert propose_maps(missing, [], raw, ready) == missing


def test_column_that_a_map_misnames_is_not_asked_for_again(ready):
    needed = Finding("error", "ada", 1, "result", "", "", NEEDED)
    wrong = Finding("error", "config", None, "columns.ada.result", "", "RES", "no")
    raw = {"ada": pd.DataFrame(columns=["x"])}
    assert propose_maps([needed], [wrong], raw, ready) == []
