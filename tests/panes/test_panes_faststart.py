"""FastStart in and out of season: kept pictures, gates that open, missing columns, every width."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from panes_fakes import USER, FakeCockpit, task

from cockpit.base.paths import bundled
from cockpit.base.problems import UsageError
from cockpit.panes.faststart import FastStartView
from cockpit.panes.faststart_chart import buckets, chart_lines
from cockpit.panes.faststart_facts import season
from cockpit.panes.faststart_gate import GateView
from cockpit.panes.lines import plain
from cockpit.panes.place import Place
from cockpit.panes.tasks import TasksView
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root, view_for
from cockpit.rhythm import RhythmCalendar
from cockpit.work.people import People, Person
from cockpit.work.readiness import Point

GOLDEN = Path(__file__).parent / "golden"
CALENDAR = RhythmCalendar.load(bundled("calendars") / "microsoft-like.toml")
TODAY = date(2026, 7, 16)
MANAGERS = [Person(name.lower(), name, (name,), ("sales-manager",)) for name in ("Brooks", "Garner")]
DONE_BEFORE = date(2026, 7, 2)


def season_tasks():
    """The calendar's own FastStart actions, all that was due by 2 July done on its day."""
    business = CALENDAR.fiscal.business
    found = []
    for one in CALENDAR.occurrences(date(2026, 3, 1), date(2026, 9, 5)):
        if one.type != "action" or one.workstream != "faststart":
            continue
        done = one.date <= DONE_BEFORE
        left = business.count(TODAY, one.date) - 1 if one.date >= TODAY else None
        late = business.count(one.date, TODAY) - 1 if one.date < TODAY and not done else 0
        made = task(
            one.key, one.title, one.date, None, late, workstream="faststart", needs=one.needs, period="FY27",
            owner_role=one.owner_role, status="done" if done else "open",
            business_days_left=-late if left is None else left,
            updated_at=f"{one.date}T12:00:00-07:00",
        )  # fmt: skip
        found.append(made)
    return tuple(found)


def replace_owner(one, owner):
    """The same task with an owner."""
    return msgspec.structs.replace(one, owner=owner)


SELLERS = [f"Seller {number:02}" for number in range(1, 41)]
QUOTA = pl.DataFrame(
    {
        "assignee": [*SELLERS, None, "New Hire", *SELLERS[:3]],
        "territory": "US-WEST",
        "period": ["FY27-Q1"] * 42 + ["FY26-Q1"] * 3,
        "amount": [100] * 41 + [0] + [100] * 3,
        "status": ["accepted"] * 30 + ["published"] * 10 + ["published", "draft"] + ["rejected"] * 3,
        "recorded_at": [date(2026, 7, 14)] * 29 + [date(2026, 7, 20)] + [None] * 15,
    }
)
ACCOUNTS = pl.DataFrame(
    {"account_id": ["A1", "A2", "A3"], "account": ["Contoso", "Fabrikam", "Tailspin"],
     "owner": ["Seller 01", None, "Seller 40"]}
)  # fmt: skip
TEAM = pl.DataFrame({"owner": ["Seller 30", "Seller 40"], "manager": ["Brooks", "Garner"]})


def table(frame):
    return SimpleNamespace(frame=frame, headers={})


def in_season(**more):
    tables = {"quota": table(QUOTA), "accounts": table(ACCOUNTS), "opportunities": table(TEAM)}
    given_values = {
        "fiscal": CALENDAR.fiscal, "today": TODAY, "all_tasks": season_tasks(), "tables": tables,
        "people": People([USER, *MANAGERS]),
    } | more  # fmt: skip
    return FakeCockpit(**given_values)


COCKPIT = in_season()
DATA = FastStartView().load(COCKPIT, Context())


def text_of(view, data, width=120, height=60):
    return "\n".join(plain(view.page(data, Size(width, height)).rows())).rstrip() + "\n"


def of_gate(name, cockpit=COCKPIT, **more):
    view = replace(GateView(name), **more)
    return view, view.load(cockpit, Context())


@pytest.mark.parametrize(("width", "height"), [(80, 21), (120, 60), (200, 40)])
def test_in_season_it_looks_like_its_kept_picture(width, height):
    picture = GOLDEN / f"faststart-{width}x{height}.txt"
    assert text_of(FastStartView(), DATA, width, height) == picture.read_text(encoding="utf-8")


