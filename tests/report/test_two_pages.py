"""What stands in the report and what in its appendix."""

from her2ctdna.report.blocks import (
    Chapter,
    Column,
    Elsewhere,
    Paragraph,
    Patients,
    tabulate,
)
from her2ctdna.report.patient_lists import PatientLists
from her2ctdna.report.two_pages import split_pages

SHORT, LONG, LONGER = (
    tabulate(name, [Column("A", str)], range(n), folded=n > 1)
    for name, n in (("Short", 1), ("Long", 30), ("Longer", 300))
)
WORDS = Paragraph("Words.")


def test_what_is_long_goes_and_one_line_leads_to_it():
    chapters = [
        Chapter("one", "One", [WORDS, LONG, LONGER, SHORT]),
        Chapter("two", "Two", [WORDS]),
        Chapter("how", "How", [WORDS, LONG]),
    ]
    report, appendix = split_pages(chapters, {"how"})
    assert [(section.anchor, section.number) for section in report] == [
        *[("one", 1), ("two", 2)]
    ]
    assert [placed.id for placed in report[0].blocks] == [
        *["one-1", "one-2-elsewhere", "one-4"]
    ]
    assert report[0].blocks[1].block == Elsewhere(
        [
            ("Long (30 rows)", "appendix.html#one-2"),
            ("Longer (300 rows)", "appendix.html#one-3"),
        ]
    )
    assert [(section.anchor, section.number) for section in appendix] == [
        *[("one", 1), ("how", 3)]
    ]
    assert [placed.id for placed in appendix[0].blocks] == ["one-2", "one-3"]
    assert [placed.block for placed in appendix[1].blocks] == [WORDS, LONG]


def test_a_study_without_chapters_has_two_empty_pages():
    assert split_pages([], {"how"}) == ([], [])


def test_equal_lists_have_one_place_and_nobody_has_none():
    lists = PatientLists()
    inside, nobody = Patients("responders", ("P1", "P2")), Patients("others", ())
    assert lists.refer([inside, nobody]) == "_1"
    assert lists.refer_ids(["P1"]) == "_2"
    assert lists.refer([Patients("responders", ("P1", "P2"))]) == "_1"
    assert lists.refer([nobody]) == ""
    assert list(lists) == [("_1", (inside,)), ("_2", (Patients("", ("P1",)),))]
