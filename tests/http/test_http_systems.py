"""Dataverse, Salesforce and HubSpot as their documentation says they answer; `recorded/` names the pages."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fetching import PATIENT, fetch, rows_of
from hostile_server import HostileServer, Request, answer
from recordings import Recording, query_of

from cockpit.sources.http.download import download_place
from cockpit.sources.http.failures import NotAllowedError, RefusedError
from cockpit.sources.http.limits import Limits
from cockpit.sources.http.probe import probe
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.load import load_table
from cockpit.sources.profile import profiles, with_profile
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec

DEALS = "/api/data/v9.2/opportunities"
STATES = (
    "/api/data/v9.2/EntityDefinitions(LogicalName='opportunity')/Attributes/"
    "Microsoft.Dynamics.CRM.StatusAttributeMetadata"
)


@pytest.mark.parametrize(
    ("system", "table"), [(system, table) for system, tables in profiles().items() for table in tables]
)
def test_a_profile_needs_no_more_than_a_url(system: str, table: str) -> None:
    whole = with_profile(table, SourceSpec(type=system, url="https://crm.example"))  # type: ignore[arg-type]
    assert check_spec(table, whole) == []
    assert with_profile(table, whole) == whole


def test_the_section_goes_before_the_profile() -> None:
    spec = SourceSpec(
        type="dataverse",
        url="https://crm.example",
        columns={"amount": "new_acv", "segment": "new_segment.label"},
        without=["forecast_category"],
    )
    whole = with_profile("opportunities", spec)
    assert whole.columns["amount"] == "new_acv"
    assert whole.columns["opportunity_id"] == "opportunityid"
    assert "forecast_category" not in whole.columns
    assert whole.probability_scale == 100


# --- Dataverse -------------------------------------------------------------------------------------------


@pytest.fixture
def dataverse(server: HostileServer) -> Recording:
    recording = Recording("dataverse", server.url)
    server.says(STATES, recording["states"])
    return recording


def dynamics(server: HostileServer, **keys: Any) -> SourceSpec:
    return SourceSpec(type="dataverse", url=server.url, **keys)


def by_token(recording: Recording, *tokens: bytes) -> Any:
    """The first reading in two pages, then one answer after the other for delta links."""
    waiting = list(tokens)

    def handler(request: Request) -> bytes:
        if "deltatoken" in request.target:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return recording["second"] if "skiptoken" in request.target else recording["first"]

    return handler


def test_dataverse_words_are_shown_and_raw_values_computed_with(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    server.says(DEALS, by_token(dataverse, dataverse["nothing"]))
    spec = dynamics(server)
    fetch(workspace, spec, table="opportunities")
    table = load_table("opportunities", spec, workspace, zone="America/Los_Angeles")
    first = table.frame.row(0, named=True)
    assert str(first["amount"]) == "125000.0000" and first["owner"] == "Peyton Davis"
    assert str(first["created_date"]) == "2026-09-30"  # 23:30 UTC is still September on the west coast
    assert str(first["close_date"]) == "2026-12-18"  # a day without a time has no zone
    assert str(first["probability"]).startswith("0.4") and first["forecast_category"] == "Pipeline"
    assert table.frame["status"].to_list() == ["open", "open", "won"]
    assert table.report.rows_rejected == 0
    request = server.log[0]
    assert request.headers["odata-version"] == request.headers["odata-maxversion"] == "4.0"
    assert request.headers["if-none-match"] == "null"
    assert "odata.maxpagesize=5000" in request.headers["prefer"]
    assert "FormattedValue" in request.headers["prefer"]
    assert "odata.track-changes" in request.headers["prefer"]
    selected = request.query["$select"].split(",")
    assert "_ownerid_value" in selected and not any("." in name for name in selected)


def test_dataverse_instants_move_days_in_other_zones(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    server.says(DEALS, by_token(dataverse, dataverse["nothing"]))
    fetch(workspace, dynamics(server), table="opportunities")
    table = load_table("opportunities", dynamics(server), workspace, zone="Europe/Berlin")
    assert str(table.frame["created_date"][0]) == "2026-10-01"


def test_29_dataverse_changes_and_deletions_arrive(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    server.says(DEALS, by_token(dataverse, dataverse["delta"], dataverse["nothing"]))
    fetch(workspace, dynamics(server), table="opportunities")
    asked = len(server.log)
    changed = fetch(workspace, dynamics(server), table="opportunities")
    assert (changed.changed, changed.full, changed.added, changed.updated, changed.removed) == (
        True,
        False,
        0,
        1,
        1,
    )
    assert {one["name"]: one["statecode"] for one in rows_of(workspace, "opportunities")} == {
        "Will order soon": "1",
        "Interested in Café Grande": "2",
    }
    assert len(server.log) - asked == 1
    again = fetch(workspace, dynamics(server), table="opportunities")
    assert not again.changed and again.requests == 1


def test_29_an_expired_token_means_reading_everything(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    server.says(DEALS, by_token(dataverse, dataverse["expired"]))
    fetch(workspace, dynamics(server), table="opportunities")
    again = fetch(workspace, dynamics(server), table="opportunities")
    assert again.full and not again.changed and again.rows == 3


def test_29_a_row_deleted_and_made_again_is_there_once(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    first = json.loads(dataverse["first"].split(b"\r\n\r\n", 1)[1])["value"][0]
    gone = {"@odata.context": f"{server.url}/x#opportunities/$deletedEntity", "id": first["opportunityid"]}
    link = f"{server.url}{DEALS}?$deltatoken=2"
    server.says(
        DEALS,
        by_token(dataverse, answer({"value": [gone, first], "@odata.deltaLink": link}), dataverse["nothing"]),
    )
    fetch(workspace, dynamics(server), table="opportunities")
    changed = fetch(workspace, dynamics(server), table="opportunities")
    assert (changed.rows, changed.added, changed.removed) == (3, 0, 0)
    ids = [one["opportunityid"] for one in rows_of(workspace, "opportunities")]
    assert len(set(ids)) == len(ids) == 3


def test_dataverse_without_change_tracking_is_asked_by_time(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    def handler(request: Request) -> bytes:
        if "odata.track-changes" in request.headers.get("prefer", ""):
            return dataverse["not_tracked"]
        body = json.loads(dataverse["second"].split(b"\r\n\r\n", 1)[1])
        del body["@odata.deltaLink"]
        return answer(body)

    server.says(DEALS, handler)
    fetch(workspace, dynamics(server), table="opportunities")
    asked = len(server.log)
    again = fetch(workspace, dynamics(server), table="opportunities")
    assert len(server.log) - asked == 1 and not again.changed
    assert server.log[-1].query["$filter"] == "modifiedon ge 2026-11-20T08:50:00.000Z"


def test_dataverse_busy_is_waited_for(server: HostileServer, dataverse: Recording, workspace: Path) -> None:
    usual = by_token(dataverse, dataverse["nothing"])
    server.says(DEALS, dataverse["busy"], usual)
    limits = Limits(longest_wait=0.2)
    assert fetch(workspace, dynamics(server), table="opportunities", limits=limits).rows == 3


def test_dataverse_names_the_privilege(server: HostileServer, dataverse: Recording, workspace: Path) -> None:
    server.says(DEALS, dataverse["forbidden"])
    with pytest.raises(NotAllowedError, match="prvReadOpportunity"):
        fetch(workspace, dynamics(server), table="opportunities")


def test_dataverse_reads_the_lists_of_states_of_the_organisation(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    from cockpit.sources.http.download import downloaded

    server.says(DEALS, by_token(dataverse, dataverse["nothing"]))
    fetch(workspace, dynamics(server), table="opportunities")
    download = downloaded(download_place(workspace, "opportunities"))
    assert download is not None and download.lists["statuscode"]["100000007"] == "Lost to budget"


# --- Salesforce ------------------------------------------------------------------------------------------

QUERY = "/services/data/v61.0/query"


def force(server: HostileServer, **keys: Any) -> SourceSpec:
    return SourceSpec(type="salesforce", url=server.url, **keys)


def test_salesforce_pages_and_keeps_every_digit(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, recording["first"])
    server.says(f"{QUERY}/01gRO0000016PIAYA2-2", recording["second"])
    spec = force(server)
    fetch(workspace, spec, table="opportunities")
    table = load_table("opportunities", spec, workspace, zone="America/New_York")
    assert table.frame["status"].to_list() == ["open", "won", "lost"]
    assert str(table.frame["amount"][0]) == "1234567890123.4567"
    assert table.frame["account"].to_list() == ["United Oil & Gas", None, "United Oil & Gas"]
    assert str(table.frame["created_date"][0]) == "2026-09-30"
    assert query_of(server.log[0]).startswith("SELECT Id, Name, AccountId, Account.Name")
    server.says(QUERY, recording["none"])
    again = fetch(workspace, spec, table="opportunities")
    assert again.requests == 1 and not again.changed
    assert query_of(server.log[-1]).endswith("WHERE SystemModstamp >= 2026-11-20T08:50:00.000Z")


def test_salesforce_a_lost_locator_begins_the_query_anew(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, recording["first"])
    server.says(f"{QUERY}/01gRO0000016PIAYA2-2", recording["lost_locator"], recording["second"])
    assert fetch(workspace, force(server), table="opportunities").rows == 3
    assert server.asked(QUERY) == 2


def test_salesforce_a_spent_allowance_is_not_asked_again(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, recording["limit"])
    with pytest.raises(NotAllowedError, match="daily allowance"):
        fetch(workspace, force(server), table="opportunities")
    assert len(server.log) == 1


def test_salesforce_an_unknown_field_is_named(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, recording["invalid_field"])
    with pytest.raises(RefusedError, match=r"columns\.stage_date"):
        fetch(workspace, force(server), table="opportunities")


def test_salesforce_many_rows_come_by_a_bulk_job(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    first = json.loads(recording["first"].split(b"\r\n\r\n", 1)[1])
    server.says(QUERY, answer({**first, "totalSize": 2_001}))
    jobs = "/services/data/v61.0/jobs/query"
    server.says(jobs, recording["job"])
    server.says(f"{jobs}/750R0000000zlh9IAA", recording["working"], recording["complete"])
    head = '"Id","Name","StageName","Amount","CloseDate","IsClosed","IsWon","SystemModstamp"\n'
    rest = ',"2026-12-18","false","false","2026-11-20T09:00:00.000Z"\n'
    parts = iter(
        [
            answer(
                f'{head}"1","A, B","Prospecting","10.50"{rest}"2","C\nD","Prospecting",""{rest}',
                headers={"Sforce-Locator": "MTAwMDA", "Sforce-NumberOfRecords": "2"},
                kind="text/csv",
            ),
            answer(
                f'{head}"3","E","Prospecting","7"{rest}', headers={"Sforce-Locator": "null"}, kind="text/csv"
            ),
        ]
    )
    server.says(f"{jobs}/750R0000000zlh9IAA/results", lambda _: next(parts))
    names = ("Id", "Name", "StageName", "Amount", "CloseDate")
    ours = ("opportunity_id", "name", "stage", "amount", "close_date")
    kept = dict(zip(ours, names, strict=True))
    spec = force(
        server, without=[one for one in profiles()["salesforce"]["opportunities"].columns if one not in kept]
    )
    fetch(workspace, spec, table="opportunities")
    rows = rows_of(workspace, "opportunities")
    assert [(one["Name"], one["Amount"], one["IsClosed.outcome"]) for one in rows] == [
        ("A, B", "10.50", "open"),
        ("C\nD", None, "open"),
        ("E", "7", "open"),
    ]
    assert server.log[-1].method == "DELETE"
    assert "locator=MTAwMDA" in server.log[-2].target


def test_salesforce_without_the_right_to_bulk_jobs_goes_on_by_rest(
    server: HostileServer, workspace: Path
) -> None:
    recording = Recording("salesforce", server.url)
    first = json.loads(recording["first"].split(b"\r\n\r\n", 1)[1])
    rows = [{**first["records"][0], "Id": f"{n:018}"} for n in range(2_001)]
    server.says(QUERY, answer({**first, "totalSize": 2_001, "records": rows[:2_000]}))
    server.says(
        f"{QUERY}/01gRO0000016PIAYA2-2", answer({"totalSize": 2_001, "done": True, "records": rows[2_000:]})
    )
    assert fetch(workspace, force(server), table="opportunities").rows == 2_001


def histories(recording: Recording, fields: str) -> Any:
    def handler(request: Request) -> bytes:
        if "CreatedDate >=" in query_of(request):
            return recording["none"]
        return recording["states" if "FROM OpportunityHistory" in query_of(request) else fields]

    return handler


def test_salesforce_histories_become_changes(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, histories(recording, "fields"))
    spec = force(server)
    fetch(workspace, spec, table="opportunity_history")
    changes = load_table("opportunity_history", spec, workspace, zone="UTC").frame
    of_first = changes.filter(
        (pl.col("opportunity_id") == "006D00000000001IAE") & pl.col("old_value").is_not_null()
    )
    assert of_first.select("field", "old_value", "new_value").rows() == [
        ("StageName", "Prospecting", "Proposal"),
        ("CloseDate", "2026-11-30", "2026-12-18"),
        ("Probability", "10.0", "50.0"),
    ]
    assert changes.filter(pl.col("field") == "NextStep").height == 1
    assert [str(day) for day in of_first["changed_at"]] == ["2026-10-15"] * 3
    again = fetch(workspace, spec, table="opportunity_history")
    assert again.requests == 2 and not again.changed


def test_salesforce_without_field_history_there_is_a_note(server: HostileServer, workspace: Path) -> None:
    recording = Recording("salesforce", server.url)
    server.says(QUERY, histories(recording, "not_tracked"))
    refreshed = fetch(workspace, force(server), table="opportunity_history")
    assert "OpportunityFieldHistory" in refreshed.notes[0].message and refreshed.rows > 0


# --- HubSpot ---------------------------------------------------------------------------------------------

LIST = "/crm/v3/objects/deals"


def hub(server: HostileServer, **keys: Any) -> SourceSpec:
    return SourceSpec(type="hubspot", url=server.url, **keys)


@pytest.fixture
def hubspot(server: HostileServer) -> Recording:
    recording = Recording("hubspot", server.url)
    server.says("/crm/v3/pipelines/deals", recording["pipelines"])

    def handler(request: Request) -> bytes:
        return recording["second"] if request.query.get("after") == "12" else recording["first"]

    server.says(LIST, handler)
    return recording


def test_hubspot_text_becomes_typed_and_stages_get_words(
    server: HostileServer, hubspot: Recording, workspace: Path
) -> None:
    fetch(workspace, hub(server), table="opportunities")
    table = load_table("opportunities", hub(server), workspace, zone="America/New_York")
    assert table.frame["stage"].to_list() == ["Appointment Scheduled", "Closed Won", "Closed Lost"]
    assert table.frame["status"].to_list() == ["open", "won", "lost"]
    assert [str(one) if one is not None else None for one in table.frame["amount"]] == [
        "1500.0000",
        "900.0000",
        None,
    ]
    assert str(table.frame["created_date"][0]) == "2026-09-30"


def test_hubspot_asks_for_what_changed(server: HostileServer, hubspot: Recording, workspace: Path) -> None:
    fetch(workspace, hub(server), table="opportunities")
    server.says(f"{LIST}/search", hubspot["changed"], hubspot["unchanged"])
    changed = fetch(workspace, hub(server), table="opportunities")
    assert (changed.updated, changed.rows, changed.full) == (1, 3, False)
    question = json.loads(server.log[-2].body)
    assert question["filterGroups"][0]["filters"][0]["propertyName"] == "hs_lastmodifieddate"
    again = fetch(workspace, hub(server), table="opportunities")
    assert again.requests == 1 and not again.changed


def test_hubspot_more_than_the_search_gives_means_reading_the_list(
    server: HostileServer, hubspot: Recording, workspace: Path
) -> None:
    fetch(workspace, hub(server), table="opportunities")
    server.says(f"{LIST}/search", hubspot["too_many"])
    assert fetch(workspace, hub(server), table="opportunities").full


def test_hubspot_busy_is_waited_for(server: HostileServer, hubspot: Recording, workspace: Path) -> None:
    server.says(LIST, hubspot["busy"], server.handlers[LIST])
    assert fetch(workspace, hub(server), table="opportunities", limits=PATIENT).rows == 3


def test_hubspot_histories_become_changes(server: HostileServer, hubspot: Recording, workspace: Path) -> None:
    server.says(LIST, hubspot["history"])
    fetch(workspace, hub(server), table="opportunity_history")
    rows = load_table("opportunity_history", hub(server), workspace, zone="UTC").frame
    assert rows.select("field", "old_value", "new_value").rows() == [
        ("dealstage", None, "appointmentscheduled"),
        ("amount", None, "1500.00"),
        ("dealstage", "appointmentscheduled", "contractsent"),
    ]


# --- looking first ---------------------------------------------------------------------------------------


async def test_probing_tells_columns_rows_and_rights(
    server: HostileServer, dataverse: Recording, workspace: Path
) -> None:
    place = download_place(workspace, "opportunities")
    body = json.loads(dataverse["first"].split(b"\r\n\r\n", 1)[1])
    del body["@odata.nextLink"]
    server.says(DEALS, answer(body))
    found = await probe("opportunities", dynamics(server), place, secrets=Secrets(), limits=PATIENT)
    assert found.in_order and found.signed_in and found.rows == 3 and "statuscode" in found.columns
    server.says(DEALS, dataverse["forbidden"])
    found = await probe("opportunities", dynamics(server), place, secrets=Secrets(), limits=PATIENT)
    assert found.reached and found.signed_in and "prvReadOpportunity" in found.problems[0].message
    server.says(DEALS, answer("", 401))
    found = await probe("opportunities", dynamics(server), place, secrets=Secrets(), limits=PATIENT)
    assert found.signed_in is False
    server.says(
        DEALS,
        answer({"error": {"code": "0x0", "message": "Could not find a property named 'stepname'"}}, 400),
    )
    found = await probe("opportunities", dynamics(server), place, secrets=Secrets(), limits=PATIENT)
    assert found.missing == ("stepname",)
    assert not (workspace / ".cockpit").exists()
