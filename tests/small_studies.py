"""Small studies, written out: what each is given, and what it leaves out.

Cells stand apart by blanks and ``.`` is an empty one. P1 and P2 are HER2-low, P3 and P4
HER2-zero; of P5 nothing is known but that it was treated and died.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

PATIENTS = """\
patient_id last_dose_day new_therapy_day last_alive_day death_day hr_status
P1 150 . 300 . positive
P2 100 120 250 . positive
P3 60 . . 130 negative
P4 90 . 200 . positive
P5 40 . . 90 negative
"""
HER2 = """\
patient_id specimen_id collected_day specimen reader ihc ish stained_percent
P1 P1-M -40 metastasis central 1+ . 40
P1 P1-M -40 metastasis local 0 . 5
P2 P2-P -60 primary central 2+ negative 70
P2 P2-P -60 primary local 2+ negative 60
P3 P3-M -30 metastasis central 0 . 0
P4 P4-M -35 metastasis central 0 . 5
"""
SAMPLES = """\
sample_id patient_id collected_day timepoint calls calls_sample plasma_ml cfdna_ng
P1-B P1 0 C1D1 calls.vcf P1-B 4 30
P1-C2 P1 21 C2D1 calls.vcf P1-C2 4 30
P2-B P2 0 C1D1 calls.vcf P2-B 4 25
P2-C2 P2 20 C2D1 calls.vcf P2-C2 4 20
P3-B P3 -1 C1D1 calls.vcf P3-B 3 40
P3-C2 P3 22 C2D1 calls.vcf P3-C2 4 30
P4-B P4 0 C1D1 calls.vcf P4-B 4 20
P4-C2 P4 21 C2D1 calls.vcf P4-C2 4 20
"""
BARE_SAMPLES = """\
sample_id patient_id collected_day timepoint
P1-B P1 0 C1D1
P1-C2 P1 21 C2D1
P2-B P2 0 C1D1
P2-C2 P2 20 C2D1
P3-B P3 -1 C1D1
P3-C2 P3 22 C2D1
P4-B P4 0 C1D1
P4-C2 P4 21 C2D1
"""
CALLS = """\
##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
##contig=<ID=chr3,length=198295559>
##contig=<ID=chr17,length=83257441>
#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT \
P1-B P1-C2 P2-B P2-C2 P3-B P3-C2 P4-B P4-C2
chr3 179218303 . G A . PASS . GT:AD:DP 0/1:1900,100:2000 0/0:2000,0:2000 \
0/0:2000,0:2000 0/0:2000,0:2000 0/0:2000,0:2000 0/0:2000,0:2000 0/0:2000,0:2000 \
0/0:2000,0:2000
chr17 7674220 . C T . PASS . GT:AD:DP 0/0:2000,0:2000 0/0:2000,0:2000 \
0/1:1920,80:2000 0/1:1940,60:2000 0/0:2000,0:2000 0/0:2000,0:2000 0/0:2000,0:2000 \
0/0:2000,0:2000
chr17 7675088 . C T . PASS . GT:AD:DP 0/0:2000,0:2000 0/0:2000,0:2000 \
0/0:2000,0:2000 0/0:2000,0:2000 0/1:1960,40:2000 0/1:1900,100:2000 0/0:2000,0:2000 \
0/0:2000,0:2000
"""
VARIANTS = """\
sample_id chrom pos ref alt alt_count depth filter gene consequence protein_change
P1-B chr3 179218303 G A 100 2000 PASS PIK3CA missense_variant p.E545K
P1-C2 chr3 179218303 G A 0 2000 PASS PIK3CA missense_variant p.E545K
P2-B chr17 7674220 C T 80 2000 PASS TP53 missense_variant p.R248Q
P2-C2 chr17 7674220 C T 60 2000 PASS TP53 missense_variant p.R248Q
P3-B chr17 7675088 C T 40 2000 PASS TP53 missense_variant p.R175H
P3-C2 chr17 7675088 C T 100 2000 PASS TP53 missense_variant p.R175H
P4-B chr17 7675088 C T 0 2000 PASS TP53 missense_variant p.R175H
"""
LEVELS = """\
sample_id patient_id collected_day timepoint level unit detected lod
P1-LB P1 0 C1D1 0.05 vaf yes 0.001
P1-LC2 P1 21 C2D1 0 vaf no 0.001
P2-LB P2 0 C1D1 0.04 vaf yes 0.001
P2-LC2 P2 20 C2D1 0.03 vaf yes 0.001
P3-LB P3 -1 C1D1 0.02 vaf yes 0.001
P3-LC2 P3 22 C2D1 0.05 vaf yes 0.001
P4-LB P4 0 C1D1 0 vaf no 0.001
P4-LC2 P4 21 C2D1 . vaf failed .
"""
ASSESSMENTS = """\
patient_id assessed_day overall target_sum_mm new_lesion
P1 -7 . 80 .
P1 42 PR 40 no
P1 84 PR 35 no
P1 126 PR 36 no
P2 -10 . 60 .
P2 40 SD 58 no
P2 80 SD 62 no
P2 122 PD 75 no
P3 -5 . 50 .
P3 45 PD 70 yes
P4 -8 . 70 .
P4 44 PR 45 no
P4 88 SD 50 no
"""
LESIONS = """\
patient_id assessed_day lesion_id kind diameter_mm state
P1 -7 T1 target 80 present
P1 42 T1 target 40 present
P1 84 T1 target 35 present
P1 126 T1 target 36 present
P2 -10 T1 target 60 present
P2 40 T1 target 58 present
P2 80 T1 target 62 present
P3 -5 T1 target 50 present
P3 45 T1 target 70 present
P4 -8 T1 target 70 present
P4 44 T1 target 45 present
P4 88 T1 target 50 present
"""
ADVERSE_EVENTS = """\
patient_id term soc grade started_day ended_day serious related of_interest
P1 Nausea Gastrointestinal_disorders 1 3 9 no yes no
P2 Pneumonitis Respiratory_disorders 2 45 90 no yes yes
P3 Neutropenia Blood_disorders 3 14 21 yes yes yes
P3 Nausea Gastrointestinal_disorders 2 30 33 no yes no
"""
ADA = """\
patient_id sampled_day result titre
P1 0 negative .
P1 42 positive 20
P1 84 positive 40
P2 0 negative .
P2 42 negative .
P3 0 positive 10
P4 42 negative .
"""
SHEETS = {
    "her2": HER2,
    "samples": SAMPLES,
    "variants": VARIANTS,
    "levels": LEVELS,
    "assessments": ASSESSMENTS,
    "lesions": LESIONS,
    "adverse_events": ADVERSE_EVENTS,
    "ada": ADA,
}
EVERYTHING = [name for name in SHEETS if name != "variants"]
"""All that can stand side by side: calls are in files or in a table."""
NOBODY_TREATED = """\
patient_id treated last_alive_day death_day
P1 no . .
P2 no . .
P3 no . .
P4 no . .
P5 no . .
"""
SCREEN_FAILURES = """\
patient_id first_dose_date last_alive_date
P1 . 2024-03-01
P2 . 2024-04-01
P3 . .
P4 . .
P5 . .
"""
SCREENED_HER2 = """\
patient_id specimen_id collected_date specimen reader ihc ish
P1 P1-M 2024-01-10 metastasis central 1+ .
P2 P2-P 2023-12-01 primary central 0 .
P3 P3-M 2024-01-15 metastasis central 3+ .
"""
SCREENING_SCANS = """\
patient_id assessed_date overall target_sum_mm
P1 2024-01-20 . 80
P2 2024-01-22 . 60
"""
SUPPLIED = """\
patient_id pfs_days pfs_event os_days os_event
P1 200 no 300 no
P2 123 yes 250 no
P3 46 yes 131 yes
P4 90 no 200 no
P5 40 yes 91 yes
"""
ALL_LOW = """\
patient_id specimen_id collected_day specimen reader ihc ish
P1 P1-M -40 metastasis central 1+ .
P2 P2-P -60 primary central 2+ negative
P3 P3-M -30 metastasis central 1+ .
P4 P4-M -35 metastasis central 1+ .
"""
NO_RESPONSE = """\
patient_id assessed_day overall target_sum_mm
P1 42 SD .
P1 84 PD .
P2 40 PD .
P3 45 PD .
P4 44 SD .
P5 39 NE .
"""
ALL_RESPOND = """\
patient_id assessed_day overall
P1 42 PR
P1 84 PR
P2 40 CR
P2 80 CR
P3 45 PR
P3 90 PR
P4 44 PR
P4 88 PR
P5 42 PR
P5 84 PR
"""
BASELINE_SCANS = """\
patient_id assessed_day overall target_sum_mm
P1 -7 . 80
P2 -10 . 60
P3 -5 . 50
"""
BARE_LEVELS = """\
sample_id patient_id collected_day timepoint level unit detected
P1-LB P1 0 C1D1 0.05 vaf yes
P1-LC2 P1 21 C2D1 0 vaf no
P2-LB P2 0 C1D1 0.04 vaf yes
P2-LC2 P2 20 C2D1 0.03 vaf yes
P3-LB P3 0 C1D1 0 vaf no
"""
FAILED_LEVELS = """\
sample_id patient_id collected_day timepoint level unit detected lod
P1-LB P1 0 C1D1 . vaf failed .
P1-LC2 P1 21 C2D1 . vaf failed .
P2-LB P2 0 C1D1 . vaf failed .
"""


EARLY = {"C2D1": 21}
FEW_DRAWS = {
    "covariates": [],
    "permutations": 100,
    "trend_band_resamples": 100,
    "milestones_days": [182.625],
    "plausible_differences": [0.2],
    "plausible_hazard_ratios": [0.5],
    "model": {
        **{"repeats": 1, "folds": 2, "inner_folds": 2, "strengths": [0.1]},
        **{"bootstraps": 10, "permutations": 19},
    },
}


@dataclass(frozen=True)
class Study:
    """The text of each sheet by its key, and the days of its landmarks."""

    sheets: Mapping[str, str]
    landmarks: Mapping[str, int]

    @property
    def inputs(self) -> list[str]:
        """The keys of the sheets that hold more than their header."""
        return [name for name, text in self.sheets.items() if text.count("\n") > 1]

    def write(self, folder: Path) -> dict[str, object]:
        """Write the sheets and the calls that they may name; return the config."""
        for name, text in self.sheets.items():
            (folder / f"{name}.tsv").write_text(_tabbed(text), encoding="utf-8")
        (folder / "calls.vcf").write_text(CALLS.replace(" ", "\t"), encoding="utf-8")
        is_derived = "lesions" in self.sheets and "assessments" not in self.sheets
        ctdna = {
            "metric": "mean_vaf" if "samples" in self.sheets else "level",
            "landmarks": {
                name: {"day": day, "window": 7} for name, day in self.landmarks.items()
            },
            "molecular_response": [0.5],
        }
        return {
            "study": {"synthetic": False},
            "inputs": {name: f"{name}.tsv" for name in self.sheets},
            "definitions": {
                "response": {"source": "lesions" if is_derived else "reported"},
                "ctdna": ctdna,
                "association": FEW_DRAWS,
            },
            "analyses": {"primary": {}},
        }


def _tabbed(text: str) -> str:
    """Return a sheet with its cells apart by tabs, and the empty ones empty."""
    return re.sub(r"(?<!\S)\.(?!\S)", "", text).replace(" ", "\t")


def give(
    *inputs: str,
    patients: str = PATIENTS,
    landmarks: Mapping[str, int] = EARLY,
    **others: str,
) -> Study:
    """Return a study with some of `SHEETS`, and others in place of these."""
    given = {"patients": patients}
    if "variants" in inputs:
        given["samples"] = BARE_SAMPLES
    given |= {name: SHEETS[name] for name in inputs}
    return Study(given | others, landmarks)


def only(*patients: str) -> Study:
    """Return a study with everything of these patients alone."""

    def keep(text: str) -> str:
        first, *rows = text.splitlines(keepends=True)
        kept = (row for row in rows if set(row.split()[:2]) & set(patients))
        return first + "".join(kept)

    sheets = {name: keep(SHEETS[name]) for name in EVERYTHING}
    return give(patients=keep(PATIENTS), **sheets)


def alike() -> Study:
    """Return a study with everything, in which P2 to P4 are as P1 is."""

    def repeat(text: str) -> str:
        first, _, rows = text.partition("\n")
        every = (rows.replace("P1", other) for other in ("P1", "P2", "P3", "P4"))
        return f"{first}\n" + "".join(every)

    return give(**{name: repeat(text) for name, text in only("P1").sheets.items()})


def header(name: str) -> str:
    """Return a sheet without its rows."""
    return SHEETS[name].partition("\n")[0] + "\n"


STUDIES = {
    "patients alone": give(),
    **{f"{name} alone": give(name) for name in SHEETS},
    **{
        f"{one} and {other}": give(one, other) for one, other in combinations(SHEETS, 2)
    },
    "variants without samples": give(variants=VARIANTS),
    "everything": give(*EVERYTHING),
    "no landmark": give("her2", "levels", "assessments", landmarks={}),
    **{
        f"nobody treated, {name}": give(name, patients=NOBODY_TREATED)
        for name in EVERYTHING
    },
    "nobody treated, everything": give(*EVERYTHING, patients=NOBODY_TREATED),
    "screen failures only": give(
        patients=SCREEN_FAILURES, her2=SCREENED_HER2, assessments=SCREENING_SCANS
    ),
    "one patient": only("P1"),
    "two patients": only("P1", "P3"),
    "one HER2 group": give("levels", "assessments", her2=ALL_LOW),
    "everybody alike": alike(),
    "nobody responded": give("her2", "levels", assessments=NO_RESPONSE),
    "everybody responded": give("her2", "levels", assessments=ALL_RESPOND),
    "patients with a header alone": give(patients=PATIENTS.partition("\n")[0] + "\n"),
    **{f"{name} with a header alone": give(**{name: header(name)}) for name in SHEETS},
    "everything with a header alone": give(**{name: header(name) for name in SHEETS}),
    "levels without limits": give(levels=BARE_LEVELS),
    "levels that all failed": give(levels=FAILED_LEVELS),
    "samples without calls": give(samples=BARE_SAMPLES),
    "durations supplied": give(patients=SUPPLIED),
    "levels and durations supplied": give("levels", patients=SUPPLIED),
    "her2 and durations supplied": give("her2", patients=SUPPLIED),
    "scans before first dose only": give("her2", assessments=BASELINE_SCANS),
}
