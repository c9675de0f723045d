"""Workspaces for the tests in a real terminal."""

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest


@pytest.fixture(scope="session")
def written_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with few rows."""
    from cockpit.workspace.demo import write_demo

    folder = tmp_path_factory.mktemp("demo") / "ws"
    write_demo(folder, rows=2000)
    return folder


@pytest.fixture(scope="session")
def whole_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as `cockpit demo` writes it."""
    from cockpit.workspace.demo import write_demo

    folder = tmp_path_factory.mktemp("whole") / "ws"
    write_demo(folder)
    return folder


@pytest.fixture
def demo(whole_demo: Path, tmp_path: Path) -> Path:
    """A copy of the whole demo of the test's own, without tasks yet."""
    return Path(copytree(whole_demo, tmp_path / "demo", ignore=ignore_patterns(".cockpit")))


@pytest.fixture
def small_demo(written_demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo of the test's own, without tasks yet."""
    return Path(copytree(written_demo, tmp_path / "ws", ignore=ignore_patterns(".cockpit")))
