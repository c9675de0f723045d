"""Readiness: weights, shares against the plan, the burn-up, the critical path, what holds up a gate."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cockpit.fiscal import BusinessDays
from cockpit.work import People, Person, Task
from cockpit.work.readiness import (
    burn_up,
    critical_path,
    holding_up,
    people_of,
    share_of,
    shares_by,
    steps_of,
    with_needed,
)

ZONE = ZoneInfo("America/Los_Angeles")
TODAY = date(2026, 7, 10)
BUSINESS = BusinessDays(holidays={date(2026, 7, 3): "Independence Day"}, years=(2025, 2028))
PEOPLE = People([Person("a", "Ann", roles=("manager",)), Person("b", "Bob", roles=("manager",))])


def task(name, due, status="open", needs=(), owner=None, role=None, workstream="faststart", **more):
    values = {
        "at": None, "business_days_left": None, "urgency": 1.0, "evidence": None, "blocked_by": (),
        "period": "FY27", "version": 1, "updated_at": "2026-07-08T09:00:00-07:00", "updated_by": "a",
    } | more  # fmt: skip
    return Task(
        key=f"field/{name}/FY27", title=name, workstream=workstream, status=status, owner=owner,
        owner_role=role, due=due, needs=tuple(f"field/{one}/FY27" for one in needs),
        overdue=status == "open" and due is not None and due < TODAY, **values,
    )  # fmt: skip


def days(count):
    return TODAY + timedelta(days=count)


def names(tasks):
    return [one.title for one in tasks]


def steps(*tasks):
    return steps_of(tasks, PEOPLE, ZONE, TODAY)


def test_a_role_weighs_as_many_as_its_people_and_a_person_one():
    assert people_of(task("x", TODAY, role="manager"), PEOPLE) == 2
    assert people_of(task("x", TODAY, role="manager", owner="Ann"), PEOPLE) == 1
    assert people_of(task("x", TODAY, role="nobody"), PEOPLE) == 1
    assert people_of(task("x", TODAY), PEOPLE) == 1


def test_the_plan_stays_as_large_when_one_of_a_role_takes_a_task_of_the_calendar_on():
    of_the_calendar = task("x", TODAY, role="manager", calendar="field")
    taken = task("x", TODAY, role="manager", owner="Ann", calendar="field")
    assert people_of(of_the_calendar, PEOPLE) == people_of(taken, PEOPLE) == 2
    of_a_row = task("x", TODAY, role="manager", owner="Ann", calendar="field", row_key="AG-1")
    assert people_of(of_a_row, PEOPLE) == 1


def test_dropped_and_undated_tasks_are_no_steps():
    assert len(steps(task("a", TODAY, "dropped"), task("b", None), task("c", TODAY))) == 1


def test_a_step_was_done_on_its_day_in_the_zone_and_never_after_today():
    late_evening = task("a", TODAY, "done", updated_at="2026-07-09T05:00:00+00:00")
    (step,) = steps(late_evening)
    assert step.done_on == date(2026, 7, 8)
    (step,) = steps(task("a", TODAY, "done", updated_at="2026-11-01T00:00:00+00:00"))
    assert step.done_on == TODAY
    noted_later = task("a", TODAY, "done", updated_at="2026-07-09T18:00:00+00:00")
    finished_at = {noted_later.key: datetime(2026, 7, 6, 18, tzinfo=UTC)}
    (step,) = steps_of([noted_later], PEOPLE, ZONE, TODAY, finished_at)
    assert step.done_on == date(2026, 7, 6)
    (step,) = steps(task("a", TODAY))
    assert step.done_on is None


def test_shares_count_by_weight_and_the_furthest_behind_comes_first():
    found = steps(
        task("a", days(-3), "done", role="manager"),
        task("b", days(-2), role="manager"),
        task("c", days(5), owner="Zoe"),
        task("d", days(-1), "done_without_evidence", owner="Zoe"),
    )
    total = share_of(found, TODAY)
    assert (total.done, total.total, total.should, total.late) == (3, 6, 5, 1)
    shares = shares_by(found, lambda step: ("", step.task.owner_role or "", step.task.owner or ""), TODAY)
    assert [(one.name, one.done, one.should, one.total) for one in shares] == [
        ("manager", 2, 4, 4),
        ("Zoe", 1, 1, 2),
    ]


def test_the_burn_up_has_a_point_for_each_business_day_and_no_future():
    found = steps(
        task("a", date(2026, 7, 4), "done", updated_at="2026-07-01T12:00:00-07:00"),
        task("b", date(2026, 7, 9), role="manager"),
    )
    points = burn_up(found, date(2026, 7, 1), date(2026, 7, 14), TODAY, BUSINESS)
    assert [point.day.day for point in points] == [1, 2, 6, 7, 8, 9, 10, 13, 14]
    assert [point.planned for point in points] == [0, 0, 1, 1, 1, 3, 3, 3, 3]
    assert [point.done for point in points] == [1, 1, 1, 1, 1, 1, 1, None, None]


@given(st.lists(st.tuples(st.integers(-60, 60), st.booleans()), max_size=25))
def test_the_burn_up_only_rises_and_ends_at_everything(given_tasks):
    found = steps(
        *(task(f"t{n}", days(due), "done" if done else "open") for n, (due, done) in enumerate(given_tasks))
    )
    points = burn_up(found, days(-50), days(65), TODAY, BUSINESS)
    planned = [point.planned for point in points]
    done = [point.done for point in points if point.done is not None]
    assert planned == sorted(planned)
    assert done == sorted(done)
    assert planned[-1] == len(found)
    assert done[-1] == sum(done for _, done in given_tasks)


def test_the_critical_path_reaches_furthest_and_has_the_most_tasks():
    path = critical_path(
        [
            task("start", days(-2)),
            task("side", days(3), needs=["start"]),
            task("mid", days(4), needs=["start"]),
            task("end", days(20), needs=["side", "mid", "finished"]),
            task("finished", days(10), "done", needs=["start"]),
            task("alone", days(90)),
        ]
    )
    assert names(path) == ["start", "mid", "end"]


def test_tasks_without_chains_or_in_circles_have_no_path():
    assert critical_path([]) == ()
    assert critical_path([task("a", days(1)), task("b", days(2))]) == ()
    circle = [task("a", days(1), needs=["b"]), task("b", days(2), needs=["a"])]
    assert critical_path(circle) == ()
    assert names(critical_path([*circle, task("c", days(3)), task("d", days(4), needs=["c"])])) == ["c", "d"]
    assert critical_path([task("a", days(1), needs=["a"])]) == ()


def test_a_chain_of_thousands_is_found():
    chain = [task(f"t{n}", days(n % 300), needs=[f"t{n - 1}"] if n else []) for n in range(3000)]
    path = critical_path(chain)
    assert path[-1].due == days(299)
    assert path[0].title == "t0"


@given(st.data())
def test_each_task_of_the_path_needs_the_one_before(data):
    count = data.draw(st.integers(2, 12))
    tasks = [
        task(
            f"t{n}",
            days(data.draw(st.integers(-5, 40))),
            data.draw(st.sampled_from(("open", "done"))),
            needs=[f"t{k}" for k in data.draw(st.sets(st.integers(0, count - 1), max_size=3))],
        )
        for n in range(count)
    ]
    path = critical_path(tasks)
    assert len(path) != 1
    for before, after in pairwise(path):
        assert before.key in after.needs
        assert not before.finished


def test_what_holds_up_a_gate_are_its_tasks_and_all_they_need():
    tasks = [
        task("accepted", days(9), needs=["published"]),
        task("published", days(5), needs=["confirmed", "model"]),
        task("confirmed", days(-1), "done"),
        task("model", days(-4), workstream="quota"),
        task("other", days(1)),
    ]
    assert names(holding_up(("accepted",), tasks, "FY27")) == ["model", "published", "accepted"]
    assert holding_up(("accepted",), tasks, "FY28") == ()
    assert holding_up((), tasks, "FY27") == ()
    assert names(with_needed(tasks[:1], tasks)) == ["accepted", "published", "confirmed", "model"]
