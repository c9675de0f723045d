"""A year of every bundled calendar, as the cockpit works it out."""

from collections import Counter
from datetime import date, time, timedelta
from functools import cache

import pytest
import tomli

from cockpit.base.paths import bundled
from cockpit.rhythm import Anchor, Occurrence, RhythmCalendar

FOLDER = bundled("calendars")
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)
BASE = tomli.loads((FOLDER / "microsoft-like.toml").read_text())
AGREEMENT = Anchor("agreements", "AG-1", date(2027, 3, 31), date(2027, 3, 31), "Contoso", None, {})


@cache
def loaded(name: str) -> RhythmCalendar:
    return RhythmCalendar.load(FOLDER / f"{name}.toml")


@cache
def years(name: str) -> tuple[Occurrence, ...]:
    calendar = loaded(name)
    sets = {action.for_each.anchor_set for action in calendar.actions if action.for_each is not None}
    return tuple(calendar.occurrences(FIRST, LAST, anchors={chosen: [AGREEMENT] for chosen in sets}))


def by_key(name: str) -> dict[str, Occurrence]:
    return {occurrence.key: occurrence for occurrence in years(name)}


def on(key: str) -> date:
    return by_key(key.partition("/")[0])[key].date


# --- every calendar -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_a_warning(name):
    calendar = loaded(name)
    assert calendar.fiscal.id == name
    assert calendar.warnings == () and calendar.fiscal.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique_and_begin_with_the_calendar(name):
    counts = Counter(occurrence.key for occurrence in years(name))
    assert [key for key, count in counts.items() if count > 1] == []
    assert all(key.startswith(f"{name}/") for key in counts)


@pytest.mark.parametrize("name", NAMES)
def test_a_year_has_each_event_and_action_as_often_as_its_rule_says(name):
    found = Counter(
        occurrence.event for occurrence in years(name) if occurrence.key.split("/")[2].startswith("FY27")
    )
    events = {event["id"]: event["when"] for event in BASE["event"]}
    for entry in (*BASE["event"], *BASE["action"]):
        if "for_each" in entry:
            continue
        rule = entry.get("when") or entry["due"]
        if rule.startswith("event"):
            rule = events[entry["event"]]
        if rule.startswith("every"):
            continue
        expected = 1 if "year" in rule else 4 if "quarter" in rule else 12
        assert found[entry["id"]] == expected, (entry["id"], rule)


@pytest.mark.parametrize("name", NAMES)
def test_weekly_events_happen_every_week(name):
    year = loaded(name).fiscal.unit_named("FY27")
    weeks = (year.end - year.start).days // 7
    found = Counter(
        o.event for o in years(name) if year.start <= o.date <= year.end and o.rule.startswith("every")
    )
    assert {"weekly-snapshot", "seller-update", "forecast-lock", "regional-call", "roll-up"} <= set(found)
    # a roll can carry one over the edge of the year
    assert all(weeks - 1 <= count <= weeks + 2 for count in found.values()), found


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_rolls_falls_on_a_day_off(name):
    business = loaded(name).fiscal.business
    unrolled = {"faststart", "year-open"}
    wrong = [o.key for o in years(name) if o.event not in unrolled and not business.is_business_day(o.date)]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_need_is_an_action_that_exists_and_is_not_due_later(name):
    known = by_key(name)
    needing = 0
    for occurrence in known.values():
        # the chain of a unit can begin before the days that were asked for
        if occurrence.date < FIRST + timedelta(days=400):
            continue
        for need in occurrence.needs:
            needing += 1
            assert need in known, (occurrence.key, need)
            assert known[need].date <= occurrence.date, (occurrence.key, need)
    assert needing > 200


