"""The run as a Workflow Run RO-Crate: its provenance in words that others read.

The crate is `results/` with ``ro-crate-metadata.json`` in it, by the profile Workflow
Run Crate 0.5 on RO-Crate 1.1. It is derived from the record of `provenance` and may
leave the house where that record may not: `disclosure` says what of it is told.

A run has no clock, no user and no machine in it, so equal runs give equal bytes. The
one date that RO-Crate demands is that of `publication_date`; start, end and agent of
the run are recommended only and left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from rocrate.model.computationalworkflow import ComputationalWorkflow
from rocrate.model.computerlanguage import snakemake
from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from her2ctdna.provenance.public_record import (
    Citation,
    flat_config,
    hash_uri,
    inputs_by_key,
)
from her2ctdna.provenance.run_record import (
    NOT_INSTALLED,
    FileRecord,
    OutputRecord,
    RunRecord,
)

RO_CRATE = "1.1"
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    WORKFLOW_CRATE: "Workflow RO-Crate",
}
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""The one term that the context of RO-Crate 1.1 lacks, as the profile has it."""

FORMATS = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
UNKNOWN_FORMAT = "application/octet-stream"
LICENCE = (
    "No licence is given for the results: they belong to those who hold the data of "
    "the study. The licence of the workflow stands with the workflow."
)


def derive_crate(
    record: RunRecord,
    *,
    citation: "Citation",
    workflow: OutputRecord,
    published: str,
) -> dict[str, object]:
    """Return the RO-Crate of a run as JSON-LD, sorted by ``@id``.

    Parameters
    ----------
    record
        What `provenance.provenance_record` returns.
    citation
        ``CITATION.cff``: title, version, licence and authors of the workflow.
    workflow
        ``path`` (in the crate), ``sha256`` and ``bytes`` of the Snakefile.
    published
        Date of publication, by ISO 8601.
    """
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_terms = dict(TERMS)
    crate.metadata.append_to("conformsTo", {"@id": WORKFLOW_CRATE})
    _describe_root(crate, record, published)
    main = _add_workflow(crate, record, citation=citation, workflow=workflow)
    taken = [*_add_inputs(crate, record, main), *_add_settings(crate, record)]
    _add_run(crate, main, taken=taken, made=_add_outputs(crate, record))
    document: dict[str, Any] = crate.metadata.generate()
    entities = sorted(document["@graph"], key=lambda entity: str(entity["@id"]))
    document["@graph"] = [_compact(entity) for entity in entities]
    return document


def _describe_root(crate: ROCrate, record: RunRecord, published: str) -> None:
    """Say what the crate is, by which profiles, and that no licence is given."""
    study = record["config"]["study"]
    made_up = " All data are synthetic." if study["synthetic"] else ""
    about = {
        "name": f"{study['id']}: {study['title']}",
        "identifier": study["id"],
        "description": f"Results of her2-ctdna, an exploratory analysis of HER2, ctDNA "
        f"and outcome in a single-arm study.{made_up} The inputs are not in the crate; "
        "they are named by their SHA-256.",
        "datePublished": published,
        "license": _add(crate, "#licence", "CreativeWork", "No licence", LICENCE),
        "conformsTo": [
            _add(crate, uri, "CreativeWork", name, version=uri.rpartition("/")[2])
            for uri, name in PROFILES.items()
        ],
    }
    for key, value in about.items():
        crate.root_dataset[key] = value


def _add(
    crate: ROCrate, uri: str, kind: str, name: str, about: str = "", **facts: object
) -> ContextEntity:
    """Add an entity that is no file."""
    described = {"description": about} if about else {}
    fields = {"@type": kind, "name": name} | described | facts
    return crate.add(ContextEntity(crate, uri, properties=fields))


def _add_workflow(
    crate: ROCrate,
    record: RunRecord,
    *,
    citation: "Citation",
    workflow: OutputRecord,
) -> ComputationalWorkflow:
    """Add the Snakefile as the main entity, with its language and its software."""
    language = snakemake(crate, version=record["versions"]["snakemake"])
    code = record["code_digest"]
    properties = _file_properties(workflow, workflow["path"]) | {
        "name": citation["title"],
        "encodingFormat": "text/plain",
        "conformsTo": {"@id": BIOSCHEMAS},
        "version": citation["version"],
        "license": {"@id": f"https://spdx.org/licenses/{citation['license']}"},
        "creator": [
            _add(crate, f"#author/{number}", "Organization", author["name"])
            for number, author in enumerate(citation["authors"], start=1)
        ],
        "programmingLanguage": crate.add(language),
        "softwareRequirements": list(_add_software(crate, record["versions"])),
        "identifier": _add(
            crate,
            "#code",
            "PropertyValue",
            "code digest",
            "SHA-256 over the names and the contents of all files of workflow and "
            "package",
            value=code,
        ),
    }
    main = ComputationalWorkflow(
        crate, dest_path=workflow["path"], properties=properties
    )
    crate.mainEntity = crate.add(main)
    return main


