"""Sheets as Parquet: typed columns as text."""

from pathlib import Path

from her2ctdna.inputs.grids import Rows, UnreadableSheetError, numbered


def read_parquet_sheet(path: Path) -> Rows:
    """Return the rows of a Parquet file; the first row of data is row 2."""
    # heavy, and most studies have none
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # not by its path, which may name a folder of parts
        with path.open("rb") as file:
            table = pq.read_table(file)
    except (pa.ArrowInvalid, OSError) as error:
        advice = "is no Parquet file, or a damaged one; write it again"
        raise UnreadableSheetError(advice) from error
    for field in table.schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            advice = f"column {field.name} holds {field.type}; write it as text"
            raise UnreadableSheetError(advice)
    header = [name.strip() for name in table.column_names]
    try:
        columns = [column.to_pylist() for column in table.columns]
    except ValueError as error:
        advice = f"holds cells that cannot be read ({error}); write it again"
        raise UnreadableSheetError(advice) from error
    return [(1, header), *numbered(zip(*columns, strict=True), first=2)]
