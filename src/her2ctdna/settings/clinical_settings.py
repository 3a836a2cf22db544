"""The settings `definitions.her2`, `response` and `safety`."""

from typing import Annotated, Literal

from annotated_types import Gt, MinLen
from typing_extensions import TypedDict

from her2ctdna.settings.setting_key import (
    NAMED,
    UNIQUE,
    Count,
    DaysOrNever,
    Key,
    NullRemoves,
    Positive,
    Text,
    Words,
)

Her2Class = Literal["absent", "ultralow", "zero_unspecified", "low"]
Classes = Annotated[list[Her2Class], UNIQUE]
RangePolicy = Literal["lower", "higher", "indeterminate"]
IhcResult = Literal["0", 0, "1+", "2+", "3+", "ultralow", "absent"]
IshResult = Literal["negative", "positive", "equivocal"]
Terms = Annotated[
    list[Text], MinLen(1), Words({"description": "a list of preferred terms"})
]
LookalikeWords = Annotated[
    list[Text], MinLen(1), Words({"description": "a list of words"})
]


class Her2Settings(TypedDict):
    """Which reading of HER2 a patient has, and what makes the groups."""

    reader: Annotated[
        Literal["central_first", "local_first", "central", "local"],
        Key(
            "whose reading of HER2 counts where there are several",
            "central_first",
            more="`central_first`, `local_first`: that reader if it has a readable "
            "result, else another; `central`, `local`: no other",
        ),
    ]
    specimen: Annotated[
        Literal[
            "most_recent", "metastasis_first", "primary_first", "highest", "lowest"
        ],
        Key(
            "which specimen counts where there are several",
            "most_recent",
            more="The reader is chosen first",
        ),
    ]
    zero: Annotated[
        Classes,
        Key(
            "HER2 classes that make the group HER2-zero",
            ["absent", "ultralow", "zero_unspecified"],
        ),
    ]
    low: Annotated[Classes, Key("HER2 classes that make the group HER2-low", ["low"])]
    recode: Annotated[
        dict[str, Literal[IhcResult, IshResult, None]],
        Key(
            "results of IHC and ISH cells that are written in a way of their own",
            {},
            more='Such as `"1+ (outside 3+)": 1+`. Of an IHC cell 0, 1+, 2+, 3+, '
            "ultralow or absent, of an ISH cell negative, positive or equivocal; "
            "`null` is no result. It goes before all reading of forms, and nothing "
            "else in that cell counts then",
            of_each="result given to an IHC or ISH cell that is written like this",
        ),
    ]
    range_policy: Annotated[
        RangePolicy,
        Key(
            "what a range of two IHC scores is",
            "indeterminate",
            more="The lower or higher score of `0-1+`, or indeterminate",
        ),
    ]


class TruncateDays(TypedDict):
    """Days after which follow-up is cut off."""

    pfs: Annotated[
        DaysOrNever, Key("days after which PFS is cut off; empty: never", None, "days")
    ]
    os: Annotated[
        DaysOrNever, Key("days after which OS is cut off; empty: never", None, "days")
    ]


class ConfirmationSettings(TypedDict):
    """When a response is confirmed."""

    confirmation_days: Annotated[
        Count,
        Key("days after which a second response confirms a first", 28, "days"),
    ]
    max_ne_between: Annotated[
        Count,
        Key(
            "not-evaluable assessments allowed between a response and its confirmation",
            1,
            "assessments",
        ),
    ]
    accept_sd_between_pr: Annotated[
        bool,
        Key(
            "whether stable disease may lie between a partial response and its "
            "confirmation",
            False,
            more="One SD",
        ),
    ]


