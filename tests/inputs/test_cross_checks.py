"""Checks across cells, rows and tables: one named test per rule."""

from functools import partial

import pandas as pd
import pytest

from her2ctdna.inputs.cross_checks import check_tables
from her2ctdna.inputs.dates import empty_table


def table(name, *rows):
    """Return a normalised table as its check sees it, the first row on line 2."""
    filled = [{**dict.fromkeys(empty_table(name)), **row} for row in rows]
    frame = pd.DataFrame(filled, columns=list(empty_table(name)))
    return frame.astype(empty_table(name).dtypes.to_dict()).set_axis(
        range(2, 2 + len(rows)), axis="index"
    )


def patients(*rows):
    return table(
        "patients",
        *({"patient_id": "P1", "treated": "yes", "last_dose_day": 1} | r for r in rows),
    )


def findings(**tables):
    """Check tables beside a study of one treated patient."""
    tables = {"patients": patients({}), **tables}
    return check(tables, inputs={"samples": "/nowhere/samples.tsv"})


check = partial(check_tables, baseline_window=None, origin="first dose")


def brief(found):
    return [(f.severity, f.table, f.row, f.column, f.value) for f in found]


def test_patient_who_is_not_in_the_patients_sheet_is_an_error():
    ada = table(
        "ada",
        {"patient_id": "P1", "sampled_day": 0},
        {"patient_id": "P9", "sampled_day": 0},
    )
    (found,) = findings(ada=ada)
    assert brief([found]) == [("error", "ada", 3, "patient_id", "P9")]
    assert found.patient_id == "P9"
    assert "not in the patients sheet" in found.message


def test_unreadable_patients_sheet_makes_no_patient_unknown():
    ada = table("ada", {"patient_id": "P9", "sampled_day": 0})
    assert findings(patients=empty_table("patients"), ada=ada) == []


def test_death_before_the_first_dose_is_an_error():
    found = findings(patients=patients({"death_day": -1}, {"death_day": 0}))
    assert brief(found) == [("error", "patients", 2, "death_day", "-1")]


def test_untreated_patient_may_die_before_day_0():
    assert findings(patients=patients({"death_day": -1, "treated": "no"})) == []


def test_alive_after_the_death_is_a_warning():
    found = findings(
        patients=patients(
            {"death_day": 100, "last_alive_day": 101},
            {"patient_id": "P2", "death_day": 100, "last_alive_day": 100},
        )
    )
    assert brief(found) == [("warning", "patients", 2, "last_alive_day", "101")]


def test_last_alive_before_the_last_assessment_is_a_warning():
    assessments = table(
        "assessments",
        {"patient_id": "P1", "assessed_day": 42, "overall": "SD"},
        {"patient_id": "P2", "assessed_day": 42, "overall": "SD"},
    )
    found = findings(
        patients=patients(
            {"last_alive_day": 41}, {"patient_id": "P2", "last_alive_day": 42}
        ),
        assessments=assessments,
    )
    assert brief(found) == [("warning", "patients", 2, "last_alive_day", "41")]
    assert "censored at the later" in found[0].message


def test_assessment_after_the_death_is_a_warning():
    assessments = table(
        "assessments", {"patient_id": "P1", "assessed_day": 42, "overall": "SD"}
    )
    found = findings(patients=patients({"death_day": 41}), assessments=assessments)
    assert brief(found) == [("warning", "patients", 2, "death_day", "41")]


@pytest.mark.parametrize("name", ["pfs", "os"])
@pytest.mark.parametrize("half", [{"days": 10}, {"event": "no"}])
def test_supplied_duration_without_its_other_half_is_an_error(name, half):
    row = {f"{name}_{key}": value for key, value in half.items()}
    found = findings(patients=patients(row))
    assert [(f.severity, f.row, f.column) for f in found] == [
        ("error", 2, f"{name}_days")
    ]


def test_supplied_duration_with_its_event_is_right():
    assert findings(patients=patients({"pfs_days": 10, "pfs_event": "yes"})) == []


