"""`Work`: the door to tasks. What people can do with them, each change journalled; seeing is `Seeing`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypedDict, Unpack

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.store import Entry, Item, Note
from cockpit.work.days import parse_day
from cockpit.work.history import Change, change_of
from cockpit.work.kinds import TASK
from cockpit.work.seeing import Seeing
from cockpit.work.task import UNFINISHED, Task

HAND_PREFIX = "task"
"""Tasks made by hand are `task/1`, `task/2`, ..."""


EDITABLE = ("title", "workstream", "severity", "ou", "function")
"""The fields that `edit` changes; the others have a verb of their own."""
SEVERITIES = ("high", "medium", "low")


class Versions(TypedDict, total=False):
    """On which version of a task a change is based; both may be left out."""

    if_version: int | None
    seen_version: int | None


class Work(Seeing):
    """The tasks of a workspace, and every change to them.

    Keys may be given as any unique ending. Every change takes `if_version` (refused when the task has
    another version) and `seen_version` (merged when others changed other fields since) and returns the
    task as it is afterwards.
    """

    def add(
        self,
        title: str,
        workstream: str = "other",
        owner: str | None = None,
        due: date | str | None = None,
        **more: Any,
    ) -> Task:
        """Make a task by hand.

        Args:
            title: what is to be done.
            workstream: what it is part of.
            owner: a login, a name, or "me"; nobody when left out.
            due: a day, or its text ("2026-12-04", "+3bd").
            more: further fields, such as severity, owner_role, at, needs, ou, checklist; one with a
                `function` is an ask, whose triage begins.

        Raises:
            UsageError: the title is empty, or the due day is no day.
        """
        fields = {
            "title": clean(title).strip(),
            "workstream": clean(workstream).strip().casefold() or "other",
            "owner": None if owner is None else self.people.owner_name(clean(owner), self.me),
            "due": None if due is None else self.day(due).isoformat(),
            **{name: _cleaned(value) for name, value in more.items()},
        }
        fields["original_due"] = fields["due"]
        if fields.get("function") is not None:
            fields.setdefault("triage", "new")
        if not fields["title"]:
            raise UsageError(Problem("a task needs a title", key="TITLE"))
        _refuse_unknown_severity(fields.get("severity"), "--severity")
        if fields.get("needs"):
            fields["needs"] = [self.find(need) for need in fields["needs"]]
        return self._shown(self.store.add_numbered(TASK.name, HAND_PREFIX, fields).key)

    def claim(self, key: str, **versions: Unpack[Versions]) -> Task:
        """Take a task on.

        Raises:
            UsageError: it is somebody else's; `assign` moves it.
        """
        item = self._item(key)
        owner = self._free_or_mine(item)
        fields = {"state": "claimed", "owner": owner, **_UNBLOCKED, **_adoption(item)}
        return self._change(item, fields, **versions)

    def start(self, key: str, **versions: Unpack[Versions]) -> Task:
        """Begin working on a task; it becomes the actor's if it is nobody's."""
        item = self._item(key)
        owner = item.fields.get("owner") or self._my_name()
        return self._change(item, {"state": "in_progress", "owner": owner, **_UNBLOCKED}, **versions)

    def block(self, key: str, reason: str, **versions: Unpack[Versions]) -> Task:
        """Say that a task cannot go on, and why."""
        why = _words(reason, "--reason", "what blocks it")
        since = self._clock().isoformat(timespec="seconds")
        fields = {"state": "blocked", "block_reason": why, "blocked_since": since}
        return self._change(self._item(key), fields, reason=why, **versions)

    def done(self, key: str, evidence: str | None = None, **versions: Unpack[Versions]) -> Task:
        """Finish a task; without evidence it is `done_without_evidence` and counted apart.

        Raises:
            UsageError: the evidence misses the task's rule, or the task cannot be finished.
        """
        item = self._item(key)
        if evidence is None:
            return self._change(item, {"state": "done_without_evidence", **_UNBLOCKED}, **versions)
        from cockpit.work import evidence as evidence_rules  # decimals and URLs: only who finishes pays

        person = self.people.person(self.me)
        owner = self.people.named(item.fields.get("owner") or "")
        given = evidence_rules.accept(
            evidence,
            item.fields.get("evidence_rule"),
            key=item.key,
            actor=self.me,
            actor_roles=person.roles,
            doers=() if owner is None else (owner.login,),
            owner_role=item.fields.get("owner_role"),
        )
        fields = {"state": "done", "evidence": given, "evidence_by": self.me, **_UNBLOCKED}
        return self._change(item, fields, **versions)

    def drop(self, key: str, reason: str, **versions: Unpack[Versions]) -> Task:
        """Decide not to do a task, and say why."""
        why = _words(reason, "--reason", "why it is dropped")
        fields = {"state": "dropped", "drop_reason": why, **_UNBLOCKED}
        return self._change(self._item(key), fields, reason=why, **versions)

    def reopen(self, key: str, **versions: Unpack[Versions]) -> Task:
        """Open a finished task again; its evidence stays in the history only."""
        fields = {"state": "open", "evidence": None, "evidence_by": None, "drop_reason": None}
        reopened = self._change(self._item(key), fields, **versions)
        self._follow_again()
        return reopened

    def move(self, key: str, due: date | str, reason: str, **versions: Unpack[Versions]) -> Task:
        """Give a task another due day; the original one is kept and the move counted."""
        why = _words(reason, "--reason", "why it moves")
        item = self._item(key)
        self._refuse_finished(item)
        day = self.day(due).isoformat()
        fields = {
            "due": day,
            "due_reason": why,
            "original_due": item.fields.get("original_due") or item.fields.get("due") or day,
            "slips": item.fields.get("slips", 0) + 1,
        }
        return self._change(item, fields, reason=why, **versions)

    def assign(self, key: str, to: str, **versions: Unpack[Versions]) -> Task:
        """Give a task to somebody: a login, a name, or "me"."""
        item = self._item(key)
        self._refuse_finished(item)
        fields = {"owner": self.people.owner_name(clean(to), self.me), **_adoption(item)}
        return self._change(item, fields, **versions)

    def need(self, key: str, needs: Sequence[str], **versions: Unpack[Versions]) -> Task:
        """Say which tasks must be finished before one that was made by hand; none takes all away.

        Raises:
            UsageError: the task comes from the calendar, or it would wait for itself.
        """
        item = self._item(key)
        if item.fields.get("calendar"):
            raise UsageError(Problem("comes from the calendar, which says what it needs", key=item.key))
        wanted = [self.find(one) for one in needs]
        for one in wanted:
            way = self._way(one, item.key)
            if way:
                circle = " -> ".join((item.key, *way))
                raise UsageError(
                    Problem(f"would wait for itself: {circle}", key=item.key, hint="each `->` reads: needs")
                )
        return self._change(item, {"needs": wanted or None}, **versions)

    def wait(self, key: str, until: date | str, for_: str, **versions: Unpack[Versions]) -> Task:
        """Let a task sleep until a day, because it waits for somebody or something."""
        item = self._item(key)
        self._refuse_finished(item)
        what = _words(for_, "--for", "whom or what it waits for")
        day = self.day(until, "--until")
        if day <= self.today:
            raise UsageError(Problem(f"{day} is not in the future", key="--until"))
        return self._change(item, {"wait_until": day.isoformat(), "wait_for": what}, **versions)

    def tick(self, key: str, step: str, ticked: bool = True, **versions: Unpack[Versions]) -> Task:
        """Tick a step of a task's checklist, or take the tick away.

        Args:
            key: the task.
            step: the step in its words, or its number, from 1.
            ticked: whether it is done.

        Raises:
            UsageError: it has no such step.
        """
        item = self._item(key)
        steps = item.fields.get("checklist") or []
        if step not in steps and step.isdecimal() and 0 < int(step) <= len(steps):
            step = steps[int(step) - 1]
        if step not in steps:
            hint = did_you_mean(step, steps) or (f"it has {len(steps)}" if steps else "it has no checklist")
            raise UsageError(Problem(f"has no step {step!r}", key=item.key, hint=hint))
        checked = [name for name in item.fields.get("checked") or [] if name != step]
        return self._change(item, {"checked": [*checked, *([step] if ticked else [])] or None}, **versions)

    def edit(self, key: str, fields: Mapping[str, str | None], **versions: Unpack[Versions]) -> Task:
        """Change some of `EDITABLE` in place; "" or None takes a value away where a task can be without.

        Raises:
            UsageError: one of them cannot be edited, or cannot have that value.
        """
        wanted = {name: clean(text or "").strip() or None for name, text in fields.items()}
        problems = [Problem(f"{name} cannot be edited", key=key) for name in wanted if name not in EDITABLE]
        if problems:
            raise UsageError(*problems)
        _refuse_unknown_severity(wanted.get("severity"), key)
        return self._change(self._item(key), wanted, **versions)

    def triage(
        self,
        key: str,
        to: str,
        owner: str | None = None,
        function: str | None = None,
        reason: str | None = None,
        **versions: Unpack[Versions],
    ) -> Task:
        """Say what becomes of an ask: see `cockpit.work.triage`."""
        from cockpit.work.triage import triaged

        item = self._item(key)
        name = None if owner is None else self.people.owner_name(clean(owner), self.me)
        words = None if reason is None else clean(reason).strip() or None
        fields = triaged(item, to, name, function and clean(function).strip(), words)
        return self._change(item, fields, reason=words, **versions)

    def put_back(self, key: str, values: Mapping[str, Any]) -> Task:
        """Give fields the values that they had before two people changed them."""
        return self._change(self._item(key), values, reason="put back to what it was")

    def note(self, key: str, text: str) -> Note:
        """Write a note on a task."""
        return self.store.add_note(self.find(key), text)

    def day(self, given: date | str, option: str = "--due") -> date:
        """A day as people write it: 2026-12-04, today, +3bd.

        Raises:
            UsageError: it is no day.
        """
        if isinstance(given, str):
            return parse_day(given, self.rhythm.fiscal.business, self.today, option)
        return given

    @contextmanager
    def together(self) -> Iterator[None]:
        """All changes inside are made, or none is, and one `undo` takes them back."""
        try:
            with self.store.together():
                yield
        except BaseException:
            self._listing.forget()  # it may have seen what was taken back
            raise

    def undo(self) -> Sequence[Change]:
        """Take back the actor's last change.

        Raises:
            UsageError: there is nothing to undo.
            ConflictError: somebody changed it since.
        """
        return self._turned_back(self.store.undo())

    def redo(self) -> Sequence[Change]:
        """Do again what the actor undid last.

        Raises:
            UsageError: there is nothing to redo.
            ConflictError: somebody changed it since.
        """
        return self._turned_back(self.store.redo())

    # --- inside ------------------------------------------------------------------------------------------

    def _turned_back(self, entries: Sequence[Entry]) -> Sequence[Change]:
        self._follow_again()
        return [change_of(entry) for entry in entries]

    def _follow_again(self) -> None:
        """What is unfinished again has not followed its calendar meanwhile; the next `keep_up` lets it."""
        from cockpit.work.basis import MARK

        self.store.put_mark(MARK, "")

    def _way(self, start: str, goal: str) -> tuple[str, ...]:
        """The keys from one task to another along what each needs, both included; empty without a way."""
        ways: list[tuple[str, ...]] = [(start,)]
        seen = {start}
        while ways:
            way = ways.pop()
            if way[-1] == goal:
                return way
            item = self.store.get(way[-1])
            for need in () if item is None else item.fields.get("needs") or ():
                if need not in seen:
                    seen.add(need)
                    ways.append((*way, need))
        return ()

    def _item(self, key: str) -> Item:
        item = self.store.get(self.find(key))
        if item is None:
            raise UsageError(Problem("no task has this key", key=key))
        return item

    def _my_name(self) -> str:
        return self.people.person(self.me).owner_name

    def _free_or_mine(self, item: Item) -> str:
        owner = item.fields.get("owner")
        names = self.people.person(self.me).names
        if item.state in ("claimed", "in_progress") and owner is not None and owner.casefold() not in names:
            raise UsageError(
                Problem(f"is {item.state.replace('_', ' ')} by {owner}", key=item.key, hint="assign moves it")
            )
        return owner if owner is not None and owner.casefold() in names else self._my_name()

    def _refuse_finished(self, item: Item) -> None:
        if item.state not in UNFINISHED:
            words = item.state.replace("_", " ")
            raise UsageError(Problem(f"is {words}", key=item.key, hint="`reopen` it first"))

    def _change(
        self,
        item: Item,
        fields: Mapping[str, Any],
        reason: str | None = None,
        if_version: int | None = None,
        seen_version: int | None = None,
    ) -> Task:
        if item.fields.get("adopted") is False and "adopted" not in fields:
            hint = "`claim` it or `assign` it, then it is worked on here"
            raise UsageError(Problem("is a task of the source, so it changes there", key=item.key, hint=hint))
        changed = self.store.change(
            item.key,
            fields,
            expected_version=seen_version if if_version is None else if_version,
            strict=if_version is not None,
            reason=reason,
        )
        return self._shown(changed.key)


_UNBLOCKED = {"block_reason": None, "blocked_since": None}


def _adoption(item: Item) -> Mapping[str, Any]:
    """What makes a source's task one that is worked on here."""
    return {"adopted": True} if item.fields.get("adopted") is False else {}


def _words(text: str, option: str, what: str) -> str:
    cleaned = clean(text).strip()
    if not cleaned:
        raise UsageError(Problem(f"say {what}", key=option))
    return cleaned


def _cleaned(value: Any) -> Any:
    """Text without what a terminal obeys; nothing for what is empty."""
    if isinstance(value, str):
        return clean(value).strip() or None
    if isinstance(value, (list, tuple)):
        return [_cleaned(part) for part in value] or None
    return value


def _refuse_unknown_severity(severity: str | None, key: str) -> None:
    if severity is not None and severity not in SEVERITIES:
        hint = did_you_mean(severity, SEVERITIES) or f"one of {', '.join(SEVERITIES)}"
        raise UsageError(Problem(f"no severity: {severity}", key=key, hint=hint))
