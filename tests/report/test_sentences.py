"""Sentences of the first page on hostile studies: the words themselves.

Each study is written out, a row a patient: ``low`` or ``zero`` (HER2), the best
response, what ctDNA did (``+`` cleared and fell, ``-`` not, ``.`` no sample), days of
PFS and OS, where ``*`` follows an event.
"""

from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from her2ctdna.association.associations import CONTRAST_COLUMNS, estimate_associations
from her2ctdna.association.detectable import list_detectable
from her2ctdna.association.ledger import collect_tests
from her2ctdna.report.contrast_sentences import excludes_no_effect, write_hazard_ratio
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import write_answers
from her2ctdna.report.what_n_cannot_show import write_limits
from her2ctdna.sets.flow import derive_flow

LANDMARKS = {"C2D1": {"day": 21, "window": 7}}
CTDNA = {"+": "cleared", "-": "not_cleared", ".": "missing"}


SEPARATED = """\
low PR + 300 400
low PR + 310 410
low PR + 320 420
low CR + 330 430
low PR + 340 440
low PR + 350 450
zero PD - 50* 90*
zero PD - 51* 95*
zero PD - 52* 100*
zero PD - 53* 110*
zero SD - 54* 120*
zero SD - 55* 130*
"""
SEPARATED_SAYS = """
Of 12 treated patients 6 had a complete or partial response (confirmed, as reported
by the investigator): ORR 50.0 % (21.1 to 78.9); median progression-free survival
from first dose was 1.8 months (1.7 to not reached), with 6 events in 12 patients;
median follow-up for overall survival 14.0 months.

ORR was 100.0 % (54.1 to 100.0) in 6 HER2-low and 0.0 % (0.0 to 45.9) in 6 HER2-zero
patients: low minus zero +100.0 points, interval +44.8 points to +100.0 points
(Newcombe).

At C2D1 ctDNA was cleared in 6 of the 12 patients whose sample could show it: 50.0 %
(21.1 to 78.9).

ORR by molecular response (≥ 50 % fall) at C2D1: 6/6 against 0/6, difference +100.0
points, interval +44.8 points to +100.0 points (Newcombe).

Cleared at C2D1 against not cleared: ORR +100.0 points, interval +44.8 points to
+100.0 points (6 and 6 patients); PFS from the C2D1 landmark on, hazard ratio below
0.16 (penalised 0.031, 0.00023 to 0.29), from 6 and 6 patients (monotone likelihood:
no event in the group while the other is at risk).
"""
SEPARATED_CANNOT = """
How far HER2-low and HER2-zero differ, and why: differences from +44.8 points to
+100.0 points agree with the data. Nobody was assigned to a HER2 group, and the
groups may differ in more than HER2.

How much more often patients with a molecular response (≥ 50 % fall) at C2D1
respond: differences from +44.8 points to +100.0 points agree with the data. A fall
of ctDNA and a response may be one and the same thing seen twice.

How much longer PFS is after clearance at C2D1, and why: any hazard ratio below 0.16
agrees with the data, from 12 patients with 6 events after the landmark C2D1. Who
clears may differ from the others in more than that.

99 tests were run, 66 of them with a p-value (families adjusted together: 5). If
nothing were associated with anything, about 1.9 of them would still be expected to
give p of 0.05 or less; 10 of them cannot, however the events fall (of the family
clearance response 6 of 12).
"""
REVERSED = """\
zero PR - 300 400
zero PR - 310 410
zero PR - 320 420
zero CR - 330 430
zero PR - 340 440
low PD + 50* 90*
low PD + 51* 95*
low PD + 52* 100*
low PD + 53* 110*
low SD + 54* 120*
"""
REVERSED_SAYS = """
Of 10 treated patients 5 had a complete or partial response (confirmed, as reported
by the investigator): ORR 50.0 % (18.7 to 81.3); median progression-free survival
from first dose was 1.8 months (1.6 to not reached), with 5 events in 10 patients;
median follow-up for overall survival 13.8 months.

ORR was 0.0 % (0.0 to 52.2) in 5 HER2-low and 100.0 % (47.8 to 100.0) in 5 HER2-zero
patients: low minus zero \N{MINUS SIGN}100.0 points, interval \N{MINUS SIGN}100.0
points to \N{MINUS SIGN}38.6 points (Newcombe).

At C2D1 ctDNA was cleared in 5 of the 10 patients whose sample could show it: 50.0 %
(18.7 to 81.3).

ORR by molecular response (≥ 50 % fall) at C2D1: 0/5 against 5/5, difference
\N{MINUS SIGN}100.0 points, interval \N{MINUS SIGN}100.0 points to
\N{MINUS SIGN}38.6 points (Newcombe).

Cleared at C2D1 against not cleared: ORR \N{MINUS SIGN}100.0 points, interval
\N{MINUS SIGN}100.0 points to \N{MINUS SIGN}38.6 points (5 and 5 patients); PFS from
the C2D1 landmark on, hazard ratio above 4.59 (penalised 25.6, 2.65 to 3439), from 5
and 5 patients (monotone likelihood: no event in the reference while the other is at
risk).
"""
REVERSED_CANNOT = """
How far HER2-low and HER2-zero differ, and why: differences from \N{MINUS SIGN}100.0
points to \N{MINUS SIGN}38.6 points agree with the data. Nobody was assigned to a
HER2 group, and the groups may differ in more than HER2.

How much less often patients with a molecular response (≥ 50 % fall) at C2D1
respond: differences from \N{MINUS SIGN}100.0 points to \N{MINUS SIGN}38.6 points
agree with the data. A fall of ctDNA and a response may be one and the same thing
seen twice.

How much shorter PFS is after clearance at C2D1, and why: any hazard ratio above
4.59 agrees with the data, from 10 patients with 5 events after the landmark C2D1.
Who clears may differ from the others in more than that.

99 tests were run, 66 of them with a p-value (families adjusted together: 5). If
nothing were associated with anything, about 2.1 of them would still be expected to
give p of 0.05 or less.
"""
TIED = (
    3
    * """\
low PR + 100* 200*
low SD - 100* 200*
zero PR - 100* 200*
zero SD + 100* 200*
"""
)
TIED_SAYS = """
Of 12 treated patients 6 had a complete or partial response (confirmed, as reported
by the investigator): ORR 50.0 % (21.1 to 78.9); median progression-free survival
from first dose was 3.3 months (not estimable to not estimable), with 12 events in
12 patients; median follow-up for overall survival not estimable, as all had the
event.

ORR was 50.0 % (11.8 to 88.2) in 6 HER2-low and 50.0 % (11.8 to 88.2) in 6 HER2-zero
patients: low minus zero +0.0 points, interval \N{MINUS SIGN}44.2 points to +44.2
points (Newcombe).

At C2D1 ctDNA was cleared in 6 of the 12 patients whose sample could show it: 50.0 %
(21.1 to 78.9).

ORR by molecular response (≥ 50 % fall) at C2D1: 3/6 against 3/6, difference +0.0
points, interval \N{MINUS SIGN}44.2 points to +44.2 points (Newcombe).

Cleared at C2D1 against not cleared: ORR +0.0 points, interval \N{MINUS SIGN}44.2
points to +44.2 points (6 and 6 patients); PFS from the C2D1 landmark on, hazard
ratio 1.00, interval 0.31 to 3.20 (6 and 6 patients).
"""
TIED_CANNOT = """
Whether HER2-low and HER2-zero differ: differences from \N{MINUS SIGN}44.2 points to
+44.2 points agree with the data. With 6 and 6 patients, and a true rate of 50.0 %
in the reference, no rate, however far, would be found by Fisher's test in 80 of 100
such studies. The groups cannot be called alike.

Whether response goes with molecular response (≥ 50 % fall) at C2D1: differences
from \N{MINUS SIGN}44.2 points to +44.2 points agree with the data.

Whether clearance at C2D1 goes with longer PFS: hazard ratios from 0.31 to 3.20
agree with the data, a 10-fold range, from 12 patients with 12 events after the
landmark C2D1.

99 tests were run, 44 of them with a p-value (families adjusted together: 3). If
nothing were associated with anything, about 0.9 of them would still be expected to
give p of 0.05 or less; 10 of them cannot, however the events fall (of the family
clearance response 6 of 12).
"""
THREE = """\
low PR + 200 300
zero SD - 60* 100*
zero PD - 50* 90
"""
THREE_SAYS = """
Of 3 treated patients 1 had a complete or partial response (confirmed, as reported
by the investigator): ORR 33.3 % (0.8 to 90.6); median progression-free survival
from first dose was 2.0 months (1.6 to not reached), with 2 events in 3 patients
(few: n = 3); median follow-up for overall survival 9.9 months.

At C2D1 only 3 of 3 treated patients had a sample that could show a clearance of
ctDNA; 1 of them cleared. No rate is told from so few.

ORR was 100.0 % (2.5 to 100.0) in 1 HER2-low and 0.0 % (0.0 to 84.2) in 2 HER2-zero
patients: low minus zero +100.0 points, interval \N{MINUS SIGN}3.1 points to +100.0
points (Newcombe; few: n = 1).

ORR by molecular response (≥ 50 % fall) at C2D1: 1/1 against 0/2, difference +100.0
points, interval \N{MINUS SIGN}3.1 points to +100.0 points (Newcombe; few: n = 1).

Cleared at C2D1 against not cleared: ORR +100.0 points, interval \N{MINUS SIGN}3.1
points to +100.0 points (1 and 2 patients; few: n = 1); PFS from the C2D1 landmark
on, hazard ratio below 2.23 (penalised 0.26, 0.0019 to 3.43), from 1 and 2 patients
(monotone likelihood: no event in the group while the other is at risk; few: n = 1).
"""
THREE_CANNOT = """
Whether HER2-low and HER2-zero differ: differences from \N{MINUS SIGN}3.1 points to
+100.0 points agree with the data. With 1 and 2 patients, and a true rate of 0.0 %
in the reference, no rate, however far, would be found by Fisher's test in 80 of 100
such studies. The groups cannot be called alike.

Whether response goes with molecular response (≥ 50 % fall) at C2D1: differences
from \N{MINUS SIGN}3.1 points to +100.0 points agree with the data.

Whether clearance at C2D1 goes with longer PFS: any hazard ratio below 2.23 agrees
with the data, from 3 patients with 2 events after the landmark C2D1.

99 tests were run, 66 of them with a p-value (families adjusted together: 5). If
nothing were associated with anything, about 0.6 of them would still be expected to
give p of 0.05 or less; 54 of them cannot, however the events fall (of the family
clearance response 12 of 12).
"""
ALIKE = 6 * "low PR + 200* 300\n"
ALIKE_SAYS = """
Of 6 treated patients 6 had a complete or partial response (confirmed, as reported
by the investigator): ORR 100.0 % (54.1 to 100.0); median progression-free survival
from first dose was 6.6 months (not estimable to not estimable), with 6 events in 6
patients (few: n = 6); median follow-up for overall survival 9.9 months.

ORR was 100.0 % (54.1 to 100.0) in 6 HER2-low patients; nobody was HER2-zero.

At C2D1 ctDNA was cleared in 6 of the 6 patients whose sample could show it: 100.0 %
(54.1 to 100.0).
"""
ALIKE_CANNOT = """
Whether HER2-low and HER2-zero differ: nobody was HER2-zero.

Whether response goes with molecular response (≥ 50 % fall) at C2D1: nobody was
without one.

Whether clearance at C2D1 goes with longer PFS: nobody who was followed from there
was not cleared.
"""
NOBODY = 6 * "zero PD - 40* 80*\n"
NOBODY_SAYS = """
Of 6 treated patients 0 had a complete or partial response (confirmed, as reported
by the investigator): ORR 0.0 % (0.0 to 45.9); median progression-free survival from
first dose was 1.3 months (not estimable to not estimable), with 6 events in 6
patients (few: n = 6); median follow-up for overall survival not estimable, as all
had the event.

ORR was 0.0 % (0.0 to 45.9) in 6 HER2-zero patients; nobody was HER2-low.

At C2D1 ctDNA was cleared in 0 of the 6 patients whose sample could show it: 0.0 %
(0.0 to 45.9).
"""
NOBODY_CANNOT = """
Whether HER2-low and HER2-zero differ: nobody was HER2-low.

Whether response goes with molecular response (≥ 50 % fall) at C2D1: nobody had one.

Whether clearance at C2D1 goes with longer PFS: nobody who was followed from there
was cleared.
"""
UNKNOWN = 3 * ". PD . 40* 80*\n"
UNKNOWN_SAYS = """
Of 3 treated patients 0 had a complete or partial response (confirmed, as reported
by the investigator): ORR 0.0 % (0.0 to 70.8); median progression-free survival from
first dose was 1.3 months (not estimable to not estimable), with 3 events in 3
patients (few: n = 3); median follow-up for overall survival not estimable, as all
had the event.

At C2D1 no patient's sample could show a clearance of ctDNA (3 without a usable
sample or baseline).
"""
UNKNOWN_CANNOT = ""
NO_RESPONSE_SAYS = """
Median progression-free survival from first dose was 1.8 months (1.7 to not
reached), with 6 events in 12 patients; median follow-up for overall survival 14.0
months.

At C2D1 ctDNA was cleared in 6 of the 12 patients whose sample could show it: 50.0 %
(21.1 to 78.9).

Cleared at C2D1 against not cleared: PFS from the C2D1 landmark on, hazard ratio
below 0.16 (penalised 0.031, 0.00023 to 0.29), from 6 and 6 patients (monotone
likelihood: no event in the group while the other is at risk).

Median PFS was not reached in 6 HER2-low patients (few: n = 6) and 1.7 months (1.6
to not estimable) in 6 HER2-zero patients (few: n = 6): hazard ratio, low over zero,
below 0.16 (penalised 0.031, 0.00023 to 0.29).
"""


