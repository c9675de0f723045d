"""Wall times that a clock change leaves out: told before somebody misses them."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from cockpit.base.problems import Problem
from cockpit.rhythm.moments import in_gap, moment
from cockpit.rhythm.occurring import Occurring

AHEAD = timedelta(days=400)
NIGHT = time(4, 0)
"""Clocks are changed in the small hours; what is later needs no look."""


def clock_change_problems(occurring: Occurring, today: date) -> Iterator[Problem]:
    """A warning for each definition that occurs in an hour that does not exist, with the time meant."""
    for name, definition in occurring.definitions.items():
        if definition.at >= NIGHT or definition.for_each is not None:
            continue
        zones = {scope.name: scope.zone for scope in definition.scopes}
        for one in occurring.between(today, today + AHEAD, None, {}, (name,)):
            zone = zones[one.scope]
            if in_gap(one.date, one.at, zone):
                wall = moment(one.date, one.at, zone).astimezone(zone)
                yield Problem(
                    f"{one.at:%H:%M} does not exist on {one.date} in {zone.key}",
                    definition.file,
                    definition.line,
                    f"{definition.type} {name}: at",
                    f"{wall:%H:%M} is meant",
                    "warning",
                )
