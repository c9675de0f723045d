"""What is kept of an error that nobody foresaw: a short file without any data of the workspace.

Textual would print the local variables of every function on the way, which may be customers' names. The
file says where in the program it happened and what kind of error it was, and no values.
"""

import platform
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import state_folder


def report(error: BaseException) -> str:
    """The error without values: kinds of errors, files of the program, lines and functions."""
    lines = [
        f"cockpit {_version('sales-cockpit')}, textual {_version('textual')}, polars {_version('polars')}",
        f"Python {platform.python_version()}, {sys.platform}",
        "",
    ]
    found: BaseException | None = error
    seen: set[int] = set()
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        lines.append(f"{type(found).__module__}.{type(found).__qualname__}")
        lines += [
            f"  {_place(Path(frame.filename))}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(found.__traceback__)
        ]
        found = found.__cause__ or found.__context__
    return _clean_lines(lines)


def _clean_lines(lines: list[str]) -> str:
    """Lines as one text that no terminal could obey."""
    return "\n".join(clean(line) for line in lines) + "\n"


def keep(error: BaseException) -> str:
    """Write the report to the state folder; returns the kind of error and the file, for one line."""
    kind = type(error).__name__
    path = state_folder() / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    try:
        write_atomic(path, report(error))
    except OSError:
        return kind
    return f"{kind}, see {clean(str(path))}"


def _place(path: Path) -> str:
    """The file as it is called inside its package, without folders of this machine."""
    parts = path.parts
    for package in ("cockpit", "site-packages"):
        if package in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(package) :])
    return path.name


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
