"""The screen in a real terminal, on fake views."""

import re
import sys
from pathlib import Path

import pytest
from terminal import Terminal

pytestmark = pytest.mark.terminal

TESTS = Path(__file__).resolve().parents[1]
PROGRAM = f"""
import sys
sys.path[:0] = [{str(TESTS / "tui")!r}, {str(TESTS.parent)!r}]
from fakes import HostileView, MillionView, opened
from cockpit.tui.app import CockpitApp
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of
options = ScreenOptions(slow=True)
theme, notices = theme_of(options)
CockpitApp(options, theme, lambda: opened(pipeline=MillionView(), data=HostileView()), notices).run()
"""


def terminal(size: tuple[int, int] = (120, 40), **environment: str) -> Terminal:
    return Terminal([sys.executable, "-c", PROGRAM], size, environment)


def test_down_a_level_and_back_and_out() -> None:
    with terminal() as screen:
        screen.wait_for("▌kpi0")
        screen.keys("j", "j", "Enter")
        screen.wait_for("›  kpi2")
        screen.keys("Escape")
        screen.wait_for("▌kpi2 of Today")
        screen.keys("q")
        screen.wait_for("[ended 0]")


def test_a_copy_goes_through_tmux_and_says_so() -> None:
    with terminal() as screen:
        screen.wait_for("▌kpi0")
        screen.keys("y", "t")
        screen.wait_for("copied the table through tmux")
        assert screen.clipboard == "manager\trate\nBrooks\t0.337\nOkafor\t\n"


def test_no_color_sends_no_colour() -> None:
    with terminal(NO_COLOR="1") as screen:
        screen.wait_for("▌kpi0")
        looks = re.findall(r"\x1b\[([0-9;]*)m", screen.coloured)
        codes = {int(code) for sequence in looks for code in sequence.split(";") if code}
        assert not {code for code in codes if (30 <= code <= 49 or code >= 90) and code not in (39, 49)}


def test_any_size_can_be_taken() -> None:
    with terminal((80, 24)) as screen:
        screen.wait_for("▌kpi0")
        screen.resize(20, 5)
        screen.wait_for("needs 60x15")
        screen.resize(200, 60)
        screen.wait_for("kpi19")
