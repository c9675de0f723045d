"""The views behind the digits: whole at every size, narrowed by text, opened, and never without words."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as altered
from panes_fakes import OCCURRENCES, TASKS, TODAY, FakeCockpit, Source, task
from test_panes_today import assert_whole

from cockpit.base.cells import cells
from cockpit.base.problems import Problem, UsageError
from cockpit.core.controls import Control
from cockpit.panes.lines import plain
from cockpit.panes.place import VIEWS, Place
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import task_columns, task_line
from cockpit.panes.task_words import whose_within
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root, view_for
from cockpit.text.tasks import tasks_text

PLACES = (
    Place("task", "t/1"),
    Place("occurrence", OCCURRENCES[3].key),
    Place("data", "opportunities"),
    Place("record", "opportunities", where="OPP-0007"),
    Place("agreement", "AG-1042"),
)
SEASON = altered(TASKS[0], key="f/1", workstream="faststart", due=date(2027, 7, 1), overdue=False)
IN_SEASON = FakeCockpit(today=date(2027, 6, 1), all_tasks=(SEASON, altered(SEASON, key="f/2", status="done")))


def loaded(view, cockpit):
    return view, view.load(cockpit, Context())


LOADED = [
    *(loaded(root(name), FakeCockpit()) for name in VIEWS),
    *(loaded(view_for(place), FakeCockpit()) for place in PLACES),
    loaded(root("faststart"), IN_SEASON),
]


def text_of(view, data, width=120, height=37):
    return "\n".join(row.text for row in view.page(data, Size(width, height)).rows())


@given(st.integers(60, 250), st.integers(12, 70))
def test_every_view_is_whole_at_every_size(width, height):
    size = Size(width, height)
    for view, data in LOADED:
        assert_whole(view.page(data, size), size)


@pytest.mark.parametrize("name", [name for name in VIEWS if name != "today"])
def test_every_list_can_be_narrowed_and_says_so(name):
    view = root(name).narrowed("zzzz")
    assert view.narrowing() == "zzzz"
    data = view.load(FakeCockpit(), Context())
    assert text_of(view, data).strip()


@pytest.mark.parametrize("name", VIEWS)
def test_views_of_a_digit_carry_their_name_and_have_crumbs(name):
    view = root(name)
    assert view.name == name
    assert name == "today" or view.crumbs()


def test_an_unknown_view_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean pipeline"):
        root("pipelin")


def test_tasks_group_by_owner_with_counts_late_first():
    view = root("tasks").divided(None, "owner", None)
    data = view.load(FakeCockpit(), Context())
    labels = [label for label, _ in data.groups]
    assert labels[:4] == ["Adeyemi", "Brooks", "Garner", "Marsh"]
    assert "(nobody) managers" in labels
    assert "Marsh  1, 1 late" in text_of(view, data)


def test_the_group_of_what_nobody_has_names_the_role_and_opens_to_it():
    open_to_managers = task("t/20", "Call", TODAY, None, owner_role="sales-manager")
    cockpit = FakeCockpit(all_tasks=(open_to_managers, task("t/21", "Ask", TODAY, None, owner_role=None)))
    view = root("tasks").divided(None, "owner", None)
    data = view.load(cockpit, Context())
    assert [label for label, _ in data.groups] == ["(nobody)", "(nobody) sales-manager"]
    opened = view.open(data, Place("group", "(nobody) sales-manager"))
    assert opened.filter == "owner:none role:sales-manager"


@pytest.mark.parametrize(
    ("owner", "role", "width", "shown"),
    [
        ("Clara Jensen", None, 12, "Clara Jensen"),
        ("Clara Jensen", None, 11, "C. Jensen"),
        ("Maria de la Fuente", None, 12, "M. Fuente"),
        ("Bartholomew", None, 8, "Barthol…"),
        (None, "sales-manager", 12, "SM"),
        (None, "sales-excellence-lead", 12, "SEL"),
        (None, "compensation", 8, "compens…"),
        (None, None, 8, "(nobody)"),
    ],
)
def test_an_owner_that_does_not_fit_is_shortened_to_what_tells_most(owner, role, width, shown):
    asked = task("t/20", "Call", TODAY, owner, owner_role=role)
    assert whose_within(asked, frozenset(), width) == shown


def test_what_holds_a_late_task_up_stands_beside_since_when_where_there_is_room():
    late = task("t/20", "Call", TODAY - timedelta(days=5), "Marsh", 3, block_reason="waits for PO")
    facts = TaskFacts((late,), TODAY, TODAY)
    (wide,) = plain([task_line(late, facts, task_columns(facts, 118))])
    assert "late 3 BD" in wide
    assert "since Wed 18" in wide
    assert "blocked: waits for PO" in wide
    (narrow,) = plain([task_line(late, facts, task_columns(facts, 80))])
    assert "blocked: waits for PO" in narrow
    assert cells(narrow) == 80


def test_tasks_open_with_their_list_as_siblings():
    view = root("tasks")
    data = view.load(FakeCockpit(), Context())
    opened = view.open(data, Place("task", "t/1"))
    task = opened.load(FakeCockpit(), Context())
    text = text_of(opened, task)
    assert "late 3 BD" in text
    assert "Wed 18 Nov 2026" in text
    assert "asked Marsh" in text
    assert "status open -> done" in text
    assert opened.sibling(task, 1).key == "t/2"


def test_a_finding_opens_the_task_list_at_its_task():
    view = view_for(Place("view", "tasks", where="overdue", focus="t/3"))
    data = view.load(FakeCockpit(), Context())
    (block,) = view.page(data, Size(120, 37)).blocks
    assert block.lines[block.cursor].key == "t/3"
    assert view.crumbs() == ("Tasks",)
    assert view.narrowing() == "overdue"


def test_the_calendar_jumps_to_a_date_and_walks_by_month():
    view = root("rhythm").narrowed("2026-12-20")
    data = view.load(FakeCockpit(), Context())
    assert data.items[0].title == "Quarter scrub"
    assert view.sibling(data, 1).first == date(2027, 1, 1)
    assert view.sibling(data, -1).first == date(2026, 12, 1)
    assert view_for(Place("view", "rhythm", focus="2026-12-08")).first == date(2026, 12, 8)
    with pytest.raises(UsageError, match="no date"):
        view_for(Place("view", "rhythm", focus="soon"))


def test_the_month_grid_marks_days_without_colour():
    view = root("rhythm")
    data = view.load(FakeCockpit(), Context())
    months = next(block for block in view.page(data, Size(120, 37)).blocks if block.name == "months")
    text = "\n".join(line.text for line in months.lines)
    assert "W09 █23 ◆24  25 x26 x27  28  29" in text


def test_an_occurrence_tells_its_rule_its_reason_and_the_next_ones():
    view = root("rhythm")
    data = view.load(FakeCockpit(), Context())
    opened = view.open(data, Place("occurrence", OCCURRENCES[0].key))
    found = opened.load(FakeCockpit(), Context())
    text = text_of(opened, found)
    assert "2nd Tue of month" in text
    assert "Tue 24 Nov is a business day" in text
    assert "us-field.toml:31 in calendars" in text
    assert "Next" in text
    assert opened.sibling(found, 1).key == OCCURRENCES[1].key
    with pytest.raises(UsageError, match="no occurrence"):
        view_for(Place("occurrence", "x/y/z")).load(FakeCockpit(), Context())


def test_faststart_is_one_line_out_of_season_and_shares_in_season():
    view = root("faststart")
    data = view.load(FakeCockpit(), Context())
    assert text_of(view, data).strip() == "FastStart FY28 opens Wed 3 Mar, in 100 days"
    inside = view.load(IN_SEASON, Context())
    assert inside.season.running
    text = text_of(view, inside)
    assert "1 of 2 done" in text
    assert "Marsh" in text


def test_data_names_counts_controls_and_problems_and_opens_a_source():
    broken = Source(
        "quota", "quota.csv", None, None, rows=0, rejected=0, problems=(Problem("is empty", "quota.csv"),)
    )
    cockpit = FakeCockpit(all_sources=(Source(), broken))
    view = root("data")
    data = view.load(cockpit, Context())
    text = text_of(view, data)
    assert "ties 1 of 1" in text
    assert "25,000" in text
    assert "never" in text
    assert "quota.csv: is empty" in text
    assert view_for(Place("data", "quota")).load(cockpit, Context()).issues == ()
    with pytest.raises(UsageError, match="no source"):
        view_for(Place("data", "quot")).load(cockpit, Context())


def test_a_control_total_is_named_and_written_as_its_figure_is():
    cockpit = FakeCockpit()
    half, brooks = Decimal("0.5"), "manager = 'Brooks'"
    off = Control(
        "close_rate", "FY27-Q1", brooks, half, half - Decimal("0.0057"), Decimal(0), None, None, "Close rate",
        "percent",
    )  # fmt: skip
    cockpit.controls = lambda: [off]
    view = root("data")
    text = text_of(view, view.load(cockpit, Context()))
    assert "! Close rate, FY27-Q1, manager = 'Brooks'" in text
    assert "49.4 %  does not tie, -0.6 pp from 50.0 %" in text


def test_a_workspace_without_agreements_says_what_would_fill_the_view():
    cockpit = FakeCockpit()
    del cockpit.workspace.config.sources["agreements"]
    view = root("annuity")
    data = view.load(cockpit, Context())
    assert "Name their file in [sources.agreements] of cockpit.toml" in text_of(view, data)


def test_the_board_says_when_figures_are_unknown_and_why():
    view = root("pipeline")
    data = view.load(FakeCockpit(), Context())
    unknown = replace(data.board.rows[0], value=None, delta=None, word="needs quota", trend=())
    text = text_of(view, replace(data, board=replace(data.board, rows=(unknown,))))
    assert "–" in text
    assert "needs quota" in text


def test_the_task_list_of_a_small_terminal_says_what_whose_since_when_and_why_before_the_keys():
    cockpit = FakeCockpit()
    wide = tasks_text(cockpit.all_tasks, cockpit.today, cockpit.fiscal)
    assert "AG-1131 Adventure: T-30 PO path  blocked: waits for PO  Novak" in wide
    assert wide.splitlines()[2].split() == ["when", "since", "what", "held", "up", "by", "whose", "key"]
    small = tasks_text(cockpit.all_tasks, cockpit.today, cockpit.fiscal, width=80)
    assert all(cells(line) <= 80 for line in small.splitlines())
    assert "late 3 BD     Wed 18" in small
    assert "AG-1131: T-30 PO path   blocked: waits for …  Novak" in small
    assert "the keys do not fit" in small
    by_owner = tasks_text(cockpit.all_tasks, cockpit.today, cockpit.fiscal, by="owner", width=80)
    assert "whose" not in by_owner
    assert "Marsh: 1 task, 1 late" in by_owner


@given(st.integers(40, 240), st.sampled_from([None, "owner", "workstream", "week"]))
def test_the_task_list_fits_every_terminal(width, by):
    cockpit = FakeCockpit()
    text = tasks_text(cockpit.all_tasks, cockpit.today, cockpit.fiscal, by=by, width=width)
    assert max(cells(line) for line in text.splitlines()) <= max(width, 66)
