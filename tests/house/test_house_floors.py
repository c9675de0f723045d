"""The house stands: floors, and what a command may not import."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cockpit

PACKAGE = Path(cockpit.__file__).parent
FLOORS = [
    {"base"},
    {"fiscal"},
    {"rhythm", "store", "sources"},
    {"work", "metrics"},
    {"workspace"},
    {"core"},
    {"panes"},
    {"text"},
    {"tui"},
    {"cli"},
]
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_imports_upward(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0]
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "cockpit" and len(parts) > 1 and parts[1] in HEIGHT and parts[1] != own:
            assert HEIGHT[parts[1]] < HEIGHT[own], f"{path} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_screen_knows_textual(path: Path) -> None:
    if path.relative_to(PACKAGE).parts[0] != "tui":
        assert not {name.split(".")[0] for name in imported(path)} & {"textual", "rich"}


@pytest.mark.parametrize("package", ["base", "fiscal", "rhythm", "store", "work"])
def test_the_calendar_and_the_work_need_only_the_standard_library(package: str) -> None:
    allowed = {"cockpit", "msgspec", "tomli", *sys.stdlib_module_names}
    if package == "base":
        allowed |= {"platformdirs", "wcwidth"}
    for path in (PACKAGE / package).rglob("*.py"):
        if path.name == "freeze.py":
            allowed |= {"holidays"}
        assert {name.split(".")[0] for name in imported(path)} <= allowed, path


PROBE = """
import sys, json
from cockpit.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    assert stop.code in (0, None), stop.code
print("MODULES" + json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize(
    "command",
    [
        ["fiscal", "--json"],
        ["rhythm", "--json"],
        ["tasks", "--json"],
        ["config", "path"],
        ["--help"],
    ],
    ids=" ".join,
)
def test_commands_without_data_or_screen_stay_light(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.rpartition("MODULES")[2]))
    assert not loaded & {"polars", "textual", "rich", "httpx"}
