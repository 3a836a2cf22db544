"""The few functions that rules call: which files a study has, and their parameters."""

from her2ctdna.provenance.code_digest import source_digest
from her2ctdna.settings.association_settings import (
    BiomarkerSettings,
    MilestoneSettings,
    TrendSettings,
)
from her2ctdna.settings.clinical_settings import InterestSettings
from her2ctdna.settings.ctdna_settings import OfBiomarkers
from her2ctdna.settings.definitions import identify_definitions, identify_patients
from her2ctdna.settings.key_list import keys_of
from her2ctdna.settings.catalogue import (
    FIGURES,
    exports_of,
    figure_files_of,
    figures_of,
    files_of,
    kind_of,
    module_of,
    modules_of,
    number_columns,
    section_of,
    tables_of,
)
from her2ctdna.report.printing import find_browser


def code_digest(rule_name):
    """Return the digest of the modules behind the script of a rule, its figures too."""
    script = FOLDER / f"workflow/scripts/{rule_name}.py"
    return source_digest(script, modules_of(rule_name))


def of_study(paths):
    """Return files of the study, which the `prefix:` of a module does not move."""
    return [local(path) for path in paths]


def overview_of_study():
    """Return what `snakemake validate` says of the study beside its tables."""
    ctdna = config["definitions"]["ctdna"]
    return {
        "title": f"{config['study']['id']}: {config['study']['title']}",
        "mapped": [
            name
            for name in TABLES
            if config["columns"].get(name) or config["values"].get(name)
        ],
        "baseline_window": ctdna["baseline_window"],
        "landmarks": ctdna["landmarks"],
    }


def named_reference():
    """Return the reference, by name, if the study has one."""
    return {"reference": local(path) for path in REFERENCE.values()}


def named_registry():
    """Return the registry entry, by name, if the study has one."""
    return {name: local(path) for name, path in REGISTRY.items()}


def checked(*tables):
    """Return the input tables that the study has, by name, once they are checked."""
    folder = "<results>/cohort/inputs"
    return {name: f"{folder}/{name}.parquet" for name in tables if name in INPUTS}


def accepted(*tables):
    """Return the input tables that the study has, by name, once all is accepted."""
    return checked(*tables) | {"accepted": "<results>/cohort/inputs/accepted.txt"}


def derived(*files):
    """Return the files of an analysis that the study has, by their stem."""
    made = [file for file in files if file in files_of(INPUTS)]
    return {Path(file).stem: f"<results>/{{analysis}}/{file}" for file in made}


def made(*files):
    """Return the same as outputs, each marked for `snakemake --report`."""
    return {name: reported(path, name) for name, path in derived(*files).items()}


def with_types():
    """Return the Parquet file beside each table of an analysis, by the table's stem."""
    paths = {
        Path(file).stem: Path(file).with_suffix(".parquet")
        for file in tables_of(INPUTS)
    }
    return {name: f"<results>/{{analysis}}/{path}" for name, path in paths.items()}


def numbers_of_tables(wildcards):
    """Return the columns of numbers of each table of an analysis, by the table."""
    landmarks = landmark_names(wildcards)
    return {file: number_columns(file, landmarks) for file in tables_of(INPUTS)}


def exported(*files):
    """Return the files made when asked for exports that the study has, by their stem."""
    made = [file for file in files if file in exports_of(INPUTS)]
    return {Path(file).stem: f"<results>/{{analysis}}/{file}" for file in made}


def every_export():
    """Return all that the study has when asked for exports."""
    path = "<results>/{analysis}/{file}"
    return expand(path, analysis=DEFINITIONS, file=exports_of(INPUTS))


def drawn_as(ending):
    """Return the files of all figures of an analysis in one format."""
    return [
        f"<results>/{{analysis}}/figures/{name}.{ending}"
        for name in figures_of(INPUTS)
        if ending in FIGURES[name].formats
    ]


def told_in_report():
    """Return the files of an analysis that its report waits for and tells, by name."""
    read = [file for file in files_of(INPUTS) if file not in NOT_IN_REPORT]
    across = {"rates": "tables/rates", "contrasts": "tables/contrasts", "flow": "flow"}
    return (
        derived(*read)
        | numbers_of("ctdna_trajectories")
        | named_registry()
        | {
            "findings": "<results>/cohort/findings.tsv",
            "self_check": "<results>/cohort/self_check.tsv",
            "statistics_accepted": "<results>/cohort/statistics_accepted.txt",
            "figures": drawn_as("svg"),
        }
        | {
            f"all_{name}": expand(f"<results>/{{name}}/{path}.tsv", name=DEFINITIONS)
            for name, path in across.items()
        }
    )


def described_in_report():
    """Return what a report is told beside its files."""
    return {
        "study": config["study"],
        "analyses": list(DEFINITIONS),
        "overlays": config["analyses"],
        "inputs_given": list(INPUTS),
        "inputs": label_files(TABLES),
        "association": of_analysis("association"),
    }


