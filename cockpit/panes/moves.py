"""What moved in the open pipeline since a day: the waterfall, and the deals of each of its steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError
from cockpit.core.moves import ALL, LOCK, VISIT, Moves, moves
from cockpit.panes.charts.bars import waterfall_lines
from cockpit.panes.charts.chart import Step, Waterfall
from cockpit.panes.days import day_and_month
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import Formats, plural
from cockpit.panes.lines import Line, Page, Span, cells, left, line, right, rule
from cockpit.panes.pictures import PictureView, inner, list_page
from cockpit.panes.place import Place
from cockpit.panes.view import STATES, Choice, Context, RawTable, Size, View
from cockpit.panes.wrapping import after, packed, wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit

SINCE = (
    Choice("l", LOCK, "the last lock"),
    Choice("v", VISIT, "the last look"),
    Choice("w", "week", "a week before"),
    Choice("a", ALL, "deals of every period"),
    Choice("q", "due", "deals due in the period"),
)
GOOD = ("new", "reopened", "transferred in", "pulled in", "increased", "won")
LEAVING = ("lost", "pushed out", "transferred out", "decreased", "removed")
WITH_STAGE, WHOSE = 110, 26
"""From so many cells on the stage of a moved deal is told, and the cells of whose it is before it."""
SHORT = {"increased": "up", "decreased": "down", "transferred in": "in", "transferred out": "out"}
"""Words of buckets where there is little room."""
BAD = ("decreased", "pushed out", "transferred out", "lost", "removed")


@dataclass(frozen=True, slots=True)
class MovesData:
    """What moved, and how amounts are written."""

    moves: Moves
    formats: Formats


@dataclass(frozen=True)
class MovesView(PictureView):
    """The waterfall.

    Attributes:
        since: the day compared from, as `cockpit moves --since` takes it; "" for the state that the figures
            are compared with, else for the last lock.
        everything: whether deals of every period count, and not only those due in the one asked.
    """

    metric: str = "open_pipeline"
    since: str = ""
    everything: bool = False
    word = "moved"

    @classmethod
    def at(cls, place: Place) -> View:
        """The waterfall, or the deals of the bucket that the place names in `focus`."""
        whole = cls(since=place.name if place.name != "moves" else "", where=place.where)
        return MovedView(whole, place.focus) if place.focus else whole

    def crumbs(self) -> tuple[str, ...]:
        """Under the pipeline, or under the figure that it was opened from."""
        return (*(self.path or ("Pipeline",)), "moved")

    def load(self, cockpit: "Cockpit", context: Context) -> MovesData:
        """Both states and what lies between them.

        Raises:
            CockpitError: a word means nothing here, or the data cannot be read.
        """
        period = ALL if self.everything else context.period
        since = self.since or (context.against if context.against in STATES else "")
        found = moves(cockpit, since, period, self.where, context.as_of, context.slice)
        return MovesData(found, formats_of(cockpit, context))

    def chart(self, data: MovesData) -> Waterfall:
        """From what was open then to what is open now."""
        found, formats = data.moves, data.formats
        scale = formats.scale(found.before, found.after)
        steps = [
            Step(f"open {_short(found.since)}", float(found.before), formats.money(found.before, scale), True)
        ]
        for bucket in found.buckets:
            good = True if bucket.name in GOOD else False if bucket.name in BAD else None
            steps.append(
                Step(
                    bucket.name,
                    float(bucket.change),
                    formats.money(bucket.change, scale, sign=True),
                    note=plural(bucket.deals, "deal"),
                    good=good,
                    place=Place("moves", self.since or "moves", where=self.where, focus=bucket.name),
                    key=f"bucket:{bucket.name}",
                )
            )
        steps.append(
            Step(f"open {_short(found.through)}", float(found.after), formats.money(found.after, scale), True)
        )
        every = found.period == ALL or self.everything
        return Waterfall(
            f"Moved since {found.since_words}{', rebuilt' if found.rebuilt else ''}",
            "open, of every period" if every else _scope_words(found),
            tuple(steps),
            tuple(_notes_of(found)),
        )

    def page(self, data: MovesData, size: Size) -> Page:
        """A line a step; Enter opens its deals."""
        return list_page(waterfall_lines(self.chart(data), inner(size)), size)

    def open(self, data: MovesData, place: Place) -> View | None:
        """The deals of a step."""
        if place.kind != "moves" or place.focus is None:
            return None
        names = tuple(bucket.name for bucket in data.moves.buckets)
        return MovedView(self, place.focus, names)

    def comparisons(self, data: MovesData) -> tuple[Choice, ...]:
        """Since when, and which deals."""
        return SINCE

    def compared(self, data: MovesData, name: str) -> View:
        """Since another day, or of other deals."""
        if name in (ALL, "due"):
            return replace(self, everything=name == ALL)
        if name == "week":
            from datetime import timedelta

            return replace(self, since=(data.moves.through - timedelta(days=7)).isoformat())
        return replace(self, since=name)

    def explanation(self, data: MovesData, line: Line | None) -> View | None:
        """The waterfall explains itself: each step opens its deals."""
        return None

    def table(self, data: MovesData) -> RawTable:
        """A row a change."""
        return RawTable(f"Moved since {data.moves.since}", data.moves.columns, data.moves.deals)


@dataclass(frozen=True)
class MovedView(View):
    """The deals of one step of the waterfall.

    Attributes:
        whole: the waterfall.
        bucket: the step.
        buckets: all steps, for `<` and `>`.
    """

    whole: MovesView
    bucket: str
    buckets: tuple[str, ...] = ()

    name = "pipeline"

    def crumbs(self) -> tuple[str, ...]:
        """Under the waterfall."""
        return (*self.whole.crumbs(), self.bucket)

    def load(self, cockpit: "Cockpit", context: Context) -> MovesData:
        """The same as the waterfall.

        Raises:
            CockpitError: the data cannot be read.
        """
        return self.whole.load(cockpit, context)

    def page(self, data: MovesData, size: Size) -> Page:
        """A line a deal: what changed, from what to what."""
        width = inner(size)
        found = sorted(data.moves.of(self.bucket), key=lambda one: -abs(one["change"]))
        change = sum(one["change"] for one in found)
        fact = f"{plural(len(found), 'deal')}, {data.formats.money(change, sign=True)}" if found else "none"
        names = max([cells(_name(one)) for one in found[:200]] or [8])
        names = min(names, max(width - 62, 16))
        heads = left("", names) + right("change", 11) + right("amount", 11) + "   " + left("due", 22)
        heads += left("whose", WHOSE) + "stage" if width >= WITH_STAGE else "whose"
        fixed = [rule(self.bucket.capitalize(), fact, width), line(Span(heads, "dim"))]

        def make(start: int, stop: int) -> list[Line]:
            return [self._line(one, data.formats, names, width) for one in found[start:stop]]

        if not found:
            fixed.append(line(Span("No deal moved so.", "dim")))
        body = after([row.fitted(width) for row in fixed], len(found), make)
        return list_page(list(body), size, sticky=2)

    @staticmethod
    def _line(one: Mapping[str, Any], formats: Formats, names: int, width: int) -> Line:
        then, now = one.get("from_close_date"), one.get("to_close_date")
        due = (
            _short(now or then)
            if then == now or then is None or now is None
            else f"{_short(then)} to {_short(now)}"
        )
        whose = _whose(one)
        if width >= WITH_STAGE:
            whose = left(whose, WHOSE) + _stage(one)
        spans = (
            Span(left(_name(one), names)),
            Span(right(formats.money(one["change"], sign=True), 11)),
            Span(right(formats.money(one.get("to_amount") or one.get("from_amount")), 11), "dim"),
            Span("   " + left(due, 22) + whose, "dim"),
        )
        identity = str(one["opportunity_id"])
        place = Place("record", "opportunities", where=identity)
        copied = (identity, str(one["change"]), str(one.get("to_amount") or ""))
        return Line(spans, place, f"deal:{identity}", copied).fitted(width)

    def facts(self, data: MovesData) -> str:
        """Since when."""
        return f"since {data.moves.since_words}"

    def sibling(self, data: MovesData, step: int) -> View | None:
        """The next or previous step of the waterfall."""
        names = self.buckets or tuple(bucket.name for bucket in data.moves.buckets)
        if self.bucket not in names or len(names) < 2:
            return None
        return replace(self, bucket=names[(names.index(self.bucket) + step) % len(names)], buckets=names)

    def table(self, data: MovesData) -> RawTable:
        """A row a change of this step."""
        rows: Sequence[Sequence[Any]] = [tuple(one.values()) for one in data.moves.of(self.bucket)]
        return RawTable(f"{self.bucket} since {data.moves.since}", data.moves.columns, rows)

    def subject(self, data: MovesData, line: Line | None) -> str | None:
        """The deal under the cursor."""
        return None if line is None or line.place is None else f"opportunities/{line.place.where}"


def load_moved(cockpit: "Cockpit", context: Context) -> tuple[MovesData | None, str]:
    """What moved, as a pane beside figures; None where it cannot be followed, and why."""
    since = context.against if context.against in STATES else ""
    question = ("moved", since, context.period, context.as_of or cockpit.as_of, context.slice)
    try:
        found = cockpit.answers.once(question, lambda: MovesView().load(cockpit, context).moves)
    except CockpitError as error:
        return None, error.problems[0].message if error.problems else str(error)
    return MovesData(found, formats_of(cockpit, context)), ""


def _notes_of(found: Moves) -> list[str]:
    """What must be known to read the waterfall; of a rebuilt state first that it is one."""
    words = f"{found.words[:1].upper()}{found.words[1:]}"
    if not found.rebuilt:
        return [f"{words}; {plural(found.moved, 'deal')} moved."]
    return [
        f"{words}.",
        f"Nothing is stored of {day_and_month(found.since)}: its deals have the amounts, dates and owners of "
        "now. What was moved, raised, lowered or handed over is known from the first stored state on.",
    ]


def _scope_words(found: Moves) -> str:
    """Which deals the waterfall is of; it holds more than the pipeline due in the period, which says so."""
    return f"open, due in {found.period}, with past due and omitted"


HOW_TO_FILL = (
    "What moved is followed from a stored state: `cockpit sync` keeps one, `cockpit lock LABEL` names it."
)


def unmoved_pane(why: str, width: int) -> list[Line]:
    """In the place of what moved, why it is not known."""
    lines = [rule("Moved", "not known", width), *(line(Span(one, "dim")) for one in wrapped(why, width))]
    return [row.fitted(width) for row in lines]


def moved_pane(data: MovesData, width: int, height: int) -> list[Line]:
    """What moved as a pane of the board: the waterfall where there is room for it, else three lines.

    Its first line that can be opened leads to the waterfall's own view, each step to its deals. Without a
    stored state it says what would fill it.
    """
    if data.moves.rebuilt:
        title = rule("Moved", "no stored state yet", width)
        return [
            row.fitted(width)
            for row in [title, *(line(Span(one, "dim")) for one in wrapped(HOW_TO_FILL, width))]
        ]
    drawn = drawn_waterfall(data, width)
    return drawn if len(drawn) <= height else moved_lines(data, width)


def drawn_waterfall(data: MovesData, width: int) -> list[Line]:
    """The waterfall with its title, of what is due in the period."""
    chart = MovesView().chart(data)
    if cells(chart.title) + cells(chart.fact) + 4 > width:
        chart = replace(chart, fact=f"due in {data.moves.period}")
    note = f"{data.moves.words}; {plural(data.moves.moved, 'deal')} moved"
    lines = waterfall_lines(replace(chart, notes=(note,)), width)
    lines[1] = replace(lines[1], place=Place("moves", "moves"), key="moved:up")
    return [row.fitted(width) for row in lines]


def moved_parts(found: Moves, formats: Formats, words: Mapping[str, str]) -> list[tuple[bool, str]]:
    """The steps as amounts with their names, in the scale of both ends: what came first, then what left.

    Args:
        found: what moved.
        formats: how amounts are written; the letter of their scale is left to the ends.
        words: what steps are called instead of their own names.

    Returns:
        Whether it adds to the pipeline, and the words: "+2.1 new".
    """
    scale = formats.scale(found.before, found.after)
    order = {name: place for place, name in enumerate((*GOOD, *LEAVING))}
    moved = sorted(
        (one for one in found.buckets if one.change), key=lambda one: order.get(one.name, len(order))
    )
    return [
        (
            one.change > 0,
            f"{formats.money(one.change, scale, sign=True, unit=False)} {words.get(one.name, one.name)}",
        )
        for one in moved
    ]


def moved_lines(data: MovesData, width: int) -> list[Line]:
    """The waterfall in three lines, as a pane of the board."""
    found, formats = data.moves, data.formats
    scale = formats.scale(found.before, found.after)
    words, scope = f"Moved since {found.since_words}", _scope_words(found)
    title = rule(
        words, scope if cells(words) + cells(scope) + 4 <= width else f"due in {found.period}", width
    )
    amounts = moved_parts(found, formats, SHORT)
    parts = {up: [text for gain, text in amounts if gain is up] for up in (True, False)}
    place = Place("moves", "moves")
    ups = packed(parts[True], width - 9, "   ")
    downs = packed(parts[False], width - 9, "   ")
    lines = [title]
    first = left(formats.money(found.before, scale), 9) + (ups[0] if ups else "")
    lines.append(Line((Span(first),), place, "moved:up").fitted(width))
    lines += [line(" " * 9 + part) for part in [*ups[1:], *downs]]
    last = left(formats.money(found.after, scale), 9)
    pushed = sum(bucket.deals for bucket in found.buckets if bucket.name == "pushed out")
    out = f", {pushed:,} pushed out" if pushed else ""
    lines.append(line(last, Span(f"{found.words}; {plural(found.moved, 'deal')} moved{out}", "dim")))
    return [row.fitted(width) for row in lines]


def _name(one: Mapping[str, Any]) -> str:
    name = one.get("account") or one.get("name")
    return f"{one['opportunity_id']} {name}" if name else str(one["opportunity_id"])


def _whose(one: Mapping[str, Any]) -> str:
    before, now = one.get("from_owner"), one.get("to_owner")
    if before and now and before != now:
        return f"{before} to {now}"
    return str(now or before or "")


def _stage(one: Mapping[str, Any]) -> str:
    """The stage, or from which to which it went."""
    before, now = one.get("from_stage"), one.get("to_stage")
    if before and now and before != now:
        return f"{before} to {now}"
    return str(now or before or "")


def _short(day: date | None) -> str:
    return "no date" if day is None else f"{day.day} {day:%b}"
