"""The filter language, word by word, and what it says about words that it cannot read."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from work_setting import PEOPLE, TODAY, SmallFiscal

import cockpit.fiscal.periods as periods
from cockpit.base.problems import UsageError
from cockpit.fiscal.periods import Span
from cockpit.work import STATUSES, Task
from cockpit.work.filter import FILTER_FIELDS, Surroundings, parse_filter
from cockpit.work.filter_words import join_arguments

AROUND = Surroundings(TODAY, SmallFiscal(), PEOPLE, "pat", lambda: ["Packaging"])


@pytest.fixture(autouse=True)
def small_periods(monkeypatch):
    def resolve(calendar, text, as_of):
        unit = calendar.unit_named(text)
        return Span(unit.label, unit.start, unit.end, unit)

    monkeypatch.setattr(periods, "resolve_period", resolve)


def task(**fields):
    plain = dict(  # noqa: C408
        key="field/x/FY27-Q2", title="Forecast lock", workstream="rhythm", status="open", owner=None,
        owner_role="sopm", due=TODAY, at="17:00", overdue=False, business_days_left=0, urgency=1.0,
        evidence=None, needs=(), blocked_by=(), period="FY27-Q2", version=1, updated_at="", updated_by="",
    )  # fmt: skip
    return Task(**(plain | fields))


def passes(text, **fields):
    read = parse_filter(text, AROUND)
    one = task(**fields)
    return one.status in read.states and read.matches(one)


@pytest.mark.parametrize("status", ["open", "claimed", "in_progress", "blocked"])
def test_status_open_is_every_unfinished_one(status):
    assert passes("status:open", status=status) and passes("open", status=status)


def test_finished_ones_come_only_when_named():
    assert not passes("workstream:rhythm", status="done")
    assert passes("all", status="done") and passes("status:done", status="done")
    assert passes("done", status="done") and passes("is:finished", status="dropped")
    assert not passes("all -done", status="done") and passes("all -done", status="dropped")
    assert not passes("status:open", status="done")


def test_without_words_what_is_late_or_has_begun():
    assert passes("", lead_start=TODAY) and passes("", lead_start=None)
    assert not passes("", lead_start=TODAY + timedelta(days=1))
    assert passes("", lead_start=TODAY + timedelta(days=1), overdue=True)
    assert not passes("", status="done") and not passes("  ", wait_until=TODAY + timedelta(days=1))


def test_owner_me_follows_people_and_cover():
    assert passes("owner:me", owner="Peyton Davis") and passes("owner:me", owner="P. Davis")
    assert not passes("owner:me", owner="Kim Lee")
    assert passes("owner:me", owner="Kim Lee", covered_by="pat")
    assert passes("owner:kim", owner="Kim Lee") and passes('owner:"kim lee"', owner="Kim Lee")
    assert passes("owner:none") and passes("-owner:none", owner="Somebody Else")
    assert passes('owner:"Somebody Else"', owner="Somebody Else")


def test_due_in_business_days_days_and_units():
    thursday_after = date(2026, 12, 1)
    assert passes("due:<5bd", due=date(2026, 11, 30)) and not passes("due:<5bd", due=thursday_after)
    assert passes("due:<=5bd", due=thursday_after) and passes("due:>=5bd", due=thursday_after)
    assert passes("due:<5bd", due=TODAY - timedelta(days=90)), "late is less than any limit"
    assert passes("due:<3d", due=date(2026, 11, 25)) and not passes("due:<3d", due=date(2026, 11, 26))
    assert passes("due:today") and passes("due:2026-11-23") and not passes("due:tomorrow")
    assert passes("due:FY27-Q2") and not passes("due:FY27-Q2", due=date(2027, 1, 4))
    assert passes("due:none", due=None) and not passes("due:<5bd", due=None)


def test_quarter_is_what_a_task_belongs_to_not_when_it_is_due():
    assert passes("quarter:FY27-Q2", period="FY27-P05", due=date(2027, 1, 6))
    assert not passes("quarter:FY27-Q2", period="FY27-P07", due=date(2026, 12, 30))
    assert passes("quarter:FY27-Q2", period="FY27", due=date(2026, 12, 30))
    assert not passes("quarter:FY27-Q2", period=None, due=date(2027, 1, 6))


def test_other_words():
    assert passes("overdue", overdue=True) and not passes("overdue")
    assert passes("is:unclaimed") and not passes("is:unclaimed", status="claimed")
    assert passes("role:SOPM") and passes("workstream:packaging", workstream="Packaging")
    assert passes("is:blocked", blocked_by=("a",)) and passes("is:moved", slips=1)
    assert passes('"forecast"') and passes('-"renewal"') and not passes('"renewal"')
    assert passes("severity:high", severity="high") and passes("key:x/fy27")
    assert passes("due:<5bd owner:none quarter:FY27-Q2 -done")


@pytest.mark.parametrize(
    ("text", "word", "hint"),
    [
        ("owner:me stauts:open", "stauts:open (at character 10)", "did you mean status?"),
        ("status:opne", "status:opne (at character 1)", "did you mean open?"),
        ("overdeu", "overdeu", "did you mean overdue?"),
        ("workstream:faststrat", "workstream:faststrat", "did you mean faststart?"),
        ("due:<5xx", "due:<5xx", "write 5bd"),
        ("due:2026-02-30", "due:2026-02-30", None),
        ("is:", "is:", None),
        ("forecast", "forecast", 'write "forecast"'),
        ('all "open end', '"open end', None),
        ("quarter:FY99-Q9", "quarter:FY99-Q9", None),
    ],
)
def test_a_word_that_cannot_be_read_is_pointed_at(text, word, hint):
    with pytest.raises(UsageError) as caught:
        parse_filter(text, AROUND)
    problem = caught.value.problems[0]
    assert word.split(" (")[0] == problem.key
    assert f"at character {text.index(problem.key) + 1}" in problem.message
    assert hint is None or hint in problem.hint


def test_all_words_that_cannot_be_read_are_named_at_once():
    with pytest.raises(UsageError) as caught:
        parse_filter("statsu:open ownr:me overdue", AROUND)
    assert [problem.key for problem in caught.value.problems] == ["statsu:open", "ownr:me"]


def test_arguments_of_a_shell_get_their_quotes_back():
    assert join_arguments(["owner:Kim Lee", "overdue"]) == 'owner:"Kim Lee" overdue'
    assert join_arguments(["owner:me overdue"]) == "owner:me overdue"
    assert join_arguments(["due:<5bd owner:me"]) == "due:<5bd owner:me"


@given(status=st.sampled_from(STATUSES), field=st.sampled_from(["status:claimed", "overdue", "role:sopm"]))
def test_a_word_and_its_negation_divide_everything(status, field):
    assert passes(f"all {field}", status=status) != passes(f"all -{field}", status=status)


@settings(max_examples=150)
@given(st.text(alphabet='abdeosuw:-"<>= 5%é\n', max_size=30))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        parse_filter(text, AROUND).matches(task())
    except UsageError as error:
        assert all(problem.message for problem in error.problems)


def test_completion_knows_every_field():
    assert {"status", "is", "workstream", "owner", "role", "due", "quarter"} <= set(FILTER_FIELDS)