@pytest.fixture(scope="module")
def definitions(root: Path) -> dict[str, Any]:
    config = yaml.safe_load((root / "config" / "config.yaml").read_text())
    found = config["definitions"]
    found["ctdna"]["landmarks"] = LANDMARKS
    found["association"] |= {"covariates": [], "permutations": 100}
    return found


def patients(text: str) -> pd.DataFrame:
    """Return the analysis-ready table of a study that is written out."""
    rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame([_patient(i, *row) for i, row in enumerate(rows, 1)])


def _patient(
    i: int, her2: str, response: str, ctdna: str, pfs: str, os: str
) -> dict[str, Any]:
    judged = ctdna != "."
    flags = {
        "responder": response in ("CR", "PR"),
        "disease_control": response in ("CR", "PR", "SD"),
        "clinical_benefit_registry": response in ("CR", "PR", "SD"),
        "clinical_benefit": response in ("CR", "PR"),
        "response_evaluable": response != "MISSING",
        "ctdna_evaluable": judged,
        "her2_evaluable": her2 != ".",
        "pfs_event": pfs.endswith("*"),
        "os_event": os.endswith("*"),
    }
    return {
        **{"patient_id": f"P{i}", "treated": "yes", "bor": response},
        **{name: "yes" if flag else "no" for name, flag in flags.items()},
        "her2_group": None if her2 == "." else her2,
        "her2_class": {"low": "low", "zero": "absent", ".": "missing"}[her2],
        "her2_level": None,
        "confirmed_bor": response,
        "pfs_days": float(pfs.rstrip("*")),
        "pfs_reason": "progression" if pfs.endswith("*") else "last assessment",
        "os_days": float(os.rstrip("*")),
        "os_reason": "death" if os.endswith("*") else "alive",
        "measurable": "yes",
        "n_visits": 2.0,
        **{"dor_days": nan, "dor_event": None, "best_change_percent": nan},
        "baseline_state": "detected" if judged else "missing",
        "baseline_level": 0.02 if judged else nan,
        "ever_cleared": {"+": "yes", "-": "no", ".": None}[ctdna],
        "first_cleared_day": 21.0 if ctdna == "+" else nan,
        "clearance_C2D1": CTDNA[ctdna],
        "able_C2D1": "yes" if judged else None,
        "state_C2D1": {"+": "undetected", "-": "detected", ".": None}[ctdna],
        "mr50_C2D1": {"+": "yes", "-": "no", ".": "not_evaluable"}[ctdna],
        "late_C2D1": "no",
    }


