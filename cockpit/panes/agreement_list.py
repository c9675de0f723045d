"""The agreements behind an annuity figure: what each is worth, when it is due, how it stands, whose it is.

The list of untracked agreements is "find annuity": each line says what it lacks and becomes a task.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.panes.agreement_detail import agreement_detail
from cockpit.panes.agreement_gates import Gate, finished_days, load_gates
from cockpit.panes.agreement_list_data import UNTRACKED, AgreementsData, ListedAgreement, listed
from cockpit.panes.annuity_facts import TABLE
from cockpit.panes.days import full_day, month_day
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import MISSING, Formats, plural
from cockpit.panes.head import WIDE
from cockpit.panes.lines import Block, Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.record_words import link_for
from cockpit.panes.view import Choice, Context, Question, RawTable, Size, View
from cockpit.panes.wrapping import after

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work import Task

FIND_TITLE = "Find annuity"
SORTS = (
    Choice("d", "due_date", "due date"),
    Choice("b", "base_amount", "base"),
    Choice("o", "owner", "owner"),
    Choice("a", "account", "account"),
)
WORKSTREAM = "annuity"


@dataclass(frozen=True)
class AgreementsView(View):
    """The agreements of a figure.

    Attributes:
        metric: the figure.
        title: what the list is called.
        where: a condition that narrows it, or None.
        period: the period of the figure; None for that of the context.
        needle: the text that agreements must contain.
        sort: the column they are sorted by.
        backwards: whether the order is reversed.
        focus: the id of the agreement that the cursor starts on, or None.
    """

    metric: str
    title: str
    where: str | None = None
    period: str | None = None
    needle: str = ""
    sort: str = "due_date"
    backwards: bool = False
    focus: str | None = None

    name = "annuity"

    @classmethod
    def find(cls) -> "AgreementsView":
        """What expires within 180 days and lacks a deal, an owner or a contact."""
        return cls(UNTRACKED, FIND_TITLE)

    def crumbs(self) -> tuple[str, ...]:
        """The view, then the list's title."""
        return ("Annuity", self.title)

    def load(self, cockpit: "Cockpit", context: Context) -> AgreementsData:
        """Every agreement of the figure, in the order asked."""
        result = cockpit.rows(
            self.metric,
            where=self.where,
            period=self.period or context.period,
            as_of=context.as_of,
            slice=context.slice,
        )
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        needle = self.needle.casefold()
        found = [
            listed(row, self.metric)
            for row in rows
            if not needle or any(needle in str(cell).casefold() for cell in row.values() if cell is not None)
        ]
        link = cockpit.workspace.config.sources[TABLE].link
        return AgreementsData(
            result,
            tuple(self._ordered(found)),
            link,
            formats_of(cockpit, context),
            cockpit.today,
            _timelines(cockpit),
        )

    def _ordered(self, found: list[ListedAgreement]) -> list[ListedAgreement]:
        """By the column asked, amounts from the largest; what has no value comes last."""
        known = [one for one in found if one.values.get(self.sort) is not None]
        missing = [one for one in found if one.values.get(self.sort) is None]
        largest_first = self.sort == "base_amount"
        known.sort(key=lambda one: one.values[self.sort], reverse=largest_first != self.backwards)
        return [*known, *missing]

    def page(self, data: AgreementsData, size: Size) -> Page:
        """One list over the whole size."""
        pad = " " if size.width >= WIDE else ""
        inner = size.width - 2 * len(pad)
        fact = plural(len(data.shown), "agreement")
        if self.needle:
            fact += f" of {data.result.count:,} with “{self.needle}”"
        if data.shown and self.metric != UNTRACKED:
            added = sum(one.contribution for one in data.shown if one.contribution is not None)
            fact += f", {data.formats.money(added)}"
        fixed = [line(pad, *rule(self.title, fact, inner).spans).fitted(size.width)]
        if not data.shown:
            words = "No agreement contains that; Esc shows all again." if self.needle else "No agreement."
            fixed.append(line(pad, Span(words, "dim")).fitted(size.width))
        columns = _list_columns(data.shown, data.formats, inner)

        def make(start: int, stop: int) -> list[Line]:
            return [
                _agreement_line(one, columns, data.formats, pad).fitted(size.width)
                for one in data.shown[start:stop]
            ]

        lines = after(fixed, len(data.shown), make)
        meant = [number for number, one in enumerate(data.shown, len(fixed)) if one.identity == self.focus]
        block = Block("agreements", 0, 0, size.width, size.height, lines, cursor=meant[0] if meant else None)
        return Page(size.width, size.height, (block,))

    def facts(self, data: AgreementsData) -> str:
        """The period, and that tasks can be made of what is found."""
        if self.metric == UNTRACKED:
            return "expiring within 180 days"
        start, end = data.result.period.start, data.result.period.end
        return f"{full_day(start)} to {full_day(end)}" if start and end else ""

    def open(self, data: AgreementsData, place: Place) -> View | None:
        """The agreement under the cursor, with the list as its siblings."""
        from cockpit.panes.agreement import AgreementView

        if place.kind != "agreement":
            return None
        identities = tuple(dict.fromkeys(one.identity for one in data.shown))
        return AgreementView(TABLE, place.name, self.crumbs(), identities)

    def narrowed(self, text: str) -> View:
        """Only the agreements that contain the text in some column."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that agreements contain."""
        return self.needle

    def sort_columns(self, data: AgreementsData) -> tuple[Choice, ...]:
        """Due date, base, owner, account."""
        return SORTS

    def sorted_by(self, column: str) -> View:
        """By that column; the second time reversed."""
        return replace(self, sort=column, backwards=column == self.sort and not self.backwards)

    def explanation(self, data: AgreementsData, line: Line | None) -> View:
        """What counts in the figure and what is left out."""
        from cockpit.panes.explain import ExplainView

        return ExplainView(self.metric, self.where, self.crumbs())

    def hints(self, data: AgreementsData, line: Line | None) -> Mapping[str, str]:
        """Agreements become tasks; a list of them is no picture."""
        return {"add": "make a task", "chart": ""}

    def detail(self, data: AgreementsData, line: Line | None, width: int) -> Sequence[Line]:
        """How the agreement under the cursor stands, its timeline, and every filled column."""
        one = self._under(data, line)
        return () if one is None else agreement_detail(one, data, width)

    def table(self, data: AgreementsData) -> RawTable:
        """The agreements shown with raw values, for the file."""
        rows = [tuple(one.values.values()) for one in data.shown]
        return RawTable(self.title, data.result.columns, rows)

    def link(self, data: AgreementsData, line: Line | None) -> str | None:
        """The address of the agreement under the cursor in the CRM."""
        one = self._under(data, line)
        return None if one is None else link_for(data.link, one.values)

    def questions(self, data: AgreementsData, keys: Sequence[str]) -> Sequence[Question]:
        """The owners of the agreements, each about theirs."""
        return [
            Question(
                one.owner,
                ", ".join(
                    word
                    for word in (
                        f"{one.identity} {one.account}".strip(),
                        f"due {full_day(one.due)}" if one.due is not None else "",
                        one.state,
                        data.formats.money(one.base) if one.base is not None else "",
                    )
                    if word
                ),
                f"{TABLE}/{one.identity}",
            )
            for one in data.shown
            if one.owner and _key(one) in keys
        ]

    def subject(self, data: AgreementsData, line: Line | None) -> str | None:
        """The agreement under the cursor."""
        one = self._under(data, line)
        return None if one is None else f"{TABLE}/{one.identity}"

    def add_tasks(self, cockpit: "Cockpit", data: AgreementsData, keys: Sequence[str]) -> "list[Task]":
        """Make a task of each of those lines, in one change; what has an unfinished one is passed over.

        Args:
            cockpit: whose tasks they become.
            data: what `load` returned.
            keys: keys of lines, or none for all that are shown.

        Returns:
            The new tasks: workstream annuity, the agreement's owner, due in five business days, or when the
            agreement falls due if that comes first.
        """
        wanted = [one for one in data.shown if not keys or _key(one) in keys]
        open_tasks = cockpit.tasks(f"workstream:{WORKSTREAM} status:open")
        known = {task.row_key for task in open_tasks if task.calendar is None}
        missing = {one.identity: one for one in wanted if one.identity not in known}
        with cockpit.work.together():
            return [_task_of(cockpit, one) for one in missing.values()]

    @staticmethod
    def _under(data: AgreementsData, line: Line | None) -> ListedAgreement | None:
        key = line.key if line is not None else None
        return next((one for one in data.shown if _key(one) == key), None)


