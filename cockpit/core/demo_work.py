"""The demo's past work: who did what when since the year's FastStart opened, told into the journal.

What became of a task follows from its key alone, so that the past is the same on every machine and whichever
command or screen looks first. Most is done in time, some late, some without evidence; what would have been
finished after the demo's day is what is late on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from cockpit.base.problems import CockpitError
from cockpit.store import StoredAnchor
from cockpit.work import People, Person
from cockpit.work.basis import DAYS_AHEAD
from cockpit.work.evidence import accept
from cockpit.work.materialise import WORKSPACE, new_task, rhythm_anchors

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.rhythm import Occurrence
    from cockpit.store import SqliteStore

BEGAN_BEFORE = 120
"""Days before the fiscal year on which the demo's work began, as its FastStart does."""
DEMO_USER = "pat"
"""Whom the person at the keyboard plays."""

_SEED = 335
"""Another number, another past."""
_MADE_AT = time(7, 30)
_LATE, _UNPROVEN, _DROPPED = 180, 40, 12
"""Of a thousand tasks so many are finished late, without evidence, or dropped."""
_DAYS_EARLY, _DAYS_LATE = 3, 8
"""At most so many business days a task is finished before its day, or after it."""
_EVIDENCE = {
    "link": "https://crm.example/activity/{number}",
    "file": "packs/{number}.xlsx",
    "number": "0",
    "note": "done, see the notes of the call",
}
_HELD_UP = {
    "annuity-close-plan": "the customer's purchase order is not signed",
    "annuity": "no answer from the customer",
    "quota": "two disputes are undecided",
    "faststart": "the list of vacancies is not final",
}
"""What holds up a task of an action or a workstream."""
_OTHERWISE_HELD_UP = "figures of two teams are missing"
_DROPPED_BECAUSE = "settled in the call, nothing left to do"


def demo_people(people: People, login: str) -> People:
    """The demo's people, with the person at the keyboard playing one of them."""
    played = people.all.get(DEMO_USER)
    if played is None or login in people.all:
        return people
    others = [person for person in people.all.values() if person.login != DEMO_USER]
    return People(
        [*others, Person(login, played.name, played.owner, played.roles, played.manager, played.cover)]
    )


def begin_demo_work(cockpit: "Cockpit", store: "SqliteStore") -> None:
    """Tell the demo's past into an empty store; one that holds anything stays as it is.

    What stands in for a store that cannot be read is told nothing: nobody knows what was done there.
    """
    from cockpit.core.demo_anchors import demo_anchors

    if store.place.in_memory and store.place.path.exists():
        return
    fiscal, today = cockpit.fiscal, cockpit.today
    year, last = fiscal.unit("year", today), today + timedelta(days=DAYS_AHEAD)
    if store.last_entry() or year is None or not fiscal.business.covers(last):
        return
    began = year.start - timedelta(days=BEGAN_BEFORE)
    tellers = _Tellers(store, cockpit.workspace.people)
    with tellers.of(DEMO_USER).together(as_one=False):
        if store.last_entry():  # another process has told it meanwhile
            return
        first_day = StoredAnchor(WORKSPACE, "began", began, began, "the first day of work")
        store.put_anchors(WORKSPACE, [first_day], began.isoformat())
        with suppress(OSError, LookupError, ValueError):  # files that somebody changed are left to the data
            for name, anchors in demo_anchors(cockpit.workspace.folder, [cockpit.calendar]).items():
                store.put_anchors(name, anchors, name)
        found = cockpit.calendar.occurrences(began, last, anchors=rhythm_anchors(store))
        actions = [one for one in found if one.type == "action"]
        _tell(tellers, _Past(cockpit, began).deeds(actions), {one.key: one for one in actions})


class _Deed(NamedTuple):
    """What was done to a task: when, which one, by whom, and what changed; nobody's deed makes it."""

    at: datetime
    key: str
    actor: str | None = None
    fields: Mapping[str, Any] = {}
    reason: str | None = None


def _tell(tellers: "_Tellers", deeds: Iterable[_Deed], actions: "Mapping[str, Occurrence]") -> None:
    """Write the deeds in the order of time."""
    for deed in sorted(deeds, key=lambda deed: (deed.at, deed.key)):
        tellers.at = deed.at
        if deed.actor is None:
            tellers.of(DEMO_USER).insert_missing([new_task(actions[deed.key])])
        else:
            tellers.of(deed.actor).change(deed.key, deed.fields, reason=deed.reason)


class _Tellers:
    """The store in the name of each of the demo's people, at the time that is told of."""

    def __init__(self, store: "SqliteStore", people: People) -> None:
        self._store = store
        self._people = people
        self._known: dict[str, SqliteStore] = {}
        self.at = datetime.now(UTC)

    def of(self, login: str) -> "SqliteStore":
        """The store in somebody's name."""
        if login not in self._known:
            roles = self._people.person(login).roles
            self._known[login] = self._store.in_the_name_of(login, roles, lambda: self.at)
        return self._known[login]


