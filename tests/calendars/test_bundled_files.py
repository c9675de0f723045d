"""What the bundled calendar files say, read as plain TOML: nothing here asks the loader."""

import re
from datetime import date

import pytest
import tomli

from cockpit.base.paths import bundled

FOLDER = bundled("calendars")
FILES = sorted(FOLDER.glob("*.toml"))
BASE = tomli.loads((FOLDER / "microsoft-like.toml").read_text())
WORKSTREAMS = {"faststart", "annuity", "rhythm", "hygiene", "landing", "quota", "other"}
ACTIONS = {action["id"]: action for action in BASE["action"]}
EVENTS = {event["id"]: event for event in BASE["event"]}


def test_the_six_promised_calendars_are_there():
    names = {path.stem for path in FILES}
    assert names == {"microsoft-like", "calendar-year", "feb-january", "april-march", "nrf-4-5-4", "4-4-5"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_by_its_id_and_names_its_year(path):
    data = tomli.loads(path.read_text())
    assert data["schema"] == 1
    assert data["calendar"]["id"] == path.stem
    assert data["fiscal"]["year_name"] in ("start", "end")


def test_ids_are_unique_over_events_and_actions():
    ids = [entry["id"] for entry in (*BASE["event"], *BASE["action"])]
    assert len(ids) == len(set(ids)) > 80


def test_every_action_has_an_owner_with_a_role_and_something_that_proves_it():
    roles = {role["name"] for role in BASE["role"]}
    for action in BASE["action"]:
        assert action["owner"] in roles, action["id"]
        assert action.get("escalate", {"to": action["owner"]})["to"] in roles, action["id"]
        assert action.get("workstream", "rhythm") in WORKSTREAMS, action["id"]
        if action["id"] != "quarterly-delegates":
            assert action["evidence"]["kind"] in ("link", "file", "number", "note", "signoff"), action["id"]
    for event in BASE["event"]:
        assert set(event.get("roles", ())) <= roles, event["id"]


def test_needs_name_actions_of_the_same_kind_of_unit():
    for action in BASE["action"]:
        for need in action.get("needs", ()):
            assert need in ACTIONS, (action["id"], need)
            assert ACTIONS[need].get("for_each") == action.get("for_each"), (action["id"], need)


def test_actions_hang_from_events_that_exist():
    for action in BASE["action"]:
        if "event" in action:
            assert action["event"] in EVENTS
        assert "event" in action or not action["due"].startswith("event")


def test_rules_never_name_months_so_that_other_years_can_extend():
    for entry in (*BASE["event"], *BASE["action"]):
        for rule in (entry.get("when"), entry.get("due"), entry.get("until")):
            assert rule is None or re.search(r"\bmonth\b|\b20\d\d\b", rule) is None, entry["id"]


def test_the_monthly_review_has_ten_steps_from_bd1_to_bd20():
    steps = [action for action in BASE["action"] if action.get("event") == "monthly-review"]
    days = [int(re.fullmatch(r"BD(\d+) after period", step["due"]).group(1)) for step in steps]
    assert days == [1, 2, 3, 4, 5, 7, 8, 10, 15, 20]
    assert EVENTS["monthly-review"]["when"] == "BD6 after period"


def test_the_quarterly_review_runs_from_five_weeks_before_to_one_week_after():
    dues = [action["due"] for action in BASE["action"] if action.get("event") == "quarterly-review"]
    assert dues[0] == "event - 5w" and dues[-1] == "event + 1w" and len(dues) == 9


def test_faststart_gates_are_those_of_the_roll_over():
    dues = [action["due"] for action in BASE["action"] if action.get("workstream") == "faststart"]
    before = [120, 90, 60, 45, 30, 21, 14, 7, 1]
    after = [2, 5, 10, 15, 20, 30, 45]
    assert dues == [f"day 1 of year - {days}d" for days in before] + ["day 1 of year"] + [
        f"BD{day} of year" for day in after
    ]


def test_annuity_touchpoints_run_from_eighteen_months_before_to_recapture():
    touchpoints = [action for action in BASE["action"] if "for_each" in action]
    before = ["T-18mo", "T-180d", "T-120d", "T-90d", "T-60d", "T-30d", "T-15d", "T-5bd"]
    after = ["T+1d", "T+30d", "T+60d", "T+90d"]
    assert [action["due"] for action in touchpoints] == [*before, "T", *after]
    assert {action["workstream"] for action in touchpoints} == {"annuity"}
    assert {action["for_each"]["source"] for action in touchpoints} == {"agreements"}


def test_the_company_keeps_the_friday_after_thanksgiving_in_every_frozen_year():
    federal = tomli.loads((FOLDER / "holidays" / "us-federal.toml").read_text())
    thanksgivings = [entry["date"] for entry in federal["holiday"] if entry["name"] == "Thanksgiving Day"]
    (company,) = BASE["holiday_set"]
    added = [entry["date"] for entry in company["add"]]
    assert [day.toordinal() - 1 for day in added] == [day.toordinal() for day in thanksgivings]
    assert added[0] == date(2010, 11, 26) and added[-1] == date(2032, 11, 26)
    assert company["drop"] == ["Columbus Day", "Veterans Day"]
