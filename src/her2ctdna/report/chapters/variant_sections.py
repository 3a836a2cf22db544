"""Blocks on the variants of plasma: scales, loci, emergent variants and ERBB2."""

from collections.abc import Iterator
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
)
from her2ctdna.report.formats import write_digits, write_integer, write_percent
from her2ctdna.report.glossary import HER2_CLASSES, plain
from her2ctdna.report.patient_sets import count_ids, count_share, ids_where
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

PLASMA_WORDS = ("mutated", "not_seen", "not_measured")
COPY_WORDS = ("amplified", "not_amplified", "not_measured")


def sample_statements(samples: pd.DataFrame) -> Statements:
    """Return where VAF and molecules per mL disagree, and what hangs on one locus."""
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
    return Statements(
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
    rows: list[list[Cell]] = [
        [
            row.patient_id,
            text_or(row.gene, "gene unknown"),
            text_or(row.protein_change, f"{row.ref}>{row.alt}"),
            "yes" if row.of_note == "yes" else "",
            write_integer(row.first_day),
            write_percent(row.max_vaf),
            write_integer(row.n_samples),
            _before(row),
        ]
        for row in noted.itertuples()
    ]
    columns = [
        *(Column("Patient"), Column("Gene"), Column("Change"), Column("Of note")),
        Column("First day", is_number=True),
        Column("Highest VAF", is_number=True),
        Column("Samples", is_number=True),
        Column("Molecules at baseline", is_number=True),
    ]
    n = table["patient_id"].nunique()
    caption = f"Emergent variants: {len(table)} in {n} patients"
    return Table(caption, columns, rows)


def _before(row: "ResultRow") -> str:
    if pd.isna(row.baseline_depth):
        return "no record"
    counts = (row.baseline_alt_count, row.baseline_depth)
    return " of ".join(map(write_integer, counts))


def _erbb2_blocks(results: Results) -> Iterator[Block]:
    """Yield ERBB2 in plasma by the HER2 class of tissue, and who carries what."""
    table = results.tables["erbb2"]
    yield Paragraph(
        "ERBB2 in plasma stands beside the HER2 class of tissue and does not change "
        "it. A file of variants does not say which genes the assay covers: without a "
        "record of the gene it is not measured. Amplification is what the sheet of "
        "samples says; it is not read from files of small variants."
    )
    yield _erbb2_by_class(table)
    yield _erbb2_carriers(table[table["plasma_erbb2"] == "mutated"])


def _erbb2_by_class(table: pd.DataFrame) -> Table:
    classes = table["her2_class"].fillna("missing")
    rows: list[list[Cell]] = []
    for name in HER2_CLASSES:
        own = table[classes == name]
        if len(own):
            row = [_share_of(own, "plasma_erbb2", word) for word in PLASMA_WORDS]
            row += [_share_of(own, "plasma_amplification", word) for word in COPY_WORDS]
            rows.append([plain(name), *row])
    titles = [f"ERBB2 {plain(word)}" for word in PLASMA_WORDS]
    titles += [plain(f"copies_{word}") for word in COPY_WORDS]
    columns = [Column(title, is_number=True) for title in titles]
    caption = "ERBB2 in plasma by HER2 class of tissue, n/N patients"
    return Table(caption, [Column("HER2 class"), *columns], rows)


def _erbb2_carriers(mutated: pd.DataFrame) -> Table:
    rows: list[list[Cell]] = [
        [
            row.patient_id,
            plain(text_or(row.her2_class, "missing")),
            row.variants.replace(";", ", "),
            plain(row.reason),
            write_integer(row.first_day),
        ]
        for row in mutated.itertuples()
    ]
    names = ("Patient", "HER2 class", "Variants", "Role")
    columns = [*map(Column, names), Column("First day", is_number=True)]
    return Table("ERBB2 variants in plasma", columns, rows)


def _background_table(results: Results) -> Table:
    rows: list[list[Cell]] = []
    for row in results.tables["background"].itertuples():
        molecules = row.molecules_leukocyte + row.molecules_plasma
        errors = row.errors_leukocyte + row.errors_plasma
        rates = (row.rate_config, row.rate_estimated, row.rate)
        counts = (write_integer(molecules), write_integer(errors))
        rows.append([row[1], *counts, *map(write_digits, rates), row.source])
    names = ("Molecules", "Errors", "Rate configured", "Estimated", "In use")
    numbers = [Column(name, is_number=True) for name in names]
    columns = [Column("Change"), *numbers, Column("Source")]
    return Table("Error background by class of change", columns, rows, folded=True)


def _share(
    samples: pd.DataFrame, inside: pd.Series, among: pd.Series, label: str
) -> Count:
    ids = (ids_where(samples, mask, column="sample_id") for mask in (inside, among))
    return count_share(*ids, label=label)


def _share_of(table: pd.DataFrame, column: str, word: str) -> Count:
    inside = ids_where(table, table[column] == word)
    return count_share(inside, table["patient_id"], label=plain(word))
