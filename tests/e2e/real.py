"""A workspace on real data, made by `cockpit init`: with a locked state, and two tasks late on any day."""

import csv
import subprocess
import sys
from pathlib import Path

EXPORT = Path(__file__).resolve().parents[3] / "shared/data/regional-sales/Opportunities.csv"
"""20,000 deals of a vendor of software and devices, kept beside the project."""


LOCKED_ON = "2021-10-31"


def write_real(folder: Path) -> None:
    """Make the workspace in a folder that does not exist yet."""
    late = ["--due", "2021-11-05"]
    earlier = folder.with_name(f"{folder.name}-earlier") / f"deals_{LOCKED_ON}.csv"
    earlier.parent.mkdir(parents=True)
    write_earlier(earlier)
    for command in (
        ["init", str(folder), "--opportunities", str(EXPORT), "--yes"],
        ["history", "--import", str(earlier.parent), "-w", str(folder)],
        ["lock", "october", "--at", LOCKED_ON, "-w", str(folder)],
        ["tasks", "add", "Ask Garner", "--owner", "Amelie Garner", *late, "-w", str(folder)],
        ["tasks", "add", "Ask Brooks", "--owner", "Brooks", *late, "-w", str(folder)],
    ):
        subprocess.run([sys.executable, "-m", "cockpit", *command], check=True, capture_output=True)


def write_earlier(path: Path) -> None:
    """Write the export as it may have been on that day: what closed later is open, newer deals missing."""
    with (
        EXPORT.open(encoding="utf-8-sig", newline="") as all_rows,
        path.open("w", encoding="utf-8", newline="") as kept,
    ):
        rows = csv.DictReader(all_rows)
        writer = csv.DictWriter(kept, rows.fieldnames or [])
        writer.writeheader()
        for row in rows:
            if row["Opportunity Created On"] <= LOCKED_ON:
                writer.writerow(row | ({"Status": "Open"} if row["CloseDate"] > LOCKED_ON else {}))
