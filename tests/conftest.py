"""What every test gets: a home of its own, no colour or workspace from the developer's shell."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "cockpit", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("cockpit")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the developer's own configuration, cache or store."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable, folder in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
    ):
        monkeypatch.setenv(variable, str(home / folder))
    for variable in (
        "COCKPIT_WORKSPACE",
        "NO_COLOR",
        "COLORTERM",
        "TEXTUAL_THEME",
        "TMUX",
        "COLUMNS",
        "LINES",
    ):
        monkeypatch.delenv(variable, raising=False)
    return home


@pytest.fixture
def shared() -> Path:
    """The folder with real data and published answers, kept beside the project; skips without it."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data beside the project is not here")
    return SHARED
