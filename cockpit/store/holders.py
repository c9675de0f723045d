"""Which other program has a lock on a file, as far as the system tells."""

import os
from pathlib import Path

from cockpit.base.clean import clean

LOCKS = Path("/proc/locks")
PROCESSES = Path("/proc")


def holder_of(path: Path) -> str | None:
    """The process that has locked a file, by its program, owner and number; None where it cannot be told.

    Linux lists locks by device and inode. The process that asks is not meant, and with several holders the
    one that writes is.
    """
    try:
        file = path.stat()
        lines = LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    place = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    # A line is "1: POSIX  ADVISORY  WRITE 812 08:01:393230 1073741825 1073741825"; one that waits has "->".
    columns = [line.split() for line in lines if "->" not in line]
    found = [one for one in columns if len(one) > 5 and one[5] == place and one[4].isdecimal()]
    found.sort(key=lambda one: one[3] != "WRITE")
    number = next((one[4] for one in found if int(one[4]) != os.getpid()), None)
    return _named(number) if number is not None else None


def _named(number: str) -> str:
    folder = PROCESSES / number
    try:
        name = clean((folder / "comm").read_text(encoding="utf-8", errors="replace").strip())
        return f"{name} of {folder.owner()} (process {number})"
    except (OSError, KeyError):
        return f"process {number}"