def test_a_gate_looks_like_its_kept_picture():
    picture = GOLDEN / "faststart-gate-100x40.txt"
    assert text_of(*of_gate("quota-accepted"), 100, 40) == picture.read_text(encoding="utf-8")


def test_out_of_season_it_is_one_line_and_reads_nothing():
    cockpit = FakeCockpit(fiscal=CALENDAR.fiscal)
    cockpit.data = None
    data = FastStartView().load(cockpit, Context())
    assert text_of(FastStartView(), data) == " FastStart FY28 opens Wed 3 Mar, in 100 days\n"
    assert FastStartView().table(data).rows == []
    with pytest.raises(UsageError, match="opens Wed 3 Mar"):
        GateView("quota-accepted").load(cockpit, Context())


@pytest.mark.parametrize(
    ("today", "year", "running"),
    [
        (date(2026, 3, 2), "FY27", False),
        (date(2026, 3, 3), "FY27", True),
        (date(2026, 9, 2), "FY27", True),
        (date(2026, 9, 3), "FY28", False),
    ],
)
def test_the_season_runs_from_120_days_before_the_year_to_its_45th_business_day(today, year, running):
    found = season(FakeCockpit(fiscal=CALENDAR.fiscal, today=today))
    assert (found.year, found.running) == (year, running)


def test_without_data_the_gates_stand_there_and_wait():
    cockpit = in_season()
    cockpit.data = None
    data = FastStartView().quick(cockpit, Context())
    assert text_of(FastStartView(), data).count("data is being read") == 5


def test_a_missing_column_or_table_is_named_where_the_gate_stands():
    text = text_of(FastStartView(), DATA)
    assert "needs confirmed_date in accounts" in text
    bare = in_season(tables={"quota": table(QUOTA.drop("status", "period"))})
    text = text_of(FastStartView(), FastStartView().load(bare, Context()))
    assert text.count("needs the table accounts") == 2
    assert text.count("needs period, status in quota") == 3


def test_a_gate_file_of_the_workspace_that_is_wrong_is_told_and_the_rest_stays(tmp_path):
    cockpit = in_season()
    cockpit.workspace.folder = tmp_path
    (tmp_path / "gates.toml").write_text("schema = 1\n[[gate]]\nid = 3\n", encoding="utf-8")
    text = text_of(FastStartView(), FastStartView().load(cockpit, Context()))
    assert "gates.toml:3: gate[1].id" in text.replace("\n ", "")
    assert "Readiness" in text


def test_a_gate_opens_to_its_people_who_miss_first_and_they_to_their_records():
    place = next(row.place for row in FastStartView().page(DATA, Size(120, 60)).blocks[0].lines
                 if row.key == "gate:quota-accepted")  # fmt: skip
    view = FastStartView().open(DATA, place)
    assert view == GateView("quota-accepted")
    data = view.load(COCKPIT, Context())
    people = data.facts.result.people
    assert (data.facts.result.passed, data.facts.result.total, data.facts.result.vacant) == (
        29, 40, ("US-WEST",),
    )  # fmt: skip
    assert [one.name for one in people if not one.passed] == SELLERS[29:]
    lines = {row.key: row for row in view.page(data, Size(120, 80)).blocks[0].lines}
    assert lines["person:Seller 30"].place == Place("record", "quota", where="Seller 30")
    assert "nothing recorded yet" in lines["person:Seller 30"].text
    assert "Brooks" in lines["person:Seller 30"].text
    assert "status published, not accepted" in lines["person:Seller 40"].text
    explained = view.explanation(data, lines["person:Seller 40"])
    assert explained == view_for(Place("view", "tasks", where='owner:"Seller 40" all'))


def test_people_group_by_manager_and_by_what_is_missing_and_narrow():
    _, by_manager = of_gate("quota-accepted", grouping="manager")
    assert [label for label, _ in by_manager.groups] == ["(no manager known)", "Brooks", "Garner"]
    _, by_missing = of_gate("quota-accepted", grouping="missing")
    assert by_missing.groups[0][0] == "status published, not accepted"
    view, narrowed = of_gate("quota-accepted", needle="seller 30")
    assert sum(len(people) for _, people in narrowed.groups) == 1
    assert view.table(narrowed).rows[0][:2] == ("Seller 30", "Seller 30")
    assert "Nobody contains that" in text_of(*of_gate("quota-accepted", needle="zzz"))


