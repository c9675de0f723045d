"""Only one module speaks HTTP, and nothing can switch the checks of certificates off."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import cockpit

PACKAGE = Path(cockpit.__file__).parent
TRANSPORT = PACKAGE / "sources" / "http" / "transport.py"


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_httpx_is_imported_in_one_module() -> None:
    users = [path for path in PACKAGE.rglob("*.py") if imported(path) & {"httpx", "truststore", "requests"}]
    assert users == [TRANSPORT]


def test_fetching_imports_nothing_that_draws() -> None:
    program = "import sys, cockpit.sources.http.fetch; print({'rich', 'pygments'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_certificates_are_always_checked() -> None:
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in ("verify=False", "CERT_NONE", "check_hostname", "_create_unverified_context"):
            assert word not in text, path


def test_no_url_of_a_configuration_reaches_polars() -> None:
    """polars would fetch it with a client of its own: without sign-in, ceilings or proxy."""
    for path in (PACKAGE / "sources" / "http").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(r"pl\.(scan|read)_\w+", ast.unparse(node.func)):
                assert "url" not in ast.unparse(node).lower()
