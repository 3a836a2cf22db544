"""Patients of known truth whose files are rewritten: what is cleared, and what new.

Each patient has a draw at baseline and two later ones, in VCF files that say what is
there in ways at random: a change of several bases (MNV) as one record, as its parts or
both; bases replaced by more or fewer (delins) as one record or as substitutions beside
an indel; an indel anywhere in its repeat; an SNV together with a germline variant on
the same molecules; alleles with more bases than they need; another allele on the same
record; a variant at 0 beside another form of it that has molecules; contigs under five
names; records in another order or twice; the counts of twelve callers. The files are
read and derived as the workflow does it, with a reference and without. Two to three
minutes; a quarter of the patients is read from plain files as well.

Run: OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/rewrite_visits.py [patients]
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pysam
import yaml
from rewriting.edits import Edit, Genome, apply, make_genome, parts_of
from rewriting.files import NAMES, Writer, write_reference
from rewriting.truth import KINDS, VISITS, Patient, draw_patient

from her2ctdna.calls.all_calls import collect_calls, sort_calls
from her2ctdna.calls.variant_form import with_chr
from her2ctdna.calls.variant_identity import find_candidates, match_variants
from her2ctdna.calls.vcf import NamedCalls, read_variants
from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.ctdna.emergent import summarise_variants
from her2ctdna.ctdna.sample_limits import compute_upper95
from her2ctdna.inputs.dates import empty_table

CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
SEED = 20240601
PATIENTS = 1000
LANDMARKS = {f"visit {visit}": 21 * visit for visit in range(1, VISITS + 1)}


class Study(NamedTuple):
    """Patients with what is true of them, the genome, and its FASTA."""

    patients: list[Patient]
    genome: Genome
    fasta: Path


class Found(NamedTuple):
    """What the workflow makes of the files.

    ``visits``: one row per patient and visit, with ``kind``, ``is_clear`` (the truth)
    and ``clearance``. ``emergent``: one per emergent variant, with ``kind`` and
    ``is_true``. ``new``: one per variant that is new in truth, with ``kind`` and
    ``is_found``.
    """

    visits: pd.DataFrame
    emergent: pd.DataFrame
    new: pd.DataFrame


def make_study(n: int, folder: Path) -> Study:
    """Return ``n`` patients, of each kind as many, and write their genome."""
    genome, tracts = make_genome(np.random.default_rng(SEED), list(NAMES))
    fasta = folder / "genome.fa"
    write_reference(genome, fasta)
    pysam.faidx(str(fasta))
    kinds = list(KINDS)
    patients = [
        draw_patient(
            np.random.default_rng([SEED, number]),
            f"P{number:05d}",
            kinds[number % len(kinds)],
            genome,
            tracts,
        )
        for number in range(n)
    ]
    return Study(patients, genome, fasta)


def write_files(study: Study, folder: Path, *, is_plain: bool) -> list[NamedCalls]:
    """Write the draws of all patients; return the rows of the samples sheet."""
    listed: list[NamedCalls] = []
    for number, patient in enumerate(study.patients):
        random = np.random.default_rng([SEED, number, is_plain])
        writer = Writer(random, study.genome, is_plain=is_plain)
        for draw in range(1 + VISITS):
            sample_id = f"{patient.name}-{draw}"
            path = folder / f"{sample_id}.vcf"
            writer.write(patient, draw, path)
            listed.append(
                {
                    "sample_id": sample_id,
                    "patient_id": patient.name,
                    "calls_sample": None,
                    "row": len(listed) + 2,
                    "value": path.name,
                    "path": str(path),
                }
            )
    return listed


def derive(
    study: Study, listed: Sequence[NamedCalls], folder: Path, *, is_aligned: bool
) -> Found:
    """Read the files and derive clearance, as the rules of the workflow do.

    Parameters
    ----------
    is_aligned
        Whether the reference is given.
    """
    ctdna = _definitions()
    path = folder / "calls.arrow"
    reference = str(study.fasta) if is_aligned else None
    files, findings = read_variants(listed, path, caller=None, reference=reference)
    errors = [found for found in findings if found.severity == "error"]
    if errors:
        raise RuntimeError(f"{len(errors)} files were not read: {errors[0]}")
    tables = _sheets(study, listed)
    calls = collect_calls([path], tables, styles=set(files["contigs"]))
    matches = match_variants(find_candidates(calls), is_aligned=is_aligned)
    tables |= {"variants": sort_calls(calls).to_pandas(), "matches": matches}
    derived = derive_ctdna(tables, ctdna=ctdna)
    if derived.roles is None:
        raise RuntimeError("no calls")
    tables["variant_status"] = derived.roles
    emergent = summarise_variants(tables, ctdna=ctdna)["emergent"]
    return Found(
        _with_truth(study, derived.landmarks),
        _with_origin(study, emergent),
        _with_discovery(study, emergent),
    )


@cache
def _definitions() -> Any:
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    landmarks = {name: {"day": day, "window": 7} for name, day in LANDMARKS.items()}
    return config["definitions"]["ctdna"] | {"landmarks": landmarks}


def _sheets(study: Study, listed: Sequence[NamedCalls]) -> dict[str, pd.DataFrame]:
    """Return the input tables ``patients`` and ``samples``."""
    rows: dict[str, list[dict[str, object]]] = {
        "patients": [{"patient_id": patient.name} for patient in study.patients],
        "samples": [
            {name: sample[name] for name in ("sample_id", "patient_id")}
            | {"collected_day": 21 * int(sample["sample_id"].rpartition("-")[2])}
            for sample in listed
        ],
    }
    empty = {name: empty_table(name) for name in rows}
    return {
        name: pd.DataFrame(rows[name], columns=list(table)).astype(
            table.dtypes.to_dict()
        )
        for name, table in empty.items()
    }


def _with_truth(study: Study, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return a row per patient and visit, with the truth beside the clearance."""
    truth = pd.DataFrame(
        [
            (patient.name, landmark, patient.kind, patient.is_clear(draw))
            for patient in study.patients
            for draw, landmark in enumerate(LANDMARKS, start=1)
        ],
        columns=["patient_id", "landmark", "kind", "is_clear"],
    )
    found = landmarks[["patient_id", "landmark", "clearance"]]
    return truth.merge(found, on=["patient_id", "landmark"], validate="one_to_one")


