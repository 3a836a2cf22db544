"""What to say of checks that failed, without the statistics that they are about."""

import pandas as pd


def describe_failures(checks: pd.DataFrame) -> str:
    """Return all failures as one list for the terminal; empty without any."""
    failed = checks[checks["result"] != "pass"]
    if failed.empty:
        return ""
    lines = [
        f"{len(failed)} of {len(checks)} statistics differ from known values; no "
        "report is written. Compare the versions of the libraries with "
        "requirements.lock:"
    ]
    lines += [
        f"  {row.check}, {row.quantity} ({row.inputs}): {row.computed}, but "
        f"{row.expected} by {row.source}"
        for row in failed.itertuples()
    ]
    return "\n".join(lines)
