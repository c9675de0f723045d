"""What occurs when: keys, rolls, windows, scopes, leads, needs, clock changes and reasons."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rhythm_files import COMPANY, FIELD, RETAIL, YEAR, action, event, load

from cockpit.base.problems import UsageError
from cockpit.cli.entry import run
from cockpit.rhythm import Anchor, RhythmCalendar
from cockpit.rhythm.moments import in_gap, is_twice, moment
from cockpit.rhythm.redaction import redacted

ROWS = 'for_each = { source = "agreements", key = "agreement_id", date = "expires_date" }'


def occurs(folder, text, first=YEAR[0], last=YEAR[1], **more):
    return load(folder, text).occurrences(first, last, **more)


def days(found, name="e"):
    return [one.date for one in found if one.event == name]


def keys(found, name="e"):
    return [one.key for one in found if one.event == name]


# --- keys -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "rule", "first"),
    [
        (FIELD, "last BD of quarter", "us/e/FY27-Q1"),
        (FIELD, "BD3 after month", "us/e/FY26-P12"),
        (FIELD, "2nd Tue of period", "us/e/FY27-P01"),
        (FIELD, "day 1 of half", "us/e/FY27-H1"),
        (FIELD, "BD5 of year", "us/e/FY27"),
        (FIELD, "Wed of week 1 of quarter", "us/e/FY27-Q1"),
        (FIELD, "every Tue", "us/e/2026-07-07"),
        (FIELD, "2026-09-05", "us/e/2026-09-05"),
        (RETAIL, "BD2 after period", "retail/e/FY26-P05"),
        (RETAIL, "2nd Tue of month", "retail/e/2026-07"),
        (RETAIL, "BD3 of week", "retail/e/FY26-W22"),
    ],
)
def test_the_unit_in_a_key_is_canonical(tmp_path, head, rule, first):
    assert keys(occurs(tmp_path, head + event(rule)))[0] == first


def test_a_key_of_every_holds_the_day_before_rolling(tmp_path):
    found = occurs(
        tmp_path, FIELD + event("every Mon", 'roll = "following"'), date(2026, 9, 1), date(2026, 9, 9)
    )
    assert [(one.key, one.date, one.rolled_from) for one in found] == [
        ("us/e/2026-09-07", date(2026, 9, 8), date(2026, 9, 7))
    ]


def test_labels_are_never_part_of_a_key(tmp_path):
    head = FIELD + 'label = { quarter = "Quarter {q} of {yyyy}" }\n'
    assert keys(occurs(tmp_path, head + event("last BD of quarter")))[0] == "us/e/FY27-Q1"


def test_keys_are_unique_and_in_time_order(tmp_path):
    text = FIELD + event("every BD") + event("BD1 of month", id="f") + action("event - 2bd", 'event = "f"')
    found = occurs(tmp_path, text)
    assert len({one.key for one in found}) == len(found)
    assert [one.utc for one in found] == sorted(one.utc for one in found)


OTHERS = st.lists(
    st.sampled_from(
        ["every BD", "last BD of quarter", "3rd Wed of month", "day 14 of quarter", "2026-12-25"]
    ),
    min_size=1,
    max_size=4,
)


@given(OTHERS)
def test_an_occurrence_never_moves_when_another_event_is_added(tmp_path_factory, others):
    text = FIELD + event("2nd Tue of month") + action("event - 3bd", 'event = "e"')
    more = "".join(event(rule, id=f"x{number}") for number, rule in enumerate(others))
    folder = tmp_path_factory.mktemp("calendars")
    alone, together = occurs(folder, text), occurs(folder, text + more)
    kept = [one for one in together if one.event in ("e", "a")]
    # the file and its lines are the same, since what is added stands at its end
    assert kept == alone


@given(st.dates(date(2026, 7, 1), date(2027, 6, 30)), st.integers(0, 60))
def test_a_stretch_of_days_gives_what_the_whole_year_gives(tmp_path_factory, first, length):
    last = first + timedelta(days=length)
    cut = MIXED.occurrences(first, last)
    whole = MIXED.occurrences(YEAR[0] - timedelta(60), YEAR[1] + timedelta(90))
    assert cut == [one for one in whole if one.date <= last and (one.until or one.date) >= first]


# --- rolls and reasons ----------------------------------------------------------------------------------


def test_why_a_day_was_rolled(tmp_path):
    calendar = load(tmp_path, FIELD + event("day 31 of month", 'roll = "preceding"'))
    found = {one.occurrence.key: one.reason for one in calendar.explain("e", 12, date(2027, 7, 1))}
    assert (
        found["us/e/FY28-P01"] == "31st day of FY28-P01; 31 Jul 2027 is a Saturday, rolled back to Fri 30 Jul"
    )


def test_a_holiday_is_named_in_the_reason(tmp_path):
    calendar = load(tmp_path, FIELD + event("1st Mon of month", 'roll = "following"'))
    (found,) = calendar.explain("e", 1, date(2026, 9, 1))
    assert found.reason == ("1st Monday of FY27-P03; 7 Sep 2026 is Labor Day, rolled on to Tue 8 Sep")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("BD3 after month", "3rd business day after FY26-P12"),
        ("BD-10 of quarter", "10th last business day of FY27-Q1"),
        ("last Fri of month", "last Friday of FY27-P01"),
        ("Wed of week 2 of quarter", "Wednesday of week 2 of FY27-Q1"),
        ("every Mon, Wed", "every Monday and Wednesday"),
        ("every BD", "every business day"),
        ("2026-08-03", "on 2026-08-03"),
        ("day 2 of quarter + 2w", "2 weeks after 2nd day of FY27-Q1"),
        ("last BD of quarter - 1bd", "1 business day before last business day of FY27-Q1"),
    ],
)
def test_a_rule_in_words(tmp_path, rule, words):
    calendar = load(tmp_path, FIELD + event(rule, 'roll = "none"'))
    assert calendar.explain("e", 1, YEAR[0])[0].reason == words


@pytest.mark.parametrize(
    ("roll", "day"),
    [
        ("none", date(2026, 10, 31)),
        ("following", date(2026, 11, 2)),
        ("preceding", date(2026, 10, 30)),
        ("modified-following", date(2026, 10, 30)),
        ("modified-preceding", date(2026, 10, 30)),
        ("nearest", date(2026, 10, 30)),
    ],
)
def test_each_roll(tmp_path, roll, day):
    found = occurs(tmp_path, FIELD + event("day 31 of month", f'roll = "{roll}"'))
    assert next(one.date for one in found if one.key == "us/e/FY27-P04") == day


def test_modified_rolls_stay_in_the_rules_own_unit(tmp_path):
    # the quarter goes on after 31 October, so the following business day is in it
    found = occurs(tmp_path, FIELD + event("day 31 of quarter", 'roll = "modified-following"'))
    assert next(one.date for one in found if one.key == "us/e/FY27-Q2") == date(2026, 11, 2)
    # the retail period P09 ends on Saturday 31 October 2026
    found = occurs(tmp_path, RETAIL + event("day 35 of period", 'roll = "modified-following"'))
    assert all(one.date <= date(2026, 10, 30) for one in found if one.key == "retail/e/FY26-P09")


def test_months_keep_the_day_or_take_the_last_one(tmp_path):
    found = occurs(tmp_path, FIELD + event("2026-12-31 + 2mo", 'roll = "none"'))
    assert days(found) == [date(2027, 2, 28)]


def test_a_unit_without_the_day_has_no_occurrence(tmp_path):
    assert len(days(occurs(tmp_path, FIELD + event("5th Mon of month")))) == 4
    assert len(days(occurs(tmp_path, FIELD + event("day 31 of month")))) == 7


def test_nobody_is_asked_before_the_first_or_after_the_last_day(tmp_path):
    text = FIELD + event("BD1 of month", "active = { from = 2026-09-01, to = 2026-11-30 }")
    found = occurs(tmp_path, text + action("event - 2d", 'event = "e"'))
    assert days(found) == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2)]
    assert len(days(found, "a")) == 2  # that of September would fall before the first day


# --- windows --------------------------------------------------------------------------------------------


def test_a_window_ends_in_its_own_unit_and_is_found_from_inside(tmp_path):
    text = RETAIL + event("Mon of week 41", 'until = "Fri of week 48"\nroll = "none"')
    found = occurs(tmp_path, text, date(2026, 12, 1), date(2026, 12, 2))
    assert [(one.kind, one.date, one.until) for one in found] == [
        ("window", date(2026, 11, 9), date(2027, 1, 1))
    ]
    assert found[0].until_utc == datetime(2027, 1, 1, 22, tzinfo=UTC)
    assert occurs(tmp_path, text, date(2027, 1, 2), date(2027, 1, 3)) == []


def test_a_window_may_end_in_the_next_unit(tmp_path):
    text = FIELD + event("last BD of quarter", 'until = "BD5 of quarter"')
    found = occurs(tmp_path, text, date(2026, 9, 1), date(2026, 9, 30))
    assert all(one.until >= one.date for one in found)


def test_a_duration_ends_an_event(tmp_path):
    (found,) = occurs(tmp_path, FIELD + event("2026-07-07", 'at = "09:00"\nduration = "90m"'))
    assert found.until_utc - found.utc == timedelta(minutes=90) and found.until is None


# --- actions --------------------------------------------------------------------------------------------


def test_actions_of_an_event_carry_its_unit_lead_and_escalation(tmp_path):
    text = (
        FIELD
        + COMPANY
        + event("last BD of quarter")
        + action(
            "event - 5bd",
            'event = "e"\nlead = "10bd"\nescalate = { after = "1bd", to = "lead" }\nseverity = "high"',
        )
    )
    found = next(one for one in occurs(tmp_path, text) if one.key == "us/a/FY27-Q2")
    assert (found.date, found.period, found.severity) == (date(2026, 12, 23), "FY27-Q2", 3)
    assert found.lead_start == date(2026, 12, 9)
    assert (found.escalate.on, found.escalate.to) == (date(2026, 12, 24), "lead")
    assert found.reason == "5 business days before An event on 31 Dec 2026"


def test_needs_are_keys_of_the_same_unit_or_the_last_before(tmp_path):
    text = (
        FIELD
        + event("last BD of quarter")
        + action("event - 5bd", 'event = "e"', "first")
        + action("event", 'event = "e"\nneeds = ["first", "monthly"]', "then")
        + action("BD3 of month", "", "monthly")
    )
    found = {one.key: one for one in occurs(tmp_path, text)}
    assert found["us/then/FY27-Q2"].needs == ("us/first/FY27-Q2", "us/monthly/FY27-P06")
    for one in found.values():
        assert all(need in found for need in one.needs if "FY27" in need)


AGREEMENTS = [
    Anchor(
        "agreements", "AG-1", date(2027, 3, 31), date(2027, 3, 31), "Contoso", "Kim", {"account": "Contoso"}
    ),
    Anchor("agreements", "AG-2", date(2027, 4, 30), date(2027, 3, 31), "Fabrikam"),
    Anchor("agreements", "AG-3", None, date(2027, 1, 1)),
]


def test_rows_have_the_first_seen_date_in_their_key(tmp_path):
    text = FIELD + action("T-90d", ROWS, "late") + action("T", f'{ROWS}\nneeds = ["late"]')
    found = occurs(tmp_path, text, anchors={"agreements": AGREEMENTS})
    assert [(one.key, one.date) for one in found if one.event == "late"] == [
        ("us/late/AG-1/2027-03-31", date(2026, 12, 31)),
        ("us/late/AG-2/2027-03-31", date(2027, 1, 29)),
    ]
    last = next(one for one in found if one.key == "us/a/AG-2/2027-03-31")
    assert last.needs == ("us/late/AG-2/2027-03-31",)
    assert last.title == "AG-2 Fabrikam: An action" and last.anchor is AGREEMENTS[1]


def test_redaction_hides_the_account_and_nothing_else(tmp_path):
    text = FIELD + event("BD1 of month") + action("T-90d", ROWS)
    found = occurs(tmp_path, text, anchors={"agreements": AGREEMENTS})
    plain = next(one for one in found if one.event == "e")
    assert redacted(plain) is plain
    row = next(one for one in found if one.key == "us/a/AG-1/2027-03-31")
    hidden = redacted(row)
    assert hidden.title == "AG-1 …: An action" and hidden.reason == "90 days before … on 31 Mar 2027"
    assert "Contoso" not in str(hidden.as_json()) and hidden.key == row.key
    named = replace(
        row, key="us/a/Contoso-7/2027-03-31", needs=("us/b/Contoso-7/2027-03-31",),
        anchor=replace(row.anchor, row_key="Contoso-7"),
    )  # fmt: skip
    shown = redacted(named)
    assert "Contoso" not in str(shown.as_json()) and shown.key.endswith("/2027-03-31")
    assert shown.key.split("/")[2] == shown.needs[0].split("/")[2] != "Contoso-7"


# --- scopes, zones, clocks ------------------------------------------------------------------------------

SCOPES = '[[scope]]\nname = "us"\n[[scope]]\nname = "uk"\ntimezone = "Europe/London"\nholidays = ["gb-eng"]\n'


def test_needs_stay_in_their_region_and_reach_the_others_where_they_must(tmp_path):
    both, uk = 'scopes = ["us", "uk"]', 'scopes = ["uk"]'
    text = (
        FIELD
        + SCOPES
        + action("BD1 of month", both, "pack")
        + action("BD2 of month", f'{both}\nneeds = ["pack"]', "review")
        + action("BD3 of month", 'needs = ["review"]', "roll-up")
        + action("BD4 of month", f'{uk}\nneeds = ["roll-up"]', "uk-note")
        + action("BD5 of month", 'scopes = ["us"]\nneeds = ["uk-note", "pack"]', "us-answer")
        + action("BD6 of quarter", f'{uk}\nneeds = ["us-answer", "review"]', "uk-close")
    )
    found = {one.key: one for one in occurs(tmp_path, text)}
    assert found["us/review/FY27-P03/uk"].needs == ("us/pack/FY27-P03/uk",)
    assert found["us/roll-up/FY27-P03"].needs == ("us/review/FY27-P03/us", "us/review/FY27-P03/uk")
    assert found["us/uk-note/FY27-P03/uk"].needs == ("us/roll-up/FY27-P03",)
    # the needed one is in the other region alone, so that is the one that is waited for
    assert found["us/us-answer/FY27-P03/us"].needs == ("us/uk-note/FY27-P03/uk", "us/pack/FY27-P03/us")
    assert found["us/uk-close/FY27-Q2/uk"].needs == ("us/us-answer/FY27-P04/us", "us/review/FY27-P04/uk")
    assert all(need in found for one in found.values() for need in one.needs)


def test_each_region_has_its_own_occurrence_zone_and_holidays(tmp_path):
    text = (
        FIELD + SCOPES + event("last BD of month", 'scopes = ["us", "uk"]') + action("event", 'event = "e"')
    )
    calendar = load(tmp_path, text + event("BD1 of month", id="all"))
    found = {one.key: one for one in calendar.occurrences(date(2026, 8, 25), date(2026, 9, 1))}
    us, uk = found["us/e/FY27-P02/us"], found["us/e/FY27-P02/uk"]
    # 31 August 2026 is the summer bank holiday in England
    assert (us.date, uk.date) == (date(2026, 8, 31), date(2026, 8, 28))
    assert (us.utc.hour, uk.utc.hour) == (0, 16) and uk.zone == "Europe/London"
    assert "us/a/FY27-P02/uk" in found
    only_uk = calendar.occurrences(date(2026, 8, 25), date(2026, 9, 1), scope="uk")
    assert {one.scope for one in only_uk} == {"uk", None}
    with pytest.raises(UsageError) as error:
        calendar.occurrences(*YEAR, scope="ukk")
    assert error.value.problems[0].hint == "did you mean uk?"


ZONE = ZoneInfo("America/Los_Angeles")
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def test_a_time_that_a_clock_change_leaves_out_is_moved_on_and_told(tmp_path):
    assert in_gap(SPRING, time(2, 30), ZONE) and not is_twice(SPRING, time(2, 30), ZONE)
    for later in (False, True):
        wall = moment(SPRING, time(2, 30), ZONE, later).astimezone(ZONE)
        assert (wall.hour, wall.minute) == (3, 30)


def test_a_time_that_is_twice_is_the_first_for_starts_and_the_second_for_deadlines(tmp_path):
    assert is_twice(AUTUMN, time(1, 30), ZONE)
    text = FIELD + event(str(AUTUMN), 'at = "01:30"\nroll = "none"\nkind = "KIND"')
    (start,) = occurs(tmp_path, text.replace("KIND", "review"))
    (deadline,) = occurs(tmp_path, text.replace("KIND", "deadline"))
    assert (start.utc.hour, deadline.utc.hour) == (8, 9)


def test_a_warning_names_the_hour_that_does_not_exist(tmp_path):
    calendar = load(tmp_path, FIELD + event("every Sun", 'at = "02:30"\nroll = "none"'))
    (warning,) = calendar.warnings
    assert "02:30 does not exist on" in warning.message and warning.hint == "03:30 is meant"
    assert warning.line == 10 and warning.severity == "warning"


# --- layers ---------------------------------------------------------------------------------------------


def test_a_workspace_changes_adds_and_drops(tmp_path):
    (tmp_path / "base.toml").write_text(
        FIELD + event("last BD of quarter", 'at = "12:00"') + event("every Tue", id="gone")
        + action("event - 5bd", 'event = "e"\nlead = "5bd"')
    )  # fmt: skip
    top = (
        'schema = 1\n[calendar]\nid = "mine"\nextends = "base"\n'
        '[[event]]\nid = "e"\nwhen = "last BD of quarter - 1bd"\n[[event]]\nid = "gone"\ndrop = true\n'
    )
    calendar = load(tmp_path, top + event("BD1 of year", id="new"), "mine.toml")
    assert set(calendar.definitions) == {"e", "a", "new"}
    changed = calendar.definitions["e"]
    assert (changed.title, changed.at, changed.file) == ("An event", time(12), str(tmp_path / "mine.toml"))
    assert calendar.definitions["a"].file.endswith("base.toml")
    found = {one.key: one.date for one in calendar.occurrences(*YEAR)}
    assert found["mine/e/FY27-Q2"] == date(2026, 12, 30)
    assert calendar.fiscal.zone.key == "America/Los_Angeles"


def test_the_command_tells_which_file_an_occurrence_comes_from(tmp_path, capsys):
    path = tmp_path / "microsoft-like.toml"
    head = 'schema = 1\n[calendar]\nid = "microsoft-like"\nextends = "microsoft-like"\n'
    path.write_text(head + event("day 8 of period", 'roll = "none"', "own"))
    days = ["--from", "2026-12-08", "--to", "2026-12-08"]
    assert run(["rhythm", "--calendar", str(path), *days]) == 0
    shown = capsys.readouterr().out
    assert "An event" in shown and " microsoft-like.toml:5" in shown
    assert "bundled microsoft-like.toml:" in next(row for row in shown.splitlines() if "Forecast lock" in row)
    assert run(["rhythm", "--calendar", "microsoft-like", *days]) == 0
    assert ".toml" not in capsys.readouterr().out


def test_explain_of_an_unknown_event_offers_the_nearest(tmp_path):
    calendar = load(tmp_path, FIELD + event("every Tue", id="forecast-lock"))
    with pytest.raises(UsageError) as error:
        calendar.explain("forcast-lock", 3, YEAR[0])
    assert error.value.problems[0].hint == "did you mean forecast-lock?"


def test_the_document_of_an_occurrence_has_the_promised_keys(tmp_path):
    text = FIELD + event("last BD of quarter") + action("event - 5bd", 'event = "e"')
    for one in occurs(tmp_path, text):
        document = one.as_json()
        common = [
            "key",
            "calendar",
            "event",
            "kind",
            "title",
            "date",
            "at",
            "utc",
            "until",
            "until_utc",
            "duration",
            "scope",
            "period",
            "roles",
            "rule",
            "rolled_from",
            "type",
            "file",
            "line",
            "status",
            "reason",
            "detail",
        ]
        extra = ["owner_role", "needs", "evidence", "lead_start"] if one.type == "action" else []
        assert list(document) == common + extra
        assert datetime.fromisoformat(document["utc"]).utcoffset() == timedelta(0)


def test_the_command_exports_with_the_calendars_domain_and_hides_accounts(tmp_path, capsys):
    path = tmp_path / "us.toml"
    path.write_text(FIELD.replace('id = "us"', 'id = "us"\ndomain = "example.org"') + event("every Tue"))
    target = tmp_path / "out.ics"
    window = ["--from", "2026-10-01", "--to", "2026-10-31"]
    assert run(["rhythm", "--calendar", str(path), *window, "--ics", str(target), "--redact"]) == 0
    assert target.read_bytes().count(b"@example.org\r\n") == 4
    assert run(["rhythm", "--calendar", str(path), *window, "--redact", "--json"]) == 0
    assert [one["key"] for one in json.loads(capsys.readouterr().out)] == [
        f"us/e/2026-10-{day:02}" for day in (6, 13, 20, 27)
    ]


@pytest.fixture(scope="module", autouse=True)
def _mixed(tmp_path_factory):
    global MIXED
    MIXED = load(
        tmp_path_factory.mktemp("mixed"),
        FIELD + event("BD3 after month") + event("every Mon", 'roll = "following"', "weekly")
        + event("day 31 of month", 'roll = "nearest"', "end") + event("BD60 of quarter - 3w", id="far")
        + event("Mon of week 3 of quarter", 'until = "Fri of week 5 of quarter"', "window")
        + action("event - 5bd", 'event = "window"') + action("event + 1mo", 'event = "e"', "after"),
    )  # fmt: skip


MIXED: RhythmCalendar
