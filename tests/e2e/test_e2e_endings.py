"""Idle, suspended, ended: the cockpit writes nothing, draws at once, and never hangs."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from terminal import Terminal
from wire import SEQUENCE, Wire

TESTS = Path(__file__).resolve().parents[1]
MOST_CPU = 0.005
"""Of a core, while nobody does anything."""


def cockpit(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "cockpit", "-w", str(folder), *more]


def seconds_used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at_rest(wire: Wire) -> None:
    wire.wait_for("BD 38")
    wire.rest(quiet=2.5, seconds=40)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_idle_it_writes_nothing_and_uses_next_to_nothing(small_demo: Path) -> None:
    with Wire(cockpit(small_demo)) as wire:
        at_rest(wire)
        before, started = seconds_used(wire.process), time.monotonic()
        written = wire.read(8.0)
        used = (seconds_used(wire.process) - before) / (time.monotonic() - started)
    # a minute may turn in that time: then its few cells are written, and no more
    assert len(written) < 200, written
    assert used < MOST_CPU * 2, used  # twice the aim, since the clock counts in hundredths


TICKING = f"""
import itertools, sys
from dataclasses import replace
sys.path[:0] = [{str(TESTS / "tui")!r}, {str(TESTS.parent)!r}]
from fakes import opened
from cockpit.panes.lines import Line, Span
from cockpit.tui import app
from cockpit.tui.options import ScreenOptions
from cockpit.tui.start import theme_of
app.MINUTE = 2.0
minutes = itertools.count()
def head(cockpit, context):
    text = f" US Field   data {{next(minutes)}} min old"
    return lambda width: Line((Span(text),)).fitted(width)
