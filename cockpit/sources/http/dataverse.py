"""What Dataverse wants and offers beyond OData: headers, preferences, and its lists of states.

Sources: Microsoft's "Use the Dataverse Web API" (compose HTTP requests, page results, service protection
limits) and the entity references of Dynamics 365 Sales.
"""

from typing import Any
from urllib.parse import quote, urlsplit

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.decode import document_in
from cockpit.sources.http.failures import FetchError, SignInError
from cockpit.sources.http.job import Job
from cockpit.sources.http.names import LABEL, TYPE

API_PATH = "/api/data/v9.2"
PLAIN_HEADERS = {"Accept": "application/json", "OData-Version": "4.0", "OData-MaxVersion": "4.0"}
"""Of any OData 4 server."""
HEADERS = {**PLAIN_HEADERS, "If-None-Match": "null"}
"""The last keeps Dataverse from answering with associations out of its cache."""
PREFERENCES = (
    "odata.maxpagesize=5000",
    'odata.include-annotations="OData.Community.Display.V1.FormattedValue,'
    'Microsoft.Dynamics.CRM.lookuplogicalname,Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"',
)
_STATUS_METADATA = (
    "EntityDefinitions(LogicalName='{name}')/Attributes/Microsoft.Dynamics.CRM.StatusAttributeMetadata"
    "?$select=LogicalName&$expand=OptionSet"
)
_LOGICAL_NAMES = {
    "opportunities": "opportunity",
    "accounts": "account",
    "quotes": "quote",
    "opportunitycloses": "opportunityclose",
}


_PARENT, _CUSTOMER = "_parentaccountid_value", "_customerid_value"


def with_account(rows: pl.DataFrame) -> pl.DataFrame:
    """Opportunities whose parent account is blank get their customer's, where that is an account."""
    needed = {_PARENT, _CUSTOMER, _CUSTOMER + TYPE}
    if not needed.issubset(rows.columns):
        return rows
    blank = pl.col(_PARENT).is_null() & (pl.col(_CUSTOMER + TYPE) == "account")
    filled = [
        pl.when(blank).then(pl.col(customer)).otherwise(pl.col(parent)).alias(parent)
        for parent, customer in ((_PARENT, _CUSTOMER), (_PARENT + LABEL, _CUSTOMER + LABEL))
        if customer in rows.columns
    ]
    if _PARENT + LABEL not in rows.columns:
        rows = rows.with_columns(pl.lit(None, pl.String).alias(_PARENT + LABEL))
    return rows.with_columns(filled)


async def status_lists(job: Job) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    """The server's words for the codes of its status columns, which every organisation may add to.

    A server that does not tell them is no failure: a note says so.
    """
    name = _LOGICAL_NAMES.get(job.spec.entity or "")
    asked = [one for one in job.spec.columns.values() if one.split(".")[0] == "statuscode"]
    if name is None or not asked:
        return {}, []
    parts = urlsplit(job.spec.url or "")
    root = f"{parts.scheme}://{parts.netloc}{API_PATH}"
    url = f"{root}/{quote(_STATUS_METADATA.format(name=name), safe='/()=?&$')}".replace("%27", "'")
    try:
        answer = await job.connection.get(url, HEADERS)
        document = document_in(answer.body, answer.url)
    except SignInError:
        raise
    except FetchError:
        words = "does not tell its list of states; codes are shown where it has no words beside them"
        return {}, [Problem(words, job.spec.place, severity="note")]
    return {
        str(column.get("LogicalName")): _options(column)
        for column in document.get("value", [])
        if isinstance(column, dict)
    }, []


def _options(column: dict[str, Any]) -> dict[str, str]:
    words: dict[str, str] = {}
    for option in (column.get("OptionSet") or {}).get("Options", []):
        label = ((option.get("Label") or {}).get("UserLocalizedLabel") or {}).get("Label")
        if option.get("Value") is not None and label:
            words[str(option["Value"])] = clean(str(label))
    return words
