"""The settings `definitions.ctdna`: what is tracked, detected, cleared."""

from typing import Annotated, Literal, NotRequired, Required, final

from annotated_types import Ge, Gt, Le, Len
from typing_extensions import TypedDict

from her2ctdna.settings.setting_key import (
    NAMED,
    UNIQUE,
    Count,
    Fraction,
    Key,
    Names,
    Positive,
    Text,
    Words,
)

Share = Annotated[float, Ge(0), Le(1)]
Rate = Annotated[Fraction, Words({"description": "a rate above 0 and below 1"})]
Metric = Literal["mean_vaf", "max_vaf", "pooled_vaf", "mtm_per_ml", "level"]

ErrorRates = TypedDict(
    "ErrorRates",
    {
        "C>A": Fraction,
        "C>G": Fraction,
        "C>T": Fraction,
        "T>A": Fraction,
        "T>C": Fraction,
        "T>G": Fraction,
        "insertion": Fraction,
        "deletion": Fraction,
        "other": Fraction,
        "default": Required[Fraction],
    },
    total=False,
)
ErrorRates.__doc__ = "such rates by class of change, with a default"


@final
class LandmarkByDay(TypedDict):
    """The sample nearest to a day, within a window."""

    day: Positive
    window: Count


@final
class LandmarkByLabel(TypedDict):
    """The sample of a time point, against another one than the baseline if named."""

    timepoint: Text
    reference: NotRequired[Text]


Landmark = LandmarkByDay | LandmarkByLabel
Landmarks = dict[str, Landmark]


class CallerLimit(TypedDict):
    """From what on the caller reports a variant."""

    alt_count: Annotated[
        Positive,
        Key(
            "molecules from which the caller reports a variant; where only the depth "
            "is known, its silence excludes no fewer",
            3,
            "molecules",
        ),
    ]
    vaf: Annotated[
        Share,
        Key("variant allele fraction from which the caller reports a variant", 0.0005),
    ]


class Germline(TypedDict):
    """What is germline."""

    min_vaf: Annotated[
        Share,
        Key(
            "variant allele fraction from which it may be germline",
            0.4,
            more="In leukocytes; without them near 50 % (`min_vaf` to `1 - min_vaf`) "
            "in two or more plasma samples",
        ),
    ]
    min_homozygous_vaf: Annotated[
        Share,
        Key(
            "variant allele fraction that is near 100 % where leukocytes are not "
            "measured",
            0.9,
            more="From it on in two or more plasma samples",
        ),
    ]
    max_population_af: Annotated[
        Share,
        Key("population frequency above which a variant is germline", 0.001),
    ]


class OfBiomarkers(TypedDict):
    """What the biomarkers take from the settings of ctDNA."""

    metric: Annotated[Metric, Key("what the level of ctDNA in a sample is", "mean_vaf")]
    landmarks: Annotated[
        Landmarks,
        NAMED,
        Key(
            "days or time points at which clearance is looked at",
            {"C2D1": {"day": 21, "window": 7}, "C3D1": {"day": 42, "window": 10}},
            more="By `day` and `window` (the nearest sample, ties the earlier, never "
            "the baseline sample), or by `timepoint` and `reference` (labels). Given, "
            "they replace the default's, in an analysis too",
            of_each="landmark: the sample nearest to the day within the window, or of "
            "that label",
        ),
    ]
    min_alt_count: Annotated[
        Count,
        Key(
            "mutant molecules a variant needs to be tracked",
            3,
            "molecules",
            more="0 tracks what is listed at baseline, seen or not",
        ),
    ]


