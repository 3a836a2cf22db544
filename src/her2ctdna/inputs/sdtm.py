"""From SDTM domains to the sheets of a study, as text.

Each function makes one table of section 2 of the contract from domains as
`her2ctdna.inputs.sdtm_domains.read_domains` gives them. What SDTM leaves open is
decided here, and a finding says so. New therapy stands in none of these domains.
"""

from collections.abc import Callable, Iterator

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.made import Made, ReadTable, as_read
from her2ctdna.inputs.sdtm_antibodies import make_antibodies
from her2ctdna.inputs.sdtm_domains import KEY, Domains, read_domains
from her2ctdna.inputs.sdtm_events import make_events
from her2ctdna.inputs.sdtm_patients import given_doses, make_patients
from her2ctdna.inputs.sdtm_times import Clock, start_clock
from her2ctdna.inputs.sdtm_tumours import make_assessments, make_lesions

_DATED = {
    name: (f"{stem}DTC", f"{stem}DY")
    for name, stem in {"EX": "EXST", "RS": "RS", "TR": "TR", "AE": "AEST"}.items()
} | {"IS": ("ISDTC", "ISDY")}

_NEEDED: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "patients": {
        "DM": (("USUBJID",),),
        "EX": (("USUBJID",), _DATED["EX"], ("EXDOSE", "EXDOSTXT")),
    },
    "assessments": {
        "RS": (("USUBJID",), ("RSTESTCD",), ("RSSTRESC", "RSORRES"), _DATED["RS"]),
    },
    "lesions": {
        "TR": (
            *(("USUBJID",), ("TRLNKID",), ("TRTESTCD",)),
            *(("TRSTRESC", "TRORRES", "TRSTRESN"), _DATED["TR"]),
        ),
    },
    "adverse_events": {
        "AE": (
            *(("USUBJID",), ("AEDECOD", "AETERM"), ("AESOC", "AEBODSYS")),
            *(("AETOXGR", "AESEV"), _DATED["AE"]),
        ),
    },
    "ada": {
        "IS": (("USUBJID",), ("ISTESTCD",), ("ISSTRESC", "ISORRES"), _DATED["IS"]),
    },
}
"""The domains that a table needs, and of each the variables, any one of a group."""

_MAKE: dict[str, Callable[[Domains, Clock], Made]] = {
    "patients": make_patients,
    "assessments": make_assessments,
    "lesions": make_lesions,
    "adverse_events": make_events,
    "ada": make_antibodies,
}


def read_table_of(folder: str, table: str) -> tuple[ReadTable, list[Finding]]:
    """Read one of our tables from a folder of domains.

    The findings are those on the folder and on this table. A domain or a variable
    that the table needs and that is not there is one error, and the sheet is empty.
    """
    domains, findings = read_domains(folder)
    made, found = make_table(domains, table)
    return made, [*findings, *found]


def make_table(domains: Domains, table: str) -> tuple[ReadTable, list[Finding]]:
    """Make one of our tables from domains; see `read_table_of`."""
    absent = list(_absent(domains, table))
    if absent:
        return ReadTable(pd.DataFrame(dtype=object), {}, {}), absent
    clock = start_clock(domains, given_doses(domains.get("EX", pd.DataFrame())))
    return as_read(_MAKE[table](domains, clock))


def _absent(domains: Domains, table: str) -> Iterator[Finding]:
    """Yield an error for what is missing: the domains, or else each variable."""
    needed = _NEEDED[table]
    absent = [name for name in needed if name not in domains]
    if absent:
        files = ", ".join(f"{name.lower()}.xpt" for name in absent)
        message = f"needs {' and '.join(absent)}; add {files} to the folder, or give "
        message += f"inputs.{table} as a sheet"
        yield Finding("error", KEY, None, "", "", table, message)
        return
    for name, groups in needed.items():
        for group in groups:
            if not set(group) & set(domains[name].columns):
                message = f"{name} has no {' or '.join(group)}, which {table} needs; "
                message += f"add it, or give inputs.{table} as a sheet"
                yield Finding("error", KEY, 1, group[0], "", "", message)