@pytest.mark.parametrize(
    ("ihc", "ish", "columns"),
    [
        ("0", None, []),
        ("2+", "negative", []),
        ("2+", "equivocal", []),
        ("3+", None, ["ihc"]),
        ("2+", "positive", ["ihc"]),
        (None, "positive", ["ihc"]),
        ("0", "positive", ["ihc", "ish"]),
        ("1+", "positive", ["ihc", "ish"]),
        ("3+", "negative", ["ihc", "ish"]),
    ],
)
def test_her2_positive_and_contradictory_readings_are_warnings(ihc, ish, columns):
    her2 = table(
        "her2", {"patient_id": "P1", "collected_day": -9, "ihc": ihc, "ish": ish}
    )
    found = findings(her2=her2)
    assert [(f.severity, f.column) for f in found] == [
        ("warning", column) for column in columns
    ]
    if columns:
        assert "check the eligibility" in found[0].message


@pytest.mark.parametrize(
    ("ihc", "stained", "is_warned"),
    [
        ("0", 10, False),
        ("0", 11, True),
        ("1+", 11, False),
        ("1+", 10, True),
        ("2+", 5, False),  # intense in few cells is equivocal by ASCO-CAP
        ("3+", 10, True),
    ],
)
def test_staining_that_contradicts_the_score_is_a_warning(ihc, stained, is_warned):
    her2 = table(
        "her2",
        {
            "patient_id": "P1",
            "collected_day": -9,
            "ihc": ihc,
            "stained_percent": stained,
        },
    )
    found = [f for f in findings(her2=her2) if f.column == "stained_percent"]
    assert len(found) == is_warned
    assert {f.severity for f in found} <= {"warning"}


def test_specimen_of_after_the_first_dose_is_a_warning():
    her2 = table(
        "her2",
        {"patient_id": "P1", "collected_day": 0, "ihc": "1+"},
        {"patient_id": "P1", "collected_day": 1, "ihc": "1+"},
    )
    assert brief(findings(her2=her2)) == [("warning", "her2", 3, "collected_day", "1")]


def test_assessment_after_the_first_dose_needs_a_response():
    assessments = table(
        "assessments",
        {"patient_id": "P1", "assessed_day": 0, "target_sum_mm": 50},
        {"patient_id": "P1", "assessed_day": 1, "target_sum_mm": 50},
    )
    found = findings(assessments=assessments)
    assert brief(found) == [("error", "assessments", 3, "overall", "")]


def test_baseline_of_a_patient_never_dosed_needs_no_response():
    assessments = table("assessments", {"patient_id": "P1", "target_sum_mm": 50})
    untreated = patients({"treated": "no"})
    assert findings(patients=untreated, assessments=assessments) == []


def test_several_responses_on_one_day_are_a_warning_on_each():
    visit = {"patient_id": "P1", "assessed_day": 42, "evaluator": "investigator"}
    assessments = table(
        "assessments",
        {**visit, "overall": "SD"},
        {**visit, "overall": "PR"},
        {**visit, "overall": "CR", "evaluator": "independent"},
        {**visit, "overall": "CR", "assessed_day": 84},
        {**visit, "overall": "CR", "assessed_day": 84},
    )
    assert brief(findings(assessments=assessments)) == [
        ("warning", "assessments", 2, "overall", "SD"),
        ("warning", "assessments", 3, "overall", "PR"),
    ]


def test_event_that_ended_before_it_started_is_a_warning():
    events = table(
        "adverse_events",
        {"patient_id": "P1", "grade": 1, "started_day": 5, "ended_day": 4},
        {"patient_id": "P1", "grade": 1, "started_day": 5, "ended_day": 5},
        {"patient_id": "P1", "grade": 1, "started_day": 5},
    )
    assert brief(findings(adverse_events=events)) == [
        ("warning", "adverse_events", 2, "ended_day", "4")
    ]


def test_event_without_a_grade_is_a_warning_and_no_stop():
    events = table("adverse_events", {"patient_id": "P1", "started_day": 5})
    found = findings(adverse_events=events)
    assert brief(found) == [("warning", "adverse_events", 2, "grade", "")]


