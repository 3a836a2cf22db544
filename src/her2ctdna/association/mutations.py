"""Genes mutated in plasma at baseline, against response and HER2 class.

Not detected is not wild type: the share of a mutated gene that can be seen falls with
the level of ctDNA. So whoever has nothing detected at baseline counts as without the
gene, and the comparison is one of what was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.calls.annotation_fields import CONSEQUENCE_CLASSES
from her2ctdna.sets.counting import RESPONSE_FLAGS
from her2ctdna.sets.groupings import FIRST_DOSE, LEVELS, is_in_population
from her2ctdna.statistics.attainable_size import alpha_of, compute_fisher_size
from her2ctdna.statistics.method_names import FISHER, FISHER_HALTON
from her2ctdna.statistics.proportions import (
    RATE_COLUMNS,
    compute_fisher_p,
    rate_of_members,
)

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import BiomarkerSettings

MUTATION_COLUMNS = [
    *["endpoint", "population", "origin", "biomarker", "gene", "group"],
    *[*RATE_COLUMNS, "test", "p_value", "attainable_size", "family", "q_value"],
    "note",
]
POPULATION = "ctdna_evaluable"
RESPONSE = "orr"
HER2 = "her2_class"
FOUND = ("not_found", "found")

_KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
Row = dict[str, object]


def find_mutated(
    patients: pd.DataFrame,
    status: pd.DataFrame,
    variants: pd.DataFrame,
    *,
    min_alt_count: int,
) -> pd.DataFrame:
    """Return ``patient_id`` and ``gene`` of each gene found mutated at baseline.

    By a tracked variant (so neither germline nor clonal haematopoiesis) in the
    baseline sample with at least ``min_alt_count`` molecules (and one), that changes
    the protein or whose consequence is not given. One row a patient and gene.
    """
    baseline = set(patients["baseline_sample_id"].dropna())
    tracked = status[status["role"] == "tracked"]
    tracked = tracked[tracked["sample_id"].isin(baseline)]
    known = variants[[*_KEYS, "gene", "consequence", "alt_count"]]
    calls = tracked[_KEYS].merge(known, on=_KEYS, how="left")
    is_found = calls["gene"].notna() & (calls["alt_count"] >= max(min_alt_count, 1))
    is_found &= calls["consequence"].map(_changes_protein).astype(bool)
    found = calls.loc[is_found, ["patient_id", "gene"]].drop_duplicates()
    return found.sort_values(["gene", "patient_id"], ignore_index=True)


def estimate_mutations(
    patients: pd.DataFrame,
    mutated: pd.DataFrame,
    *,
    response: bool,
    min_frequency: float,
    association: "BiomarkerSettings",
) -> pd.DataFrame:
    """Return for each gene the rates that its tests compare, one row a group.

    The response rate of those with and without the gene, and the share with the gene
    in each HER2 class that occurs; in ctDNA-evaluable patients, of genes found in at
    least the share ``min_frequency`` of them, the most frequent first. Fisher's
    exact test, Freeman and Halton's of more than two classes; its p-value and its
    attainable size stand in each row of the question.

    Parameters
    ----------
    patients
        The analysis-ready table.
    mutated
        See `find_mutated`.
    response
        Whether the study has response.
    min_frequency, association
        The config; of the latter ``confidence``, ``permutations`` and ``seed``.
    """
    members = patients[is_in_population(patients, POPULATION)]
    rows: list[Row] = []
    for gene, ids in _frequent_genes(members, mutated, min_frequency).items():
        has_gene = members["patient_id"].isin(ids)
        name = f"gene_{gene}"
        if response:
            outcome = members[RESPONSE_FLAGS[RESPONSE]] == "yes"
            groups = has_gene.map({False: FOUND[0], True: FOUND[1]})
            about = {"endpoint": RESPONSE, "biomarker": name, "gene": gene}
            rows += _compare(
                members, outcome, groups, FOUND, about=about, association=association
            )
        if HER2 in members:
            classes = [c for c in LEVELS[HER2] if (members[HER2] == c).any()]
            about = {"endpoint": name, "biomarker": HER2, "gene": gene}
            rows += _compare(
                members,
                has_gene,
                members[HER2],
                classes,
                about=about,
                association=association,
            )
    return pd.DataFrame(rows, columns=MUTATION_COLUMNS)


def _compare(
    members: pd.DataFrame,
    outcome: pd.Series,
    groups: pd.Series,
    order: Sequence[str],
    *,
    about: Mapping[str, object],
    association: "BiomarkerSettings",
) -> Iterator[Row]:
    """Yield the rate of an outcome in each group, with the test of them all."""
    totals = [int((groups == name).sum()) for name in order]
    events = [int((outcome & (groups == name)).sum()) for name in order]
    p_value, note = compute_fisher_p(
        events,
        totals,
        permutations=association["permutations"],
        seed=association["seed"],
    )
    alpha = alpha_of(association["confidence"])
    size = compute_fisher_size(events, totals, alpha=alpha)
    for name, total in zip(order, totals, strict=True):
        ids = members.loc[outcome & (groups == name), "patient_id"]
        yield {
            **about,
            "population": POPULATION,
            "origin": FIRST_DOSE,
            "group": name,
            **rate_of_members(ids, total, confidence=association["confidence"]),
            "test": FISHER_HALTON if len(order) > 2 else FISHER,
            "p_value": p_value,
            "attainable_size": size,
            "note": note,
        }


def _frequent_genes(
    members: pd.DataFrame, mutated: pd.DataFrame, min_frequency: float
) -> dict[str, set[str]]:
    """Return who has each gene that enough have, the most frequent first."""
    own = mutated[mutated["patient_id"].isin(members["patient_id"])]
    having = {gene: set(ids) for gene, ids in own.groupby("gene")["patient_id"]}
    frequent = [g for g in having if len(having[g]) >= min_frequency * len(members)]
    frequent.sort(key=lambda gene: (-len(having[gene]), gene))
    return {gene: having[gene] for gene in frequent}


def _changes_protein(terms: object) -> bool:
    if not isinstance(terms, str):
        return True
    parts = (part for words in CONSEQUENCE_CLASSES.values() for part in words)
    return any(part in terms for part in parts)
