"""The table behind ``oncoprint``: genes by plasma draw, in the order of the figure."""

import numpy as np
import pandas as pd

from her2ctdna.calls.annotation_fields import CONSEQUENCE_CLASSES
from her2ctdna.figures.marks.palette import CONSEQUENCES, HER2_CATEGORIES
from her2ctdna.figures.marks.responses import name_responses

_KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
_VARIANT = _KEYS[1:]
_PERSON = ["patient_id", "her2_group", "her2_category", "bor", "response"]
_DRAW = ["sample_id", "day", "draw_state"]
_COUNTS = ["n_tracked", "n_informative", "n_detected", "n_emergent"]
_COLUMNS = [
    *[*_PERSON, *_DRAW, "draws_shown", "gene", "cell", "vaf", "consequence"],
    *_COUNTS,
]
_MOST_GENES = 25
_NO_GENE = "no gene given"
_MOST_DRAWS = 320
"""More draws than this are too many for the width of a page."""


def derive_plasma_draws(
    samples: pd.DataFrame, ctdna_samples: pd.DataFrame
) -> pd.DataFrame:
    """Return the plasma samples that variants were called in, with day and state.

    ``samples`` is the study's sheet, where no material is plasma. ``state`` is empty
    for a draw that ctDNA was not judged by, as levels were taken instead.
    """
    plasma = samples[samples["material"].fillna("plasma") == "plasma"]
    states = ctdna_samples.set_index("sample_id")["state"]
    return pd.DataFrame(
        {
            "sample_id": plasma["sample_id"],
            "patient_id": plasma["patient_id"],
            "day": plasma["collected_day"].astype(float),
            "state": plasma["sample_id"].map(states).fillna(""),
        }
    )


def derive_oncoprint(
    variants: pd.DataFrame,
    status: pd.DataFrame,
    draws: pd.DataFrame,
    patient_table: pd.DataFrame,
    *,
    at_landmark: pd.DataFrame,
    landmark: str,
) -> pd.DataFrame:
    """Return what each draw shows of each gene: one row a cell of the figure.

    Draws are those of plasma of treated patients, in the order of time; if they are
    more than 320 the first, that of the ``landmark`` (its ``sample_id`` in
    ``at_landmark``) and the last of each patient, if these are still too many the
    first alone: ``draws_shown`` says which. A draw without a tracked or emergent
    variant has one row without a gene.

    ``cell`` is what is seen of the tracked variants of a gene: ``detected`` (one has
    variant molecules), ``undetected`` (measured deep enough, none seen),
    ``not_measured`` (none deep enough, not in the file, or the draw failed), and
    ``emergent`` where none is tracked. ``vaf`` is the highest. ``consequence`` is the
    worst class of the tracked variants. Genes beyond the 25 of most patients are
    joined to one. Patients are by HER2 category, then by what they have in the first
    genes.

    Parameters
    ----------
    variants
        Calls with ``gene`` and ``consequence``.
    status
        ``variant_status``: role, counts and ``informative`` of sample and variant.
    draws
        See `derive_plasma_draws`. One without a day comes last.
    """
    people = _people(patient_table)
    taken = draws.merge(people, on="patient_id").rename(columns={"state": "draw_state"})
    taken = taken.sort_values(["patient_id", "day", "sample_id"], kind="stable")
    taken, draws_shown = _select(taken, at_landmark, landmark)
    cells = _cells(variants, status, taken)
    drawn = taken.merge(cells, on=["patient_id", "sample_id"], how="left")
    return _in_order(drawn.assign(draws_shown=draws_shown))[_COLUMNS]


def _people(patient_table: pd.DataFrame) -> pd.DataFrame:
    """Return the treated patients with their level of HER2, else their class."""
    treated = patient_table[patient_table["treated"] == "yes"]
    names = ["patient_id", "her2_group", "her2_class", "her2_level", "bor"]
    people = treated.reindex(columns=names)
    category = people["her2_level"].where(
        people["her2_level"].notna(), people["her2_class"]
    )
    known = category.where(category.isin(list(HER2_CATEGORIES)), "")
    group = people["her2_group"].fillna("")
    return people.assign(
        her2_group=group, her2_category=known, response=name_responses(treated)
    )[_PERSON]


def _select(
    taken: pd.DataFrame, at_landmark: pd.DataFrame, landmark: str
) -> tuple[pd.DataFrame, str]:
    """Return the draws that there is room for, and which they are in words."""
    if len(taken) <= _MOST_DRAWS:
        return taken, "every plasma draw"
    is_first = ~taken.duplicated("patient_id")
    is_last = ~taken.duplicated("patient_id", keep="last")
    own = at_landmark.loc[at_landmark["landmark"] == landmark, "sample_id"]
    three = taken[is_first | is_last | taken["sample_id"].isin(own)]
    if len(three) <= 2 * _MOST_DRAWS:
        return three, f"first, {landmark} and last draw of each"
    return taken[is_first], "first draw of each"


