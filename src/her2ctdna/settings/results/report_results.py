"""What is read and kept: profiles, captions, the report, what made them."""

from her2ctdna.settings.results.entries import Figure, Result, flag, number, text

TAKEN_AWAY = (
    Result(
        "slides.pptx",
        rules=("write_take_away",),
        row=(
            "the summary of the report as slides: answers, figures, native tables, "
            "what the patients cannot show; names no patient"
        ),
    ),
    Result(
        "tables.docx",
        rules=("write_take_away",),
        row=(
            "the clinical tables of the report as native tables of Word, each with the "
            "files of its numbers; names no patient"
        ),
    ),
)
"""What the target ``exports`` makes of the report."""

RESULTS = (
    Figure(
        "patient_profiles",
        title="A page for each patient",
        section="Patients",
        rule="plot_profiles",
        is_paged=True,
        columns=(
            *text("patient_id", "part", "item", "label"),
            *number("day", "day_to"),
            *text("value", "word"),
        ),
        caption="""
            A page a patient, in the order of patients.tsv, all on one axis of days
            since first dose. On top the facts with their reasons, and which parts are
            left out and why.{% if "response" in chapters %} Change of the sum of target
            diameters, with the response of each assessment; crosses are new
            lesions.{% endif %}{% if "ctdna" in chapters %} ctDNA: the black line is the
            level, a grey tick the limit of detection of a sample, an arrow the upper
            limit of an undetected sample: nothing was seen, and the truth lies below.
            Thin lines are the VAF of each variant, dashed where it emerged on
            treatment, and on the grey band where it is zero. A variant that was not
            looked for in a sample has no point there. Light bands are the landmarks'
            windows.{% endif %} Blue shade is time on treatment, and the dotted line is
            progression. Lanes: treatment{% if "adverse_events" in chapters %}, adverse
            events of interest of any grade and others of grade 3 or higher{% endif
            %}{% if "ada" in chapters %}, anti-drug antibodies with their titre{% endif
            %}. Events are named by the config alone: terms of the sheet stay in it.
        """,
    ),
    Result(
        "tables/supplied.tsv",
        section="Inputs",
        needs=("adam",),
        rules=("compare_supplied",),
        row=(
            "patient and endpoint that ADaM data sets supply: ours, supplied (times in "
            "days), whether they agree (empty: cannot be told), why not"
        ),
        columns=(
            *text("patient_id", "endpoint", "ours", "supplied"),
            *flag("agrees"),
            *text("why"),
        ),
        caption="""
            What we derived beside what was supplied in ADaM data sets, one row a
            patient and endpoint. Supplied values are compared and never used: where
            both differ, all results rest on ours. Times are in days; those supplied
            in months are times 30.4375 and agree within their rounding.
        """,
    ),
    Result(
        "figures/<name>.svg, .pdf, .png, .tsv",
        rules=("plot_*",),
        row="the figure, and the numbers it draws",
    ),
    Result(
        "figures/patient_profiles.pdf, .tsv",
        rules=("plot_profiles",),
        row="a page a patient, and the same as a table, by `part` of the page",
    ),
    Result(
        "figures/captions.tsv",
        section="Report",
        rules=("write_report",),
        row=(
            "figure, in the order of the report: its number there, the finding it "
            "states, patients drawn, id of the definitions, caption"
        ),
        columns=(
            *text("figure"),
            *number("number"),
            *text("title"),
            *number("n"),
            *text("definitions_id", "analysis", "caption", "file"),
        ),
        caption="""
            One row a figure, in the order of the report: its number there, the
            finding as the figure states it, the patients it draws, and a caption with
            numbers computed from the results. ``n`` is empty where each comparison in
            a figure has its own. ``definitions_id`` tells under which definitions it
            was drawn (``definitions.yaml``), ``file`` is the path without ending:
            .svg, .pdf, .png, and .tsv for the numbers.
        """,
    ),
    Result(
        "report.html",
        section="Report",
        rules=("write_report",),
        caption="""
            The report of *{{ snakemake.wildcards.analysis }}*: one self-contained
            page. Read its summary first; the chapters below it unfold. Every
            underlined number opens to the patients it counts, every figure has a
            caption with its numbers, and chapters end with who is left out of them,
            and why.
        """,
    ),
    Result(
        "appendix.html",
        section="Report",
        rules=("write_report",),
        caption="""
            What the report of *{{ snakemake.wildcards.analysis }}* leads to: every
            rate, contrast and time to event, every patient in a table to search, the
            chart of ctDNA to point at, every threshold, formula and test. One
            self-contained page; the report can be read without it.
        """,
    ),
    Result(
        "report.pdf",
        rules=("print_report",),
        row=(
            "the same on paper, where Chromium or Chrome is found: its bytes depend on "
            "the browser, so it is not in `provenance.json`"
        ),
    ),
    Result(
        "provenance.json",
        section="Methods",
        is_shared=True,
        rules=("write_provenance",),
        row="inputs and outputs with SHA-256, config, versions, code digest",
        caption="""
            What made the results, for those who hold the data: every input with its
            path, size and SHA-256, every output with the same, the whole config, the
            digest of the code, and the exact versions of Python and of the packages
            that can change a number. No time, machine or user is in it, so equal runs
            give equal bytes.
        """,
    ),
    Result(
        "ro-crate-metadata.json",
        called="ro_crate",
        section="Methods",
        is_shared=True,
        rules=("write_provenance",),
        row=(
            "the same as a [Workflow Run "
            "RO-Crate](../docs/decisions/0004-a-crate-without-clock-or-names.md), "
            "without paths or file names of inputs"
        ),
        caption="""
            The same as a Workflow Run RO-Crate (profile 0.5), for anyone: the
            workflow, the run with what it took and made, the settings, the software.
            Inputs are named by key, number and SHA-256 and never by file name, which
            may be a patient's. Its date of publication is that of
            ``SOURCE_DATE_EPOCH`` if set, else the release of the workflow.
        """,
    ),
    Result(
        "workflow/Snakefile",
        is_shared=True,
        rules=("write_provenance",),
        row="copied, as the crate has to hold the workflow",
    ),
    *TAKEN_AWAY,
)
