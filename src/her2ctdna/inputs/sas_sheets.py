"""Sheets as SAS files: transport files (.xpt) and data sets (.sas7bdat)."""

from pathlib import Path

from her2ctdna.inputs.grids import Rows, UnreadableSheetError, numbered

_DATES = ["IS8601DA", "B8601DA", "E8601DA", "YYMMDDN", "DDMMYYN", "MMDDYYN"]
_DATE_TIMES = ["IS8601DT", "B8601DT", "E8601DT", "E8601DN", "B8601DN"]
"""Formats of dates that the reader does not know by itself."""


def read_sas_sheet(path: Path, *, encoding: str | None) -> Rows:
    """Return the rows of a SAS file by the names of its variables.

    The first observation is row 2; blanks and missing numbers are missing; numbers
    with a format of dates are dates. Labels are not used.
    """
    # heavy, and most studies have none
    import pyreadstat

    is_transport = path.suffix.lower() == ".xpt"
    read = pyreadstat.read_xport if is_transport else pyreadstat.read_sas7bdat
    kind = "SAS transport file" if is_transport else "SAS data set"
    try:
        columns, _ = read(
            path,
            encoding=encoding,
            output_format="dict",
            extra_date_formats=_DATES,
            extra_datetime_formats=_DATE_TIMES,
        )
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        advice = f"cannot be read as a {kind} ({error})"
        if "encoding" in str(error) or isinstance(error, UnicodeDecodeError):
            advice += "; name its encoding by study.encoding, such as gb18030"
        raise UnreadableSheetError(advice) from error
    header = [str(name).strip() for name in columns]
    values = [list(column) for column in columns.values()]
    return [(1, header), *numbered(zip(*values, strict=True), first=2)]
