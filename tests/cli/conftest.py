"""Running commands as people do, inside this process, on workspaces that are made once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli.entry import run


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    """Runs `cockpit` with arguments in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return ran


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with few rows; tests that change its tasks take `own_demo`."""
    from cockpit.workspace.demo import write_demo

    folder = tmp_path_factory.mktemp("demo") / "ws"
    write_demo(folder, rows=2000)
    return folder


@pytest.fixture
def own_demo(small_demo: Path, tmp_path: Path) -> Path:
    """A copy of the small demo of the test's own, without tasks yet."""
    from shutil import copytree, ignore_patterns

    return Path(copytree(small_demo, tmp_path / "own", ignore=ignore_patterns(".cockpit")))
