"""Each command's JSON document has the keys that are promised, and each stream carries what it should."""

import csv
import io
from decimal import Decimal

import pytest

FISCAL = [
    "date",
    "fy",
    "half",
    "quarter",
    "period",
    "week",
    "week_of_quarter",
    "day_of_quarter",
    "day_of_year",
    "weeks_in_year",
    "days_left_in_quarter",
    "is_business_day",
    "business_day_of_period",
    "business_day_of_quarter",
    "business_days_left_in_quarter",
    "labels",
    "year_start",
    "year_end",
    "quarter_start",
    "quarter_end",
    "period_start",
    "period_end",
]
RHYTHM = [
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
]
TASK = [
    "key",
    "title",
    "workstream",
    "status",
    "owner",
    "owner_role",
    "due",
    "at",
    "overdue",
    "business_days_left",
    "urgency",
    "evidence",
    "needs",
    "blocked_by",
    "period",
    "version",
    "updated_at",
    "updated_by",
]
KPI_ROW = [
    "kpi",
    "by",
    "value",
    "unit",
    "n",
    "reason",
    "numerator",
    "denominator",
    "compare",
    "target",
    "status",
]
EXPLAIN = [
    "kpi",
    "label",
    "formula",
    "substituted",
    "value",
    "n",
    "filters",
    "left_out",
    "sources",
    "snapshot",
    "definition_file",
    "definition_line",
]
KPIS = ["name", "label", "unit", "kind", "basis", "date", "good", "drill", "description", "source"]


def test_fiscal_needs_no_workspace_and_says_which_calendar(command):
    done = command("fiscal", "2026-12-31", "2027-01-01", "--json")
    assert done.code == 0
    assert [list(one)[: len(FISCAL)] for one in done.json()] == [FISCAL, FISCAL]
    assert set(done.json()[0]["labels"]) == {"year", "half", "quarter", "period", "week"}
    assert "microsoft-like" in done.err


def test_fiscal_of_one_day_is_a_few_words(command):
    done = command("fiscal", "2026-11-23")
    assert "FY27-Q2-W09" in done.out
    assert "BD 38 of the quarter" in done.out


def test_rhythm_has_the_promised_keys_in_time_order(command):
    document = command("rhythm", "--from", "2026-11-23", "--to", "2026-12-31", "--json").json()
    assert all(set(RHYTHM) <= set(one) for one in document)
    actions = [one for one in document if one["type"] == "action"]
    assert actions
    assert all({"owner_role", "needs", "evidence", "lead_start"} <= set(one) for one in actions)
    assert [one["utc"] for one in document] == sorted(one["utc"] for one in document)


def test_rhythm_explains_an_event_and_guesses_a_mistyped_one(command):
    assert "every Tuesday" in command("rhythm", "explain", "forecast-lock", "--count", "2").out
    wrong = command("rhythm", "explain", "forcast-lock")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean forecast-lock?" in wrong.err


def test_rhythm_backwards_in_time_is_refused(command):
    done = command("rhythm", "--from", "2027-01-02", "--to", "2027-01-01")
    assert done.code == 2
    assert "--to: 2027-01-01 lies before 2027-01-02" in done.err


def test_rhythm_writes_events_and_to_dos_to_two_files(command, tmp_path):
    assert command("rhythm", "--ics", tmp_path / "field.ics").code == 0
    assert "BEGIN:VEVENT" in (tmp_path / "field.ics").read_text()
    assert "BEGIN:VTODO" in (tmp_path / "field-tasks.ics").read_text()


def test_tasks_have_the_promised_keys(command, own_demo):
    document = command("tasks", "all", "-w", own_demo, "--json").json()
    assert document
    assert all(list(one)[: len(TASK)] == TASK for one in document)


def test_kpi_document(command, small_demo):
    asked = ["kpi", "close_rate", "--by", "manager", "--vs", "last-quarter", "-w", small_demo, "--json"]
    document = command(*asked).json()
    assert list(document) == ["as_of", "period", "currency", "currency_basis", "snapshot", "rows"]
    assert set(document["period"]) == {"label", "start", "end", "through"}
    assert {"id", "kind", "taken_at"} <= set(document["snapshot"])
    assert all(set(KPI_ROW) <= set(row) for row in document["rows"])
    compare = document["rows"][0]["compare"]
    assert {"period", "value", "delta", "swing", "unusual"} <= set(compare)
    assert document["rows"][0]["by"] == {}
    values = [row["value"] for row in document["rows"][1:]]
    assert values == sorted(values, reverse=True)


def test_kpi_csv_has_the_promised_head(command, small_demo):
    done = command("kpi", "won_amount", "--by", "manager", "-w", small_demo, "--csv")
    table = list(csv.reader(io.StringIO(done.out)))
    assert table[0] == [
        "kpi",
        "manager",
        "value",
        "unit",
        "n",
        "reason",
        "numerator",
        "denominator",
        "target",
        "status",
        "compare_period",
        "compare_value",
        "compare_delta",
    ]
    total, *groups = [Decimal(row[2]) for row in table[1:]]
    assert sum(groups) == total


