"""Variants in plasma as a MAF of cBioPortal: tracked and emergent, where seen."""

import re
from collections.abc import Collection

import pandas as pd

from her2ctdna.calls.maf import CLASSIFICATIONS

ROLES = ("tracked", "emergent")
"""The variants that leave: the others are no ctDNA, or not known to be."""

NAMESPACE = "HER2CTDNA"
"""What columns that are ours begin with."""

BUILDS = {"hg19": "GRCh37", "hg38": "GRCh38"}
"""Genome builds as a MAF names them."""

VARIANT = ["chrom", "pos", "ref", "alt"]

_UNKNOWN = "Unknown"
_NOTHING = "-"
_CLASSES = {term: word for word, term in reversed(CLASSIFICATIONS.items())} | {
    "splice_acceptor_variant": "Splice_Site",
    "splice_donor_variant": "Splice_Site",
}
_SHIFTS = {"DEL": "Frame_Shift_Del", "INS": "Frame_Shift_Ins"}
_SUBSTITUTIONS = {1: "SNP", 2: "DNP", 3: "TNP"}
_LETTERS = {
    **{"Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q"},
    **{"Glu": "E", "Gly": "G", "His": "H", "Ile": "I", "Leu": "L", "Lys": "K"},
    **{"Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W"},
    **{"Tyr": "Y", "Val": "V", "Ter": "*", "Sec": "U"},
}
_RESIDUE = re.compile("|".join(_LETTERS))


def derive_mutations(
    status: pd.DataFrame,
    calls: pd.DataFrame,
    *,
    samples: Collection[str],
    build: str,
) -> pd.DataFrame:
    """Return the variants that samples hold molecules of, one row each.

    Parameters
    ----------
    status
        As ``variant_status.parquet``: role and counts in use. A variant without a
        mutant molecule in a sample, or not counted there, has no row of it.
    calls
        As ``variants.parquet``: gene, consequence and protein change, those of another
        sample where this one has no record. Without a gene the symbol is Unknown.
    samples
        Those of plasma; others are left out.
    build
        hg19 or hg38; any other leaves ``NCBI_Build`` empty.

    Returns
    -------
    Columns of a MAF, bases that both alleles begin with trimmed; chromosomes without
    ``chr``; ``HER2CTDNA.ROLE`` is tracked or emergent.
    """
    is_seen = status["role"].isin(ROLES) & (status["alt_count"] > 0)
    seen = status[is_seen & status["sample_id"].isin(samples)]
    told = seen.merge(_annotations(calls), on=VARIANT, how="left", validate="m:1")
    rows = [
        _allele_cells(*cells) for cells in told[VARIANT[1:]].itertuples(index=False)
    ]
    alleles = pd.DataFrame(rows, columns=_ALLELE_COLUMNS)
    classes = zip(told["consequence"], alleles["Variant_Type"], strict=True)
    alt, depth = told["alt_count"].round(), told["depth"].round()
    return pd.DataFrame(
        {
            "Hugo_Symbol": told["gene"].fillna(_UNKNOWN),
            "NCBI_Build": BUILDS.get(build, ""),
            "Chromosome": told["chrom"].str.removeprefix("chr"),
            "Variant_Classification": [classify(*cells) for cells in classes],
            **alleles,
            "Tumor_Sample_Barcode": told["sample_id"],
            "HGVSp_Short": told["protein_change"].map(shorten, na_action="ignore"),
            "t_alt_count": alt,
            "t_ref_count": depth - alt,
            f"{NAMESPACE}.ROLE": told["role"],
        }
    )


def classify(consequence: str | None, kind: str) -> str:
    """Return the class of a variant by its first term that a MAF has a word for.

    ``consequence`` are terms of the Sequence Ontology joined by ``&``, ``kind`` is the
    ``Variant_Type``, which tells an inserted frame shift from a deleted one.
    """
    terms = consequence.split("&") if isinstance(consequence, str) else []
    if "frameshift_variant" in terms:
        return _SHIFTS.get(kind, _SHIFTS["DEL"])
    return next((_CLASSES[term] for term in terms if term in _CLASSES), _UNKNOWN)


def shorten(change: str) -> str:
    """Return a protein change with residues of one letter: p.Asp538Gly is p.D538G.

    Of several changes the first, as the portal takes one a row.
    """
    first = re.split("[,;]", change)[0].strip()
    return _RESIDUE.sub(lambda found: _LETTERS[found[0]], first)


def _annotations(calls: pd.DataFrame) -> pd.DataFrame:
    """Return gene, consequence and change of each variant, the first that is told."""
    told = calls[[*VARIANT, "gene", "consequence", "protein_change"]]
    return told.groupby(VARIANT, as_index=False, sort=False).first()


_ALLELE_COLUMNS = [
    *["Variant_Type", "Start_Position", "End_Position"],
    *["Reference_Allele", "Tumor_Seq_Allele2"],
]


def _allele_cells(pos: int, ref: str, alt: str) -> tuple[str, int, int, str, str]:
    """Return type, first and last position and alleles of a variant as in a MAF."""
    if ref == _NOTHING:
        return "INS", pos, pos + 1, ref, alt
    shared = _shared_length(ref, alt)
    start, ref, alt = pos + shared, ref[shared:], alt[shared:]
    if not ref:
        # it stands between the last base that is shared and the next
        return "INS", start - 1, start, _NOTHING, alt
    end = start + len(ref) - 1
    if len(ref) == len(alt) and alt != _NOTHING:
        return _SUBSTITUTIONS.get(len(ref), "ONP"), start, end, ref, alt
    kind = "INS" if len(ref) < len(alt) else "DEL"
    return kind, start, end, ref, alt or _NOTHING


def _shared_length(ref: str, alt: str) -> int:
    pairs = enumerate(zip(ref, alt, strict=False))
    least = min(len(ref), len(alt))
    return next((place for place, (one, other) in pairs if one != other), least)
