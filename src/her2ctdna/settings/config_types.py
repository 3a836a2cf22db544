"""The config as a whole: every key of config/config.yaml, by its type.

Jobs get the settings as plain dicts; these types say what is in them, to mypy, to the
schema, to config/README.md and to the report.
"""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from her2ctdna.settings.association_settings import AssociationSettings
from her2ctdna.settings.clinical_settings import (
    Her2Settings,
    ResponseSettings,
    SafetySettings,
)
from her2ctdna.settings.ctdna_settings import CtdnaSettings
from her2ctdna.settings.setting_key import ONE_LINE, Words
from her2ctdna.settings.sheet_settings import ColumnSettings, ValueSettings
from her2ctdna.settings.study_settings import InputSettings, StudySettings

FOLDERS = ("cohort", "ctdna", "comparison")
"""Folders of results that belong to the workflow and are no names of analyses."""

STUDY_FOLDERS = ("sdtm", "cbioportal")
"""Keys under ``inputs`` whose folder gives several tables; a study has one."""


Chapter = Literal["her2", "response", "ctdna", "safety", "association"]


class Definitions(TypedDict):
    """All definitions of an analysis."""

    her2: Her2Settings
    response: ResponseSettings
    ctdna: CtdnaSettings
    safety: SafetySettings
    association: AssociationSettings


class Overlay(TypedDict, total=False):
    """What an analysis lays over the definitions: any part of them."""

    her2: Her2Settings
    response: ResponseSettings
    ctdna: CtdnaSettings
    safety: SafetySettings
    association: AssociationSettings


Analyses = Annotated[
    dict[str, Overlay],
    Words(
        {
            "minProperties": 1,
            "propertyNames": {
                "pattern": ONE_LINE + r"(?!\.{1,2}$)[A-Za-z0-9._-]+$",
                "not": {"enum": list(FOLDERS)},
            },
        }
    ),
]


class Config(TypedDict):
    """Every key of config/config.yaml. Unknown keys are errors at every level."""

    study: StudySettings
    inputs: InputSettings
    columns: ColumnSettings
    values: ValueSettings
    definitions: Definitions
    analyses: Analyses
