"""The Rhythm screen against kept pictures, at every width, narrowed, grouped, and against last year."""

import os
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rhythm_calendar import TOML, RhythmCockpit

from cockpit.base.problems import UsageError
from cockpit.panes.last_year import YearBefore
from cockpit.panes.lines import Line, cells
from cockpit.panes.month_grid import LEGEND, load_glyph
from cockpit.panes.occurrence import OccurrenceView
from cockpit.panes.place import Place
from cockpit.panes.rhythm import RhythmView
from cockpit.panes.view import Context, Size
from cockpit.panes.year_strip import strip_lines
from cockpit.rhythm.agenda_filter import parse_filter

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = "[/b] [@click=app.quit]x[/] \\[ 日本語 e\u0301"


@pytest.fixture(autouse=True)
def in_los_angeles(monkeypatch):
    """The viewer sits where the calendar is."""
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory):
    return RhythmCockpit(tmp_path_factory.mktemp("calendar"))


def loaded(cockpit, view=None, context=None):
    return (view or RhythmView()).load(cockpit, context or Context())


def text_of(view, data, size=None):
    size = size or Size(120, 36)
    return "\n".join(row.text.rstrip() for row in view.page(data, size).rows()).rstrip() + "\n"


def titles(data):
    return [item.title for item in data.items]


@pytest.mark.parametrize(("width", "height"), [(80, 21), (120, 36), (200, 56)])
def test_the_screen_is_as_it_was_drawn(cockpit, width, height):
    shown = text_of(RhythmView(), loaded(cockpit), Size(width, height))
    kept = GOLDEN / f"rhythm-{width}x{height}.txt"
    if os.environ.get("KEEP_GOLDEN"):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(60, 250), st.integers(11, 60), st.sampled_from(["", "role", "kind", "workstream"]))
def test_any_size_is_filled_exactly(cockpit, width, height, group):
    view = RhythmView(group=group, actions=True)
    page = view.page(loaded(cockpit, view), Size(width, height))
    for block in page.blocks:
        assert block.x + block.width <= width
        assert block.y + block.height <= height
        for line in block.lines[: block.height]:
            assert cells(line.text) <= block.width


def test_marks_and_load_are_glyphs(cockpit):
    shown = text_of(RhythmView(), loaded(cockpit))
    assert "█23" in shown
    assert "◆ 8" in shown
    assert "x26" in shown
    assert "│24" in shown
    assert " 3▇" in shown
    assert LEGEND in shown
    assert load_glyph(0, 9) == " "
    assert [load_glyph(load, 7) for load in (1, 4, 7, 99)] == ["▁", "▄", "▇", "▇"]


def test_the_months_and_the_year_bear_fiscal_and_calendar_names(cockpit):
    shown = text_of(RhythmView(), loaded(cockpit))
    assert "Dec 2026               FY27-P06" in shown
    heads = strip_lines(loaded(cockpit).year, 120)[0].text
    assert "Q1 Jul" in heads
    assert "Q4 Apr" in heads


@given(st.integers(20, 250))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_year_fits_and_shows_this_week(cockpit, width):
    lines = strip_lines(loaded(cockpit).year, width)
    assert all(cells(line.text) == width for line in lines)
    assert "█" in lines[-1].text


def test_actions_are_counted_until_they_are_asked_for(cockpit):
    data = loaded(cockpit)
    (line,) = [item for item in data.items if item.date == date(2026, 12, 3) and item.kind == "due"]
    assert line.title == "1 due: sopm"
    opened = RhythmView().open(data, Place("view", "rhythm", focus="2026-12-03"))
    assert opened == RhythmView(first=date(2026, 12, 3), actions=True)
    assert "Review pack" in titles(loaded(cockpit, opened))
    assert RhythmView().divided(data, "actions", None).actions


