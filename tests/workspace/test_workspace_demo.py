"""The demo: the same bytes for a seed, believable figures, and every awkward case."""

import csv
import hashlib
import tracemalloc
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit.base.problems import SourceError, UsageError
from cockpit.workspace import demo_folder, ensure_demo, load_workspace, write_demo
from cockpit.workspace.demo import days
from cockpit.workspace.demo.dice import Dice, Weighted
from cockpit.workspace.demo.organisation import SELLERS

FIRST, TODAY = "2026-10-01", "2026-11-23"
MANAGERS = {"Brooks", "Davis", "Garner", "Lindqvist", "Okafor"}


class Demo:
    """The demo's tables as dictionaries of text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sellers = {row["OwnerId"]: row for row in self.read("sellers")}
        self.deals = self.read("opportunities")
        self.agreements = self.read("agreements")

    def read(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def dollars(self, row: dict[str, str], column: str = "Amount") -> Decimal:
        rate = Decimal("1.08") if row["Currency"] == "EUR" else Decimal(1)
        return Decimal(row[column]) * rate

    def manager(self, row: dict[str, str]) -> str:
        return self.sellers[row["OwnerId"]]["Manager"]

    def closed(self, first: str, last: str, status: str | None = None) -> list[dict[str, str]]:
        return [
            row for row in self.deals
            if first <= row["ClosedOn"] <= last and status in (None, row["Status"])
        ]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return Demo(folder)


def digest(folder: Path) -> str:
    content = b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.csv")))
    return hashlib.sha256(content).hexdigest()


def test_the_same_seed_gives_the_same_bytes_for_ever(demo):
    assert digest(demo.folder) == "7818a449dd84766529e0666ec1e3d00a2305602cecf75ae5acc316cc7b7fdfc4"


def test_seed_and_rows_make_the_difference(tmp_path):
    for name, rows, seed in (("a", 600, 1), ("b", 600, 1), ("c", 600, 2), ("d", 601, 1)):
        write_demo(tmp_path / name, rows, seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert len({digest(tmp_path / name) for name in "acd"}) == 3
    toml = [(tmp_path / name / "cockpit.toml").read_bytes() for name in "ab"]
    assert toml[0] == toml[1]


@pytest.mark.parametrize("rows", [200, 201, 999, 5_000])
def test_any_number_of_rows_is_written_exactly(tmp_path, rows):
    summary = write_demo(tmp_path, rows)
    lines = (tmp_path / "opportunities.csv").read_text(encoding="utf-8").splitlines()
    assert summary.rows["opportunities.csv"] == rows == len(lines) - 1
    assert load_workspace(tmp_path).is_demo


def test_the_stream_of_chance_is_pinned():
    dice = Dice(7)
    assert [dice.below(1000) for _ in range(5)] == [323, 150, 650, 72, 535]
    weighted = Weighted((1, 0, 3))
    assert {dice.index(weighted) for _ in range(200)} == {0, 2}
    assert all(10 <= dice.along((10, 20, 400)) <= 400 for _ in range(200))


def test_its_quarters_are_those_of_its_calendar():
    from cockpit.fiscal import FiscalCalendar, find_calendar  # built by the calendar, not by the demo

    calendar = FiscalCalendar.load(find_calendar("microsoft-like", None), ())
    here = calendar.coordinates(days.DEMO_DAY)
    assert (here.fy, here.quarter, here.business_day_of_quarter) == (2027, 2, 38)
    assert days.ISO[days.QUARTER_START[days.TODAY]] == here.quarter_start.isoformat()
    assert days.ISO[days.quarter_end(days.TODAY)] == here.quarter_end.isoformat()


def test_every_key_leads_somewhere(demo):
    accounts = {row["AccountId"] for row in demo.read("accounts")}
    agreements = {row["AgreementId"] for row in demo.agreements}
    deals = {row["OpportunityId"] for row in demo.deals}
    assert len(agreements) == len(demo.agreements)
    assert {row["AccountId"] for row in demo.deals} <= accounts
    assert {row["OwnerId"] for row in demo.deals} <= set(demo.sellers)
    assert {row["AgreementId"] for row in demo.deals} - {""} <= agreements
    assert {row["OpportunityId"] for row in demo.agreements} - {""} <= deals
    assert {row["RenewedAgreementId"] for row in demo.agreements} - {""} <= agreements
    assert {row["AccountId"] for row in demo.read("contacts") + demo.read("team")} <= accounts
    assert {row["ParentId"] for row in demo.read("accounts")} - {""} <= accounts
    names = Counter(row["Account"] for row in demo.read("accounts"))
    assert names.most_common(1)[0][1] == 1


def test_nothing_happened_after_the_demos_day_or_before_its_beginning(demo):
    for row in demo.deals:
        assert row["CreatedOn"] <= TODAY
        assert row["ModifiedOn"] <= TODAY
        for column in ("ClosedOn", "StageSince", "LastActivityOn"):
            assert row[column] == "" or row["CreatedOn"] <= row[column] <= TODAY, row
        assert (row["ClosedOn"] == "") == (row["Status"] == "Open")
    for row in demo.agreements:
        for column in (
            "RenewedOn",
            "ExtendedOn",
            "SubmittedOn",
            "ContractOn",
            "PurchaseOrderOn",
            "TerminatedOn",
        ):
            assert row[column] <= TODAY


def test_the_field_has_five_managers_and_forty_one_sellers(demo):
    assert {row["Manager"] for row in demo.sellers.values()} == MANAGERS
    assert sum(1 for seller in SELLERS if seller.name) == 41
    assert len({seller.name for seller in SELLERS}) == 42


def test_the_quarter_looks_like_a_quarter(demo):
    won, closed = demo.closed(FIRST, TODAY, "Won"), demo.closed(FIRST, TODAY)
    won_amount = sum(map(demo.dollars, won))
    quota = sum(int(row["Amount"]) for row in demo.read("quota") if row["Period"] == "FY27-Q2")
    assert 19_000_000 < won_amount < 22_000_000
    assert 0.43 < won_amount / quota < 0.47
    assert 0.46 < len(won) / len(closed) < 0.50
    open_deals = [row for row in demo.deals if row["Status"] == "Open"]
    due = [row for row in open_deals if TODAY <= row["EstCloseDate"] <= "2026-12-31"]
    assert 66_000_000 < sum(map(demo.dollars, due)) < 74_000_000
    assert 50 <= sum(row["EstCloseDate"] < TODAY for row in open_deals) <= 75
    renewals = [row for row in demo.agreements if FIRST <= row["DueOn"] <= "2026-12-31"]
    assert 36e6 < sum(demo.dollars(row, "BaseAmount") for row in renewals) < 42e6


def test_one_manager_closes_worse_than_before(demo):
    def rate(first, last, manager):
        rows = [row for row in demo.closed(first, last) if demo.manager(row) == manager]
        return sum(row["Status"] == "Won" for row in rows) / len(rows)

    changes = {
        manager: rate(FIRST, TODAY, manager) - rate("2026-07-01", "2026-08-24", manager)
        for manager in MANAGERS
    }
    assert changes["Brooks"] < -0.12
    assert all(change > -0.08 for manager, change in changes.items() if manager != "Brooks")
    day = [row for row in demo.closed("2026-11-17", "2026-11-17", "Lost") if demo.manager(row) == "Brooks"]
    lump = [row for row in day if row["LostReason"] == "No decision" and row["Pushes"] == "3"]
    assert len(lump) >= 22


def test_the_awkward_deals(demo):
    ids = Counter(row["OpportunityId"] for row in demo.deals)
    assert [count for _, count in ids.most_common(2)] == [2, 1]
    assert [row["Status"] for row in demo.deals if row["ReopenedOn"]] == ["Open", "Open"]
    (moved,) = [row for row in demo.deals if row["PreviousOwnerId"]]
    assert moved["PreviousOwnerId"] != moved["OwnerId"]
    assert {row["Currency"] for row in demo.deals} == {"USD", "EUR"}
    assert [row["EstCloseDate"] for row in demo.deals[-2:]] == ["TBD", "2027-02-31"]
    vacant = [owner for owner, row in demo.sellers.items() if not row["Owner"]]
    assert len(vacant) == 1
    assert any(row["OwnerId"] == vacant[0] and row["Status"] == "Open" for row in demo.deals)


def test_the_awkward_quotas(demo):
    quota = demo.read("quota")
    assert {row["Period"] for row in quota} == {
        f"FY{year}-Q{part}" for year in (25, 26, 27) for part in (1, 2, 3, 4)
    }
    zero = [(row["Assignee"], row["Period"]) for row in quota if row["Amount"] == "0"]
    assert zero == [("Ruth Amsel", "FY27-Q1"), ("Ruth Amsel", "FY27-Q2")]
    assert sum(row["Assignee"] == "" for row in quota) == 12


def test_the_awkward_agreements(demo):
    rows = demo.agreements
    on_time = [row for row in rows if "" < row["RenewedOn"] <= row["DueOn"]]
    late = [row for row in rows if row["RenewedOn"] > row["DueOn"] and not row["ExtendedOn"]]
    extended = [row for row in rows if "" < row["ExtendedOn"] <= row["DueOn"]]
    lapsed = [row for row in rows if row["Status"] in ("lapsed", "terminated")]
    assert len(on_time) > 1500
    assert min(len(late), len(extended), len(lapsed)) > 50
    assert {"2026-11-26", "2026-12-25"} <= {row["DueOn"] for row in rows}, "Thanksgiving and Christmas"
    followed = {row["AgreementId"] for row in demo.deals if row["Status"] == "Open"}
    soon = [row for row in rows if row["Status"] == "active" and row["ExpiresOn"] <= "2027-05-15"]
    untracked = [row for row in soon if row["AgreementId"] not in followed]
    assert 5 <= len(untracked) < len(soon) / 5


def test_the_control_totals_tie(demo):
    control = load_workspace(demo.folder).config.control
    assert [(item.metric, item.period) for item in control] == [
        ("won_amount", "FY27-Q1"),
        ("won_count", "FY27-Q1"),
    ]
    won = demo.closed("2026-07-01", "2026-09-30", "Won")
    assert Decimal(str(control[0].expected)) == sum(map(demo.dollars, won))
    assert control[1].expected == len(won)


def test_it_never_writes_over_anything(tmp_path):
    (tmp_path / "mine.csv").write_text("a\n")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_demo(tmp_path)
    with pytest.raises(UsageError, match="not an empty folder"):
        write_demo(tmp_path / "mine.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("rows", [-1, 0, 199, 10**12])
def test_rows_out_of_reason_are_refused(tmp_path, rows):
    with pytest.raises(UsageError, match="rows"):
        write_demo(tmp_path / "x", rows)
    assert not (tmp_path / "x").exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot be written"):
        write_demo(tmp_path / "file" / "demo", 200)


def test_the_cached_demo_is_made_once_and_whole(own_home):
    folder = ensure_demo()
    assert folder == demo_folder()
    assert folder.is_relative_to(own_home / "cache" / "cockpit")
    assert folder.name.startswith("demo-")
    assert demo_folder("9.9").name == "demo-9.9"
    before = (folder / "cockpit.toml").stat().st_mtime_ns
    assert ensure_demo() == folder
    assert (folder / "cockpit.toml").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    workspace = load_workspace(folder)
    assert workspace.is_demo
    assert set(workspace.config.sources) == {
        "opportunities", "opportunity_history", "agreements", "accounts", "contacts", "team", "quota", "fx",
    }  # fmt: skip


def test_millions_of_rows_stream(tmp_path):
    tracemalloc.start()
    write_demo(tmp_path / "large", 20_000, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = (tmp_path / "large" / "opportunities.csv").stat().st_size
    assert peak < 4 * size, "the opportunities are written as they are made"


def test_the_changes_of_a_deal_lead_to_its_row(demo):
    last: dict[tuple[str, str], str] = {}
    for change in demo.read("opportunity_history"):
        key = change["OpportunityId"], change["Field"]
        assert change["OldValue"] != change["NewValue"]
        assert "2025-06-30" <= change["ChangedOn"] <= days.DEMO_DAY.isoformat()
        last[key] = change["NewValue"]
    columns = {"stage": "Stage", "amount": "Amount", "close_date": "EstCloseDate", "owner_id": "OwnerId"}
    rows = {row["OpportunityId"]: row for row in demo.deals if row["EstCloseDate"] <= "2999"}
    twice = rows["OPP-124996"]  # on the second of its lines the amount is another one
    assert len(last) > 50_000
    for (identity, field), value in last.items():
        if field in columns and identity != twice["OpportunityId"]:
            assert rows[identity][columns[field]] == value, (identity, field)


def test_a_demo_of_many_rows_has_no_feed(tmp_path, monkeypatch):
    monkeypatch.setattr("cockpit.workspace.demo.write.MOST_DEALS", 500)
    assert "opportunity_history.csv" not in write_demo(tmp_path / "large", 501).rows
    assert "opportunity_history" not in load_workspace(tmp_path / "large").config.sources
