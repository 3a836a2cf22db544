"""What is to be said of variants that a sample writes in other words."""

import pandas as pd

from her2ctdna.calls.variant_form import Variant
from her2ctdna.calls.variant_identity import COUNTED, UNSETTLED, is_indel
from her2ctdna.findings import Finding

_INDEL = (
    "give study.reference, the FASTA of the calls, so that insertions and deletions "
    "stand at one place"
)
_OTHER = "have all samples of the patient called alike, or give their alignments"


def describe_matches(matches: pd.DataFrame, files: pd.DataFrame) -> list[Finding]:
    """Return a warning for each variant that cannot be told from another record.

    And a note on how many counts come from other records. ``files`` say where in the
    sheet each sample names its calls; of a patient each set of records is said once.
    """
    places = files.drop_duplicates("sample_id").set_index("sample_id")
    counted = matches[matches["match"] == COUNTED]
    findings = []
    if len(counted):
        n_patients = counted["patient_id"].nunique()
        text = (
            f"{len(counted)} counts of variants in {n_patients} patients come from "
            "other records of the sample: a change of several bases and its single "
            "ones are one variant"
        )
        findings.append(Finding("note", "samples", None, "calls", "", "", text))
    last = {}
    for row in matches[matches["match"] == UNSETTLED].to_dict("records"):
        variant = Variant(*(row[name] for name in Variant._fields))
        names = frozenset([str(variant), *row["matched"].split("; ")])
        last[row["patient_id"], names] = _unsettled(row, variant, places)
    return [*findings, *last.values()]


def _unsettled(
    row: dict[str, object], variant: Variant, places: pd.DataFrame
) -> Finding:
    sample_id, patient_id = str(row["sample_id"]), str(row["patient_id"])
    known = sample_id in places.index
    line = int(places.loc[sample_id, "row"]) if known else None
    value = str(places.loc[sample_id, "value"]) if known else sample_id
    names = [str(variant), *str(row["matched"]).split("; ")]
    advice = _INDEL if all(map(_names_indel, names)) else _OTHER
    text = (
        f"{row['matched']} in {sample_id} may be {variant}, which other samples of the "
        "patient hold: that is not measured here, nothing is cleared over it, and what "
        f"may be it is not emergent; {advice}"
    )
    return Finding("warning", "samples", line, "calls", patient_id, value, text)


def _names_indel(name: str) -> bool:
    """Tell whether a variant, named as by its `str`, is an insertion or deletion."""
    ref, _, alt = name.rpartition(" ")[2].partition(">")
    return is_indel(Variant("", 0, ref, alt))
