"""Calendar files with mistakes: every one is told, at its line, with what was probably meant."""

import pytest
from rhythm_files import FIELD, action, event, load

from cockpit.base.problems import ConfigError
from cockpit.cli.entry import run
from cockpit.rhythm import RhythmCalendar

HEAD = 'schema = 1\n[calendar]\nid = "us"\ntimezone = "UTC"\n'
MONTHS = '[fiscal]\nsystem = "months"\nstart_month = 7\nyear_name = "end"\n'
WEEKS = (
    '[fiscal]\nsystem = "weeks"\nyear_end = { weekday = "sat", month = 1 }\n'
    'periods = [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 4]\nleap_week = 12\nyear_name = "end"\n'
)
ISO = '[fiscal]\nsystem = "iso"\n'


def problems(folder, text, name="us.toml"):
    with pytest.raises(ConfigError) as error:
        load(folder, text, name)
    assert error.value.exit_code == 2
    return [str(problem).replace(f"{folder}/", "") for problem in error.value.problems]


CASES = [
    # --- the fiscal year
    (HEAD + "[fiscal]\n", "us.toml:5: fiscal.system: needs system (one of months, weeks"),
    (
        HEAD + '[fiscal]\nsystem = "month"\nyear_name = "end"\nstart_month = 7\n',
        "us.toml:6: fiscal.system: unknown system 'month' (did you mean months?)",
    ),
    (
        HEAD + '[fiscal]\nsystem = "months"\nstart_month = 7\n',
        "us.toml:5: fiscal.year_name: needs year_name (start or end",
    ),
    (HEAD + MONTHS + "leap_week = 3\n", "us.toml:9: fiscal.leap_week: does not belong to a system of months"),
    (HEAD + MONTHS.replace("7", "13"), "us.toml:7: fiscal.start_month: 13 is no month"),
    (HEAD + MONTHS + "start_day = 31\n", "us.toml:9: fiscal.start_day: 31 is not a day that every month has"),
    (
        HEAD + WEEKS.replace("4, 5, 4]", "4, 5, 5]"),
        "us.toml:8: fiscal.periods: add up to 53 weeks, must be 52",
    ),
    (
        HEAD + WEEKS + "quarters = [3, 3, 3]\n",
        "us.toml:11: fiscal.quarters: add up to 9 periods, the year has 12",
    ),
    (
        HEAD + WEEKS.replace("leap_week = 12", "leap_week = 13"),
        "us.toml:9: fiscal.leap_week: there is no period 13",
    ),
    (
        HEAD + WEEKS.replace('"sat"', '"sta"'),
        "us.toml:7: fiscal.year_end.weekday: unknown weekday 'sta' (did you mean Sat?)",
    ),
    (
        HEAD + WEEKS.replace("month = 1 }", 'month = 1, pick = "neerest" }'),
        "us.toml:7: fiscal.year_end.pick: unknown pick 'neerest' (did you mean nearest?)",
    ),
    (
        HEAD + WEEKS + "[[fiscal.override]]\nyear = 2026\nend = 2026-01-30\n",
        "does not end a week of the year 2026",
    ),
    (HEAD + WEEKS + "[[fiscal.override]]\nyear = 2026\nend = 2028-01-29\n", "is far from"),
    (
        HEAD + MONTHS + 'label = { quarter = "Q{qq}" }\n',
        "fiscal.label.quarter: unknown field {qq} (did you mean q?)",
    ),
    (
        HEAD + MONTHS + 'label = { quarter = "Q{q}" }\n',
        "fiscal.label.quarter: does not tell one year from another",
    ),
    (HEAD + MONTHS + 'weeks = { first = "whole" }\n', "fiscal.weeks.first: unknown first 'whole'"),
    (HEAD + '[fiscal]\nsystem = "table"\n', "fiscal.year: needs [[fiscal.year]] tables"),
    (
        HEAD + '[fiscal]\nsystem = "table"\n'
        '[[fiscal.year]]\nlabel = "FY26"\nstart = 2025-07-01\nend = 2026-06-30\n'
        '[[fiscal.year]]\nlabel = "FY27"\nstart = 2026-06-28\nend = 2027-06-30\n',
        "us.toml:13: fiscal.year[2].start: FY27 overlaps FY26, which ends 2026-06-30",
    ),
    (
        HEAD + '[fiscal]\nsystem = "table"\n'
        '[[fiscal.year]]\nlabel = "FY26"\nstart = 2025-07-01\nend = 2026-06-30\n'
        '[[fiscal.year]]\nlabel = "FY27"\nstart = 2026-07-02\nend = 2027-06-30\n',
        "FY27 leaves a gap after FY26",
    ),
    # --- the calendar
    (
        HEAD.replace('"UTC"', '"Europe/Berln"') + MONTHS,
        "us.toml:4: calendar.timezone: no time zone 'Europe/Berln' (did you mean Europe/Berlin?)",
    ),
    (HEAD.replace('"UTC"', '"../../etc/passwd"') + MONTHS, "us.toml:4: calendar.timezone: no time zone"),
    (HEAD + 'at = "25:00"\n' + MONTHS, "us.toml:5: calendar.at: '25:00' is no time of day"),
    (
        HEAD + 'workweek = ["mon", "tues"]\n' + MONTHS,
        "us.toml:5: calendar.workweek: unknown weekday 'tues' (did you mean Tue?)",
    ),
    (HEAD + "workweek = []\n" + MONTHS, "us.toml:5: calendar.workweek: no day is worked"),
    (
        HEAD + 'holidays = ["us-fedral"]\n' + MONTHS,
        "us.toml:5: calendar.holidays: no holiday list 'us-fedral' (did you mean us-federal?)",
    ),
    (HEAD.replace('id = "us"', 'id = "a/b"') + MONTHS, "us.toml:3: calendar.id: 'a/b' cannot stand in keys"),
    (HEAD + 'zone = "UTC"\n' + MONTHS, "us.toml:5: calendar.zone: unknown key (did you mean timezone?)"),
    (HEAD + MONTHS + '[[events]]\nid = "x"\n', "us.toml:9: events: unknown key (did you mean event?)"),
    (
        HEAD.replace("schema = 1", "schema = 7") + MONTHS,
        "us.toml:1: schema: 7 is a form this version does not know",
    ),
    ("[calendar\n", "us.toml:"),
    (HEAD + MONTHS + '[event]\nid = "e"\n', "us.toml:9: event: must be a list of tables (write [[event]])"),
    # --- rules
    (
        FIELD + event("BD0 of month"),
        'us.toml:13: event e: when: when = "BD0 of month": there is no business day 0, at character 3',
    ),
    (FIELD + event("2nd Teu of month"), "unknown weekday 'Teu', at character 5 (did you mean Tue?)"),
    (FIELD + event("last BD of quater"), "'quater' is not a unit, at character 12 (did you mean quarter?)"),
    (FIELD + event("every Tue,"), "the rule ends too soon"),
    (FIELD + event("6th Mon of month"), "'6th' is not 1st to 5th or last"),
    (FIELD + event("BD3 of month + 5x"), "unknown unit of time 'x'"),
    (FIELD + event("BD3 of month of"), "nothing is expected after the rule, but 'of' is there"),
    (FIELD + event("Wed of week 54"), "there is no week 54"),
    (FIELD + event("day 0 of quarter"), "there is no day 0"),
    (FIELD + event("BD-3 after month"), "BD-3 cannot come after a unit"),
    (FIELD + event("2026-02-30"), "there is no day 2026-02-30"),
    (FIELD + event("month"), "'month' is not how a rule starts"),
    (FIELD + event(""), "the rule is empty"),
    (FIELD + event("BD3 of week 2 of quarter"), "a week is not numbered"),
    (FIELD + event("BD3 of quarter 1 of month"), "a month holds no quarter"),
    (FIELD + event("day 1 of year + 9999d"), "is longer than ten years"),
    (HEAD + ISO + event("last BD of quarter"), "the calendar has no quarter (it has: year, week)"),
    (FIELD + event("event - 5d"), "an event cannot hang from event"),
    (FIELD + event("last BD of quarter", 'until = "T"'), "event e: until: an event cannot hang from T"),
    # --- events and actions
    (
        FIELD + event("every Tue") + event("every Wed"),
        "us.toml:16: event[2].id: e is there twice (the other is in line 10)",
    ),
    (FIELD + event("every Tue", id="x") + action("BD1 of month", id="x"), "action x: id: x is an event too"),
    (FIELD + event("every Tue", id="a b"), "us.toml:11: event[1].id: 'a b' cannot stand in keys"),
    (
        FIELD + event("every Tue", 'roll = "folowing"'),
        "us.toml:14: event e: roll: unknown roll 'folowing' (did you mean following?)",
    ),
    (
        FIELD + event("every Tue", 'kind = "reveiw"'),
        "us.toml:14: event[1].kind: 'reveiw' is not one of the known values (did you mean review?)",
    ),
    (FIELD + event("every Tue", 'lead = "2mo"'), "a lead is counted in d, bd or w"),
    (FIELD + event("every Tue", 'duration = "long"'), "event e: duration: 'long' is no length of time"),
    (FIELD + event("every Tue", 'at = "9"'), "event e: at: '9' is no time of day"),
    (FIELD + event("every Tue", 'timezone = "Mars"'), "event[1].timezone: no time zone 'Mars'"),
    (FIELD + event("every Tue", 'scopes = ["uk"]'), "event e: scopes: unknown scope 'uk'"),
    (FIELD + '[[event]]\nid = "e"\ntitle = "t"\n', "us.toml:10: event e: needs the key when"),
    (FIELD + '[[event]]\nid = "e"\nwhen = "every Tue"\n', "us.toml:10: event e: needs the key title"),
    (FIELD + '[[event]]\ntitle = "t"\nwhen = "every Tue"\n', "us.toml:10: event[1]: needs the key id"),
    (FIELD + action("event"), "action a: due: hangs from an event, but names none"),
    (FIELD + action("T-90d"), "action a: due: hangs from T, the date of a row"),
    (
        FIELD + action("BD1 of month", 'for_each = { source = "agreements", key = "id", date = "d" }'),
        "an action for each row hangs from T",
    ),
    (
        FIELD + event("every Tue") + action("event", 'event = "ee"'),
        "action a: event: there is no event 'ee' (did you mean e?)",
    ),
    (FIELD + action("BD1 of month", 'severity = "hihg"'), "action a: severity: 'hihg' is no severity"),
    (
        FIELD + action("BD1 of month", 'evidence = { kind = "note", pass = "<= 0" }'),
        "pass goes with numbers, not with a note",
    ),
    (
        FIELD + action("BD1 of month", 'evidence = { kind = "number", pass = "none" }'),
        "pass 'none' is no condition",
    ),
    (FIELD + action("BD1 of month", 'needs = ["b"]'), "us.toml:14: action a: needs: there is no action 'b'"),
    (
        FIELD + action("BD1 of month", 'needs = ["b"]') + action("BD2 of month", 'needs = ["a"]', "b"),
        "waits for itself: a -> b -> a",
    ),
    (FIELD + action("BD1 of month", 'needs = ["a"]'), "waits for itself: a -> a"),
    (
        FIELD + '[[role]]\nname = "sopm"\n' + action("BD1 of month", 'owner = "sopn"'),
        "action a: owner: unknown role 'sopn' (did you mean sopm?)",
    ),
    (
        FIELD + '[[scope]]\nname = "uk"\ntimezone = "Europe/Lodnon"\n',
        "us.toml:12: scope[1].timezone: no time zone 'Europe/Lodnon' (did you mean Europe/London?)",
    ),
    (
        FIELD + event("every Tue", "drop = true", "gone"),
        "us.toml:14: event[1].drop: there is no event gone to drop",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_a_mistake_is_told_at_its_line(tmp_path, text, expected):
    found = problems(tmp_path, text)
    assert any(expected in line for line in found), found


def test_all_problems_are_told_at_once(tmp_path):
    text = (
        HEAD.replace('"UTC"', '"Nowhere"')
        + 'at = "26:00"\nholidays = ["nowhere"]\nworkweek = ["m"]\n'
        + '[fiscal]\nsystem = "months"\nstart_month = 14\nyear_name = "middle"\nlabel = { week = "x" }\n'
        + event("2nd Teu of month")
        + event("BD0 of month", id="f")
        + event("every Tue", id="f")
        + action("event - 5q", 'needs = ["no"]')
    )
    found = problems(tmp_path, text)
    for key in (
        "calendar.timezone",
        "calendar.at",
        "calendar.holidays",
        "calendar.workweek",
        "fiscal.start_month",
        "fiscal.year_name",
        "fiscal.label.week",
        "Teu",
        "BD0",
        "there twice",
        "'q'",
        "no action 'no'",
    ):
        assert any(key in line for line in found), (key, found)
    assert len(found) == len(set(found))


DEEP = {
    "lists": "a = " + "[" * 5000 + "]" * 5000,
    "lists over lines": "a = " + "[\n" * 5000 + "]\n" * 5000,
    "tables": "a = " + "{b=" * 5000 + "1" + "}" * 5000,
    "keys": ".".join("a" * 5000) + " = 1",
    "keys that Python's stack only just holds": ".".join("a" * 900) + ' = "\u00e9"',
    "a header": "[" + ".".join("a" * 5000) + "]\nb = 1",
    "an event": '[[event]]\nid = "e"\nactive.' + ".".join("a" * 5000) + " = 1",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_file_5000_levels_deep_is_refused_at_its_line(tmp_path, text):
    (found,) = problems(tmp_path, FIELD + text)
    line, _, words = found.removeprefix("us.toml:").partition(": ")
    assert words == "nested deeper than 40 levels"
    assert FIELD.count("\n") + 1 <= int(line) <= FIELD.count("\n") + 40


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert load(tmp_path, "\ufeff" + FIELD + event("every Tue")).fiscal.id == "us"


def test_a_calendar_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError) as error:
        RhythmCalendar.load(tmp_path / "none.toml")
    assert "no such file" in str(error.value)


# --- layers ---------------------------------------------------------------------------------------------


def test_a_circle_of_files_is_told(tmp_path):
    for name, other in (("one", "two"), ("two", "three"), ("three", "one")):
        (tmp_path / f"{name}.toml").write_text(
            f'schema = 1\n[calendar]\nid = "{name}"\nextends = "{other}"\n'
        )
    with pytest.raises(ConfigError) as error:
        RhythmCalendar.load(tmp_path / "one.toml")
    assert "three.toml:4: calendar.extends: extends itself: one -> two -> three -> one" in str(error.value)


def test_nine_files_over_each_other_are_too_many(tmp_path):
    for number in range(12):
        text = f'schema = 1\n[calendar]\nid = "c{number}"\nextends = "c{number + 1}"\n'
        (tmp_path / f"c{number}.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        RhythmCalendar.load(tmp_path / "c0.toml")
    assert "c7.toml:4: calendar.extends: more than 8 files over each other: c0 -> c1" in str(error.value)


def test_a_file_of_the_same_name_lies_over_the_bundled_one_only(tmp_path):
    text = 'schema = 1\n[calendar]\nid = "{0}"\nextends = "{0}"\n'
    (tmp_path / "4-4-5.toml").write_text(text.format("4-4-5"))
    assert RhythmCalendar.load(tmp_path / "4-4-5.toml").definitions["monthly-review"]
    (found,) = problems(tmp_path, text.format("own"), "own.toml")
    assert "own.toml:4: calendar.extends: extends itself: own -> own" in found


def test_a_long_circle_is_named_in_short(tmp_path):
    parts = [action("BD1 of month", f'needs = ["a{(one - 1) % 3000}"]', f"a{one}") for one in range(3000)]
    (found,) = problems(tmp_path, FIELD + "".join(parts))
    assert "waits for itself: " in found and " -> … -> " in found and len(found) < 200


def test_what_is_extended_must_be_there(tmp_path):
    (found,) = problems(tmp_path, 'schema = 1\n[calendar]\nid = "x"\nextends = "microsft-like"\n')
    assert "us.toml:4: calendar.extends: no calendar 'microsft-like' (did you mean microsoft-like?)" in found


def test_an_extending_file_states_its_own_id(tmp_path):
    (found,) = problems(tmp_path, 'schema = 1\n[calendar]\nextends = "microsoft-like"\n')
    assert "calendar.id: needs the key id" in found


def test_a_mistake_in_the_file_below_is_told_there(tmp_path):
    (tmp_path / "base.toml").write_text(FIELD + event("every Teu"))
    (found,) = problems(tmp_path, 'schema = 1\n[calendar]\nid = "x"\nextends = "base"\n', "top.toml")
    assert "base.toml:13: event e: when" in found


def test_the_command_tells_and_exits_with_2(tmp_path, capsys):
    path = tmp_path / "us.toml"
    path.write_text(FIELD + event("BD0 of month") + event("every Teu", id="f"))
    assert run(["rhythm", "--calendar", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and "Traceback" not in printed.err
    assert f"{path}:13: event e: when" in printed.err and f"{path}:18: event f: when" in printed.err


def test_escape_sequences_in_a_file_reach_no_terminal(tmp_path):
    (found,) = problems(tmp_path, FIELD + event("every Tue", 'roll = "\\u001b[2J"'))
    assert "\x1b" not in found


def test_a_list_that_ends_soon_is_a_warning(tmp_path):
    folder = tmp_path / "holidays"
    folder.mkdir()
    (folder / "own.toml").write_text(
        'schema = 1\nname = "own"\nyears = [2010, 2012]\nholiday = [{ date = 2012-01-02, name = "Day" }]\n'
    )
    calendar = load(tmp_path, FIELD.replace("us-federal", "own"))
    (warning,) = calendar.warnings
    assert "the holiday list own ends on 2012-12-31" in str(warning) and warning.line == 5


def test_dropping_a_holiday_that_is_not_there_is_a_warning(tmp_path):
    text = FIELD + '[[holiday_set]]\nname = "us-federal"\ndrop = ["Columbas Day", 2026-07-03]\n'
    calendar = load(tmp_path, text)
    (warning,) = calendar.warnings
    assert warning.hint == "did you mean Columbus Day?" and warning.line == 12
