"""The grammar of the keys: the same key means the same everywhere, and one that cannot act says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from fakes import Desk, DetailView, ListView, Metrics, PlainView, row

from cockpit.metrics.table_rows import TableRows
from cockpit.panes.explain import ExplainView
from cockpit.panes.explained import explained
from cockpit.panes.lines import Line
from cockpit.panes.place import Place
from cockpit.panes.task import TaskView
from cockpit.panes.view import Question, RawTable, View
from cockpit.panes.views import view_for
from cockpit.tui.counting import value_counts


@dataclass(frozen=True)
class Silent(ListView):
    """A list that explains nothing by itself, and whose figures are amounts."""

    def explanation(self, data: Any, line: Line | None) -> View | None:
        return None

    def table(self, data: Any) -> RawTable:
        rows = (("Brooks", Decimal("12.50"), 3), ("Okafor", None, 4))
        return RawTable("Won", ("manager", "amount", "deals"), rows)


def test_keys_that_cannot_act_say_so() -> None:
    desk = Desk()
    assert desk.press("t").message.startswith("the figures stand at the workspace's own date")
    assert desk.press("escape").message == "there is no level above this; q leaves the cockpit"
    assert desk.press("i").message == "there is no detail here"
    alone = Desk(tasks=PlainView("tasks", "Why")).press("3")
    assert alone.press("tab").message == "there is no other pane here"
    assert alone.press("z").message == "this pane is alone already"
    assert alone.press("e").message == "there is nothing more to explain here"


def test_a_detail_without_words_is_not_opened_over_the_view() -> None:
    @dataclass(frozen=True)
    class Wordless(DetailView):
        def detail(self, data: Any, line: Line | None, width: int) -> list[Line]:
            return []

    desk = Desk(today=Wordless())
    assert desk.press("i").message == "there is no detail here"
    assert desk.session.state.detail is None


def test_e_explains_whatever_the_line_leads_to() -> None:
    assert isinstance(explained(Place("task", "us/x")), TaskView)
    assert explained(Place("kpi", "close_rate", where="manager = 'Brooks'")) == ExplainView(
        "close_rate", "manager = 'Brooks'"
    )
    assert explained(Place("rows", "won_count")) == ExplainView("won_count")
    assert explained(Place("view", "data")) is None
    assert explained(None) is None
    desk = Desk(today=Silent())
    desk.press("e")
    assert desk.session.level.view == ExplainView("kpi0")


def test_braces_stop_at_locks_and_period_ends_and_come_back_to_today() -> None:
    desk = Desk()
    lock = SimpleNamespace(label="Forecast W08", labels=("Forecast W08",), day=date(2026, 11, 17))
    unlocked = SimpleNamespace(label=None, labels=(), day=date(2026, 11, 18))
    desk.cockpit.data.now_held = datetime(2026, 11, 20, tzinfo=UTC)
    desk.cockpit.history = SimpleNamespace(index=SimpleNamespace(snapshots=(lock, unlocked)))  # type: ignore[attr-defined]
    desk.cockpit.known = SimpleNamespace(day_of=lambda one: one.day)  # type: ignore[attr-defined]
    assert desk.press("{").message == "as of Tue 17 Nov 2026, Forecast W08"
    assert desk.session.state.context.as_of == date(2026, 11, 17)
    assert desk.press("{").session.state.context.as_of == date(2026, 10, 31)
    assert desk.press("}").session.state.context.as_of == date(2026, 11, 17)
    assert desk.press("}").session.state.context.as_of is None


@pytest.mark.parametrize("keys", [("y", "t"), ("x", "enter")])
def test_while_amounts_are_hidden_none_is_taken_along(
    keys: tuple[str, ...], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk(today=Silent()).press(";", *keys)
    taken = desk.shell.copied[0] if keys[0] == "y" else next(tmp_path.glob("*.csv")).read_text()
    assert taken.replace(",", "\t").split() == ["manager", "amount", "deals", "Brooks", "3", "Okafor", "4"]
    assert "without the amounts, which are hidden" in desk.message
    desk.press(";", "y", "t")
    assert "Brooks\t12.50\t3" in desk.shell.copied[-1]
    assert "hidden" not in desk.message


def test_an_export_offers_a_free_name_and_asks_again_for_one_that_cannot_be_used(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk(today=Silent()).press("x", "enter")
    (first,) = tmp_path.glob("*.csv")
    desk.press("x")
    prompt = desk.session.state.prompt
    assert prompt is not None and prompt.text == f"{first.stem}-2.csv"
    desk.press("ctrl+u").type("typo/a.csv").press("enter")
    prompt = desk.session.state.prompt
    assert prompt is not None and prompt.text == "typo/a.csv"
    assert "its folder is not there" in prompt.aside
    desk.press("ctrl+u").type("a.csv").press("enter")
    assert desk.session.state.prompt is None
    assert (tmp_path / "a.csv").read_text() == first.read_text()


def test_while_amounts_are_hidden_a_row_is_copied_as_it_is_seen() -> None:
    desk = Desk().press("Y")
    assert desk.shell.copied == ["kpi0 of Today \tkpi0\t0.25"]
    desk.press(";", "Y")
    assert desk.shell.copied[-1] == "kpi0 of Today"
    assert desk.press("y", "b").message.startswith("the brief tells amounts, which are hidden")


def test_hidden_amounts_are_not_counted_either() -> None:
    desk = Desk(today=Silent()).press(";", "f", "a")
    assert "12.50" not in desk.text
    assert "(blank)" in desk.text


def test_values_of_many_rows_are_counted_without_making_the_rows() -> None:
    frame = pl.DataFrame({"stage": ["Won", None, "Won"], "day": [date(2026, 11, 20)] * 3})
    table = RawTable("Deals", ("stage", "day"), TableRows(frame))
    found = [[(one.label, one.mark.strip()) for one in value_counts(table, column)] for column in (0, 1)]
    assert found == [[("Won", "2"), ("(blank)", "1")], [("2026-11-20", "3")]]


def test_the_title_of_a_group_opens_nothing_and_says_what_it_is_for() -> None:
    @dataclass(frozen=True)
    class Grouped(ListView):
        def rows(self, data: Any) -> list[Line]:
            return [row("Late", "late", "group"), *super().rows(data)]

    desk = Desk(today=Grouped()).press("enter")
    assert desk.message == "this title opens nothing; Space selects all below it"
    assert view_for(Place("group", "late")) is None


def test_a_new_day_is_seen_at_the_next_minute_and_not_before() -> None:
    desk = Desk()
    desk.session.minute_passed()
    loads = len(desk.cockpit.loads)
    desk.session.minute_passed()
    assert len(desk.cockpit.loads) == loads
    desk.cockpit.today, desk.cockpit.as_of = date(2026, 11, 24), date(2026, 11, 23)
    desk.session.minute_passed()
    assert len(desk.cockpit.loads) == loads + 1
    assert desk.session.own_as_of == date(2026, 11, 23)


@dataclass(frozen=True)
class Owned(ListView):
    """A list whose lines people can be asked about."""

    def questions(self, data: Any, keys: Sequence[str]) -> Sequence[Question]:
        people = {"kpi0": "Brooks", "kpi1": "Okafor", "kpi2": "Brooks"}
        return [Question(people[key], f"{key}: 33.7 %", f"note/{key}") for key in keys if key in people]


def test_m_asks_whoever_is_behind_a_line_or_the_selected_ones_and_notes_it() -> None:
    desk = Desk(today=Owned()).press("m")
    assert "asked Brooks" in desk.screen[-3]
    desk.press("enter")
    assert desk.shell.copied == ["Brooks:\n- kpi0: 33.7 %\nWhat is behind it, what follows, and by when?\n"]
    assert desk.message == "copied by OSC 52, noted on 1"
    assert desk.cockpit.store.notes == [("note/kpi0", "asked Brooks")]
    desk.press("g", "g", "space", "space", "space", "m", "enter")
    asked = "What is behind it, what follows, and by when?"
    assert desk.shell.copied[-1] == (
        f"Brooks:\n- kpi0: 33.7 %\n- kpi2: 33.7 %\n{asked}\n\nOkafor:\n- kpi1: 33.7 %\n{asked}\n"
    )
    assert not desk.session.level.selected
    assert desk.press("G", "m").message.startswith("nobody is behind this line")


def test_lines_that_are_selected_are_tasks_only_where_lines_are_tasks() -> None:
    desk = Desk().press("space", "D")
    assert desk.message == "there is no task under the cursor"
    assert desk.session.level.selected == {"kpi0"}


def test_on_a_figure_e_capital_says_where_it_is_defined_and_opens_no_calendar() -> None:
    desk = Desk()
    metric = SimpleNamespace(name="kpi0", file="catalogue/pipeline.toml", line=130)
    desk.cockpit.catalogue = Metrics([metric])
    desk.cockpit.workspace.metrics_folder = Path("metrics")
    desk.press("E")
    assert desk.message.startswith("kpi0: catalogue/pipeline.toml:130; a file in metrics/")
