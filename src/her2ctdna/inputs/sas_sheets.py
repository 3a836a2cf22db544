"""Sheets as SAS files: transport files (.xpt) and data sets (.sas7bdat)."""

from pathlib import Path

from her2ctdna.inputs.grids import Rows, UnreadableSheetError, numbered

_DATES = ["IS8601DA", "B8601DA", "E8601DA", "YYMMDDN", "DDMMYYN", "MMDDYYN"]
_DATE_TIMES = ["IS8601DT", "B8601DT", "E8601DT", "E8601DN", "B8601DN"]
"""Formats of dates that the reader does not know by itself."""


def read_sas_sheet(path: Path, *, encoding: str | None) -> tuple[Rows, list[str]]:
    """Return the rows of a SAS file, and what a user should be warned of.

    Columns have the names of the variables; labels are not used. The first observation
    is row 2; blanks and missing numbers are missing; numbers with a format of dates are
    dates. A data set tells its encoding; a transport file does not, so that
    ``encoding`` is that of its text, and UTF-8 without it.
    """
    is_transport = path.suffix.lower() == ".xpt"
    try:
        told = _read(path, None)
    except _EncodingError as error:
        if not encoding:
            advice = f"{error}; name its encoding by study.encoding, such as gb18030"
            raise UnreadableSheetError(advice) from error
        return _read(path, encoding), []
    if not encoding or not is_transport:
        return told, []
    try:
        rows = _read(path, encoding)
    except _EncodingError as error:
        advice = f"{error}; correct study.encoding ({encoding}), the file is UTF-8"
        raise UnreadableSheetError(advice) from error
    said = f"read as study.encoding says ({encoding}), though it is UTF-8 too"
    return rows, [said] if rows != told else []


class _EncodingError(UnreadableSheetError):
    """The text of a file is in another encoding."""


def _read(path: Path, encoding: str | None) -> Rows:
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
        is_encoding = isinstance(error, UnicodeDecodeError) or "encoding" in str(error)
        wrong = _EncodingError if is_encoding else UnreadableSheetError
        raise wrong(f"cannot be read as a {kind} ({error})") from error
    header = [str(name).strip() for name in columns]
    values = [list(column) for column in columns.values()]
    return [(1, header), *numbered(zip(*values, strict=True), first=2)]
