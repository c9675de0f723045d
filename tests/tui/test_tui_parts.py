"""The small pure parts: prompt, picker, rows, blocks, background jobs, crash reports."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.panes.lines import Block, Line, Page, Span, cells
from cockpit.panes.place import Place
from cockpit.panes.view import Size
from cockpit.tui import blocks
from cockpit.tui.background import Background
from cockpit.tui.layout import twin
from cockpit.tui.listing import picker_rows
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.prompt import Prompt
from cockpit.tui.rows import Piece, cut, merged, row_of, side_by_side, text_of, with_cursor
from cockpit.tui.state import Spot

TEXT = st.text(alphabet="ab [/]é日👩\u0301 ", max_size=12)


def prompt(text: str = "") -> Prompt:
    return Prompt("x", lambda text: None, text=text)


def test_the_prompt_edits_like_a_line() -> None:
    line = prompt("hello world")
    line.key("ctrl+w", None)
    assert line.text == "hello "
    line.key("home", None)
    line.key("delete", None)
    line.key("x", "J")
    assert (line.text, line.position) == ("Jello ", 1)
    line.key("end", None)
    line.key("backspace", None)
    line.key("left", None)
    line.insert("日")
    assert line.text == "Jell日o"
    line.key("ctrl+u", None)
    assert line.text == "o"
    assert not line.key("f5", None)


def test_a_secret_is_taken_letter_by_letter_however_long_it_is() -> None:
    token = "e\u0301yJ0" * 900  # cleaning would cut it, and put its letters together
    asked: list[str] = []
    secret = Prompt("token?", asked.append, hidden=True)
    secret.insert(f"{token}\n")
    assert secret.text == token
    assert set("".join(secret.shown(30))) <= {"•", " "}


@given(TEXT, st.lists(st.sampled_from(["left", "right", "home", "backspace", "delete", "end"]), max_size=8))
def test_the_prompt_always_shows_its_cursor(text: str, keys: list[str]) -> None:
    line = prompt()
    line.insert(text)
    for key in keys:
        line.key(key, None)
    before, under, after = line.shown(6)
    assert 0 <= line.position <= len(line.text)
    assert under
    assert cells(before) + cells(after) <= 6


def entries(*labels: str) -> list[Entry]:
    return [Entry(label, "", label) for label in labels]


def test_a_newer_list_keeps_the_cursor() -> None:
    picker = Picker("x", entries("a", "b"), lambda entry: None)
    picker.move(1)
    picker.replace(entries("0", "a", "b"))
    assert picker.chosen() == entries("b")[0]


@given(st.lists(st.tuples(TEXT, st.sampled_from(["text", "dim"])), max_size=6), st.integers(0, 40))
def test_rows_have_exactly_their_width(parts: list[tuple[str, str]], width: int) -> None:
    line = Line(tuple(Span(text, role) for text, role in parts))  # type: ignore[arg-type]
    row = row_of(line, width)
    placed = side_by_side([(2, width, row)], width + 2)
    assert cells(text_of(placed)) == width + 2
    assert cells(text_of(cut(row, width // 2))) <= width // 2


def test_equal_neighbours_are_joined() -> None:
    assert merged([Piece("a"), Piece("b"), Piece("", "dim"), Piece("c", "dim")]) == (
        Piece("ab"),
        Piece("c", "dim"),
    )


def test_the_cursor_is_seen_without_colour() -> None:
    marked = with_cursor((Piece(" abc"),), marked=True, selected=False)
    assert text_of(marked) == "▌abc"
    first = with_cursor((Piece("late", "late"),), marked=True, selected=False)
    assert first[0] == Piece("l", "prompt_cursor", "cursor")
    assert text_of(first) == "late"


def block(count: int, height: int, every: int = 1) -> Block:
    lines = [Line((Span("title"),))]
    lines += [
        Line((Span(str(n)),), Place("kpi", str(n)) if n % every == 0 else None, str(n)) for n in range(count)
    ]
    return Block("b", 0, 0, 20, height, lines, foot=(Line(),))


@given(
    st.integers(0, 60), st.integers(2, 20), st.integers(1, 4),
    st.lists(st.sampled_from([1, -1, 7, -7, "first", "last", "wheel", "back"]), max_size=20),
)  # fmt: skip
def test_the_cursor_is_always_on_a_line_that_is_seen(
    count: int, height: int, every: int, moves: list[object]
) -> None:
    pane, spot = block(count, height, every), Spot()
    blocks.settle(pane, spot)
    for move in moves:
        if isinstance(move, int):
            blocks.move(pane, spot, move)
        elif move in ("first", "last"):
            blocks.to_end(pane, spot, last=move == "last")
        else:
            blocks.scroll(pane, spot, 3 if move == "wheel" else -3)
        rows = blocks.seen(pane, spot)
        assert len(rows) <= height
        assert 0 <= spot.top <= max(count - blocks.body_height(pane), 0)
        if spot.index is not None:
            assert pane.lines[spot.index].place is not None
            assert pane.lines[spot.index].key == spot.key


def test_the_newest_of_the_waiting_jobs_is_run_and_writes_are_all_done() -> None:
    done: list[str] = []
    gate = threading.Event()
    jobs = Background(lambda call: call())
    jobs.run("load", gate.wait, lambda outcome: done.append("first"))
    jobs.run("write", gate.wait, lambda outcome: done.append("write"))
    for name in ("second", "third"):
        jobs.run("load", lambda: None, lambda outcome, name=name: done.append(name))  # type: ignore[misc]
        jobs.run("write", lambda: None, lambda outcome, name=name: done.append(f"write {name}"))  # type: ignore[misc]
    gate.set()
    for _ in range(500):
        if not jobs.busy:
            break
        time.sleep(0.01)
    assert [name for name in done if not name.startswith("write")] == ["first", "third"]
    assert [name for name in done if name.startswith("write")] == ["write", "write second", "write third"]


def test_a_job_that_fails_hands_over_its_error() -> None:
    ended = threading.Event()
    errors: list[Exception | None] = []
    jobs = Background(lambda call: call())
    jobs.run("x", lambda: 1 / 0, lambda outcome: (errors.append(outcome.error), ended.set()))
    assert ended.wait(5)
    assert isinstance(errors[0], ZeroDivisionError)


@pytest.mark.parametrize("direction", ["up", "down", "left", "right"])
def test_neighbours_lie_over_against_each_other(direction: str) -> None:
    middle = Block("m", 20, 10, 20, 5, block(3, 5).lines)
    others = {
        "up": Block("u", 20, 0, 20, 5, block(3, 5).lines),
        "down": Block("d", 25, 20, 40, 5, block(3, 5).lines),
        "left": Block("l", 0, 12, 15, 5, block(3, 5).lines),
        "right": Block("r", 45, 8, 15, 5, block(3, 5).lines),
    }
    found = blocks.neighbour([middle, *others.values()], middle, direction)
    assert found is others[direction]


def test_a_secret_that_is_typed_is_not_shown() -> None:
    typed: list[str] = []
    line = Prompt("secret?", typed.append, hidden=True)
    line.insert("canary")
    assert "".join(line.shown(20)).strip() == "•" * 6
    line.commit(line.text)
    assert typed == ["canary"]


def test_the_text_twin_cuts_no_word() -> None:

    words = " ".join(f"word{number}" for number in range(40))
    place = Place("task", "t/1")
    page = Page(200, 60, (Block("tasks", 0, 0, 200, 60, (Line((Span(words),), place, "t/1"),)),))
    shown = twin(page, Size(60, 20)).blocks[0].lines
    assert [word for line in shown[1:] for word in line.text.split()] == words.split()
    assert all(line.width <= 60 for line in shown)
    assert [line.place for line in shown[1:]] == [place, *[None] * (len(shown) - 2)]


def test_what_stands_beside_the_labels_of_a_list_is_in_columns() -> None:
    entries = [
        Entry("AG-1", "agreement  Ridgebrook Laboratories  Pierre Duval", None),
        Entry("Contoso 日本", "account  A-1", None),
        Entry("why", "Why this is so: the formula, the rule, what was left out.", None),
    ]
    rows = [text_of(row) for row in picker_rows(Picker("Go", entries, print), Size(100, 8))][1:4]
    assert cells(rows[0][: rows[0].index("Ridge")]) == cells(rows[1][: rows[1].index("A-1")])
    assert "Why this is so: the formula, the rule, what was left out." in rows[2]


def test_a_page_of_a_list_is_what_is_seen_of_it() -> None:
    picker = Picker("Go", [Entry(str(number), "", None) for number in range(100)], print)
    picker_rows(picker, Size(80, 30))
    assert picker.page == 29
