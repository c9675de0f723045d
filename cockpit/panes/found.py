"""Findings as lines: their sentences with figures written for people, and the places they lead to."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.core.findings.asked import Asked
from cockpit.core.findings.find import find
from cockpit.core.findings.finding import Amount, Finding, Found, Lead, Said
from cockpit.core.findings.movement import MOVES
from cockpit.core.findings.order import late
from cockpit.core.findings.rules import Rule
from cockpit.panes.formats import Formats, is_money
from cockpit.panes.place import Place
from cockpit.panes.view import STATES, Context

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.moves import Moves


def look(
    cockpit: "Cockpit", context: Context, only: Iterable[str] | None = None, moved: "Moves | None" = None
) -> Found:
    """Everything that the rules find under what holds in every view.

    Args:
        cockpit: the workspace.
        context: what holds in every view.
        only: the checks that are made; None for all.
        moved: what moved since the last lock, where that is known already.

    Raises:
        ConfigError: a rule of the workspace is wrong.
    """
    asked = Asked(cockpit, context.period, context.partner or None, context.as_of, context.slice)
    if moved is not None and context.against not in STATES:
        asked.shared[MOVES] = moved
    return find(asked, None if only is None else set(only))


def look_late(cockpit: "Cockpit", context: Context) -> Found:
    """What is late alone: it is known before any data is read, and needs no rule to be read either."""
    asked = Asked(cockpit, context.period, None, context.as_of, context.slice)
    rule = Rule(check="late", tag="tasks", weight=60, day_points=3)
    return Found(tuple(late("late_tasks", rule, asked)), (), 1)


def sentence(finding: Finding, formats: Formats) -> str:
    """The whole finding in words."""
    return finding.about + rest(finding, formats)


def rest(finding: Finding, formats: Formats) -> str:
    """What follows the first words."""
    return "".join(piece(one, formats) for one in finding.said)


def piece(said: Said, formats: Formats) -> str:
    """A piece of a sentence; amounts at the scale of what they stand beside."""
    if not isinstance(said, Amount):
        return said
    if said.value is None:
        return "unknown"
    if said.unit == "points":
        return formats.number(float(said.value) * 100, 1) + " pp"
    if said.change:
        return formats.delta(said.value, said.unit, said.beside) or "0"
    scale = formats.scale(said.value, said.beside) if is_money(said.unit) and said.beside else None
    return formats.value(said.value, said.unit, scale)


def place_of(lead: Lead) -> Place:
    """The place in the cockpit that a finding leads to."""
    return Place(lead.kind, lead.name, lead.by, lead.where, lead.focus, lead.period)