def test_siblings_are_the_gates_in_the_order_of_their_days():
    view, data = of_gate("quota-accepted")
    assert data.siblings == (
        "accounts-owned", "accounts-confirmed", "quota-distributed", "quota-accepted", "quota-settled",
    )  # fmt: skip
    assert view.sibling(data, 1).gate == "quota-settled"
    assert view.sibling(data, -1).gate == "quota-distributed"


def test_an_unknown_gate_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean quota-accepted"):
        of_gate("quota-acepted")


def test_shares_divide_by_owner_workstream_both_and_all():
    names = {}
    for grouping in ("owner", "workstream", "both", "all"):
        view = FastStartView().divided(None, grouping, None)
        names[grouping] = {share.name for share in view.load(COCKPIT, Context()).shares}
    assert names["owner"] == {"sopm", "sales-manager", "compensation", "sales-excellence-lead"}
    assert names["workstream"] == {"faststart"}
    assert names["all"] == {"all"}
    assert DATA.total.total > len(DATA.progress.steps), "two sales managers count twice"


def test_a_share_opens_its_tasks_and_the_table_has_gates_and_shares():
    lines = {row.key: row for row in FastStartView().page(DATA, Size(120, 60)).blocks[0].lines}
    opened = FastStartView().open(DATA, lines["share:sopm"].place)
    assert isinstance(opened, TasksView)
    assert opened.filter == "workstream:faststart role:sopm all"
    rows = FastStartView().table(DATA).rows
    accepted = next(row for row in rows if row[1] == "Quota accepted by those who bear one")
    assert accepted == ("gate", accepted[1], date(2026, 7, 29), 29, 40, 38, 3, "open")
    assert {row[0] for row in rows} == {"gate", "owner"}


def test_the_critical_path_is_the_chain_to_the_baseline():
    titles = [one.key.split("/")[1] for one in DATA.progress.path]
    assert titles == [
        "faststart-quota-distributed", "faststart-quota-published", "faststart-quota-accepted",
        "faststart-disputes-closed", "faststart-baseline",
    ]  # fmt: skip


def test_a_slice_of_people_shows_their_tasks_and_lists_only_them_at_a_gate():
    mine = replace_owner(season_tasks()[-1], "Seller 40")
    cockpit = in_season(all_tasks=(*season_tasks()[:-1], mine), slice_owners={"me": frozenset(["Seller 40"])})
    context = Context(slice="me")
    data = FastStartView().load(cockpit, context)
    assert [step.task.key for step in data.progress.steps] == [mine.key]
    assert data.gates.named("quota-accepted").result.total == 40
    people = [
        one.name for _, group in GateView("quota-accepted").load(cockpit, context).groups for one in group
    ]
    assert people == ["Seller 40"]


def test_actions_for_which_no_task_is_made_yet_are_in_the_plan_and_lead_to_the_calendar():
    opening = date(2026, 3, 3)
    every = season_tasks()
    made = tuple(
        msgspec.structs.replace(one, status="open")
        for one in every
        if one.due <= opening + timedelta(days=120)
    )
    cockpit = in_season(today=opening, all_tasks=made)
    cockpit.rhythm = lambda first, last: CALENDAR.occurrences(first, last)
    data = FastStartView().load(cockpit, Context())
    assert len(data.progress.steps) == len(every) > len(made)
    assert data.progress.path[-1].title == "Hygiene baseline"
    lines = {row.key: row for row in FastStartView().page(data, Size(120, 90)).blocks[0].lines}
    baseline = "microsoft-like/faststart-baseline/FY27"
    assert lines[baseline].place == Place("occurrence", baseline)
    assert lines[made[-1].key].place == Place("task", made[-1].key)


def test_narrowing_keeps_what_contains_the_text():
    view = root("faststart").narrowed("quota")
    data = view.load(COCKPIT, Context())
    assert len(data.gates.facts) == 4 - 1
    assert all("quota" in one.title.casefold() for one in data.facts.tasks)
    empty = root("faststart").narrowed("zzz")
    assert "Nothing contains that" in text_of(empty, empty.load(COCKPIT, Context()))


