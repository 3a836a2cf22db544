"""All tests, how many there were, and what they could not have found."""

from her2ctdna.settings.results.entries import Result, flag, number, text

RESULTS = (
    Result(
        "tables/tests.tsv",
        section="Tests",
        rules=("collect_tests",),
        row=(
            "test; its `role` is primary (has family and q), alternative, "
            "sensitivity, interaction (of the `subgroup` column) or check (of an "
            "assumption); `attainable_size` is its largest p-value at or below alpha, "
            "0 if none is; `predeclared` as the config declares"
        ),
        columns=(
            *text(
                *("endpoint", "population", "origin", "biomarker", "groups"),
                *("subgroup", "test", "role"),
            ),
            *number("statistic", "p_value", "attainable_size"),
            *text("family"),
            *number("q_value", "n", "events"),
            *text("note"),
            *flag("predeclared"),
        ),
        caption="""
            Every test that was run, one row each. The primary test of each question
            has a family and a q-value within it (Benjamini-Hochberg): of times to
            event the log-rank test by permutation, or Mantel and Byar's.
            Alternatives, other scores, interactions and the check of proportional
            hazards (``cox_zph``) stand beside it without one; ``role`` tells which it
            is. ``attainable_size`` is how often the test gives a p-value at or below
            alpha if nothing is associated: of an exact test the largest such p-value
            that these margins allow (0: it cannot, however the events fall), of all
            others alpha. All of it is exploratory: read the intervals in
            ``contrasts`` first.
        """,
    ),
    Result(
        "tables/ledger.tsv",
        section="Tests",
        rules=("collect_tests",),
        row=(
            "family: tests, p-values, the smallest p and q, how many lie at or below "
            "alpha, how many would by chance (the sum of attainable sizes), how many "
            "cannot (`n_out_of_reach`), how many were declared beforehand; then "
            "all, and the p-values of contrasts without q"
        ),
        columns=(
            *text("family"),
            *number(
                *("n_tests", "n_p_values", "smallest_p", "smallest_q", "alpha"),
                *("n_below_alpha", "expected_below_alpha", "n_out_of_reach"),
                "n_predeclared",
            ),
            *text("note"),
        ),
        caption="""
            The ledger of tests: one row a family, with the tests it holds, the
            smallest p- and q-value, how many p-values lie at or below ``alpha``, how
            many would if nothing were associated with anything (the sum of the
            attainable sizes of the tests), and how many cannot, however the events
            fall (``n_out_of_reach``). The last rows are all
            tests together and the p-values of contrasts without q. The program counts
            the tests; nobody types the number.
        """,
    ),
    Result(
        "tables/detectable.tsv",
        section="Tests",
        rules=("collect_tests",),
        row=(
            "comparison of two rates: the nearest rates that Fisher's test would find "
            "in 80 of 100 studies with these groups"
        ),
        columns=(
            *text("endpoint", "population", "origin", "group_by", "group", "reference"),
            *number(
                *("n", "n_reference", "rate_reference", "alpha", "power"),
                *("detectable_low", "detectable_high", "difference_low"),
                *("difference_high",),
            ),
            *text("note"),
        ),
        caption="""
            For each comparison of two rates the nearest true rates that Fisher's
            exact test would find in 80 of 100 studies with these groups, the
            reference having its observed rate. Rates between ``detectable_low`` and
            ``detectable_high`` would mostly be missed: a comparison without a small
            p-value says nothing about them. One test alone, not adjusted for the
            number of tests.
        """,
    ),
    Result(
        "tables/exaggeration.tsv",
        section="Tests",
        rules=("collect_tests",),
        row=(
            "headline contrast and plausible true effect: power, share of wrong signs "
            "(`type_s`) and mean overstatement (`type_m`) of the results below alpha; "
            "`binomial_fisher` is exact, `normal_log_hazard` a normal approximation"
        ),
        columns=(
            *text(
                *("endpoint", "population", "origin", "group_by", "group"),
                *("reference", "measure"),
            ),
            *number(
                *("n", "n_reference", "events", "events_reference"),
                *("rate_reference", "true_effect", "alpha", "power", "type_s"),
                *("type_m",),
            ),
            *text("method", "note"),
        ),
        caption="""
            For the headline contrasts, at true effects that the config calls
            plausible: how often the test passes, how often a result that passes has
            the wrong sign (type S), and by what factor it overstates the effect on
            average (type M). Rates are exact, by Fisher's test over all tables of
            these groups; hazard ratios by the normal approximation from the number of
            events.
        """,
    ),
    Result(
        "tables/missing.tsv",
        section="Tests",
        rules=("collect_tests",),
        row=(
            "what was measured (a set of the flow), known or missing, and outcome: n "
            "of N treated, ids of n, why missing"
        ),
        columns=(
            *text("measured", "status", "endpoint"),
            *number("n", "N", "rate", "ci_low", "ci_high"),
            *text("patient_ids", "reason"),
        ),
        caption="""
            Who is missing from each measurement, and how they fared: response and
            events of PFS in the treated patients with the measurement known and with
            it missing. Where the two differ, being missing tells of outcome, and what
            is shown of the others need not hold for all.
        """,
    ),
)
