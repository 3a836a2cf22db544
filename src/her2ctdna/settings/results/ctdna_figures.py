"""Figures of ctDNA: variants, levels, clearance, and ctDNA by HER2 group."""

from her2ctdna.settings.results.entries import Figure, flag, number, text

RESULTS = (
    Figure(
        "oncoprint",
        title="Tracked variants by gene and draw",
        section="ctDNA",
        rule="plot_ctdna",
        needs=("calls",),
        columns=(
            *text("patient_id", "her2_group", "her2_category", "bor", "response"),
            *text("sample_id"),
            *number("day"),
            *text("draw_state", "draws_shown", "gene", "cell"),
            *number("vaf"),
            *text("consequence"),
            *number("n_tracked", "n_informative", "n_detected", "n_emergent"),
        ),
        caption="""
            Rows are genes, columns are plasma draws, those of a patient side by side in
            the order of time{% if "her2" in chapters %}, patients by HER2 level or
            class{% endif %}. A filled cell is a tracked variant that was detected in
            that draw, the darker the higher its VAF (the highest of the gene). An empty
            box was measured deep enough and none seen. A cross was not measured, as no
            tracked variant of the gene was covered deep enough or the draw failed: it
            says nothing and is never drawn as zero. A diamond is an emergent variant,
            which passes the thresholds at that draw but is not tracked and part of no
            level. Where there is no mark none is tracked, which does not say that the
            tumour has none: only what plasma at baseline showed is tracked. Germline
            variants, clonal haematopoiesis and calls below the thresholds are left out.
            On top: tracked variants seen in each draw,{% if "her2" in chapters %}
            HER2,{% endif %}{% if "response" in chapters %} best overall response
            (hatched: CR or PR never confirmed, which does not count),{% endif
            %} and the result of the draw. On the right: patients with a tracked
            variant of the gene, by its worst consequence. Of more than 320 draws the
            first, that of the first landmark and the last of each patient are shown
            (the subtitle says which); genes beyond 25 share a row.
        """,
    ),
    Figure(
        "ctdna_trajectories",
        title="ctDNA over time",
        section="ctDNA",
        rule="plot_ctdna",
        needs=("ctdna",),
        columns=(
            *text("patient_id", "her2_group", "bor", "response"),
            *number("last_dose_day"),
            *text("sample_id"),
            *number("day"),
            *text("state"),
            *number("level", "upper_bound", "limit"),
        ),
        caption="""
            ctDNA level over time, one line a patient{% if "her2" in chapters %}, a
            panel a HER2 group{% endif %}{% if "response" in chapters %}, coloured by
            best overall response (broken: CR or PR never confirmed, which does not
            count){% endif %}. The axis is logarithmic, so equal steps
            down are equal ratios. A dot is a sample with ctDNA detected. An arrow is
            one in which nothing was seen: it starts at the upper 95 % limit of the
            level, not at zero, and the truth lies there or lower. A short grey tick is
            the level that a sample would have been detected at with 95 % probability{%
            if "calls" in chapters %}, which depends on its depth and on how many
            variants are tracked{% endif %}. Light bands are the windows of the
            landmarks; the strip above a panel is the share of its patients on
            treatment. Samples in the grey band were not evaluable, failed quality
            control, or have no limit; the line passes over them.
        """,
    ),
    Figure(
        "ctdna_clearance",
        title="ctDNA clearance at the landmarks",
        section="ctDNA",
        rule="plot_ctdna",
        needs=("ctdna",),
        columns=(
            *text("landmark", "her2_group", "clearance"),
            *number("n", "n_able", "N", "residual_max"),
        ),
        caption="""
            What became of ctDNA at each landmark; every treated patient stands in one
            category. Cleared: detected at baseline, undetected now, in a sample that
            could have seen a tenth of baseline (or as the definitions say). Not
            shedding: nothing detected at baseline, so nothing to clear.
            Uninformative: the sample could not tell. Missing: no sample. The rate on
            the right counts cleared among cleared and not cleared, and leaves out the
            rest; if being left out goes with a worse course, it is too high. What
            each cleared sample cannot exclude stands in the table.
        """,
    ),
    Figure(
        "ctdna_by_her2",
        title="ctDNA by HER2",
        section="Association",
        rule="plot_ctdna",
        needs=("ctdna", "her2"),
        columns=(
            *text("measure", "landmark", "patient_id", "her2_group", "value"),
            *flag("is_bound"),
            *number("fold", "fold_low", "fold_high", "p_value", "n_compared"),
            *text("note"),
        ),
        caption="""
            ctDNA level at baseline (left) and its ratio to baseline at the landmark
            that the title names (right) by HER2 group, one mark a patient, on
            logarithmic axes: a ratio below 1 is a fall. An open triangle is an
            undetected sample at the upper 95 % limit of its level or ratio, the truth
            lying below. The black line is the median; undetected samples rank below all
            others in it, and where it falls among them there is no line. Points are
            moved sideways only to keep them apart. Patients without a HER2 group,
            without a sample or with one that is not evaluable are not here. Above each
            panel stands how many times higher the HER2-low are: the median of all
            ratios of two patients (Hodges-Lehmann, undetected below all others) with
            its {{ confidence }} interval, and the exact p of the rank-sum test, which
            is in no family of tests. A limit that lies below detection is a dash.
            HER2-low goes with hormone receptor status, and the amount of ctDNA with
            tumour burden: a contrast between groups may be theirs.
        """,
    ),
)
