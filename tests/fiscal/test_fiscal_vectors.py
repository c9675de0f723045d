"""Published and independently computed coordinates, through the library and through the command."""

import csv
import io
import json
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from fiscal_files import FOLDER, SYSTEMS, system

from cockpit.cli.entry import run

NUMBERS = (
    "fy",
    "half",
    "quarter",
    "period",
    "week",
    "week_of_quarter",
    "day_of_quarter",
    "day_of_year",
    "weeks_in_year",
)


@pytest.fixture(scope="module")
def vectors():
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "fiscal_vectors.csv"
    if not path.exists():
        pytest.skip("the published answers beside the project are not here")
    rows = defaultdict(list)
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            rows[row["system"].replace("_", "-")].append(row)
    return rows


def differences(row, found):
    return [
        (row["date"], name, row[name], found[name])
        for name in NUMBERS
        if row[name] and int(row[name]) != found[name]
    ]


def test_every_system_has_a_calendar(vectors):
    assert set(vectors) == set(SYSTEMS)
    assert sum(map(len, vectors.values())) == 877


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_library_agrees(vectors, name):
    calendar = system(name)
    wrong = [
        found
        for row in vectors[name]
        for found in differences(row, calendar.coordinates(date.fromisoformat(row["date"])).as_json())
    ]
    assert wrong == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_command_agrees(vectors, name, monkeypatch, capsys):
    rows = vectors[name]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(row["date"] for row in rows)))
    assert run(["fiscal", "--calendar", str(FOLDER / f"{name}.toml"), "--json", "-"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["date"] for one in document] == [row["date"] for row in rows]
    wrong = [
        difference for row, one in zip(rows, document, strict=True) for difference in differences(row, one)
    ]
    assert wrong == []


# --- traps that have a name -----------------------------------------------------------------------------


def test_a_year_is_named_by_its_anchor_month_not_by_its_last_day():
    jnj = system("jnj-nearest-sun-dec")
    assert jnj.unit_named("FY2020").end == date(2021, 1, 3)
    assert jnj.coordinates(date(2021, 1, 3)).fy == 2020


def test_the_long_period_of_the_retail_year():
    december = system("nrf-454").unit_named("FY23-P12")
    assert (december.end - december.start).days + 1 == 35
    assert december.end == date(2024, 2, 3)


def test_the_long_quarter_of_apple():
    first = system("apple-544-last-sat-sep").unit_named("FY23-Q1")
    assert (first.end - first.start).days + 1 == 98


def test_the_iso_week_of_new_year():
    found = system("iso-week").coordinates(date(2021, 1, 1))
    assert (found.fy, found.week, found.quarter) == (2020, 53, None)


def test_retail_years_of_53_weeks_as_the_trade_publishes_them():
    retail = system("nrf-454")
    long_years = [year for year in range(1999, 2046) if retail.engine.year(year).whole_weeks == 53]
    assert long_years == [2000, 2006, 2012, 2017, 2023, 2028, 2034, 2040, 2045]


def test_a_quarter_that_starts_on_a_saturday_has_its_first_business_day_on_the_third():
    months = system("calendar-year")
    found = [months.coordinates(date(2028, 1, day)).business_day_of_quarter for day in (1, 2, 3, 4)]
    assert found == [0, 0, 1, 2]
