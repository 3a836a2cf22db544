"""Settings that must fit what the sheets hold."""

import pytest

from her2ctdna.inputs.setting_checks import (
    check_bare,
    check_named_settings,
)
from her2ctdna.inputs.sheet_maps import PLAIN, Written
from her2ctdna.settings.config import merge_config


@pytest.fixture
def found(defaults, tmp_path):
    """Return what is found in sheets, given as text, under a changed config."""

    def check(overrides, **sheets):
        inputs = {}
        for name, text in {"patients": "patient_id\nP1\n", **sheets}.items():
            inputs[name] = str(tmp_path / f"{name}.tsv")
            (tmp_path / f"{name}.tsv").write_text(text)
        config = merge_config(defaults, {"inputs": inputs, **overrides})
        findings = check_named_settings(inputs, config, given=overrides, written=PLAIN)
        return {(finding.severity, finding.column) for finding in findings}

    return check


COVARIATES = ("note", "definitions.association.covariates")


def test_settings_that_fit_have_no_finding(found):
    patients = "patient_id\thr_status\tprior_lines\nP1\tpositive\t2\n"
    assert found({}, patients=patients) == set()


def test_group_that_is_no_column_is_an_error_and_a_covariate_a_note(found):
    groups = {"definitions": {"association": {"groups": ["arm"]}}}
    assert found(groups) == {("error", "definitions.association.groups"), COVARIATES}


OWN = {"definitions": {"association": {"covariates": ["hr_status", "arm"]}}}
OF_ANALYSIS = {"analyses": {"one": {"association": {"groups": ["arm"]}}}}


@pytest.mark.parametrize(
    ("overrides", "where"),
    [
        (OWN, "definitions.association.covariates"),
        (OF_ANALYSIS, "analyses.one.association.groups"),
    ],
)
def test_column_that_the_study_names_must_be_there(found, overrides, where):
    patients = "patient_id\thr_status\tprior_lines\n1\tpositive\t2\n"
    assert found(overrides, patients=patients) == {("error", where)}
    there = "patient_id\thr_status\tprior_lines\tarm\n1\tpositive\t2\tA\n"
    assert found(overrides, patients=there) == set()


@pytest.mark.parametrize(
    ("cells", "is_date"),
    [
        (["2024-05-01", "2023-01-31"], True),
        (["2024-05", ""], True),
        (["01.05.2024", "3.12.2023"], True),
        (["5/1/24", "12/31/23"], True),
        (["01-MAY-2024", "31-Jan-2023"], True),
        (["2024", "2023"], False),
        (["1-2", "3-4"], False),
        (["2024-05-01", "unknown"], False),
        (["", ""], False),
    ],
)
def test_column_of_dates_is_no_group(found, cells, is_date):
    rows = "".join(f"P{n}\tpositive\t2\t{cell}\n" for n, cell in enumerate(cells))
    patients = f"patient_id\thr_status\tprior_lines\tarm\n{rows}"
    findings = found(
        {"definitions": {"association": {"groups": ["arm"]}}}, patients=patients
    )
    assert (("error", "definitions.association.groups") in findings) is is_date


@pytest.mark.parametrize(
    ("column", "is_refused"),
    [
        ("clearance_C2D1", True),
        ("mr50_C3D1", True),
        ("day_C9D1", False),
        ("change_ctdna_group", False),
    ],
)
def test_covariate_named_as_a_result_at_a_landmark_is_refused(
    found, column, is_refused
):
    findings = found({}, patients=f"patient_id\t{column}\nP1\tx\n")
    assert (("error", column) in findings) is is_refused


def test_time_point_that_no_sample_has_is_an_error(found):
    landmark = {"ctdna": {"landmarks": {"T2": {"timepoint": "T2"}}}}
    overrides = {"analyses": {"late": landmark}}
    where = ("error", "analyses.late.ctdna.landmarks.T2.timepoint")
    assert where in found(overrides, samples="sample_id\ttimepoint\nS1\tC1D1\n")
    assert where not in found(overrides, samples="sample_id\ttimepoint\nS1\tT2\n")


@pytest.mark.parametrize(
    ("term", "is_warned"),
    [
        ("Interstitial lung diseases", True),
        ("interstitial  Lung disease ", False),
        ("Infusion related  reactions", True),
        ("Pneumonia", False),
        ("Lymphocyte count decreased", False),
        ("White blood cell count decreased", False),
        ("Injection site reaction", False),
    ],
)
def test_term_almost_of_special_interest_is_a_warning(found, term, is_warned):
    findings = found({}, adverse_events=f"patient_id\tterm\nP1\t{term}\n")
    assert ("warning" in {severity for severity, _ in findings}) is is_warned


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("ILD", "interstitial lung disease"),
        ("ILD/pneumonitis", "interstitial lung disease"),
        ("Pneumonitis (drug-induced)", "interstitial lung disease"),
        ("间质性肺疾病", "interstitial lung disease"),
        ("LVEF decreased", "left ventricular dysfunction"),
        ("Mild nausea", None),
        ("Building site accident", None),
        ("Pneumonia", None),
    ],
)
def test_term_that_looks_like_special_interest_is_a_warning(found, term, name):
    findings = found({}, adverse_events=f"patient_id\tterm\nP1\t{term}\n")
    where = f"definitions.safety.special_interest.{name}"
    assert (("warning", where) in findings) is (name is not None)
    assert ("warning" in {severity for severity, _ in findings}) is (name is not None)


