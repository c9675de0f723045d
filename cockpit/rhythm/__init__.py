"""The rhythm: due rules on a fiscal calendar, and what happens when.

Needs the standard library and the floors below only.
"""

from cockpit.rhythm.calendar import RhythmCalendar
from cockpit.rhythm.definition import Definition, ForEach, Role, Scope
from cockpit.rhythm.occurrence import Anchor, EvidenceRule, Explained, Occurrence

__all__ = [
    "Anchor",
    "Definition",
    "EvidenceRule",
    "Explained",
    "ForEach",
    "Occurrence",
    "RhythmCalendar",
    "Role",
    "Scope",
]
