"""VCF text of the synthetic calls."""

from her2ctdna.demo.molecule_counts import REPORTED_FROM, Record
from her2ctdna.demo.panel import CONTIGS
from her2ctdna.demo.true_variants import Variant

_META = """\
##fileformat=VCFv4.2
##source=her2ctdna.demo (synthetic consensus calls)
##reference=GRCh38
{contigs}
##FILTER=<ID=PASS,Description="All filters passed">
##FILTER=<ID=low_support,Description="Fewer than 3 consensus molecules">
##FILTER=<ID=strand_bias,Description="Molecules of one strand only">
##FILTER=<ID=low_mapq,Description="Ambiguous alignment">
##FILTER=<ID=homopolymer,Description="Recurrent artefact in a homopolymer">
##INFO=<ID=ANN,Number=.,Type=String,Description="Functional annotations: 'Allele | \
Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | \
Transcript_BioType | Rank | HGVS.c | HGVS.p | cDNA.pos / cDNA.length | \
CDS.pos / CDS.length | AA.pos / AA.length | Distance | ERRORS / WARNINGS / INFO'">
##INFO=<ID=gnomAD_AF,Number=A,Type=Float,Description="Population allele frequency">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Consensus molecules per allele">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Consensus molecules at the site">
##FORMAT=<ID=AF,Number=A,Type=Float,Description="Fraction of molecules per allele">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample_id}
"""

_IMPACT = {
    "missense_variant": "MODERATE",
    "stop_gained": "HIGH",
    "frameshift_variant": "HIGH",
    "synonymous_variant": "LOW",
    "intron_variant": "MODIFIER",
}


def format_vcf(sample_id: str, records: list[Record]) -> str:
    """Return a VCF of one sample; its header names the contigs in use."""
    used = {record.site[0] for record in records}
    contigs = "\n".join(
        f"##contig=<ID={name},length={length},assembly=GRCh38>"
        for name, length in CONTIGS.items()
        if name in used
    )
    lines = [_format_record(record) for record in records]
    return _META.format(contigs=contigs, sample_id=sample_id) + "".join(lines)


def _format_record(record: Record) -> str:
    """Return one line of the body."""
    chrom, pos, ref = record.site
    counts = [record.depth - sum(record.alt_counts), *record.alt_counts]
    fractions = (f"{n / record.depth:.6g}" if record.depth else "." for n in counts[1:])
    sample = ":".join(
        [
            _genotype(record),
            ",".join(map(str, counts)),
            str(record.depth),
            ",".join(fractions),
        ]
    )
    alts = ",".join(variant.alt for variant in record.variants)
    fixed = [chrom, str(pos), ".", ref, alts, ".", record.filter]
    return "\t".join([*fixed, _format_info(record), "GT:AD:DP:AF", sample]) + "\n"


def _genotype(record: Record) -> str:
    """Return the alleles that the caller believes in: 1/1 for nearly all molecules."""
    present = [
        place
        for place, count in enumerate(record.alt_counts, start=1)
        if count >= REPORTED_FROM
    ]
    if not present:
        return "0/0"
    if record.alt_counts[0] > 0.9 * record.depth:
        return "1/1"
    return "/".join(map(str, [0, *present]))


def _format_info(record: Record) -> str:
    """Return ANN in SnpEff's form and the population frequency where one is known."""
    annotations = [_format_annotation(variant) for variant in record.variants]
    info = [f"ANN={','.join(annotations)}"]
    frequencies = [variant.population_frequency for variant in record.variants]
    if any(frequencies):
        shown = ",".join("." if f is None else f"{f:.6g}" for f in frequencies)
        info.append(f"gnomAD_AF={shown}")
    return ";".join(info)


def _format_annotation(variant: Variant) -> str:
    """Return the 16 fields of one annotation; what is not known stays empty."""
    fields = [
        variant.alt,
        variant.consequence,
        _IMPACT[variant.consequence],
        variant.gene,
        "",
        "transcript",
        "",
        "protein_coding",
        "",
        "",
        variant.protein_change,
    ]
    return "|".join([*fields, *[""] * 5])
