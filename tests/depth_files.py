"""Small alignments, depth tracks and a genome, written by the tests that read them."""

import pysam

GENOME = "ACGTTGCAATCCCGGATCAAAAAAGTCTAGGACCTTAGCATGCATGCCATTTGACCGTAA"
"""Contig chr7: a run of A at 19 to 24, position 30 is G."""

LENGTH = len(GENOME)


def read(name, start, cigar, bases, *tags, flag=0, mapping=60, quality=None):
    """Return a line of SAM; the quality of every base is 40 unless given."""
    qualities = quality or "I" * len(bases)
    cells = [name, flag, "chr7", start, mapping, cigar, "*", 0, 0, bases, qualities]
    return "\t".join(map(str, [*cells, *tags]))


def plain(name, start=11, length=30, *tags, **more):
    """Return a read without a difference; ``at`` and ``base`` make one."""
    at, base = more.pop("at", None), more.pop("base", None)
    bases = list(GENOME[start - 1 : start - 1 + length])
    if at is not None:
        bases[at - start] = base
    return read(name, start, f"{length}M", "".join(bases), *tags, **more)


def write_fasta(folder, genome=GENOME, contig="chr7"):
    path = folder / "genome.fa"
    path.write_text(f">{contig}\n{genome}\n")
    pysam.faidx(str(path))
    return str(path)


def write_alignments(path, lines, *, contig="chr7", index=True, reference=None):
    """Write a BAM or CRAM, by its ending, with its index."""
    lines = sorted(lines, key=lambda line: int(line.split("\t")[3]))
    head = {"HD": {"VN": "1.6", "SO": "coordinate"}}
    head["SQ"] = [{"SN": contig, "LN": LENGTH}]
    header = pysam.AlignmentHeader.from_dict(head)
    mode = "wc" if path.suffix == ".cram" else "wb"
    named = {"reference_filename": reference} if reference else {}
    with pysam.AlignmentFile(str(path), mode, header=header, **named) as file:
        for line in lines:
            text = line.replace("\tchr7\t", f"\t{contig}\t")
            file.write(pysam.AlignedSegment.fromstring(text, header))
    if index:
        pysam.index(str(path))
    return str(path)


def write_packed(path, text):
    """Write text bgzipped."""
    with pysam.BGZFile(str(path), "wb") as file:
        file.write(text.encode())
    return str(path)


GVCF_HEAD = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=60>
##INFO=<ID=END,Number=1,Type=Integer,Description="end of the block">
##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="depth">
##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="least depth">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="counts">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	S
"""


def write_gvcf(path, *rows):
    """Write a gVCF from rows of (pos, ref, alt, info, format, sample)."""
    lines = []
    for pos, ref, alt, info, format_, sample in rows:
        cells = ["chr7", pos, ".", ref, alt, ".", ".", info, format_, sample]
        lines.append("\t".join(map(str, cells)) + "\n")
    return write_packed(path, GVCF_HEAD + "".join(lines))