class ResponseSettings(ConfirmationSettings):
    """What a response and a time to event are."""

    evaluator: Annotated[
        Text,
        Key(
            "whose tumour assessments count",
            "investigator",
            more="`investigator`, `independent`, or any other name of the column "
            "`evaluator`",
        ),
    ]
    source: Annotated[
        Literal["reported", "lesions"],
        Key(
            "overall response as reported, or derived from lesions",
            "reported",
            more="`lesions`: RECIST 1.1 derived from `lesions`",
        ),
    ]
    confirmed: Annotated[
        bool, Key("whether only a confirmed response counts in ORR and DoR", True)
    ]
    sd_min_days: Annotated[
        Count,
        Key("days from first dose from which stable disease counts", 42, "days"),
    ]
    clinical_benefit_days: Annotated[
        Count,
        Key(
            "days from first dose without progression that make a clinical benefit "
            "(CBR)",
            168,
            "days",
            more="CR, PR, or not progressed at an assessment from this day",
        ),
    ]
    ne_is_adequate: Annotated[
        bool,
        Key("whether a not-evaluable assessment may be the day of censoring", False),
    ]
    new_therapy: Annotated[
        Literal["censor", "ignore"],
        Key(
            "what a new anticancer therapy does to PFS: censor it before, or ignore it",
            "censor",
            more="`ignore` is the treatment policy",
        ),
    ]
    missed_assessment_days: Annotated[
        DaysOrNever,
        Key(
            "days without assessment before an event that censor PFS; empty: never",
            None,
            "days",
            more="A longer gap censors at the last adequate assessment",
        ),
    ]
    count_first_day: Annotated[
        bool,
        Key(
            "whether the first day counts: duration = end minus start plus 1, in days",
            True,
        ),
    ]
    truncate_days: Annotated[TruncateDays, Key("days after which times are cut off")]
    baseline_window: Annotated[
        DaysOrNever,
        Key(
            "last day on which a scan is still the baseline; empty: day 0",
            None,
            "days",
            more="Of reported assessments only those without a response can be one "
            "after day 0",
        ),
    ]
    treatment_gap_days: Annotated[
        Positive,
        Key(
            "days without a dose after which the time on treatment has ended",
            120,
            "days",
            more="More days than these end it, as a new therapy or a death does",
        ),
    ]


class InterestSettings(TypedDict):
    """Which adverse events count, and which are of special interest."""

    emergent_days: Annotated[
        Count,
        Key(
            "days after the last dose during which an adverse event still counts",
            30,
            "days",
        ),
    ]
    special_interest: Annotated[
        dict[str, Terms],
        NAMED,
        NullRemoves(),
        Key(
            "terms of the sheet by the name they are counted under",
            more="See below; `null` removes one",
            of_each="terms of an adverse event of special interest",
        ),
    ]


class SafetySettings(InterestSettings):
    """Which adverse events count, and what an antibody is called.

    `special_interest` holds the known risks of HER2-directed conjugates: interstitial
    lung disease first, neutropenia, left ventricular dysfunction, infusion-related
    reaction. Each is shown also where nobody had it. Terms are compared without regard
    to case and blanks, so a term that is spelt otherwise is not counted, and one that
    is almost the same is a warning: give the preferred terms of your dictionary (the
    default lists are no MedDRA query; a list that you give replaces that of its name).
    The flag `of_interest` of the sheet is counted beside them.
    """

    special_interest_words: Annotated[
        dict[str, LookalikeWords],
        NAMED,
        Key(
            "words that make a term look like an event of special interest",
            more="By the same names, such as ILD, LVEF, 间质性肺. A term with one of "
            "them that is on no list is a warning, is not counted, and stands beside "
            "the row",
            of_each="words that make a term look like this event",
        ),
    ]
    ada_titre_scale: Annotated[
        Literal["linear", "log2", "log10"],
        Key(
            "how titres are written: as multiples or as logarithms",
            "linear",
            more="All below 10 on a linear scale is a warning",
        ),
    ]
    ada_titre_fold: Annotated[
        float,
        Gt(1),
        Key("rise over a positive baseline titre that makes an antibody boosted", 4),
    ]
    ada_persistent_days: Annotated[
        Count,
        Key(
            "days between the first and the last positive sample that make an antibody "
            "persistent",
            112,
            "days",
        ),
    ]
