"""How ready a season of tasks is: what is done against what should be, and what holds up the rest.

The planned curve comes from the due days: what is due by a day should be done at its end. A task counts
once for each person whose it is, since a step that five managers must take is not done when one of them
has taken it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from cockpit.fiscal import BusinessDays
from cockpit.work.people import People
from cockpit.work.task import Task

NEVER_FINISHED: Mapping[str, datetime] = MappingProxyType({})
"""What a journal tells that knows of no finished task."""


@dataclass(frozen=True, slots=True)
class Step:
    """A task as readiness counts it.

    Attributes:
        task: the task.
        weight: how many people's it is, at least 1.
        done_on: the day on which it was finished, or None.
    """

    task: Task
    weight: int
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Share:
    """How far a group of steps is, each weighted by its people.

    Attributes:
        workstream: the workstream of all of them, or "" where the group has several.
        role: the role whose they are, or "".
        person: the person whose they are, or "".
        done, total: what is done, and all; dropped tasks do not count.
        should: what should be done at the end of the day asked.
        late: tasks that are unfinished and overdue.
    """

    workstream: str
    role: str
    person: str
    done: int
    total: int
    should: int
    late: int

    @property
    def name(self) -> str:
        """The group in words: role and person, else the workstream."""
        return ", ".join(part for part in (self.role, self.person) if part) or self.workstream or "all"


@dataclass(frozen=True, slots=True)
class Point:
    """A business day of the burn-up: what should be done by then, and what is; `done` None in the future."""

    day: date
    planned: int
    done: int | None


def people_of(task: Task, people: People) -> int:
    """How many people's a task is: everybody with the role that the calendar names, else 1.

    It stays as many when one of them takes it on: the plan is no smaller for that. What hangs from a row,
    and what somebody was given by hand, is one person's.
    """
    named = task.row_key is not None or (task.owner is not None and task.calendar is None)
    if named or task.owner_role is None:
        return 1
    return max(len(people.with_role(task.owner_role)), 1)


def steps_of(
    tasks: Iterable[Task],
    people: People,
    zone: ZoneInfo,
    today: date,
    finished_at: Mapping[str, datetime] = NEVER_FINISHED,
) -> tuple[Step, ...]:
    """The tasks as steps; dropped ones and those without a due day are none.

    Args:
        tasks: the tasks.
        people: who is who.
        zone: the calendar's zone, in which a day is counted.
        today: the day asked; no task was done after it.
        finished_at: when each was finished, as the journal tells; a finished task that it does not tell of
            (of another system) was done on the day of its last change.
    """
    return tuple(
        Step(task, people_of(task, people), _finished_on(task, finished_at.get(task.key), zone, today))
        for task in tasks
        if task.status != "dropped" and task.due is not None
    )


def with_needed(tasks: Sequence[Task], every: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks and all that they need, however far back, of any workstream."""
    by_key = {task.key: task for task in every}
    found = {task.key: task for task in tasks}
    waiting = list(tasks)
    while waiting:
        for key in waiting.pop().needs:
            needed = by_key.get(key)
            if needed is not None and key not in found:
                found[key] = needed
                waiting.append(needed)
    return tuple(found.values())


def share_of(steps: Iterable[Step], today: date, **names: str) -> Share:
    """How far the steps are together; `names` are the share's workstream, role and person."""
    members = list(steps)
    return Share(
        names.get("workstream", ""),
        names.get("role", ""),
        names.get("person", ""),
        done=sum(step.weight for step in members if step.task.finished),
        total=sum(step.weight for step in members),
        should=sum(step.weight for step in members if step.task.due is not None and step.task.due <= today),
        late=sum(step.task.overdue for step in members),
    )


