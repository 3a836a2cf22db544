"""The config, as given and as usable, and what follows from it for all rules."""

import os
import re
import sys
from pathlib import Path

import yaml

from her2ctdna.findings import describe_errors, findings_table
from her2ctdna.settings.config import analysis_definitions, lay_study
from her2ctdna.settings.config_checks import check_config, usable_config
from her2ctdna.settings.catalogue import chapters_of
from her2ctdna.settings.registry_entry import check_registry, find_registry
from her2ctdna.settings.repeated_keys import find_repeated_keys
from her2ctdna.provenance.run_record import workflow_digest
from her2ctdna.terminal.reports_made import describe_left, find_left
from her2ctdna.inputs.adam import check_folder, list_data_sets
from her2ctdna.inputs.setting_checks import (
    check_bare,
    check_named_settings,
)
from her2ctdna.inputs.ready_maps import read_ready_maps
from her2ctdna.inputs.sheet_maps import Written
from her2ctdna.inputs.sheets import (
    list_absent,
    list_calls,
    list_coverage,
    names_in_sheet,
)
from her2ctdna.inputs.sources import (
    files_of_findings,
    find_bare_sources,
    label_files,
    list_files,
    list_inputs,
    name_files,
)

# Of this file: `workflow.basedir` is that of a workflow that uses this one as a module.
FOLDER = Path(workflow.snakefile).parents[2]
SCHEMA = yaml.safe_load((FOLDER / "workflow/schemas/config.schema.yaml").read_text())
DEFAULTS = yaml.safe_load((FOLDER / "config/config.yaml").read_text(encoding="utf-8"))
GIVEN = lay_study(DEFAULTS, config)
CONFIG_FINDINGS = check_config(GIVEN, SCHEMA)
CONFIG_FINDINGS += find_repeated_keys(
    [FOLDER / "config/config.yaml", *workflow.configfiles]
)
# A wrong key is reported with all else that is wrong, so that one run shows all; a dry
# run has nothing else to check.
if workflow.output_settings.dryrun and CONFIG_FINDINGS:
    sys.exit(describe_errors(findings_table(CONFIG_FINDINGS), files={}))
GIVEN_ALONE = config
# A new one: that of a module belongs to the workflow that gave it.
config = usable_config(GIVEN, DEFAULTS, SCHEMA)
WRITTEN = Written(
    encoding=config["study"]["encoding"],
    date_order=config["study"]["date_order"],
    columns=config["columns"],
    values=config["values"],
)
READY_MAPS = read_ready_maps(FOLDER / "config/maps")
# a sheet without rows counts as not given, and a finding says so
SOURCES = list_inputs(config["inputs"])
BARE = find_bare_sources(SOURCES, written=WRITTEN)
TABLES = {name: path for name, path in SOURCES.items() if name not in BARE}
# data sets that others derived bring a chapter, but no table that results rest on
COMPARED = {key: path for key, path in config["inputs"].items() if key == "adam"}
SUPPLIED = [file for path in COMPARED.values() for file in list_data_sets(path)]
INPUTS = TABLES | COMPARED
CONFIG_FINDINGS += check_bare(BARE)
CONFIG_FINDINGS += [found for path in COMPARED.values() for found in check_folder(path)]
CONFIG_FINDINGS += check_named_settings(
    TABLES, config, given=GIVEN_ALONE, written=WRITTEN
)
REGISTRY_FILE = find_registry(config["study"]["registry"], FOLDER)
CONFIG_FINDINGS += check_registry(REGISTRY_FILE)
CHAPTERS = chapters_of(INPUTS)
DEFINITIONS = analysis_definitions(config)
WRONG = {found.column for found in CONFIG_FINDINGS if found.severity == "error"}
REFERENCE = {}
if config["study"]["reference"] and "study.reference" not in WRONG:
    REFERENCE["reference"] = config["study"]["reference"]
REGISTRY = {}
if REGISTRY_FILE and "study.registry" not in WRONG:
    REGISTRY["registry"] = REGISTRY_FILE
VCFS_PER_JOB = 200
OF_REPORT = ("report.html", "appendix.html", "figures/captions.tsv")
NOT_IN_REPORT = (*OF_REPORT, "ard.parquet")
CALLS = [
    call
    for call in list_calls(INPUTS.get("samples", ""), written=WRITTEN)
    if Path(call["path"]).is_file()
]
SHEETS = list_files(TABLES)
BATCHES = {
    str(number): CALLS[start : start + VCFS_PER_JOB]
    for number, start in enumerate(range(0, len(CALLS), VCFS_PER_JOB))
}
COVERED_PER_JOB = 20
COVERED = list_coverage(INPUTS.get("samples", ""), written=WRITTEN)
COVERAGE_BATCHES = {
    str(number): COVERED[start : start + COVERED_PER_JOB]
    for number, start in enumerate(range(0, len(COVERED), COVERED_PER_JOB))
}
# The index stands for alignments in the provenance: it changes with them, and to hash
# a terabyte of reads would take longer than the study.
DEPTH_FILES = [
    file
    for sample in COVERED
    for file in sample["files"]
    if file != sample["alignments"]
]
# htslib looks for the reference of a CRAM on the network unless it is told not to.
os.environ.setdefault("REF_PATH", os.devnull)
# Arrow's own allocator takes fresh memory of the system for each block of calls, which
# costs more than to read the block.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# Jobs find the package here where it is not installed (--sdm conda).
os.environ.update(
    PYTHONPATH=f"{FOLDER / 'src'}:{os.environ.get('PYTHONPATH', '')}", MPLBACKEND="agg"
)


wildcard_constraints:
    analysis="|".join(map(re.escape, DEFINITIONS)),
    batch=r"\d+",
