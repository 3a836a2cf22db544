"""The columns of every input table: what they hold and what a cell may be.

One declaration serves the check of the cells (`schema_of`, by pandera: of the kept
schema libraries it alone works on tables and reports every bad cell with its row)
and their conversion (`her2ctdna.inputs.study`).
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from her2ctdna.findings import TAKE_ONE_OF
from her2ctdna.her2.her2_cells import parse_percent
from her2ctdna.safety.titres import BOUNDS, NOT_REPORTABLE


class Field(NamedTuple):
    """A column: its kind, whether it must be there, and whether it may be empty.

    ``kind`` is identifier, text, flag, time, number, integer, percent (a number or a
    bound, kept as written) or vocabulary;
    ``low`` and ``high`` bound numbers; a time column is written ``<name>_date`` or
    ``<name>_day`` in the sheet.
    """

    kind: str
    needed: bool = False
    filled: bool = False
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


def _identifier() -> Field:
    return Field("identifier", needed=True, filled=True)


def _text(*, needed: bool = False, filled: bool = False) -> Field:
    return Field("text", needed, filled)


def _flag() -> Field:
    return Field("vocabulary", values=("yes", "no"))


def _one_of(*values: str, needed: bool = True, filled: bool = False) -> Field:
    return Field("vocabulary", needed, filled, values)


def _time(*, needed: bool = False) -> Field:
    return Field("time", needed)


def _number(
    low: float | None = 0,
    high: float | None = None,
    *,
    needed: bool = False,
    filled: bool = False,
) -> Field:
    return Field("number", needed, filled, (), low, high)


def _integer(
    low: float, high: float | None = None, *, needed: bool = False, filled: bool = False
) -> Field:
    return Field("integer", needed, filled, (), low, high)


FIELDS: dict[str, dict[str, Field]] = {
    "patients": {
        "patient_id": _identifier(),
        "first_dose": _time(),
        "treated": _flag(),
        "death": _time(),
        "last_alive": _time(),
        "last_dose": _time(),
        "new_therapy": _time(),
        "measurable": _flag(),
        "pfs_days": _number(),
        "pfs_event": _flag(),
        "os_days": _number(),
        "os_event": _flag(),
    },
    "her2": {
        "patient_id": _identifier(),
        "specimen_id": _identifier(),
        "collected": _time(needed=True),
        "specimen": _one_of("primary", "metastasis", "unknown"),
        "reader": _text(needed=True, filled=True),
        "ihc": _text(needed=True),
        "ish": _text(needed=True),
        "stained_percent": Field("percent"),
        "her2_copies": _number(),
        "cep17_ratio": _number(),
        "assay": _text(),
    },
    "samples": {
        "sample_id": _identifier(),
        "patient_id": _identifier(),
        "collected": _time(needed=True),
        "timepoint": _text(needed=True),
        "material": _one_of("plasma", "leukocyte", "tissue", needed=False),
        "calls": _text(),
        "calls_sample": _text(),
        "alignments": _text(),
        "depth_track": _text(),
        "depth_sample": _text(),
        "plasma_ml": _number(),
        "cfdna_ng": _number(),
        "qc": _one_of("pass", "fail", needed=False),
        "erbb2_amplified": _flag(),
    },
    "variants": {
        "sample_id": _identifier(),
        "chrom": _text(needed=True, filled=True),
        "pos": _integer(1, needed=True, filled=True),
        "ref": _text(needed=True, filled=True),
        "alt": _text(needed=True, filled=True),
        "alt_count": _integer(0, needed=True),
        "depth": _integer(0, needed=True),
        "filter": _text(),
        "gene": _text(),
        "consequence": _text(),
        "protein_change": _text(),
        "population_af": _number(0, 1),
        "build": _text(),
    },
    "levels": {
        "sample_id": _identifier(),
        "patient_id": _identifier(),
        "collected": _time(needed=True),
        "timepoint": _text(needed=True),
        "level": _number(needed=True),
        "unit": _one_of("vaf", "mtm_per_ml", "tumour_fraction"),
        "detected": _one_of("yes", "no", "failed", filled=True),
        "lod": _number(),
    },
    "assessments": {
        "patient_id": _identifier(),
        "assessed": _time(needed=True),
        "overall": _one_of("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"),
        "evaluator": _text(),
        "target_sum_mm": _number(),
        "new_lesion": _flag(),
    },
    "lesions": {
        "patient_id": _identifier(),
        "assessed": _time(needed=True),
        "lesion_id": _text(needed=True, filled=True),
        "kind": _one_of("target", "non_target", "new", filled=True),
        "is_node": _flag(),
        "diameter_mm": _number(),
        "state": _one_of(
            "present",
            "absent",
            "too_small",
            "not_evaluable",
            "unequivocal_progression",
            "equivocal",
        ),
        "evaluator": _text(),
        "visit_id": _text(),
        "part_of": _text(),
    },
    "adverse_events": {
        "patient_id": _identifier(),
        "term": _text(needed=True, filled=True),
        "soc": _text(needed=True),
        "grade": _integer(1, 5, needed=True),
        "started": _time(needed=True),
        "ended": _time(),
        "serious": _flag(),
        "related": _flag(),
        "of_interest": _flag(),
    },
    "ada": {
        "patient_id": _identifier(),
        "sampled": _time(needed=True),
        "result": _one_of("negative", "positive", NOT_REPORTABLE, filled=True),
        "titre": _number(),
        "titre_bound": _one_of(*BOUNDS, needed=False),
    },
}

_UNIQUE = {"patients": ["patient_id"], "samples": ["sample_id"]}
_UNIQUE |= {"levels": ["sample_id"], "her2": ["patient_id", "specimen_id", "reader"]}


def times_of(table: str) -> list[str]:
    """Return the names of the time columns of a table, without their ending."""
    return [name for name, field in FIELDS[table].items() if field.kind == "time"]


def sheet_columns(table: str, *, time: str) -> dict[str, Field]:
    """Return the columns as a sheet writes them when time is ``date`` or ``day``."""
    columns = {
        f"{name}_{time}" if field.kind == "time" else name: field
        for name, field in FIELDS[table].items()
    }
    if table == "patients" and time == "day":
        del columns["first_dose_day"]
    elif table == "patients":
        columns["first_dose_date"] = Field("time", needed=True)
    return columns


def schema_of(table: str, *, time: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a sheet whose cells are text."""
    return pa.DataFrameSchema(
        {
            name: pa.Column(
                checks=_checks(field, time),
                nullable=not field.filled,
                required=field.needed,
            )
            for name, field in sheet_columns(table, time=time).items()
        },
        unique=_UNIQUE.get(table),
        report_duplicates="exclude_first",
    )


