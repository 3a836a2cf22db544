"""Simulate samples of known tumour fraction: false positives, limits, coverage.

Prints the tables of docs/methods.md, the same bytes at every run. About a minute:
.venv/bin/python docs/simulate_detection.py [samples per cell, 4000]
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml
from scipy.stats import poisson

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.ctdna.detection import derive_samples
from her2ctdna.ctdna.draws import derive_draws
from her2ctdna.ctdna.sample_limits import compute_critical_count, compute_lod95
from her2ctdna.ctdna.variant_roles import KEYS
from her2ctdna.depth.site_counts import add_counts
from her2ctdna.inputs.dates import empty_table

CONFIG = Path(__file__).parents[1] / "config" / "config.yaml"
SEED = 20240601
ARTEFACT = 10
"""Molecules of the artefact that one locus holds in the second table."""


class Design(NamedTuple):
    """Tracked loci of a patient, molecules read at each, and their VAF at baseline.

    The VAFs lie evenly on a logarithmic scale, from ``lowest_vaf`` to 20 %.
    """

    loci: int
    depth: int
    lowest_vaf: float = 0.02


DESIGNS = (
    *(Design(1, 2000), Design(1, 5000), Design(3, 3000), Design(3, 3000, 0.2)),
    *(Design(6, 4000), Design(16, 5000), Design(50, 8000)),
)
SUPPRESSED = (DESIGNS[2], *DESIGNS[4:6])
"""The designs of the second table."""


def definitions(**changes: Any) -> dict[str, Any]:
    """Return the default definitions of ctDNA, with changes."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    found: dict[str, Any] = config["definitions"]["ctdna"] | changes
    return found


def limit_of(design: Design, ctdna: dict[str, Any]) -> float:
    """Return the lod95 of a sample of this design."""
    n = design.loci * design.depth
    expected = n * ctdna["error_rate"]
    return float(compute_lod95(n, expected, alpha=ctdna["alpha"])[0])


def size_of(design: Design, ctdna: dict[str, Any]) -> float:
    """Return the exact chance that error alone makes a sample detected."""
    expected = design.loci * design.depth * ctdna["error_rate"]
    needed = compute_critical_count(expected, alpha=ctdna["alpha"])[0]
    return float(poisson.sf(needed - 1, expected))


def simulate(
    design: Design,
    vaf: float,
    *,
    n: int,
    ctdna: dict[str, Any],
    error_rate: float | None = None,
    artefact: int = 0,
) -> pd.DataFrame:
    """Return the results of ``n`` samples whose mean VAF from tumour is ``vaf``.

    A locus has its share of it by its VAF at baseline, and error molecules at
    ``error_rate`` (by default the configured one) on top. The first locus holds
    ``artefact`` more molecules.
    """
    random = np.random.default_rng([SEED, design.loci, design.depth])
    weight = np.geomspace(design.lowest_vaf, 0.2, design.loci)
    error = ctdna["error_rate"] if error_rate is None else error_rate
    rate = error + vaf * weight / weight.mean() * (1 - 2 * error)
    counts = random.binomial(design.depth, rate, size=(n, design.loci))
    counts[:, 0] += artefact
    baseline = np.round(weight * design.depth)
    return _derive(np.vstack([baseline, counts]), design, ctdna)


def _derive(counts: Any, design: Design, ctdna: dict[str, Any]) -> pd.DataFrame:
    """Run the samples (the first is the baseline) through the detection test."""
    names = [f"S{number:05d}" for number in range(len(counts))]
    samples = pd.DataFrame(
        index=range(len(names)), columns=list(empty_table("samples"))
    )
    samples = samples.assign(
        sample_id=names, patient_id="P", collected_day=range(len(names))
    )
    samples = samples.astype({"plasma_ml": float, "cfdna_ng": float})
    calls = pd.DataFrame(columns=CALL_COLUMNS, index=range(counts.size)).assign(
        sample_id=np.repeat(names, design.loci),
        patient_id="P",
        chrom="chr1",
        pos=np.tile(np.arange(1, design.loci + 1), len(names)),
        ref="A",
        alt="G",
        alt_count=counts.ravel(),
        depth=design.depth,
    )
    variants = add_counts(complete_calls(calls), None)
    draws = derive_draws(samples, baseline_window=[0, 0])
    roles = variants[KEYS].assign(role="tracked")
    return derive_samples(variants, roles, draws, ctdna=ctdna).iloc[1:]