def test_event_without_a_start_that_ended_before_first_dose_is_not_called_emergent():
    event = {"patient_id": "P1", "grade": 1, "ended_day": -3}
    found = findings(adverse_events=table("adverse_events", event))
    assert brief(found) == [("warning", "adverse_events", 2, "started_day", "")]
    assert "not treatment-emergent" in found[0].message


def test_result_that_is_not_reportable_is_a_warning_and_no_stop():
    sample = {"patient_id": "P1", "sampled_day": 0, "result": "not reportable"}
    other = sample | {"result": "negative"}
    found = findings(ada=table("ada", sample, other))
    assert brief(found) == [("warning", "ada", 2, "result", "not reportable")]


def fatal(**cells):
    return {"patient_id": "P1", "grade": 5, "started_day": 9} | cells


def test_fatal_event_of_a_patient_not_known_to_be_dead_is_a_warning():
    events = table("adverse_events", fatal(), fatal(grade=4), fatal(serious="yes"))
    assert brief(findings(adverse_events=events)) == [
        ("warning", "adverse_events", 2, "grade", "5"),
        ("warning", "adverse_events", 4, "grade", "5"),
    ]


@pytest.mark.parametrize(
    "known",
    [{"death_day": 9}, {"os_days": 9, "os_event": "yes"}, {"treated": "no"}],
)
def test_fatal_event_of_the_dead_or_untreated_is_no_finding(known):
    events = table("adverse_events", fatal())
    assert findings(patients=patients(known), adverse_events=events) == []


def test_fatal_event_that_is_not_serious_is_a_warning():
    rows = [fatal(serious="no"), fatal(serious="yes"), fatal(grade=3, serious="no")]
    events = table("adverse_events", *rows)
    found = findings(patients=patients({"death_day": 9}), adverse_events=events)
    assert brief(found) == [("warning", "adverse_events", 2, "serious", "no")]


def antibody(day, result, titre=None, patient="P1"):
    return {
        "patient_id": patient,
        "sampled_day": day,
        "result": result,
        "titre": titre,
    }


def test_both_antibody_results_on_one_day_are_a_warning():
    ada = table(
        "ada",
        antibody(21, "negative"),
        antibody(21, "positive", 10),
        antibody(42, "positive", 10),
        antibody(42, "positive", 10),
        antibody(63, "negative"),
    )
    assert brief(findings(ada=ada)) == [
        ("warning", "ada", 2, "result", "negative"),
        ("warning", "ada", 3, "result", "positive"),
    ]


def test_positive_antibody_without_a_titre_is_noted_if_others_have_one():
    bare = [antibody(0, "positive"), antibody(21, "negative")]
    assert findings(ada=table("ada", *bare)) == []
    ada = table("ada", *bare, antibody(42, "positive", 20))
    assert brief(findings(ada=ada)) == [("note", "ada", 2, "titre", "")]


def sample(**cells):
    return {"patient_id": "P1", "collected_day": 0, "timepoint": "C1D1"} | cells


@pytest.mark.parametrize("column", ["calls", "alignments", "depth_track"])
def test_file_that_is_not_there_is_an_error(tmp_path, column):
    (tmp_path / "there.file").touch()
    (tmp_path / "other.file").touch()
    samples = table(
        "samples",
        sample(sample_id="S1", qc="fail", **{column: "there.file"}),
        sample(sample_id="S2", qc="fail", **{column: "absent.file"}),
        sample(sample_id="S3", qc="fail", **{column: str(tmp_path / "other.file")}),
    )
    found = check(
        {"patients": patients({}), "samples": samples},
        inputs={"samples": str(tmp_path / "samples.tsv")},
    )
    assert brief(found) == [("error", "samples", 3, column, "absent.file")]


def test_sample_without_calls_is_a_warning_unless_it_failed():
    samples = table(
        "samples", sample(sample_id="S1"), sample(sample_id="S2", qc="fail")
    )
    assert brief(findings(samples=samples)) == [("warning", "samples", 2, "calls", "")]


