"""Quotas with uneven windows against orders: the published figures of Microsoft's AdventureWorks."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.core import Cockpit

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "adventureworks"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the published data is not here")
CONFIG = """
schema = 1
calendar = "calendar-year"
as_of = "2014-06-30"
[sources.opportunities]
path = "{folder}/SalesOrderHeader.csv"
date_format = "%Y-%m-%d %H:%M:%S"
status = {{ value = "won" }}
[sources.opportunities.columns]
opportunity_id = "SalesOrderID"
amount = "SubTotal"
owner = "SalesPersonID"
close_date = "OrderDate"
created_date = "OrderDate"
[sources.quota]
path = "{folder}/SalesPersonQuotaHistory.csv"
date_format = "%Y-%m-%d %H:%M:%S"
separator = "\\t"
header = ["row", "person", "from", "quota", "guid", "modified"]
columns = {{ assignee = "person", valid_from = "from", amount = "quota" }}
"""
SOLD_BY_SOMEBODY = "owner IS NOT NULL"


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cockpit]:
    folder = tmp_path_factory.mktemp("adventureworks")
    (folder / "cockpit.toml").write_text(CONFIG.format(folder=DATA))
    with Cockpit.open(folder, read_only=True) as cockpit:
        yield cockpit


def quotas() -> list[tuple[str, date]]:
    """Person and first day of every quota."""
    rows = csv.reader((DATA / "SalesPersonQuotaHistory.csv").open(encoding="utf-8"), delimiter="\t")
    return [(row[1], date.fromisoformat(row[2][:10])) for row in rows]


def test_sales_of_every_person_tie_to_the_cent(orders: Cockpit) -> None:
    people = csv.reader((DATA / "SalesPerson.csv").open(encoding="utf-8"), delimiter="\t")
    published = {row[0]: Decimal(row[5]) for row in people}
    rows = orders.kpi("won_amount", by="owner", where=SOLD_BY_SOMEBODY, period="2013-05-30..2014-06-30")
    sold = {row.by["owner"]: Decimal(row.value or 0) for row in rows.groups("won_amount")}
    cent = Decimal("0.01")
    assert {name: sold[name].quantize(cent) for name in published} == {
        name: value.quantize(cent) for name, value in published.items()
    }


def test_attainment_over_uneven_windows(orders: Cockpit) -> None:
    result = orders.kpi(["quota", "attainment"], where=SOLD_BY_SOMEBODY, period="all")
    assert result.total("quota").value == 95_714_000
    assert round(float(result.total("attainment").value or 0), 6) == 0.840919


def test_eight_of_163_quotas_are_reached(orders: Cockpit) -> None:
    starts = sorted({first for _, first in quotas()})
    held = set(quotas())
    reached = 0
    for place, first in enumerate(starts):
        last = starts[place + 1] - timedelta(1) if place + 1 < len(starts) else date(2014, 6, 30)
        result = orders.kpi("attainment", by="owner", where=SOLD_BY_SOMEBODY, period=f"{first}..{last}")
        reached += sum(
            row.value is not None and row.value >= 1 and (row.by["owner"], first) in held
            for row in result.groups("attainment")
        )
    assert (len(held), reached) == (163, 8)
