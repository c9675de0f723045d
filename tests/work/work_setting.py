"""A small calendar and a small company for the tests of work: Mondays to Fridays, one holiday."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from cockpit.base.problems import UsageError
from cockpit.fiscal import BusinessDays
from cockpit.fiscal.unit import Unit
from cockpit.rhythm.occurrence import Anchor, EvidenceRule, Occurrence
from cockpit.work import Cover, People, Person

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

PEOPLE = People(
    [
        Person("pat", "P. Davis", ("Peyton Davis",), ("sopm",), "kim"),
        Person("kim", "Kim Lee", ("Kim Lee",), ("sales-manager",), None, Cover("pat", date(2026, 12, 4))),
        Person("lee", "Lee Ray", (), ("controller",), "kim"),
    ]
)


class SmallFiscal:
    """Knows FY27 (July to June), its quarters and periods."""

    def __init__(self):
        self.business = BusinessDays(holidays={date(2026, 11, 26): "Thanksgiving"}, years=(2025, 2028))

        self.id, self.zone, self.at = "field", ZoneInfo("UTC"), time(17)

    def units(self, kind, first, last):
        return []

    def today(self, now=None):
        return TODAY

    def unit_named(self, text):
        units = {
            "FY27": Unit("year", 2027, 2027, date(2026, 7, 1), date(2027, 6, 30), "FY27", "FY27"),
            "FY27-Q2": Unit("quarter", 2027, 2, date(2026, 10, 1), date(2026, 12, 31), "FY27-Q2", "Q2"),
            "FY27-P05": Unit("period", 2027, 5, date(2026, 11, 1), date(2026, 11, 30), "FY27-P05", "P5"),
            "FY27-P07": Unit("period", 2027, 7, date(2027, 1, 1), date(2027, 1, 31), "FY27-P07", "P7"),
        }
        if text not in units:
            raise UsageError(f"no unit {text}")
        return units[text]


class SmallRhythm:
    """Gives the occurrences it was given."""

    def __init__(self, occurrences=()):
        self.fiscal = SmallFiscal()
        self.given = list(occurrences)
        self.asked = 0

    @property
    def definitions(self):
        return {one.key: (one.date, one.title) for one in self.given}

    def occurrences(self, first, last, *, scope=None, anchors=None):
        self.asked += 1
        return [one for one in self.given if first <= one.date <= last]


def action(name, due, **more):
    """An occurrence of a required action."""
    fields = dict(  # noqa: C408
        key=f"field/{name}/FY27-Q2", calendar="field", event=name, kind="deadline", title=name.title(),
        date=due,
        at=time(17), zone="UTC", utc=datetime(due.year, due.month, due.day, 17, tzinfo=UTC), until=None,
        until_utc=None, duration=None, scope=None, period="FY27-Q2", roles=(), rule="", rolled_from=None,
        type="action", file="field.toml", line=1, owner_role="sopm", workstream="rhythm", severity=2,
    )  # fmt: skip
    return Occurrence(**(fields | more))


def link_rule(kind="link", **more):
    return EvidenceRule(kind, **more)


def agreement(row_key, expires, owner=None):
    return Anchor("agreements", row_key, expires, expires, f"Agreement {row_key}", owner)


def namespace(**values):
    return SimpleNamespace(**values)
