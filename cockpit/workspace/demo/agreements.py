"""The demo's agreements: three-year terms that come up for renewal, and what became of each.

A renewal is on time, extended in time, late, lapsed, or still to come; most have an opportunity, some do not
(nobody is on them: "untracked"). The renewed agreement's successor is an agreement of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from cockpit.workspace.demo.customers import Account
from cockpit.workspace.demo.days import ISO, LAST_BUSINESS_DAY, TODAY, number, weekday_before, years_later
from cockpit.workspace.demo.dice import Dice, Weighted
from cockpit.workspace.demo.organisation import PRODUCTS, SEGMENTS, SELLERS

AGREEMENT_COLUMNS = (
    "AgreementId",
    "AccountId",
    "OwnerId",
    "Product",
    "ExpiresOn",
    "DueOn",
    "BaseAmount",
    "Currency",
    "RenewedOn",
    "RenewedAmount",
    "RenewedAgreementId",
    "ExtendedOn",
    "ExtendedTo",
    "SubmittedOn",
    "ContractOn",
    "PurchaseOrderOn",
    "TerminatedOn",
    "Status",
    "OpportunityId",
)
Fate = Literal["on time", "extended", "late", "lapsed", "to come"]

_FIRST_EXPIRY = number(date(2024, 7, 1))
_LAST_EXPIRY = number(date(2027, 6, 30))
_FATES: tuple[Fate, ...] = ("on time", "extended", "late", "lapsed")
_FATE_WEIGHTS = Weighted((850, 55, 43, 52))
_SPREAD = (20, 35, 50, 65, 80, 100, 120, 150, 190, 260, 500)
_TERM = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement and what became of it; days are day numbers, amounts whole units of its currency."""

    agreement_id: str
    account: Account
    product: str
    expires: int
    base: int
    fate: Fate
    settled: int | None = None
    """The day on which it was renewed, extended or given up."""
    renewed_amount: int = 0
    successor_id: str = ""
    extended_to: int | None = None
    terminated: bool = False
    tracked: bool = True

    @property
    def renewed_on(self) -> int | None:
        """The day of the renewal; that of an extended agreement comes at the end of the extension."""
        if not self.renewed_amount:
            return None
        return self.settled if self.extended_to is None else weekday_before(self.extended_to)


def make_agreements(dice: Dice, accounts: list[Account], count: int) -> list[Agreement]:
    """The agreements that expire in three fiscal years, by day of expiry.

    The first few are the awkward ones, so that they are there however few are asked for.
    """
    span = _LAST_EXPIRY - _FIRST_EXPIRY + 1
    drawn = []
    for place in range(count):
        account = dice.pick(accounts)
        expires = _FIRST_EXPIRY + place * span // count
        if dice.chance(550):
            expires = _month_end(expires)
        base = SEGMENTS[account.segment].agreement * dice.along(_SPREAD) // 100_00 * 100
        drawn.append(_settled(dice, account, expires, max(base, 1000)))
    drawn += _awkward(dice, accounts)
    drawn.sort(key=lambda agreement: agreement.expires)
    first = 1000
    return [
        replace(
            agreement,
            agreement_id=f"AG-{first + place}",
            successor_id=f"AG-{first + len(drawn) + place}" if agreement.renewed_amount else "",
        )
        for place, agreement in enumerate(drawn)
    ]


def _month_end(day: int) -> int:
    while ISO[day + 1][:7] == ISO[day][:7]:
        day += 1
    return min(day, _LAST_EXPIRY)


