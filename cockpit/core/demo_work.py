"""The demo's task list: it began some days ago and has been worked on, so that a few things are late."""

from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

from cockpit.base.problems import CockpitError
from cockpit.work import People, Person, Work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cockpit.rhythm import Anchor

DAYS_WORKED = 12
"""Business days before the demo's day on which its work began."""
STILL_LATE = 4
"""How many tasks nobody has finished, so that the screen has something to say."""
LATE_BY = 4
"""At most so many business days they are late."""
DEMO_USER = "pat"
"""Whom the person at the keyboard plays."""

_EVIDENCE = {
    "link": "https://crm.example/activity/{number}",
    "file": "packs/{number}.xlsx",
    "number": "0",
    "note": "done, see the notes of the call",
}


def demo_people(people: People, login: str) -> People:
    """The demo's people, with the person at the keyboard playing one of them."""
    played = people.all.get(DEMO_USER)
    if played is None or login in people.all:
        return people
    others = [person for person in people.all.values() if person.login != DEMO_USER]
    return People(
        [*others, Person(login, played.name, played.owner, played.roles, played.manager, played.cover)]
    )


def begin_demo_work(work: Work, today: date, anchors: "Mapping[str, Sequence[Anchor]]") -> None:
    """Make the tasks of the last days and finish all but a few of them; once, in an empty store."""
    if work.list("all", today):
        return
    business = work.rhythm.fiscal.business
    with work.store.together():
        work.sync(business.add(today, -DAYS_WORKED), anchors)
        late = [task for task in work.list("all", today) if task.overdue and task.due is not None]
        recent = [task for task in late if task.due and business.count(task.due, today) <= LATE_BY + 1]
        kept = sorted(recent, key=lambda task: crc32(task.key.encode()))[:STILL_LATE]
        left = {task.key for task in kept}
        for task in sorted(late, key=lambda one: (one.due or today, one.key)):
            if task.key not in left:
                _finish(work, task.key, (task.evidence_rule or {}).get("kind"))


def _finish(work: Work, key: str, kind: str | None) -> None:
    """Finish a task with evidence of its kind; what needs another person's word stays without."""
    number = crc32(key.encode()) % 90_000 + 10_000
    given = _EVIDENCE[kind].format(number=number) if kind in _EVIDENCE else None
    try:
        work.done(key, given)
    except CockpitError:
        try:
            work.done(key)
        except CockpitError:
            return
