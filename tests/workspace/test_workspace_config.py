"""`cockpit.toml` is read strictly: every mistake at once, each at its line, with the nearest name."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.problems import ConfigError, ExitCode, Problem
from cockpit.workspace import load_workspace

FULL = """\
schema = 1
name = "US Field"
calendars = ["us-field", "retail-454"]
as_of = 2026-11-23
currency = "EUR"

[sources.opportunities]
path = "Opportunities.csv"
date_format = { close_date = "%d.%m.%Y" }
columns = { opportunity_id = "Id", amount = "Value", stage = "Stage", close_date = "Close" }

[[sources.opportunities.lookup]]
path = "Owners.csv"
on = { "OwnerSeq" = "OwnerSeq" }
take = { owner = "Owner" }

[targets]
won_amount = { "FY27-Q2" = 12000000, "FY27-Q3" = 12500000.50 }
close_rate = 0.5
lost_amount = "quota"

[kpi]
board = ["open_pipeline", "close_rate"]
stale_days = 60

[kpi.close_rate]
warn = 0.95
drill = ["manager", "owner"]

[[control]]
metric = "won_amount"
period = "FY27-Q1"
expected = 41250000

[slices]
east = "territory = 'US-EAST'"

[display]
units = "M"

[compare]
align = "day"

[people]
pat = { name = "P.", owner = ["Peyton Davis"], manager = "kim", cover = { by = "kim", until = 2026-12-04 } }
kim = { name = "K. Lee" }

[store]
shared = true

[quota]
seasonality = [19, 24.5, 28, 28.5]
"""


def write(folder: Path, text: str) -> Path:
    (folder / "cockpit.toml").write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load_workspace(write(folder, text))
    assert caught.value.exit_code == ExitCode.USAGE
    return list(caught.value.problems)


def test_everything_that_the_file_may_say(tmp_path):
    workspace = load_workspace(write(tmp_path, FULL))
    config = workspace.config
    assert workspace.name == "US Field"
    assert workspace.calendar_names == ("us-field", "retail-454")
    assert config.as_of == "2026-11-23"
    assert config.sources["opportunities"].lookup[0].take == {"owner": "Owner"}
    assert config.targets["won_amount"] == {"FY27-Q2": 12_000_000, "FY27-Q3": 12_500_000.5}
    assert config.targets["lost_amount"] == "quota"
    assert (config.kpi.stale_days, config.kpi.board) == (60, ["open_pipeline", "close_rate"])
    assert config.metrics["close_rate"].warn == 0.95
    assert config.metrics["close_rate"].drill == ["manager", "owner"]
    assert config.control[0].expected == 41_250_000
    assert config.people["pat"].cover.until == date(2026, 12, 4)
    assert workspace.people.owner_name("me", "pat") == "Peyton Davis"
    assert workspace.people.cover_of("Peyton Davis", date(2026, 12, 4)) == "kim"
    assert config.store.shared
    assert config.quota.seasonality == [19, 24.5, 28, 28.5]


def test_an_empty_file_is_a_workspace_with_defaults(tmp_path):
    workspace = load_workspace(write(tmp_path, ""))
    assert workspace.name == tmp_path.name
    assert workspace.calendar_names == ("microsoft-like",)
    assert workspace.config.as_of == "today"
    assert workspace.config.kpi.required_fields == ["amount", "close_date", "stage", "owner", "next_step"]
    assert workspace.config.sources == {}
    assert not workspace.is_demo


def test_all_mistakes_are_told_at_once_each_at_its_line(tmp_path):
    text = """\
schema = 1
calender = "microsoft-like"
as_of = "tomorow"

[sources.opportunities]
path = "Opportunities.csv"
date_fromat = "%Y-%m-%d"

[sources.oportunities]
path = "x.csv"

[sources.agreements]
path = "Agreements.csv"
columns = { agreement_id = "Id", expires_dat = "End", base_amount = "Value" }

[targets]
won_amount = { "FY27-Q2" = "many" }
close_rate = true

[kpi]
stale_days = "ninety"
bord = []

[kpi.close_rate]
wanr = 0.9

[[control]]
metric = "won_amount"
period = "FY27-Q1"
expected = 1

[[control]]
metric = "won_count"

[display]
units = "m"

