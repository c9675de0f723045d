"""Mistakes of people and of files: one clear line each, the right exit code, never a traceback."""

import os
from pathlib import Path

import pytest

EXPORT = "id,stage,amount,close,status\n1,Won,100,2026-10-01,Won\n2,Open,50,2026-12-01,Open\n"
CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }
status = { column = "status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
"""


def workspace(folder: Path, export: str | bytes | None = EXPORT, config: str = CONFIG) -> Path:
    folder = folder / "ws"
    folder.mkdir()
    (folder / "cockpit.toml").write_text(config, encoding="utf-8")
    if export is not None:
        (folder / "o.csv").write_bytes(export if isinstance(export, bytes) else export.encode())
    return folder


def only_line(text: str) -> str:
    assert text.count("\n") == 1, text
    return text.strip()


@pytest.mark.parametrize(
    ("export", "said"),
    [
        (None, "o.csv: no such file"),
        ("", "o.csv: is empty"),
        (b"\x7fELF\x00\x01\x02" * 400, "o.csv: is not a text file"),
        (EXPORT + "3,Won,10", "o.csv:4: the file ends in the middle of a row"),
        (EXPORT.replace("amount", "amout"), "o.csv:1: sources.opportunities.columns.amount: the file has no"),
    ],
)
def test_a_source_that_cannot_be_read(command, tmp_path, export, said):
    folder = workspace(tmp_path, export)
    done = command("kpi", "open_pipeline", "-w", folder)
    assert (done.code, done.out) == (3, "")
    assert only_line(done.err).startswith(said)
    checked = command("check", "-w", folder)
    assert checked.code == 1
    assert said in checked.out


def test_a_folder_instead_of_a_file(command, tmp_path):
    folder = workspace(tmp_path, None)
    (folder / "o.csv").mkdir()
    done = command("kpi", "open_pipeline", "-w", folder)
    assert done.code == 3
    assert only_line(done.err).startswith("o.csv: is a folder, not a file")


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read everything")
def test_a_file_without_permission(command, tmp_path):
    folder = workspace(tmp_path)
    (folder / "o.csv").chmod(0)
    done = command("kpi", "open_pipeline", "-w", folder)
    assert done.code == 3
    assert only_line(done.err).startswith("o.csv: ")


def test_an_unknown_status_is_said_beside_every_figure(command, tmp_path):
    folder = workspace(tmp_path, EXPORT + "3,Won,10,2026-10-01,Wonn\n")
    done = command("kpi", "open_pipeline", "-w", folder, "--json")
    assert done.code == 0
    assert done.json()["rows"][0]["value"] == 50
    assert "'Wonn'" in done.err
    assert "did you mean Won?" in done.err
    assert command("check", "-w", folder).code == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            CONFIG.replace("date_format", "date_fromat"),
            "cockpit.toml:6: sources.opportunities.date_fromat: unknown",
        ),
        (
            CONFIG.replace('stage = "stage"', 'stge = "stage"'),
            "cockpit.toml:7: sources.opportunities.columns.stge",
        ),
        (CONFIG.replace('stage = "stage"', 'stage = "a", stage = "b"'), "cockpit.toml:7"),
        (CONFIG.replace('"2026-11-23"', '"tomorow"'), "cockpit.toml:3: as_of: 'tomorow' is no day"),
        (CONFIG + "[", "cockpit.toml:9"),
    ],
)
def test_a_mistake_in_the_configuration(command, tmp_path, config, said):
    folder = workspace(tmp_path, config=config)
    done = command("kpi", "open_pipeline", "-w", folder)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert command("config", "validate", "-w", folder).code == 2
    assert command("check", "-w", folder).code == 1


def test_all_mistakes_of_a_configuration_at_once(command, tmp_path):
    config = CONFIG.replace("date_format", "date_fromat").replace("as_of", "asof")
    done = command("tasks", "-w", workspace(tmp_path, config=config))
    assert "did you mean date_format?" in done.err
    assert "did you mean as_of?" in done.err


HOSTILE = ["\x1b]0;owned\x07", "deal [/b] x", "[@click=app.quit]", "\x1b[31mred"]


def test_cells_and_headers_cannot_speak_to_the_terminal(command, tmp_path):
    export = "id,stage,amount,close,status,te\x1bst\n" + "".join(
        f"{number},{text},10,2026-12-01,Open,{text}\n" for number, text in enumerate(HOSTILE)
    )
    folder = workspace(tmp_path, export)
    for words in (
        ["kpi", "open_pipeline", "--by", "stage"],
        ["rows", "open_pipeline"],
        ["rows", "open_pipeline", "--csv"],
        ["check"],
        ["rejects"],
        ["brief"],
        ["brief", "--format", "mail"],
        ["explain", "open_pipeline"],
    ):
        done = command(*words, "-w", folder)
        assert done.code in (0, 1), done.err
        assert "\x1b" not in done.out + done.err
        assert "\x07" not in done.out + done.err
    assert "deal [/b] x" in command("rows", "open_pipeline", "-w", folder).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["taks"], "did you mean tasks?"),
        (["tasks", "--jsn"], "--json"),
        (["kpi", "clse_rate"], "did you mean close_rate?"),
        (["kpi", "close_rate", "--by", "managr"], "did you mean manager?"),
        (["kpi", "close_rate", "--where", "managr = 'x'"], "did you mean manager?"),
        (["kpi", "close_rate", "--where", "SUM(amount) > 1"], "aggregates are not allowed"),
        (["kpi", "close_rate", "--where", "amount"], "not true or false"),
        (["kpi", "close_rate", "--period", "FY27-W60"], "no week 60"),
        (["kpi", "close_rate", "--period", "9999-01-01..9999-12-31", "--vs", "last-year"], "out of reach"),
        (["kpi", "--known-at", "2020-01-01"], "nothing was held by 2020-01-01"),
        (["kpi", "--known-at", "lock"], "neither a day nor a label"),
        (["kpi", "--slice", "foo"], "no slice 'foo'"),
        (["kpi", "--as-of", "2026-13-01"], "is no day"),
        (["kpi", "a\x1bb\x00"], "there is no metric"),
        (["kpi", "--json", "--csv"], "exclude each other"),
        (["rows", "velocity"], "open one of"),
        (["rows", "won_amount", "--limit", "-1"], "--limit"),
        (["tasks", "staus:open"], "did you mean status?"),
        (["tasks", "due:<x"], "is no day"),
        (["tasks", '"'], "has no end"),
        (["tasks", "--by", "foo"], "cannot be grouped by 'foo'"),
        (["tasks", "done", "nokey"], "no task has this key"),
        (["tasks", "done", ""], "a key is missing"),
        (["tasks", "add", ""], "a title"),
        (["tasks", "add", "x", "--due", "2026-13-01"], "is no day"),
        (["rejects", "--table", "foo"], "no source foo"),
    ],
)
def test_a_mistake_on_the_command_line(command, small_demo, words, said):
    done = command(*words, "-w", small_demo)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["fiscal", "foo", ""], 2),
        (["fiscal", "0001-01-01"], 2),
        (["rhythm", "--to", "9999-12-31"], 2),
        (["fiscal", "--calendar", "nope"], 2),
        (["tasks", "-w", "nowhere"], 2),
        (["tasks", "-w", "x" * 5000], 3),
        (["tasks", "-w", "a\x00b"], 2),
        (["init", "ws", "--opportunities", "nowhere.csv", "--yes"], 3),
    ],
)
def test_mistakes_without_a_workspace(command, words, code):
    done = command(*words)
    assert (done.code, done.out) == (code, "")
    assert "cockpit itself failed" not in done.err
    assert done.err


def test_a_fault_of_the_program_is_one_line_and_kept_for_a_report(command, monkeypatch, own_home):
    from cockpit.core import calendars

    def broken(*_):
        raise ZeroDivisionError("by \x1bzero")

    monkeypatch.setattr(calendars, "find_calendar", broken)
    done = command("fiscal")
    assert (done.code, done.out) == (3, "")
    assert only_line(done.err).startswith("the cockpit itself failed: ZeroDivisionError, see ")
    kept = next((own_home / "state").rglob("crash-*.txt")).read_text()
    assert "ZeroDivisionError" in kept
    assert "zero" not in kept + done.err
