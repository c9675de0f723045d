"""When sources are read again: by a clock of our own."""

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.live import JITTER, LEAST_SECONDS, MOST_PATIENT, Schedule


def steady() -> float:
    return 0.5  # no jitter


def test_each_source_is_due_after_its_interval() -> None:
    schedule = Schedule({"deals": 60, "accounts": 300}, now=0, chance=steady)
    assert schedule.due(59, looking=True) == ()
    assert schedule.due(60, looking=True) == ("deals",)
    assert schedule.due(300, looking=True) == ("deals", "accounts")
    assert schedule.next_at("deals") == 60
    assert schedule.next_at("files") is None


def test_never_two_at_once() -> None:
    schedule = Schedule({"deals": 60, "accounts": 61}, now=0, chance=steady)
    schedule.begin(schedule.due(60, looking=True))
    assert schedule.running
    assert schedule.due(1000, looking=True) == ()
    schedule.end(1000)
    assert not schedule.running
    assert schedule.due(1000, looking=True) == ("accounts",)
    assert schedule.due(1060, looking=True) == ("deals", "accounts")


def test_nothing_is_due_while_nobody_looks_and_all_that_waited_is_when_somebody_does() -> None:
    schedule = Schedule({"deals": 60}, now=0, chance=steady)
    assert schedule.due(10_000, looking=False) == ()
    assert schedule.due(10_000, looking=True) == ("deals",)


def test_a_source_that_fails_is_asked_ever_less_often_until_it_comes_back() -> None:
    schedule = Schedule({"deals": 60}, now=0, chance=steady)
    now, waits = 60.0, []
    for _ in range(6):
        schedule.begin(("deals",))
        schedule.end(now, failed=("deals",))
        waits.append(schedule.next_at("deals") - now)
        now = schedule.next_at("deals")
    assert waits == [120, 240, 480, 480, 480, 480]
    assert waits[-1] == 60 * MOST_PATIENT
    schedule.begin(("deals",))
    schedule.end(now)
    assert schedule.next_at("deals") == now + 60


def test_slow_links_wait_longer_and_no_interval_is_too_short() -> None:
    assert Schedule({"deals": 60}, 0, slower=10, chance=steady).next_at("deals") == 600
    assert Schedule({"deals": 0.1}, 0, chance=steady).next_at("deals") == LEAST_SECONDS


def test_a_source_can_be_asked_for_at_once() -> None:
    schedule = Schedule({"deals": 60}, now=0, chance=steady)
    schedule.ask(("deals", "files"), 5)
    assert schedule.due(5, looking=True) == ("deals",)


@given(st.floats(0, 1), st.floats(LEAST_SECONDS, 1e5))
def test_jitter_stays_within_its_share(chance: float, seconds: float) -> None:
    due = Schedule({"deals": seconds}, 0, chance=lambda: chance).next_at("deals")
    assert due is not None
    assert seconds * (1 - JITTER) <= due <= seconds * (1 + JITTER) * (1 + 1e-9)
