"""What stands beside a list of agreements on wide screens: the one under the cursor, with its timeline."""

from datetime import date

from cockpit.panes.agreement_gates import gate_lines
from cockpit.panes.agreement_list_data import AgreementsData, ListedAgreement
from cockpit.panes.days import full_day
from cockpit.panes.dimensions import label_of
from cockpit.panes.formats import plural
from cockpit.panes.lines import BLANK, Line, Role, Span, left, line, rule
from cockpit.panes.record_words import written
from cockpit.panes.wrapping import labelled

LABELS = 12
"""Cells for the words that name a fact."""
TO_COME = "to come"
"""The outcome of agreements that may still be worked on."""
TOLD = ("part", "agreement_id", "account", "base_amount", "due_date", "owner", "risk", "missing")
"""Columns that stand above the timeline."""


def agreement_detail(one: ListedAgreement, data: AgreementsData, width: int) -> list[Line]:
    """How the agreement stands and whose it is, its timeline with the gates, then its other columns."""
    base = data.formats.money(one.base) if one.base is not None else ""
    lines = [rule(f"{one.identity} {one.account}".strip(), base, width)]
    role: Role = "bad" if one.state == "lapsed" else "warn" if one.values.get("risk") else "text"
    lines += labelled("due", _due_words(one.due, data.today), width, LABELS)
    lines += labelled("stands", one.state, width, LABELS, role)
    if str(one.values.get("outcome") or TO_COME).startswith(TO_COME):
        lines += labelled("lacks", str(one.values.get("missing") or ""), width, LABELS)
    lines += labelled("owner", one.owner or "(no owner)", width, LABELS)
    gates = data.timeline(one)
    if gates:
        settled = next(
            (one.values[name] for name in ("renewed_date", "terminated_date") if one.values.get(name)), None
        )
        lines += [BLANK, rule("Timeline", plural(len(gates), "gate"), width)]
        lines += gate_lines(gates, data.today, settled, width)
    lines += [BLANK, rule("All columns", "", width)]
    for name, value in one.values.items():
        if value is not None and value != "" and name not in TOLD:
            words = (Span(left(label_of(name), 21), "dim"), Span(written(value, name, data.formats)))
            lines.append(line(*words))
    return [row.fitted(width) for row in lines]


def _due_words(due: date | None, today: date) -> str:
    """The day and how far it is: "Mon 30 Nov 2026, in 7 days"."""
    if due is None:
        return "no date"
    days = (due - today).days
    far = "today" if not days else f"in {plural(days, 'day')}" if days > 0 else f"{plural(-days, 'day')} ago"
    return f"{full_day(due)}, {far}"
