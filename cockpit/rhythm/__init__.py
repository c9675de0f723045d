"""The rhythm of business: due rules, occurrences of events and required actions, iCalendar."""

from cockpit.rhythm.calendar import RhythmCalendar
from cockpit.rhythm.occurrence import Anchor, Escalation, EvidenceRule, Explained, Occurrence

__all__ = ["Anchor", "Escalation", "EvidenceRule", "Explained", "Occurrence", "RhythmCalendar"]