class _Past:
    """What became of each task until the day before the demo's.

    Args:
        cockpit: the demo.
        began: the day on which its work began.
    """

    def __init__(self, cockpit: "Cockpit", began: date) -> None:
        self._people = cockpit.workspace.people
        self._zone = cockpit.fiscal.zone
        self._business = cockpit.fiscal.business
        self._began = began
        self._today = cockpit.today
        self._finished: dict[str, date] = {}

    def deeds(self, actions: "Iterable[Occurrence]") -> Iterator[_Deed]:
        """What was done, task by task; those that others need come before them."""
        for action in sorted(actions, key=lambda one: (one.date, one.key)):
            asked_for = max(self._began, action.date - timedelta(days=DAYS_AHEAD))
            made = min(self._business.roll(asked_for, "following"), max(action.date, self._began))
            if made >= self._today:
                continue
            yield _Deed(self._moment(made, _MADE_AT), action.key)
            number = crc32(action.key.encode(), _SEED)
            done = self._finished[action.key] = self._finishing(action, made, number)
            is_past = max(done, action.date) < self._today
            yield from self._finish(action, done, number) if is_past else self._begin(action, number)

    def _finishing(self, action: "Occurrence", made: date, number: int) -> date:
        """The day on which a task is finished: around its own, and no earlier than what it needs."""
        due, spread = self._business.roll(action.date, "preceding"), number // 1000
        if number % 1000 < _LATE:
            day = self._business.add(due, 1 + spread % _DAYS_LATE)
        else:
            day = self._business.add(due, -(spread % (_DAYS_EARLY + 1)))
        return max([day, made, *(self._finished[need] for need in action.needs if need in self._finished)])

    def _finish(self, action: "Occurrence", day: date, number: int) -> Iterator[_Deed]:
        actor, at = self._doer(action, number), self._moment(day, self._hour(action, day, number))
        if number % 1000 >= 1000 - _DROPPED:
            yield _Deed(
                at, action.key, actor, {"state": "dropped", "drop_reason": _DROPPED_BECAUSE}, _DROPPED_BECAUSE
            )
            return
        rule = None if action.evidence is None else action.evidence.as_json()
        signer = self._signer(action, actor) if rule is not None and rule["kind"] == "signoff" else actor
        given = _EVIDENCE.get("note" if rule is None else str(rule["kind"]), "signed off")
        fields: dict[str, Any] = {"state": "done_without_evidence"}
        with suppress(CockpitError):  # a rule that nobody here can meet leaves the task unproven
            if number // 7 % 1000 >= _UNPROVEN:
                evidence = accept(
                    given.format(number=number % 90_000 + 10_000),
                    rule,
                    key=action.key,
                    actor=signer,
                    actor_roles=self._people.person(signer).roles,
                    doers=(actor,) if signer != actor else (),
                    owner_role=action.owner_role,
                )
                fields = {"state": "done", "evidence": evidence, "evidence_by": signer}
        yield _Deed(at, action.key, signer, fields)

    def _begin(self, action: "Occurrence", number: int) -> Iterator[_Deed]:
        """Some of what is under way has been taken on, and some of that is held up."""
        if action.lead_start is None or action.lead_start >= self._today or number % 3 == 0:
            return
        day = self._business.roll(max(action.lead_start, self._began), "following")
        if day >= self._today or any(self._finished.get(need, day) >= self._today for need in action.needs):
            return
        actor = self._doer(action, number)
        owner = None if action.anchor is None else action.anchor.owner
        fields = {"state": "in_progress", "owner": owner or self._people.person(actor).owner_name}
        yield _Deed(self._moment(day, time(10, number % 60)), action.key, actor, fields)
        if number % 4 == 0 and self._business.add(day, 1) < self._today:
            at = self._moment(self._business.add(day, 1), time(15, number % 60))
            why = _HELD_UP.get(action.event) or _HELD_UP.get(action.workstream or "", _OTHERWISE_HELD_UP)
            held_up = {"state": "blocked", "block_reason": why, "blocked_since": at.isoformat()}
            yield _Deed(at, action.key, actor, held_up, why)

    def _doer(self, action: "Occurrence", number: int) -> str:
        """Whose task it is: the row's owner, one of those with the role, else the programme manager."""
        if action.anchor is not None and action.anchor.owner:
            person = self._people.named(action.anchor.owner)
            return action.anchor.owner.split()[0].casefold() if person is None else person.login
        with_role = self._people.with_role(action.owner_role or "")
        return with_role[number % len(with_role)].login if with_role else DEMO_USER

    def _signer(self, action: "Occurrence", doer: str) -> str:
        """Who signs a task off: somebody else who has the role that is asked for."""
        role = None if action.evidence is None else action.evidence.by
        others = [one.login for one in self._people.with_role(role or "") if one.login != doer]
        return others[0] if others else doer

    def _hour(self, action: "Occurrence", day: date, number: int) -> time:
        """When on that day; before the hour at which the task is due."""
        latest = datetime.combine(day, action.at) - timedelta(minutes=10 + number % 20)
        usual = datetime.combine(day, time(8, 45)) + timedelta(minutes=number // 13 % 480)
        return (min(usual, latest) if day == action.date else usual).time()

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone)
