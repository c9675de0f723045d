"""The writer of holiday files, and the files that it wrote."""

import sys
from datetime import date
from pathlib import Path

import pytest
import tomli

from cockpit.base.paths import bundled
from cockpit.base.problems import ExitCode, UsageError
from cockpit.rhythm.freeze import (
    FrozenHolidays,
    freeze_holidays,
    list_name,
    parse_years,
    write_holidays,
)

LISTS = sorted((bundled("calendars") / "holidays").glob("*.toml"))


def days_of(path: Path) -> dict[date, str]:
    return {entry["date"]: entry["name"] for entry in tomli.loads(path.read_text())["holiday"]}


def bundled_days(name: str) -> dict[date, str]:
    return days_of(bundled("calendars") / "holidays" / f"{name}.toml")


def small(name: str = "xx", days: tuple[tuple[date, str], ...] = ()) -> FrozenHolidays:
    return FrozenHolidays(name, "XX", None, ("public",), (2026, 2027), "1.0", days, ())


# --- years and names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "years"),
    [("2026-2032", (2026, 2032)), ("2026", (2026, 2026)), (" 2010 - 2032 ", (2010, 2032))],
)
def test_years_are_a_range_or_one_year(text, years):
    assert parse_years(text) == years


@pytest.mark.parametrize("text", ["", "26-32", "2026..2032", "2032-2026", "1492-1500", "2026-9999", "x"])
def test_other_years_are_refused_as_a_usage_error(text):
    with pytest.raises(UsageError) as caught:
        parse_years(text)
    assert caught.value.exit_code == ExitCode.USAGE
    assert caught.value.problems[0].key == "years"


@pytest.mark.parametrize(
    ("country", "subdivision", "name"),
    [
        ("US", None, "us-federal"),
        ("US", "CA", "us-ca"),
        ("GB", "ENG", "gb-eng"),
        ("JP", None, "jp"),
        ("AU", "NSW Western", "au-nsw-western"),
    ],
)
def test_lists_are_named_by_country_and_subdivision(country, subdivision, name):
    assert list_name(country, subdivision) == name


# --- the text -----------------------------------------------------------------------------------------


def test_the_text_is_toml_that_says_where_it_comes_from():
    text = small(days=((date(2026, 7, 3), 'A "quoted" day \\ more'),)).as_toml()
    data = tomli.loads(text)
    assert data == {
        "schema": 1,
        "name": "xx",
        "years": [2026, 2027],
        "from": {"library": "holidays", "version": "1.0", "country": "XX", "categories": ["public"]},
        "holiday": [{"date": date(2026, 7, 3), "name": 'A "quoted" day \\ more'}],
    }
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_a_file_is_written_under_the_lists_name(tmp_path):
    path = write_holidays(small(), tmp_path / "holidays")
    assert path == tmp_path / "holidays" / "xx.toml"
    assert path.read_text() == small().as_toml()


