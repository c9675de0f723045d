"""An agreement's own page: how it stands, its timeline, deals, contacts, terms and chain of renewals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.panes.agreement_gates import Gate, finished_days, gate_lines, load_gates
from cockpit.panes.annuity_facts import TABLE
from cockpit.panes.days import full_day
from cockpit.panes.dimensions import label_of
from cockpit.panes.figures import metrics_of
from cockpit.panes.formats import MISSING, plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Role, Span, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.record import RecordData, RecordView
from cockpit.panes.record_words import written
from cockpit.panes.task_facts import TaskFacts
from cockpit.panes.task_lines import task_columns, task_line
from cockpit.panes.view import Context, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core import Cockpit

BOOK = "renewal_book_base"
EVER = "1900-01-01..2199-12-31"
TERMS = (
    "product", "status", "base_amount", "currency", "due_date", "expires_date", "renewed_date",
    "renewed_amount", "extended_date", "extended_to", "submitted_date", "contract_date", "po_date",
    "terminated_date",
)  # fmt: skip
LACKS: tuple[tuple[str, str, Role], ...] = (("at risk", "risk", "warn"), ("lacks", "missing", "dim"))
"""What is told under what an agreement is still to come to: in words, its column, how it is drawn."""
MOST_LINKS = 20
"""How far a chain of renewals is followed."""


@dataclass(frozen=True, slots=True)
class AgreementData(RecordData):
    """An agreement with all that hangs from it.

    Attributes:
        states: how it stands at each of its due dates, an extended one has two.
        gates: its timeline.
        deals: rows of the deals that are linked with it, in either direction.
        contacts: rows of its account's contacts.
        chain: rows of the agreements before and after it, in order, itself among them.
    """

    states: tuple[dict[str, Any], ...] = ()
    gates: tuple[Gate, ...] = ()
    deals: tuple[dict[str, Any], ...] = ()
    contacts: tuple[dict[str, Any], ...] = ()
    chain: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AgreementView(RecordView):
    """One agreement."""

    name = "annuity"

    @classmethod
    def at(cls, place: Place) -> "AgreementView":
        """The agreement that a place of kind "agreement" leads to."""
        return cls(TABLE, place.name, ("Annuity",))

    def load(self, cockpit: "Cockpit", context: Context) -> AgreementData:
        """The agreement with its gates, deals, contacts and chain.

        Raises:
            UsageError: there is no such agreement.
        """
        record = super().load(cockpit, context)
        row = record.rows[0]
        own = {name: getattr(record, name) for name in RecordData.__dataclass_fields__}
        return AgreementData(
            **own,
            states=self._states(cockpit, context),
            gates=load_gates(
                cockpit, row, record.tasks, finished_days(cockpit, [task.key for task in record.tasks])
            ),
            deals=_deals(cockpit, self.identity, row.get("opportunity_id")),
            contacts=_matching(_frame(cockpit, "contacts"), "account_id", row.get("account_id")),
            chain=_chain(_frame(cockpit, TABLE), row),
        )

    def _states(self, cockpit: "Cockpit", context: Context) -> tuple[dict[str, Any], ...]:
        if BOOK not in metrics_of(cockpit):
            return ()
        quoted = self.identity.replace("'", "''")
        try:
            found = cockpit.rows(BOOK, where=f"agreement_id = '{quoted}'", period=EVER, as_of=context.as_of)
        except CockpitError:
            return ()
        return tuple(dict(zip(found.columns, row, strict=True)) for row in found.rows)

    def page(self, data: RecordData, size: Size) -> Page:
        """How it stands, then timeline, deals, contacts, terms, chain, notes under each other."""
        assert isinstance(data, AgreementData)
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        needle = self.needle.casefold()
        lines: list[Line] = []
        for section in self._sections(data, width):
            body = [row for row in section[1:] if not needle or needle in row.text.casefold()]
            if body:
                lines += [*([BLANK] if lines else []), section[0], *body]
        if not lines:
            lines = [line(Span("Nothing here contains that; Esc shows all again.", "dim"))]
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("agreement", 0, 0, size.width, size.height, shown),))

    def _sections(self, data: AgreementData, width: int) -> Sequence[list[Line]]:
        row = data.rows[0]
        account = str(row.get("account") or "")
        settled = next((row[name] for name in ("renewed_date", "terminated_date") if row.get(name)), None)
        by_hand = [task for task in data.tasks if task.calendar is None]
        facts = TaskFacts(tuple(by_hand), data.today, data.today)
        columns = task_columns(facts, width)
        gates = gate_lines(data.gates, data.today, settled, width) if data.gates else []
        return (
            [
                rule(f"{self.identity} {account}".strip(), str(row.get("owner") or ""), width),
                *_standing(data, width),
            ],
            [rule("Timeline", plural(len(data.gates), "gate"), width), *gates],
            [rule("Tasks", str(len(by_hand)), width), *(task_line(task, facts, columns) for task in by_hand)],
            [rule("Deals", str(len(data.deals)), width), *_deal_lines(data, width)],
            [rule("Contacts", str(len(data.contacts)), width), *_contact_lines(data, width)],
            [rule("Terms", _source(data, row), width), *_term_lines(data, row)],
            [rule("Chain of renewals", str(len(data.chain)), width), *_chain_lines(data, self.identity)],
            [rule("Notes", str(len(data.notes)), width), *_note_lines(data)],
            [rule("All fields", "", width), *self._fields(data, row, width)],
        )

    def open(self, data: AgreementData, place: Place) -> View | None:
        """Another agreement of the chain; tasks and deals lead to views of their own."""
        if place.kind != "agreement":
            return None
        chain = tuple(str(row["agreement_id"]) for row in data.chain)
        return AgreementView(TABLE, place.name, ("Annuity",), chain)


def _frame(cockpit: "Cockpit", table: str) -> "pl.DataFrame | None":
    if table not in cockpit.workspace.config.sources:
        return None
    try:
        return cockpit.data.required(table).frame
    except CockpitError:
        return None


def _matching(frame: "pl.DataFrame | None", column: str, value: Any) -> tuple[dict[str, Any], ...]:
    """The rows of a table in which a column has that value; nothing without table, column or value."""
    import polars as pl

    if frame is None or value is None or column not in frame.columns:
        return ()
    return tuple(frame.filter(pl.col(column) == value).to_dicts())


def _deals(cockpit: "Cockpit", identity: str, opportunity: Any) -> tuple[dict[str, Any], ...]:
    frame = _frame(cockpit, "opportunities")
    found = [*_matching(frame, "opportunity_id", opportunity), *_matching(frame, "agreement_id", identity)]
    return tuple({(row["opportunity_id"], row.get("_row")): row for row in found}.values())


def _chain(frame: "pl.DataFrame | None", row: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The agreements that this one renewed and those that renewed it; a circle is followed once."""
    chain, seen = [row], {row.get("agreement_id")}
    for forward in (False, True):
        while len(chain) < MOST_LINKS:
            end = chain[-1] if forward else chain[0]
            key, value = ("agreement_id", end.get("renewed_agreement_id"))
            if not forward:
                key, value = "renewed_agreement_id", end.get("agreement_id")
            found = [one for one in _matching(frame, key, value) if one["agreement_id"] not in seen]
            if not found:
                break
            seen.add(found[0]["agreement_id"])
            chain.insert(len(chain) if forward else 0, found[0])
    return tuple(chain)