[people]
pat = { nam = "P" }
"""
    told = [(problem.line, problem.key, problem.hint) for problem in problems_of(tmp_path, text)]
    assert (2, "calender", "did you mean calendar?") in told
    assert (3, "as_of") in [(line, key) for line, key, _ in told]
    assert (7, "sources.opportunities.date_fromat", "did you mean date_format?") in told
    assert (9, "sources.oportunities", "did you mean opportunities?") in told
    assert (14, "sources.agreements.columns.expires_dat", "did you mean expires_date?") in told
    assert (17, "targets.won_amount.FY27-Q2", None) in told
    assert (18, "targets.close_rate", None) in told
    assert (21, "kpi.stale_days", None) in told
    assert (22, "kpi.bord", "did you mean board?") in told
    assert (25, "kpi.close_rate.wanr", "did you mean warn?") in told
    assert [key for line, key, _ in told if line == 32] == ["control[2]", "control[2]"]
    assert (36, "display.units", "did you mean M?") in told
    assert (39, "people.pat.nam", "did you mean name?") in told
    assert [line for line, _, _ in told] == sorted(line for line, _, _ in told)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("schema = 2", "schema", "2"),
        ('calendar = "a"\ncalendars = ["b"]', "calendars", "calendar is given too"),
        ('currency = "dollar"', "currency", "no currency"),
        ('as_of = "2026-02-30"', "as_of", "no day"),
        ('as_of = "23.11.2026"', "as_of", "no day"),
        ("as_of = 20261123", "as_of", "must be text"),
        ('[targets]\nwon_amount = "quotas"', "targets.won_amount", "no target"),
        ("[kpi]\nstale_days = -1", "kpi.stale_days", ">= 0"),
        ("[kpi.close_rate]\nwarn = 0", "kpi.close_rate.warn", "> 0"),
        ("kpi = 3", "kpi", "must be a table"),
        ("[metrics.close_rate]\nwarn = 1.0", "metrics", "unknown key"),
        ("[quota]\nseasonality = [1, 2, 3]", "quota.seasonality", "3 shares"),
        ("[quota]\nseasonality = [0, 0, 0, 0]", "quota.seasonality", "add up to nothing"),
        ('[people]\npat = { manager = "kim" }', "people.pat.manager", "nobody has the login kim"),
        ('[compare]\nalign = "weeks"', "compare.align", "not one of the known values"),
        ('[store]\nshared = "yes"', "store.shared", "must be true or false"),
        ("sources = 3", "sources", "must be a table"),
        ('[sources.opportunities]\npath = 3', "sources.opportunities.path", "must be text"),
        ('[slices]\neast = ""', "slices.east", "length"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_key(tmp_path, text, key, words):
    (problem,) = problems_of(tmp_path, text)
    assert problem.key == key
    assert words in problem.message
    assert problem.line == (1 if "\n" not in text else 2 if not text.startswith("[metrics") else 1)
    assert problem.file == str(tmp_path / "cockpit.toml")


def test_text_that_is_no_toml(tmp_path):
    (problem,) = problems_of(tmp_path, 'name = "a"\nname = [')
    assert problem.line in (2, 3)


@given(st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=5) | st.booleans(), max_size=5))
def test_no_content_ends_in_anything_but_words(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("ws")
    lines = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in data.items()]
    try:
        load_workspace(write(folder, "\n".join(lines)))
    except ConfigError as error:
        assert all("\x1b" not in str(problem) for problem in error.problems)


def test_hostile_text_is_clean_once_read(tmp_path):
    workspace = load_workspace(write(tmp_path, r'name = "a\u001b]0;x\u0007"'))
    assert "\x1b" not in workspace.name


def test_a_folder_without_a_file_a_file_and_nothing(tmp_path):
    with pytest.raises(ConfigError, match=r"no cockpit\.toml in it \(make one with cockpit init"):
        load_workspace(tmp_path)
    with pytest.raises(ConfigError, match="no such folder"):
        load_workspace(tmp_path / "nowhere")
    (tmp_path / "deals.csv").write_text("a\n")
    with pytest.raises(ConfigError, match="not a workspace folder"):
        load_workspace(tmp_path / "deals.csv")


def test_the_file_itself_names_the_workspace_too(tmp_path):
    write(tmp_path, 'name = "x"')
    assert load_workspace(tmp_path / "cockpit.toml").folder == tmp_path


def test_places(tmp_path, own_home):
    first = load_workspace(write(tmp_path, ""))
    other = tmp_path / "other"
    other.mkdir()
    second = load_workspace(write(other, ""))
    assert first.store_path == tmp_path / ".cockpit" / "work.sqlite3"
    assert first.history_folder == tmp_path / ".cockpit" / "history"
    assert first.metrics_folder == tmp_path / "metrics"
    assert first.calendars_folder == tmp_path / "calendars"
    assert first.cache_folder.is_relative_to(own_home / "cache" / "cockpit")
    assert first.cache_folder != second.cache_folder
    assert first.is_writable


def test_reading_a_workspace_imports_neither_polars_nor_the_store(tmp_path):
    write(tmp_path, FULL.split("[people]")[0])
    code = (
        "import sys; from pathlib import Path; from cockpit.workspace import load_workspace;"
        f"load_workspace(Path({str(tmp_path)!r}));"
        "print([name for name in ('polars', 'textual', 'sqlite3', 'click') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
