"""Writing of the synthetic study."""

from pathlib import Path

from pysam import BGZFile

from her2ctdna.demo.vcf_text import format_vcf
from her2ctdna.demo.whole_study import Study
from her2ctdna.tables import write_table

_README = """\
# Demo study

Synthetic: no patient in it is real. Shaped like NCT06452706 ({n_patients} patients, one
arm) and drawn from seed {seed} by

    python -m her2ctdna.demo config/demo --seed {seed} --patients {n_patients}

which writes the same bytes each time. The sheets and `calls/` are what a study gives to
the workflow; `truth/` is what it was drawn from. Licence: MIT, as the project.
"""

_TRUTH_README = """\
# What is true of the demo study

Seed {seed}, {n_patients} patients:
`python -m her2ctdna.demo config/demo --seed {seed} --patients {n_patients}`

`patients.tsv`
- `her2_biology`: true level of the treated disease: absent, ultralow, 1+, 2+
- `latent_response`: how the tumour answers: responder, stable, progressor
- `fate`: what else befell the patient
- `sheds`: whether the tumour sheds DNA into plasma
- `baseline_tumour_fraction`: of cell-free DNA at first dose
- `resistant_fraction` (r), `kill_per_day` (k), `growth_per_day` (g): living cells on
  day t, relative to first dose, are (1 - r) exp(-k t) + r exp(g t). The odds of the
  tumour fraction go with them; a diameter goes with the cube root of them and of the
  dead tissue not yet removed
- `resolution_per_day`: rate at which dead tissue is removed

`samples.tsv`, one row per plasma sample
- `tumour_fraction`: of cell-free DNA in that tube
- `resistant_share`: resistant cells among the tumour's living ones

`variants.tsv`
- `origin`: somatic, germline, clonal_haematopoiesis, resistance
- `clonality`: somatic: share of tumour cells; resistance: share of resistant tumour
  cells (the allele fraction in plasma is half the tumour fraction times the share);
  clonal_haematopoiesis: allele fraction in blood cells at first dose; germline: allele
  fraction everywhere
- `daily_growth`: rate at which a blood clone grows
- `emerges_day`: day on which a resistance variant appears; it has spread through the
  resistant cells 60 days later

The hotspots of PIK3CA, TP53, ESR1, ERBB2, AKT1, KRAS, DNMT3A and JAK2 stand at their
GRCh38 positions. All other coordinates, alleles and protein changes are made up, that
of TOP1 p.Glu418Lys too.

Put in on purpose:
- a primary read 3+ by the local reader; among the central 2+ readings of metastases one
  without ISH and one with an equivocal one; old primaries without a date
- an adverse event before the first dose
- a second cycle two weeks late: its sample falls into the window of the third cycle
- tubes with too little DNA, failed ones with and without calls, missed draws
- tracked sites that the VCF of a sample lacks or covers thinly
- blood clones with TP53 and with a PPM1D that grows under treatment
- two PIK3CA variants at one position; rare inherited variants that gnomAD does not know
- new lesions called equivocal that are gone on the next scan
"""


def write_study(study: Study, folder: Path) -> None:
    """Write a study to ``folder``; calls of an earlier one are removed.

    The bytes depend on the study alone: no times, no names of machines.
    """
    calls, truth = folder / "calls", folder / "truth"
    for place in (calls, truth):
        place.mkdir(parents=True, exist_ok=True)
    for old in calls.glob("*.vcf.gz"):
        old.unlink()
    for name, sheet in study.sheets.items():
        write_table(sheet, folder / f"{name}.tsv")
    for name, table in study.truth.items():
        write_table(table, truth / f"{name}.tsv")
    for sample_id, records in study.calls.items():
        _write_bgzip(calls / f"{sample_id}.vcf.gz", format_vcf(sample_id, records))
    for path, text in ((folder, _README), (truth, _TRUTH_README)):
        filled = text.format(seed=study.seed, n_patients=study.n_patients)
        (path / "README.md").write_text(filled, encoding="utf-8")


def _write_bgzip(path: Path, text: str) -> None:
    """Write text in blocks of gzip, as bgzip does; its header holds no time."""
    with BGZFile(str(path), "wb", None) as handle:
        handle.write(text.encode())