def _timelines(cockpit: "Cockpit") -> Callable[[ListedAgreement], tuple[Gate, ...]]:
    """From an agreement to its gates: tasks are read now, what the calendar plans when it is asked for."""
    tasks: dict[str, list[Task]] = {}
    for task in cockpit.tasks("all"):
        if task.source == TABLE and task.row_key is not None:
            tasks.setdefault(task.row_key, []).append(task)
    finished = [task.key for several in tasks.values() for task in several if task.finished]
    done_on = finished_days(cockpit, finished)
    known: dict[str, tuple[Gate, ...]] = {}

    def timeline(one: ListedAgreement) -> tuple[Gate, ...]:
        if one.identity not in known:
            known[one.identity] = load_gates(cockpit, one.values, tasks.get(one.identity, ()), done_on)
        return known[one.identity]

    return timeline


def _key(one: ListedAgreement) -> str:
    return f"agreement:{one.identity}:{one.due}"


def _task_of(cockpit: "Cockpit", one: ListedAgreement) -> "Task":
    day = cockpit.fiscal.business.add(cockpit.today, 5)
    if one.due is not None and cockpit.today <= one.due < day:
        day = one.due
    title = f"{one.identity} {one.account}: {one.state}".replace(" :", ":")
    return cockpit.work.add(
        title, WORKSTREAM, one.owner or None, day, source=TABLE, row_key=one.identity, severity="high"
    )


