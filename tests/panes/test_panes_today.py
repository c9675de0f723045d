"""Today at the sizes of the drawings, against kept pictures, and at every size in between."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panes_fakes import MOVED, TASKS, TODAY, FakeCockpit, Source, task

from cockpit.base.problems import Problem, SourceError
from cockpit.panes.formats import Formats
from cockpit.panes.head import head_facts, head_line
from cockpit.panes.moves import MovesData
from cockpit.panes.today import TodayView
from cockpit.panes.view import Context, Size
from cockpit.panes.views import view_for

GOLDEN = Path(__file__).parent / "golden"


def drawn(cockpit, width, height, data=None):
    """The whole screen but its foot: the head line and the page under it."""
    view = TodayView()
    page = view.page(
        data or replace(view.load(cockpit, Context()), moved=MovesData(MOVED, Formats())), Size(width, height)
    )
    head = head_line(head_facts(cockpit, Context()), width)
    return "\n".join(row.text.rstrip() for row in [head, *page.rows()]).rstrip() + "\n"


def assert_whole(page, size):
    """Blocks lie inside the page, do not overlap, and every line has exactly its block's width."""
    taken = set()
    for block in page.blocks:
        assert block.x >= 0
        assert block.y >= 0
        assert block.x + block.width <= size.width, block.name
        assert block.y + block.height <= size.height, block.name
        for row in range(block.y, block.y + block.height):
            for column in (block.x, block.x + block.width - 1):
                assert (row, column) not in taken or block.width == 1, block.name
            taken.update((row, column) for column in range(block.x, block.x + block.width))
        for line in [*block.lines[:60], *block.foot]:
            assert line.width == block.width, (block.name, line.text)


@pytest.mark.parametrize(("width", "height"), [(80, 21), (120, 36), (154, 56), (204, 56)])
def test_today_looks_like_its_kept_picture(width, height):
    picture = GOLDEN / f"today-{width}x{height}.txt"
    assert drawn(FakeCockpit(), width, height) == picture.read_text(encoding="utf-8")


@given(st.integers(60, 250), st.integers(14, 80))
def test_today_is_whole_at_every_size(width, height):
    view = TodayView()
    size = Size(width, height)
    assert_whole(view.page(LOADED, size), size)


@given(st.integers(20, 250))
def test_the_head_line_is_exactly_as_wide_as_the_screen(width):
    assert head_line(head_facts(FakeCockpit(), Context()), width).width == width


def test_the_head_line_says_on_80_columns_that_nothing_can_be_changed_and_that_all_is_invented():
    cockpit = FakeCockpit(read_only=True)
    assert "read-only" in head_line(head_facts(cockpit, Context()), 80).text
    cockpit.workspace.is_demo = True
    for width in (80, 100, 120):
        assert "demo, read-only" in head_line(head_facts(cockpit, Context()), width).text


LOADED = TodayView().load(FakeCockpit(), Context())


def test_findings_tell_what_is_late_off_target_and_changed_and_open_at_the_right_depth():
    findings = LOADED.findings
    assert findings.found > len(findings.shown) == 3
    by_sort = {finding.sort: finding for finding in findings.shown}
    late = by_sort["late"]
    assert late.strong == "AG-1042 Contoso: T-30 PO path"
    assert "late 3 BD since Wed 18 Nov, Marsh; 3 more tasks late" in late.rest
    assert late.place.where == "overdue"
    assert late.place.focus == "t/1"
    change = by_sort["change"]
    assert change.place.by == ("manager",)
    assert change.place.focus == "Brooks"
    assert "33.7 % (31 of 92), was 52.0 %" in change.rest
    for finding in findings.shown:
        assert view_for(finding.place) is not None


def test_nothing_wrong_says_so_in_words():
    cockpit = FakeCockpit(all_tasks=(), all_sources=(Source(rejected=0, unmatched=0, repeated=0),))
    data = TodayView().load(cockpit, Context())
    quiet = replace(data, findings=replace(data.findings, shown=(), found=0))
    assert "Nothing is late, off target or wrong with the data." in drawn(cockpit, 100, 30, quiet)
    assert "Nothing is late and nothing has begun" in drawn(cockpit, 100, 30, quiet)


def test_the_quick_page_needs_no_figures_and_shows_the_last_known_ones_with_their_age():
    cockpit = FakeCockpit()
    view = TodayView()
    view.load(cockpit, Context())
    cockpit.asked.clear()
    quick = view.quick(cockpit, Context())
    assert cockpit.asked == []
    text = drawn(cockpit, 120, 37, quick)
    assert "last known" in text
    assert "21.6M" in text
    assert "Forecast lock W09" in text


def test_figures_of_another_question_are_not_remembered():
    cockpit = FakeCockpit()
    TodayView().load(cockpit, Context(period="ytd"))
    assert cockpit.known is None


def test_data_that_cannot_be_read_is_a_finding_and_the_screen_stays_up():
    cockpit = FakeCockpit()
    TodayView().load(cockpit, Context())
    cockpit.error = SourceError(Problem("is empty", "Opportunities.csv"))
    data = TodayView().load(cockpit, Context())
    text = drawn(cockpit, 120, 37, data)
    assert "Not fresh: Opportunities.csv: is empty" in text
    assert "21.6M" in text
    assert any(finding.sort == "data" for finding in data.findings.shown)


def test_hidden_amounts_show_no_amount():
    data = TodayView().load(FakeCockpit(), Context(blank_money=True))
    text = drawn(FakeCockpit(), 120, 37, data)
    assert "21.6M" not in text
    assert "48.5 %" in text


def test_text_from_outside_cannot_break_the_columns():
    hostile = "deal [/b] x [@click=app.quit] 漢字のとても長い名前 " + "é" * 80
    tasks = (task("t/x", hostile, TODAY, "Ünï" * 20, at="09:00"), *TASKS)
    data = TodayView().load(FakeCockpit(all_tasks=tasks), Context())
    for width in (60, 80, 113, 120, 163, 250):
        size = Size(width, 37)
        page = TodayView().page(data, size)
        assert_whole(page, size)
    assert "[/b] x" in drawn(FakeCockpit(all_tasks=tasks), 200, 57, data)


def test_what_others_did_is_the_last_line_and_own_changes_are_not_news():
    text = drawn(FakeCockpit(), 120, 37)
    assert text.rstrip().splitlines()[-1].strip().startswith("08:11  M. Brooks: status open -> done")


def test_stocks_have_no_sparkline():
    board = LOADED.board
    trends = {row.name: row.trend for row in board.rows}
    assert len(trends["won_amount"]) == 8
    assert trends["past_due_count"] == ()
    assert trends["coverage_gap"] == ()
    assert trends["velocity"] == ()


def test_every_pane_title_leads_to_its_view():
    page = TodayView().page(LOADED, Size(120, 37))
    titles = {block.name: block.lines[0].place for block in page.blocks}
    for name, view in (
        ("tasks", "tasks"),
        ("pipeline", "pipeline"),
        ("rhythm", "rhythm"),
        ("annuity", "annuity"),
    ):
        assert titles[name].name == view
