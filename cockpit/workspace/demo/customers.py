"""The demo's customers: accounts with their seats, the people there, and the team around each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cockpit.workspace.demo.days import ISO, TODAY, number, weekday_before
from cockpit.workspace.demo.dice import Dice, Weighted
from cockpit.workspace.demo.organisation import EURO_TERRITORY, SEGMENTS, SELLERS

ACCOUNT_COLUMNS = (
    "AccountId",
    "Account",
    "ParentId",
    "Segment",
    "Territory",
    "Country",
    "OwnerId",
    "Industry",
    "Potential",
    "InstallBase",
    "InstallBaseDate",
    "ConfirmedDate",
)
CONTACT_COLUMNS = ("ContactId", "AccountId", "Name", "Role", "Email", "Phone", "Consent", "VerifiedOn")
TEAM_COLUMNS = ("AccountId", "Person", "Role", "From", "To")

_KNOWN_NAMES = (
    "Contoso",
    "Fabrikam",
    "Northwind Traders",
    "Tailspin Toys",
    "Adventure Works",
    "Litware",
    "Wingtip",
    "Proseware",
    "Lamna Healthcare",
    "Trey Research",
    "Woodgrove Bank",
    "Fourth Coffee",
)
_FIRST_WORDS = (
    "Alder",
    "Amber",
    "Arbor",
    "Aspen",
    "Birch",
    "Blue",
    "Bright",
    "Cedar",
    "Clear",
    "Copper",
    "Coral",
    "Crest",
    "Delta",
    "Eagle",
    "East",
    "Elm",
    "Falcon",
    "Fern",
    "Flint",
    "Forest",
    "Garnet",
    "Glen",
    "Granite",
    "Green",
    "Hazel",
    "Heron",
    "High",
    "Hill",
    "Iron",
    "Ivory",
    "Jade",
    "Juniper",
    "Keel",
    "Lake",
    "Larch",
    "Laurel",
    "Linden",
    "Maple",
    "Marble",
    "Meadow",
    "Mesa",
    "Mill",
    "North",
    "Oak",
    "Ocean",
    "Olive",
    "Onyx",
    "Orchard",
    "Pearl",
    "Pine",
    "Quarry",
    "Raven",
    "Red",
    "Ridge",
    "River",
    "Rowan",
    "Sable",
    "Sage",
    "Silver",
    "Slate",
    "South",
    "Spruce",
    "Star",
    "Stone",
    "Summit",
    "Sun",
    "Thistle",
    "Timber",
    "Union",
    "Vale",
    "Violet",
    "West",
    "Willow",
    "Wren",
)
_SECOND_WORDS = (
    "bank",
    "brook",
    "field",
    "ford",
    "gate",
    "haven",
    "line",
    "mark",
    "point",
    "port",
    "side",
    "ton",
    "view",
    "wood",
)
_INDUSTRIES = {
    "Manufacturing": ("Foods", "Motors", "Steel", "Packaging", "Instruments"),
    "Retail": ("Stores", "Outfitters", "Grocers", "Home"),
    "Financial services": ("Bank", "Insurance", "Capital", "Credit Union"),
    "Healthcare": ("Clinics", "Health", "Pharma", "Laboratories"),
    "Transport": ("Logistics", "Freight", "Lines", "Airways"),
    "Energy": ("Energy", "Power", "Water", "Solar"),
}
_PUBLIC = (
    "County",
    "School District",
    "Water Board",
    "Department of Transport",
    "University",
    "City Council",
)
_EURO_COUNTRIES = ("FR", "DE", "ES", "IT", "NL", "IE")
_GIVEN = (
    "Alex",
    "Amara",
    "Ben",
    "Camille",
    "Chen",
    "Dana",
    "Emil",
    "Farah",
    "George",
    "Helen",
    "Ivan",
    "Joy",
    "Karim",
    "Lena",
    "Miguel",
    "Nina",
    "Omar",
    "Paula",
    "Rosa",
    "Sven",
    "Tara",
    "Uma",
    "Victor",
    "Zoe",
)
_FAMILY = (
    "Abbott",
    "Bauer",
    "Castillo",
    "Dubois",
    "Evans",
    "Fischer",
    "Greco",
    "Hughes",
    "Ito",
    "Jacobs",
    "Keller",
    "Lopez",
    "Meyer",
    "Nolan",
    "Ortiz",
    "Patel",
    "Quinn",
    "Rossi",
    "Schmidt",
    "Turner",
    "Usman",
    "Vega",
    "Walsh",
    "Young",
)
_ROLES = (
    "CIO",
    "Procurement lead",
    "IT manager",
    "Finance director",
    "Contract manager",
    "Head of operations",
)
_TEAM_ROLES = ("Solution specialist", "Customer success manager", "Partner manager")
_TEAM_PEOPLE = tuple(f"{_GIVEN[place]} {_FAMILY[-1 - place]}" for place in range(18))
_SPREAD = (20, 35, 50, 65, 80, 100, 120, 150, 190, 260, 500)


@dataclass(frozen=True, slots=True)
class Account:
    """One customer, as far as deals and agreements need it."""

    account_id: str
    name: str
    seller: int
    segment: int
    currency: str


def make_accounts(dice: Dice, count: int) -> list[Account]:
    """Accounts with names of their own, given to the seats of their segment in turn."""
    names = _names()
    weights = Weighted([segment.share for segment in SEGMENTS])
    seats = [
        [place for place, seller in enumerate(SELLERS) if seller.segment == segment]
        for segment in range(len(SEGMENTS))
    ]
    turns = [0] * len(SEGMENTS)
    accounts = []
    for place in range(count):
        segment = dice.index(weights)
        seller = seats[segment][turns[segment] % len(seats[segment])]
        turns[segment] += 1
        stem = _stem(place)
        if place < len(_KNOWN_NAMES):
            name = _KNOWN_NAMES[place]
        else:
            name = f"{stem} {dice.pick(_PUBLIC if segment == 3 else names)}"
        currency = "EUR" if SELLERS[seller].territory == EURO_TERRITORY else "USD"
        accounts.append(Account(f"A-{10001 + place}", name, seller, segment, currency))
    return accounts


def _names() -> tuple[str, ...]:
    return tuple(ending for endings in _INDUSTRIES.values() for ending in endings)


def _stem(place: int) -> str:
    """A name that no other place has; a number is added only when all pairs of words are used up."""
    stride = place * 41  # has no factor in common with the number of pairs
    pairs = len(_FIRST_WORDS) * len(_SECOND_WORDS)
    pair, turn = stride % pairs, place // pairs
    first, second = divmod(pair, len(_SECOND_WORDS))
    return f"{_FIRST_WORDS[first]}{_SECOND_WORDS[second]}" + (f" {turn + 1}" if turn else "")


def account_rows(dice: Dice, accounts: list[Account]) -> Iterator[list[str]]:
    """The accounts' file; every twentieth belongs to a parent, some have no install base."""
    industries = tuple(_INDUSTRIES)
    for place, account in enumerate(accounts):
        seller, segment = SELLERS[account.seller], SEGMENTS[account.segment]
        base = segment.agreement * dice.along(_SPREAD) // 100_00 * 100
        known = dice.chance(930)
        parent = accounts[dice.below(place)].account_id if place > 20 and place % 20 == 0 else ""
        yield [
            account.account_id,
            account.name,
            parent,
            segment.name,
            seller.territory,
            dice.pick(_EURO_COUNTRIES) if account.currency == "EUR" else "US",
            seller.seller_id,
            "Public administration" if account.segment == 3 else _industry(account.name, dice, industries),
            str(base * dice.between(12, 40) // 10),
            str(base) if known else "",
            ISO[TODAY - dice.between(5, 400)] if known else "",
            _confirmed(account.seller),
        ]


def _confirmed(seller: int) -> str:
    """When a seller confirmed the year's accounts: in its first weeks, the slowest after the tenth day."""
    if not SELLERS[seller].name:
        return ""
    return ISO[weekday_before(number(date(2026, 7, 2)) + seller * 5 % 14 + (5 if seller % 13 == 6 else 0))]


def _industry(name: str, dice: Dice, industries: tuple[str, ...]) -> str:
    ending = name.rpartition(" ")[2]
    for industry, endings in _INDUSTRIES.items():
        if ending in endings:
            return industry
    return dice.pick(industries)


def contact_rows(dice: Dice, accounts: list[Account]) -> Iterator[list[str]]:
    """One to three people an account; some accounts have nobody, some people were never verified."""
    contact = 20_000
    for account in accounts:
        if dice.chance(60):
            continue
        host = "".join(letter for letter in account.name.lower() if letter.isalnum())
        for _ in range(dice.between(1, 3)):
            contact += 1
            given, family = dice.pick(_GIVEN), dice.pick(_FAMILY)
            yield [
                f"C-{contact}",
                account.account_id,
                f"{given} {family}",
                dice.pick(_ROLES),
                f"{given}.{family}@{host}.example".lower() if dice.chance(880) else "",
                f"+1 555 01{dice.between(0, 99):02d}" if dice.chance(700) else "",
                "yes" if dice.chance(760) else "no",
                ISO[TODAY - dice.between(1, 900)] if dice.chance(820) else "",
            ]


def team_rows(dice: Dice, accounts: list[Account]) -> Iterator[list[str]]:
    """Who works on an account beside its seller; some have left it."""
    for account in accounts:
        for role in _TEAM_ROLES[: dice.between(0, 3)]:
            start = TODAY - dice.between(60, 1100)
            ended = dice.chance(120)
            yield [
                account.account_id,
                dice.pick(_TEAM_PEOPLE),
                role,
                ISO[start],
                ISO[start + dice.between(30, 59)] if ended else "",
            ]
