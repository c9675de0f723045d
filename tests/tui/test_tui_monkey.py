"""Random keys in random views at random sizes: nothing that anybody presses ends or spoils the screen.

The whole product runs, without a terminal: workspaces are opened by the real core, and jobs run at once.
Each run is made from a seed, and a failure tells the keys that led to it.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from fakes import FakeShell
from pilot import idle, running, screen

from cockpit import Cockpit
from cockpit.base import crash
from cockpit.panes import views
from cockpit.panes.view import Context
from cockpit.tui.actions import ACTIONS
from cockpit.tui.dispatch import Dispatcher
from cockpit.tui.keymap import load_keymap
from cockpit.tui.rows import size_of
from cockpit.tui.session import Session
from cockpit.tui.start import make_head
from cockpit.workspace.demo import write_demo

KEYS = [
    keys
    for action in ACTIONS
    for keys in action.keys
    if action.name not in ("quit", "workspaces")  # these end the sitting, as they should
]
SIZES = ((1, 1), (10, 2), (20, 5), (60, 15), (80, 24), (120, 40), (200, 60), (250, 70))
TYPED = (
    "a", "brooks", "owner:me", "2026-12-01", "+2bd", "FY27-Q1", "1", "-", "(", "'", '"', "%", "[/]", "日本",
    "https://x.example/1", "deals.csv", "/nowhere/deals.csv", " ",
)  # fmt: skip
TINY = """\
schema = 1
name = "Tiny"
as_of = "2026-11-23"
[sources.opportunities]
path = "deals.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }
status = { column = "stage", won = ["Won"], lost = ["Lost"], open = ["*"] }
"""


class Monkey:
    """Somebody who presses whatever there is.

    Args:
        folder: the workspace.
        seed: which keys.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice, self.log = random.Random(seed), [f"seed {seed}"]
        keymap = load_keymap(self.dice.choice(("default", "vim", "plain")))
        self.cockpit, self.shell = Cockpit.open(folder), FakeShell()
        self.session = Session(self.cockpit, self.shell, views, keymap, head=make_head)
        self.session.take_head(make_head(self.cockpit, Context()))
        self.dispatcher = Dispatcher(self.session, keymap)
        self.session.resize(*self.dice.choice(SIZES))
        self.session.show("today")

    def step(self) -> None:
        """One more thing that may happen."""
        state, dice = self.session.state, self.dice
        typing = state.prompt is not None or (state.picker is not None and state.picker.typed is not None)
        if dice.random() < 0.05:
            size = dice.choice(SIZES)
            self.log.append(f"size {size}")
            self.session.resize(*size)
        elif typing and dice.random() < 0.6:
            self.press(*dice.choice(TYPED))
        elif typing:
            self.press(dice.choice(("enter", "enter", "escape", "tab", "up", "backspace")))
        elif state.chooser is not None and state.chooser.choices and dice.random() < 0.8:
            self.press(dice.choice(state.chooser.choices).letter)
        elif dice.random() < 0.3:
            self.press(dice.choice(("enter", "escape", "down", "right")))
        else:
            self.press(*dice.choice(KEYS).split(" "))
        for name in [name for name in self.shell.timers if name != "waiting"]:
            self.shell.fire(name)

    def press(self, *keys: str) -> None:
        """Press keys by their names."""
        for key in keys:
            key = "space" if key == " " else key
            self.log.append(key)
            self.dispatcher.press(key, " " if key == "space" else key if len(key) == 1 else None)

    def look(self) -> None:
        """The screen is whole: a row for every row of the terminal, each as wide as that."""
        rows, size = self.session.rows(), self.session.state.size
        assert len(rows) == size.height, self.log[-20:]
        assert {size_of(row) for row in rows} == {size.width}, self.log[-20:]


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By name: the demo, one of two deals, one without data, one whose file is not there."""
    folder = tmp_path_factory.mktemp("workspaces")
    write_demo(folder / "demo", rows=600)
    for name, config in (("tiny", TINY), ("empty", 'schema = 1\nname = "Empty"\n'), ("broken", TINY)):
        (folder / name).mkdir()
        (folder / name / "cockpit.toml").write_text(config, encoding="utf-8")
    deals = "id,stage,amount,close\n1,Won,100.10,2026-11-03\n2,Open,,2026-12-20\n"
    (folder / "tiny" / "deals.csv").write_text(deals, encoding="utf-8")
    return {name: folder / name for name in ("demo", "tiny", "empty", "broken")}


@contextmanager
def sitting(folder: Path, seed: int) -> Iterator[Monkey]:
    monkey = Monkey(folder, seed)
    try:
        yield monkey
    finally:
        monkey.cockpit.close()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["demo", "tiny", "empty", "broken"])
def test_no_keys_end_or_spoil_the_screen(
    name: str, seed: int, workspaces: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(copytree(workspaces[name], tmp_path / name))
    monkeypatch.chdir(tmp_path)
    with sitting(folder, seed) as monkey:

        def keep(error: BaseException) -> str:
            raise AssertionError(f"{error!r} after {monkey.log[-20:]}") from error

        monkeypatch.setattr(crash, "keep", keep)
        for _ in range(120):
            monkey.step()
            monkey.look()


async def test_no_keys_end_the_program() -> None:
    dice = random.Random(7)
    async with running() as pilot:
        for _ in range(150):
            if dice.random() < 0.1:
                await pilot.resize_terminal(*dice.choice(SIZES[2:]))
            key = dice.choice(KEYS).split(" ")[0].replace("E", "e")  # no editor is started here
            pilot.app.take_key(key, " " if key == "space" else key if len(key) == 1 else None)
            if dice.random() < 0.3:
                await idle(pilot)
        await idle(pilot)
        assert pilot.app.failure is None
        assert pilot.app.is_running
        assert len(screen(pilot)) == pilot.app.size.height