@pytest.mark.parametrize("name", NAMES)
def test_faststart_is_silent_out_of_season_and_there_in_every_month_of_it(name):
    year = loaded(name).fiscal.unit_named("FY28")
    season = (year.start - timedelta(days=124), year.start + timedelta(days=75))
    dates = sorted(
        o.date
        for o in years(name)
        if (o.workstream == "faststart" or "faststart" in o.tags) and o.key.endswith("/FY28")
    )
    assert len(dates) == 19
    assert season[0] <= dates[0] and dates[-1] <= season[1]
    assert dates[-1] - dates[0] >= timedelta(days=170)


@pytest.mark.parametrize("name", NAMES)
def test_a_window_ends_after_it_begins_and_leads_begin_before(name):
    for occurrence in years(name):
        assert occurrence.until is None or occurrence.until >= occurrence.date
        assert occurrence.lead_start is None or occurrence.lead_start <= occurrence.date


@pytest.mark.parametrize("name", NAMES)
def test_what_extends_says_which_file_an_occurrence_comes_from(name):
    files = {occurrence.file.rpartition("/")[2] for occurrence in years(name)}
    assert "microsoft-like.toml" in files
    assert all(occurrence.line is not None for occurrence in years(name))


# --- July to June -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("microsoft-like/quarter-end/FY27-Q1", date(2026, 9, 30)),
        ("microsoft-like/quarter-end/FY27-Q2", date(2026, 12, 31)),
        ("microsoft-like/quarter-end/FY27-Q3", date(2027, 3, 31)),
        ("microsoft-like/quarter-end/FY28-Q2", date(2027, 12, 30)),  # New Year 2028 is observed on the 31st
        ("microsoft-like/month-pack-draft/FY27-P01", date(2026, 8, 5)),
        ("microsoft-like/month-pack-draft/FY27-P06", date(2027, 1, 6)),
        ("microsoft-like/month-pack-draft/FY27-P12", date(2027, 7, 6)),  # 4 July 2027 is a Sunday
        ("microsoft-like/onboarding-plan/FY27-Q3", date(2027, 1, 14)),
        ("microsoft-like/mid-year-review/FY27-P07", date(2027, 1, 27)),
        ("microsoft-like/target-closure/FY27-P08", date(2027, 2, 26)),
        ("microsoft-like/year-end/FY27", date(2027, 6, 30)),
        ("microsoft-like/certification-sent/FY27-Q1", date(2026, 10, 2)),  # 4 October is a Sunday
        ("microsoft-like/faststart/FY28", date(2027, 3, 3)),
        ("microsoft-like/faststart-switch/FY28", date(2027, 7, 1)),
        ("microsoft-like/faststart-quota-distributed/FY27", date(2026, 7, 15)),
        ("microsoft-like/annuity-engagement/AG-1/2027-03-31", date(2025, 9, 30)),
        ("microsoft-like/annuity-outreach/AG-1/2027-03-31", date(2026, 12, 31)),
        ("microsoft-like/annuity-on-time/AG-1/2027-03-31", date(2027, 3, 31)),
        ("microsoft-like/annuity-late/AG-1/2027-03-31", date(2027, 4, 1)),
    ],
)
def test_days_that_are_known_from_elsewhere(key, day):
    assert on(key) == day


def test_the_tenth_business_day_of_the_year_is_a_wednesday():
    distributed = by_key("microsoft-like")["microsoft-like/faststart-quota-distributed/FY27"]
    assert distributed.date == date(2026, 7, 15) and distributed.date.strftime("%a") == "Wed"


def test_faststart_ends_on_the_forty_fifth_business_day():
    window = by_key("microsoft-like")["microsoft-like/faststart/FY27"]
    assert window.until == date(2026, 9, 2)
    assert loaded("microsoft-like").fiscal.business.count(date(2026, 7, 1), date(2026, 9, 2)) == 45


def test_november_knows_no_faststart_and_march_to_september_do():
    dates = [o.date for o in years("microsoft-like") if "faststart" in (o.workstream, *o.tags)]
    months = {day.month for day in dates}
    assert months == {3, 4, 5, 6, 7, 8, 9}


