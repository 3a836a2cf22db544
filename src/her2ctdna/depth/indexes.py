"""Indexes that stand beside a file of alignments or a depth track."""

from pathlib import Path

_ENDINGS = (".bai", ".csi", ".crai", ".tbi")


def find_index(path: str | Path) -> Path | None:
    """Return the index beside a file (``x.bam.bai`` or ``x.bai``), or None."""
    beside = [Path(f"{path}{ending}") for ending in _ENDINGS]
    beside += [Path(path).with_suffix(ending) for ending in _ENDINGS]
    return next((index for index in beside if index.is_file()), None)
