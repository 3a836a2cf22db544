"""Results with types, all numbers in one table, and the forms of others."""

from her2ctdna.settings.results.entries import Result

EXPORTED = (
    Result(
        "adam/adrs.xpt",
        needs=("response",),
        rules=("export_adam",),
        row=(
            "response of a patient at an assessment (OVR), or best (BOR, confirmed: "
            "CBOR), as SAS transport in the manner of ADaM: study days, no date"
        ),
    ),
    Result(
        "adam/adtte.xpt",
        rules=("export_adam",),
        row=(
            "time to event of a patient (PFS, OS, DOR) in days, CNSR 0 being the "
            "event, as SAS transport in the manner of ADaM"
        ),
    ),
    Result(
        "cbioportal/",
        rules=("export_cbioportal",),
        row=(
            "a study folder for cBioPortal: clinical files, mutations, timelines in "
            "days since first dose, case lists; of what the study has"
        ),
    ),
)
"""What the target ``exports`` makes."""

RESULTS = (
    Result(
        "<table>.parquet",
        rules=("write_parquet",),
        row=(
            "beside each table above that is TSV, those of figures apart: the same "
            "rows, each column with its type, missing as null"
        ),
    ),
    Result(
        "ard.parquet",
        section="Methods",
        rules=("write_parquet",),
        row=(
            "number in `tables/`: table, row (from 1), `variable`, `group_by` and "
            "`group`, `statistic` (its column), `value`, `method`, what identifies the "
            "row as JSON (`keys`), SHA-256 of the sorted ids of the patients behind it"
        ),
        caption="""
            Every number of the tables of *{{ snakemake.wildcards.analysis }}*, one row
            each, as analysis results data (CDISC ARS): what it is of (``variable``,
            ``group_by``, ``group``, and ``keys`` with all that identifies its row),
            which ``statistic``, its ``value`` and the ``method``. ``patients_sha256``
            is the SHA-256 of the sorted ids of the patients that the row counts, empty
            where the workflow does not know them. Parquet, for programs: a table that
            a person reads stands in ``tables/``.
        """,
    ),
    *EXPORTED,
)
