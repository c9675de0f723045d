"""The demo's feed of changes: how each opportunity came to be as its row says, field by field and day by day.

It is told backwards from the row: a deal that was pushed twice was expected twice before, one in the fourth
stage went through three others, a few outcomes were entered and a few amounts corrected after the day they
count for. So the state of every day since `FIRST_CHANGE` can be told, what was reported and what is known by
now differ a little, and the rows themselves need not know of it.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from operator import itemgetter

from cockpit.workspace.demo.days import IS_WEEKEND, ISO, TODAY, number
from cockpit.workspace.demo.dice import Dice
from cockpit.workspace.demo.opportunities import OPPORTUNITY_COLUMNS
from cockpit.workspace.demo.organisation import SELLERS

CHANGE_COLUMNS = ("OpportunityId", "Field", "OldValue", "NewValue", "ChangedOn")
FIRST_CHANGE = number(date(2025, 6, 30))
"""The feed begins on the eve of a fiscal year, so that five whole quarters before the demo's have a start."""
MOST_DEALS = 200_000
"""A larger demo has no feed, which would be several times its size."""

_AT = {name: place for place, name in enumerate(OPPORTUNITY_COLUMNS)}
_ID, _STAGE, _STATUS, _CATEGORY = (
    _AT[one] for one in ("OpportunityId", "Stage", "Status", "ForecastCategory")
)
_AMOUNT, _CURRENCY, _CREATED, _DUE = (_AT[one] for one in ("Amount", "Currency", "CreatedOn", "EstCloseDate"))
_CLOSED, _SINCE, _PUSHES, _OWNER = (_AT[one] for one in ("ClosedOn", "StageSince", "Pushes", "OwnerId"))
_BEFORE, _REOPENED = _AT["PreviousOwnerId"], _AT["ReopenedOn"]
_DAY_OF = {text: day for day, text in enumerate(ISO)}
_STAGES = ("Qualify", "Develop", "Propose", "Negotiate", "Commit")
_PROBABILITIES = ("0.1", "0.25", "0.5", "0.7", "0.9")
_CATEGORIES = ("Pipeline", "Pipeline", "Best case", "Best case", "Commit")
_WON_FROM, _LOST_FROM = (2, 3, 3, 4, 4, 4), (0, 0, 1, 1, 2, 2, 3, 4)
"""The stages that deals are won and lost from, each as often as it stands there."""
_LATE_PERMILLE, _CORRECTED_PERMILLE, _HANDED_OVER_PERMILLE = 30, 14, 35
_PULLED_IN_PERMILLE, _REPRICED_PERMILLE = 110, 260
_PUSHED_BY = (12, 20, 28, 35, 56, 91)
_PRICED_BEFORE = (62, 78, 88, 94, 106, 112, 125, 148)
_SEATS = {seat.seller_id: seat for seat in SELLERS}


