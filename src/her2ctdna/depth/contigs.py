"""Contigs by their names, whatever the style: chr1 and 1, chrM and MT."""

from collections.abc import Iterable

from her2ctdna.calls.variant_form import without_chr


def plain_contig(name: str) -> str:
    """Return a chromosome as ``1`` to ``22``, ``X``, ``Y``, ``MT``; others stay."""
    return without_chr(name)


def find_contig(name: str, contigs: Iterable[str]) -> str | None:
    """Return what a file calls a contig: its very name, else one of another style."""
    named = list(contigs)
    if name in named:
        return name
    wanted = plain_contig(name)
    return next((other for other in named if plain_contig(other) == wanted), None)
