"""What stands beside and below the figures on large screens, and how words give way on small ones."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panes_fakes import FakeCockpit, Source
from test_panes_today import assert_whole

from cockpit.base.cells import cells
from cockpit.core.moves import Bucket, Moves
from cockpit.panes.figures import short_label
from cockpit.panes.formats import Formats
from cockpit.panes.moves import MovedView, MovesData, MovesView
from cockpit.panes.pipeline import PipelineView
from cockpit.panes.task_lines import short_title
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root
from cockpit.panes.wrapping import packed, wrapped

VIEW = PipelineView()
DATA = replace(
    VIEW.load(FakeCockpit(), Context()),
    moved=MovesData(
        Moves(
            since=date(2026, 11, 17), since_words="the lock, Tue 17 Nov", through=date(2026, 11, 23),
            period="FY27-Q2", currency="USD", rebuilt=False, state="1",
            before=Decimal(79_400_000), after=Decimal(77_200_000),
            buckets=(Bucket("new", Decimal(700_000), 31), Bucket("lost", Decimal(-2_900_000), 62)),
            moved=93, balances=True, words="balances", columns=("bucket",), deals=(),
        ),
        Formats("auto", ".", "USD", False),
    ),
)  # fmt: skip


def lines_of(view, data, width, height):
    page = view.page(data, Size(width, height))
    assert_whole(page, Size(width, height))
    return page


def test_what_moved_is_drawn_where_there_is_room_and_told_where_there_is_not():
    high = lines_of(VIEW, DATA, 120, 36)
    drawn = [row.text for block in high.blocks if block.name == "moved" for row in block.lines]
    assert any(row.lstrip().startswith("lost") and "█" in row and "62 deals" in row for row in drawn)
    assert any("balances; 93 deals moved" in row for row in drawn)
    assert "past due and omitted" in drawn[0]
    board = next(len(block.lines) for block in high.blocks if block.name == "pipeline")
    low = lines_of(VIEW, DATA, 120, board + 7)
    told = [row.text for block in low.blocks if block.name == "moved" for row in block.lines]
    assert any("+0.7 new" in row for row in told)
    assert not any("█" in row for row in told)


def test_the_drawn_waterfall_opens_itself_and_each_step_its_deals():
    page = lines_of(VIEW, DATA, 120, 36)
    places = [row.place for block in page.blocks if block.name == "moved" for row in block.lines if row.place]
    opened = [VIEW.open(DATA, place) for place in places]
    assert isinstance(opened[0], MovesView)
    assert [view.bucket for view in opened[1:] if isinstance(view, MovedView)] == ["new", "lost"]


def test_the_figure_under_the_cursor_stands_beside_with_its_weeks_and_its_definition():
    page = VIEW.page(DATA, Size(120, 36))
    row = DATA.board.rows[0]
    line = next(one for one in page.blocks[0].lines if one.key == f"kpi:{row.name}")
    detail = [one.text for one in VIEW.detail(DATA, line, 50)]
    assert all(cells(text) == 50 for text in detail)
    text = "\n".join(detail)
    assert row.label in text
    assert row.word in text
    assert f"name        {row.name}" in text
    if any(row.trend):
        assert "The last whole weeks" in text


def test_a_figure_that_is_not_known_stands_beside_with_its_reason():
    from cockpit.panes.figure_detail import figure_detail

    unknown = replace(DATA.board.rows[0], value=None, delta=None, word="needs quota", trend=(), note="")
    text = "\n".join(one.text for one in figure_detail(unknown, DATA.formats, 44))
    assert "–" in text
    assert "needs quota" in text


def test_hidden_amounts_are_not_drawn_either():
    from cockpit.panes.figure_detail import figure_detail

    row = replace(DATA.board.rows[0], unit="money", trend=(Decimal(1), Decimal(2), Decimal(3)))
    lines = figure_detail(row, Formats("auto", ".", "USD", True), 60)
    assert "█" not in "\n".join(one.text for one in lines)


@pytest.mark.parametrize(
    ("title", "width", "shown"),
    [
        ("AG-5236 Deltawood Freight: T-60 offer", 40, "AG-5236 Deltawood Freight: T-60 offer"),
        ("AG-5236 Deltawood Freight: T-60 offer", 26, "AG-5236 Delta…: T-60 offer"),
        ("AG-5236 Deltawood Freight: T-60 offer", 20, "AG-5236: T-60 offer"),
        ("A title without a record that is long", 12, "A title wit…"),
    ],
)
def test_a_title_that_is_cut_keeps_the_record_and_the_work(title, width, shown):
    assert short_title(title, width) == shown


def test_a_label_gives_way_to_its_short_form_before_words_are_dropped():
    label = "Open pipeline due in the period"
    assert short_label(label, 40, "Open, due in period") == label
    assert short_label(label, 20, "Open, due in period") == "Open, due in period"
    assert short_label(label, 20) == "Open pipeline"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"])),
    st.integers(2, 30),
)
def test_nothing_of_a_long_word_is_lost_and_no_line_is_too_wide(text, width):
    lines = wrapped(text, width)
    assert "".join(lines) == "".join(text.split())
    assert all(cells(row) <= width for row in lines)


def test_a_key_is_broken_behind_its_marks_and_parts_are_kept_together():
    assert wrapped("us-field/exceptions-settled/2026-11-17", 28) == [
        "us-field/exceptions-settled/",
        "2026-11-17",
    ]
    assert packed(["17.3 =", "due 11.4,", "blocked -5"], 16) == ["17.3 = due 11.4,", "blocked -5"]


@pytest.mark.parametrize("width", [60, 80, 118, 198])
def test_names_of_sources_are_whole_at_every_width(width):
    cockpit = FakeCockpit(all_sources=(Source(), Source("opportunity_history", "opportunity_history.csv")))
    view = root("data")
    text = "\n".join(row.text for row in view.page(view.load(cockpit, Context()), Size(width, 30)).rows())
    assert "opportunity_history" in text
    assert "…" not in text.split("Control totals")[0]
    if width > 100:
        assert "opportunity_history.csv" in text


def test_the_source_under_the_cursor_says_what_each_count_means():
    cockpit = FakeCockpit()
    view = root("data")
    data = view.load(cockpit, Context())
    row = next(one for one in view.page(data, Size(120, 30)).blocks[0].lines if one.place is not None)
    detail = [one.text for one in view.detail(data, row, 40)]
    assert all(cells(text) == 40 for text in detail)
    text = " ".join(part.strip() for part in detail)
    assert data.sources[0].name in text
    assert f"{data.sources[0].rejected:,}  rows rejected: a value that is needed was wrong" in text
    assert "amount  Est. Revenue" in text
    assert view.detail(data, None, 40) == ()