@pytest.mark.parametrize(
    ("words", "wanted", "unwanted"),
    [
        ("role:sopm", "Review pack", "Quarter close"),
        ("kind:deadline", "Quarter close", "Pipeline cadence"),
        ("scope:uk", "UK call, uk", "Pipeline cadence"),
        ("type:action", "Review pack", "Monthly review"),
        ("role:sopm -cadence", "Monthly review", "Pipeline cadence"),
        ("workstream:hygiene snap", "Snapshot of the quarter", "Review pack"),
        ("thanks", "Thanksgiving", "Pipeline cadence"),
    ],
)
def test_words_narrow_everything(cockpit, words, wanted, unwanted):
    view = RhythmView().narrowed(words)
    data = loaded(cockpit, view)
    assert wanted in titles(data)
    assert unwanted not in titles(data)
    assert f"with “{words}”" in text_of(view, data)
    assert view.narrowing() == words


def test_narrowing_holds_for_the_load_too(cockpit):
    data = loaded(cockpit, RhythmView(needle="role:deal-desk"))
    assert date(2026, 12, 3) not in data.marks.load
    assert data.marks.load[date(2026, 12, 31)] == 1


def test_an_unknown_field_names_the_nearest_one():
    with pytest.raises(UsageError, match=r"no field rol .*role"):
        RhythmView().narrowed("rol:sopm")
    assert parse_filter("T-30: rule 17:00").words[0].field is None
    assert not parse_filter("  ")
    assert not parse_filter("role:")


def test_nothing_that_matches_says_what_to_do(cockpit):
    view = RhythmView(needle="nothing like it")
    assert "Esc shows all again" in text_of(view, loaded(cockpit, view))


def test_labels_jump_and_walk_from_unit_to_unit(cockpit):
    view = RhythmView().narrowed("fy27-q3")
    data = loaded(cockpit, view)
    assert (data.first, data.last) == (date(2027, 1, 1), date(2027, 3, 31))
    assert view.crumbs() == ("Rhythm", "FY27-Q3")
    assert view.sibling(data, 1).unit == "FY27-Q4"
    assert view.sibling(data, -1).unit == "FY27-Q2"
    with pytest.raises(UsageError):
        loaded(cockpit, RhythmView(unit="FY27-Q9"))
    assert RhythmView.at(Place("view", "rhythm", focus="FY27-P05")).unit == "FY27-P05"


def test_the_period_of_all_views_is_followed(cockpit):
    data = loaded(cockpit, context=Context(period="FY27-P07"))
    assert (data.first, data.label) == (date(2027, 1, 1), "FY27-P07")


def test_days_and_deadlines_are_stepped(cockpit):
    view = RhythmView()
    data = loaded(cockpit)
    assert view.stepped(data, "day", -1).first == date(2026, 11, 22)
    assert view.stepped(data, "stop", 1).first == date(2026, 12, 8)
    assert view.stepped(data, "stop", -1).first == date(2026, 11, 10)
    assert view.stepped(data, "today", 0).first == data.today
    assert view.facts(data) == "next deadline Tue 8 Dec"
    assert loaded(cockpit, RhythmView(first=date(2026, 12, 8))).ruler.left == data.ruler.left


def test_grouped_by_role_an_event_stands_under_each_of_its_roles(cockpit):
    view = RhythmView(actions=True, group="role")
    data = loaded(cockpit, view)
    groups = dict(data.groups)
    assert "Pipeline cadence" in [item.title for item in groups["manager"]]
    assert "Pipeline cadence" in [item.title for item in groups["sopm"]]
    agenda = next(block for block in view.page(data, Size(120, 36)).blocks if block.name == "agenda")
    keys = [line.key for line in agenda.lines if line.key]
    assert len(keys) == len(set(keys))
    narrowed = loaded(cockpit, replace(view, needle="role:sopm"))
    assert [name for name, _ in narrowed.groups] == ["sopm"]


