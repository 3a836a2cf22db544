"""Which slides a summary makes."""

from her2ctdna.report.blocks import (
    Chapter,
    Column,
    Count,
    Figure,
    Heading,
    Paragraph,
    Statements,
    Table,
)
from her2ctdna.report.slide_plan import (
    FigureSlide,
    TableSlide,
    TextSlide,
    plan_slides,
)

COUNT = Count("1/2", ())
FLOW = Table("Flow", [Column("Set", str)], [["Patients"]], sources=("flow",))
LIMITS = [Heading("What is not known"), Statements([("Much.", [])])]


def figure(name, *, is_half=False):
    return Figure(name, f"Title of {name}", "", "", None, is_half=is_half)


def table(caption, source, *, folded=False):
    return Table(caption, [], [], folded=folded, sources=(source,))


def plan(*blocks, response=()):
    chapters = [
        Chapter("glance", "At a glance", [*blocks, FLOW, *LIMITS]),
        Chapter("response", "Response", response),
        Chapter("her2", "HER2", [table("By HER2", "rates")]),
    ]
    return plan_slides(chapters)


def test_text_up_to_a_figure_or_table_is_one_slide_with_its_heading_as_title():
    slides = plan(Paragraph("Why?"), Statements([("So.", [COUNT])]))
    assert slides == [
        TextSlide("At a glance", [("Why?", []), ("So.", [COUNT])]),
        TableSlide("Flow", FLOW),
        TextSlide("What is not known", [("Much.", [])]),
    ]


def test_each_figure_has_its_slide_and_halves_share_one():
    forest, pfs, os = (
        figure("forest"),
        figure("km_pfs", is_half=True),
        figure("km_os", is_half=True),
    )
    assert plan(forest, pfs, os)[:2] == [
        FigureSlide("Title of forest", [forest]),
        FigureSlide("Title of km_pfs and Title of km_os", [pfs, os]),
    ]


def test_rates_and_times_of_all_stand_before_the_flow():
    response = [
        *[table("Best", "flow"), table("Rates", "rates"), Paragraph("Words.")],
        *[table("Times", "survival"), table("More", "rates", folded=True)],
    ]
    titles = [slide.title for slide in plan(Paragraph("Why?"), response=response)]
    assert titles == ["At a glance", "Rates", "Times", "Flow", "What is not known"]