def test_the_forecast_locks_on_tuesdays_at_six_in_the_evening():
    locks = [o for o in years("microsoft-like") if o.event == "forecast-lock"]
    assert {lock.at for lock in locks} == {time(18)}
    other_days = [lock for lock in locks if lock.date.weekday() != 1]
    assert all(lock.rolled_from is not None and lock.rolled_from.weekday() == 1 for lock in other_days)
    assert len(other_days) < len(locks) / 20


def test_a_short_week_keeps_its_order():
    week = [o for o in years("microsoft-like") if o.type == "event" and o.rule.startswith("every")]
    thanksgiving = {o.event: o.date for o in week if date(2026, 11, 23) <= o.date <= date(2026, 11, 28)}
    assert thanksgiving["roll-up"] == thanksgiving["week-close"] == date(2026, 11, 25)
    labor_day = {o.event: o.date for o in week if date(2026, 9, 7) <= o.date <= date(2026, 9, 11)}
    assert labor_day["weekly-snapshot"] == labor_day["forecast-lock"] == date(2026, 9, 8)


def test_columbus_and_veterans_day_are_worked_also_where_observed():
    business = loaded("microsoft-like").fiscal.business
    for day in (date(2026, 10, 12), date(2026, 11, 11), date(2023, 11, 10), date(2028, 11, 10)):
        assert business.is_business_day(day), day
    assert not business.is_business_day(date(2026, 11, 27))
    assert not business.is_business_day(date(2027, 12, 31))


# --- the others ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "label", "start", "end"),
    [
        ("microsoft-like", "FY27", date(2026, 7, 1), date(2027, 6, 30)),
        ("calendar-year", "FY27", date(2027, 1, 1), date(2027, 12, 31)),
        ("feb-january", "FY27", date(2026, 2, 1), date(2027, 1, 31)),
        ("april-march", "FY26", date(2026, 4, 1), date(2027, 3, 31)),
        ("nrf-4-5-4", "FY26", date(2026, 2, 1), date(2027, 1, 30)),
        ("nrf-4-5-4", "FY23", date(2023, 1, 29), date(2024, 2, 3)),
        ("4-4-5", "FY26", date(2025, 12, 28), date(2026, 12, 26)),
    ],
)
def test_years_are_named_and_bounded_as_published(name, label, start, end):
    year = loaded(name).fiscal.unit_named(label)
    assert (year.start, year.end) == (start, end)


@pytest.mark.parametrize(
    ("event", "day"),
    [
        ("period-close", date(2027, 2, 2)),
        ("open-to-buy", date(2027, 1, 13)),
        ("peak-freeze", date(2026, 11, 9)),
    ],
)
def test_the_trades_own_days(event, day):
    assert day in {occurrence.date for occurrence in years("nrf-4-5-4") if occurrence.event == event}


def test_the_freeze_lasts_through_the_peak_and_nothing_lands_in_it():
    freezes = [o for o in years("nrf-4-5-4") if o.event == "peak-freeze"]
    landings = [o.date for o in years("nrf-4-5-4") if o.event == "landing-day"]
    assert freezes and landings
    for freeze in freezes:
        assert freeze.until is not None and freeze.until - freeze.date >= timedelta(weeks=7)
        assert not [day for day in landings if freeze.date <= day <= freeze.until]


def test_april_to_march_keeps_japanese_holidays():
    business = loaded("april-march").fiscal.business
    assert not business.is_business_day(date(2026, 5, 5)) and business.is_business_day(date(2026, 7, 3))


def test_other_years_meet_the_same_rhythm_in_their_own_months():
    assert on("calendar-year/mid-year-review/FY27-P07").month == 7
    assert on("feb-january/mid-year-review/FY27-P07").month == 8
    assert on("april-march/mid-year-review/FY27-P07").month == 10


@pytest.mark.parametrize("name", NAMES)
def test_nobody_signs_off_what_their_own_role_does(name):
    actions = loaded(name).actions
    signed = [one for one in actions if one.evidence is not None and one.evidence.by is not None]
    assert [one.id for one in signed if one.evidence.by == one.owner_role] == []
