"""Reading of calls as the workflow does it, for tests: a file in, a table out."""

import tempfile
from pathlib import Path

from her2ctdna.calls import all_calls
from her2ctdna.calls.vcf import read_variants

FOLDER = Path(__file__).parent / "vcf"


def read_batch(samples, *, caller=None, reference=None):
    """The calls of samples, and all findings."""
    calls, _, findings = read_all(samples, caller=caller, reference=reference)
    return calls, findings


def read_all(samples, *, caller=None, reference=None):
    """The calls of samples, what is known of their files, and all findings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.arrow"
        files, findings = read_variants(
            samples, path, caller=caller, reference=reference
        )
        return all_calls.read_calls(path).to_pandas(), files, findings


def as_sample(path, calls_sample=None, **cells):
    """A sample of the sheet whose calls are in a file, or in one of tests/vcf."""
    path = path if isinstance(path, Path) else FOLDER / f"{path}.vcf"
    return {
        "sample_id": "P1-C1D1",
        "patient_id": "P1",
        "calls_sample": calls_sample,
        "row": 7,
        "path": str(path),
        "value": f"calls/{path.name}",
    } | cells


def read_calls(path, calls_sample=None, **config):
    """The calls of one file, and its findings."""
    return read_batch([as_sample(path, calls_sample)], **config)
