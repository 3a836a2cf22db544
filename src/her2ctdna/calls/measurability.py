"""Whether a study's files could show that a tracked variant is gone."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.findings import Finding

_HEADER_ROW = 1
_ELSEWHERE = ("alignments", "depth_track", "depth_sample")
_ADVICE = (
    "no file of this study holds records with 0 mutant molecules, and no depth_track "
    "or alignments are given: what a sample does not list is not measured, so that "
    "hardly any clearance can be shown; have the caller report every tracked site in "
    "every sample (force-call), or give depth_track or alignments in the samples sheet"
)


def find_unmeasurable(calls: pa.Table, samples: pd.DataFrame) -> list[Finding]:
    """Return one warning where nothing of a study can tell "not there" from "not seen".

    That is so where some patient has plasma calls of two days or more, no record
    of a plasma sample counts 0 molecules at a depth, and no sample has alignments or a
    depth track.

    Parameters
    ----------
    calls
        The calls of all samples.
    samples
        The input table ``samples``.
    """
    plasma = samples[samples["material"].fillna("plasma") == "plasma"]
    called = plasma[plasma["sample_id"].isin(pc.unique(calls["sample_id"]).to_pylist())]
    has_later = called["patient_id"].duplicated().any()
    given = samples.reindex(columns=list(_ELSEWHERE)).notna().any(axis=None)
    if not has_later or given:
        return []
    is_plasma = pc.is_in(calls["sample_id"], pa.array(called["sample_id"], pa.string()))
    is_none = pc.and_(pc.equal(calls["alt_count"], 0), pc.greater(calls["depth"], 0))
    if pc.any(pc.and_kleene(is_plasma, is_none)).as_py():
        return []
    return [Finding("warning", "samples", _HEADER_ROW, "calls", "", "", _ADVICE)]