def test_versus_last_year_tells_the_days_between(cockpit):
    view = RhythmView().compared(loaded(cockpit), "year")
    data = loaded(cockpit, view)
    review = next(item for item in data.items if item.title == "Monthly review")
    assert data.year_before[review.key] == YearBefore(date(2025, 12, 9), -1)
    assert YearBefore(date(2025, 12, 9), -1).words == "was Tue 9 Dec, 1 d earlier"
    assert "was Tue 9 Dec, 1 d earlier" in text_of(view, data)
    assert "9 Dec -1 d" in text_of(view, data, Size(80, 30))
    assert view.table(data).columns[-2:] == ("last_year", "days_later")
    assert not view.compared(data, "").versus_year


def test_who_sits_elsewhere_sees_both_times(cockpit, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    view = RhythmView()
    shown = text_of(view, loaded(cockpit))
    assert "09:00 18:00" in shown
    assert "17:00 02:00+1" in shown
    assert "PST, CET here" in shown
    item = next(item for item in loaded(cockpit).items if item.title == "Monthly review")
    found = OccurrenceView(item.key, item.date)
    assert "where you are 19:00" in text_of(found, loaded(cockpit, found))


def test_an_occurrence_tells_who_owes_what_by_when(cockpit):
    view = OccurrenceView("us-field/mbr/FY27-P06", date(2026, 12, 8))
    data = loaded(cockpit, view)
    shown = text_of(view, data)
    assert "2nd Tuesday of FY27-P06" in shown
    assert "us-field.toml:" in shown
    assert "1 to hand in, 1 late" in shown
    assert "late 3 BD" in shown
    assert "Davis   open   proof: link" in shown
    (owed,) = data.owed
    page = view.page(data, Size(120, 36))
    places = [line.place for line in page.blocks[0].lines if line.place]
    assert places[0] == Place("task", owed.action.key, where="2026-12-03")
    alone = OccurrenceView("us-field/snapshot/FY27-Q2", date(2026, 12, 31))
    assert loaded(cockpit, alone).owed == ()


def test_the_detail_is_that_of_the_line(cockpit):
    view = RhythmView()
    data = loaded(cockpit)
    line = Line((), Place("occurrence", "us-field/mbr/FY27-P06"), "us-field/mbr/FY27-P06")
    detail = "\n".join(row.text for row in view.detail(data, line, 44))
    assert "2nd Tue of month" in detail
    assert "what          The month, in one hour" in detail
    assert "defined in    us-field.toml:" in detail
    assert all(row.width == 44 for row in view.detail(data, line, 44))
    assert view.detail(data, None, 44) == ()
    assert view.subject(data, line) == "us-field/mbr/FY27-P06"


def test_five_hundred_lines_are_drawn_only_where_they_are_seen(tmp_path):
    events = "".join(
        f'[[event]]\nid = "e{n}"\ntitle = "Event {n}"\nkind = "cadence"\nwhen = "every BD"\n'
        for n in range(15)
    )
    cockpit = RhythmCockpit(tmp_path, TOML + events)
    view = RhythmView()
    data = loaded(cockpit, view)
    assert len(data.items) > 500
    begin = time.perf_counter()
    page = view.page(data, Size(120, 36))
    assert time.perf_counter() - begin < 0.25
    agenda = next(block for block in page.blocks if block.name == "agenda")
    assert len(agenda.lines) == len(data.items) + 1
    assert "Event" in agenda.lines[len(agenda.lines) - 5].text


def test_hostile_titles_stay_text_and_in_their_column(tmp_path):
    text = TOML.replace('"Monthly review"', "'" + HOSTILE + "'")
    cockpit = RhythmCockpit(tmp_path, text)
    view = RhythmView()
    shown = text_of(view, loaded(cockpit))
    assert "[@click=app.quit]" in shown
    for row in view.page(loaded(cockpit), Size(90, 30)).rows():
        assert row.width <= 90


def test_an_empty_calendar_says_so(tmp_path):
    text = TOML.split("[[scope]]")[0]
    cockpit = RhythmCockpit(tmp_path, text)
    view = RhythmView(first=date(2027, 2, 2))
    data = loaded(cockpit, view)
    empty = replace(data, groups=(("", ()),))
    assert "goes on, t is today" in text_of(view, empty)
    assert data.most == 0
    assert data.last - data.first == timedelta(days=55)
