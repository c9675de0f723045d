"""The kinds of work as data: tasks, and findings that somebody keeps quiet for a while."""

from cockpit.store import Kind, Transition
from cockpit.work.task import FINISHED, STATUSES, UNFINISHED

TASK = Kind(
    name="task",
    states=STATUSES,
    initial="open",
    finished=FINISHED,
    withdrawn="dropped",
    required=("title", "workstream"),
    transitions=(
        Transition("claim", ("open", "blocked", "in_progress"), "claimed", requires=("owner",)),
        Transition("release", ("claimed", "in_progress"), "open"),
        Transition("start", ("open", "claimed", "blocked"), "in_progress", requires=("owner",)),
        Transition("block", ("open", "claimed", "in_progress"), "blocked", requires=("block_reason",)),
        Transition("finish", (*UNFINISHED, "done_without_evidence"), "done", requires=("evidence",)),
        Transition("finish without evidence", UNFINISHED, "done_without_evidence"),
        Transition("drop", UNFINISHED, "dropped", requires=("drop_reason",)),
        Transition("reopen", FINISHED, "open"),
    ),
)

FINDING = Kind(
    name="finding",
    states=("snoozed", "awake"),
    initial="snoozed",
    finished=("awake",),
    withdrawn="awake",
    required=("title", "until", "reason"),
    transitions=(
        Transition("wake", ("snoozed",), "awake"),
        Transition("snooze", ("awake",), "snoozed", requires=("until", "reason")),
    ),
)
