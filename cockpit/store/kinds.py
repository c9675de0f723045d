"""Kinds of work as data: which states an item has, how it may move between them, what it needs, who may.

The store knows no task and no quota; it knows kinds. A kind is registered once and every change to an
item of that kind is checked against it, whoever makes the change.
"""

from collections.abc import Collection, Mapping

import msgspec

from cockpit.base.problems import Problem, did_you_mean
from cockpit.store.values import STATE, JsonValue


class Transition(msgspec.Struct, frozen=True):
    """One way to move.

    Attributes:
        name: what people call it ("claim").
        sources: states that it starts from.
        target: state that it leads to.
        requires: fields that must have a value afterwards.
        roles: who may; empty is everybody.
        not_by: a field that names a login who may not ("a decider is never the claimant"), or None.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    requires: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    not_by: str | None = None


class Kind(msgspec.Struct, frozen=True):
    """A kind of work item.

    Attributes:
        name: the kind's name, for example "task".
        states: all states.
        initial: state of a new item.
        finished: states in which nothing is left to do.
        withdrawn: state that an item takes when its making is undone; nothing is ever deleted.
        required: fields that every item of the kind has.
        transitions: every permitted move between two states.
    """

    name: str
    states: tuple[str, ...]
    initial: str
    finished: tuple[str, ...]
    withdrawn: str
    required: tuple[str, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        named = {self.initial, self.withdrawn, *self.finished}
        for transition in self.transitions:
            named |= {transition.target, *transition.sources}
        unknown = sorted(named - set(self.states))
        if unknown:
            raise ValueError(f"kind {self.name}: {', '.join(unknown)} is not among its states")

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The states in which something is left to do."""
        return tuple(state for state in self.states if state not in self.finished)

    def check(
        self,
        key: str,
        before: str | None,
        after: str,
        fields: Mapping[str, JsonValue],
        actor: str,
        roles: Collection[str],
    ) -> list[Problem]:
        """What is wrong with an item's change.

        Args:
            key: the item's key, for the words.
            before: its state before, None when it is new.
            after: its state afterwards.
            fields: all its fields afterwards.
            actor: login of who changes it.
            roles: roles of that person.

        Returns:
            A problem for each rule that the change breaks.
        """
        if after not in self.states:
            return [
                Problem(
                    f"no such state: {after}", key=f"{key}: {STATE}", hint=did_you_mean(after, self.states)
                )
            ]
        problems = [
            Problem(f"needs {name}", key=key) for name in self.required if fields.get(name) in (None, "")
        ]
        if before is None or before == after:
            return problems
        ways = [way for way in self.transitions if before in way.sources and way.target == after]
        if not ways:
            return [*problems, Problem(f"is {before}, so it cannot become {after}", key=key)]
        refusals = [_refusals(way, key, fields, actor, roles) for way in ways]
        return problems + min(refusals, key=len)


def _refusals(
    way: Transition, key: str, fields: Mapping[str, JsonValue], actor: str, roles: Collection[str]
) -> list[Problem]:
    problems = [
        Problem(f"needs {name} to {way.name}", key=key)
        for name in way.requires
        if fields.get(name) in (None, "")
    ]
    if way.roles and not set(way.roles) & set(roles):
        problems.append(Problem(f"only {' or '.join(way.roles)} may {way.name} it", key=key))
    if way.not_by is not None and fields.get(way.not_by) == actor:
        problems.append(Problem(f"{actor} may not {way.name} it, being its {way.not_by}", key=key))
    return problems