def _list_columns(shown: Sequence[ListedAgreement], formats: Formats, width: int) -> dict[str, int]:
    """The cells of each column; first the owner goes, then the account, then how it stands."""
    sample = shown[:200]
    identity = min(max((cells(one.identity) for one in sample), default=8), 24)
    columns = {"identity": identity, "due": 12, "base": 9}
    rest = width - sum(columns.values()) - 3
    for name, wanted, least in (("state", 34, 10), ("account", 30, 12), ("owner", 20, 10)):
        longest = max((cells(getattr(one, name)) for one in sample), default=0)
        size = min(max(longest, least), wanted, rest)
        if size >= least:
            columns[name] = size
            rest -= size + 2
    return columns


def _agreement_line(one: ListedAgreement, columns: dict[str, int], formats: Formats, pad: str) -> Line:
    """An agreement: due, id, base, account, how it stands, owner, as far as there is room."""
    day = MISSING if one.due is None else f"{month_day(one.due)} {one.due.year}"
    spans = [
        Span(pad + right(day, columns["due"] - 1) + " "),
        Span(left(one.identity, columns["identity"]), "strong"),
        Span(right(formats.money(one.base), columns["base"])),
    ]
    for name in ("account", "state", "owner"):
        if name in columns:
            text = getattr(one, name) or f"(no {name})"
            spans.append(Span("  " + left(text, columns[name]), "dim" if name == "owner" else "text"))
    copied = tuple("" if value is None else str(value) for value in one.values.values())
    return Line(tuple(spans), Place("agreement", one.identity), _key(one), copied)
