"""ctDNA: variants, the state of each sample, the course of each patient."""

from her2ctdna.settings.results.entries import Column, Result, flag, number, text

RESULTS = (
    Result(
        "ctdna/variants.parquet",
        section="ctDNA",
        is_shared=True,
        rules=("collect_variants",),
        row="sample and variant: counts, depth, VAF, gene, filter, caller",
        caption="""
            Every call of every sample, one row a sample and variant, as read from the
            files and in one form: counts of mutant molecules and depth, the VAF they
            make and that of the caller, gene, consequence, filter words, caller.
            Nothing is left out yet; ``variant_status`` says what counts. Parquet, for
            reading into R or Python.
        """,
    ),
    Result(
        "ctdna/site_counts.parquet",
        section="ctDNA",
        is_shared=True,
        rules=("collect_counts",),
        row=(
            "sample and site that its calls do not count: counts or depth, source "
            "(alignments, depth_track), strands, mean family size, or the reason why "
            "it is not measured"
        ),
        caption="""
            Sites at which the calls of a sample say nothing, counted in its
            alignments or read from its depth track: mutant molecules and depth by
            strand, the mean size of families, and the ``source``. A site that could
            not be measured has no counts, and ``reason`` says why; it is never zero.
            Parquet.
        """,
    ),
    Result(
        "ctdna/coverage/",
        is_shared=True,
        rules=("count_sites", "check_coverage"),
        row=(
            "sites counted, as in `ctdna/site_counts.parquet`, and findings, by batch "
            "of samples"
        ),
    ),
    Result(
        "ctdna/batches/",
        is_shared=True,
        rules=("read_variants",),
        row=(
            "calls, as in `ctdna/variants.parquet` (Arrow, for the steps that follow), "
            "findings, and files (`.files.tsv`: caller, genome build, naming of "
            "contigs, records, calls), by batch of VCFs"
        ),
    ),
    Result(
        "variant_status.parquet",
        section="ctDNA",
        needs=("calls",),
        rules=("derive_ctdna",),
        row=(
            "sample and variant: role, reason, source of the counts, the counts in "
            "use and whether they are informative"
        ),
        caption="""
            What became of each variant in each sample: tracked, germline, clonal
            haematopoiesis, filtered or emergent (``role``), with the ``reason``.
            Tracked variants make up the level of a sample; the others are set aside
            and stay to be looked at. To be tracked a variant needs {{
            snakemake.params.ctdna["min_alt_count"] }} mutant molecules of at least {{
            snakemake.params.ctdna["min_depth"] }} and a VAF of {{
            snakemake.params.ctdna["min_vaf"] }}. ``source`` is where the counts come
            from: the calls, other records of the sample that say the same in other
            words, the alignments, or a depth alone. Parquet.
        """,
    ),
    Result(
        "ctdna_samples.tsv",
        section="ctDNA",
        needs=("ctdna",),
        rules=("derive_ctdna",),
        row=(
            "plasma sample: state, loci and the source of their counts, counts, "
            "levels, both tests, limits, loci that drive it or stand out, both scales "
            "against baseline"
        ),
        columns=(
            *text("sample_id", "patient_id", "timepoint"),
            *number("day"),
            *text("state"),
            *number(
                *("n_tracked", "n_informative", "n_detected", "alt_count"),
                *("depth", "mean_vaf", "max_vaf", "pooled_vaf", "mtm_per_ml"),
                *("level", "p_value", "lod95", "upper95", "lod95_level"),
                *("upper95_level", "n_unsettled", "n_from_calls"),
                *("n_from_other_records", "n_from_alignments", "n_from_depth_track"),
                *("lod95_above_error", "expected"),
                *("lr_multiple", "lr_statistic", "lr_p_value", "n_suppressed"),
                *("hge_per_ml",),
            ),
            *flag("is_baseline"),
            *text("driving_loci", "outlying_loci", "direction_vaf", "direction_mtm"),
            *flag("scales_disagree"),
            *text("unit"),
        ),
        caption="""
            One row a plasma sample. ``state`` is detected, undetected, not_evaluable or
            failed_qc, by a one-sided test over all tracked loci at {{
            snakemake.params.ctdna["alpha"] }}; ``n_tracked``, ``n_informative`` and
            ``n_detected`` are loci. ``level`` is by the metric {{
            snakemake.params.ctdna["metric"] }}, of an assay in its ``unit``; ``lod95``
            the share of mutant molecules that the sample would have detected in 95 of
            100 cases, ``upper95`` the largest that its counts do not exclude. Where
            several sources of counts were used, ``n_from_*`` tells how many loci each
            gave; ``n_unsettled`` loci were called and could not be counted.
        """,
    ),
    Result(
        "ctdna_landmarks.tsv",
        section="ctDNA",
        needs=("ctdna",),
        rules=("derive_ctdna",),
        row=(
            "patient and landmark: clearance, whether the sample was `able` to show "
            "it, ratio with its interval, molecular response, `residual_max`"
        ),
        columns=(
            *text("patient_id", "landmark", "sample_id"),
            *number("day"),
            *text("baseline_state", "state", "clearance"),
            *flag("able"),
            *number("ratio", "ratio_upper95"),
            Column("mr<percent>", "text"),
            *number("ratio_low", "ratio_high", "residual_max"),
        ),
        caption="""
            One row a patient and landmark ({{ snakemake.params.ctdna["landmarks"] |
            join(", ") or "none is configured" }}): the sample that stands for it and
            what became of ctDNA. ``clearance`` is cleared, not_cleared,
            uninformative, not_shedding or missing; an undetected sample counts as
            cleared only if it could have seen {{ "%g" | format(100 *
            snakemake.params.ctdna["clearance_max_fraction"]) }} % of the patient's
            baseline. ``able`` is whether it could, whatever it saw, and empty
            without ctDNA at baseline: rates of clearance count these. ``ratio`` is
            the level over that of baseline with its interval, ``residual_max`` the
            share of baseline that a cleared sample cannot exclude.
        """,
    ),
    Result(
        "ctdna_patients.tsv",
        section="ctDNA",
        needs=("ctdna",),
        rules=("derive_courses",),
        row=(
            "patient: baseline, clearance, nadir, rebound, half-life, lead time, each "
            "with its interval or why it has none"
        ),
        columns=(
            *text("patient_id", "baseline_sample_id", "baseline_state"),
            *number("baseline_level", "n_samples"),
            *flag("ever_cleared"),
            *number(
                *("first_cleared_day", "last_detected_day_before"),
                *("first_cleared_residual_max",),
            ),
            *flag("sustained"),
            *number("detected_again_day"),
            *number("nadir_level", "nadir_day"),
            *text("nadir_state"),
            *number("nadir_upper95", "rebound_day"),
            *text("rebound_kind"),
            *number(
                *("last_day_before_rebound", "rebound_level", "rebound_ratio"),
                *("half_life_days", "half_life_low", "half_life_high"),
                *("half_life_points", "half_life_censored"),
            ),
            *text("half_life_note"),
            *number("lead_time_days", "lead_time_low", "lead_time_high"),
        ),
        caption="""
            One row a patient: the course of ctDNA. ``baseline_*`` is the sample the
            others are set against, ``first_cleared_day`` and
            ``last_detected_day_before`` enclose the clearance, ``rebound_*`` is the
            first rise to {{ snakemake.params.ctdna["rebound_fold"] }} times the
            lowest level or the first detection after a clearance, and
            ``lead_time_days`` how long before progression it was seen. The half-life
            has limits, or ``half_life_note`` says why it has none.
        """,
    ),
    Result(
        "tables/ctdna_response.tsv",
        section="ctDNA",
        needs=("ctdna",),
        rules=("derive_courses",),
        row=(
            "plasma sample after baseline: cCR, cPR, cSD, cPD or NE, why, and the "
            "ratios to baseline and nadir with their intervals"
        ),
        columns=(
            *text("sample_id", "patient_id"),
            *number("day"),
            *text("response", "reason"),
            *number("ratio", "ratio_low", "ratio_high"),
            *text("nadir_sample_id"),
            *number("nadir_ratio", "nadir_ratio_low", "nadir_ratio_high"),
        ),
        caption="""
            One row a plasma sample after baseline: its ctDNA response by the interval
            of ratios of levels, at {{ "%g" | format(100 *
            snakemake.params.ctdna["response"]["confidence"]) }} %. cCR: not detected
            in a sample that could have seen {{ "%g" | format(100 *
            snakemake.params.ctdna["clearance_max_fraction"]) }} % of baseline. cPD: the
            lower limit of the ratio to the nadir is above {{
            snakemake.params.ctdna["response"]["progression_min_ratio"] }}, which goes
            before cPR: the upper limit of the ratio to baseline is below {{
            snakemake.params.ctdna["response"]["partial_max_ratio"] }}. Else cSD; NE
            where it cannot be told, and ``reason`` says why. The words are those of
            ctDNA-RECIST, the thresholds those of the config. An upper limit over a
            nadir without molecules is infinite and left empty.
        """,
    ),
    Result(
        "tables/kinetics.tsv",
        section="ctDNA",
        needs=("ctdna",),
        rules=("derive_courses",),
        row="parameter of the decline over the cohort, or why it is not estimable",
        columns=(
            *text("parameter"),
            *number("estimate", "ci_low", "ci_high"),
            *text("ci_method"),
            *number("n_patients", "n_samples", "n_censored"),
            *text("note", "patient_ids"),
        ),
        caption="""
            Decline of ctDNA from baseline to nadir over the cohort: a log-linear
            mixed model with the level and the decline of each patient, by maximum
            likelihood. A sample in which nothing was detected counts as a level
            somewhere below its limit and is never replaced by a number. The half-life
            is that of the average decline; limits are by profile likelihood. An empty
            estimate says why in ``note``.
        """,
    ),
    Result(
        "tables/emergent.tsv",
        section="ctDNA",
        needs=("calls",),
        rules=("summarise_variants",),
        row=(
            "patient and variant that emerged in plasma: first day, highest VAF, "
            "whether of note"
        ),
        columns=(
            *text("patient_id", "gene", "protein_change", "consequence", "chrom"),
            *number("pos"),
            *text("ref", "alt", "first_sample_id"),
            *number(
                *("first_day", "last_day", "max_vaf", "n_samples"),
                *("baseline_alt_count", "baseline_depth"),
            ),
            *flag("of_note"),
        ),
        caption="""
            Variants that pass the thresholds in plasma under treatment and did not at
            baseline, one row a patient and variant: when first, how high, in how many
            samples, and what the baseline held of them. ``of_note`` is yes in {{
            snakemake.params.ctdna["resistance_genes"] | join(", ") or "no gene" }}.
            They are no part of levels or clearance.
        """,
    ),
    Result(
        "tables/erbb2.tsv",
        section="ctDNA",
        needs=("calls",),
        rules=("summarise_variants",),
        row=(
            "patient: ERBB2 in plasma (mutated, not_seen, not_measured) against HER2 "
            "in tissue"
        ),
        columns=(
            *text("patient_id", "her2_class", "her2_group", "plasma_erbb2", "variants"),
            *number("first_day"),
            *text("plasma_amplification"),
            *number("amplified_day"),
            *text("reason"),
        ),
        caption="""
            ERBB2 in plasma against the HER2 class of tissue, one row a patient:
            mutated, not_seen or not_measured, the variants, and any amplification
            that the calls report. A file of variants does not say which genes were
            covered: ``not_seen`` needs a record of the gene, else it is
            ``not_measured``.
        """,
    ),
    Result(
        "tables/background.tsv",
        section="ctDNA",
        needs=("calls",),
        rules=("summarise_variants",),
        row=(
            "class of change: error molecules counted, rate configured, estimated, in "
            "use"
        ),
        columns=(
            *text("class"),
            *number(
                *("molecules_leukocyte", "errors_leukocyte", "molecules_plasma"),
                *("errors_plasma", "rate_config", "rate_estimated", "rate"),
            ),
            *text("source"),
        ),
        caption="""
            Sequencing error by class of change: molecules and errors in leukocytes
            and at other patients' loci, the rate configured, the rate estimated from
            them, and the ``rate`` in use (here by *{{
            snakemake.params.ctdna["error_source"] }}*). A rate in use far below the
            estimated one makes chance look like ctDNA.
        """,
    ),
)
