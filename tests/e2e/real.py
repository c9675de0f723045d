"""A workspace on real data, made by `cockpit init`, with two tasks that are late on any day."""

import subprocess
import sys
from pathlib import Path

EXPORT = Path(__file__).resolve().parents[3] / "shared/data/regional-sales/Opportunities.csv"
"""20,000 deals of a vendor of software and devices, kept beside the project."""


def write_real(folder: Path) -> None:
    """Make the workspace in a folder that does not exist yet."""
    late = ["--due", "2021-11-05"]
    for command in (
        ["init", str(folder), "--opportunities", str(EXPORT), "--yes"],
        ["tasks", "add", "Ask Garner", "--owner", "Amelie Garner", *late, "-w", str(folder)],
        ["tasks", "add", "Ask Brooks", "--owner", "Brooks", *late, "-w", str(folder)],
    ):
        subprocess.run([sys.executable, "-m", "cockpit", *command], check=True, capture_output=True)
