"""The folder that `her2ctdna init` writes runs, and what its comments say is so."""

import re
from importlib.resources import files

import pytest
import yaml

from her2ctdna.inputs.columns import FIELDS, sheet_columns
from her2ctdna.starter.command import main
from her2ctdna.starter.study_folder import write_study_folder

SHEETS = sorted(FIELDS)


@pytest.fixture
def folder(tmp_path):
    write_study_folder(tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture(scope="module")
def config():
    text = (files("her2ctdna.starter") / "files" / "study.yaml").read_text()
    return text, yaml.safe_load(text)


def header_of(text):
    return next(line for line in text.splitlines() if not line.startswith("#"))


def validate(snakemake_in, folder):
    study = folder / "study.yaml"
    return snakemake_in(folder, "validate", "--configfile", str(study))


def test_nothing_is_to_be_said_of_it(folder, snakemake_in):
    run = validate(snakemake_in, folder)
    assert run.code == 0, run.output
    assert "6 enrolled, 6 treated" in run.output
    assert "Findings: 0 errors, 0 warnings, 0 notes" in run.output


def test_a_wrong_cell_is_told_and_ends_in_an_error(folder, snakemake_in):
    sheet = folder / "her2.tsv"
    text = sheet.read_text()
    sheet.write_text(text.replace("2023-12-01\tmetastasis", "2023-12-01\tnode"))
    run = validate(snakemake_in, folder)
    assert run.code == 1
    assert "her2.tsv, row 6, specimen: 'node' take one of: primary" in run.output
    assert not (folder / "results" / "primary").exists()


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_has_only_columns_that_are_read_and_all_it_needs(folder, name):
    columns = header_of((folder / f"{name}.tsv").read_text()).split("\t")
    known = sheet_columns(name, time="date")
    assert set(columns) - {"hr_status", "age"} <= set(known)
    assert {column for column, field in known.items() if field.needed} <= set(columns)


@pytest.mark.parametrize("name", SHEETS)
def test_columns_named_in_comments_are_there(folder, name):
    text = (folder / f"{name}.tsv").read_text()
    header = header_of(text).split("\t")
    comments = [line for line in text.splitlines() if line.startswith("# ")]
    said = " ".join(line for line in comments if not line.startswith("# example"))
    for word in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", said):
        values = {value for field in FIELDS[name].values() for value in field.values}
        assert word in {*header, *values, *FIELDS[name]}, word


def test_each_example_row_can_take_its_place(folder, snakemake_in):
    for sheet in folder.glob("*.tsv"):
        lines = sheet.read_text().splitlines()
        example = next(line for line in lines if line.startswith("# example: "))
        sheet.write_text(
            "\n".join([*lines, example.removeprefix("# example: ")]) + "\n"
        )
    study = folder / "study.yaml"
    of_calls = study.read_text()
    of_levels = re.sub(r"# (levels|lesions): ", r"\1: ", of_calls)
    of_levels = re.sub(r"(?m)^  (samples|variants): .*\n", "", of_levels)
    for inputs in (of_calls, of_levels):
        study.write_text(inputs)
        run = validate(snakemake_in, folder)
        assert run.code == 0, run.output
        assert "7 enrolled, 7 treated" in run.output


def test_settings_have_their_defaults_and_the_words_that_stand_beside_them(
    config, defaults, schema
):
    text, given = config
    for chapter, settings in given["definitions"].items():
        properties = schema["properties"]["definitions"]["properties"][chapter]
        named = properties["$ref"].rpartition("/")[2]
        for key, value in settings.items():
            if key not in ("landmarks", "covariates"):
                assert value == defaults["definitions"][chapter][key], key
            line = re.search(rf"(?m)^    {key}: .*?# (.*)$", text)
            words = line[1].split(" | ") if line and " | " in line[1] else None
            if words and words != ["true", "false"]:
                assert words == schema["$defs"][named]["properties"][key]["enum"], key
    assert set(given["inputs"]) < set(FIELDS)


def test_nothing_is_written_over(folder, capsys):
    before = (folder / "patients.tsv").read_bytes()
    (folder / "her2.tsv").unlink()
    with pytest.raises(SystemExit, match=r"has README\.md, ada\.tsv, .*another folder"):
        main(["init", str(folder)])
    assert (folder / "patients.tsv").read_bytes() == before
    assert not (folder / "her2.tsv").exists()


def test_the_command_says_what_comes_next(tmp_path, capsys):
    main(["init", str(tmp_path / "new")])
    assert f"snakemake validate --configfile {tmp_path}/new/study.yaml" in (
        capsys.readouterr().out
    )
