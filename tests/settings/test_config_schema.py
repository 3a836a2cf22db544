"""The schema of the config, made from its types."""

import pytest
import yaml

from her2ctdna.settings.config_schema import dump_schema, make_schema


def test_the_schema_that_is_checked_is_the_one_of_the_types(root):
    path = root / "workflow" / "schemas" / "config.schema.yaml"
    assert path.read_text(encoding="utf-8") == dump_schema(), "run: make settings"
    assert yaml.safe_load(dump_schema()) == make_schema()


def tables_of(schema):
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from tables_of(part)


def test_unknown_keys_are_errors_at_every_level():
    tables = list(tables_of(make_schema()))
    assert len(tables) > 15
    assert all(table["additionalProperties"] is False for table in tables)


@pytest.mark.parametrize(
    ("part", "needed"),
    [("Her2Settings", None), ("CtdnaSettings", None), ("AssociationSettings", None)],
)
def test_a_section_needs_none_of_its_keys(part, needed):
    assert make_schema()["$defs"][part].get("required") == needed


def test_what_a_study_names_needs_all_its_keys():
    association = make_schema()["$defs"]["AssociationSettings"]["properties"]
    family = association["families"]["additionalProperties"]
    assert family["required"] == ["endpoints", "biomarkers"]
    assert association["predeclared"]["items"]["required"] == ["endpoints", "group_by"]
