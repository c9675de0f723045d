"""A table of fiscal years that ends soon: every view still draws, and the end is told in time."""

from datetime import date

import pytest

from cockpit.base.problems import UsageError
from cockpit.core import Cockpit
from cockpit.panes.lines import plain
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root

CALENDAR = """
schema = 1
[calendar]
id = "listed"
extends = "microsoft-like"
[fiscal]
system = "table"
year_name = "end"
periods = [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5]
quarters = [3, 3, 3, 3]
[[fiscal.year]]
label = "FY25"
start = 2024-12-29
weeks = 52
[[fiscal.year]]
label = "FY26"
start = 2025-12-28
weeks = 52
"""
LAST_DAY = date(2026, 12, 26)


@pytest.fixture
def cockpit(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "listed.toml").write_text(CALENDAR, encoding="utf-8")
    config = 'schema = 1\nname = "Listed"\ncalendar = "listed"\nas_of = "2026-11-23"\n'
    (tmp_path / "cockpit.toml").write_text(config, encoding="utf-8")
    with Cockpit.open(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("name", ["today", "rhythm", "tasks", "pipeline", "annuity", "faststart", "data"])
def test_every_view_draws_when_the_table_ends_within_the_months_shown(cockpit, name):
    view = root(name)
    assert any(plain(view.page(view.load(cockpit, Context()), Size(120, 40)).rows()))


def test_months_after_the_table_have_no_fiscal_names(cockpit):
    view = root("rhythm")
    months = view.load(cockpit, Context()).months
    assert [month.label for month in months[:3]] == ["FY26-P11", "FY26-P12", ""]
    assert len(months) == 6
    assert months[1].weeks[0] != ""
    assert set(months[2].weeks) == {""}


def test_the_agenda_of_the_last_unit_has_nothing_after_it(cockpit):
    view = root("rhythm").narrowed("FY26-Q4")
    data = view.load(cockpit, Context())
    assert (data.before, data.after) == ("FY26-Q3", "")
    assert "Year end" in {item.title for item in data.items}


def test_units_and_occurrences_end_with_the_table_or_go_on_without_a_period(cockpit):
    fiscal = cockpit.fiscal
    assert [one.label for one in fiscal.units("quarter", date(2026, 9, 1), date(2027, 9, 1))] == [
        "FY26-Q3",
        "FY26-Q4",
    ]
    assert fiscal.units("quarter", date(2027, 1, 1), date(2027, 9, 1)) == []
    assert fiscal.units("year", date(2020, 1, 1), date(2025, 1, 1))[0].label == "FY25"
    assert fiscal.unit("year", date(2027, 1, 1)) is None
    assert fiscal.day_columns(date(2026, 12, 20), date(2027, 1, 9))["date"][-1] == LAST_DAY
    with pytest.raises(UsageError, match="2024-12-29 to 2026-12-26"):
        fiscal.require_unit("year", date(2027, 1, 1))
    later = cockpit.rhythm(date(2027, 1, 4), date(2027, 1, 8))
    assert {one.period for one in later if one.event == "forecast-lock"} == {None}


def test_a_table_that_ends_within_twelve_months_is_warned_about(cockpit):
    (warning,) = [one for one in cockpit.calendar.warnings if "fiscal years" in one.message]
    assert str(warning).endswith(
        "listed.toml:15: fiscal.year[2]: the table of fiscal years ends on 2026-12-26 (add the next year)"
    )
    assert warning.severity == "warning"
