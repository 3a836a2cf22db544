"""The RO-Crate of a run: what it says, what it must not say, and that it is valid."""

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from rocrate_validator import services
from rocrate_validator.utils.http import HttpRequester

from her2ctdna.provenance.crate import TERMS, derive_crate
from her2ctdna.provenance.public_record import publication_date
from her2ctdna.provenance.run_record import describe_file, file_sha256, write_record

SCHEMA_ORG = [
    *["CreateAction", "CreativeWork", "ComputerLanguage", "Dataset", "Organization"],
    *["PropertyValue", "SoftwareApplication", "SoftwareSourceCode", "about"],
    *["actionStatus", "additionalType", "contentSize", "creator", "datePublished"],
    *["description", "encodingFormat", "exampleOfWork", "hasPart", "identifier"],
    *["instrument", "license", "mainEntity", "mentions", "name", "object"],
    *["programmingLanguage", "result", "softwareRequirements", "softwareVersion"],
    *["url", "value", "version", "workExample"],
]
CONTEXT = {name: f"http://schema.org/{name}" for name in SCHEMA_ORG} | {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "File": "http://schema.org/MediaObject",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
}
"""What the context of RO-Crate 1.1 (docs/1.1/context.jsonld) says of the terms used:
the validator would fetch it, and tests have no network."""

CITATION = {
    "title": "her2-ctdna",
    "version": "0.1.0",
    "license": "MIT",
    "authors": [{"name": "The developers"}],
    "date-released": "2025-03-01",
}
by_validator = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
"""The validator uses what its own libraries no longer like."""

ONE, TWO, THREE = ("11" * 32, "22" * 32, "33" * 32)


def file(path: str, digest: str, **table: str) -> dict[str, Any]:
    return {"path": path, "sha256": digest, "bytes": 3, **table}


RECORD = {
    "code_digest": "c0de",
    "config": {
        "study": {
            "id": "S1",
            "title": "乳腺癌",
            "synthetic": True,
            "data_cutoff": "2024-05-06",
            "reference": "/data/genome.fa",
        },
        "inputs": {"patients": "/home/ann/p.tsv", "samples": "s.csv"},
        "definitions": {
            "her2": {"recode": {"1+ (Mrs X)": "1+"}, "reader": "central"},
            "ctdna": {"min_vaf": 0.5, "ch_genes": ["TET2"]},
        },
        "analyses": {"primary": {}, "two": {"her2": {"recode": {"Mrs Y": "0"}}}},
    },
    "inputs": [
        file("/home/ann/p.tsv", ONE, table="patients"),
        file("/data/genome.fa", ONE, table="samples"),
        file("calls/PAT-7.vcf.gz", THREE, table="samples"),
        file("calls/PAT-9.vcf.gz", TWO, table="samples"),
        file("s.csv", TWO, table="samples"),
    ],
    "outputs": [
        file("primary/report.html", ONE),
        file("a b/50% #1.tsv", TWO),
    ],
    "versions": {"python": "3.11.9", "snakemake": "9.2", "pysam": "not installed"},
}


def crate_of(record: dict[str, Any], **changed: Any) -> dict[str, dict[str, Any]]:
    """Return the entities of the crate of a record by their id."""
    arguments = {
        "citation": CITATION,
        "workflow": file("workflow/Snakefile", THREE),
        "published": "2025-03-01",
    }
    graph = derive_crate(record, **arguments | changed)["@graph"]
    assert [entity["@id"] for entity in graph] == sorted({e["@id"] for e in graph})
    return {entity["@id"]: entity for entity in graph}


@pytest.fixture
def crate() -> dict[str, dict[str, Any]]:
    return crate_of(RECORD)


def ids(value: Any) -> list[str]:
    return [link["@id"] for link in (value if isinstance(value, list) else [value])]


def test_inputs_are_named_by_key_and_number_in_order_of_their_hash(crate):
    names = {
        crate[uri]["sha256"]: crate[uri]["name"]
        for uri in ids(crate["#run"]["object"])
        if uri.startswith("ni:")
    }
    assert names == {
        ONE: "patients, reference",
        TWO: "samples, samples_files 1",
        THREE: "samples_files 2",
    }
    assert ids(crate["workflow/Snakefile"]["input"]) == [
        *["#input/patients", "#input/reference", "#input/samples"],
        "#input/samples_files",
    ]


def test_input_has_the_hash_uri_of_rfc_6920(crate):
    # sha256sum of "Hello World!", and its URI, from section 8.1 of the RFC
    digest = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"
    record = RECORD | {"inputs": [file("p", digest, table="patients")]}
    uri = "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert crate_of(record)[uri]["sha256"] == digest


def test_no_path_date_or_cell_of_the_study_is_told(crate):
    text = json.dumps(crate, ensure_ascii=False)
    for secret in ("ann", "PAT-", "genome", "2024", "Mrs", "recode", "/data", ".vcf"):
        assert secret not in text, secret
    assert "乳腺癌" in text


def test_settings_are_property_values_by_their_key(crate):
    values = {
        entity["name"]: entity["value"]
        for uri, entity in crate.items()
        if uri.startswith("#config/")
    }
    assert values == {
        "analyses.primary": "{}",
        "definitions.ctdna.ch_genes": '["TET2"]',
        "definitions.ctdna.min_vaf": "0.5",
        "definitions.her2.reader": "central",
        "study.id": "S1",
        "study.synthetic": "true",
        "study.title": "乳腺癌",
    }


