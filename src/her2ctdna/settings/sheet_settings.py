"""The settings `columns` and `values`: a study's own names and words in its sheets."""

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from her2ctdna.settings.setting_key import NAMED, Names, Text, Words

Columns = Annotated[
    dict[
        str,
        Annotated[Text, Words({"description": "the name of a column of the sheet"})]
        | Annotated[
            Names, Words({"description": "a list of names, of which it may have one"})
        ],
    ],
    NAMED,
]
"""Our name: the name in the sheet, or several of which it may have one."""

Translations = Annotated[
    dict[
        str,
        Annotated[Text, Words({"description": "a word"})] | bool | int | float | None,
    ],
    NAMED,
]
"""What is written: our word; null is missing."""

Values = Annotated[dict[str, Translations], NAMED]


class ColumnSettings(TypedDict):
    """How the columns of each sheet are called there."""

    patients: NotRequired[Columns]
    her2: NotRequired[Columns]
    samples: NotRequired[Columns]
    variants: NotRequired[Columns]
    levels: NotRequired[Columns]
    assessments: NotRequired[Columns]
    lesions: NotRequired[Columns]
    adverse_events: NotRequired[Columns]
    ada: NotRequired[Columns]


class ValueSettings(TypedDict):
    """How the words of each sheet are written there, by our column."""

    patients: NotRequired[Values]
    her2: NotRequired[Values]
    samples: NotRequired[Values]
    variants: NotRequired[Values]
    levels: NotRequired[Values]
    assessments: NotRequired[Values]
    lesions: NotRequired[Values]
    adverse_events: NotRequired[Values]
    ada: NotRequired[Values]
