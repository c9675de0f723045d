"""Tasks as they stood on another day: what the journal tells is what was seen then."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work_setting import PEOPLE, SmallRhythm

from cockpit.base.problems import CockpitError
from cockpit.store import open_store
from cockpit.work import Work

FIRST = date(2026, 11, 2)
DEEDS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["add", "claim", "block", "done", "drop", "reopen", "move", "note", "undo"]),
        st.integers(1, 4),
    ),
    max_size=25,
)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self):
        self.now = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(minutes=1)
        return self.now


def do(work, what, key):
    """One deed; what the state of the task forbids is not done."""
    deeds = {
        "add": lambda: work.add(f"Call {key}", due=date(2026, 11, 9)),
        "claim": lambda: work.claim(key),
        "block": lambda: work.block(key, "no answer"),
        "done": lambda: work.done(key, "it is done"),
        "drop": lambda: work.drop(key, "not needed"),
        "reopen": lambda: work.reopen(key),
        "move": lambda: work.move(key, date(2026, 11, 20), "asked for"),
        "note": lambda: work.note(key, "called"),
        "undo": work.undo,
    }
    with suppress(CockpitError):
        deeds[what]()


def seen(tasks):
    """Tasks without their notes, which are those of now."""
    return {task.key: {**task.as_json(), "notes": 0} for task in tasks}


@given(deeds=DEEDS)
def test_every_day_is_told_as_it_was_seen(tmp_path_factory, deeds):
    clock = Clock()
    with open_store(tmp_path_factory.mktemp("past") / "work.sqlite3", actor="pat", clock=clock) as store:
        work = Work(store, SmallRhythm(), PEOPLE, clock)
        shown, finished = {}, {}
        day = FIRST
        for days, what, number in deeds:
            for _ in range(days):
                shown[day], finished[day] = seen(work.list("all", day)), work.finished_at()
                day += timedelta(days=1)
            clock.now = datetime(day.year, day.month, day.day, max(clock.now.hour, 9), tzinfo=UTC)
            do(work, what, f"task/{number}")
        for earlier, tasks in shown.items():
            told = work.stood_on(earlier)
            assert seen(told.tasks) == tasks
            assert told.finished_at == finished[earlier]


def test_a_day_ends_in_the_zone_of_the_calendar(tmp_path):
    clock = Clock()
    with open_store(tmp_path / "work.sqlite3", actor="pat", clock=clock) as store:
        rhythm = SmallRhythm()
        rhythm.fiscal.zone = ZoneInfo("America/Los_Angeles")
        work = Work(store, rhythm, PEOPLE, clock)
        clock.now = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)  # still Monday evening there
        work.add("Call")
        assert [task.title for task in work.stood_on(date(2026, 11, 2)).tasks] == ["Call"]
        assert not work.stood_on(date(2026, 11, 1)).tasks


@pytest.mark.parametrize(("day", "late"), [(date(2026, 11, 4), False), (date(2026, 12, 4), True)])
def test_on_a_day_to_come_it_is_what_stands_now(tmp_path, day, late):
    clock = Clock()
    with open_store(tmp_path / "work.sqlite3", actor="pat", clock=clock) as store:
        work = Work(store, SmallRhythm(), PEOPLE, clock)
        work.add("Call", due=date(2026, 11, 20))
        (task,) = work.stood_on(day).tasks
        assert task.overdue is late