def _standing(data: AgreementData, width: int) -> list[Line]:
    """What became of it at each due date, and why it is at risk."""
    lines = []
    for state in sorted(data.states, key=lambda one: str(one.get("due_date"))):
        due, outcome = state.get("due_date"), str(state.get("outcome") or "")
        days_late = state.get("days_late")
        if days_late is not None and days_late > 0:
            outcome += f", {plural(int(days_late), 'day')} late"
        elif isinstance(due, date) and outcome == "to come":
            outcome += f", in {plural((due - data.today).days, 'day')}"
        term = "extended to " if state.get("is_extended_term") else "due "
        words = term + (full_day(due) if isinstance(due, date) else MISSING)
        role: Role = "bad" if outcome.startswith("lapsed") else "text"
        amount = data.formats.money(state.get("base_amount"))
        lines.append(
            line(Span(left(words, 32), "strong"), Span(right(amount, 9)), Span(f"   {outcome}", role))
        )
        for label, name, shown in LACKS:
            if state.get(name) and outcome.startswith("to come"):
                parts = wrapped(str(state[name]), max(width - 10, 16))
                lines += [line(Span(left(label, 10), "dim"), Span(part, shown)) for part in parts]
    return lines or [line(Span("Ended before it fell due.", "dim"))]


def _deal_lines(data: AgreementData, width: int) -> list[Line]:
    lines = []
    for deal in data.deals:
        close = deal.get("close_date")
        day = full_day(close) if isinstance(close, date) else MISSING
        due = data.rows[0].get("due_date") or data.rows[0].get("expires_date")
        pushed = deal.get("status") == "open" and isinstance(close, date) and due is not None and close > due
        words = "  ".join(str(deal[name]) for name in ("stage", "owner") if deal.get(name))
        spans = (
            Span(left(str(deal["opportunity_id"]), 14), "strong"),
            Span(right(data.formats.money(deal.get("amount")), 9) + "  "),
            Span(left(str(deal.get("status") or ""), 6)),
            Span(left(day, 17), "warn" if pushed else "text"),
            Span("past due  " if pushed else "", "warn"),
            Span(words, "dim"),
        )
        place = Place("record", "opportunities", where=str(deal["opportunity_id"]))
        lines.append(Line(spans, place, f"deal:{deal['opportunity_id']}:{deal.get('_row')}"))
    return lines or [line(Span("No deal is linked, in either direction.", "warn"))]