@pytest.mark.parametrize("name", ["../evil", "", "a/b", "A B", ".hidden"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError):
        write_holidays(small(name), tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- the library --------------------------------------------------------------------------------------


def test_without_the_extra_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(UsageError) as caught:
        freeze_holidays("US", None, (2026, 2027))
    assert "pip install 'sales-cockpit[holidays]'" in str(caught.value)


def test_importing_the_writer_does_not_import_the_library():
    import subprocess

    program = "import sys, cockpit.rhythm.freeze; print('holidays' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_new_year_observed_on_the_last_day_of_the_year_before_is_in():
    pytest.importorskip("holidays")
    frozen = freeze_holidays("us", None, (2026, 2027))
    days = dict(frozen.holidays)
    assert days[date(2027, 12, 31)] == "New Year's Day (observed)"
    assert days[date(2026, 7, 3)] == "Independence Day (observed)"
    assert min(days).year == 2026 and max(days).year == 2027
    assert frozen.name == "us-federal"


def test_a_country_with_subdivisions_and_none_named_is_a_warning():
    pytest.importorskip("holidays")
    (warning,) = freeze_holidays("GB", None, (2026, 2026)).warnings
    assert warning.severity == "warning"
    assert "subdivisions" in warning.message and "ENG" in (warning.hint or "")
    assert freeze_holidays("GB", "ENG", (2026, 2026)).warnings == ()
    assert freeze_holidays("JP", None, (2026, 2026)).warnings == ()


def test_england_has_a_bank_holiday_that_the_whole_kingdom_lacks():
    pytest.importorskip("holidays")
    kingdom = dict(freeze_holidays("GB", None, (2026, 2026)).holidays)
    england = dict(freeze_holidays("GB", "england", (2026, 2026)).holidays)
    assert date(2026, 8, 31) in england and date(2026, 8, 31) not in kingdom


def test_estimated_dates_are_a_warning():
    pytest.importorskip("holidays")
    assert any(
        "estimated" in warning.message for warning in freeze_holidays("IN", None, (2030, 2032)).warnings
    )


@pytest.mark.parametrize(
    ("country", "subdivision", "hint"),
    [("XQ", None, "two letters"), ("DE", "BYY", "BY"), ("DE", "Bayerm", "Bayern"), ("JP", "13", "has none")],
)
def test_what_the_library_does_not_know_is_refused_with_a_hint(country, subdivision, hint):
    pytest.importorskip("holidays")
    with pytest.raises(UsageError) as caught:
        freeze_holidays(country, subdivision, (2026, 2026))
    assert hint in str(caught.value)


def test_an_unknown_category_names_the_known_ones():
    pytest.importorskip("holidays")
    with pytest.raises(UsageError, match="public"):
        freeze_holidays("US", None, (2026, 2026), categories=("pubic",))


def test_subdivisions_may_be_written_in_any_case_with_name_or_code():
    pytest.importorskip("holidays")
    by_code = freeze_holidays("DE", "by", (2026, 2026))
    assert (
        by_code
        == freeze_holidays("de", "Bayern", (2026, 2026))
        == freeze_holidays("DE", "DE-BY", (2026, 2026))
    )
    assert by_code.name == "de-by"


def test_freezing_twice_gives_the_same_bytes():
    pytest.importorskip("holidays")
    first, second = (freeze_holidays("CA", "ON", (2010, 2032)).as_toml() for _ in range(2))
    assert first == second


# --- the bundled lists --------------------------------------------------------------------------------


def test_every_promised_region_is_bundled():
    names = {path.stem for path in LISTS}
    assert {"us-federal", "gb-eng", "gb-sct", "gb-nir", "gb-wls", "fr", "jp", "in", "br"} <= names
    assert sum(name.startswith("de-") for name in names) == 16
    assert sum(name.startswith("ca-") for name in names) == 13
    assert sum(name.startswith("au-") for name in names) == 8


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_bundled_lists_are_whole_and_in_order(path):
    data = tomli.loads(path.read_text())
    assert data["schema"] == 1 and data["name"] == path.stem and data["years"] == [2010, 2032]
    entries = [(entry["date"], entry["name"]) for entry in data["holiday"]]
    assert entries == sorted(set(entries))
    years = {day.year for day, _ in entries}
    assert years == set(range(2010, 2033))
    for year in years:
        assert 6 <= len({day for day, _ in entries if day.year == year}) <= 26


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("us-federal", date(2027, 12, 31)),  # New Year's Day 2028 is a Saturday
        ("us-federal", date(2032, 12, 31)),  # and so is that of 2033, which the list does not reach
        ("us-federal", date(2021, 6, 18)),  # Juneteenth, observed on a Friday in its first year
        ("gb-sct", date(2026, 1, 2)),
        ("gb-nir", date(2026, 3, 17)),
        ("gb-eng", date(2022, 9, 19)),  # the state funeral
        ("de-by", date(2026, 6, 4)),  # Corpus Christi
        ("de-nw", date(2017, 10, 31)),  # Reformation Day, everywhere in that one year
        ("fr", date(2026, 7, 14)),
        ("ca-qc", date(2026, 6, 24)),
        ("jp", date(2026, 9, 22)),  # between two holidays
        ("br", date(2026, 9, 7)),
        ("in", date(2026, 1, 26)),
        ("au-vic", date(2026, 11, 3)),  # Melbourne Cup
    ],
)
def test_days_that_hand_made_lists_forget_are_in(name, day):
    assert day in bundled_days(name)


def test_a_day_of_one_region_is_not_in_its_neighbours():
    assert date(2026, 6, 4) not in bundled_days("de-be")
    assert date(2026, 1, 2) not in bundled_days("gb-eng")
    assert date(2026, 11, 3) not in bundled_days("au-nsw")


def test_bundled_lists_are_what_the_writer_writes():
    library = pytest.importorskip("holidays")
    for name, country, subdivision in (
        ("us-federal", "US", None),
        ("gb-eng", "GB", "ENG"),
        ("jp", "JP", None),
    ):
        path = bundled("calendars") / "holidays" / f"{name}.toml"
        if tomli.loads(path.read_text())["from"]["version"] != library.__version__:
            pytest.skip("written by another version of the library")
        assert freeze_holidays(country, subdivision, (2010, 2032)).as_toml() == path.read_text()
