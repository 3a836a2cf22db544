"""The table behind ``oncoprint``: variants by patient and gene, in its order."""

from typing import Any

import pandas as pd

from her2ctdna.consequences import CONSEQUENCE_CLASSES
from her2ctdna.figures.palette import CONSEQUENCES, HER2_GROUPS

_KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
_VARIANT = _KEYS[1:]
_COLUMNS = [
    "patient_id",
    "her2_group",
    "bor",
    "gene",
    "consequence",
    "n_tracked",
    "n_emergent",
]
_MOST_GENES = 25
_NO_GENE = "no gene given"


def derive_oncoprint(
    variants: pd.DataFrame, status: pd.DataFrame, patient_table: pd.DataFrame
) -> pd.DataFrame:
    """Return tracked and emergent variants by patient and gene.

    Patients are the treated with a plasma sample; one without such a variant has a
    row without a gene. ``consequence`` is the class of the worst tracked variant, in
    the palette's order, empty where all are emergent. Genes beyond the 25 of most
    patients are joined to one. Rows are in the order of the figure: genes by number
    of patients with a tracked variant, patients by HER2 group and then by what they
    have in the first genes.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    sampled = treated[treated["n_samples"] > 0]
    sampled = sampled.reindex(columns=["patient_id", "her2_group", "bor"])
    sampled = sampled.assign(her2_group=sampled["her2_group"].fillna(""))
    cells = _join_genes(_count_by_gene(variants, status))
    drawn = sampled.merge(cells, on="patient_id", how="left")
    return _in_order(drawn)[_COLUMNS]


def _count_by_gene(variants: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Return one row per patient and gene, each variant of a patient counted once."""
    kept = status[status["role"].isin(["tracked", "emergent"])]
    known = variants[[*_KEYS, "gene", "consequence"]]
    calls = kept[[*_KEYS, "role"]].merge(known, on=_KEYS, how="left")
    calls = calls.sort_values(["role", *_VARIANT], ascending=False, kind="stable")
    calls = calls.drop_duplicates(_VARIANT)
    tracked = calls["role"] == "tracked"
    calls = calls.assign(
        gene=calls["gene"].fillna(_NO_GENE),
        consequence=[_class_of(terms) for terms in calls["consequence"]],
        n_tracked=tracked.astype(float),
        n_emergent=(~tracked).astype(float),
    )
    calls["consequence"] = calls["consequence"].where(tracked)
    return _sum_cells(calls)


def _class_of(terms: Any) -> str:
    """Return the class of Sequence Ontology terms joined by ``&``, or missing."""
    found = (
        name
        for name, parts in CONSEQUENCE_CLASSES.items()
        if isinstance(terms, str) and any(part in terms for part in parts)
    )
    present = set(found)
    return next((name for name in CONSEQUENCES if name in present), "other")


def _sum_cells(calls: pd.DataFrame) -> pd.DataFrame:
    rank = {name: place for place, name in enumerate(CONSEQUENCES)}
    worst = calls.assign(rank=calls["consequence"].map(rank)).groupby(
        ["patient_id", "gene"], sort=False
    )
    names = dict(enumerate(CONSEQUENCES))
    return pd.DataFrame(
        {
            "consequence": worst["rank"].min().map(names),
            "n_tracked": worst["n_tracked"].sum(),
            "n_emergent": worst["n_emergent"].sum(),
        }
    ).reset_index()


def _join_genes(cells: pd.DataFrame) -> pd.DataFrame:
    """Join the genes beyond those of most patients to one row of the figure."""
    order = order_genes(cells)
    rest = order[_MOST_GENES:]
    if len(rest) < 2:
        return cells
    joined = cells.assign(
        gene=cells["gene"].where(~cells["gene"].isin(rest), f"{len(rest)} other genes")
    )
    return _sum_cells(joined)


def order_genes(cells: pd.DataFrame) -> list[str]:
    """Return genes by number of patients with a tracked variant, ties by name."""
    having = cells.assign(has=cells["n_tracked"] > 0).groupby("gene")["has"].sum()
    table = having.reset_index()
    last = table["gene"].str.endswith(" other genes") | (table["gene"] == _NO_GENE)
    table = table.assign(last=last)
    by = ["last", "has", "gene"]
    return list(table.sort_values(by, ascending=[True, False, True])["gene"])


def _in_order(drawn: pd.DataFrame) -> pd.DataFrame:
    genes = order_genes(drawn[drawn["gene"].notna()])
    groups = {name: place for place, name in enumerate(HER2_GROUPS)}
    has = drawn[drawn["n_tracked"] > 0].groupby("patient_id")["gene"].agg(set)

    def place(patient: str, group: str) -> tuple[object, ...]:
        own = has.get(patient, set())
        return (groups[group], *(gene not in own for gene in genes), patient)

    people = drawn[["patient_id", "her2_group"]].drop_duplicates()
    ordered = sorted(people.itertuples(index=False, name=None), key=lambda p: place(*p))
    columns = {patient: rank for rank, (patient, _) in enumerate(ordered)}
    rows = {gene: rank for rank, gene in enumerate(genes)}
    return drawn.sort_values(
        ["patient_id", "gene"],
        key=lambda cells: cells.map(columns if cells.name == "patient_id" else rows),
        ignore_index=True,
    )