class CtdnaSettings(OfBiomarkers):
    """What is tracked, what is detected, and what a clearance is."""

    track: Annotated[
        Literal["baseline", "tissue", "union"],
        Key(
            "where the tracked variants come from",
            "baseline",
            more="`union`: baseline or tissue",
        ),
    ]
    baseline_window: Annotated[
        list[int],
        Len(2, 2),
        Key(
            "days from first dose between which the last sample is the baseline",
            [-28, 1],
            "days",
        ),
    ]
    pass_only: Annotated[
        bool, Key("whether a variant must have passed the caller's filters", True)
    ]
    min_depth: Annotated[
        Positive,
        Key(
            "molecules at a site below which it is not informative, in any sample",
            1000,
            "molecules",
            more="Needed to be tracked too",
        ),
    ]
    min_vaf: Annotated[
        Share,
        Key("variant allele fraction a variant needs to be tracked", 0.0005),
    ]
    filter_fail: Annotated[
        Names, Key("filter words that remove a record even at a tracked site", [])
    ]
    caller_limit: Annotated[
        CallerLimit, Key("from how many molecules and which VAF a variant is reported")
    ]
    error_rate: Annotated[
        Rate | ErrorRates,
        Key(
            "errors per base among consensus molecules",
            1e-4,
            more="Or by class of change (C>A, C>G, C>T, T>A, T>C, T>G, insertion, "
            "deletion, other) with a `default`; strands are folded, G>A is C>T",
            of_each="errors per base among consensus molecules, by class of change",
        ),
    ]
    error_source: Annotated[
        Literal["config", "estimate"],
        Key(
            "whether the error rate is the configured one or estimated from samples",
            "config",
            more="`estimate`: from leukocytes and from plasma at other patients' loci, "
            "per class, the configured rate weighing as much as the molecules that "
            "give one error",
        ),
    ]
    test: Annotated[
        Literal["poisson", "likelihood_ratio"],
        Key(
            "which test decides detection: molecules alike (poisson), or loci weighted "
            "by their VAF at baseline (likelihood_ratio)",
            "poisson",
        ),
    ]
    suppress_outliers: Annotated[
        bool,
        Key(
            "whether a locus that stands out alone in a sample is set aside",
            False,
            more="In samples that are not detected without it; listed in "
            "`outlying_loci` either way",
        ),
    ]
    alpha: Annotated[
        Fraction,
        Key(
            "level of the one-sided test by which a sample is called detected",
            0.05,
        ),
    ]
    germline: Annotated[Germline, Key("what is germline")]
    ch_genes: Annotated[
        Names,
        Key(
            "genes of clonal haematopoiesis",
            [
                *("DNMT3A", "TET2", "ASXL1", "PPM1D", "JAK2"),
                *("SF3B1", "SRSF2", "CBL", "GNB1"),
            ],
            more="Where leukocytes are not measured",
        ),
    ]
    ch_policy: Annotated[
        Literal["exclude", "tag"],
        Key(
            "what is done with variants in these genes",
            "exclude",
            more="`tag`: keep them tracked",
        ),
    ]
    leukocyte_fold: Annotated[
        float,
        Gt(0),
        Key(
            "multiple of the leukocyte VAF that a plasma VAF must reach to be tumour",
            5,
            more="Nor is one above it tumour that the counts do not bear out",
        ),
    ]
    resistance_genes: Annotated[
        Names,
        Key(
            "genes whose emergent variants are pointed out",
            ["TOP1", "TACSTD2", "ERBB2"],
        ),
    ]
    clearance_max_fraction: Annotated[
        float,
        Gt(0),
        Le(1),
        Key(
            "share of the baseline level that a sample must have been able to see for "
            "its clearance to count",
            0.1,
        ),
    ]
    molecular_response: Annotated[
        list[Fraction],
        UNIQUE,
        Key(
            "ratios to baseline at or below which a fall is a molecular response",
            [0.5, 0.1],
            more="Named by reduction: mr50, mr90",
        ),
    ]
    rebound_fold: Annotated[
        float,
        Gt(1),
        Key(
            "multiple of the lowest level that is a rebound, unless it follows a "
            "clearance",
            2,
            more="After a clearance any detection is one",
        ),
    ]
