"""Tumour assessments and lesions from RS, TR and TU."""

from sdtm_tables import DM, EX, domain, said

from her2ctdna.inputs.sdtm import make_table

READERS = domain("""
USUBJID | RSTESTCD | RSSTRESC | RSEVAL               | RSEVALID | RSACPTFL | RSDTC
S-1     | OVRLRESP | PR       | INVESTIGATOR         | .        | .        | 2024-02-20
S-1     | OVRLRESP | SD       | INDEPENDENT ASSESSOR | READER 1 | .        | 2024-02-21
S-1     | OVRLRESP | PR       | INDEPENDENT ASSESSOR | READER 2 | Y        | 2024-02-21
S-1     | NTRGRESP | NE       | INVESTIGATOR         | .        | .        | 2024-02-20
""")


def told(sheet, *columns):
    return list(zip(*(sheet[name] for name in columns), strict=True))


def test_several_readers_have_their_names_and_what_was_accepted_is_independent():
    made, _ = make_table({"RS": READERS}, "assessments")
    assert told(made.sheet, "overall", "evaluator") == [
        ("PR", "investigator"),
        ("SD", "READER 1"),
        ("PR", "READER 2"),
        ("PR", "independent"),
    ]
    assert made.sheet.index.is_unique
    assert [made.rows[row] for row in made.sheet.index] == [2, 3, 4, 4]


def test_one_reader_is_the_independent_one():
    one = READERS.drop(index=3).assign(RSACPTFL=None)
    made, _ = make_table({"RS": one}, "assessments")
    assert made.sheet["evaluator"].tolist() == ["investigator", "independent"]


def test_nobody_named_is_no_evaluator():
    made, _ = make_table({"RS": READERS.assign(RSEVAL=None)}, "assessments")
    assert "evaluator" not in made.sheet


def test_words_of_response_and_what_was_not_done():
    tests = domain("""
    USUBJID | RSTESTCD | RSORRES           | RSSTRESC | RSSTAT   | RSDTC
    S-1     | OVRLRESP | Complete Response | .        | .        | 2024-02-20
    S-1     | OVRLRESP | x                 | NE       | .        | 2024-03
    S-1     | OVRLRESP | .                 | .        | NOT DONE | .
    S-1     | OVRLRESP | iCPD              | .        | .        | 2024-04-01
    """)
    made, _ = make_table({"RS": tests}, "assessments")
    assert told(made.sheet, "assessed_date", "overall") == [
        ("2024-02-20", "CR"),
        ("2024-03", "NE"),
        ("2024-04-01", "ICPD"),
    ]


def test_of_several_criteria_those_of_recist_count():
    tests = domain("""
    USUBJID | RSTESTCD | RSCAT      | RSSTRESC | RSDTC
    S-1     | OVRLRESP | RECIST 1.1 | PD       | 2024-02-20
    S-1     | OVRLRESP | IRECIST    | iUPD     | 2024-02-20
    """)
    made, findings = make_table({"RS": tests}, "assessments")
    assert made.sheet["overall"].tolist() == ["PD"]
    assert said(findings, "note", "RSCAT") == [(None, "IRECIST")]


def test_new_lesions_and_sums_join_the_response_of_their_visit():
    tests = domain("""
    USUBJID | RSTESTCD | RSSTRESC | VISITNUM | RSDTC
    S-1     | OVRLRESP | PD       | 2        | 2024-02-20
    S-1     | NEWLPROG | Y        | 2        | 2024-02-19
    S-2     | OVRLRESP | SD       | 2        | 2024-03-20
    """)
    sums = domain("""
    USUBJID | TRTESTCD | TRSTRESN | TRSTRESU | VISITNUM | TRDTC
    S-1     | SUMDIAM  | 50       | mm       | 1        | 2024-01-02
    S-1     | SUMDIAM  | 6.5      | cm       | 2        | 2024-02-19
    S-2     | SUMDIAM  | 30       | mm       | .        | 2024-03-20
    """)
    made, _ = make_table({"RS": tests, "TR": sums}, "assessments")
    columns = ("assessed_date", "overall", "target_sum_mm", "new_lesion")
    assert told(made.sheet, *columns) == [
        ("2024-02-20", "PD", "65", "yes"),
        ("2024-03-20", "SD", "30", None),
        ("2024-01-02", None, "50", None),
    ]


