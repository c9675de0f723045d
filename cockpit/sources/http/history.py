"""Rows of the table `opportunity_history`: one for each change of one field of one deal."""

from cockpit.sources.http.decode import Row

COLUMNS = ("opportunity_id", "field", "old_value", "new_value", "changed_at", "changed_by")


def change(
    opportunity: str, field: str, old: str | None, new: str | None, at: str, by: str | None = None
) -> Row:
    """One change, under the headers of `COLUMNS`."""
    return dict(zip(COLUMNS, (opportunity, field, old, new, at, by), strict=True))
