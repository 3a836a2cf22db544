"""A list of sites, as a tumour-informed assay is designed from: a table, no counts."""

from her2ctdna.calls.vcf_header import Header, parse_header

_COLUMNS = ("chrom", "pos", "ref", "alt")
_DELIMITERS = (b"\t", b",", b";")
_HEADER = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def find_columns(first_line: bytes) -> tuple[bytes, list[int]] | None:
    """Return the delimiter of a table of sites and where chrom, pos, ref and alt stand.

    None if the line is not the header of such a table. The case of names, quotes and a
    ``#`` before the first do not matter.
    """
    for delimiter in _DELIMITERS:
        cells = first_line.removeprefix(b"#").rstrip(b"\r\n").split(delimiter)
        names = [cell.strip(b' "').decode("latin-1").lower() for cell in cells]
        if set(_COLUMNS) <= set(names):
            return delimiter, [names.index(name) for name in _COLUMNS]
    return None


def as_records(lines: bytes, delimiter: bytes, places: list[int]) -> bytes:
    """Return the rows of a table of sites as records of a VCF without samples.

    A row that is too short becomes a record that is too short, which is an error to
    whoever reads it; empty lines are left out.
    """
    records = []
    for line in lines.splitlines():
        cells = [cell.strip(b' "') for cell in line.split(delimiter)]
        if any(cells):
            chrom, pos, ref, alt = (
                cells[place] if place < len(cells) else b"" for place in places
            )
            records.append(b"\t".join([chrom, pos, b".", ref, alt, *[b"."] * 3]))
    return b"".join(record + b"\n" for record in records)


def site_header() -> Header:
    """Return the header of a VCF without samples."""
    return parse_header(_HEADER)
