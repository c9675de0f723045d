"""Quota and agreements on earlier days: as they were held then, and said where they were not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cockpit.core import Cockpit

CONFIG = """
schema = 1
calendar = "microsoft-like"
as_of = 2026-11-23
currency = "USD"

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

[sources.agreements]
path = "agreements.csv"
columns = { agreement_id = "Id", expires_date = "Expires", base_amount = "Base" }
"""
DEALS = "Id,Stage,Amount,Created,Close\nA,Won,40,2026-08-01,2026-10-20\nB,Open,9,2026-11-20,2026-12-01\n"
QUOTA = "Who,Period,Amount\nAnn,FY27-Q2,{}\n"
AGREEMENTS = "Id,Expires,Base\nX,2026-12-31,{}\n"
EARLIER = datetime(2026, 11, 2, 18, tzinfo=UTC)


def write(folder: Path, quota: int, base: int, others: bool = True) -> None:
    config = CONFIG if others else CONFIG[: CONFIG.index("[sources.quota]")]
    (folder / "cockpit.toml").write_text(config)
    (folder / "deals.csv").write_text(DEALS)
    (folder / "quota.csv").write_text(QUOTA.format(quota))
    (folder / "agreements.csv").write_text(AGREEMENTS.format(base))


def keep(folder: Path, when: datetime) -> None:
    with Cockpit.open(folder) as cockpit:
        cockpit.history.record(cockpit.data.loaded().tables, when)


def told(
    folder: Path, name: str, as_of: str | None = None, known_at: str | None = None
) -> tuple[object, tuple[str, ...], str | None]:
    """Value and marks of a figure, and the basis of the whole answer."""
    with Cockpit.open(folder, as_of=as_of, known_at=known_at) as cockpit:
        result = cockpit.kpi(name)
        return result.rows[0].value, result.rows[0].marks, result.snapshot.basis


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, 100, 500)
    keep(tmp_path, EARLIER)
    write(tmp_path, 250, 800)
    return tmp_path


def test_a_past_day_has_the_quota_and_agreements_of_that_day(folder: Path) -> None:
    assert told(folder, "quota") == (250, (), None)
    assert told(folder, "quota", as_of="2026-11-03") == (100, (), "as reported")
    assert told(folder, "renewal_expiring_base", as_of="2026-11-03") == (500, (), "as reported")
    assert float(str(told(folder, "attainment", as_of="2026-11-03")[0])) == 0.4


def test_what_was_known_at_a_day_has_them_too(folder: Path) -> None:
    assert told(folder, "quota", known_at="2026-11-03") == (100, (), "as reported")


def test_a_day_without_them_is_rebuilt_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, 100, 500, others=False)
    keep(tmp_path, EARLIER)
    write(tmp_path, 250, 800)
    assert told(tmp_path, "won_amount", as_of="2026-11-03") == (40, (), "as reported")
    assert told(tmp_path, "quota", as_of="2026-11-03") == (250, ("rebuilt",), "as reported")
    assert told(tmp_path, "attainment", as_of="2026-11-03")[1] == ("rebuilt",)
    assert told(tmp_path, "quota", as_of="2026-06-30")[2] == "rebuilt"


RECORDED = """Who,Period,Amount,Recorded
Ann,FY27-Q2,100,2026-07-15
Ann,FY27-Q2,250,2026-11-10
"""


@pytest.mark.parametrize(
    ("rows", "marks"), [(RECORDED, ()), (RECORDED + "Bo,FY27-Q2,5,\n", ("rebuilt",))], ids=["all", "not all"]
)
def test_quota_whose_records_say_when_they_were_made_tells_its_own_past(
    tmp_path: Path, rows: str, marks: tuple[str, ...]
) -> None:
    write(tmp_path, 100, 500, others=False)
    keep(tmp_path, EARLIER)
    columns = 'amount = "Amount", recorded_at = "Recorded"'
    config = CONFIG.replace(
        'path = "quota.csv"\ncolumns = { assignee = "Who", period = "Period", amount = "Amount" }',
        f'path = "quota.csv"\ndate_format = "%Y-%m-%d"\n'
        f'columns = {{ assignee = "Who", period = "Period", {columns} }}',
    )
    assert columns in config
    write(tmp_path, 250, 800)
    (tmp_path / "cockpit.toml").write_text(config)
    (tmp_path / "quota.csv").write_text(rows)
    value, said, basis = told(tmp_path, "attainment", as_of="2026-11-03")
    assert (said, basis) == (marks, "as reported")
    assert float(str(value)) == pytest.approx(40 / (105 if marks else 100))
