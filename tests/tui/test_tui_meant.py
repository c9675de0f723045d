"""What a text typed into the palette can mean: days as people write them, divisions, deals, people."""

from datetime import date
from pathlib import Path

import pytest
from fakes import Desk, FakeShell

from cockpit import Cockpit
from cockpit.panes import views
from cockpit.panes.place import Place
from cockpit.tui.findable import people
from cockpit.tui.keymap import registry_keymap
from cockpit.tui.meant import meant, typed_day
from cockpit.tui.session import Session
from cockpit.workspace.demo import write_demo

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("30 nov", date(2026, 11, 30)),
        ("nov 30", date(2026, 11, 30)),
        ("Mon 30 November", date(2026, 11, 30)),
        ("30 nov 2025", date(2025, 11, 30)),
        ("2 jan", date(2027, 1, 2)),  # the nearest one
        ("1 july", date(2026, 7, 1)),
        ("tomorrow", date(2026, 11, 24)),
        ("yesterday", date(2026, 11, 22)),
        ("mon", MONDAY),
        ("friday", date(2026, 11, 27)),
        ("30 feb", None),
        ("31", None),
        ("30 no", None),
        ("won by product", None),
        ("nov", None),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert typed_day(text, MONDAY) == day


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meant") / "ws"
    write_demo(folder, rows=600)
    return folder


@pytest.fixture
def session(demo: Path):
    with Cockpit.open(demo) as cockpit:
        cockpit.data.loaded()
        yield Session(cockpit, FakeShell(), views, registry_keymap())


def first(session: Session, text: str) -> tuple[str, object]:
    entry = meant(session, text)[0]
    return entry.label, entry.target


def test_a_figure_by_a_dimension_opens_so_divided(session: Session) -> None:
    label, place = first(session, "close rate by manager")
    assert label == "Close rate, closed in the period, by count by manager"
    assert place == Place("kpi", "close_rate", by=("manager",))
    assert first(session, "won by terr")[1] == Place("kpi", "won_amount", by=("territory",))
    assert all(entry.target.by == ("product",) for entry in meant(session, "won by product"))
    assert meant(session, "won by zqzq") == []
    assert meant(session, " by manager") == []


def test_a_deal_is_found_by_the_start_of_its_id(session: Session) -> None:
    identity = session.cockpit.data.loaded().tables["opportunities"].frame["opportunity_id"][3]
    label, place = first(session, identity.lower())
    assert (label, place) == (identity, Place("record", "opportunities", where=identity))
    assert len(meant(session, "opp-1")) == 20
    assert meant(session, "op") == []


def test_a_label_without_its_year_is_of_this_one(session: Session) -> None:
    assert [entry.label for entry in meant(session, "q3")] == ["calendar of FY27-Q3", "period FY27-Q3"]
    assert [entry.label for entry in meant(session, "as of 31 oct")] == [
        "as of 2026-10-31",
        "calendar at 2026-10-31",
    ]
    assert [entry.label for entry in meant(session, "30 nov")] == ["calendar at 2026-11-30"]  # still to come


def test_people_lead_to_what_is_theirs(session: Session) -> None:
    index = people(session.cockpit.data.loaded())
    entries = [index.entry(number) for number in range(index.count)]
    brooks = next(entry for entry in entries if entry.detail == "manager" and "Brooks" in entry.label)
    assert brooks.target == Place("kpi", "close_rate", by=("owner",), where=f"manager = '{brooks.label}'")
    assert {entry.detail for entry in entries} == {"manager", "owner"}


def test_a_theme_is_worn_from_the_palette() -> None:
    desk = Desk().press(":").type("theme light").press("enter")
    assert desk.shell.worn == "light"