TU = domain("""
USUBJID | TUTESTCD | TULNKID | TUSTRESC   | TULOC              | TUDTC
S-1     | TUMIDENT | T1      | TARGET     | LIVER              | 2024-01-05
S-1     | TUMIDENT | T2      | TARGET     | AXILLARY LYMPH NODE | 2024-01-05
S-1     | TUMIDENT | NT1     | NON-TARGET | BONE               | 2024-01-05
S-1     | TUMIDENT | N1      | NEW        | BRAIN              | 2024-03-01
S-1     | TUMIDENT | B1      | BENIGN     | KIDNEY             | 2024-01-05
""")
TR = domain("""
USUBJID | TRLNKID | TRTESTCD | TRORRES                 | TRSTRESC    | TRSTRESN | TRSTRESU | TRSTAT   | VISITNUM | TRDTC
S-1     | T1      | LDIAM    | 2.1                     | 21          | 21       | mm       | .        | 1        | 2024-01-05
S-1     | T1      | LPERP    | 1.0                     | 10          | 10       | mm       | .        | 1        | 2024-01-05
S-1     | T2      | LDIAM    | 30                      | 30          | 30       | mm       | .        | 1        | 2024-01-05
S-1     | T2      | LPERP    | 16                      | 16          | 16       | mm       | .        | 1        | 2024-01-05
S-1     | NT1     | TUMSTATE | PRESENT                 | PRESENT     | .        | .        | .        | 1        | 2024-01-05
S-1     | T1      | LDIAM    | TOO SMALL TO MEASURE    | 5           | 5        | mm       | .        | 2        | 2024-02-20
S-1     | T2      | LPERP    | .                       | .           | .        | .        | NOT DONE | 2        | 2024-02-20
S-1     | NT1     | TUMSTATE | UNEQUIVOCAL PROGRESSION | UNEQUIVOCAL PROGRESSION | . | .   | .        | 2        | 2024-02-21
S-1     | T1      | LDIAM    | 0                       | 0           | 0        | mm       | .        | 3        | 2024-03-20
S-1     | T1.1    | LDIAM    | 1                       | 1           | 1        | cm       | .        | 3        | 2024-03-20
S-1     | NT1     | TUMSTATE | ODD                     | ODD         | .        | .        | .        | 3        | 2024-03-20
S-1     | B1      | LDIAM    | 9                       | 9           | 9        | mm       | .        | 3        | 2024-03-20
""")  # noqa: E501


def test_lesions_have_kind_axis_and_state():
    made, findings = make_table({"TR": TR, "TU": TU}, "lesions")
    columns = ("assessed_date", "lesion_id", "kind", "is_node", "diameter_mm", "state")
    assert told(made.sheet, *columns) == [
        ("2024-01-05", "T1", "target", "no", "21", "present"),
        ("2024-01-05", "T2", "target", "yes", "16", "present"),
        ("2024-01-05", "NT1", "non_target", "no", None, "present"),
        ("2024-02-20", "T1", "target", "no", "5", "too_small"),
        ("2024-02-20", "T2", "target", "yes", None, "not_evaluable"),
        ("2024-02-21", "NT1", "non_target", "no", None, "unequivocal_progression"),
        ("2024-03-20", "T1", "target", "no", "0", "absent"),
        ("2024-03-20", "T1.1", "target", "no", "10", "present"),
        ("2024-03-20", "NT1", "non_target", "no", None, "not_evaluable"),
        ("2024-03-01", "N1", "new", "no", None, "present"),
    ]
    assert made.sheet["visit_id"].tolist() == [*"111222333", None]
    assert said(findings, "warning", "TRSTRESC") == [(12, "ODD")]
    assert said(findings, "note", "TUSTRESC") == [(None, "1")]


def test_without_tu_the_group_says_the_kind():
    results = TR.assign(TRGRPID=["TARGET"] * 4 + ["NON-TARGET"] + ["TARGET"] * 7)
    made, findings = make_table({"TR": results}, "lesions")
    assert made.sheet["kind"].tolist()[:3] == ["target", "target", "non_target"]
    assert "is_node" not in made.sheet
    assert any("tu.xpt" in found.message for found in findings)


def test_lesion_is_told_by_the_reader_who_identified_it():
    known = domain("""
    USUBJID | TULNKID | TUSTRESC   | TULOC | TUEVAL               | TUEVALID
    S-1     | L1      | TARGET     | LIVER | INDEPENDENT ASSESSOR | R1
    S-1     | L1      | NON-TARGET | BONE  | INDEPENDENT ASSESSOR | R2
    """)
    results = domain("""
    USUBJID | TRLNKID | TRTESTCD | TRSTRESC | TREVAL              | TREVALID | TRDTC
    S-1     | L1      | LDIAM    | 21       | INDEPENDENT ASSESSOR | R1     | 2024-01-05
    S-1     | L1      | TUMSTATE | PRESENT  | INDEPENDENT ASSESSOR | R2     | 2024-01-05
    """)
    made, _ = make_table({"TR": results, "TU": known}, "lesions")
    assert told(made.sheet, "kind", "evaluator") == [
        ("target", "R1"),
        ("non_target", "R2"),
    ]


def test_visits_that_were_not_planned_or_last_too_long_are_days():
    results = domain("""
    USUBJID | TRLNKID | TRTESTCD | TRSTRESC | VISITNUM | VISIT       | TRDTC
    S-1     | T1      | LDIAM    | 21       | 1        | SCREENING   | 2024-01-05
    S-1     | T1      | LDIAM    | 21       | 99       | UNSCHEDULED | 2024-02-05
    S-1     | T1      | LDIAM    | 21       | 50       | FOLLOW-UP   | 2024-03-05
    S-1     | T1      | LDIAM    | 21       | 50       | FOLLOW-UP   | 2024-06-05
    """).assign(TRGRPID="TARGET")
    made, _ = make_table({"TR": results, "DM": DM, "EX": EX}, "lesions")
    assert made.sheet["visit_id"].tolist() == ["1", None, None, None]


def test_unit_that_is_no_length_is_an_error():
    results = TR.assign(TRSTRESU="kg")
    _, findings = make_table({"TR": results, "TU": TU}, "lesions")
    assert said(findings, "error", "TRSTRESU") == [(2, "KG")]