def study(text: str, definitions: dict[str, Any], *, response: bool = True) -> Results:
    """Return the results of a study that is written out."""
    frame, association = patients(text), definitions["association"]
    found = estimate_associations(
        frame,
        landmarks=LANDMARKS,
        count_first_day=False,
        response=response,
        survival=True,
        association=association,
    )
    found |= collect_tests(
        {name: found[name] for name in ("tests", "contrasts")},
        families=association["families"],
        predeclared=[],
        alpha=0.05,
    )
    flow = derive_flow(
        frame, landmarks=LANDMARKS, columns=[], count_first_day=False, response=response
    )
    tables = found | {"patients": frame, "flow": flow}
    tables["detectable"] = list_detectable(found["contrasts"], alpha=0.05)
    names = ["her2_status", "ctdna_landmarks"]
    tables |= {name: frame[["patient_id"]] for name in names}
    return Results(
        tables=tables,
        figures={},
        definitions=definitions,
        study={"id": "S1", "title": "Drug", "synthetic": True},
        analysis="primary",
        analyses=["primary"],
        inputs_given=["patients"],
        association=association,
        code="c0de",
        input_digests={},
    )


def paragraphs(text: str) -> list[str]:
    """Return the sentences of a text, one a paragraph, without its line breaks."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


@pytest.mark.parametrize(
    ("text", "answers", "limits"),
    [
        (SEPARATED, SEPARATED_SAYS, SEPARATED_CANNOT),
        (REVERSED, REVERSED_SAYS, REVERSED_CANNOT),
        (TIED, TIED_SAYS, TIED_CANNOT),
        (THREE, THREE_SAYS, THREE_CANNOT),
        (ALIKE, ALIKE_SAYS, ALIKE_CANNOT),
        (NOBODY, NOBODY_SAYS, NOBODY_CANNOT),
        (UNKNOWN, UNKNOWN_SAYS, UNKNOWN_CANNOT),
    ],
)
def test_hostile_studies_are_told_in_words_that_hold(
    text: str, answers: str, limits: str, definitions: dict[str, Any]
) -> None:
    results = study(text, definitions)
    assert [said for said, _ in write_answers(results)] == paragraphs(answers)
    *written, last = (said for said, _ in write_limits(results))
    assert written == paragraphs(limits)
    assert last.startswith("There is no control arm.")


def test_without_response_her2_is_told_by_times(definitions: dict[str, Any]) -> None:
    results = study(SEPARATED, definitions, response=False)
    assert [said for said, _ in write_answers(results)] == paragraphs(NO_RESPONSE_SAYS)


def contrast(ci_method: str, *numbers: float, **more: object) -> dict[str, object]:
    keys = {
        **{"endpoint": "pfs", "population": "clearance_able", "origin": "C2D1"},
        **{"group_by": "clearance_C2D1", "group": "cleared"},
        **{"reference": "not_cleared", "measure": "hazard_ratio", "biased": "no"},
    }
    named = dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True))
    return keys | named | {"ci_method": ci_method} | more


@pytest.mark.parametrize(
    ("plain", "firth", "said"),
    [
        ((0.58, 0.09, 2.21), (0.6, 0.1, 2.2), "0.58 (0.090 to 2.21)"),
        (
            (nan, nan, 0.12),
            (0.15, 0.021, 0.33),
            "below 0.12 (penalised 0.15, 0.021 to 0.33)",
        ),
        (
            (nan, 3.1, nan),
            (25.6, 2.65, nan),
            "above 3.10 (penalised 25.6, 2.65 to no limit)",
        ),
        ((nan, nan, 0.12), (nan, nan, nan), "below 0.12"),
        ((nan, nan, nan), (nan, nan, nan), "not estimable"),
    ],
)
def test_a_hazard_ratio_says_the_limit_that_a_monotone_likelihood_has(
    plain: tuple[float, ...],
    firth: tuple[float, ...],
    said: str,
    definitions: dict[str, Any],
) -> None:
    adjusted = contrast("firth_profile", 9.0, 8.0, 10.0, adjusted_for="age")
    rows = [
        contrast("cox_profile", *plain),
        adjusted,
        contrast("firth_profile", *firth),
    ]
    table = pd.DataFrame(rows, columns=CONTRAST_COLUMNS)
    results = replace(study(THREE, definitions), tables={"contrasts": table})
    assert write_hazard_ratio(results, next(results.rows("contrasts"))) == said


@pytest.mark.parametrize(
    ("measure", "low", "high", "is_excluded"),
    [
        ("risk_difference", 0.02, 0.4, True),
        ("risk_difference", -0.4, -0.02, True),
        ("risk_difference", 0.0, 0.4, False),
        ("risk_difference", nan, nan, False),
        ("hazard_ratio", nan, 0.07, True),
        ("hazard_ratio", 1.2, nan, True),
        ("hazard_ratio", nan, 2.2, False),
        ("hazard_ratio", 0.02, 0.4, True),
        ("hazard_ratio", 0.4, 1.0, False),
    ],
)
def test_what_an_interval_leaves_out_depends_on_its_scale(
    measure: str, low: float, high: float, *, is_excluded: bool
) -> None:
    row = contrast("x", nan, low, high, measure=measure)
    table = pd.DataFrame([row])
    assert excludes_no_effect(next(table.itertuples())) is is_excluded
