"""The demo's opportunities, day by day in the order in which they were created, written as they are made.

A deal takes a cycle of its segment's length, closes mostly late in a quarter, and is won by its seller's
skill. Deals that would close after the demo's day are open; some that should have
closed are past due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cockpit.workspace.demo.agreements import Agreement
from cockpit.workspace.demo.customers import Account
from cockpit.workspace.demo.days import (
    IS_WEEKEND,
    ISO,
    LAST_BUSINESS_DAY,
    QUARTER_START,
    TODAY,
    number,
    quarter_end,
    weekday_before,
)
from cockpit.workspace.demo.dice import Dice, Weighted
from cockpit.workspace.demo.organisation import EURO_RATE_PERCENT, PRODUCTS, SEGMENTS, SELLERS

OPPORTUNITY_COLUMNS = (
    "OpportunityId",
    "Topic",
    "AccountId",
    "OwnerId",
    "Product",
    "Type",
    "Stage",
    "Status",
    "ForecastCategory",
    "Amount",
    "Currency",
    "Probability",
    "CreatedOn",
    "EstCloseDate",
    "ClosedOn",
    "StageSince",
    "NextStep",
    "NextStepOn",
    "LastActivityOn",
    "ModifiedOn",
    "LostReason",
    "AgreementId",
    "Pushes",
    "PreviousOwnerId",
    "ReopenedOn",
)
(
    _OPPORTUNITY_ID,
    _TOPIC,
    _ACCOUNT_ID,
    _OWNER_ID,
    _PRODUCT,
    _TYPE,
    _STAGE,
    _STATUS,
    _FORECAST_CATEGORY,
    _AMOUNT,
    _CURRENCY,
    _PROBABILITY,
    _CREATED_ON,
    _EST_CLOSE_DATE,
    _CLOSED_ON,
    _STAGE_SINCE,
    _NEXT_STEP,
    _NEXT_STEP_ON,
    _LAST_ACTIVITY_ON,
    _MODIFIED_ON,
    _LOST_REASON,
    _AGREEMENT_ID,
    _PUSHES,
    _PREVIOUS_OWNER_ID,
    _REOPENED_ON,
) = range(len(OPPORTUNITY_COLUMNS))


_FIRST_DAY = number(date(2024, 2, 1))
_QUARTER_OF_DEMO = QUARTER_START[TODAY]
_STAGES = ("Qualify", "Develop", "Propose", "Negotiate", "Commit")
_PROBABILITIES = ("10", "25", "50", "70", "90")
_CATEGORIES = ("Pipeline", "Pipeline", "Best case", "Best case", "Commit")
_NEXT_STEPS = (
    "Call the sponsor",
    "Send the proposal",
    "Agree the success plan",
    "Security review",
    "Demo for users",
    "Meet procurement",
    "Price approval",
    "Reference call",
)
_LOST_REASONS = ("Price", "Competitor", "No decision", "Timing", "Fit", "")
_LOST_WEIGHTS = Weighted((26, 24, 27, 8, 6, 9))
_SPREAD = (20, 35, 50, 65, 80, 100, 120, 150, 190, 260, 500)
_CYCLE_SPREAD = (15, 30, 45, 60, 80, 100, 120, 150, 190, 260, 420)
_QUIET_DAYS = (0, 1, 2, 4, 7, 12, 20, 32, 50, 80, 210)
_WEEKS_OF_QUARTER = Weighted((3, 4, 4, 5, 5, 6, 6, 7, 8, 10, 12, 14, 16))
_WIN_PERMILLE = 410
_BROOKS = "Brooks"
_BROOKS_NOW = -95
"""In the demo's quarter Brooks's team wins less often, so that a drill-down has something to find."""
_LUMP_DAY = number(date(2026, 11, 17))
_LUMP_SIZE = 22
_PAST_DUE_PERMILLE = 48


@dataclass(slots=True)
class Totals:
    """What the file says in sum, for the control totals of the demo's configuration.

    Attributes:
        rows: lines written.
        won_hundredths: won in the closed quarter before the demo's, in hundredths of a dollar.
        won_count: deals won in that quarter.
    """

    rows: int = 0
    won_hundredths: int = 0
    won_count: int = 0


class Opportunities:
    """Makes the rows of the opportunities' file.

    Args:
        dice: where chance comes from.
        accounts: the customers.
        agreements: those whose renewal is an opportunity, where somebody tracks it.
        count: how many rows to make.

    Attributes:
        totals: filled while the rows are made.
        renewal_ids: the opportunity of each tracked agreement, filled while the rows are made.
    """

    def __init__(self, dice: Dice, accounts: list[Account], agreements: list[Agreement], count: int) -> None:
        self._dice = dice
        self._accounts = accounts
        self._agreements = agreements
        self._count = count
        self._next_id = 100_000
        self.totals = Totals()
        self.renewal_ids: dict[str, str] = {}

    def rows(self) -> Iterator[list[str]]:
        """Every line, by day of creation; the last three are a repeated id and two impossible dates."""
        renewals = self._renewals_by_day()
        lump = self._lump_by_day()
        special = 3 + 2
        planned = sum(map(len, renewals.values())) + sum(map(len, lump.values())) + special
        per_day = _spread_over_days(max(self._count - planned, 0))
        for day in range(_FIRST_DAY, TODAY + 1):
            for agreement in renewals.get(day, ()):
                yield self._counted(self._renewal(agreement, day))
            for account in lump.get(day, ()):
                yield self._counted(self._lump_deal(account, day))
            for _ in range(per_day[day - _FIRST_DAY]):
                yield self._counted(self._new_deal(day))
        yield from map(self._counted, self._awkward())

    def _counted(self, row: list[str]) -> list[str]:
        self.totals.rows += 1
        return row

    def _renewals_by_day(self) -> dict[int, list[Agreement]]:
        """The agreements whose opportunity is created on a day, some two hundred days before expiry."""
        found: dict[int, list[Agreement]] = {}
        for agreement in self._agreements:
            if agreement.tracked:
                wanted = max(agreement.expires - self._dice.between(175, 235), _FIRST_DAY)
                if wanted <= LAST_BUSINESS_DAY:
                    found.setdefault(wanted, []).append(agreement)
        return found

    def _lump_by_day(self) -> dict[int, list[Account]]:
        """Deals of one team that were all written off on one afternoon, after more than a year."""
        theirs = [account for account in self._accounts if SELLERS[account.seller].manager == _BROOKS]
        theirs = theirs or self._accounts
        found: dict[int, list[Account]] = {}
        for place in range(_LUMP_SIZE):
            created = weekday_before(_LUMP_DAY - 412 + (place - _LUMP_SIZE // 2) * 3)
            found.setdefault(created, []).append(theirs[place * 7 % len(theirs)])
        return found

    def _new_deal(self, created: int) -> list[str]:
        dice = self._dice
        account = dice.pick(self._accounts)
        seller, segment = SELLERS[account.seller], SEGMENTS[account.segment]
        kind = "New" if dice.chance(560) else "Expansion"
        amount = segment.deal * dice.along(_SPREAD)
        closes = self._closing_day(created, segment.cycle * dice.along(_CYCLE_SPREAD) // 100)
        overdue = TODAY - 60 <= closes < TODAY and dice.chance(_PAST_DUE_PERMILLE)
        if overdue or closes > TODAY or (closes == TODAY and dice.chance(800)):
            return self._open(account, kind, amount, created, closes)
        permille = _WIN_PERMILLE + seller.skill
        if seller.manager == _BROOKS and closes >= _QUARTER_OF_DEMO:
            permille += _BROOKS_NOW
        if dice.chance(permille):
            return self._won(account, kind, amount, created, closes)
        return self._lost(account, kind, amount, created, closes)

    def _closing_day(self, created: int, cycle: int) -> int:
        """A weekday in the quarter that the cycle leads to, more likely one of its last weeks."""
        dice = self._dice
        start, end = QUARTER_START[created + cycle], quarter_end(created + cycle)
        day = min(start + dice.index(_WEEKS_OF_QUARTER) * 7 + dice.below(7), end)
        if day <= created + 3:
            day = created + 4 + dice.below(20)
        return weekday_before(day)

    def _renewal(self, agreement: Agreement, created: int) -> list[str]:
        """The opportunity of a renewal; its amount is the first of the three years of the new term."""
        account, expires = agreement.account, agreement.expires
        amount = (agreement.renewed_amount or agreement.base) * 100 // 3
        renewed = agreement.renewed_on
        if renewed is not None:
            row = self._won(account, "Renewal", amount, created, max(renewed, created), agreement)
        elif agreement.fate == "lapsed" and agreement.settled is not None:
            row = self._lost(account, "Renewal", amount, created, agreement.settled, agreement)
        else:
            late = 21 if self._dice.chance(80) else -self._dice.between(0, 12)
            closes = weekday_before((agreement.extended_to or expires) + late)
            if closes < TODAY and self._dice.chance(700):
                closes = weekday_before(TODAY + self._dice.between(2, 25))
            row = self._open(account, "Renewal", amount, created, closes, agreement)
        self.renewal_ids[agreement.agreement_id] = row[_OPPORTUNITY_ID]
        return row

    def _lump_deal(self, account: Account, created: int) -> list[str]:
        amount = self._dice.between(52, 120) * 1000_00
        row = self._lost(account, "New", amount, created, _LUMP_DAY)
        row[_LOST_REASON], row[_PUSHES] = "No decision", "3"
        row[_MODIFIED_ON] = row[_LAST_ACTIVITY_ON] = ISO[_LUMP_DAY]
        return row

    def _open(
        self,
        account: Account,
        kind: str,
        amount: int,
        created: int,
        closes: int,
        agreement: Agreement | None = None,
    ) -> list[str]:
        dice = self._dice
        step = 5 * (TODAY - created) // max(closes - created + 1, 1) + dice.below(3) - 1
        step = min(max(step, 0), 4)
        active = max(TODAY - dice.along(_QUIET_DAYS), created)
        row = self._row(account, kind, amount, created, closes, agreement)
        row[_STAGE], row[_STATUS], row[_FORECAST_CATEGORY] = (
            _STAGES[step],
            "Open",
            "Omitted" if dice.chance(40) else _CATEGORIES[step],
        )
        row[_PROBABILITY] = _PROBABILITIES[step]
        row[_STAGE_SINCE] = ISO[created + (active - created) * dice.below(100) // 100]
        if dice.chance(860):
            row[_NEXT_STEP], row[_NEXT_STEP_ON] = dice.pick(_NEXT_STEPS), ISO[active + dice.between(2, 24)]
        row[_LAST_ACTIVITY_ON] = ISO[active] if dice.chance(940) else ""
        row[_MODIFIED_ON] = ISO[min(active + dice.below(4), TODAY)]
        row[_PUSHES] = str(dice.along((0, 0, 0, 1, 1, 2, 5)))
        return row

    def _won(
        self,
        account: Account,
        kind: str,
        amount: int,
        created: int,
        closed: int,
        agreement: Agreement | None = None,
    ) -> list[str]:
        row = self._row(account, kind, amount, created, closed, agreement)
        self._close(row, "Won", "Closed", "100", created, closed)
        if quarter_end(closed) + 1 == _QUARTER_OF_DEMO:
            cents = int(row[_AMOUNT].replace(".", ""))
            self.totals.won_hundredths += (
                cents if row[_CURRENCY] == "USD" else cents * EURO_RATE_PERCENT // 100
            )
            self.totals.won_count += 1
        return row

    def _lost(
        self,
        account: Account,
        kind: str,
        amount: int,
        created: int,
        closed: int,
        agreement: Agreement | None = None,
    ) -> list[str]:
        row = self._row(account, kind, amount, created, closed, agreement)
        self._close(row, "Lost", "Omitted", "0", created, closed)
        row[_LOST_REASON] = _LOST_REASONS[self._dice.index(_LOST_WEIGHTS)]
        return row

    def _close(
        self, row: list[str], status: str, category: str, probability: str, created: int, closed: int
    ) -> None:
        dice = self._dice
        row[_STAGE], row[_STATUS], row[_FORECAST_CATEGORY] = status, status, category
        row[_PROBABILITY] = probability
        if dice.chance(380):
            row[_EST_CLOSE_DATE] = ISO[max(weekday_before(closed + dice.between(-25, 12)), created)]
        row[_CLOSED_ON] = row[_STAGE_SINCE] = ISO[closed]
        row[_LAST_ACTIVITY_ON] = ISO[max(closed - dice.below(9), created)]
        row[_MODIFIED_ON] = ISO[min(closed + dice.below(6), TODAY)]
        row[_PUSHES] = str(dice.along((0, 0, 0, 0, 1, 1, 3)))

    def _row(
        self, account: Account, kind: str, amount: int, created: int, closes: int, agreement: Agreement | None
    ) -> list[str]:
        """What every deal has, `amount` in hundredths; euro amounts are whole hundreds."""
        dice = self._dice
        if account.currency == "EUR":
            cents = max(amount // 100_00, 1) * 100_00
        elif dice.chance(120):
            cents = max(amount, 1)
        else:
            cents = max(amount // 50_00, 1) * 50_00
        self._next_id += 1
        product = dice.pick(PRODUCTS) if agreement is None else agreement.product
        return [
            f"OPP-{self._next_id}",
            f"{account.name} {product}",
            account.account_id,
            SELLERS[account.seller].seller_id,
            product,
            kind,
            "",
            "",
            "",
            f"{cents // 100}.{cents % 100:02d}",
            account.currency,
            "",
            ISO[created],
            ISO[closes],
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "" if agreement is None else agreement.agreement_id,
            "0",
            "",
            "",
        ]

    def _awkward(self) -> Iterator[list[str]]:
        """A reopened deal, a deal with a new owner, one of these twice, and two dates that are none."""
        euro = next((account for account in self._accounts if account.currency == "EUR"), self._accounts[0])
        reopened = self._open(self._accounts[1], "New", 84_000_00, TODAY - 150, number(date(2026, 12, 11)))
        reopened[_REOPENED_ON] = reopened[_STAGE_SINCE] = "2026-11-04"
        transferred = self._open(euro, "Expansion", 61_500_00, TODAY - 95, number(date(2026, 12, 17)))
        transferred[_PREVIOUS_OWNER_ID] = SELLERS[0].seller_id
        again = list(reopened)
        again[_AMOUNT], again[_MODIFIED_ON] = "91000.00", ISO[TODAY]
        undecided = self._open(self._accounts[2], "New", 40_000_00, TODAY - 30, TODAY + 60)
        undecided[_EST_CLOSE_DATE] = "TBD"
        impossible = self._open(self._accounts[3], "New", 25_000_00, TODAY - 20, TODAY + 90)
        impossible[_EST_CLOSE_DATE] = "2027-02-31"
        yield from (reopened, transferred, again, undecided, impossible)


def _spread_over_days(count: int) -> list[int]:
    """How many deals are created on each day: none in weekends, a few more every month."""
    weights = [
        0 if IS_WEEKEND[day] else 1000 + (day - _FIRST_DAY) // 4 for day in range(_FIRST_DAY, TODAY + 1)
    ]
    total, passed, before, found = sum(weights), 0, 0, []
    for weight in weights:
        passed += weight
        reached = count * passed // total
        found.append(reached - before)
        before = reached
    return found