class Changes:
    """Tells the changes of rows of the opportunities' file.

    Args:
        dice: where chance comes from; it is another stream than that of the rows.
    """

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._told_until = 0

    def of(self, row: list[str]) -> Iterator[list[str]]:
        """The changes of one deal since the feed began; a repeated id has none of its own."""
        told = int(row[_ID].partition("-")[2])
        if told <= self._told_until:
            return
        self._told_until = told
        created, closed = _DAY_OF[row[_CREATED]], _DAY_OF.get(row[_CLOSED])
        entered = closed
        if closed is not None and self._dice.chance(_LATE_PERMILLE):
            entered = min(_weekday_after(closed + self._dice.between(3, 8)), TODAY)
        if entered is not None and entered <= FIRST_CHANGE:
            return
        last = TODAY if closed is None else closed
        found = [
            *self._stages(row, created, closed, entered),
            *self._dates(row, created, last),
            *self._amounts(row, created, last, is_won=row[_STATUS] == "Won"),
            *self._hands(row, created, last),
            *_reopened(row),
        ]
        for field, before, after, day in sorted(found, key=itemgetter(3)):
            if day >= FIRST_CHANGE and before != after:
                yield [row[_ID], field, before, after, ISO[day]]

    def _stages(
        self, row: list[str], created: int, closed: int | None, entered: int | None
    ) -> Iterator[tuple[str, str, str, int]]:
        """The way through the stages, at last to the outcome; probability and category follow."""
        dice = self._dice
        if closed is None:
            reached, until = _STAGES.index(row[_STAGE]), _DAY_OF[row[_SINCE]]
        else:
            reached = dice.pick(_WON_FROM if row[_STATUS] == "Won" else _LOST_FROM)
            until = created + (closed - created) * dice.between(55, 95) // 100
        entries = (created + (until - created) * dice.below(100) // 100 for _ in range(reached))
        days = sorted(min(_weekday_after(day), until) for day in entries)
        if closed is None and days:
            days[-1] = until
        for step, day in enumerate(days):
            yield "stage", _STAGES[step], _STAGES[step + 1], day
            yield "probability", _PROBABILITIES[step], _PROBABILITIES[step + 1], day
            if closed is not None or row[_CATEGORY] != "Omitted":
                yield "forecast_category", _CATEGORIES[step], _CATEGORIES[step + 1], day
        if closed is not None and entered is not None:
            won = row[_STATUS] == "Won"
            yield "stage", _STAGES[reached], row[_STAGE], entered
            yield "probability", _PROBABILITIES[reached], "1" if won else "0", entered
            yield "forecast_category", _CATEGORIES[reached], row[_CATEGORY], entered
            yield "status", "open", row[_STATUS].lower(), entered

    def _dates(self, row: list[str], created: int, last: int) -> Iterator[tuple[str, str, str, int]]:
        """The pushes that the row counts, the last one first told, or a date that was pulled in."""
        dice, due = self._dice, _DAY_OF.get(row[_DUE])
        if due is None or row[_REOPENED]:
            return
        day, found = last, []
        for _ in range(int(row[_PUSHES])):
            before = due - dice.pick(_PUSHED_BY)
            if before <= created:
                break
            earliest = min(max(before - 20, created), day)
            if before - 20 > day:
                earliest = created  # it was pushed long before it would have been due
            day = dice.between(earliest, max(min(day, before + 3), earliest))
            found.append(("close_date", ISO[before], ISO[due], day))
            due, day = before, max(day - 1, created)
        if not found and dice.chance(_PULLED_IN_PERMILLE):
            later = _weekday_after(due + dice.between(10, 75))
            found.append(("close_date", ISO[later], ISO[due], dice.between((created + last) // 2, last)))
        yield from reversed(found)

    def _amounts(
        self, row: list[str], created: int, last: int, *, is_won: bool
    ) -> Iterator[tuple[str, str, str, int]]:
        """A price that was another one before, and a booking that was corrected afterwards."""
        dice, now = self._dice, row[_AMOUNT]
        if is_won and dice.chance(_CORRECTED_PERMILLE):
            booked = self._times(row, dice.pick((90, 95, 105, 110, 200)))
            yield "amount", booked, now, min(_weekday_after(last + dice.between(4, 12)), TODAY)
            now = booked
        if dice.chance(_REPRICED_PERMILLE):
            yield "amount", self._times(row, dice.pick(_PRICED_BEFORE)), now, dice.between(created, last)

    @staticmethod
    def _times(row: list[str], percent: int) -> str:
        """The deal's amount times that, rounded to what people would enter."""
        unit = 100 if row[_CURRENCY] == "EUR" else 50
        whole = int(row[_AMOUNT].partition(".")[0]) * percent // 100 // unit * unit
        return f"{max(whole, unit)}.00"

    def _hands(self, row: list[str], created: int, last: int) -> Iterator[tuple[str, str, str, int]]:
        """An owner who was another one before; the owner's name and team follow."""
        dice, now = self._dice, _SEATS[row[_OWNER]]
        before = _SEATS.get(row[_BEFORE])
        if before is None and dice.chance(_HANDED_OVER_PERMILLE):
            before = dice.pick(SELLERS)
        if before is not None and before.name and now.name:
            day = dice.between(created, last)
            yield "owner_id", before.seller_id, now.seller_id, day
            yield "owner", before.name, now.name, day
            yield "manager", before.manager, now.manager, day


def _reopened(row: list[str]) -> Iterator[tuple[str, str, str, int]]:
    """A deal that was given up a week before it was opened again."""
    day = _DAY_OF.get(row[_REOPENED])
    if day is not None:
        lost = _weekday_after(day - 9)
        yield "status", "open", "lost", lost
        yield "status", "lost", "open", day
        yield "close_date", row[_DUE], ISO[lost], lost
        yield "close_date", ISO[lost], row[_DUE], day


def followed(rows: Iterable[list[str]], changes: Changes, told: list[list[str]]) -> Iterator[list[str]]:
    """The rows as they come, their changes added to `told`."""
    for row in rows:
        told.extend(changes.of(row))
        yield row


def _weekday_after(day: int) -> int:
    """The day itself, or the Monday after it when it lies in a weekend."""
    while IS_WEEKEND[day]:
        day += 1
    return day
