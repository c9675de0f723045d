"""The fact `quota`: for a period, the part of every quota window that lies in it.

A window without an end ends the day before the next one of the same assignee and measure begins; the
last one stays open and counts whole. A window partly inside the period counts by the year's seasonality,
else by its share of days, and is marked `prorated`. Of several records of one window the newest counts.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from cockpit.base.problems import CockpitError
from cockpit.metrics.facts.currency import MONEY, Converted, Rates, in_one_currency
from cockpit.metrics.facts.fact import Fact

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

_SCALE = Decimal("0.0001")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seasonality:
    """How a year's quota spreads over its quarters or periods.

    Attributes:
        calendar: cuts the year.
        shares: of each quarter (4 shares) or period (12 or 13) in the year; empty means by days.
    """

    calendar: "FiscalCalendar"
    shares: tuple[float, ...] = ()

    def weight(self, first: date, last: date) -> Fraction:
        """The weight of the days from first to last; by days, their number."""
        if last < first:
            return Fraction(0)
        if not self.shares:
            return Fraction((last - first).days + 1)
        kind = "quarter" if len(self.shares) == 4 else "period"
        total = Fraction(0)
        for unit in self.calendar.units(kind, first, last):  # type: ignore[arg-type]
            days = (min(unit.end, last) - max(unit.start, first)).days + 1
            share = Fraction(str(self.shares[(unit.number - 1) % len(self.shares)]))
            total += share * days / ((unit.end - unit.start).days + 1)
        return total


@dataclass(frozen=True, slots=True)
class KnownQuota:
    """What is known of quota on a day.

    Attributes:
        as_of: the day.
        money: the table with its amounts in one currency.
        records: of each window the newest record, with its first and last day.
    """

    as_of: date
    money: Converted
    records: Sequence[Mapping[str, Any]]


def known_quota(table: pl.DataFrame, as_of: date, rates: Rates, calendar: "FiscalCalendar") -> KnownQuota:
    """The quota table as it is known on a day.

    Args:
        table: the quota table.
        as_of: the day; records made later are not known yet.
        rates: for money in other currencies.
        calendar: gives the days of the periods that records name.
    """
    money = in_one_currency(table, ("amount",), rates)
    return KnownQuota(as_of, money, _newest(_windows(money.frame.to_dicts(), as_of, calendar)))


def quota(
    known: KnownQuota,
    start: date | None,
    end: date | None,
    seasonality: Seasonality,
    people: Mapping[str, str],
) -> Fact:
    """The fact for a period.

    Args:
        known: the quota table as it is known on a day.
        start: first day of the period, or None.
        end: last day of the period, or None.
        seasonality: how a window spreads over its days.
        people: owner to manager, to add the manager of each assignee.
    """
    rows: list[dict[str, Any]] = []
    managers = set(people.values())
    for record in known.records:
        share = _share(record, start, end, seasonality)
        if share == 0:
            continue
        amount = record["amount"]
        part = None if amount is None else _rounded(Fraction(amount) * share)
        assignee = record.get("assignee")
        manager = assignee if assignee in managers else people.get(assignee or "")
        rows.append({**record, "amount": part, "prorated": share != 1, "owner": assignee, "manager": manager})
    schema = {
        **known.money.frame.schema, "valid_from": pl.Date(), "valid_to": pl.Date(), "amount": MONEY,
        "prorated": pl.Boolean(), "owner": pl.String(), "manager": pl.String(),
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("_line")
    absent = {} if people else {"manager": "needs manager"}
    if not people:
        frame = frame.drop("manager")
    money = known.money
    return Fact("quota", frame, "quota", None, True, known.as_of, money.currency, absent, money.unrated)


def tells_its_past(table: pl.DataFrame) -> bool:
    """Whether every record says when it was recorded, so that the table of now is that of earlier days, too.

    Corrections are new records (`DOMAIN.md` 4.6, valid time and recorded time), so leaving out the later ones
    gives what was known then.
    """
    return "recorded_at" in table.columns and not table["recorded_at"].null_count()


def _rounded(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(_SCALE)


def _windows(
    records: Sequence[dict[str, Any]], as_of: date, calendar: "FiscalCalendar"
) -> list[dict[str, Any]]:
    """The records with the first and last day of their window; one that has neither is left out."""
    dated = []
    for record in records:
        recorded = record.get("recorded_at")
        if recorded is not None and recorded > as_of:
            continue
        first, last = record.get("valid_from"), record.get("valid_to")
        if first is None and record.get("period"):
            try:
                unit = calendar.unit_named(record["period"])
            except CockpitError:
                continue
            first, last = unit.start, unit.end
        if first is not None:
            dated.append({**record, "valid_from": first, "valid_to": last})
    starts: dict[tuple[Any, Any], list[date]] = defaultdict(list)
    for record in dated:
        starts[record.get("assignee"), record.get("measure")].append(record["valid_from"])
    for days in starts.values():
        days.sort()
    for record in dated:
        if record["valid_to"] is None:
            days = starts[record.get("assignee"), record.get("measure")]
            later = bisect_right(days, record["valid_from"])
            record["valid_to"] = days[later] - _DAY if later < len(days) else None
    return dated


def _newest(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several records of one window, the one recorded last; without a record date all count."""
    if not any(record.get("recorded_at") is not None or record.get("version") for record in records):
        return list(records)
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for record in records:
        window = tuple(
            record.get(name) for name in ("assignee", "territory", "measure", "valid_from", "valid_to")
        )
        known = newest.get(window)
        if known is None or _age_key(record) >= _age_key(known):
            newest[window] = record
    return list(newest.values())


def _age_key(record: Mapping[str, Any]) -> tuple[date, int, str]:
    version = str(record.get("version") or "")
    return record.get("recorded_at") or date.min, int(version) if version.isdigit() else 0, version


def _share(
    record: Mapping[str, Any], start: date | None, end: date | None, seasonality: Seasonality
) -> Fraction:
    first, last = record["valid_from"], record["valid_to"]
    outside = (end is not None and first > end) or (start is not None and last is not None and last < start)
    if outside:
        return Fraction(0)
    if last is None or ((start is None or start <= first) and (end is None or last <= end)):
        return Fraction(1)
    whole = seasonality.weight(first, last)
    inside = seasonality.weight(max(first, start or first), min(last, end or last))
    return inside / whole if whole else Fraction(0)
