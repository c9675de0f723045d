"""The journeys of a week in a real terminal, each with the few keys that it may take, and replayed."""

import re
import sys
from pathlib import Path
from shutil import copytree

import pytest
from real import EXPORT, write_real
from terminal import Terminal
from wire import Wire

from cockpit.tui.keylog import KeyLog, read_key_log

pytestmark = pytest.mark.terminal

OVER_SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
"""A link is copied then instead of opened in a browser of this machine."""
FOLDER = Path(__file__).parent / "journeys"
JOURNEYS = sorted(FOLDER.glob("*.keys"))
ON_REAL_DATA = sorted((FOLDER / "regional-sales").glob("*.keys"))
"""The same journeys on real data, which has no agreements, so that the seventh has nothing to walk."""


def words_of(log: KeyLog) -> str:
    return log.path.read_text(encoding="utf-8").splitlines()[1]


def size_of(log: KeyLog) -> tuple[int, int]:
    found = re.search(r"Size (\d+)x(\d+)", words_of(log))
    return (int(found[1]), int(found[2])) if found else (120, 40)


def counted(log: KeyLog) -> int:
    """The keys that count: from a view or a line on, the way there does not."""
    return log.presses - bool(re.search(r"from the (view|task|figure)\b", words_of(log)))


def allowed(log: KeyLog) -> int:
    """The keys that it may take."""
    found = re.search(r"At most (\d+) key", words_of(log))
    assert found is not None
    return int(found[1])


@pytest.fixture(scope="session")
def made_of_real_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cockpit init` makes of 20,000 real deals."""
    if not EXPORT.is_file():
        pytest.skip("the real data beside the project is not here")
    folder = tmp_path_factory.mktemp("real") / "ws"
    write_real(folder)
    return folder


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.stem)
def test_a_journey_in_a_real_terminal(path: Path, demo: Path, tmp_path: Path) -> None:
    walk(read_key_log(path), demo, tmp_path)


@pytest.mark.parametrize("path", ON_REAL_DATA, ids=lambda path: path.stem)
def test_a_journey_on_real_data(path: Path, made_of_real_data: Path, tmp_path: Path) -> None:
    own = Path(copytree(made_of_real_data, made_of_real_data.parent / path.stem))
    walk(read_key_log(path), own, tmp_path)


def walk(log: KeyLog, workspace: Path, folder: Path) -> None:
    """Play a log in a real terminal, with no more keys than it may take."""
    assert counted(log) <= allowed(log)
    command = [sys.executable, "-m", "cockpit", "-w", str(workspace)]
    with Terminal(command, size_of(log), OVER_SSH, folder) as screen:
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)))
        screen.play(log.steps)
        screen.keys("C-q")
        screen.wait_for("[ended 0]")


@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.stem)
def test_a_journey_is_replayed_by_the_cockpit_itself(path: Path, demo: Path, tmp_path: Path) -> None:
    log = tmp_path / path.name
    log.write_text(path.read_text(encoding="utf-8") + "key ctrl+q\n", encoding="utf-8")
    command = [sys.executable, "-m", "cockpit", "-w", str(demo), "--replay", str(log)]
    with Wire(command, size_of(read_key_log(log)), OVER_SSH, tmp_path) as wire:
        assert wire.ended(30) == 0


def test_what_is_recorded_is_replayed(demo: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.keys"
    command = [sys.executable, "-m", "cockpit", "-w", str(demo)]
    with Wire([*command, "--record", str(log)]) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        for key in ("3", "j", "D", "-", "5", "\x1b", "1", "q"):
            wire.press(key)
            wire.rest(quiet=0.15)
        assert wire.ended() == 0
    said = log.read_text(encoding="utf-8").splitlines()
    assert said == [
        "cockpit keys 1",
        *(f"key {key}" for key in ("3", "j", "D", "-", "5", "escape", "1", "q")),
    ]
    assert log.stat().st_mode & 0o077 == 0
    with Wire([*command, "--replay", str(log)]) as wire:
        assert wire.ended(20) == 0


def test_a_log_of_another_version_is_one_quiet_line(demo: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.keys"
    log.write_text("cockpit keys 99\nkey q\n", encoding="utf-8")
    with Wire([sys.executable, "-m", "cockpit", "-w", str(demo), "--replay", str(log)]) as wire:
        wire.wait_for("no key log of this version")
        wire.rest()
        wire.press("q")
        assert wire.ended() == 0
