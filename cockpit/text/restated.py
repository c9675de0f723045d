"""A restatement as a table for people: reported beside corrected, then the deals that made the difference."""

from typing import TYPE_CHECKING

from cockpit.panes.figures import formats_of
from cockpit.panes.view import Context
from cockpit.text.table import table_text

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.restated import Restatement


def restated_text(cockpit: "Cockpit", found: "Restatement") -> str:
    """The restatement as text."""
    formats = formats_of(cockpit, Context())
    lines = []
    for one in found.figures:
        change = "" if one.difference in (None, 0) else formats.delta(one.difference, one.unit, one.corrected)
        lines.append(
            (
                one.label,
                formats.value(one.reported, one.unit) if one.reported is not None else "-",
                formats.value(one.corrected, one.unit) if one.corrected is not None else "-",
                change or ("none" if one.difference == 0 else one.reason or ""),
                one.deals_count or "",
            )
        )
    head = f"{found.label}: {found.period}, as of {found.as_of} (snapshot {found.snapshot})"
    columns = ("figure", "as reported", "as corrected", "difference", "deals")
    right = ("as reported", "as corrected", "difference")
    parts = [f"{head}\n\n{table_text(columns, lines, to_right=right)}"]
    for one in found.figures:
        if one.deals:
            rows = [(deal.opportunity_id, deal.reported, deal.corrected, deal.change) for deal in one.deals]
            table = table_text(
                ("deal", "reported", "corrected", "what differs"), rows, to_right=("reported", "corrected")
            )
            more = one.deals_count - len(one.deals)
            parts.append(f"{one.label}\n{table}" + (f"\n{more:,} more deals" if more else ""))
    return "\n\n".join(parts)
