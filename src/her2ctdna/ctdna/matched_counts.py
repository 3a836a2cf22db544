"""Counts of a variant where a sample writes its molecules in other words."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from her2ctdna.calls.variant_identity import COUNTED, LINKED
from her2ctdna.ctdna.variant_roles import KEYS

SOURCE = "other_records"
"""The ``source`` of a count that other records of the sample give."""


def add_matches(variants: pd.DataFrame, matches: pd.DataFrame | None) -> pd.DataFrame:
    """Return the calls with what other records of a sample make of them.

    A variant that other records count has their counts and no ``caller``: it is no call
    of its own, so that it is never tracked or emergent for them. One that they leave
    unsettled has no count. What alignments count stands. ``linked`` names the other
    variants of the patient that a record says something of, joined by ``; ``; it is
    missing elsewhere.

    Parameters
    ----------
    variants
        One row per sample and variant, with ``source``.
    matches
        As `her2ctdna.calls.variant_identity.match_variants` gives them; ``None`` where
        no calls were read.
    """
    if matches is None:
        return variants.assign(linked=None)
    linked = matches.loc[matches["match"] == LINKED, [*KEYS, "matched"]]
    told = matches[matches["match"] != LINKED]
    counted = variants.loc[variants["source"] == "alignments", KEYS]
    told = told[~_is_among(told, counted)]
    rest = variants[~_is_among(variants, told)]
    rows = _rows(told, variants)
    joined = pd.concat([rest, rows], ignore_index=True)
    joined = joined.merge(linked.rename(columns={"matched": "linked"}), how="left")
    words = joined["linked"].astype(object)
    return joined.assign(linked=words.where(words.notna(), None))


def _is_among(rows: pd.DataFrame, others: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows have the sample and variant of one of the others."""
    keys, among = (pd.MultiIndex.from_frame(table[KEYS]) for table in (rows, others))
    found: NDArray[np.bool_] = keys.isin(among)
    return found


def _rows(told: pd.DataFrame, variants: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of variants that other records tell of, in the types of calls."""
    kinds = variants.dtypes.to_dict()
    source = np.where(told["match"] == COUNTED, SOURCE, "calls").astype(object)
    rows = told.assign(source=source, vaf=told["alt_count"] / told["depth"])
    rows = rows.reindex(columns=list(kinds)).astype(kinds)
    text = [column for column, kind in kinds.items() if kind == np.dtype(object)]
    rows[text] = rows[text].where(rows[text].notna(), None)
    return rows
