"""The settings `definitions.association`: what is asked of the patients."""

from typing import Annotated, Literal, NotRequired

from annotated_types import Ge, Gt, Le, Len, Lt, MinLen
from typing_extensions import TypedDict

from her2ctdna.settings.setting_key import (
    NAMED,
    UNIQUE,
    Count,
    Fraction,
    Key,
    Names,
    Positive,
    Words,
)

Scores = Annotated[list[float], Len(4, 4)]
Resamples = Annotated[int, Ge(100)]
FewResamples = Annotated[int, Ge(10)]
Folds = Annotated[int, Ge(2)]
Milestone = Annotated[float, Gt(0)]
Difference = (
    Annotated[
        float,
        Ge(-1),
        Lt(0),
        Words({"description": "a difference of rates from -1 to 1"}),
    ]
    | Annotated[float, Gt(0), Le(1), Words({"description": "other than 0"})]
)
HazardRatio = (
    Annotated[float, Gt(0), Lt(1), Words({"description": "a hazard ratio above 0"})]
    | Annotated[float, Gt(1), Words({"description": "other than 1"})]
)


class EventsPerParameter(TypedDict):
    """Patients with the rarer outcome that an adjusted model asks for."""

    least: Annotated[
        float,
        Ge(1),
        Key(
            "patients with the rarer outcome per parameter below which nothing is "
            "adjusted",
            2,
            "patients",
        ),
    ]
    few: Annotated[
        float,
        Ge(1),
        Key("the same, below which an adjusted estimate has a note", 5, "patients"),
    ]


class FewPatients(TypedDict):
    """Below how many patients a result is marked and not led with."""

    contrast: Annotated[
        Positive,
        Key(
            "patients in the smaller group below which a contrast is marked",
            5,
            "patients",
        ),
    ]
    median: Annotated[
        Positive,
        Key("patients at risk below which a median time is marked", 10, "patients"),
    ]
    curve: Annotated[
        Positive,
        Key("patients below which a curve of survival is marked", 5, "patients"),
    ]


class ModelSettings(TypedDict):
    """The model of response: clinical covariates, and with HER2 and early ctDNA."""

    repeats: Annotated[
        Positive, Key("repeats of the cross-validation of the model", 10)
    ]
    folds: Annotated[
        Folds,
        Key(
            "folds of each repeat",
            5,
            more="Twice as many patients must respond, and as many not",
        ),
    ]
    inner_folds: Annotated[Folds, Key("folds inside a fit that choose its penalty", 3)]
    strengths: Annotated[
        list[Annotated[float, Gt(0)]],
        MinLen(1),
        UNIQUE,
        Key(
            "strengths of the penalty to choose from (C: small ones shrink more)",
            [0.03, 0.3],
            more="sklearn's C",
        ),
    ]
    bootstraps: Annotated[
        FewResamples,
        Key("samples with replacement that correct the optimism of the model", 50),
    ]
    permutations: Annotated[
        int,
        Ge(19),
        Key(
            "shuffled responses that the whole procedure is held against",
            99,
            more="So p is no smaller than 0.01. The model takes about 8 s of one core; "
            "time grows with `repeats` + `permutations`",
        ),
    ]


class Declared(TypedDict):
    """A question declared beforehand."""

    endpoints: Names
    group_by: Names
    origins: NotRequired[Names]


class Family(TypedDict):
    """Tests whose q-values are computed together."""

    endpoints: Names
    biomarkers: Names


class Confidence(TypedDict):
    """What every estimate takes."""

    confidence: Annotated[Fraction, Key("confidence of every interval", 0.95)]


class ConfidenceAndSeed(Confidence):
    """What every estimate with random draws takes."""

    seed: Annotated[Count, Key("seed of all random draws", 20240601)]


class TrendSettings(ConfidenceAndSeed):
    """What the trend over HER2 levels takes."""

    trend_scores: Annotated[
        list[Scores],
        MinLen(1),
        Key(
            "scores of absent, ultralow, 1+ and 2+ in the trend test; the first count",
            [[0, 1, 2, 3], [0, 0.5, 1, 2]],
            more="The others are a check",
        ),
    ]
    trend_band_resamples: Annotated[
        Resamples,
        Key("resamples for the band around the monotone fit", 10000, "resamples"),
    ]


class TestSettings(ConfidenceAndSeed):
    """What every test on random tables takes."""

    permutations: Annotated[
        Resamples,
        Key(
            "random tables of a test that cannot count them all",
            10000,
            "tables or divisions",
        ),
    ]


