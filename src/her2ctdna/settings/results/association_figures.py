"""Figures of association: every comparison, and survival."""

from her2ctdna.settings.results.association_results import CTDNA_RECIST
from her2ctdna.settings.results.entries import Figure, flag, number, text

_CURVES = (
    *text("endpoint", "origin"),
    *number("origin_day"),
    *text("counted_from", "group"),
    *flag("is_drawn"),
    *number(
        *("time_days", "at_risk", "events", "cumulative_events"),
        *("censored", "survival", "ci_low", "ci_high", "n", "n_events"),
        *("excluded", "median_days", "median_low", "median_high"),
        *("hazard_ratio", "hazard_low", "hazard_high"),
        *("hazard_firth", "hazard_firth_low", "hazard_firth_high"),
    ),
    *text("few"),
    *number("p_value"),
    *text("test", "test_note"),
)
_PFS = "Share of patients without progression or death, by time from "
_OS = "Share of patients without death, by time from "
_CURVE = """
    Ticks are patients last seen without the event, the shade is the pointwise log-log
    band at {{ confidence }}. The numbers below are patients at risk and, in brackets,
    the events so far: where few are left the curve is uncertain. Dotted lines lead to
    the medians: a median is where a curve crosses 50 %, its limits where the band does;
    not reached means that it does not. Months are days / 30.4375.
"""
_HOW = f"""
    {_CURVE} The hazard ratio is from a plain Cox model with profile-likelihood limits,
    unadjusted; where one group has no event it has one limit alone, and Firth's
    penalised estimate beside it. A group marked few has so few patients that its curve
    and median tell little. The p in the subtitle is of the log-rank test by
    permutation.
"""
_OF_ALL = f"""
    first dose, as nobody is randomised, or from what supplied durations count from,
    which the axis names, of all treated patients (Kaplan-Meier). {_CURVE}
"""
_BY_HER2 = f"""
    first dose, as nobody is randomised, or from what supplied durations count from,
    which the axis names, by HER2 group (Kaplan-Meier). {_HOW}
    The groups may differ in more than HER2.
"""
_BY_CLEARANCE = f"""
    the landmark that the axis names, its day plus window, by ctDNA clearance
    (Kaplan-Meier), so that no sample that defines a group lies after it. Patients
    with the event or censored before are not here, nor are those whose sample could
    not have shown a clearance. {_HOW}
"""