def _checks(field: Field, time: str) -> list[pa.Check]:
    if field.kind == "identifier":
        advice = "take letters, digits, . _ - only (and not . or .. alone)"
        return [_cells(r"(?!\.{1,2}$)[A-Za-z0-9._-]+", advice)]
    if field.kind == "vocabulary":
        known = set(field.values)
        advice = TAKE_ONE_OF + ", ".join(field.values)
        return [pa.Check(lambda cells: cells.isin(known), error=advice)]
    if field.kind == "time":
        return _time_checks(time)
    if field.kind == "percent":
        advice = "give per cent of tumour cells from 0 to 100, or a bound such as <10%"
        is_read = pa.Check(
            lambda cells: (
                ~cells.map(parse_percent).isna() | cells.str.fullmatch(_WITH_COMMA)
            ),
            error=advice,
        )
        return [_no_comma(), is_read]
    if field.kind in ("number", "integer"):
        return _number_checks(field)
    return []


def _cells(pattern: str, advice: str) -> pa.Check:
    return pa.Check(lambda cells: cells.str.fullmatch(pattern), error=advice)


YEAR_LAST = re.compile(
    r"(\d\d?)([-/.])(\d\d?)\2([12]\d{3})(?:[ T]\d\d?:\d\d(?::\d\d)?)?"
)
"""A date whose order only the study can tell."""


def _time_checks(time: str) -> list[pa.Check]:
    if time == "day":
        advice = "give whole days since first dose (first dose = 0)"
        return [_cells(r"[+-]?[0-9]+", advice)]
    order = (
        "say by study.date_order (dmy or mdy) which is the month; a date that exists "
        "is read then. Or give it as YYYY-MM-DD"
    )
    return [
        pa.Check(lambda cells: ~cells.str.fullmatch(YEAR_LAST), error=order),
        pa.Check(
            lambda cells: cells.map(
                lambda cell: bool(read_date(cell) or YEAR_LAST.fullmatch(cell))
            ),
            error="give a date that exists, as YYYY-MM-DD",
        ),
    ]


def read_date(cell: str) -> date | None:
    """Return the day of an ISO 8601 date or date-time, or None if there is none."""
    try:
        return datetime.fromisoformat(cell).date()
    except ValueError:
        return None


def _number_checks(field: Field) -> list[pa.Check]:
    pattern = r"[+-]?[0-9]+" if field.kind == "integer" else _NUMBER
    kind = "a whole number" if field.kind == "integer" else "a number"
    checks = [_no_comma(), _cells(rf"{pattern}|{_WITH_COMMA}", f"give {kind}")]
    low, high = field.low, field.high
    if low is not None:
        checks.append(_bound(lambda values: values < low, f"must not be below {low:g}"))
    if high is not None:
        checks.append(
            _bound(lambda values: values > high, f"must not be over {high:g}")
        )
    return checks


_WITH_COMMA = r"[+-]?[0-9]*,[0-9]+"


def _no_comma() -> pa.Check:
    # 1,5 and 1,500 cannot be told from each other in general
    advice = "write decimals with a point (1.5) and thousands without a mark"
    return pa.Check(lambda cells: ~cells.str.fullmatch(_WITH_COMMA), error=advice)


_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"


def _bound(beyond: Callable[[pd.Series], pd.Series], advice: str) -> pa.Check:
    """Refuse numbers that lie beyond; cells that are none fail another check."""
    return pa.Check(
        lambda cells: ~beyond(pd.to_numeric(cells, errors="coerce")), error=advice
    )
