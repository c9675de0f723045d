"""What belongs to HubSpot's deals and companies: the company of a deal, and the people who own them.

Source: developers.hubspot.com, "Associations" (of the list: `associations.companies`; in batches: v4, up to
1,000 ids) and "Owners" (name in two parts, teams).
"""

from typing import Any

from cockpit.sources.http.decode import Row, at_path, flat
from cockpit.sources.http.names import asked_columns
from cockpit.sources.spec import SourceSpec

COMPANY = "associations.companies"
"""Header of the id of a deal's company: the primary one, else the first."""
FULL_NAME, TEAM = "fullName", "team"
OWNERS = "owners"
_PRIMARY = "primary"


def wants_company(spec: SourceSpec) -> bool:
    """Whether the section names the company of a deal."""
    return COMPANY in asked_columns(spec)


def with_company(record: dict[str, Any], row: Row) -> Row:
    """The row with the company that the list names beside the deal."""
    found = at_path(record, f"{COMPANY}.results")
    links = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    primary = [one for one in links if _PRIMARY in str(one.get("type", "")).casefold()]
    row[COMPANY] = next((str(one["id"]) for one in (*primary, *links) if one.get("id")), None)
    return row


def batch_question(ids: list[str]) -> dict[str, Any]:
    """What to ask for the companies of these deals."""
    return {"inputs": [{"id": one} for one in ids]}


def companies_in(document: dict[str, Any]) -> dict[str, str]:
    """The company of each deal in the answer of a batch; deals without one are not in it."""
    found: dict[str, str] = {}
    for one in document.get("results") or []:
        deal = at_path(one, "from.id")
        links = [link for link in one.get("to") or [] if isinstance(link, dict) and link.get("toObjectId")]
        primary = [link for link in links if _is_primary(link)]
        for link in (*primary, *links)[:1]:
            found[str(deal)] = str(link["toObjectId"])
    return found


def _is_primary(link: dict[str, Any]) -> bool:
    kinds = link.get("associationTypes") or []
    return any(_PRIMARY in str(kind.get("label", "")).casefold() for kind in kinds if isinstance(kind, dict))


def person(record: dict[str, Any]) -> Row:
    """An owner as a row: the name in one piece (else the address), and the team that counts most."""
    teams = record.get("teams")
    named = [one for one in teams if isinstance(one, dict)] if isinstance(teams, list) else []
    team = next((one for one in named if one.get(_PRIMARY)), named[0] if named else {})
    row = flat({name: value for name, value in record.items() if name != "teams"})
    parts = [row.get("firstName"), row.get("lastName")]
    row[FULL_NAME] = " ".join(part for part in parts if part) or row.get("email")
    row[TEAM] = str(team["name"]) if team.get("name") else None
    return row