def _cells(
    variants: pd.DataFrame, status: pd.DataFrame, taken: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per draw and gene that has a tracked or emergent variant."""
    own = status[status["patient_id"].isin(taken["patient_id"])]
    own = own[own["role"].isin(["tracked", "emergent"])]
    genes = _genes_of(variants, own)
    tracked = own.loc[own["role"] == "tracked", _VARIANT].drop_duplicates()
    columns = ["patient_id", "sample_id", "draw_state"]
    expected = taken[columns].merge(tracked, on="patient_id").assign(role="tracked")
    emerged = own.loc[own["role"] == "emergent", [*_KEYS, "role"]]
    emerged = emerged.merge(taken[columns], on=columns[:2])
    rows = pd.concat([expected, emerged], ignore_index=True)
    counts = own[[*_KEYS, "alt_count", "depth", "informative"]]
    rows = rows.merge(counts, on=_KEYS, how="left").merge(genes, on=_VARIANT)
    return _sum_cells(_judge(rows))


def _genes_of(variants: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Return gene and class of consequence of each variant, from any of its calls."""
    wanted = status[_VARIANT].drop_duplicates()
    known = variants[[*_VARIANT, "gene", "consequence"]].merge(wanted, on=_VARIANT)
    first = known.groupby(_VARIANT, sort=False)[["gene", "consequence"]].first()
    genes = wanted.merge(first.reset_index(), on=_VARIANT, how="left")
    genes = genes.assign(
        gene=genes["gene"].astype(object).fillna(_NO_GENE),
        rank=[_rank_of(terms) for terms in genes["consequence"]],
    ).drop(columns="consequence")
    having = status.loc[status["role"] == "tracked", _VARIANT].drop_duplicates()
    order = _order_genes(genes, genes.merge(having, on=_VARIANT))
    rest = order[_MOST_GENES:]
    if len(rest) < 2:
        return genes
    is_rest = genes["gene"].isin(rest)
    return genes.assign(gene=genes["gene"].mask(is_rest, f"{len(rest)} other genes"))


def _rank_of(terms: object) -> int:
    """Return the place in the palette of the worst of the terms joined by ``&``."""
    found = {
        name
        for name, parts in CONSEQUENCE_CLASSES.items()
        if isinstance(terms, str) and any(part in terms for part in parts)
    }
    order = list(CONSEQUENCES)
    return next((i for i, name in enumerate(order) if name in found), len(order) - 1)


def _judge(rows: pd.DataFrame) -> pd.DataFrame:
    """Tell of each variant of a draw whether it was measured and seen, and its VAF."""
    tracked = rows["role"] == "tracked"
    read = (rows["informative"] == "yes") & (rows["draw_state"] != "failed_qc")
    seen = read & (rows["alt_count"] > 0)
    return rows.assign(
        n_tracked=tracked.astype(float),
        n_informative=(tracked & read).astype(float),
        n_detected=(tracked & seen).astype(float),
        n_emergent=(~tracked).astype(float),
        vaf=(rows["alt_count"] / rows["depth"]).where(seen),
        rank=rows["rank"].where(tracked),
    )


def _sum_cells(rows: pd.DataFrame) -> pd.DataFrame:
    by_cell = rows.groupby(["patient_id", "sample_id", "gene"], sort=False)
    cells = by_cell[_COUNTS].sum()
    names = dict(enumerate(CONSEQUENCES))
    cells = cells.assign(
        vaf=by_cell["vaf"].max(), consequence=by_cell["rank"].min().map(names)
    )
    cell = np.select(
        [cells["n_tracked"] == 0, cells["n_detected"] > 0, cells["n_informative"] > 0],
        ["emergent", "detected", "undetected"],
        "not_measured",
    )
    return cells.assign(cell=cell.astype(object)).reset_index()


def order_genes(drawn: pd.DataFrame) -> list[str]:
    """Return genes by number of patients with a tracked variant, ties by name."""
    cells = drawn[drawn["gene"].notna()]
    return _order_genes(cells, cells[cells["n_tracked"] > 0])


def _order_genes(every: pd.DataFrame, tracked: pd.DataFrame) -> list[str]:
    counts = tracked.groupby("gene")["patient_id"].nunique()

    def place(gene: str) -> tuple[bool, int, str]:
        is_last = gene.endswith(" other genes") or gene == _NO_GENE
        return is_last, -int(counts.get(gene, 0)), gene

    return sorted(every["gene"].unique(), key=place)


def _in_order(drawn: pd.DataFrame) -> pd.DataFrame:
    """Sort by patient, then time, then gene."""
    genes = order_genes(drawn)
    categories = {name: place for place, name in enumerate([*HER2_CATEGORIES, ""])}
    has = drawn[drawn["n_tracked"] > 0].groupby("patient_id")["gene"].agg(set)

    def place(patient: str, category: str) -> tuple[object, ...]:
        own = has.get(patient, set())
        return (categories[category], *(gene not in own for gene in genes), patient)

    people = drawn[["patient_id", "her2_category"]].drop_duplicates()
    ordered = sorted(people.itertuples(index=False, name=None), key=lambda p: place(*p))
    columns = {patient: rank for rank, (patient, _) in enumerate(ordered)}
    rows = {gene: rank for rank, gene in enumerate(genes)}
    ranked = drawn.assign(
        _patient=drawn["patient_id"].map(columns), _gene=drawn["gene"].map(rows)
    )
    by = ["_patient", "day", "sample_id", "_gene"]
    return ranked.sort_values(by, kind="stable", ignore_index=True)
