"""Rows that cannot mean what they say are told by `check`, with their number and the first of them."""

from pathlib import Path

from cockpit.core.check import check_all

CONFIG = """
schema = 1
calendar = "microsoft-like"

[sources.opportunities]
path = "deals.csv"
status = { column = "Stage", won = ["Won"], lost = ["Lost"], open = ["*"] }
[sources.opportunities.columns]
opportunity_id = "Id"
amount = "Amount"
stage = "Stage"
created_date = "Created"
close_date = "Close"

[sources.quota]
path = "quota.csv"
columns = { assignee = "Who", period = "Period", amount = "Amount" }
"""
HEAD = "Id,Stage,Amount,Created,Close\n"
CODES = ("USD", " eur", "EUR", "")


def told(folder: Path, deals: str, quota: str) -> list[str]:
    (folder / "cockpit.toml").write_text(CONFIG)
    (folder / "deals.csv").write_text(HEAD + deals)
    (folder / "quota.csv").write_text("Who,Period,Amount\n" + quota)
    return [str(one) for one in check_all(folder).problems]


def test_days_to_come_and_periods_that_are_none(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        "A,Won,1,2024-01-01,2090-05-01\nB,Open,2,2091-01-01,2091-06-01\nC,Open,3,2024-01-01,2092-06-01\n",
        "Kim,FY27-Q2,10\nKim,second quarter,20\nLee,second quarter,30\n",
    )
    created, closed, period = (
        next(line for line in found if words in line)
        for words in ("do not count before", "count as open before", "is no period")
    )
    assert created.startswith("deals.csv:3: sources.opportunities.columns.created_date: 1 row, after ")
    assert closed.startswith("deals.csv:2: sources.opportunities.columns.close_date: 1 row, after ")
    assert period.startswith(
        "quota.csv:3: sources.quota.columns.period: 2 rows, 'second quarter' is no period"
    )


def test_what_is_in_order_is_not_told(tmp_path: Path) -> None:
    assert (
        told(tmp_path, "A,Won,1,2024-01-01,2024-05-01\nB,Open,2,2024-01-01,2090-06-01\n", "Kim,FY27,1\n")
        == []
    )


def test_a_column_called_like_one_of_the_figures_is_told(tmp_path: Path) -> None:
    told(tmp_path, "", "")
    (tmp_path / "deals.csv").write_text(
        "Id,Stage,Amount,Created,Close,Closing Date\nA,Won,1,2024-01-01,2024-05-01,x\n"
    )
    assert [str(one) for one in check_all(tmp_path).problems if "Closing" in str(one)] == [
        "deals.csv: column Closing Date: figures have a column closing_date of their own "
        "(under another name in the file, figures can be divided and narrowed by it)"
    ]


def test_rows_in_a_currency_without_a_rate_are_told(tmp_path: Path) -> None:
    config = CONFIG.replace('close_date = "Close"', 'close_date = "Close"\ncurrency = "Code"')
    config = config.replace("[sources.opp", 'currency = "USD"\n[sources.opp', 1)
    (tmp_path / "cockpit.toml").write_text(config[: config.index("[sources.quota]")])
    rows = [f"{name},Won,1,2024-01-01,2024-05-01,{code}\n" for name, code in zip("ABCD", CODES, strict=True)]
    (tmp_path / "deals.csv").write_text("".join([HEAD.replace("Close", "Close,Code"), *rows]))
    assert [str(one) for one in check_all(tmp_path).problems] == [
        "deals.csv:3: sources.opportunities.columns.currency: 2 rows, in EUR, which has no rate: every sum "
        "of money over them is blank (a row of EUR in the table fx gives one)"
    ]


def test_a_status_of_a_task_that_nobody_knows_is_told_since_it_counts_as_open(tmp_path: Path) -> None:
    tasks = 'schema = 1\ncalendar = "microsoft-like"\n[sources.tasks]\npath = "tasks.csv"\n'
    columns = 'columns = { task_id = "Id", title = "What", status = "Status" }\n'
    (tmp_path / "cockpit.toml").write_text(tasks + columns)
    (tmp_path / "tasks.csv").write_text("Id,What,Status\n1,A,Erledigt\n2,B,Done\n3,C,\n4,D,erledigt\n")
    known = "open, in_progress, blocked, done, dropped"
    assert [str(one) for one in check_all(tmp_path).problems] == [
        "tasks.csv:2: sources.tasks.columns.status: 2 rows, 'Erledigt' is no status that is known, so they "
        f"count as open (map it in values.status to one of {known})"
    ]
    mapped = 'values = { status = { "Erledigt" = "done", "erledigt" = "done" } }\n'
    (tmp_path / "cockpit.toml").write_text(tasks + columns + mapped)
    assert check_all(tmp_path).problems == ()