def _settled(dice: Dice, account: Account, expires: int, base: int) -> Agreement:
    product = dice.pick(PRODUCTS)
    plain = Agreement("", account, product, expires, base, "to come", tracked=dice.chance(935))
    fate = _FATES[dice.index(_FATE_WEIGHTS)]
    grown = base * dice.between(88, 124) // 10_000 * 100
    if fate == "on time":
        settled = weekday_before(expires - dice.along((0, 1, 3, 6, 10, 16, 25, 40, 60)))
        return (
            plain
            if settled > LAST_BUSINESS_DAY
            else replace(plain, fate=fate, settled=settled, renewed_amount=grown, tracked=True)
        )
    if fate == "extended":
        settled = weekday_before(expires - dice.between(1, 14))
        until = expires + 30 * dice.between(1, 3)
        renewed = grown if until <= LAST_BUSINESS_DAY else 0
        return (
            plain
            if settled > LAST_BUSINESS_DAY
            else replace(
                plain, fate=fate, settled=settled, extended_to=until, renewed_amount=renewed, tracked=True
            )
        )
    if fate == "late":
        settled = weekday_before(expires + dice.between(4, 55))
        return (
            plain
            if settled > LAST_BUSINESS_DAY
            else replace(plain, fate=fate, settled=settled, renewed_amount=grown, tracked=True)
        )
    settled = weekday_before(expires + dice.between(2, 30))
    if settled > LAST_BUSINESS_DAY:
        return plain
    return replace(plain, fate=fate, settled=settled, terminated=dice.chance(400))


def _awkward(dice: Dice, accounts: list[Account]) -> list[Agreement]:
    """Due on closed days, extended, late, at risk without an opportunity: each once at least."""
    contoso, fabrikam, northwind, tailspin = accounts[:4]

    def one(account: Account, expires: date, base: int, **more: Any) -> Agreement:
        plain = Agreement("", account, dice.pick(PRODUCTS), number(expires), base, "to come")
        return replace(plain, **more)

    return [
        one(contoso, date(2026, 12, 18), 800_000),
        one(fabrikam, date(2027, 3, 19), 460_000, tracked=False),
        one(northwind, date(2026, 11, 26), 310_000),
        one(tailspin, date(2026, 12, 25), 275_000),
        one(
            contoso,
            date(2026, 10, 31),
            240_000,
            fate="extended",
            settled=number(date(2026, 10, 27)),
            extended_to=number(date(2026, 12, 30)),
        ),
        one(
            fabrikam,
            date(2026, 10, 15),
            190_000,
            fate="late",
            settled=number(date(2026, 11, 5)),
            renewed_amount=171_000,
        ),
        one(
            northwind,
            date(2026, 10, 9),
            120_000,
            fate="lapsed",
            settled=number(date(2026, 10, 30)),
            terminated=True,
        ),
    ]


def agreement_rows(
    dice: Dice, agreements: list[Agreement], opportunity_ids: Mapping[str, str]
) -> Iterator[list[str]]:
    """The agreements' file: those that come up in the three years, then the successors of the renewed.

    `opportunity_ids` names the renewal opportunity by agreement. A third of the links stand only on the
    opportunity's side, as in a CRM that people fill in by hand.
    """
    for agreement in agreements:
        link = opportunity_ids.get(agreement.agreement_id, "")
        yield _row(dice, agreement, link if dice.chance(670) else "")
    for agreement in agreements:
        if agreement.successor_id:
            successor = Agreement(
                agreement.successor_id,
                agreement.account,
                agreement.product,
                years_later(agreement.expires, _TERM),
                agreement.renewed_amount,
                "to come",
            )
            yield _row(dice, successor, "")


def _row(dice: Dice, agreement: Agreement, opportunity_id: str) -> list[str]:
    settled, renewed = agreement.settled, agreement.renewed_on
    paper = None if renewed is None else renewed - dice.between(0, 6)
    extended = agreement.fate == "extended"
    status = {
        "to come": "active",
        "on time": "renewed",
        "late": "renewed",
        "extended": "extended",
        "lapsed": "terminated" if agreement.terminated else "lapsed",
    }[agreement.fate]
    return [
        agreement.agreement_id,
        agreement.account.account_id,
        SELLERS[agreement.account.seller].seller_id,
        agreement.product,
        ISO[agreement.expires],
        ISO[agreement.expires],
        str(agreement.base),
        agreement.account.currency,
        _iso(renewed),
        str(agreement.renewed_amount or ""),
        agreement.successor_id,
        _iso(settled if extended else None),
        _iso(agreement.extended_to),
        _iso(None if paper is None else paper - dice.between(2, 20)),
        _iso(paper),
        _iso(renewed),
        _iso(settled if agreement.terminated else None),
        "expired" if status == "active" and agreement.expires < TODAY else status,
        opportunity_id,
    ]


def _iso(day: int | None) -> str:
    return "" if day is None else ISO[day]
