"""Periods by name, their partners in other periods, and the day that "as of" means."""

from datetime import UTC, date, datetime, timedelta

import pytest
from fiscal_files import HEAD, MONTHS, WEEKS, load, system
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError, ExitCode, UsageError
from cockpit.fiscal import FiscalCalendar, Span, find_calendar, partner, resolve_as_of, resolve_period

AS_OF = date(2026, 11, 23)


@pytest.fixture(scope="module")
def field() -> FiscalCalendar:
    return FiscalCalendar.load(bundled("calendars") / "microsoft-like.toml")


@pytest.fixture(scope="module")
def retail() -> FiscalCalendar:
    return FiscalCalendar.load(bundled("calendars") / "nrf-4-5-4.toml")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("FY27", date(2026, 7, 1), date(2027, 6, 30)),
        ("fy2027", date(2026, 7, 1), date(2027, 6, 30)),
        ("FY27-H1", date(2026, 7, 1), date(2026, 12, 31)),
        ("FY27-Q2", date(2026, 10, 1), date(2026, 12, 31)),
        ("FY27-P05", date(2026, 11, 1), date(2026, 11, 30)),
        ("FY27-P5", date(2026, 11, 1), date(2026, 11, 30)),
        ("FY27-Q2-W09", date(2026, 11, 23), date(2026, 11, 29)),
        ("this-week", date(2026, 11, 23), date(2026, 11, 29)),
        ("this-period", date(2026, 11, 1), date(2026, 11, 30)),
        ("this-quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("this-half", date(2026, 7, 1), date(2026, 12, 31)),
        ("this-year", date(2026, 7, 1), date(2027, 6, 30)),
        ("last-week", date(2026, 11, 16), date(2026, 11, 22)),
        ("last-period", date(2026, 10, 1), date(2026, 10, 31)),
        ("Last-Quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("last-half", date(2026, 1, 1), date(2026, 6, 30)),
        ("last-year", date(2025, 7, 1), date(2026, 6, 30)),
        ("qtd", date(2026, 10, 1), AS_OF),
        ("ytd", date(2026, 7, 1), AS_OF),
        ("all", None, None),
        ("2026-10-01..2026-10-01", date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_what_a_period_is_called(field, text, start, end):
    span = resolve_period(field, text, AS_OF)
    assert (span.start, span.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("this-quartr", "no period 'this-quartr'", "did you mean this-quarter?"),
        ("FY27-Q5", "FY27 has no quarter 5", "it has quarter 1 to 4"),
        ("FY27-P13", "FY27 has no period 13", "it has period 1 to 12"),
        ("FY27-Q2-W19", "FY27-Q2 has no week 19", "it has week 1 to 14"),
        ("2026-02-30..2026-03-01", "a day that there is not", "YYYY-MM-DD"),
        ("2026-03-02..2026-03-01", "ends before it starts", "write 2026-03-01..2026-03-02"),
        ("\x1b[2J", "is no label of the calendar", "such as"),
    ],
)
def test_what_is_no_period_is_said_with_a_hint(field, text, said, hint):
    with pytest.raises(UsageError) as error:
        resolve_period(field, text, AS_OF)
    (problem,) = error.value.problems
    assert said in problem.message and hint in (problem.hint or "")
    assert "\x1b" not in str(error.value)
    assert error.value.exit_code == ExitCode.USAGE


def test_a_unit_that_the_calendar_lacks_names_those_it_has():
    for text in ("this-quarter", "qtd", "FY26-Q1"):
        with pytest.raises(UsageError) as error:
            resolve_period(system("iso-week"), text, AS_OF)
        assert str(error.value) == "the calendar iso-week has no quarter (it has: year, week)"


def test_own_labels_of_any_form(tmp_path):
    labels = 'label = { year = "{yyyy}", quarter = "{q}Q{yy}", week = "{yyyy} Q{q} wk{w}" }\n'
    weeks = 'weeks = { number_in = "quarter", start = "sun", first = "full" }\n'
    calendar = load(tmp_path, HEAD + MONTHS + labels + weeks)
    assert calendar.unit_named("2Q27").label == "FY27-Q2"
    assert calendar.unit_named("2027").label == "FY27"
    # 1 October 2026 is a Thursday: the days before the first Sunday are week 0
    assert calendar.unit_named("2027 Q2 wk0").start == date(2026, 10, 1)
    assert calendar.unit_named("2027 Q2 wk1").start == date(2026, 10, 4)
    assert calendar.unit_named("FY27-Q2-W00").end == date(2026, 10, 3)


def test_weeks_of_blocks_begin_with_the_year(tmp_path):
    calendar = load(tmp_path, HEAD + MONTHS + 'weeks = { first = "blocks" }\n')
    assert calendar.unit_named("FY27-W02").start == date(2026, 7, 8)
    assert calendar.coordinates(date(2027, 6, 30)).week == 53


def test_a_span_as_far_as_a_day(field):
    quarter = resolve_period(field, "FY27-Q2", AS_OF)
    assert quarter.through(AS_OF) == AS_OF and quarter.through(date(2027, 1, 5)) == quarter.end
    assert not quarter.finished(AS_OF) and quarter.finished(date(2026, 12, 31))
    assert quarter.contains(AS_OF) and not quarter.contains(date(2027, 1, 1))
    assert not resolve_period(field, "qtd", AS_OF).finished(AS_OF)
    everything = resolve_period(field, "all", AS_OF)
    assert everything.contains(date(1, 1, 1)) and everything.through(AS_OF) is None
    assert not everything.finished(AS_OF)


# --- partners -------------------------------------------------------------------------------------------


def through(calendar, text, as_of, against, align="bd"):
    return partner(calendar, resolve_period(calendar, text, as_of), as_of, against, align).through


def test_an_unfinished_quarter_is_cut_at_the_same_business_day(field):
    day = through(field, "this-quarter", AS_OF, "last-quarter")
    now, then = field.coordinates(AS_OF), field.coordinates(day)
    assert then.business_day_of_quarter == now.business_day_of_quarter and then.is_business_day


def test_the_other_alignments(field):
    assert through(field, "this-quarter", AS_OF, "last-quarter", "day") == date(2026, 8, 23)
    left = through(field, "this-quarter", AS_OF, "last-quarter", "bd-left")
    now, then = field.coordinates(AS_OF), field.coordinates(left)
    assert then.business_days_left_in_quarter == now.business_days_left_in_quarter


def test_to_date_is_cut_like_its_unit(field):
    whole = through(field, "this-quarter", AS_OF, "FY26-Q2")
    assert through(field, "qtd", AS_OF, "FY26-Q2") == whole


def test_a_finished_period_is_compared_with_the_whole_other_one(field):
    assert through(field, "FY27-Q1", AS_OF, "FY26-Q1") == date(2025, 9, 30)


def test_full_leaves_the_other_one_whole(field):
    found = partner(field, resolve_period(field, "qtd", AS_OF), AS_OF, "full:last-quarter")
    assert (found.span.label, found.through) == ("FY27-Q1", date(2026, 9, 30))


def test_a_shorter_period_ends_at_its_last_day(field):
    end = date(2026, 12, 30)
    february = resolve_period(field, "FY26-P08", end)
    december = resolve_period(field, "FY27-P06", end)
    assert partner(field, december, end, february).through == february.end
    assert partner(field, december, end, february, "day").through == february.end


def test_without_bounds_there_is_nothing_to_align(field):
    assert through(field, "this-quarter", AS_OF, "all") is None
    assert through(field, "all", AS_OF, "last-quarter") == date(2026, 9, 30)


def test_weeks_align_by_week_and_weekday(retail):
    as_of = date(2026, 11, 18)
    other = through(retail, "this-year", as_of, "last-year")
    now, then = retail.coordinates(as_of), retail.coordinates(other)
    assert (then.week, then.fy) == (now.week, now.fy - 1)
    assert other.weekday() == as_of.weekday()


def test_the_53rd_week_is_dropped(retail):
    year_2024 = resolve_period(retail, "FY24", AS_OF)
    found = partner(retail, year_2024, AS_OF, "FY23")
    assert (found.span.start, found.span.end) == (date(2023, 1, 29), date(2024, 1, 27))
    assert found.through == date(2024, 1, 27)
    # the other way round week 53 has no partner either
    back = partner(retail, resolve_period(retail, "FY23", AS_OF), AS_OF, "FY22")
    assert back.span.end == date(2023, 1, 28)


def test_or_the_longer_year_is_shifted_by_a_week(tmp_path):
    retail = load(tmp_path, HEAD + WEEKS + 'compare = { leap = "shift" }\n')
    found = partner(retail, resolve_period(retail, "FY24", AS_OF), AS_OF, "FY23")
    assert (found.span.start, found.span.end) == (date(2023, 2, 5), date(2024, 2, 3))
    quarter = partner(retail, resolve_period(retail, "FY24-Q1", AS_OF), AS_OF, "FY23-Q1")
    assert quarter.span.start == date(2023, 2, 5)
    assert (quarter.span.end - quarter.span.start).days == 13 * 7 - 1


@given(st.dates(date(2015, 7, 1), date(2031, 6, 1)), st.sampled_from(["bd", "day", "bd-left"]))
def test_a_partner_day_lies_in_its_period_or_just_before(day, align):
    calendar = FIELD
    found = partner(calendar, resolve_period(calendar, "this-quarter", day), day, "last-quarter", align)
    assert found.span.start - timedelta(days=1) <= found.through <= found.span.end


FIELD = FiscalCalendar.load(bundled("calendars") / "microsoft-like.toml")


# --- as of, today, files --------------------------------------------------------------------------------


def test_what_as_of_means(field):
    asked = []

    def latest():
        asked.append(1)
        return date(2026, 10, 9)

    monday = date(2026, 11, 30)
    assert resolve_as_of(field, "today", latest, monday) == monday
    # 26 November is Thanksgiving and the company keeps the Friday
    assert resolve_as_of(field, "last-bd", latest, monday) == date(2026, 11, 25)
    assert resolve_as_of(field, "2026-02-28", latest, monday) == date(2026, 2, 28)
    assert not asked
    assert resolve_as_of(field, "Latest", latest, monday) == date(2026, 10, 9)
    assert resolve_as_of(field, "latest", lambda: None, monday) == monday
    with pytest.raises(UsageError) as error:
        resolve_as_of(field, "todya", latest, monday)
    assert error.value.problems[0].hint == "did you mean today?"


def test_today_is_the_day_in_the_calendars_zone(field):
    midnight = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert field.today(midnight) == date(2026, 11, 23)


def test_a_workspace_calendar_comes_before_a_bundled_one(tmp_path):
    assert find_calendar("nrf-4-5-4", tmp_path) == bundled("calendars") / "nrf-4-5-4.toml"
    own = tmp_path / "calendars" / "nrf-4-5-4.toml"
    own.parent.mkdir()
    own.write_text("schema = 1\n")
    assert find_calendar("nrf-4-5-4", tmp_path) == own
    assert find_calendar("calendars/nrf-4-5-4.toml", tmp_path) == own
    for name in ("nrf-454", "..", "a\0b"):
        with pytest.raises(ConfigError) as error:
            find_calendar(name, tmp_path)
    assert "\0" not in str(error.value)


def test_years_out_of_reach_are_refused():
    months = system("msft-jul-jun")
    for day in (date(1, 1, 1), date(1899, 12, 31), date(2200, 1, 1), date(9999, 12, 31)):
        with pytest.raises(UsageError) as error:
            months.coordinates(day)
        assert "out of reach" in str(error.value)
    with pytest.raises(UsageError):
        months.unit_named("FY9999")
    for day in (date(1900, 1, 1), date(2199, 12, 31)):
        assert months.coordinates(day).day_of_year >= 1


def test_a_span_of_a_unit():
    unit = system("msft-jul-jun").unit_named("FY27-Q2")
    assert Span.of(unit) == Span("FY27-Q2", unit.start, unit.end, unit)