options = ScreenOptions()
theme, notices = theme_of(options)
app.CockpitApp(options, theme, lambda: replace(opened(), head_of=head), notices).run()
"""
"""The program with minutes of two seconds, at each of which one digit of the head line changes."""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_at_a_tick_only_what_has_changed_is_written() -> None:
    with Wire([sys.executable, "-c", TICKING]) as wire:
        wire.wait_for("min old")
        wire.rest(quiet=1.0)
        before, started = seconds_used(wire.process), time.monotonic()
        written = [wire.read(0.25) for _ in range(32)]
        used = (seconds_used(wire.process) - before) / (time.monotonic() - started)
    ticks = [some for some in written if some]
    assert 3 <= len(ticks) <= 5, ticks  # and nothing in between
    for tick in ticks:
        shown = SEQUENCE.sub("", tick.decode())
        assert re.fullmatch(r"\d+", shown.strip()), tick
        assert len(tick) < 60, tick
    assert used < MOST_CPU * 4, used  # a tick is thirty times as frequent here


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("moment", ["at once", "while reading", "at rest"])
def test_a_signal_ends_it_at_once(small_demo: Path, number: signal.Signals, moment: str) -> None:
    with Wire(cockpit(small_demo)) as wire:
        if moment != "at once":
            wire.wait_for("BD 38" if moment == "at rest" else "ws")
        if moment == "at rest":
            wire.rest(quiet=1.0)
        else:
            wire.read(0.2)
        os.kill(wire.process, number)
        assert wire.ended(4.0) in (-number, 128 + number)


def test_a_dropped_line_ends_it_and_the_next_start_is_where_it_was(small_demo: Path) -> None:
    with Wire(cockpit(small_demo)) as wire:
        at_rest(wire)
        for key in ("4", "j", "j", "\r"):
            wire.press(key)
            wire.rest(quiet=0.4)
        wire.hang_up()
        assert wire.ended(4.0) in (-signal.SIGHUP, 128 + signal.SIGHUP)
    with Terminal(cockpit(small_demo)) as screen:
        shown = screen.wait_for("back where the line dropped")
        assert "Pipeline  ›" in shown
        screen.keys("q")
        screen.wait_for("[ended 0]")
    with Terminal(cockpit(small_demo)) as screen:
        assert "Needs you" in screen.wait_for("Needs you")
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)))
        assert "back where" not in screen.screen


@pytest.mark.parametrize("key", ["q", "\x03", "\x11"])
def test_leaving_never_waits_for_what_is_being_read(small_demo: Path, key: str) -> None:
    with Wire(cockpit(small_demo)) as wire:
        wire.wait_for("opening")
        wire.press(key)
        assert wire.ended(4.0) == 0
    with Wire(cockpit(small_demo)) as wire:
        at_rest(wire)
        wire.press("r")
        wire.read(0.05)
        wire.press(key)
        assert wire.ended(4.0) == 0


def test_suspended_and_back_it_draws_at_once(small_demo: Path) -> None:
    with Terminal(["bash", "--norc", "-i"], (100, 30), {"PS1": "ready> "}) as screen:
        screen.wait_for("ready>")
        screen.type(" ".join(cockpit(small_demo)))
        screen.keys("Enter")
        screen.wait_until(lambda shown: bool(re.search(r"data \d\d:\d\d", shown)))
        screen.keys("C-z")
        screen.wait_for("Stopped")
        screen.type("fg")
        screen.keys("Enter")
        screen.wait_for("Needs you", seconds=2.0)
        screen.keys("q")
        screen.wait_until(lambda shown: shown.rstrip().endswith("ready>"))


def test_a_terminal_that_can_do_nothing_gets_the_brief(small_demo: Path) -> None:
    with Wire(cockpit(small_demo), environment={"TERM": "dumb"}) as wire:
        assert wire.ended(20) == 0
    assert b"\x1b" not in wire.written
    assert b"Needs you" in wire.written or b"NEEDS YOU" in wire.written


def test_without_the_mouse_the_terminal_keeps_it(small_demo: Path) -> None:
    with Wire(cockpit(small_demo, "--no-mouse", "--slow")) as wire:
        at_rest(wire)
        wire.press("q")
        assert wire.ended() == 0
    assert b"\x1b[?1000h" not in wire.written
    assert not re.search(rb"\x1b\[[\d;]*38;[25];", wire.written)  # sixteen colours


def test_a_terminal_without_colours_and_unicode_gets_neither_and_it_is_said(small_demo: Path) -> None:
    lacking = {"TERM": "vt220", "LC_ALL": "C", "COLORTERM": ""}
    with Wire(cockpit(small_demo), environment=lacking) as wire:
        wire.wait_for("without colours, since TERM=vt220")
        wire.rest(quiet=1.5)
        wire.press("4")
        wire.rest(quiet=0.5)
        wire.press("q")
        assert wire.ended() == 0
    assert b"drawn in ASCII, since LC_ALL=C has no Unicode" in wire.written
    assert wire.written.isascii()
    looks = re.findall(rb"\x1b\[([\d;:]*)m", wire.written)
    plain = {b"", b"0", b"1", b"2", b"4", b"7", b"39", b"49"}  # 39 and 49: whatever the terminal itself has
    assert {part for look in looks for part in look.split(b";")} <= plain


def test_a_smaller_window_never_gets_a_frame_of_the_larger_one(small_demo: Path) -> None:
    """Frames of the size before would be wrapped and scrolled by the terminal: that is the flicker."""
    with Wire(cockpit(small_demo), (200, 60)) as wire:
        at_rest(wire)
        for width, height in ((80, 24), (120, 40), (60, 20)):
            start = len(wire.written)
            wire.resize(width, height)
            wire.rest(quiet=0.6)
            frame = wire.written[start:]
            rows = [int(row) for row in re.findall(rb"\x1b\[(\d+);\d+H", frame)]
            assert rows and max(rows) <= height
            lines = [
                re.sub(rb"\x1b\[[^A-Za-z]*[A-Za-z]", b"", part)
                for part in re.split(rb"\r\n|\x1b\[\d+;\d+H", frame)
            ]
            assert max(len(line.decode()) for line in lines) <= width
        wire.press("q")
        assert wire.ended() == 0
