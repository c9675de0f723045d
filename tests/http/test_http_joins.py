"""Tables of one system that belong together: territory and manager reach the opportunities."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hostile_server import HostileServer, answer
from recordings import Recording

from cockpit import Cockpit
from cockpit.base.problems import ConfigError
from cockpit.sources.http.dataverse import with_account
from cockpit.sources.profile import with_joins, with_profile
from cockpit.sources.spec import LookupSpec, SourceSpec
from cockpit.workspace.load import load_workspace

API = "/api/data/v9.2"
TABLES = {
    "opportunities": "opportunities", "accounts": "accounts", "users": "systemusers",
    "territories": "territories", "quota": "goals",
}  # fmt: skip
TEAM = "9026be43-6b69-e111-8f65-78e7d1620f5e"


def config(url: str, *tables: str, more: str = "") -> str:
    sections = "".join(f'[sources.{name}]\ntype = "dataverse"\nurl = "{url}"\n' for name in tables)
    return (
        f'schema = 1\nname = "Dynamics"\ncalendar = "microsoft-like"\nas_of = "2026-11-23"\n{more}{sections}'
    )


@pytest.fixture
def dynamics(server: HostileServer) -> HostileServer:
    recording = Recording("dataverse", server.url)
    deals: dict[str, Any] = json.loads(recording["first"].split(b"\r\n\r\n", 1)[1])
    del deals["@odata.nextLink"]
    deals["value"] += json.loads(recording["second"].split(b"\r\n\r\n", 1)[1])["value"]
    for name in [one for one in deals["value"][0] if one.startswith("_parentaccountid")]:
        deals["value"][0][name] = None  # only its customer is known
    deals["value"][2] |= {
        "_ownerid_value": TEAM,
        "_ownerid_value@OData.Community.Display.V1.FormattedValue": "Desk East",
        "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "team",
    }
    server.says(f"{API}/opportunities", answer(deals))
    for entity in ("accounts", "systemusers", "territories", "goals"):
        server.says(f"{API}/{entity}", recording[entity])
    return server


def test_every_standard_table_of_dataverse_arrives_and_is_joined(
    dynamics: HostileServer, workspace: Path
) -> None:
    (workspace / "cockpit.toml").write_text(config(dynamics.url, *TABLES))
    with Cockpit.open(workspace) as cockpit:
        assert cockpit.sync().all_arrived
        loaded = cockpit.data.loaded()
        assert not loaded.all_problems
        assert {name: table.frame.height for name, table in loaded.tables.items()} == {
            "opportunities": 3, "accounts": 1, "users": 1, "territories": 2, "quota": 1,
        }  # fmt: skip
        deals = loaded.tables["opportunities"]
        names = ["account", "owner", "manager", "territory", "territory_manager", "owner_territory"]
        known = ("Fourth Coffee (sample)", "Peyton Davis", "Kim Brooks", "US East", "Kim Brooks", "US-WEST")
        by_team = ("Fourth Coffee (sample)", "Desk East", None, "US East", "Kim Brooks", None)
        assert deals.frame.select(names).rows() == [known, known, by_team]
        missing = [(one.lookup, one.value) for one in deals.report.unmatched]
        assert missing == [("users", TEAM)]  # a team is no user; its row is kept, and this is said
        by_territory = cockpit.kpi(["open_pipeline"], by=("territory",)).rows
        assert [(dict(one.by), str(one.value)) for one in by_territory] == [
            ({}, "375000"), ({"territory": "US East"}, "375000"),
        ]  # fmt: skip
        assert str(cockpit.kpi(["quota"]).rows[0].value) == "250000"
    asked = {one.path.rsplit("/", 1)[-1]: one.query.get("$select", "").split(",") for one in dynamics.log}
    assert {"systemuserid", "fullname", "_territoryid_value"} <= set(asked["systemusers"])
    assert {"territoryid", "name", "_managerid_value"} <= set(asked["territories"])


def test_a_territory_that_is_renamed_is_renamed_with_the_deals(
    dynamics: HostileServer, workspace: Path
) -> None:
    (workspace / "cockpit.toml").write_text(config(dynamics.url, *TABLES))
    with Cockpit.open(workspace) as cockpit:
        cockpit.sync()
        territories = Recording("dataverse", dynamics.url)["territories"]
        dynamics.says(f"{API}/territories", territories.replace(b"US East", b"US Oost"))
        cockpit.sync("territories", full=True)
    with Cockpit.open(workspace) as cockpit:
        deals = cockpit.data.loaded().tables["opportunities"].frame
        assert deals["territory"].unique().to_list() == ["US Oost"]


def test_a_table_that_is_looked_up_and_was_not_fetched_is_named(
    dynamics: HostileServer, workspace: Path
) -> None:
    (workspace / "cockpit.toml").write_text(config(dynamics.url, "opportunities", "users", "accounts"))
    with Cockpit.open(workspace) as cockpit:
        (found,) = cockpit.sync("opportunities").tables
        assert not found.arrived
        told = [str(problem) for problem in found.status.problems]
        assert len(told) == 1  # one at a time: a sync of all brings them all
        assert "sources.opportunities.lookup[1]: needs accounts, which has not been fetched yet" in told[0]
        assert cockpit.sync().all_arrived


def test_what_is_joined_follows_what_there_is() -> None:
    def section(table: str, **keys: Any) -> SourceSpec:
        return with_profile(table, SourceSpec(type="dataverse", url="https://crm.example", **keys))

    def taken(specs: dict[str, SourceSpec]) -> list[tuple[str | None, list[str]]]:
        return [(one.source, sorted(one.take)) for one in specs["opportunities"].lookup]

    deals = section("opportunities")
    assert taken(with_joins({"opportunities": deals})) == []
    territories = section("territories")
    assert taken(with_joins({"opportunities": deals, "territories": territories})) == []
    accounts = section("accounts")
    assert taken(with_joins({"opportunities": deals, "accounts": accounts})) == [
        ("accounts", ["territory", "territory_id"])
    ]
    files = SourceSpec(path="accounts.csv", columns={"account_id": "Id"})
    assert taken(with_joins({"opportunities": deals, "accounts": files})) == []
    own = section("opportunities", columns={"territory": "new_region.label"}, without=["ou"])
    everything = {"opportunities": own, "accounts": accounts, "users": section("users")}
    assert taken(with_joins(everything)) == [
        ("accounts", ["territory_id"]), ("users", ["manager", "owner_territory"])
    ]  # fmt: skip
    twice = with_joins(with_joins(everything))
    assert twice == with_joins(everything)


def test_columns_that_a_look_up_takes_are_selected_where_they_come_from() -> None:
    deals = SourceSpec(
        type="odata",
        url="https://crm.example/deals",
        columns={"opportunity_id": "id", "amount": "value", "close_date": "due", "stage": "phase"},
        lookup=[LookupSpec(source="accounts", on={"customer": "id"}, take={"segment": "class"})],
    )
    accounts = SourceSpec(type="odata", url="https://crm.example/accounts", columns={"account_id": "id"})
    assert with_joins({"opportunities": deals, "accounts": accounts})["accounts"].select == ["class"]


@pytest.mark.parametrize(
    ("lookup", "words"),
    [
        ('source = "acounts"', "there is no source 'acounts'"),
        ('source = "opportunities"', "a table cannot be looked up in itself"),
        ('source = "contacts"', "contacts is read from files"),
        ('source = "accounts"\npath = "a.csv"', "needs a path, or a source"),
        ("", "needs a path, or a source"),
    ],
)
def test_a_look_up_that_leads_nowhere_is_told_with_its_line(lookup: str, words: str, workspace: Path) -> None:
    text = config("https://crm.example", "opportunities", "accounts")
    text += '[sources.contacts]\npath = "c.csv"\ncolumns = { contact_id = "Id" }\n'
    text += f'[[sources.opportunities.lookup]]\n{lookup}\non = {{ a = "b" }}\ntake = {{ segment = "c" }}\n'
    (workspace / "cockpit.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_workspace(workspace)
    assert any(words in one.message and one.line for one in caught.value.problems)


def test_a_contact_that_buys_is_no_account() -> None:
    rows = pl.DataFrame(
        {
            "_parentaccountid_value": ["a", None, None],
            "_customerid_value": ["b", "c", "d"],
            "_customerid_value.type": ["account", "account", "contact"],
            "_customerid_value.label": ["B", "C", "D"],
        }
    )
    found = with_account(rows)
    assert found["_parentaccountid_value"].to_list() == ["a", "c", None]
    assert found["_parentaccountid_value.label"].to_list() == [None, "C", None]


# --- HubSpot ---------------------------------------------------------------------------------------------

HUBSPOT = {"opportunities": "60s", "accounts": "1h", "users": "1d"}


@pytest.fixture
def portal(server: HostileServer) -> HostileServer:
    recording = Recording("hubspot", server.url)
    deals: dict[str, Any] = json.loads(recording["first"].split(b"\r\n\r\n", 1)[1])
    deals.pop("paging", None)
    links = [
        {"id": "102", "type": "deal_to_company_unlabeled"},
        {"id": "101", "type": "primary_deal_to_company"},
    ]
    deals["results"][0]["associations"] = {"companies": {"results": links}}
    server.says("/crm/v3/objects/deals", answer(deals))
    server.says("/crm/v3/objects/companies", recording["companies"])
    server.says("/crm/v3/owners", recording["owners"])
    server.says("/crm/v3/pipelines/deals", recording["pipelines"])
    server.says("/crm/v4/associations/deals/companies/batch/read", recording["associated"])
    return server


def hubspot_config(url: str) -> str:
    sections = "".join(
        f'[sources.{name}]\ntype = "hubspot"\nurl = "{url}"\nrefresh = "{refresh}"\n'
        for name, refresh in HUBSPOT.items()
    )
    return f'schema = 1\nname = "portal"\nas_of = "2026-11-23"\n{sections}'


def test_companies_and_owners_of_hubspot_reach_the_deals(portal: HostileServer, workspace: Path) -> None:
    (workspace / "cockpit.toml").write_text(hubspot_config(portal.url))
    names = ["opportunity_id", "account_id", "account", "owner", "ou", "segment"]
    with Cockpit.open(workspace) as cockpit:
        assert cockpit.sync().all_arrived
        deals = cockpit.data.loaded().tables["opportunities"].frame.select(names)
        assert deals.rows() == [
            ("11", "101", "Contoso", "John Smith", "West Coast Sales", "COMPUTER_SOFTWARE"),
            ("12", None, None, "John Smith", "West Coast Sales", None),
        ]
        users = cockpit.data.loaded().tables["users"].frame
        assert users["name"].to_list() == ["John Smith", "desk@example.com"]
        assert users["disabled"].to_list() == [False, False]
        assert cockpit.data.loaded().tables["accounts"].frame["owner"].to_list() == ["desk@example.com"]


def test_what_just_precedes_the_watermark_costs_hubspot_one_question(
    portal: HostileServer, workspace: Path
) -> None:
    recording = Recording("hubspot", portal.url)
    (workspace / "cockpit.toml").write_text(hubspot_config(portal.url))
    with Cockpit.open(workspace) as cockpit:
        cockpit.sync()
        held = json.loads(portal.handlers["/crm/v3/objects/deals"](portal.log[0]).split(b"\r\n\r\n", 1)[1])
        for deal in held["results"]:
            deal.pop("associations", None)  # the search does not tell them
        same = answer({"total": len(held["results"]), "results": held["results"]})
        portal.says("/crm/v3/objects/deals/search", same, recording["changed"])
        portal.says("/crm/v3/objects/companies/search", answer({"total": 0, "results": []}))
        asked = len(portal.log)
        first, *_ = cockpit.sync("opportunities").tables
        assert first.requests == 1 == len(portal.log) - asked
        assert first.change is not None and not first.change.is_any
        second, *_ = cockpit.sync("opportunities").tables
        assert second.change is not None and second.change.changed == 1
        assert portal.log[-1].path.endswith("/batch/read")
        assert json.loads(portal.log[-1].body) == {"inputs": [{"id": "11"}]}
        deals = cockpit.data.loaded().tables["opportunities"].frame
        assert deals["account"].to_list() == [None, "Contoso"]
        accounts, *_ = cockpit.sync("accounts").tables
        assert accounts.requests == 1