def test_outputs_are_results_under_encoded_paths(crate):
    assert ids(crate["#run"]["result"]) == [
        "primary/report.html",
        "a%20b/50%25%20%231.tsv",
    ]
    made = crate["a%20b/50%25%20%231.tsv"]
    assert made == {
        "@id": "a%20b/50%25%20%231.tsv",
        "@type": "File",
        "contentSize": "3",
        "encodingFormat": "text/tab-separated-values",
        "name": "a b/50% #1.tsv",
        "sha256": TWO,
    }


def test_workflow_has_its_language_digest_and_software(crate):
    workflow = crate[crate["./"]["mainEntity"]["@id"]]
    assert workflow["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert crate[workflow["programmingLanguage"]["@id"]]["version"] == "9.2"
    assert crate[workflow["identifier"]["@id"]]["value"] == "c0de"
    software = [crate[uri]["name"] for uri in ids(workflow["softwareRequirements"])]
    assert software == ["python", "snakemake"]
    assert crate["#run"]["instrument"] == {"@id": "workflow/Snakefile"}


def test_date_is_the_release_unless_the_publisher_names_one():
    assert publication_date(CITATION, None) == "2025-03-01"
    assert publication_date(CITATION, "") == "2025-03-01"
    assert publication_date(CITATION, "86399") == "1970-01-01"
    assert publication_date(CITATION, "86400") == "1970-01-02"
    with pytest.raises(ValueError, match="seconds since 1970"):
        publication_date(CITATION, "2024-05-06")


def test_every_term_of_the_crate_is_in_its_context(crate):
    types = [
        t
        for e in crate.values()
        for t in ([*e["@type"]] if isinstance(e["@type"], list) else [e["@type"]])
    ]
    keys = {key for entity in crate.values() for key in entity if key[0] != "@"}
    assert {*types, *keys} <= {*CONTEXT, *TERMS}


class Served:
    """The answer to a request for the context."""

    status_code = 200

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": "application/ld+json"}

    def json(self) -> dict[str, Any]:
        return {"@context": CONTEXT}


@pytest.fixture
def validated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that validates a folder by the profile, without network."""

    def get(_: HttpRequester, url: str, **__: Any) -> Served:
        assert url == "https://w3id.org/ro/crate/1.1/context"
        return Served()

    def validate(folder: Path) -> list[str]:
        settings = services.ValidationSettings(
            rocrate_uri=str(folder),
            profile_identifier="workflow-run-crate",
            requirement_severity="REQUIRED",
            offline=True,
            cache_path=tmp_path / "cache",
        )
        return [issue.message for issue in services.validate(settings).get_issues()]

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)
    return validate


def written(folder: Path, **changed: Any) -> Path:
    """Write the crate of the record into a folder with empty files."""
    document = derive_crate(
        RECORD,
        citation=CITATION,
        workflow=file("workflow/Snakefile", THREE),
        **{"published": "2025-03-01"} | changed,
    )
    for entity in document["@graph"]:
        if "File" in entity["@type"] and ":" not in entity["@id"]:
            path = folder / unquote(entity["@id"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    write_record(folder / "ro-crate-metadata.json", document)
    return folder


@by_validator
def test_crate_is_valid_by_the_profile(tmp_path, validated):
    assert validated(written(tmp_path)) == []


@by_validator
@pytest.mark.parametrize("gone", ["workflow/Snakefile", "primary/report.html"])
def test_crate_without_a_file_is_not_valid(tmp_path, validated, gone):
    folder = written(tmp_path)
    (folder / gone).unlink()
    assert any(gone in message for message in validated(folder))


@by_validator
def test_crate_without_a_date_is_not_valid(tmp_path, validated):
    assert any("datePublished" in m for m in validated(written(tmp_path, published="")))


@by_validator
def test_crate_of_the_demo_is_valid_and_complete(demo, validated):
    results = demo.folder / "results"
    assert validated(results) == []
    document = json.loads((results / "ro-crate-metadata.json").read_text("utf-8"))
    made = {e["@id"]: e for e in document["@graph"]}
    record = yaml.safe_load((results / "provenance.json").read_text("utf-8"))
    assert len(ids(made["#run"]["result"])) == len(record["outputs"])
    for path in ("primary/report.html", "cohort/flow.tsv", "workflow/Snakefile"):
        assert made[path]["sha256"] == file_sha256(results / path)
        assert made[path]["contentSize"] == str(describe_file(results / path)["bytes"])


def test_crate_of_the_demo_names_no_patient_sample_path_or_user(demo):
    text = (demo.folder / "results/ro-crate-metadata.json").read_text("utf-8")
    samples = demo.folder / "config/demo/samples.tsv"
    words = {
        word
        for line in samples.read_text().splitlines()[1:]
        for word in line.split("\t")[:2]
    }
    words |= set(demo.table("primary/patients.tsv")["patient_id"])
    assert len(words) > 200
    found = [w for w in words if re.search(rf"\b{re.escape(w)}\b", text)]
    assert found == []
    assert str(demo.folder) not in text
    assert os.fspath(Path.home()) not in text


def test_crate_of_the_demo_is_the_same_when_written_again(demo, root):
    results = demo.folder / "results"
    record = yaml.safe_load((results / "provenance.json").read_text("utf-8"))
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    path = "workflow/Snakefile"
    again = demo.folder / "again.json"
    workflow = {"path": path} | describe_file(results / path)
    published = publication_date(citation, os.environ.get("SOURCE_DATE_EPOCH"))
    write_record(
        again,
        derive_crate(record, citation=citation, workflow=workflow, published=published),
    )
    assert again.read_bytes() == (results / "ro-crate-metadata.json").read_bytes()
