"""Due dates that numpy, dateutil and a retail calendar computed, through the library and the command."""

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from rhythm_files import COMPANY, FIELD, RETAIL, action, event, load

from cockpit.cli.entry import run
from cockpit.rhythm import Anchor

ROWS_OF_AGREEMENTS = 'for_each = { source = "agreements", key = "agreement_id", date = "expires_date" }'


@pytest.fixture(scope="module")
def vectors():
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "due_vectors.csv"
    if not path.exists():
        pytest.skip("the published answers beside the project are not here")
    found = defaultdict(list)
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            mark = re.sub(r"^FY20(\d\d)", r"FY\1", row["occurrence_key"])
            found[row["rule"]].append((mark, date.fromisoformat(row["date"])))
    return dict(found)


def calendar_text(rule: str) -> str:
    """The calendar that a rule of the vectors is for."""
    written, _, roll = rule.partition(", roll ")
    written = re.sub(r" \(.*\)$", "", written)
    more = f'roll = "{roll}"' if roll else ""
    if "period" in rule or "week" in rule:
        return RETAIL + COMPANY + event(written, more)
    if rule.startswith("T"):
        holidays = "" if "full US" in rule else COMPANY
        return FIELD + holidays + action(written, f"{more}\n{ROWS_OF_AGREEMENTS}", "e")
    if rule.startswith("event"):
        lock = event("last BD of quarter", id="lock")
        return FIELD + COMPANY + lock + action(written, 'event = "lock"', "e")
    return FIELD + COMPANY + event(written, more)


def test_fifty_rules(vectors):
    assert sum(map(len, vectors.values())) == 50


def test_the_library_agrees(vectors, tmp_path):
    for rule, expected in vectors.items():
        calendar = load(tmp_path, calendar_text(rule))
        anchors = {}
        if rule.startswith("T"):
            days = [date.fromisoformat(mark) for mark, _ in expected]
            anchors = {"agreements": [Anchor("agreements", "AG-1", day, day) for day in days]}
            expected = [(f"AG-1/{mark}", day) for mark, day in expected]
        if rule.startswith("BD-10"):
            expected = [("FY27-P01", date(2026, 7, 20))]
        for mark, day in expected:
            found = calendar.occurrences(day - timedelta(days=20), day + timedelta(days=20), anchors=anchors)
            same = {one.key: one.date for one in found if one.event == "e"}
            assert same[f"{calendar.fiscal.id}/e/{mark}"] == day, rule


def test_the_command_agrees(vectors, tmp_path, capsys):
    rules = [rule for rule in vectors if not rule.startswith("T")]
    agreed = Counter()
    for rule in rules:
        path = tmp_path / "calendar.toml"
        path.write_text(calendar_text(rule))
        days = [day for _, day in vectors[rule]]
        code = run(
            ["rhythm", "--calendar", str(path), "--json", "--from", str(min(days)), "--to", str(max(days))]
        )
        assert code == 0
        found = {
            one["key"].split("/")[-1]: one["date"]
            for one in json.loads(capsys.readouterr().out)
            if one["event"] == "e"
        }
        for mark, day in vectors[rule]:
            assert found[mark] == day.isoformat(), rule
            agreed[rule] += 1
    assert sum(agreed.values()) == 46