def test_sample_without_calls_whose_alignments_are_counted_is_a_note(tmp_path):
    (tmp_path / "s.bam").touch()
    samples = table("samples", sample(sample_id="S1", alignments="s.bam"))
    found = check(
        {"patients": patients({}), "samples": samples},
        inputs={"samples": str(tmp_path / "samples.tsv")},
    )
    assert brief(found) == [("note", "samples", 2, "calls", "")]


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ((None, None), [2, 3]),
        (("A", "A"), [2, 3]),
        (("A", None), [2, 3]),
        (("A", "B"), []),
    ],
)
def test_calls_that_two_samples_name_and_do_not_tell_apart_are_a_warning(
    tmp_path, names, lines
):
    (tmp_path / "s.vcf").touch()
    paths = ("s.vcf", str(tmp_path / "s.vcf"))
    rows = [
        sample(sample_id=f"S{at}", calls=path, calls_sample=name, timepoint=f"T{at}")
        for at, (path, name) in enumerate(zip(paths, names, strict=True))
    ]
    found = check(
        {"patients": patients({}), "samples": table("samples", *rows)},
        inputs={"samples": str(tmp_path / "samples.tsv")},
    )
    assert [f[:4] for f in found] == [
        ("warning", "samples", line, "calls") for line in lines
    ]


def test_timepoint_that_stands_twice_in_a_patient_is_a_warning(tmp_path):
    rows = [
        sample(sample_id="S1"),
        sample(sample_id="S2"),
        sample(sample_id="S3", material="leukocyte"),
        sample(sample_id="S4", qc="fail"),
        sample(sample_id="S5", patient_id="P2"),
        sample(sample_id="S6", timepoint="C2D1"),
    ]
    people = patients({}, {"patient_id": "P2"})
    found = check(
        {"patients": people, "samples": table("samples", *rows)},
        inputs={"samples": str(tmp_path / "samples.tsv")},
    )
    twice = [f[:4] for f in found if f.column == "timepoint"]
    assert twice == [("warning", "samples", 3, "timepoint")]
    levels = [{"detected": "no", "unit": "vaf"} | row for row in rows[:2]]
    assert [f[:4] for f in findings(levels=table("levels", *levels))] == [
        ("warning", "levels", 3, "timepoint")
    ]


def test_alignments_that_two_samples_name_are_an_error(tmp_path):
    (tmp_path / "s.bam").touch()
    both = {"alignments": "s.bam", "qc": "fail"}
    samples = table(
        "samples", sample(sample_id="S1", **both), sample(sample_id="S2", **both)
    )
    found = check(
        {"patients": patients({}), "samples": samples},
        inputs={"samples": str(tmp_path / "samples.tsv")},
    )
    assert brief(found) == [
        ("error", "samples", line, "alignments", "s.bam") for line in (2, 3)
    ]


def test_sample_in_the_variants_table_has_calls():
    variants = table("variants", {"sample_id": "S1", "alt_count": 3, "depth": 3})
    samples = table("samples", sample(sample_id="S1"))
    assert findings(samples=samples, variants=variants) == []


def test_calls_given_twice_are_an_error(tmp_path):
    (tmp_path / "S1.vcf").touch()
    variants = table("variants", {"sample_id": "S1", "alt_count": 1, "depth": 9})
    samples = table("samples", sample(sample_id="S1", calls=str(tmp_path / "S1.vcf")))
    found = findings(samples=samples, variants=variants)
    assert [(f.severity, f.table, f.column) for f in found] == [
        ("error", "samples", "calls")
    ]


def test_variants_of_an_unknown_sample_are_an_error():
    variants = table("variants", {"sample_id": "S9", "alt_count": 1, "depth": 9})
    samples = table("samples", sample(sample_id="S1", qc="fail"))
    assert brief(findings(samples=samples, variants=variants)) == [
        ("error", "variants", 2, "sample_id", "S9")
    ]


def test_variants_without_a_samples_sheet_are_one_error():
    variants = table("variants", {"sample_id": "S1", "alt_count": 1, "depth": 9})
    assert brief(findings(variants=variants)) == [
        ("error", "variants", None, "sample_id", "")
    ]


