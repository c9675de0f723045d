"""The script that takes the pictures works: it is run for some of them, on a small demo."""

import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "docs" / "pictures.py"))


def words_of(picture: str) -> str:
    return " ".join(ElementTree.fromstring(picture).itertext()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(SCRIPT["prepared"](tmp_path_factory.mktemp("pictures") / "demo", 2_000))


async def test_a_picture_is_taken_and_the_same_each_time(workspace: Path) -> None:
    first = await SCRIPT["take"](workspace, ("tasks",))
    again = await SCRIPT["take"](workspace, ("tasks",))
    assert first == again
    words = words_of(first["tasks"])
    assert "cockpit - Tasks" in words
    assert "Later" in words
    assert "data 08:02" in words


async def test_the_way_to_every_picture_is_still_one(workspace: Path) -> None:
    pictures = await SCRIPT["take"](workspace)
    wanted = {
        "today": "Needs you",
        "tasks": "Late",
        "close-rate-by-manager": "by manager",
        "rhythm": "Agenda",
    }
    assert set(pictures) == set(wanted)
    for name, words in wanted.items():
        assert words in words_of(pictures[name]), name


def test_every_picture_is_shown_somewhere() -> None:
    root = Path(__file__).resolve().parents[2]
    text = "".join(
        path.read_text(encoding="utf-8") for path in [root / "README.md", *root.glob("docs/**/*.md")]
    )
    assert all(f"pictures/{name}.svg" in text for name in SCRIPT["SCREENS"])
