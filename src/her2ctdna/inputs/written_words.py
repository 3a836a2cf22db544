"""Words and whole numbers as they are written: in any case, ``2.0`` as 2."""

from collections.abc import Mapping

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.columns import Field
from her2ctdna.inputs.sheet_maps import known_columns

_DECIMAL = r"([+-]?[0-9]+)\.0*"
_TRUTH = {"true": "yes", "false": "no"}


def read_words(
    sheets: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Bring words of the vocabulary and whole numbers to our form.

    A note a column says how many cells were read otherwise than written.
    """
    read, findings = {}, []
    for table, sheet in sheets.items():
        read[table] = sheet.copy()
        for column, field in known_columns(table).items():
            if column not in sheet:
                continue
            changed, how = _changed(sheet[column].dropna(), field)
            if changed.empty:
                continue
            read[table].loc[changed.index, column] = changed
            row = int(changed.index[0])
            patient = str(sheet.get("patient_id", {}).get(row) or "")
            where = ("note", table, row, column, patient, sheet.loc[row, column])
            message = f"read as {changed.iloc[0]}, {how} (rows: {len(changed)})"
            findings.append(Finding(*where, message))
    return read, findings


def _changed(cells: pd.Series, field: Field) -> tuple[pd.Series, str]:
    """Return the cells that are read otherwise than written, and how."""
    if field.kind == "integer":
        found = cells[cells.str.fullmatch(_DECIMAL).astype(bool)]
        return found.str.replace(r"\.0*$", "", regex=True), "a whole number"
    if field.kind != "vocabulary":
        return cells.iloc[:0], ""
    ours = {word.casefold(): word for word in field.values}
    if set(ours) == set(_TRUTH.values()):
        ours |= _TRUTH
    words = cells.map(lambda cell: ours.get(cell.casefold(), cell))
    return words[words != cells], "whatever its case"
