"""Every view in words: nothing drawn, nothing lost, in reading order."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.core import Cockpit
from cockpit.panes.lines import Block, Line, Page, Span, rule
from cockpit.panes.place import VIEWS, Place
from cockpit.panes.spoken import ROOM, spoken, spoken_lines
from cockpit.panes.view import Context
from cockpit.panes.views import root, view_for
from cockpit.workspace import write_demo

DRAWN = re.compile("[\u2500-\u259f\u25a0-\u25ff\u2800-\u28ff]")
PLACES = (
    *(Place("view", name) for name in VIEWS),
    Place("kpi", "close_rate", by=("manager",)),
    Place("kpi", "velocity"),
    Place("explain", "close_rate"),
    Place("rows", "past_due_count"),
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cockpit]:
    folder: Path = tmp_path_factory.mktemp("spoken") / "ws"
    write_demo(folder, rows=2000)
    with Cockpit.open(folder) as cockpit:
        yield cockpit


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.kind}-{place.name}")
def test_every_view_is_told_without_drawing(demo: Cockpit, place: Place) -> None:
    view = root(place.name) if place.kind == "view" else view_for(place)
    assert view is not None
    page = view.page(view.load(demo, Context()), ROOM)
    lines = spoken_lines(page)
    text = "\n".join(line.text for line in lines)
    assert text.strip()
    assert not DRAWN.search(text)
    assert "  " not in text
    numbers = {
        word for block in page.blocks for line in block.lines for word in re.findall(r"\d+\.\d+", line.text)
    }
    assert numbers <= set(re.findall(r"\d+\.\d+", text)), "every figure is told"
    opened = {line.place for block in page.blocks for line in block.lines if line.place and line.text.strip()}
    assert opened <= {line.place for line in lines if line.place}


def test_glyphs_become_words_and_titles_sentences() -> None:
    assert spoken(rule("Tasks", "4 late   1 today", 60)).text == "Tasks: 4 late, 1 today"
    assert spoken(rule("Tasks", "", 60)).text == "Tasks"
    line = Line((Span("18:00 "), Span("◆", "deadline"), Span(" Forecast lock   "), Span("▁▃█", "spark")))
    assert spoken(line).text == "18:00, deadline, Forecast lock"
    assert spoken(Line((Span("Jul   1.2M   ·   0.4M"),))).text == "Jul, 1.2M, none, 0.4M"
    assert spoken(Line((Span("━━━ ━━━", "past"),))).text == ""


def test_long_panes_say_how_much_is_left_out() -> None:
    lines = [Line((Span(f"row {number}"),)) for number in range(30)]
    page = Page(200, 60, (Block("rows", 0, 0, 200, 60, lines),))
    told = spoken_lines(page, most=10)
    assert [line.text for line in told[-2:]] == ["row 9", "20 more lines"]


def test_values_are_said_with_the_names_of_their_columns() -> None:
    place = Place("kpi", "won_amount")
    lines = (
        rule("Book", "", 60),
        Line((Span("due in     base     late", "dim"),)),
        Line((Span("FY27-P01   1.2M     ·"),), place),
        Line(
            (
                Span("! FY27-P02 "),
                Span("███", "bar"),
                Span("1.3M     0.1M"),
            ),
            place,
        ),
        Line((Span("only two   values"),)),
    )
    told = [line.text for line in spoken_lines(Page(60, 5, (Block("book", 0, 0, 60, 5, lines),)))]
    assert told == [
        "Book",
        "due in, base, late",
        "due in FY27-P01, base 1.2M, late none",
        "due in attention: FY27-P02, base 1.3M, late 0.1M",
        "only two, values",
    ]


def test_a_drawing_says_what_it_shows(demo: Cockpit) -> None:
    view = root("today")
    text = "\n".join(line.text for line in spoken_lines(view.page(view.load(demo, Context()), ROOM)))
    assert "Q2: deadlines Tue 24 Nov, Wed 25 Nov, " in text
    assert "closed Thu 26 Nov, Fri 27 Nov" in text
    assert "25 BD left after today" in text
    assert "week, 01" not in text


def test_no_word_of_a_task_is_cut_for_the_ear(demo: Cockpit) -> None:
    for name in ("today", "tasks"):
        view = root(name)
        lines = spoken_lines(view.page(view.load(demo, Context()), ROOM))
        assert not [line.text for line in lines if "…" in line.text]