def shares_by(steps: Iterable[Step], key: Callable[[Step], tuple[str, str, str]], today: date) -> list[Share]:
    """The steps in groups, the one furthest behind its plan first.

    Args:
        steps: the steps.
        key: workstream, role and person of a step's group, each "" where the group mixes them.
        today: the day asked.
    """
    groups: dict[tuple[str, str, str], list[Step]] = {}
    for step in steps:
        groups.setdefault(key(step), []).append(step)
    shares = [
        share_of(members, today, workstream=workstream, role=role, person=person)
        for (workstream, role, person), members in groups.items()
    ]
    return sorted(shares, key=lambda share: (share.done - share.should, -share.total, share.name))


def burn_up(
    steps: Sequence[Step], first: date, last: date, today: date, business: BusinessDays
) -> tuple[Point, ...]:
    """Planned against done at the end of each business day from `first` to `last`.

    What is due or done on a day off counts from the business day after it, what was before `first` from
    the start.
    """
    days = []
    day = first if business.is_business_day(first) else business.next(first)
    while day <= last:
        days.append(day)
        day = business.next(day)
    due = _amounts((step.task.due, step.weight) for step in steps)
    done = _amounts((step.done_on, step.weight) for step in steps)
    return tuple(
        Point(
            day,
            sum(weight for when, weight in due if when <= day),
            sum(weight for when, weight in done if when <= day) if day <= today else None,
        )
        for day in days
    )


def critical_path(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The longest chain of unfinished tasks through `needs`, first to last.

    The longest is the one that reaches furthest ahead in business days to its due day; of those that
    end in the same task the one with the most tasks, then with the later ones. A chain is two tasks or
    more; tasks that need each other in a circle are in none.
    """
    unfinished = {task.key: task for task in tasks if not task.finished and task.due is not None}
    waiting = {
        key: {needed for needed in task.needs if needed in unfinished} for key, task in unfinished.items()
    }
    followers: dict[str, list[str]] = {key: [] for key in unfinished}
    for key, needed in waiting.items():
        for one in needed:
            followers[one].append(key)
    reach: dict[str, tuple[date, int]] = {}
    before: dict[str, str | None] = {}
    ready = [key for key, needed in waiting.items() if not needed]
    while ready:
        key = ready.pop()
        task = unfinished[key]
        before[key] = max(
            (one for one in task.needs if one in unfinished),
            key=lambda one: (reach[one][1], reach[one][0], one),
            default=None,
        )
        previous = before[key]
        reach[key] = (task.due or date.min, 1 if previous is None else reach[previous][1] + 1)
        for follower in followers[key]:
            waiting[follower].discard(key)
            if not waiting[follower]:
                ready.append(follower)
    last = max((key for key in reach if reach[key][1] > 1), key=lambda key: (reach[key], key), default=None)
    chain: list[Task] = []
    while last is not None:
        chain.insert(0, unfinished[last])
        last = before[last]
    return tuple(chain)


def holding_up(actions: Collection[str], tasks: Iterable[Task], year: str) -> tuple[Task, ...]:
    """The unfinished tasks of those actions in a fiscal year and all unfinished ones that they need.

    Args:
        actions: ids of actions.
        tasks: the tasks to look among.
        year: canonical label of the fiscal year, the last part of their keys.
    """
    by_key: Mapping[str, Task] = {task.key: task for task in tasks}
    wanted = [
        task
        for task in by_key.values()
        if (parts := task.key.split("/"))[1:2] and parts[1] in actions and year in parts[2:]
    ]
    found = [task for task in with_needed(wanted, by_key.values()) if not task.finished]
    return tuple(sorted(found, key=lambda task: (task.due or date.max, task.key)))


def _amounts(pairs: Iterable[tuple[date | None, int]]) -> list[tuple[date, int]]:
    return [(day, weight) for day, weight in pairs if day is not None]


def _finished_on(task: Task, at: datetime | None, zone: ZoneInfo, today: date) -> date | None:
    if not task.finished:
        return None
    try:
        written = at or datetime.fromisoformat(task.updated_at)
    except ValueError:
        return today
    day = written.astimezone(zone).date() if written.tzinfo is not None else written.date()
    return min(day, today)
