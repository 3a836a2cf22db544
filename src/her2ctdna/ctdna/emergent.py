"""What appears in plasma under treatment, and ERBB2 in plasma against tissue.

Both stand beside clearance and never inside it: only variants that are tracked since
baseline are counted there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.ctdna.background import derive_background
from her2ctdna.ctdna.draws import derive_draws
from her2ctdna.ctdna.variant_roles import KEYS, VARIANT

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

EMERGENT_COLUMNS = [
    *["patient_id", "gene", "protein_change", "consequence"],
    *["chrom", "pos", "ref", "alt", "first_sample_id", "first_day", "last_day"],
    *["max_vaf", "n_samples", "baseline_alt_count", "baseline_depth", "of_note"],
]
ERBB2_COLUMNS = [
    *["patient_id", "her2_class", "her2_group", "plasma_erbb2", "variants"],
    *["first_day", "plasma_amplification", "amplified_day", "reason"],
]


class Plasma(NamedTuple):
    """The calls of plasma with role and day, and the plasma draws."""

    calls: pd.DataFrame
    draws: pd.DataFrame


def summarise_variants(
    tables: Mapping[str, pd.DataFrame], *, ctdna: "CtdnaSettings"
) -> dict[str, pd.DataFrame]:
    """Return the tables emergent, erbb2 and background.

    Parameters
    ----------
    tables
        ``patients``, ``samples``, ``variants``, their roles (``variant_status``) and,
        if HER2 was read, ``her2_status``.
    """
    window = ctdna["baseline_window"]
    draws = derive_draws(tables["samples"], baseline_window=window)
    variants, roles = tables["variants"], tables["variant_status"]
    plasma = plasma_of(variants, roles, draws)
    patients = tables["patients"][["patient_id"]]
    if "her2_status" in tables:
        patients = patients.merge(tables["her2_status"], on="patient_id", how="left")
    return {
        "emergent": summarise_emergent(plasma, ctdna=ctdna),
        "erbb2": summarise_erbb2(plasma, patients, ctdna=ctdna),
        "background": derive_background(variants, roles, draws, ctdna=ctdna),
    }


def plasma_of(
    variants: pd.DataFrame, roles: pd.DataFrame, draws: pd.DataFrame
) -> Plasma:
    """Return what plasma holds, without draws that failed."""
    plasma = draws[(draws["material"] == "plasma") & draws["qc"].ne("fail")]
    calls = variants.merge(roles[[*KEYS, "role"]], on=KEYS)
    columns = ["sample_id", "day", "is_baseline"]
    return Plasma(calls.merge(plasma[columns], on="sample_id"), plasma)


def summarise_emergent(plasma: Plasma, *, ctdna: "CtdnaSettings") -> pd.DataFrame:
    """Return one row per patient and emergent variant, by patient, day and place.

    ``first_day`` and ``last_day`` are of the draws in which it passes the thresholds,
    ``max_vaf`` and ``n_samples`` too. ``baseline_alt_count`` and ``baseline_depth`` are
    what the baseline held of it, below the thresholds; empty where it has no record.
    ``of_note`` says whether its gene is one of ``resistance_genes``.
    """
    calls = plasma.calls.sort_values(["day", "sample_id"], kind="stable")
    emergent = calls[calls["role"] == "emergent"]
    found = emergent.groupby(VARIANT).agg(
        gene=("gene", "first"),
        protein_change=("protein_change", "first"),
        consequence=("consequence", "first"),
        first_sample_id=("sample_id", "first"),
        first_day=("day", "first"),
        last_day=("day", "last"),
        max_vaf=("vaf", "max"),
        n_samples=("sample_id", "size"),
    )
    before = calls[calls["is_baseline"].astype(bool)].set_index(VARIANT)
    found = found.join(before[["alt_count", "depth"]].add_prefix("baseline_"))
    is_listed = found["gene"].isin(ctdna["resistance_genes"])
    found["of_note"] = np.where(is_listed, "yes", "no")
    order = ["patient_id", "first_day", *VARIANT[1:]]
    return found.reset_index().sort_values(order, kind="stable")[EMERGENT_COLUMNS]


def summarise_erbb2(
    plasma: Plasma, patients: pd.DataFrame, *, ctdna: "CtdnaSettings"
) -> pd.DataFrame:
    """Return ERBB2 in plasma against the HER2 class of tissue, one row per patient.

    Parameters
    ----------
    patients
        ``patient_id``, and ``her2_class`` and ``her2_group`` where HER2 was read.

    Returns
    -------
    ``plasma_erbb2`` is mutated (a tracked or emergent ERBB2 variant with a molecule in
    an informative record), not_seen (no such variant, but an ERBB2 record of at least
    ``min_depth``), or not_measured: a file of variants does not say which genes the
    assay covers, so a gene without a record tells nothing. ``plasma_amplification``
    is what the samples say in ``erbb2_amplified`` (amplified, not_amplified), else
    not_measured: files of small variants hold no copy number.
    """
    calls = plasma.calls[plasma.calls["gene"] == "ERBB2"]
    deep = calls[(calls["depth"] >= ctdna["min_depth"]) & calls["alt_count"].notna()]
    is_tumour = deep["role"].isin(["tracked", "emergent"]) & (deep["alt_count"] > 0)
    mutated = dict(list(deep[is_tumour].groupby("patient_id")))
    drawn, covered = set(plasma.draws["patient_id"]), set(deep["patient_id"])
    copies = dict(list(plasma.draws.groupby("patient_id")))
    rows = []
    for patient in patients.itertuples(index=False):
        name = patient.patient_id
        row = {"patient_id": name} | {
            column: getattr(patient, column, None)
            for column in ("her2_class", "her2_group")
        }
        row |= _mutation(mutated.get(name), name in covered, name in drawn)
        rows.append(row | _amplification(copies.get(name)))
    table = pd.DataFrame(rows, columns=ERBB2_COLUMNS)
    return table.astype({"first_day": float, "amplified_day": float})


def _mutation(
    mutated: pd.DataFrame | None, is_covered: bool, is_drawn: bool
) -> dict[str, object]:
    """Return what plasma says on ERBB2 variants in one patient, with the reason."""
    if mutated is not None:
        named = mutated["protein_change"].fillna(
            mutated["ref"].str.cat(mutated["alt"], sep=">")
        )
        roles = "; ".join(sorted(set(mutated["role"])))
        return {
            "plasma_erbb2": "mutated",
            "variants": ";".join(sorted(set(named))),
            "first_day": mutated["day"].min(),
            "reason": roles,
        }
    if is_covered:
        reason = "ERBB2 has a record, none of tumour"
        return {"plasma_erbb2": "not_seen", "reason": reason}
    reason = "no ERBB2 record: coverage unknown" if is_drawn else "no plasma sample"
    return {"plasma_erbb2": "not_measured", "reason": reason}


def _amplification(draws: pd.DataFrame | None) -> dict[str, object]:
    """Return what the samples of one patient say on the amplification of ERBB2."""
    words = pd.Series(dtype=object) if draws is None else draws["erbb2_amplified"]
    if (words == "yes").any():
        day = draws.loc[words == "yes", "day"].min() if draws is not None else None
        return {"plasma_amplification": "amplified", "amplified_day": day}
    seen = "not_amplified" if (words == "no").any() else "not_measured"
    return {"plasma_amplification": seen}
