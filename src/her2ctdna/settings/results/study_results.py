"""The study as a whole: definitions, flow, findings, the report, what made it."""

from her2ctdna.settings.results.entries import Figure, Result, number, text

_FLOW = """
    The sets of patients behind every n and N: populations, groups, outcomes, and
    who is followed for a time to event, each with its size, who is in it, and who
    is left out of the set that it lies within. Rows without an analysis hold for
    all of them. A number of the results is the size of an intersection of these
    sets.
"""

RESULTS = (
    Result(
        "cohort/findings.tsv",
        section="Inputs",
        is_shared=True,
        rules=("collect_findings",),
        row=(
            "problem in the inputs: severity, table, row (header = 1), column, "
            "patient, value, message"
        ),
        columns=(
            *text("severity", "table"),
            *number("row"),
            *text("column", "patient_id", "value", "message"),
        ),
        caption="""
            Every problem found in the inputs, one row each: severity, file, row (the
            header is 1), column, patient, value, and what to do. Errors stop a run
            before anything is computed; warnings and notes do not, and say what was
            assumed instead.
        """,
    ),
    Result(
        "cohort/flow.tsv",
        section="Patients",
        is_shared=True,
        rules=("collect_flow",),
        row=(
            "set of patients: kind, within, n, excluded, reason, ids; `analysis` is "
            "empty where all agree"
        ),
        columns=(
            *text("set", "analysis", "kind", "within"),
            *number("n", "excluded"),
            *text("reason", "patient_ids", "excluded_ids"),
        ),
        caption=_FLOW,
    ),
    Result(
        "cohort/self_check.tsv",
        section="Methods",
        is_shared=True,
        rules=("check_statistics", "accept_statistics"),
        row=(
            "known value of a statistic (published, or of R): inputs, expected, "
            "computed, tolerance, pass or fail; `statistics_accepted.txt` stands "
            "beside it once none fails, and no report is written before"
        ),
        columns=(
            *text("check", "quantity", "source", "inputs"),
            *number("expected", "computed", "tolerance"),
            *text("result"),
        ),
        caption="""
            Known values recomputed by this run with the functions that made its
            results, one row each. Published intervals are recomputed from their n and
            N, and agree to half of the last printed digit; values of R agree to one
            part in a million. A row that fails fails the run, and no report is
            written.
        """,
    ),
    Result(
        "cohort/inputs/",
        is_shared=True,
        rules=("check_inputs", "accept_inputs"),
        row=("the sheets as normalised; `accepted.txt` once none has an error"),
    ),
    Result(
        "definitions.yaml",
        section="Methods",
        rules=("write_definitions",),
        caption="""
            Every definition of *{{ snakemake.wildcards.analysis }}* as it was run,
            defaults and changes together. The first eight characters of the SHA-256
            of this file are the id that figures and captions carry: ``sha256sum
            definitions.yaml``. What each key decides stands in the report, in Methods
            as run.
        """,
    ),
    Result(
        "flow.tsv",
        section="Patients",
        rules=("derive_flow",),
        row="set of patients in this analysis",
        columns=(
            *text("set", "kind", "within"),
            *number("n", "excluded"),
            *text("reason", "patient_ids", "excluded_ids"),
        ),
        caption=_FLOW,
    ),
    Figure(
        "patient_flow",
        title="Flow of patients",
        section="Patients",
        rule="plot_cohort",
        columns=(
            *text("set", "label", "parent"),
            *number("n", "excluded"),
            *text("reason"),
        ),
        caption="""
            Read from top to bottom. Each box is a set of patients, from the enrolled
            down{% if "ctdna" in chapters %} to those whose sample could show clearance
            of ctDNA at a landmark{% endif %}; the shade is its share of the enrolled. A
            line leads to the set that a box was taken from, and the text beside the box
            counts who is left out and why.{% if chapters %} The evaluable sets are each
            taken from the treated patients, not from the box above, so one patient may
            be in several of them.{% endif %}
        """,
    ),
)
