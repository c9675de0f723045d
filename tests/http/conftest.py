"""A server that does whatever a test wants, and a workspace to fetch into."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_server import HostileServer


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A server of our own on loopback."""
    with HostileServer() as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The folder of a workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir(mode=0o700)
    return folder
