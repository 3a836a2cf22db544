"""The tables of settings in config/README.md, made from the types."""

import pytest

from her2ctdna.settings.config_types import Config, Definitions
from her2ctdna.settings.key_list import hints_of, list_settings
from her2ctdna.settings.readme_tables import write_tables


@pytest.fixture(scope="module")
def readme(root):
    return (root / "config" / "README.md").read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_types(readme):
    assert write_tables(readme) == readme, "run: make settings"


@pytest.mark.parametrize("name", hints_of(Definitions))
def test_every_key_has_its_row(readme, name):
    settings = list(list_settings(hints_of(Definitions)[name]))
    table = readme.split(f"<!-- keys of definitions.{name} -->")[1]
    rows = table.split("<!-- end of keys -->")[0].strip().splitlines()[2:]
    assert len(rows) == len(settings) > 3
    for row, setting in zip(rows, settings, strict=True):
        assert row.startswith(f"| `{setting.path}` | ")
        assert setting.key.says in row


def test_an_edited_table_is_written_again(readme):
    edited = readme.replace("| `alpha` | 0.05 |", "| `alpha` | 0.5 |")
    assert edited != readme
    assert write_tables(edited) == readme


def test_a_row_says_default_bounds_and_unit(readme):
    row = (
        "| `cycle_days` | 21 | whole number ≥ 1 (days) | length of a treatment cycle |"
    )
    assert row in readme
    sections = {"study", "inputs", "columns", "values", "definitions", "analyses"}
    assert hints_of(Config).keys() == sections
