"""Who sells what, where: five managers, forty-one sellers, an empty seat, segments and products."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of customers of like size.

    Attributes:
        name: as it stands in the files.
        share: accounts of it among 100.
        deal: a middling new deal, in dollars.
        agreement: a middling agreement over its whole term, in dollars.
        quota_weight: a seat's part in the quota, relative to other segments.
        cycle: a middling sales cycle, in days.
    """

    name: str
    share: int
    deal: int
    agreement: int
    quota_weight: int
    cycle: int


@dataclass(frozen=True, slots=True)
class Seller:
    """One seat of the field; nobody sits on a vacant one."""

    seller_id: str
    name: str
    manager: str
    region: str
    territory: str
    segment: int
    skill: int
    """Points by which the seller closes more or less often, in permille."""


SEGMENTS = (
    Segment("Enterprise", 18, 98_000, 230_000, 42, 128),
    Segment("Corporate", 30, 30_500, 110_000, 18, 92),
    Segment("Small and medium", 44, 10_800, 46_000, 10, 58),
    Segment("Public sector", 8, 61_000, 190_000, 28, 140),
)
PRODUCTS = (
    "Atlas ERP",
    "Atlas Cloud",
    "Beacon Analytics",
    "Cirrus Security",
    "Delta Integration",
    "Ember CRM",
    "Foundry DevOps",
    "Harbor Support",
)
VACANT = "Vacant"
"""What stands in the table of seats where nobody sits; in the files the name is then blank."""
EURO_TERRITORY = "INT-EUROPE"
FX_RATES = (("USD", "1.0000"), ("EUR", "1.0800"))
EURO_RATE_PERCENT = 108
"""The plan rate of the euro, as in `FX_RATES`, in hundredths."""

_FIELD = """
Brooks East US-NEWENGLAND Nora Marsh 0, Tunde Adeyemi 1, Luis Romero 2, Grace Lin 2
Brooks East US-METRO Petra Novak 0, Owen Tully 1, Ada Bergstrom 2, Samir Haddad 1
Garner South US-SOUTHEAST Ines Carvalho 0, Jonah Pike 1, Mei Tanaka 2, Carla Voss 1
Garner South US-TEXAS Hector Salas 0, Bree Whitlock 1, Dev Malhotra 2, Ruth Amsel 3
Davis Central US-LAKES Peyton Davis 0, Anton Reyes 1, Liv Sorensen 2, Kofi Mensah 1
Davis Central US-PLAINS Wanda Ferris 0, Theo Lambert 1, Yuki Mori 2, Elias Brandt 2, Noor Aziz 3
Lindqvist West US-PACIFIC Clara Jensen 0, Marco Bianchi 1, Tess Holloway 2, Ravi Menon 0
Lindqvist West US-MOUNTAIN Iris Feld 1, Dario Conti 2, Vacant 1, Hana Kim 3
Okafor Federal US-FEDERAL Bianca Stone 3, Jules Armand 0, Priya Nair 1, Colm Byrne 2
Okafor International INT-EUROPE Sofia Lund 0, Matteo Ricci 1, Anke Weber 2, Pierre Duval 1, Lena Hoff 2
"""
_SKILLS = (12, -22, 34, -8, 5, 27, -31, 16, -12, 41, -3, -18, 22)


def _sellers() -> tuple[Seller, ...]:
    found: list[Seller] = []
    for line in _FIELD.strip().splitlines():
        manager, region, territory, seats = line.split(maxsplit=3)
        for seat in seats.split(", "):
            name, _, segment = seat.rpartition(" ")
            place = len(found)
            seller_id, skill = f"S-{101 + place}", _SKILLS[place % len(_SKILLS)]
            person = "" if name == VACANT else name
            found.append(Seller(seller_id, person, manager, region, territory, int(segment), skill))
    return tuple(found)


SELLERS = _sellers()
"""Every seat, in the order of the file."""