@given(st.integers(60, 250), st.integers(12, 70))
def test_it_is_whole_at_every_size(width, height):
    gate, people = GATE
    for view, data in ((FastStartView(), DATA), (gate, people)):
        for block in view.page(data, Size(width, height)).blocks:
            assert block.x + block.width <= width
            assert block.height <= height
            assert {row.width for row in block.lines} <= {block.width}


GATE = of_gate("quota-accepted")


def points(count, today, planned, done):
    first = date(2026, 3, 3)
    return [
        Point(first + timedelta(days=day), planned(day), done(day) if day <= today else None)
        for day in range(count)
    ]


@given(st.integers(1, 200), st.integers(30, 200), st.integers(2, 12), st.data())
def test_the_chart_is_as_wide_and_high_as_asked_and_its_ends_are_numbers(count, width, height, data):
    today = data.draw(st.integers(-1, count - 1))
    total = data.draw(st.integers(1, 500))
    made = points(count, today, lambda day: total * (day + 1) // count, lambda day: total * day // count // 2)
    lines = chart_lines(made, total, width, height)
    assert len(lines) == height + 3
    assert all(row.width <= width for row in lines)
    assert lines[1].text.startswith(f"{total:,}")
    assert lines[height].text.lstrip().startswith("0")
    assert f"of {total:,}" in lines[0].text or lines[0].text.endswith("…")


def test_the_chart_tells_ahead_and_behind_by_glyphs_alone():
    behind = chart_lines(points(40, 39, lambda day: 10, lambda day: 5), 10, 50, 4)
    assert "·" in behind[1].text
    assert "░" not in "".join(row.text for row in behind[:-1])
    ahead = chart_lines(points(40, 39, lambda day: 5, lambda day: 10), 10, 50, 4)
    assert "█" in ahead[1].text
    assert "░" in ahead[3].text
    assert chart_lines([], 10, 50, 4) == []


@given(st.integers(1, 400), st.integers(20, 250))
def test_buckets_keep_the_last_day_and_fit(count, width):
    made = points(count, count, lambda day: day, lambda day: day)
    chosen = buckets(made, width)
    assert len(chosen) <= width
    assert chosen[-1] == made[-1]
    assert [point.day for point in chosen] == sorted(point.day for point in chosen)


def test_what_fell_due_before_work_began_is_said_and_not_counted():
    cockpit = in_season()
    cockpit.rhythm = CALENDAR.occurrences
    cockpit.work.began = date(2026, 6, 20)
    cockpit.all_tasks = tuple(one for one in season_tasks() if one.due >= cockpit.work.began)
    text = text_of(FastStartView(), FastStartView().load(cockpit, Context())).replace("\n", " ")
    assert "7 tasks fell due before work began here, Sat 20 Jun: nothing is known of them" in text
    cockpit.all_tasks = ()
    cockpit.work.began = date(2026, 10, 1)
    text = text_of(FastStartView(), FastStartView().load(cockpit, Context()))
    assert "fell due before work began" in text
    assert "would fill this" not in text


def test_on_another_day_it_is_as_it_stood_then_and_says_so():
    cockpit = in_season(today=date(2026, 11, 23))
    asked = []

    def stood_on(day):
        asked.append(day)
        return season_tasks(), {}

    cockpit.work.stood_on = stood_on
    data = FastStartView().load(cockpit, Context(as_of=TODAY))
    assert asked == [TODAY]
    assert data.shares == DATA.shares
    assert data.progress.points[-1] == DATA.progress.points[-1]
    text = text_of(FastStartView(), data)
    assert "FastStart FY27 as of Thu 16 Jul" in text
    assert "by the rows of now" in text
    assert GateView("quota-accepted").load(cockpit, Context(as_of=TODAY)).facts.result.passed == 29
    cockpit.asked_day = TODAY
    assert FastStartView().load(cockpit, Context()).shares == DATA.shares


def test_a_gate_shows_beside_it_who_misses():
    (row,) = [row for row in FastStartView().page(DATA, Size(120, 60)).blocks[0].lines
              if row.key == "gate:quota-accepted"]  # fmt: skip
    beside = plain(FastStartView().detail(DATA, row, 80))
    assert any("Seller 40" in text and "status published, not accepted" in text for text in beside)
    assert any(text.startswith("Vacant, set apart") for text in beside)
