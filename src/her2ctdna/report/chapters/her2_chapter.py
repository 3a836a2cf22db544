"""The chapter on HER2: classes, groups, and agreement of readings."""

from collections.abc import Iterator, Sequence

from her2ctdna.report.agreement_tables import agreement_blocks
from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    LeftOut,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.her2_sections import (
    eligibility_section,
    scores_section,
    specimen_section,
)
from her2ctdna.report.glossary import HER2_CLASSES, HER2_DYNAMICS, plain
from her2ctdna.report.patient_sets import count_share, ids_where
from her2ctdna.report.results import Results
from her2ctdna.sets.groupings import LEVELS


def her2_chapter(results: Results) -> Iterator[Block]:
    """Yield HER2 classes and groups, their agreement, and who has no group."""
    her2 = results.definitions["her2"]
    yield Paragraph(
        f"One reading counts per patient: reader {plain(her2['reader'])}, specimen "
        f"{plain(her2['specimen'])}. HER2-zero holds {_named(her2['zero'])}; HER2-low "
        f"holds {_named(her2['low'])}. These are classes of trial eligibility: IHC 0 "
        "and 1+ are hard to tell apart by eye, and observers often differ."
    )
    yield _class_table(results)
    yield from scores_section()
    yield from eligibility_section(results)
    yield from specimen_section(results)
    yield from _assay_table(results)
    yield from _course_table(results)
    yield from figure_blocks(results, "her2_distribution")
    yield from agreement_blocks(results)
    yield from figure_blocks(results, "her2_agreement")
    treated = results.treated
    ungrouped = treated[~treated["her2_group"].isin(LEVELS["her2_group"])]
    reasons = ungrouped.groupby(["her2_class", "her2_reason"])
    yield LeftOut(
        [
            (
                f"No group, class {plain(name)} ({reason})",
                tuple(same["patient_id"]),
            )
            for (name, reason), same in reasons
        ]
    )


def _class_table(results: Results) -> Table:
    def count(name: str) -> Cell:
        return results.members.count(f"her2_class={name}", label="in the class")

    columns = [
        Column("HER2 class", lambda name: HER2_CLASSES[name]),
        Column("n/N treated", count, is_number=True),
        Column("Group", lambda name: _group_of(results, name)),
    ]
    return tabulate("HER2 classes", columns, HER2_CLASSES, sources=("flow",))


def _assay_table(results: Results) -> Iterator[Table]:
    """Yield the assays of the readings that count, where one is recorded."""
    treated = results.treated
    if "her2_assay" not in treated or treated["her2_assay"].isna().all():
        return
    assays = treated["her2_assay"].fillna("not recorded")
    everybody = tuple(treated["patient_id"])

    def count(assay: str) -> Cell:
        return count_share(ids_where(treated, assays == assay), everybody, label=assay)

    columns = [
        Column("Assay", str),
        Column("n/N treated", count, is_number=True),
    ]
    names = assays.value_counts().index
    caption = "Assays of the readings that count"
    yield tabulate(caption, columns, names, sources=("patients",))


def _course_table(results: Results) -> Iterator[Block]:
    """Yield how HER2 changed before treatment, where anybody has two readings."""
    column = "her2_dynamics"
    treated = results.treated
    if column not in treated or not treated[column].isin(LEVELS[column]).any():
        return
    yield Paragraph(
        "Over the dated specimens up to the first dose HER2 may change, by biology or "
        "by reading; one reader makes the course of a patient."
    )

    def count(name: str) -> Cell:
        return results.members.count(f"{column}={name}", label="with this course")

    columns = [
        Column("Course of HER2", lambda name: HER2_DYNAMICS[name]),
        Column("n/N treated", count, is_number=True),
    ]
    caption = "HER2 over specimens before treatment"
    yield tabulate(caption, columns, HER2_DYNAMICS, sources=("flow",))


def _group_of(results: Results, her2_class: str) -> str:
    """Return the group that a class makes under these definitions."""
    her2 = results.definitions["her2"]
    groups = [name for name in ("zero", "low") if her2_class in her2[name]]
    return f"HER2-{groups[0]}" if groups else "none"


def _named(classes: Sequence[str]) -> str:
    words = ", ".join(plain(name) for name in classes)
    return f"the class{'es' if len(classes) > 1 else ''} {words}" if words else "none"