def _edit_of(row: Any) -> Edit:
    start = int(row.pos) - 1
    return Edit(with_chr(row.chrom), start, start + len(row.ref), row.alt)


def _is_of(edit: Edit, true: Edit, genome: Genome) -> bool:
    """Tell whether a record is of a true variant: the same bases, or a part of it."""
    if edit.contig != true.contig:
        return False
    parts = parts_of(true, genome)
    if edit.is_substitution:
        return set(parts_of(edit, genome)) <= set(parts)
    return apply(edit, genome) in {apply(part, genome) for part in (true, *parts)}


def _pairs(study: Study, emergent: pd.DataFrame) -> Iterator[tuple[Patient, Edit]]:
    patients = {patient.name: patient for patient in study.patients}
    for row in emergent.itertuples(index=False):
        yield patients[row.patient_id], _edit_of(row)


def _with_origin(study: Study, emergent: pd.DataFrame) -> pd.DataFrame:
    """Return a row per emergent variant, and whether it is new in truth."""
    rows = [
        (
            patient.name,
            patient.kind,
            edit,
            any(
                _is_of(edit, variant.edit, study.genome)
                for variant in patient.variants
                if variant.role == "new"
            ),
        )
        for patient, edit in _pairs(study, emergent)
    ]
    return pd.DataFrame(rows, columns=["patient_id", "kind", "edit", "is_true"])


def _with_discovery(study: Study, emergent: pd.DataFrame) -> pd.DataFrame:
    """Return a row per variant that is new in truth, and whether it is emergent."""
    found: dict[str, list[Edit]] = {}
    for patient, edit in _pairs(study, emergent):
        found.setdefault(patient.name, []).append(edit)
    rows = [
        (
            patient.name,
            patient.kind,
            any(
                _is_of(edit, variant.edit, study.genome)
                for edit in found.get(patient.name, [])
            ),
        )
        for patient in study.patients
        for variant in patient.variants
        if variant.role == "new"
    ]
    return pd.DataFrame(rows, columns=["patient_id", "kind", "is_found"])


def run(study: Study, folder: Path, *, is_plain: bool, is_aligned: bool) -> Found:
    """Write the files of a study into a folder, plain or rewritten, and derive."""
    folder.mkdir()
    listed = write_files(study, folder, is_plain=is_plain)
    return derive(study, listed, folder, is_aligned=is_aligned)


def run_all(n: int, folder: Path) -> dict[str, Found]:
    """Return what is found in ``n`` patients, by how files were written and read.

    A quarter of them also in plain files, for comparison.
    """
    study = make_study(n, folder)
    some = study._replace(patients=study.patients[: -(-n // 4)])
    return {
        "plain, without reference": run(
            some, folder / "plain", is_plain=True, is_aligned=False
        ),
        "rewritten, with reference": run(
            study, folder / "aligned", is_plain=False, is_aligned=True
        ),
        "rewritten, without reference": run(
            study, folder / "rewritten", is_plain=False, is_aligned=False
        ),
    }


def table_of(found: dict[str, Found]) -> Iterator[str]:
    """Yield the lines of the table, and what no event among so many excludes."""
    titles = (
        *("files", "tracked", "visits with molecules", "cleared", "uninformative"),
        *("visits without", "not cleared", "uninformative"),
        *("emergent", "of them not new", "new", "of them not found"),
    )
    yield f"| {' | '.join(titles)} |"
    yield "|---|---|" + "---:|" * (len(titles) - 2)
    for name, results in found.items():
        for kind in (*KINDS, "all"):
            yield f"| {name} | {kind} | {' | '.join(_cells(results, kind))} |"
    yield ""
    for name, results in found.items():
        held = results.visits[~results.visits["is_clear"]]
        n_false = int((held["clearance"] == "cleared").sum())
        bound = float(compute_upper95(n_false, len(held)))
        text = f"{n_false} of {len(held)} falsely cleared, at most {100 * bound:.2f} %"
        yield f"{name}: {text} (one-sided 95 %)"


def _cells(found: Found, kind: str) -> list[str]:
    visits, emergent, new = (
        table if kind == "all" else table[table["kind"] == kind] for table in found
    )
    cells = []
    for is_clear, wrong in ((False, "cleared"), (True, "not_cleared")):
        words = visits.loc[visits["is_clear"] == is_clear, "clearance"]
        odd = set(words) - {"cleared", "not_cleared", "uninformative"}
        if odd:
            raise RuntimeError(f"visits are {odd}")
        n_unknown = int((words == "uninformative").sum())
        share = f"{n_unknown} ({100 * n_unknown / max(len(words), 1):.1f} %)"
        cells += [str(len(words)), str(int((words == wrong).sum())), share]
    n_false, n_missed = (~emergent["is_true"]).sum(), (~new["is_found"]).sum()
    return [*cells, *map(str, (len(emergent), n_false, len(new), n_missed))]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        size = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
        for line in table_of(run_all(size, Path(temporary))):
            print(line)
