"""HER2: status, readings and their agreement, response by HER2."""

from her2ctdna.settings.results.entries import Figure, Result, flag, number, text

_AGREEMENT = """
    Left, the IHC score of one specimen by two readers, central and local where the
    study has both: a cell counts specimens, and pairs on the outlined diagonal agree;
    the further off it, the further apart the two scores. Right, the HER2 class of a
    patient's most recent primary and metastasis, by one reader: dark ribbons keep
    their class, pale ones change it, by biology or by reading. The table has each
    coefficient of each comparison on each scale, with {{ confidence }} intervals in
    brackets. Percent agreement does not correct for chance; kappa does, and collapses
    where nearly all pairs are of one category: look at the counts. Gwet's AC1 and AC2
    do not. Krippendorff's alpha is of all specimens that two or more of several
    readers have read.
"""
"""The figure and the table stand together, and have a name in common."""

RESULTS = (
    Result(
        "her2_status.tsv",
        section="HER2",
        needs=("her2",),
        rules=("derive_her2",),
        row="patient: the chosen reading, class, level, group, reason",
        columns=(
            *text("patient_id", "specimen_id", "specimen"),
            *number("collected_day"),
            *text("reader", "ihc", "ihc_raw", "ish"),
            *number("stained_percent"),
            *text("assay", "her2_class", "her2_level", "her2_group"),
            *text("her2_any_staining", "reason"),
        ),
        caption="""
            One row a patient: the reading that counts, by reader and specimen as the
            definitions say ({{ snakemake.params.her2["reader"] }}, {{
            snakemake.params.her2["specimen"] }}), and what it makes the patient.
            ``her2_class`` is the class of ASCO-CAP 2018 with 0 divided,
            ``her2_level`` its place on the axis of staining (absent, ultralow, 1+,
            2+) and ``her2_group`` zero or low; ``her2_any_staining`` sets ultralow and
            low against absent. What cannot be placed is empty.
            ``reason`` names ties, specimens taken after the first dose, and why a
            class is missing or indeterminate.
        """,
    ),
    Result(
        "her2_readings.tsv",
        section="HER2",
        needs=("her2",),
        rules=("derive_her2",),
        row=(
            "reading: score and ISH as written (`ihc_raw`, `ish_raw`) and as read, "
            "staining and its bounds, dual probe with `ish_group`, `assay`, class, "
            "level, group, `chosen`"
        ),
        columns=(
            *text("patient_id", "specimen_id", "specimen"),
            *number("collected_day"),
            *text("reader", "ihc", "ihc_raw", "ish"),
            *number("stained_percent"),
            *text("assay", "her2_class", "her2_level", "her2_group"),
            *text("her2_any_staining"),
            *flag("chosen"),
            *text("ish_raw", "staining"),
            *number("stained_low", "stained_high"),
            *number("her2_copies", "cep17_ratio", "ish_group"),
        ),
        caption="""
            One row a reading: score and ISH as written (``ihc_raw``, ``ish_raw``) and
            as read (``ihc``, ``ish``), whether cells are stained (``staining``) and
            what share (``stained_percent`` where it is exact, else its bounds), and
            the class, level and group that they make. ``ish_group`` is the group of
            ASCO-CAP 2018 of a dual probe. ``chosen`` is yes for the one reading of a
            patient that counts. Agreement is computed from these rows.
        """,
    ),
    Result(
        "tables/her2_dynamics.tsv",
        section="HER2",
        needs=("her2",),
        rules=("derive_her2",),
        row=(
            "patient: course of HER2 over dated specimens before treatment, "
            "`n_readings`, reason"
        ),
        columns=(
            *text("patient_id", "dynamics"),
            *number("n_readings"),
            *text("reason"),
        ),
        caption="""
            One row a patient: how HER2 changed over the dated specimens up to the first
            dose, as one reader read them ({{ snakemake.params.her2["reader"] }}).
            *stable_zero* and *stable_low* are of one group throughout; *gained* is
            zero and then low, *lost* low and then zero, *ever_low* anything else with
            both. ``reason`` tells each reading by its day, and which were left out.
        """,
    ),
    Result(
        "tables/her2_agreement.tsv",
        section="HER2",
        needs=("her2",),
        rules=("estimate_agreement",),
        row=(
            "coefficient of a comparison of readers or specimens on a scale: "
            "estimate, interval, pairs, left out"
        ),
        columns=(
            *text("comparison", "first", "second", "reader", "scale", "measure"),
            *number("estimate", "ci_low", "ci_high"),
            *text("ci_method"),
            *number("n", "n_left_out"),
            *text("note", "patient_ids", "excluded_ids"),
        ),
        caption=_AGREEMENT,
    ),
    Result(
        "tables/her2_agreement_pairs.tsv",
        section="HER2",
        needs=("her2",),
        rules=("estimate_agreement",),
        row="cell of the matrix of such a comparison, zeros included",
        columns=(
            *text(
                *("comparison", "first", "second", "reader", "scale"),
                *("first_value", "second_value"),
            ),
            *number("n"),
            *text("patient_ids"),
        ),
        caption="""
            The raw matrices of agreement, one row a cell: how many specimens (or
            patients) have ``first_value`` in one reading and ``second_value`` in the
            other, on which scale, and who they are. Cells without a pair are there
            too, with 0, so a matrix can be filled from the rows alone.
        """,
    ),
    Result(
        "tables/her2_trend.tsv",
        section="Association",
        needs=("her2",),
        rules=("estimate_her2_trend",),
        row=(
            "rate and HER2 level, then course: n of N, monotone fit and its bootstrap "
            "band"
        ),
        columns=(
            *text("endpoint", "population", "group_by", "group"),
            *number(
                *("score", "n", "N", "rate", "monotone", "monotone_low"),
                *("monotone_high",),
            ),
        ),
        caption="""
            The rate of each endpoint along absent < ultralow < 1+ < 2+, and along the
            courses of HER2 from stable_zero to stable_low: ``n`` of ``N``, and the
            fit that never falls from one level to the next (isotonic
            regression, weighted by patients) with its band from {{
            snakemake.params.association.trend_band_resamples }} bootstrap samples,
            which is too narrow with
            so few patients. The p-value of the trend stands in the table of tests.
        """,
    ),
    Figure(
        "her2_distribution",
        title="HER2 classes",
        section="HER2",
        rule="plot_cohort",
        needs=("her2",),
        columns=(
            *text("category", "her2_group"),
            *number("n", "N"),
        ),
        caption="""
            All enrolled patients, each in one class, by the one reading that the
            definitions choose. From top to bottom staining grows, from absent to 2+;
            the colour is the group that a class belongs to. IHC 0 without a recorded
            share of stained cells stays unspecified, and IHC 2+ without an ISH result
            is indeterminate: neither has a place on the axis of expression. The
            classes are strata of trial eligibility, not validated biology.
        """,
    ),
    Figure(
        "her2_agreement",
        title="Agreement of HER2 readings",
        section="HER2",
        rule="plot_cohort",
        needs=("her2",),
        columns=(
            *text(
                *("panel", "comparison", "first", "second", "reader", "scale"),
                *("first_value", "second_value"),
            ),
            *number("n"),
            *text("patient_ids", "measure"),
            *number("estimate", "ci_low", "ci_high"),
        ),
        caption=_AGREEMENT,
    ),
    Figure(
        "response_by_her2",
        title="Response by HER2",
        section="Association",
        rule="plot_association",
        needs=("her2", "response"),
        columns=(
            *text("item", "group", "reference"),
            *number(
                *("n", "N", "estimate", "ci_low", "ci_high", "monotone"),
                *("monotone_low", "monotone_high", "p_value"),
            ),
            *text("test", "test_note"),
        ),
        caption="""
            Objective response rate in all treated patients along the HER2 axis
            (circles) and by group (diamonds), with exact Clopper-Pearson intervals at
            {{ confidence }}; % and n/N stand beside each point. The dashed steps are
            the fit that never falls from one level to the next (isotonic regression
            weighted by N), the shade its bootstrap band, too narrow with few
            patients. It is made to rise: it describes a dose-response if there is
            one, and is no evidence for it. HER2-zero without a stated level has no
            place on the axis and stands apart. The p in the subtitle is of the exact
            Cochran-Armitage test, which asks whether the rate rises or falls with the
            level. The difference in the title has Newcombe's interval; an interval
            that holds zero does not show that the groups are alike, and where
            intervals overlap widely, the order of the points says little.
        """,
    ),
    Figure(
        "context",
        title="Response by HER2, in context",
        section="Association",
        rule="plot_association",
        module="published_context",
        needs=("her2", "response"),
        columns=(
            *text("her2_class", "trial", "drug", "response", "group_by", "group"),
            *number("n", "N", "estimate", "ci_low", "ci_high"),
            *text("denominator", "doses", "n_over_N", "traced", "source"),
        ),
        caption="""
            Objective response rate of this study by HER2 (bold, shaded), with
            published rates of HER2-directed conjugates in breast cancer in grey below
            it: other patients, other lines, other assays, so not a comparison. Lines
            are Clopper-Pearson intervals at {{ confidence }}, recomputed from n/N.
            Where the published response was confirmed or read independently it says
            so, and where several doses are pooled. Each n/N is printed in the source
            or the only one that gives the printed rate; an asterisk marks a rate that
            is known from a report of its source. Denominators and sources stand in
            the table beside the figure.
        """,
    ),
)
