"""Asks from reviews: tasks that are put to a function, which says what it makes of them.

An ask is new, looked at (triage), kept for later (backlog), assigned to a person, transferred to another
function, or declined; what is assigned is worked on and finished as any task is.
"""

from collections.abc import Mapping
from typing import Any

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.store import Item
from cockpit.work.task import TRIAGE


def triaged(
    item: Item, to: str, owner: str | None = None, function: str | None = None, reason: str | None = None
) -> Mapping[str, Any]:
    """The fields of an ask after triage.

    Args:
        item: the ask; a task becomes one with its first function.
        to: one of `TRIAGE`.
        owner: to whom it is assigned.
        function: to which function it is transferred, or put first.
        reason: why it is declined.

    Raises:
        UsageError: there is no such state, or what it needs was not said; with all problems.
    """
    if to not in TRIAGE:
        hint = did_you_mean(to, TRIAGE) or f"one of {', '.join(TRIAGE)}"
        raise UsageError(Problem(f"no state of triage: {to}", key="--to", hint=hint))
    before = item.fields.get("function")
    fields: dict[str, Any] = {
        "triage": to,
        "function": function or before,
        "owner": owner or item.fields.get("owner"),
    }
    problems = []
    if fields["function"] is None:
        problems.append(Problem("an ask is put to a function; say which", key="--function"))
    if to == "transferred" and fields["function"] == before:
        problems.append(Problem("say to which other function it is transferred", key="--function"))
    if to == "assigned" and fields["owner"] is None:
        problems.append(Problem("say to whom it is assigned", key="--owner"))
    if to == "declined":
        if not reason:
            problems.append(Problem("say why it is declined", key="--reason"))
        fields |= {"state": "dropped", "drop_reason": reason, "block_reason": None, "blocked_since": None}
    if problems:
        raise UsageError(*(Problem(one.message, key=f"{item.key}: {one.key}") for one in problems))
    return fields
