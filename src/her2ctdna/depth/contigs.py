"""Contigs by their names, whatever the style: chr1 and 1, chrM and MT, 23 and X."""

from collections.abc import Iterable

from her2ctdna.calls.variant_form import without_chr


def plain_contig(name: str) -> str:
    """Return a name without ``chr``; the mitochondrion is ``MT``."""
    plain = without_chr(name)
    return plain[3:] if plain[:3].lower() == "chr" else plain


def find_contig(name: str, contigs: Iterable[str]) -> str | None:
    """Return what a file calls a contig: its very name, else one of another style."""
    named = list(contigs)
    if name in named:
        return name
    wanted = plain_contig(name)
    return next((other for other in named if plain_contig(other) == wanted), None)
