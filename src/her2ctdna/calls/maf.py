"""Calls from a MAF (mutation annotation format): its columns as those of `variants`."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from her2ctdna.findings import Finding

COLUMNS = {
    "sample_id": ("Tumor_Sample_Barcode",),
    "chrom": ("Chromosome",),
    "pos": ("Start_Position", "Start_position"),
    "ref": ("Reference_Allele",),
    "alt": ("Tumor_Seq_Allele2",),
    "alt_count": ("t_alt_count",),
    "depth": ("t_depth",),
    "filter": ("FILTER",),
    "gene": ("Hugo_Symbol",),
    "consequence": ("Consequence", "Variant_Classification"),
    "protein_change": ("HGVSp_Short",),
    "population_af": ("gnomAD_AF", "gnomADe_AF", "gnomADg_AF"),
    "build": ("NCBI_Build",),
}
"""Columns of `variants`, and where a MAF holds them; the first that it has counts."""

CLASSIFICATIONS = {
    "Missense_Mutation": "missense_variant",
    "Nonsense_Mutation": "stop_gained",
    "Nonstop_Mutation": "stop_lost",
    "Translation_Start_Site": "start_lost",
    "Frame_Shift_Del": "frameshift_variant",
    "Frame_Shift_Ins": "frameshift_variant",
    "In_Frame_Del": "inframe_deletion",
    "In_Frame_Ins": "inframe_insertion",
    "Silent": "synonymous_variant",
    "Splice_Site": "splice_site_variant",
    "Splice_Region": "splice_region_variant",
    "Intron": "intron_variant",
    "3'UTR": "3_prime_UTR_variant",
    "5'UTR": "5_prime_UTR_variant",
    "3'Flank": "downstream_gene_variant",
    "5'Flank": "upstream_gene_variant",
    "IGR": "intergenic_variant",
    "RNA": "non_coding_transcript_exon_variant",
}
"""Words of ``Variant_Classification`` as terms of the Sequence Ontology.

The specification of the format (NCI GDC) gives the words; its ``Splice_Site`` is both
donor and acceptor."""

ENDINGS = (".maf", ".maf.txt", ".txt", ".maf.gz", ".maf.txt.gz", ".txt.gz")

_WHOLE_NUMBER = re.compile("[0-9]+")
_WHOLE_AS_DECIMAL = re.compile(r"([0-9]+)\.0+")
_NUMBERS = ("Start_Position", "Start_position", "t_depth", "t_ref_count", "t_alt_count")


def is_maf(path: str | Path) -> bool:
    """Say whether a table of calls is named as a MAF is."""
    return Path(path).name.lower().endswith(ENDINGS)


def from_maf(sheet: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a MAF as a sheet of `variants`, and what is wrong with its counts.

    Cells stay text. The depth is ``t_depth``, else ``t_ref_count`` and
    ``t_alt_count`` together; ``60.0`` is the count 60. Where ``Tumor_Seq_Allele2``
    repeats the reference, the variant is ``Tumor_Seq_Allele1``. ``.`` and ``NA`` are
    missing, as programs that write the format mean them. Other columns are left out.
    A table with the columns of `variants` is returned as it is.
    """
    if "sample_id" in sheet:
        return sheet, []
    sheet = sheet.astype(object).mask(sheet.isin([".", "NA"]), None)
    for column in {*_NUMBERS} & {*sheet.columns}:
        sheet[column] = sheet[column].map(_as_integer, na_action="ignore")
    found = {
        column: sheet[next(name for name in names if name in sheet)]
        for column, names in COLUMNS.items()
        if set(names) & set(sheet.columns)
    }
    calls = pd.DataFrame(found, index=sheet.index)
    if {"alt", "ref"} <= set(calls) and "Tumor_Seq_Allele1" in sheet:
        first = sheet["Tumor_Seq_Allele1"]
        is_unread = calls["alt"].isna() | (calls["alt"] == calls["ref"])
        calls["alt"] = calls["alt"].mask(is_unread & first.notna(), first)
    if "consequence" in calls:
        terms = calls["consequence"].str.replace(",", "&")
        calls["consequence"] = terms.replace(CLASSIFICATIONS)
    findings: list[Finding] = []
    if {"t_ref_count", "t_alt_count"} <= set(sheet.columns):
        known = calls.get("depth", pd.Series(None, index=sheet.index, dtype=object))
        summed, findings = _summed(sheet[known.isna()])
        calls["depth"] = known.where(known.notna(), summed.reindex(sheet.index))
    return calls.where(calls.notna(), None), findings


def _as_integer(text: str) -> str:
    """Return ``60.0`` as ``60``; other texts stay."""
    found = _WHOLE_AS_DECIMAL.fullmatch(text)
    return found[1] if found else text


def _summed(sheet: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    """Return the sum of the counts as text where both are whole numbers."""
    sums, findings = {}, []
    counts = zip(sheet.index, sheet["t_ref_count"], sheet["t_alt_count"], strict=True)
    for line, reference, alt in counts:
        if reference is not None and not _WHOLE_NUMBER.fullmatch(reference):
            cell = (int(line), "t_ref_count", "", reference)
            findings.append(Finding("error", "variants", *cell, "give a whole number"))
        elif None not in (reference, alt) and _WHOLE_NUMBER.fullmatch(alt):
            sums[line] = str(int(reference) + int(alt))
    return pd.Series(sums, dtype=object), findings


def as_in_maf(findings: Iterable[Finding], columns: Iterable[str]) -> list[Finding]:
    """Return findings on `variants` with the columns of the MAF, given all of those."""
    held = set(columns)
    if "sample_id" in held:
        return list(findings)
    names = {
        column: next((name for name in names if name in held), names[0])
        for column, names in COLUMNS.items()
    }
    return [
        found._replace(column=names.get(found.column, found.column))
        if found.table == "variants"
        else found
        for found in findings
    ]