def _contact_lines(data: AgreementData, width: int) -> list[Line]:
    lines = []
    for contact in data.contacts:
        words = "  ".join(str(contact[name]) for name in ("role", "email", "phone") if contact.get(name))
        verified = contact.get("verified_date")
        since = f"  verified {full_day(verified)}" if isinstance(verified, date) else ""
        lines.append(line(Span(left(str(contact.get("name") or MISSING), 26)), Span(words + since, "dim")))
    return lines or [line(Span("No contact of the account is known.", "warn"))]


def _term_lines(data: AgreementData, row: dict[str, Any]) -> list[Line]:
    lines = []
    for name in TERMS:
        value = row.get(name)
        if value is not None and value != "":
            text = written(value, name, data.formats)
            spans = (Span(left(label_of(name), 18), "dim"), Span(text))
            lines.append(Line(spans, None, f"term:{name}", (name, str(value))))
    return lines


def _chain_lines(data: AgreementData, identity: str) -> list[Line]:
    lines = []
    for row in data.chain:
        own = row["agreement_id"] == identity
        day = row.get("due_date") or row.get("expires_date")
        ends = full_day(day) if isinstance(day, date) else MISSING
        spans = (
            Span(left(str(row["agreement_id"]), 14), "strong" if own else "text"),
            Span(right(data.formats.money(row.get("base_amount")), 9)),
            Span(f"   due {ends}   {row.get('product') or ''}"),
            Span("   this one" if own else "", "dim"),
        )
        place = None if own else Place("agreement", str(row["agreement_id"]))
        lines.append(Line(spans, place, f"chain:{row['agreement_id']}"))
    return lines if len(lines) > 1 else []


def _note_lines(data: AgreementData) -> list[Line]:
    return [
        line(Span(f"{note.at[:10]} {note.author}  ", "dim"), note.text.split("\n")[0]) for note in data.notes
    ]


def _source(data: AgreementData, row: dict[str, Any]) -> str:
    return f"row {row['_row']:,} of {data.source}" if row.get("_row") is not None else data.source