RESULTS = (
    Figure(
        "summary_forest",
        title="Biomarkers and outcome",
        section="Association",
        rule="plot_association",
        needs=("biomarker",),
        columns=(
            *text("section", "comparison", "group_by", "origin", "population"),
            *number(
                *("events", "n", "events_reference", "n_reference", "difference"),
                *("difference_low", "difference_high", "orr_p", "orr_q", "pfs_n"),
                *("pfs_n_reference", "hazard_ratio", "hazard_low", "hazard_high"),
            ),
            *text("hazard_method"),
            *number("pfs_p", "pfs_q"),
        ),
        caption="""
            {% if "response" in chapters %}On the left the difference of ORR, group
            minus reference (Newcombe), on the right the{% else %}The{% endif %} hazard
            ratio of PFS (Cox, profile limits), at {{ confidence }} and unadjusted;
            below 1 the first group fares better.{% if "ctdna" in chapters %} Molecular
            response is a fall of the level by as much or more.{% endif %} The rows are
            not independent: the same patients stand in all of them{% if "ctdna" in
            chapters and "response" in chapters %}, and ctDNA and response are measured
            in the same weeks{% endif %}. q is of the primary test of each row, adjusted
            within its family.
        """,
    ),
    Figure(
        "forest",
        title="ORR in every comparison",
        section="Association",
        rule="plot_association",
        needs=("response",),
        columns=(
            *text("section", "comparison", "population"),
            *number(
                *("n", "N", "n_reference", "N_reference", "estimate", "ci_low"),
                *("ci_high", "interaction_p", "odds_ratio", "odds_low"),
                *("odds_high", "odds_firth", "odds_firth_low", "odds_firth_high"),
            ),
        ),
        caption="""
            Each line is one comparison of the objective response rate: the mark is the
            difference, group minus reference, in percentage points, the line Newcombe's
            interval at {{ confidence }}, the vertical line where both groups respond
            alike. To the right of it the first group responds more often; an interval
            that crosses it holds both directions, and an arrow says that one goes on
            beyond the axis. n/N are responders and patients of both groups: all treated
            patients for what is known at first dose{% if "ctdna" in chapters %},
            ctDNA-evaluable ones for the landmarks{% endif %}.{% if "her2" in chapters
            %} Within subgroups HER2-low is set against HER2-zero in each level of a
            characteristic, with the p of their interaction: whether the odds ratio is
            the same in all levels.{% endif %} Nothing is adjusted, for other variables
            or for the number of comparisons, and they are not independent: the same
            patients stand in all of them.{% if "her2" in chapters %} HER2-low is more
            common in hormone-receptor-positive disease.{% endif %}{% if "ctdna" in
            chapters %} ctDNA and response are measured in the same weeks, so the
            sections of ctDNA describe, they do not forecast.{% endif %} Below stand the
            two odds ratios of the first comparison, conditional exact and Firth's;
            those of every line are in the table.
        """,
    ),
    Figure(
        "km_pfs",
        title="Progression-free survival",
        section="Response",
        rule="plot_association",
        module="kaplan_meier",
        columns=_CURVES,
        caption=_PFS + _OF_ALL,
    ),
    Figure(
        "km_os",
        title="Overall survival",
        section="Response",
        rule="plot_association",
        module="kaplan_meier",
        columns=_CURVES,
        caption=_OS + _OF_ALL,
    ),
    Figure(
        "km_dor",
        title="Duration of response",
        section="Response",
        rule="plot_association",
        module="kaplan_meier",
        needs=("response",),
        columns=_CURVES,
        caption=f"""
            Share of responders without progression or death, by time from their first
            response (Kaplan-Meier): a responder whose response was short lived ends
            early. Who did not respond is not here, so this is no survival of the
            cohort. {_CURVE}
        """,
    ),
    Figure(
        "km_pfs_her2",
        title="Progression-free survival by HER2 group",
        section="Association",
        rule="plot_association",
        module="kaplan_meier",
        needs=("her2",),
        columns=_CURVES,
        caption=_PFS + _BY_HER2,
    ),
    Figure(
        "km_os_her2",
        title="Overall survival by HER2 group",
        section="Association",
        rule="plot_association",
        module="kaplan_meier",
        needs=("her2",),
        columns=_CURVES,
        caption=_OS + _BY_HER2,
    ),
    Figure(
        "km_pfs_clearance",
        title="Progression-free survival by ctDNA clearance",
        section="Association",
        rule="plot_association",
        module="kaplan_meier",
        needs=("ctdna",),
        columns=_CURVES,
        caption=_PFS + _BY_CLEARANCE,
    ),
    Figure(
        "km_os_clearance",
        title="Overall survival by ctDNA clearance",
        section="Association",
        rule="plot_association",
        module="kaplan_meier",
        needs=("ctdna",),
        columns=_CURVES,
        caption=_OS + _BY_CLEARANCE,
    ),
    Figure(
        "ctdna_recist",
        title="ctDNA at the landmarks against the scans",
        section="Association",
        rule="plot_association",
        needs=("ctdna", "response"),
        columns=(
            *text("landmark", "ctdna", "recist", "measure"),
            *number("n", "N", "estimate", "ci_low", "ci_high"),
            *number("n_both", "n_ctdna_only", "n_recist_only", "n_neither"),
            *number("after_first_scan"),
        ),
        caption=CTDNA_RECIST,
    ),
    Figure(
        "clearance_bias",
        title="Clearance, naive and guarded",
        section="Association",
        rule="plot_association",
        needs=("ctdna",),
        columns=(
            *text("item", "endpoint", "panel", "group_by", "origin", "group"),
            *flag("biased"),
            *number(
                *("time_days", "at_risk", "events", "censored", "survival"),
            ),
            *text("few"),
            *number(
                *("estimate", "ci_low", "ci_high", "n", "n_reference"),
                *("n_events", "n_events_reference"),
            ),
            *text("ci_method"),
            *number("p_value"),
            *text("test"),
            *number("hazard_firth", "hazard_firth_low", "hazard_firth_high"),
        ),
        caption="""
            Three ways to set those cleared against the others. Left, the naive one,
            biased by immortal time and not to be believed: whoever was cleared at any
            time counts as cleared from first dose, though they had to live without
            the event until that draw; it has no test. Middle, from the landmark on,
            those followed on its day whose sample could show a clearance. Right, after
            Simon and Makuch, all treated patients with ctDNA at baseline, who count as
            not cleared until the draw of the first cleared sample: the panel begins
            with nobody cleared. Bands are log-log at {{ confidence }}. Below, the
            hazard ratios of plain Cox models with profile-likelihood limits,
            unadjusted, for Simon and Makuch with clearance as a time-dependent
            covariate. How far the first lies from another is immortal time alone only
            where both have the same patients and the same of them cleared. p are
            those of the log-rank test by permutation and of Mantel and Byar's.
        """,
    ),
)
