"""Who was treated, and for how long: characteristics at baseline, and durations."""

from her2ctdna.settings.results.entries import Result, number, text

RESULTS = (
    Result(
        "tables/baseline.tsv",
        section="Patients",
        rules=("summarise_baseline",),
        row=(
            "characteristic, level and group (all, zero, low) of the treated: n of N, "
            "or median with range (`median_range`) and quartiles (`median_iqr`); what "
            "is left out, and why"
        ),
        columns=(
            *text("variable", "level", "group"),
            *number("n", "N", "value", "low", "high"),
            *text("statistic", "patient_ids", "note"),
        ),
        caption="""
            Characteristics of the treated patients, in all and by HER2 group: the
            covariates of the sheet, then whether disease was measurable, the specimen
            that HER2 was read on, and ctDNA at baseline. Of words, and of numbers with
            few values, one row a level: ``n`` of ``N``, ``value`` their share; of
            other numbers the median as ``value`` between the limits that
            ``statistic`` names, ``n`` being those of whom it is known. Level
            ``missing`` is not recorded. ``left_out`` rows are columns that would tell
            who a patient is, and ``note`` says why. Groups are not tested against each
            other.
        """,
    ),
    Result(
        "tables/durations.tsv",
        section="Response",
        rules=("estimate_milestones",),
        row=(
            "time to response of responders (median, range), time on treatment and to "
            "next treatment (Kaplan-Meier), by group"
        ),
        columns=(
            *text("endpoint", "group_by", "group"),
            *number("n", "N", "events", "value", "low", "high"),
            *text("statistic"),
            *number("followup_median_days"),
            *text("patient_ids", "event_ids", "note"),
        ),
        caption="""
            Durations in days, of all and by HER2 group. ``ttr``: time to response of
            responders, the median as ``value`` between the shortest and the longest
            (``median_range``). ``tot``: from first to last dose, and ``ttnt``, to the
            next treatment or death: Kaplan-Meier median with its log-log interval at
            {{ "%g" | format(100 * snakemake.params.association["confidence"]) }} %
            (``kaplan_meier``), those who may still be on treatment being censored;
            ``followup_median_days`` is by reverse Kaplan-Meier. ``n`` of ``N`` have a
            time, ``events`` are among them.
        """,
    ),
)