class BiomarkerSettings(TestSettings):
    """What the tests of biomarkers and of mutated genes take."""

    min_gene_frequency: Annotated[
        Fraction,
        Key(
            "share of patients in whom a gene must be found at baseline to be tested",
            0.1,
            more="Of the ctDNA-evaluable ones",
        ),
    ]
    spline_events: Annotated[
        int,
        Ge(10),
        Key(
            "events from which a biomarker is tested for a departure from a line",
            30,
            "events",
            more="Its Cox model is held against a spline",
        ),
    ]
    cutpoints: Annotated[
        dict[str, Literal["youden"]],
        Key(
            "biomarkers that are cut, and by what; empty: none is",
            {},
            more="`biomarker: youden` (`baseline_level`, `baseline_mean_vaf`, "
            "`baseline_max_vaf`, `ratio_<landmark>`): a cut-off chosen from the data, "
            "shown with its optimism corrected and without a test",
            of_each="how a biomarker is cut, with the optimism corrected",
        ),
    ]
    cutpoint_resamples: Annotated[
        FewResamples,
        Key("samples with replacement that correct a cut-off", 200, "resamples"),
    ]


class MilestoneSettings(Confidence):
    """What the reading of curves at milestones takes."""

    covariates: Annotated[
        Names,
        Key(
            "columns of patients adjusted for",
            ["hr_status", "prior_lines"],
            more="Shown beside the results too, and the clinical features of the model",
        ),
    ]
    groups: Annotated[Names, Key("further columns of patients to group by", [])]
    milestones_days: Annotated[
        list[Milestone],
        UNIQUE,
        Key(
            "days at which survival and cumulative incidence are read",
            [182.625, 365.25],
            "days",
            more="6 and 12 months, in `milestones.tsv` and `competing.tsv`",
        ),
    ]


class AssociationSettings(TrendSettings, BiomarkerSettings, MilestoneSettings):
    """What is grouped by, adjusted for and tested, and how."""

    exact_divisions: Annotated[
        Count,
        Key(
            "divisions of patients that a log-rank test takes one by one; more are "
            "sampled",
            1000000,
            "divisions",
            more="Of the patients into groups. The note tells the error that comes of "
            "sampling. A million takes some 3 s of one core",
        ),
    ]
    events_per_parameter: Annotated[
        EventsPerParameter,
        Key("patients with the rarer outcome that an adjusted model asks for"),
    ]
    few_patients: Annotated[
        FewPatients,
        Key(
            "below how many patients a result is marked as of few, and not led with",
            more="The note says `few: n = 3`",
        ),
    ]
    rmst_days: Annotated[
        Annotated[float, Gt(0)] | None,
        Key(
            "days up to which mean times are compared; empty: the smaller of the two "
            "groups' longest times",
            None,
            "days",
        ),
    ]
    model: Annotated[ModelSettings, Key("the model of response")]
    plausible_differences: Annotated[
        list[Difference],
        UNIQUE,
        Key(
            "true differences of rates at which errors of sign and size are computed",
            [0.1, 0.2, 0.3],
            more="Group minus reference: `exaggeration.tsv` says how often a result "
            "below `1 - confidence` has the wrong sign, and by how much it overstates. "
            "Name what earlier studies make plausible, not what was observed",
        ),
    ]
    plausible_hazard_ratios: Annotated[
        list[HazardRatio],
        UNIQUE,
        Key(
            "true hazard ratios at which errors of sign and size are computed",
            [0.8, 0.67, 0.5],
            more="Of PFS",
        ),
    ]
    predeclared: Annotated[
        list[Declared],
        Key(
            "questions declared before the data were looked at; all others are "
            "exploratory",
            more="By default the endpoints of NCT06452706 in all patients. A list of "
            "`endpoints` and `group_by`, with `origins` (such as `C2D1`) if these were "
            "declared too; `*` as wildcard. `[]`: none. A question by HER2 or ctDNA "
            "that your protocol declares belongs here: "
            "`{ endpoints: [orr], group_by: [her2_group] }`",
        ),
    ]
    families: Annotated[
        dict[str, Family],
        NAMED,
        Key(
            "which tests are adjusted together",
            more="`endpoints` and `biomarkers`, `*` as wildcard, first match wins. "
            "Given, they replace the default's, in an analysis too",
            of_each="tests whose q-values are computed together",
        ),
    ]
