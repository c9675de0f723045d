"""Gates: read strictly, dated in the fiscal year, and put to rows."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError
from cockpit.rhythm import RhythmCalendar
from cockpit.work.gate_people import decide, missing_columns, undecided
from cockpit.work.gates import Condition, Gate, gates_for, load_gates

CALENDAR = RhythmCalendar.load(bundled("calendars") / "microsoft-like.toml")
TODAY = date(2026, 7, 20)
DUE = date(2026, 7, 29)

ACCEPTED = Gate(
    id="accepted",
    title="Quota accepted",
    due="BD20 of year",
    table="quota",
    each="assignee",
    year="period",
    recorded="recorded_at",
    counts=(Condition("amount", above=0),),
    passes=(Condition("status", one_of=("accepted",)),),
    threshold=0.95,
)


def row(assignee, status="accepted", amount=100, period="FY27-Q1", **more):
    return {"assignee": assignee, "status": status, "amount": amount, "period": period, **more}


def of_year(value):
    return str(value).startswith("FY27")


def put(rows, gate=ACCEPTED, today=TODAY, managers=None):
    return decide(gate, rows, DUE, today, of_year, managers)


def test_the_built_in_gates_are_those_of_the_roll_over_on_their_days():
    year = CALENDAR.fiscal.unit_named("FY27")
    dated = {gate.id: gate.due_in(year, CALENDAR.fiscal) for gate in load_gates()}
    assert dated == {
        "accounts-owned": date(2026, 6, 1),
        "accounts-confirmed": date(2026, 7, 15),
        "quota-distributed": date(2026, 7, 15),
        "quota-accepted": date(2026, 7, 29),
        "quota-settled": date(2026, 8, 12),
    }


def test_the_built_in_gates_name_actions_that_the_calendar_has():
    for gate in load_gates():
        assert gate.tasks
        assert set(gate.tasks) <= set(CALENDAR.definitions)


def test_a_gate_on_a_day_off_is_due_on_the_business_day_before():
    year = CALENDAR.fiscal.unit_named("FY28")
    assert ACCEPTED.due == "BD20 of year"
    early = Gate("x", "X", "day 1 of year - 30d", "quota", "assignee", ACCEPTED.passes, 1.0)
    assert early.due_in(year, CALENDAR.fiscal) == date(2027, 6, 1)
    sunday = Gate("x", "X", "day 4 of year", "quota", "assignee", ACCEPTED.passes, 1.0)
    assert sunday.due_in(year, CALENDAR.fiscal) == date(2027, 7, 2)


def test_no_day_where_the_holidays_do_not_reach():
    far = CALENDAR.fiscal.unit_of("year", 2090, 2090)
    assert ACCEPTED.due_in(far, CALENDAR.fiscal) is None


GOOD = """schema = 1
[[gate]]
id = "a"
title = "A"
due = "BD10 of year"
table = "quota"
each = "assignee"
passes = [{ column = "status", one_of = ["accepted"] }]
threshold = 0.9
"""


def problems_of(text, tmp_path):
    path = tmp_path / "gates.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_gates(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("threshold = 0.9", "treshold = 0.9", 9, "did you mean threshold?"),
        ("threshold = 0.9", "threshold = 1.9", 9, "threshold"),
        ("threshold = 0.9", "threshold = 0", 9, "threshold"),
        ('due = "BD10 of year"', 'due = "BD10 of yaer"', 5, "year"),
        ('due = "BD10 of year"', 'due = "every Mon"', 5, "count in the year"),
        ('due = "BD10 of year"', 'due = "BD10 of quarter"', 5, "count in the year"),
        ('table = "quota"', 'table = "quotas"', 6, "did you mean quota?"),
        ('one_of = ["accepted"]', 'one_of = ["accepted"], above = 3', 8, "exactly one of"),
        ('one_of = ["accepted"]', "one_of = []", 8, "at least one"),
        ('one_of = ["accepted"]', 'is = "full"', 8, "did you mean filled?"),
        (', one_of = ["accepted"]', "", 8, "exactly one of"),
        ('each = "assignee"', "", 2, "needs the key each"),
        (
            'passes = [{ column = "status", one_of = ["accepted"] }]',
            "passes = []",
            2,
            "passes has at least one",
        ),
        ("schema = 1", "schema = 2", 1, "schema"),
    ],
)
def test_every_mistake_is_told_at_its_line(old, new, line, words, tmp_path):
    found = problems_of(GOOD.replace(old, new), tmp_path)
    assert any(problem.line == line and words in str(problem) for problem in found), [*map(str, found)]


def test_all_mistakes_are_told_at_once_and_two_gates_of_one_name_too(tmp_path):
    second = GOOD.split("\n", 1)[1]
    text = (GOOD + second).replace("BD10", "BD", 1).replace("0.9", "7")
    found = [str(problem) for problem in problems_of(text, tmp_path)]
    assert len(found) == 4
    assert any("two gates are called 'a'" in words for words in found)


def test_a_workspace_may_have_gates_of_its_own(tmp_path: Path):
    assert gates_for(tmp_path) == load_gates()
    (tmp_path / "gates.toml").write_text(GOOD, encoding="utf-8")
    assert [gate.id for gate in gates_for(tmp_path)] == ["a"]


@pytest.mark.parametrize(
    ("condition", "value", "met"),
    [
        (Condition("c", state="filled"), "x", True),
        (Condition("c", state="filled"), "", False),
        (Condition("c", state="filled"), None, False),
        (Condition("c", state="empty"), None, True),
        (Condition("c", state="empty"), 0, False),
        (Condition("c", one_of=("accepted",)), "Accepted", True),
        (Condition("c", one_of=("accepted",)), None, False),
        (Condition("c", none_of=("rejected",)), None, True),
        (Condition("c", none_of=("rejected",)), "REJECTED", False),
        (Condition("c", above=0), 0.5, True),
        (Condition("c", above=0), 0, False),
        (Condition("c", above=0), None, False),
        (Condition("c", above=0), "many", False),
    ],
)
def test_conditions(condition, value, met):
    assert condition.met(value) is met


def test_vacancies_other_years_and_rows_that_do_not_count_are_apart():
    result = put(
        [
            row("Ann"),
            row("Bob", "published"),
            row(None, territory="US-WEST"),
            row("", territory="US-WEST"),
            row("Cid", amount=0),
            row("Dan", period="FY26-Q4"),
        ]
    )
    assert [one.name for one in result.people] == ["Bob", "Ann"]
    assert result.vacant == ("US-WEST",)
    assert (result.passed, result.total, result.state) == (1, 2, "open")
    assert result.people[0].missing == ("status published, not accepted",)


def test_a_person_passes_with_all_rows_only():
    result = put([row("Ann"), row("Ann", "published", period="FY27-Q2"), row("Ann", None, period="FY27-Q3")])
    (ann,) = result.people
    assert not ann.passed
    assert ann.missing == ("status published, not accepted (1 of 3)", "status blank, not accepted (1 of 3)")
    assert ann.status == "accepted, published"


def test_what_is_recorded_after_the_day_does_not_pass_yet():
    rows = [row("Ann", recorded_at=date(2026, 7, 21)), row("Bob", recorded_at=date(2026, 7, 20))]
    assert put(rows).passed == 1
    assert put(rows).people[0].missing == ("nothing recorded yet",)
    assert put(rows, today=date(2026, 7, 21)).state == "passed"


@given(st.integers(1, 400), st.integers(0, 400))
def test_the_threshold_is_exact(total, passed):
    passed = min(passed, total)
    result = put([row(f"P{number}", "accepted" if number < passed else "draft") for number in range(total)])
    assert result.holds == (passed * 100 >= total * 95)
    assert (result.lacking == 0) == result.holds
    assert (passed + result.lacking) * 100 >= total * 95
    assert result.lacking == 0 or (passed + result.lacking - 1) * 100 < total * 95


def test_states_follow_the_day():
    rows = [row("Ann", "draft")]
    assert put(rows, today=DUE).state == "open"
    assert put(rows, today=date(2026, 7, 30)).state == "missed"
    assert put([]).state == "unknown"
    assert put([]).reason == "no row of quota counts for it"
    assert undecided(ACCEPTED, DUE, TODAY, "needs status").state == "unknown"


def test_managers_come_from_the_row_else_from_elsewhere():
    result = put([row("Ann", manager="Kim"), row("Bob")], managers={"Bob": "Lee", "Ann": "Zoe"})
    assert {one.name: one.manager for one in result.people} == {"Ann": "Kim", "Bob": "Lee"}


def test_a_day_that_was_read_as_text_cannot_tell_when_and_passes():
    assert put([row("Ann", recorded_at="31 July")]).people[0].passed


def test_missing_columns_are_named_in_order_and_recorded_is_no_need():
    assert missing_columns(ACCEPTED, ["assignee", "amount"]) == ("period", "status")
    assert missing_columns(ACCEPTED, ["assignee", "amount", "period", "status"]) == ()
