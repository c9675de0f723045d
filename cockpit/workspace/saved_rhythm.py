"""Views of `[views]` that are the calendar: what it is narrowed to, and how it is laid out."""

import msgspec

BY = ("role", "kind", "workstream", "scope")
"""What the agenda can be grouped by, besides by day."""


class SavedRhythm(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar under a name; it begins on the day on which it is opened.

    Attributes:
        rhythm: the words that narrow it; empty for all of it.
        by: what the agenda is grouped by, or None for days.
        actions: whether required actions are lines of their own instead of a count a day.
    """

    rhythm: str
    by: str | None = None
    actions: bool = False

    @property
    def words(self) -> str:
        """What it is in a few words, for a list of them."""
        parts = ("rhythm", self.rhythm, "with actions" if self.actions else "", self.by and f"by {self.by}")
        return "  ".join(part for part in parts if part)