@pytest.mark.parametrize(
    ("titres", "scale", "is_warned"),
    [("1.5", "linear", True), ("1.5", "log10", False), ("1:40", "linear", False)],
)
def test_titres_below_ten_on_a_linear_scale_are_a_warning(
    found, titres, scale, is_warned
):
    overrides = {"definitions": {"safety": {"ada_titre_scale": scale}}}
    sheet = f"patient_id\tresult\ttitre\nP1\tpositive\t{titres}\n"
    where = ("warning", "definitions.safety.ada_titre_scale")
    assert (where in found(overrides, ada=sheet)) is is_warned


def test_term_is_warned_of_in_the_analysis_that_lacks_it(found):
    special = {"neutropenia": None, "counts": ["Platelet count decreased"]}
    overrides = {"analyses": {"one": {"safety": {"special_interest": special}}}}
    events = "patient_id\tterm\nP1\tPlatelet count decrease\n"
    where = ("warning", "analyses.one.safety.special_interest.counts")
    assert where in found(overrides, adverse_events=events)


def test_evaluator_without_a_row_is_an_error(found):
    overrides = {"definitions": {"response": {"evaluator": "independent"}}}
    sheet = "patient_id\tevaluator\nP1\tinvestigator\n"
    where = ("error", "definitions.response.evaluator")
    assert where in found(overrides, assessments=sheet)
    assert where not in found({}, assessments=sheet)


@pytest.mark.parametrize("name", ["Reader 1", "BICR", "adjudicator"])
def test_any_evaluator_of_the_sheet_can_be_chosen(found, name):
    overrides = {"definitions": {"response": {"evaluator": name}}}
    sheet = f"patient_id\tevaluator\nP1\t{name}\nP1\tReader 2\n"
    where = ("error", "definitions.response.evaluator")
    assert where not in found(overrides, assessments=sheet)
    assert where in found({}, assessments=sheet)


def test_evaluator_spelt_in_two_ways_is_a_warning(found):
    sheet = "patient_id\tevaluator\nP1\tinvestigator\nP1\tInvestigator\n"
    assert ("warning", "evaluator") in found({}, assessments=sheet)
    other = "patient_id\tevaluator\nP1\tinvestigator\nP1\tReader 2\n"
    assert ("warning", "evaluator") not in found({}, assessments=other)


def test_sheet_without_rows_is_a_warning():
    assert check_bare({}) == []
    (finding,) = check_bare({"ada": "data/ada.tsv"})
    assert finding[:3] == ("warning", "ada", 1)
    assert finding.value == "data/ada.tsv"


def test_lesions_alone_need_the_source_to_say_so(found):
    where = ("error", "definitions.response.source")
    lesions = "patient_id\tlesion_id\nP1\tT1\n"
    assert where in found({}, lesions=lesions)
    overrides = {"definitions": {"response": {"source": "lesions"}}}
    assert where not in found(overrides, lesions=lesions)


def test_a_sheet_that_is_not_there_is_left_to_its_own_check(found, defaults):
    inputs = {"patients": "nowhere.tsv"}
    findings = check_named_settings(inputs, defaults, given={}, written=PLAIN)
    assert {finding.severity for finding in findings} == {"note"}


HER2 = "patient_id\tihc\nP1\t1+\nP1\t3+ (2+ outside)\n"


def test_score_that_cannot_be_read_is_an_error_until_it_is_recoded(found):
    assert ("error", "ihc") in found({}, her2=HER2)
    recode = {"her2": {"recode": {"3+ (2+ outside)": "2+"}}}
    assert ("error", "ihc") not in found({"definitions": recode}, her2=HER2)
    assert ("error", "ihc") in found({"analyses": {"a": recode, "b": {}}}, her2=HER2)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2+\tn\t\t", "ish"),
        ("2+ (FISH-)\tpositive\t\t", "ish"),
        ("2+ (FISH+)\t\t2.1\t1.0", "ihc"),
        ("1+ (repeat)\t\t\t", "ihc"),
    ],
)
def test_result_that_is_not_understood_or_contradicted_is_an_error(found, row, column):
    sheet = f"patient_id\tihc\tish\ther2_copies\tcep17_ratio\nP1\t{row}\n"
    assert ("error", column) in found({}, her2=sheet)


def test_result_of_ish_is_recoded_in_the_same_place(found):
    sheet = "patient_id\tihc\tish\nP1\t2+\tgrey\n"
    for word, severities in (("negative", set()), ("positive", {"warning"})):
        recode = {"definitions": {"her2": {"recode": {"grey": word}}}}
        named = found(recode, her2=sheet)
        assert {severity for severity, column in named if column == "ish"} == severities


def test_score_recoded_to_3_is_an_eligibility_warning(found):
    recode = {"definitions": {"her2": {"recode": {"3+ (2+ outside)": "3+"}}}}
    assert ("warning", "ihc") in found(recode, her2=HER2)


@pytest.mark.parametrize(
    ("content", "is_refused"),
    [
        (b">chr1\nACGT\n", False),
        (bytes.fromhex("1f8b08040000000000ff0600424302001b00"), False),
        (bytes.fromhex("1f8b0808000000000003aabbccddeeff0011"), True),
        (b"chr1\t248956422\n", True),
        (None, True),
    ],
)
def test_the_reference_must_be_a_fasta(found, tmp_path, content, is_refused):
    path = tmp_path / "genome.fa"
    if content is not None:
        path.write_bytes(content)
    findings = found({"study": {"reference": str(path)}})
    assert (("error", "study.reference") in findings) == is_refused


def test_findings_on_cells_name_the_column_of_the_sheet(tmp_path, defaults):
    path = tmp_path / "her2.csv"
    path.write_text("IHC score,patient_id\n4+,P1\n")
    inputs = {"her2": str(path)}
    written = Written(columns={"her2": {"ihc": "IHC score"}})
    findings = check_named_settings(inputs, defaults, given={}, written=written)
    assert {(f.column, f.value) for f in findings if f.table == "her2"} == {
        ("IHC score", "4+")
    }