def _add_software(
    crate: ROCrate, versions: Mapping[str, str]
) -> Iterator[ContextEntity]:
    """Add the packages by their exact version; those not installed took no part."""
    for name, number in sorted(versions.items()):
        if number == NOT_INSTALLED:
            continue
        page = f"https://pypi.org/project/{quote(name)}/{quote(number)}/"
        uri = {
            "her2ctdna": "#her2ctdna",
            "python": f"https://www.python.org/downloads/#{number}",
        }.get(name, page)
        url = {} if uri.startswith("#") else {"url": uri}
        yield _add(
            crate, uri, "SoftwareApplication", name, softwareVersion=number, **url
        )


def _add_inputs(
    crate: ROCrate, record: RunRecord, main: ComputationalWorkflow
) -> list[File]:
    """Add every input by its hash, as an example of the key that it came by.

    Files of equal bytes are one entity, with a name for each use.
    """
    names: dict[str, list[str]] = {}
    for key, files in sorted(inputs_by_key(record).items()):
        numbered = len(files) > 1
        for number, file in enumerate(files, start=1):
            name = f"{key} {number}" if numbered else key
            names.setdefault(hash_uri(file["sha256"]), []).append(name)
    by_uri = {hash_uri(file["sha256"]): file for file in record["inputs"]}
    added = {
        uri: crate.add(
            File(
                crate,
                uri,
                properties=_file_properties(by_uri[uri], by_uri[uri]["path"])
                | {"name": ", ".join(called)},
            )
        )
        for uri, called in sorted(names.items())
    }
    main["input"] = [
        _add_parameter(crate, key, [added[hash_uri(file["sha256"])] for file in files])
        for key, files in sorted(inputs_by_key(record).items())
    ]
    return list(added.values())


def _add_parameter(crate: ROCrate, key: str, files: Sequence[File]) -> ContextEntity:
    """Add an input of the workflow with the files that were given for it."""
    unique = list({file.id: file for file in files}.values())
    parameter = _add(
        crate,
        f"#input/{quote(key, safe='')}",
        "FormalParameter",
        key,
        additionalType="File",
        workExample=unique,
    )
    for file in unique:
        file.append_to("exampleOfWork", parameter)
    return parameter


def _add_settings(crate: ROCrate, record: RunRecord) -> Iterator[ContextEntity]:
    """Add the config as a property value per key, private ones apart."""
    for key, value in flat_config(record["config"]):
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        uri = f"#config/{quote(key, safe='')}"
        yield _add(crate, uri, "PropertyValue", key, value=text)


def _add_outputs(crate: ROCrate, record: RunRecord) -> list[File]:
    """Add every file that the run made, by its path in the crate."""
    return [
        crate.add(
            File(
                crate,
                dest_path=file["path"],
                properties=_file_properties(file, file["path"])
                | {"name": file["path"]},
            )
        )
        for file in record["outputs"]
    ]


def _add_run(
    crate: ROCrate,
    main: ComputationalWorkflow,
    *,
    taken: Iterable[object],
    made: Sequence[File],
) -> None:
    """Add the run: what it took, what it ran, what it made."""
    study = crate.root_dataset["identifier"]
    crate.root_dataset["mentions"] = [
        _add(
            crate,
            "#run",
            "CreateAction",
            f"Run of her2-ctdna {main['version']} on {study}",
            "When, where and by whom is not recorded: the same inputs, config and "
            "software give the same bytes.",
            instrument=main,
            object=list(taken),
            result=list(made),
            actionStatus="http://schema.org/CompletedActionStatus",
        )
    ]


def _compact(entity: Mapping[str, object]) -> dict[str, object]:
    """Return an entity with lists of one as that one, the way RO-Crate has it."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
    }


def _file_properties(file: FileRecord, path: str) -> dict[str, object]:
    """Return what is said of a file: hash, size and format, told by its ending."""
    ending = PurePath(path).suffix.lower()
    return {
        "sha256": file["sha256"],
        "contentSize": str(file["bytes"]),
        "encodingFormat": FORMATS.get(ending, UNKNOWN_FORMAT),
    }
