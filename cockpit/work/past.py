"""Tasks as they stood at the end of another day, told from the journal."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from cockpit.store import Entry, Item, Store
from cockpit.store.replay import replay
from cockpit.work.kinds import TASK
from cockpit.work.reading import Links, Reader, TaskRecord
from cockpit.work.stored import StoredTask
from cockpit.work.task import FINISHED, Task


class Stood(NamedTuple):
    """All tasks as of a day.

    Attributes:
        tasks: what there was by the end of the day, as it was then; late is what was late then.
        finished_at: when each of them that was finished by then was finished last.
    """

    tasks: Sequence[Task]
    finished_at: Mapping[str, datetime]


def stood_on(store: Store, reader: Reader, day: date, zone: ZoneInfo) -> Stood:
    """Replay the journal to the end of a day.

    Args:
        store: where the tasks are.
        reader: reads tasks as of that day.
        day: the day; one that is to come shows what stands now as it would be on it.
        zone: the calendar's, in which the day ends.
    """
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    entries = [one for one in store.journal() if one.kind == TASK.name and _instant(one) < end]
    finished: dict[str, datetime] = {}
    for entry in entries:
        before, after = entry.changes.get("state", (None, None))
        if after in FINISHED and before not in FINISHED:
            finished[entry.subject] = _instant(entry)
        elif after is not None and after not in FINISHED:
            finished.pop(entry.subject, None)
    records = [_record(item) for item in replay(entries).values()]
    return Stood(reader.tasks(records, Links(records)), finished)


def _instant(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at)


def _record(item: Item) -> TaskRecord:
    stored = msgspec.convert(item.fields, StoredTask)
    return (
        item.key, item.state, item.version, item.created_at, item.created_by, item.updated_at,
        item.updated_by, stored,
    )  # fmt: skip