def test_rows_add_up_exactly(command, small_demo):
    import json

    rows = command("rows", "won_amount", "--period", "all", "-w", small_demo, "--json")
    document = json.loads(rows.out, parse_float=Decimal)
    assert list(document) == ["kpi", "as_of", "period", "count", "truncated", "columns", "rows"]
    assert document["columns"][:2] == ["part", "contribution"]
    figure = command("kpi", "won_amount", "--period", "all", "-w", small_demo, "--json")
    value = json.loads(figure.out, parse_float=Decimal)["rows"][0]["value"]
    assert sum(row[1] for row in document["rows"]) == value


def test_rows_under_a_limit_still_count_all(command, small_demo):
    document = command("rows", "open_pipeline", "--limit", "2", "-w", small_demo, "--json").json()
    assert document["truncated"] is True
    assert len(document["rows"]) == 2 < document["count"]


def test_an_explained_count_has_no_decimals(command, small_demo):
    told = command("explain", "won_count", "-w", small_demo).out
    value = next(line for line in told.splitlines() if line.startswith("value"))
    assert value.split()[1].replace(",", "").isdigit()


def test_explain_document(command, small_demo):
    document = command("explain", "close_rate", "-w", small_demo, "--json").json()
    assert set(EXPLAIN) <= set(document)
    assert set(document["sources"][0]) == {"table", "path_or_host", "loaded_at", "rows", "rejected"}


def test_kpis_list_the_catalogue_and_the_functions(command, small_demo):
    document = command("kpis", "-w", small_demo, "--json").json()
    assert all(set(KPIS) <= set(one) for one in document)
    assert "COALESCE" in command("kpis", "--functions").out


def test_check_document(command, small_demo):
    done = command("check", "-w", small_demo, "--json")
    assert set(done.json()) >= {"problems", "ok"}
    assert all(
        list(one) == ["severity", "file", "line", "key", "message", "hint"] for one in done.json()["problems"]
    )


def test_a_past_day_moves_figures_and_not_the_tasks(command, own_demo):
    command("sync", "-w", own_demo)
    before = command("tasks", "-w", own_demo, "--json").json()
    past = command("kpi", "won_amount", "--as-of", "2026-09-30", "-w", own_demo, "--json").json()
    assert past["as_of"] == "2026-09-30"
    assert past["period"]["label"] == "FY27-Q1"
    assert (past["snapshot"]["kind"], past["snapshot"]["basis"]) == ("stored", "as reported")
    assert command("tasks", "-w", own_demo, "--json").json() == before


@pytest.mark.parametrize("form", ["text", "markdown", "mail", "json"])
def test_the_brief_in_every_form(command, own_demo, form):
    done = command("brief", "--format", form, "-w", own_demo)
    assert done.code == 0, done.err
    assert done.out
    assert "demo data" in done.err


def test_a_brief_of_an_earlier_day_shows_faststart_as_it_stood_and_says_what_stays(command, own_demo):
    then = command("brief", "--view", "faststart", "--as-of", "2026-07-20", "-w", own_demo)
    assert "FastStart FY27 as of Mon 20 Jul" in then.out
    assert "Burn-up" in then.out
    assert "stays at today" not in then.err
    tasks = command("brief", "--view", "tasks", "--as-of", "2026-07-20", "-w", own_demo)
    assert "tasks stays at today" in tasks.err
    now = command("brief", "--view", "faststart", "-w", own_demo)
    assert "FastStart FY28 opens Wed 3 Mar, in 100 days" in now.out


def test_the_brief_stays_silent_when_nothing_changed(command, own_demo):
    asked = ["brief", "--format", "mail", "--only-if-changed", "-w", own_demo]
    assert command(*asked).out
    assert command(*asked).out == ""


@pytest.mark.parametrize(
    "words",
    [
        ["kpi"],
        ["kpis"],
        ["rejects"],
        ["sync"],
        ["doctor"],
        ["config", "show"],
        ["config", "path"],
        ["config", "validate"],
        ["config", "schema"],
        ["tasks", "overdue", "--by", "owner"],
    ],
)
def test_the_other_commands_are_in_order(command, own_demo, words):
    where = [] if words[-1] == "schema" else ["-w", own_demo]
    done = command(*words, *where)
    assert done.code == 0, done.err
    assert done.out
    assert "\x1b" not in done.out


def test_the_workspace_may_stand_before_and_after_the_command(command, small_demo):
    after = command("kpi", "quota", "-w", small_demo, "--json").out
    assert command("-w", small_demo, "kpi", "quota", "--json").out == after


def test_without_a_terminal_the_screen_is_text(command, own_demo):
    done = command("-w", own_demo)
    assert done.code == 0
    assert "Needs you" in done.out
    assert "\x1b" not in done.out


def test_every_command_has_help(command):
    from cockpit.cli.entry import COMMANDS

    overview = command("--help").out
    for name in COMMANDS:
        assert f"\n  {name} " in overview
        assert command(name, "--help").out.startswith("Usage: cockpit")
