"""A search over many rows: the next key takes its place, Esc leaves at once, and how far it is is said."""

from dataclasses import dataclass
from typing import Any

import pytest
from fakes import Desk, ListView, row

from cockpit.base.unwanted import Unwanted, step_done
from cockpit.panes.lines import Line
from cockpit.panes.view import View


@dataclass(frozen=True)
class SlowView(ListView):
    """A list that is asked for once and searched in steps."""

    def load(self, cockpit: Any, context: Any) -> Any:
        asked.append(self.text)
        return range(self.count)

    def rows(self, data: Any) -> list[Line]:
        return [row(f"kpi{number} of Today", f"kpi{number}") for number in data]

    def shares_data(self, other: View) -> bool:
        return self == other

    def remade(self, other: View, data: Any) -> Any:
        for step in range(1, 5):
            step_done(step / 4)
        searched.append(self.text)
        return [number for number in data if self.text in f"kpi{number} of"]


asked: list[str] = []
searched: list[str] = []


@pytest.fixture
def desk() -> Desk:
    asked.clear()
    searched.clear()
    found = Desk(today=SlowView())
    assert asked == [""]
    found.shell.at_once = False
    return found


def typed(desk: Desk, text: str) -> None:
    for letter in text:
        desk.press(letter)
        desk.shell.fire("narrow")


def test_letters_that_come_faster_than_the_search_are_searched_in_what_was_read_once(desk: Desk) -> None:
    desk.press("/")
    typed(desk, "kpi12")
    assert "kpi0 of" in desk.text  # what is shown stays until the answer is there
    desk.shell.work_off()
    assert "kpi12 of" in desk.text
    assert "kpi0 of" not in desk.text
    assert asked == [""]
    assert searched == ["kpi12"]


def test_a_search_whose_place_was_taken_is_given_up(desk: Desk) -> None:
    desk.press("/")
    typed(desk, "k")
    first = next(job for group, job, _ in desk.shell.jobs if group.startswith("load"))
    typed(desk, "p")
    with pytest.raises(Unwanted):
        first()
    assert searched == []


def test_esc_gives_back_everything_without_another_search(desk: Desk) -> None:
    desk.press("/")
    typed(desk, "kpi12")
    desk.shell.jobs.clear()
    desk.press("escape")
    assert "kpi0 of" in desk.text
    assert desk.session.level.complete
    assert not [group for group, _, _ in desk.shell.jobs if group.startswith(("load", "quick"))]


def test_a_search_that_takes_long_says_how_far_it_is(desk: Desk) -> None:
    desk.press("/")
    typed(desk, "k")
    level = desk.session.level
    level.progress = 0.42
    desk.shell.fire("waiting")
    assert "looking through the rows, 42%" in desk.text
    assert "waiting" in desk.shell.timers  # and goes on saying it
    desk.shell.work_off()
    assert "looking through" not in desk.text
    desk.shell.fire("waiting")
    assert "waiting" not in desk.shell.timers


def test_a_level_that_was_left_is_given_up(desk: Desk) -> None:
    desk.press("enter")
    job = next(job for group, job, _ in desk.shell.jobs if group.startswith("load"))
    level = desk.session.level
    desk.press("escape")
    assert level.unwanted
    job()  # a load without steps ends as it may; nobody shows it
    assert "kpi0 of Today" in desk.text


def test_a_long_load_says_what_is_being_read_and_for_how_long(desk: Desk) -> None:
    desk.cockpit.data.reading = ("opportunities", 1, 8)
    desk.press("[")
    desk.shell.fire("waiting")
    assert "as of Thu 19 Nov 2026   reading opportunities, table 1 of 8 " in desk.text
    desk.session.level.asked_at -= 12  # type: ignore[operator]
    desk.cockpit.data.reading = ("agreements", 2, 8)
    desk.shell.fire("waiting")
    assert "reading agreements, table 2 of 8, 12 s" in desk.text
    desk.cockpit.data.reading = None
    desk.shell.fire("waiting")
    assert "loading…, 12 s" in desk.text
    desk.shell.work_off()
    assert "loading" not in desk.text
