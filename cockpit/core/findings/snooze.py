"""Findings that are quiet for a while: items of the store, journalled like every change, undone with undo."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem, UsageError, did_you_mean
from cockpit.core.findings.finding import Snooze
from cockpit.store import NewItem
from cockpit.work.kinds import FINDING

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

PREFIX = "finding/"
WRONG = "rules"
"""What keys of findings about wrong rules begin with."""
USUAL_DAYS = 7
"""How long a finding is quiet when no day is given."""


def snoozes(cockpit: "Cockpit") -> Mapping[str, Snooze]:
    """The snoozes that hold today, by the key of the finding; none where there is no store yet."""
    try:
        items = cockpit.store.items(FINDING.name, ("snoozed",))
    except CockpitError:
        return {}
    found: dict[str, Snooze] = {}
    for item in items:
        until = date.fromisoformat(str(item.fields["until"]))
        if until >= cockpit.today:
            found[item.key.removeprefix(PREFIX)] = Snooze(
                until, str(item.fields["reason"]), item.updated_by, item.updated_at
            )
    return found


def snooze(cockpit: "Cockpit", key: str, reason: str, until: date | None = None) -> Snooze:
    """Keep a finding quiet until a day, that day included.

    Args:
        cockpit: whose finding.
        key: the finding's key.
        reason: why; never empty.
        until: the day; a week from today when left out.

    Raises:
        UsageError: there is no reason, no rule has such findings, or the day is past.
        SourceError: the store cannot be written.
    """
    if not reason.strip():
        raise UsageError(Problem("a snooze needs a reason", key=key))
    _check_rule(cockpit, key)
    day = until or cockpit.today + timedelta(days=USUAL_DAYS)
    if day < cockpit.today:
        raise UsageError(Problem(f"{day} is past", key="--until"))
    store, name = cockpit.store, f"{PREFIX}{key}"
    store.register(FINDING)
    fields = {"title": key, "until": day.isoformat(), "reason": reason.strip()}
    if store.get(name) is None:
        store.insert_missing([NewItem(FINDING.name, name, fields)], by_hand=True)
    else:
        store.change(name, {"state": "snoozed", **fields}, reason=reason.strip())
    return snoozes(cockpit)[key]


def _check_rule(cockpit: "Cockpit", key: str) -> None:
    """Raise a usage error unless the key begins with the name of a rule; it need not find anything now."""
    from cockpit.core.findings.rules import read_rules

    rules, _ = read_rules(cockpit.workspace.folder, [metric.name for metric in cockpit.catalogue])
    name = key.partition("/")[0]
    if name not in (*rules, WRONG):
        hint = did_you_mean(name, rules) or "`cockpit findings` prints the keys"
        raise UsageError(Problem("no rule has such a finding", key=key, hint=hint))


def day_of(cockpit: "Cockpit", text: str) -> date:
    """The day that `--until` names: a date, `+5bd`, or a week from today where it is empty.

    Raises:
        UsageError: it is neither.
    """
    words = text.strip().casefold()
    if not words:
        return cockpit.today + timedelta(days=USUAL_DAYS)
    if words.startswith("+") and words.endswith("bd") and words[1:-2].isdigit():
        return cockpit.fiscal.business.add(cockpit.today, int(words[1:-2]))
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise UsageError(Problem(f"{text!r} is no day", key="--until", hint="2026-12-01, +5bd")) from error


def wake(cockpit: "Cockpit", key: str) -> None:
    """Let a snoozed finding be heard again.

    Raises:
        UsageError: it is not snoozed.
    """
    if key not in snoozes(cockpit):
        raise UsageError(Problem("is not snoozed", key=key))
    cockpit.store.register(FINDING)
    cockpit.store.change(f"{PREFIX}{key}", {"state": "awake"})