def unadjusted(*tables):
    """Return the tables of tests that the study has, before families are adjusted."""
    made = [table for table in tables if f"tables/{table}.tsv" in files_of(INPUTS)]
    return {table: f"<results>/{{analysis}}/tests/{table}.tsv" for table in made}


def figure_files(rule_name):
    """Return the files of the figures of a plotting rule; the first is reported."""
    folder = "<results>/{analysis}/figures"
    files = {
        file.replace(".", "_"): f"{folder}/{file}"
        for file in figure_files_of(INPUTS, rule_name)
    }
    for name in figures_of(INPUTS, rule_name):
        shown = f"{name}_{FIGURES[name].formats[0]}"
        files[shown] = reported(files[shown], name)
    return files


def drawings(rule_name):
    """Return the module of each figure of a plotting rule that the study has."""
    return {name: module_of(name) for name in figures_of(INPUTS, rule_name)}


def numbers_of(figure):
    """Return the table of what a figure draws, if the study has the figure."""
    path = f"<results>/{{analysis}}/figures/{figure}.tsv"
    return {figure: path} if figure in figures_of(INPUTS) else {}


def reported(path, name):
    """Return a result marked for `snakemake --report`, captioned by its name."""
    analysis = "{analysis}" if "{analysis}" in path else "all"
    return report(
        path,
        caption=f"../report/{name}.rst",
        category="{analysis}" if "{analysis}" in path else "study",
        subcategory=section_of(name),
        labels={
            "item": name.replace("_", " "),
            "kind": kind_of(path),
            "analysis": analysis,
        },
    )


def of_analysis(*keys):
    """Return a function that finds part of the definitions of an analysis."""

    def find(wildcards):
        found = DEFINITIONS[wildcards.analysis]
        for key in keys:
            found = found[key]
        return found

    return find


def some_of_analysis(chapter, part):
    """Return a function that finds the settings of a chapter that a type names."""

    def find(wildcards):
        found = DEFINITIONS[wildcards.analysis][chapter]
        return {key: found[key] for key in keys_of(part)}

    return find


def called_variants():
    """Return the table of calls, if the study has samples."""
    path = "<results>/ctdna/variants.parquet"
    return {"variants": path} if "samples" in INPUTS else {}


def matched_variants():
    """Return what records say of variants in other words, if the study has samples."""
    path = "<results>/ctdna/matches.parquet"
    return {"matches": path} if "samples" in INPUTS else {}


def match_findings():
    """Return what is to be said of those, if the study has samples."""
    path = "<results>/ctdna/matches.findings.tsv"
    return [path] if "samples" in INPUTS else []


def called_files(wildcards):
    """Return the files of calls of a batch."""
    return of_study(call["path"] for call in BATCHES[wildcards.batch])


def counted_sites():
    """Return the table of sites counted where nothing was called, if any can be."""
    path = "<results>/ctdna/site_counts.parquet"
    return {"site_counts": path} if COVERED else {}


def coverage_files(wildcards):
    """Return the files that a batch of samples is counted in, with their indexes."""
    samples = COVERAGE_BATCHES[wildcards.batch]
    uses_reference = any(sample["alignments"] for sample in samples)
    named = REFERENCE.values() if uses_reference else []
    reference = [path for path in named if Path(path).is_file()]
    files = [file for sample in samples for file in sample["files"]]
    return of_study(files + reference)


def landmark_names(wildcards):
    """Return the names of the landmarks of an analysis, in order."""
    return list(DEFINITIONS[wildcards.analysis]["ctdna"]["landmarks"])


def marked(identify):
    """Return a function that finds the study with the marks that its figures carry."""

    def find(wildcards):
        definitions = identify(DEFINITIONS[wildcards.analysis])
        marks = {"analysis": wildcards.analysis, "definitions": definitions}
        return config["study"] | marks

    return find


def figure_folder(wildcards, output):
    """Return the folder that the figures of a job go to."""
    return str(Path(output[0]).parent)


def printed_reports():
    """Return the reports as PDF, where there is a browser to print them."""
    path = "<results>/{analysis}/report.pdf"
    return expand(path, analysis=DEFINITIONS) if find_browser() else []


def every_output():
    """Return all results but the provenance, which lists them, and what is printed.

    A PDF depends on the browser of the machine, the listed results do not.
    """
    figures = [f"figures/{file}" for file in figure_files_of(INPUTS)]
    shared = ["cohort/findings.tsv", "cohort/flow.tsv", "cohort/self_check.tsv"]
    if "samples" in INPUTS:
        shared.append("ctdna/variants.parquet")
    if COVERED:
        shared.append("ctdna/site_counts.parquet")
    typed = [str(Path(file).with_suffix(".parquet")) for file in tables_of(INPUTS)]
    return expand("<results>/{file}", file=shared) + expand(
        "<results>/{analysis}/{file}",
        analysis=DEFINITIONS,
        file=files_of(INPUTS) + typed + figures,
    )