def share_detected(samples: pd.DataFrame, column: str, *, alpha: float) -> float:
    """Return the share of samples whose p is below alpha."""
    return float((samples[column] < alpha).mean())


def measure_design(design: Design, n: int, ctdna: dict[str, Any]) -> dict[str, float]:
    """Return every number of one row of the first table."""
    alpha, error = ctdna["alpha"], ctdna["error_rate"]
    limit = limit_of(design, ctdna)
    blank = simulate(design, 0.0, n=n, ctdna=ctdna)
    error_in_it = simulate(design, limit, n=n, ctdna=ctdna, error_rate=0.0)
    on_top = simulate(design, limit - error, n=n, ctdna=ctdna)
    found = {
        "size": size_of(design, ctdna),
        "false": share_detected(blank, "p_value", alpha=alpha),
        "false_lr": share_detected(blank, "lr_p_value", alpha=alpha),
        "limit": limit,
        "detected": share_detected(error_in_it, "p_value", alpha=alpha),
        "detected_on_top": share_detected(on_top, "p_value", alpha=alpha),
        "detected_lr": share_detected(on_top, "lr_p_value", alpha=alpha),
    }
    for name, vaf in (("third", limit / 3), ("limit", limit), ("triple", 3 * limit)):
        samples = simulate(design, vaf, n=n, ctdna=ctdna, error_rate=0.0)
        found[f"covered_{name}"] = float((samples["upper95"] >= vaf).mean())
    return found


def measure_suppression(design: Design, n: int) -> dict[str, float]:
    """Return how often samples are detected with outliers kept and set aside."""
    found = {}
    for name, suppress in (("kept", False), ("aside", True)):
        ctdna = definitions(suppress_outliers=suppress)
        limit = limit_of(design, ctdna)
        cases = {
            "artefact": simulate(design, 0.0, n=n, ctdna=ctdna, artefact=ARTEFACT),
            "limit": simulate(design, limit - ctdna["error_rate"], n=n, ctdna=ctdna),
        }
        for case, samples in cases.items():
            found[f"{case}_{name}"] = float((samples["state"] == "detected").mean())
    return found


def write_tables(n: int) -> Iterator[str]:
    """Yield the lines of both tables in Markdown."""
    yield from _table(_FIRST, (_first_row(design, n) for design in DESIGNS))
    yield ""
    yield from _table(_SECOND, (_second_row(design, n) for design in SUPPRESSED))


_FIRST = (
    *("loci", "VAF at baseline", "molecules at each", "error molecules expected"),
    *("false positives: count test (exact)", "likelihood ratio"),
    *("`lod95`", "detected at `lod95`", "at `lod95_above_error` and error"),
    *("likelihood ratio there", "`upper95` holds at 1/3, 1, 3 of `lod95`"),
)
_SECOND = (
    *("loci", "molecules at each", f"{ARTEFACT} artefacts at one locus: kept"),
    *("set aside", "ctDNA at `lod95_above_error`: kept", "set aside"),
)


def _table(titles: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield "|" + "---:|" * len(titles)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _first_row(design: Design, n: int) -> list[str]:
    ctdna = definitions()
    row = measure_design(design, n, ctdna)
    covered = [_percent(row[f"covered_{at}"]) for at in ("third", "limit", "triple")]
    return [
        str(design.loci),
        f"{design.lowest_vaf:g}" + (" to 0.2" if design.loci > 1 else ""),
        str(design.depth),
        f"{design.loci * design.depth * ctdna['error_rate']:.2g}",
        f"{_percent(row['false'])} ({_percent(row['size'])})",
        *(_percent(row["false_lr"]), f"{row['limit']:.6f}"),
        *(_percent(row[f"detected{name}"]) for name in ("", "_on_top", "_lr")),
        ", ".join(covered),
    ]


def _second_row(design: Design, n: int) -> list[str]:
    row = measure_suppression(design, n)
    names = [
        f"{case}_{what}" for case in ("artefact", "limit") for what in ("kept", "aside")
    ]
    return [
        str(design.loci),
        str(design.depth),
        *(_percent(row[name]) for name in names),
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    for line in write_tables(int(sys.argv[1]) if len(sys.argv) > 1 else 4000):
        print(line)