def test_more_variant_molecules_than_depth_are_an_error():
    variants = table(
        "variants",
        {"sample_id": "S1", "alt_count": 10, "depth": 9},
        {"sample_id": "S1", "alt_count": 9, "depth": 9},
        {"sample_id": "S1", "alt_count": 0, "depth": 0},
    )
    samples = table("samples", sample(sample_id="S1"))
    assert brief(findings(samples=samples, variants=variants)) == [
        ("error", "variants", 2, "alt_count", "10")
    ]


@pytest.mark.parametrize(
    ("detected", "level", "is_error"),
    [
        ("yes", 0.01, False),
        ("yes", 0, True),
        ("yes", None, True),
        ("no", 0, False),
        ("no", None, False),
        ("failed", None, False),
    ],
)
def test_detected_level_is_above_0(detected, level, is_error):
    levels = table(
        "levels", sample(sample_id="S1", detected=detected, level=level, unit="vaf")
    )
    found = findings(levels=levels)
    assert [(f.severity, f.column) for f in found] == [("error", "level")] * is_error


@pytest.mark.parametrize(
    ("unit", "level", "lod", "columns"),
    [
        ("vaf", 2.5, 0.1, ["level"]),
        ("vaf", 1.0, 1.5, ["lod"]),
        ("tumour_fraction", 40, 5, ["level", "lod"]),
        ("mtm_per_ml", 250, 5, []),
    ],
)
def test_a_fraction_above_1_is_asked_whether_it_is_per_cent(unit, level, lod, columns):
    row = sample(sample_id="S1", detected="yes", level=level, lod=lod, unit=unit)
    found = findings(levels=table("levels", row))
    assert [(f.severity, f.column) for f in found] == [("error", c) for c in columns]
    assert all("per cent" in f.message for f in found)


def test_levels_of_several_units_are_errors():
    levels = table(
        "levels",
        sample(sample_id="S1", detected="no", unit="vaf"),
        sample(sample_id="S2", detected="no", unit="mtm_per_ml", timepoint="C2D1"),
    )
    assert brief(findings(levels=levels)) == [
        ("error", "levels", 2, "unit", "vaf"),
        ("error", "levels", 3, "unit", "mtm_per_ml"),
    ]


def test_sample_in_samples_and_in_levels_is_an_error():
    levels = table("levels", sample(sample_id="S1", detected="no", unit="vaf"))
    samples = table("samples", sample(sample_id="S1", qc="fail"))
    found = findings(levels=levels, samples=samples)
    assert brief(f for f in found if f.severity == "error") == [
        ("error", "levels", 2, "sample_id", "S1")
    ]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("samples", "collected_day"),
        ("levels", "collected_day"),
        ("assessments", "assessed_day"),
        ("lesions", "assessed_day"),
        ("ada", "sampled_day"),
        ("adverse_events", "started_day"),
    ],
)
def test_record_of_a_treated_patient_without_a_time_is_a_warning(name, column):
    row = {"patient_id": "P1", "overall": "SD", "qc": "fail", "detected": "no"}
    row["grade"] = 1
    rows = table(name, {key: row[key] for key in row if key in empty_table(name)})
    found = findings(**{name: rows})
    assert brief(found) == [("warning", name, 2, column, "")]
    untreated = patients({"treated": "no"})
    assert findings(**{name: rows, "patients": untreated}) == []


def test_undated_her2_specimen_is_no_finding():
    her2 = table("her2", {"patient_id": "P1", "ihc": "1+"})
    assert findings(her2=her2) == []


def test_tables_without_rows_have_no_findings():
    names = ["her2", "samples", "variants", "levels", "assessments", "lesions"]
    names += ["adverse_events", "ada"]
    found = findings(**{name: empty_table(name) for name in names})
    assert [(f.severity, f.table) for f in found] == [
        ("note", "lesions"),
        ("note", "levels"),
    ]


def test_each_odd_form_of_a_score_is_noted_once():
    rows = [{"patient_id": "P1", "ihc": ihc} for ihc in ("0+", "0+", "2+", "odd")]
    noted = [
        (f.column, f.value, f.message) for f in findings(her2=table("her2", *rows))
    ]
    assert noted == [("ihc", "0+", "read as 0 (rows: 2)")]
