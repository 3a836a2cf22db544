"""Blocks on the variants of plasma: scales, loci, emergent variants and ERBB2."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Paragraph,
    Statements,
    Table,
    tabulate,
)
from her2ctdna.report.formats import write_digits, write_integer, write_percent
from her2ctdna.report.glossary import HER2_CLASSES, plain
from her2ctdna.report.patient_sets import (
    as_numbers,
    count_ids,
    count_share,
    ids_where,
)
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.wording import count_of

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

PLASMA_WORDS = ("mutated", "not_seen", "not_measured")
COPY_WORDS = ("amplified", "not_amplified", "not_measured")


def sample_statements(samples: pd.DataFrame) -> Iterator[Block]:
    """Yield where VAF and molecules per mL disagree, and what hangs on one locus.

    Nothing of samples that no locus was counted in, such as those of an assay's levels.
    """
    samples = samples[as_numbers(samples, "n_informative") > 0]
    if samples.empty:
        return
    known = samples["scales_disagree"].notna()
    differ = samples["scales_disagree"] == "yes"
    detected = samples["state"] == "detected"
    driven = samples["driving_loci"].notna()
    outlying = samples["outlying_loci"].notna()
    patients = tuple(samples.loc[differ, "patient_id"].drop_duplicates())
    scales: list[Count] = [
        _share(samples, differ, known, "directions differ"),
        count_ids(patients, label="patients with such a sample"),
    ]
    yield Statements(
        [
            (
                "Samples in which mean VAF and molecules per mL moved in different "
                "directions from baseline, of those with both numbers; and patients:",
                scales,
            ),
            (
                "Detected samples that would be undetected without one of their loci:",
                [_share(samples, driven, detected, "hang on one locus")],
            ),
            (
                "Samples with a locus that stands out, not detected without it:",
                [_share(samples, outlying, outlying.notna(), "a locus stands out")],
            ),
        ]
    )


def treatment_blocks(results: Results) -> Iterator[Block]:
    """Yield emergent variants, and ERBB2 in plasma against tissue."""
    if not results.has("emergent", "erbb2"):
        return
    yield Heading("Under treatment: emergent variants and ERBB2")
    genes = ", ".join(results.ctdna["resistance_genes"]) or "none"
    yield Paragraph(
        "Variants that appear after baseline are reported here and are no part of "
        f"clearance. Pointed out are those in the genes of the definitions ({genes}); "
        "an emergent variant is no proof of resistance."
    )
    yield _emergent_table(results)
    yield from _erbb2_blocks(results)
    if results.has("background"):
        yield _background_table(results)


def _emergent_table(results: Results) -> Table:
    table = results.tables["emergent"]
    noted = table.sort_values("of_note", ascending=False, kind="stable")
    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column("Gene", lambda row: text_or(row.gene, "gene unknown")),
        Column("Change", _change),
        Column("Of note", lambda row: "yes" if row.of_note == "yes" else ""),
        Column("First day", lambda row: write_integer(row.first_day), is_number=True),
        Column("Highest VAF", lambda row: write_percent(row.max_vaf), is_number=True),
        Column("Samples", lambda row: write_integer(row.n_samples), is_number=True),
        Column("Molecules at baseline", _before, is_number=True),
    ]
    n = table["patient_id"].nunique()
    caption = f"Emergent variants: {len(table)} in {count_of(n, 'patient')}"
    return tabulate(caption, columns, noted.itertuples())


def _change(row: "ResultRow") -> str:
    return text_or(row.protein_change, f"{row.ref}>{row.alt}")


def _before(row: "ResultRow") -> str:
    if pd.isna(row.baseline_depth):
        return "no record"
    counts = (row.baseline_alt_count, row.baseline_depth)
    return " of ".join(map(write_integer, counts))


def _erbb2_blocks(results: Results) -> Iterator[Block]:
    """Yield ERBB2 in plasma by the HER2 class of tissue, and who carries what."""
    table = results.tables["erbb2"]
    has_her2 = "her2" in results.chapters
    beside = (
        "ERBB2 in plasma stands beside the HER2 class of tissue and does not change it."
    )
    yield Paragraph(
        f"{beside if has_her2 else 'ERBB2 in plasma.'} A file of variants does not say "
        "which genes the assay covers: without a record of the gene it is not "
        "measured. Amplification is what the sheet of samples says; it is not read "
        "from files of small variants."
    )
    if has_her2:
        yield _erbb2_by_class(table)
    mutated = table[table["plasma_erbb2"] == "mutated"]
    yield _erbb2_carriers(mutated, has_her2=has_her2)


def _erbb2_by_class(table: pd.DataFrame) -> Table:
    classes = table["her2_class"].fillna("missing")
    used = [name for name in HER2_CLASSES if (classes == name).any()]

    def share(column: str, word: str, name: str) -> Cell:
        return _share_of(table[classes == name], column, word)

    asked = [("plasma_erbb2", word, f"ERBB2 {plain(word)}") for word in PLASMA_WORDS]
    asked += [
        ("plasma_amplification", word, plain(f"copies_{word}")) for word in COPY_WORDS
    ]
    columns = [
        Column("HER2 class", plain),
        *(
            Column(title, partial(share, column, word), is_number=True)
            for column, word, title in asked
        ),
    ]
    caption = "ERBB2 in plasma by HER2 class of tissue, n/N patients"
    return tabulate(caption, columns, used)


def _erbb2_carriers(mutated: pd.DataFrame, *, has_her2: bool) -> Table:
    of_tissue = [
        Column("HER2 class", lambda row: plain(text_or(row.her2_class, "missing")))
    ]
    columns = [
        Column("Patient", lambda row: row.patient_id),
        *(of_tissue if has_her2 else []),
        Column("Variants", lambda row: row.variants.replace(";", ", ")),
        Column("Role", lambda row: plain(row.reason)),
        Column("First day", lambda row: write_integer(row.first_day), is_number=True),
    ]
    return tabulate("ERBB2 variants in plasma", columns, mutated.itertuples())


def _background_table(results: Results) -> Table:
    columns = [
        Column("Change", lambda row: row[1]),
        Column("Molecules", partial(_in_both, "molecules"), is_number=True),
        Column("Errors", partial(_in_both, "errors"), is_number=True),
        Column(
            "Rate configured", lambda row: write_digits(row.rate_config), is_number=True
        ),
        Column(
            "Estimated", lambda row: write_digits(row.rate_estimated), is_number=True
        ),
        Column("In use", lambda row: write_digits(row.rate), is_number=True),
        Column("Source", lambda row: row.source),
    ]
    rows = results.tables["background"].itertuples()
    title = "Error background by class of change"
    return tabulate(title, columns, rows, folded=True)


def _in_both(what: str, row: "ResultRow") -> str:
    """Return a number of leukocytes and plasma together."""
    counts = (getattr(row, f"{what}_{cells}") for cells in ("leukocyte", "plasma"))
    return write_integer(sum(counts))


def _share(
    samples: pd.DataFrame, inside: pd.Series, among: pd.Series, label: str
) -> Count:
    ids = (ids_where(samples, mask, column="sample_id") for mask in (inside, among))
    return count_share(*ids, label=label)


def _share_of(table: pd.DataFrame, column: str, word: str) -> Count:
    inside = ids_where(table, table[column] == word)
    return count_share(inside, table["patient_id"], label=plain(word))
