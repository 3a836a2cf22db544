"""The settings `study` and `inputs`: what the study is, and where its sheets are."""

from typing import Annotated, Literal, NotRequired

from typing_extensions import TypedDict

from her2ctdna.settings.setting_key import ONE_LINE, Count, Key, Positive, Text, Words

DayInMonth = Literal["first", "last", "refuse"]
Caller = Literal[
    "Mutect2",
    "VarDict",
    "Strelka2",
    "LoFreq",
    "VarScan2",
    "FreeBayes",
    "Varlociraptor",
    "DRAGEN",
    "TNscope",
    "MuSE",
    "GATK",
    "umiVar",
    "smCounter2",
    "TorrentVariantCaller",
    "Platypus",
    "Pisces",
    "ClairS",
    "generic",
]
CutoffDate = Annotated[
    str,
    Words({"pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "an ISO 8601 date"}),
]
Origin = Annotated[
    str, Words({"pattern": f"{ONE_LINE}[^,]+$", "description": "text without a comma"})
]


class PartialDates(TypedDict):
    """The day that a date without one (2024-02) takes, by sheet."""

    patients: Annotated[DayInMonth, Key("in `patients`", "refuse")]
    her2: Annotated[DayInMonth, Key("in `her2`", "first")]
    samples: Annotated[DayInMonth, Key("in `samples`", "refuse")]
    levels: Annotated[DayInMonth, Key("in `levels`", "refuse")]
    assessments: Annotated[DayInMonth, Key("in `assessments`", "last")]
    lesions: Annotated[DayInMonth, Key("in `lesions`", "first")]
    adverse_events: Annotated[DayInMonth, Key("in `adverse_events`", "first")]
    ada: Annotated[DayInMonth, Key("in `ada`", "refuse")]


class Counting(TypedDict):
    """How molecules are counted in alignments, for all analyses."""

    min_base_quality: Annotated[
        Count, Key("quality needed of each base that differs", 20, "Phred")
    ]
    min_mapping_quality: Annotated[
        Count, Key("mapping quality needed of a read", 30, "Phred")
    ]
    min_family_size: Annotated[
        Positive,
        Key(
            "reads needed behind a molecule",
            1,
            "reads",
            more="Tags cD (fgbio) or XV (DRAGEN), else the fragments that share MI. "
            "Above 1, alignments without such tags are not measured",
        ),
    ]


class StudySettings(TypedDict):
    """What the study is, for all analyses."""

    id: Annotated[
        Text, Key("identifier of the study, shown in the report", "NCT06452706")
    ]
    title: Annotated[
        Text,
        Key(
            "title of the study, shown in the report",
            "TQB2102 in HER2-negative recurrent or metastatic breast cancer",
        ),
    ]
    synthetic: Annotated[
        bool,
        Key(
            "whether all data are made up: stamped on every figure and the report",
            True,
            more="The demo's are; a study that gives its own `inputs` is `false` "
            "unless it says so",
        ),
    ]
    registry: Annotated[
        Text | None,
        Key(
            "file of the registry entry whose endpoints the study has; empty: none",
            "config/registry/NCT06452706.yaml",
            more="Its wording with two readings becomes a section of the report, which "
            "otherwise names no registry entry. That of the demo ships with the "
            "workflow; a study that gives its own `inputs` has none unless it says so",
        ),
    ]
    encoding: Annotated[
        Text | None,
        Key(
            "encoding of sheets of text without a byte order mark; empty: UTF-8",
            None,
            more="Such as gb18030, windows-1252, utf-16; that of `.xpt` files too",
        ),
    ]
    date_order: Annotated[
        Literal["dmy", "mdy", "ymd", None],
        Key(
            "order of day and month in dates with the year last; empty: none is read",
            None,
            more="`dmy`: 03.02.2025 is 3 February, `mdy`: 2 March. With `ymd`, or "
            "without it, such a date is an error, even where it could only be one. "
            "Dates with the year first need no order",
        ),
    ]
    day_one: Annotated[
        Literal[0, 1],
        Key(
            "the day of first dose, where a study gives its times as days",
            0,
            more="1: study days as CDISC counts them, without a day 0. Landmarks and "
            "all other settings count from 0. Folders (`inputs.sdtm`, "
            "`inputs.cbioportal`) know theirs",
        ),
    ]
    cycle_days: Annotated[Positive, Key("length of a treatment cycle", 21, "days")]
    origin: Annotated[
        Origin,
        Key(
            "what supplied durations of PFS and OS count from",
            "first dose",
            more="Such as diagnosis or randomisation, without a comma; said wherever "
            "they are shown. Those of another origin have no time from a landmark, no "
            "part in clearance as it happens, and no duration of response",
        ),
    ]
    data_cutoff: Annotated[
        Annotated[int, Words({"description": "days since first dose"})]
        | CutoffDate
        | None,
        Key(
            "date or day after which records are set aside and counted",
            None,
            more="As the study counts time",
        ),
    ]
    partial_dates: Annotated[
        PartialDates,
        Key(
            "the day of a date without one (`2024-02`)",
            more="`first` of the month (the day of first dose where that is in the "
            "month), `last`, or `refuse`. An end (`ended_date`) takes the last day; a "
            "first dose is never filled in. Each is a warning with its row",
        ),
    ]
    caller: Annotated[
        Literal[Caller, None],
        Key(
            "whose rules count the calls in all VCFs; empty: the caller that each "
            "header names",
            None,
            more="generic: AD, else AO and RO",
        ),
    ]
    reference: Annotated[
        Text | None,
        Key(
            "FASTA of the genome that calls and alignments were made with",
            None,
            more="Plain or bgzipped; with it insertions and deletions are "
            "left-aligned, those of a MAF get the form of a VCF, and indels are sought "
            "over their whole repeat in `alignments`. Needed for CRAM; `alignments` "
            "need its `.fai` beside it",
        ),
    ]
    counting: Annotated[
        Counting, Key("how molecules are counted in `alignments`, for all analyses")
    ]


class InputSettings(TypedDict):
    """The path of each sheet, relative to the working directory.

    ``sdtm`` is a folder of domains and ``cbioportal`` a study folder; either gives
    patients and what else it holds.
    """

    patients: NotRequired[Text]
    her2: NotRequired[Text]
    samples: NotRequired[Text]
    variants: NotRequired[Text]
    levels: NotRequired[Text]
    assessments: NotRequired[Text]
    lesions: NotRequired[Text]
    adverse_events: NotRequired[Text]
    ada: NotRequired[Text]
    sdtm: NotRequired[Text]
    cbioportal: NotRequired[Text]
    adam: NotRequired[Text]
