"""The demo's `cockpit.toml`: what a workspace can say, with a comment on each part."""

from cockpit.workspace.demo.days import ISO, TODAY
from cockpit.workspace.demo.opportunities import Totals

_TEXT = """\
# A demo: an invented field organisation of a software vendor. Nobody in it exists.
# Made by: cockpit demo DIR --rows {rows} --seed {seed}

schema = 1
name = "US Field"
demo = true                        # every output says that the data is invented
calendar = "us-field"              # calendars/us-field.toml: July to June; FY27 ends in June 2027
as_of = {today}                # the demo stands still on this Monday, so its quarter is always in full swing
currency = "USD"                   # all money is shown in it, at the plan rates of fx.csv

[sources.opportunities]
path = "opportunities.csv"
date_format = "%Y-%m-%d"
probability_scale = 100            # the file says 70, the cockpit 0.7
on_duplicate = "last"              # an id that comes twice counts once, as it was written last
link = "https://crm.example/opportunity/{{opportunity_id}}"
status = {{ column = "Status", won = ["Won"], lost = ["Lost"], open = ["Open"] }}
types = {{ pushes = "number", reopened_on = "date" }}      # columns of our own: type; the rest is text

[sources.opportunities.columns]    # the cockpit's name = the file's column
opportunity_id = "OpportunityId"
name = "Topic"
account_id = "AccountId"
owner_id = "OwnerId"
product = "Product"
type = "Type"
stage = "Stage"
forecast_category = "ForecastCategory"
amount = "Amount"                  # a renewal's amount is the first year of its new term
currency = "Currency"
probability = "Probability"
created_date = "CreatedOn"
close_date = "EstCloseDate"
closed_date = "ClosedOn"
stage_date = "StageSince"
next_step = "NextStep"
next_step_date = "NextStepOn"
last_activity_date = "LastActivityOn"
modified_date = "ModifiedOn"
lost_reason = "LostReason"
agreement_id = "AgreementId"

[[sources.opportunities.lookup]]   # whose deal, and whose team
path = "sellers.csv"
on = {{ "OwnerId" = "OwnerId" }}
take = {{ owner = "Owner", manager = "Manager", ou = "Region" }}

[[sources.opportunities.lookup]]   # the customer
path = "accounts.csv"
on = {{ "AccountId" = "AccountId" }}
take = {{ account = "Account", segment = "Segment", territory = "Territory", country = "Country" }}

{changes}[sources.agreements]
path = "agreements.csv"
date_format = "%Y-%m-%d"
link = "https://crm.example/agreement/{{agreement_id}}"

[sources.agreements.columns]
agreement_id = "AgreementId"
account_id = "AccountId"
product = "Product"
expires_date = "ExpiresOn"
due_date = "DueOn"                 # the original date; ExpiresOn moves when terms are aligned
base_amount = "BaseAmount"         # the value of the whole three-year term
currency = "Currency"
renewed_date = "RenewedOn"
renewed_amount = "RenewedAmount"
renewed_agreement_id = "RenewedAgreementId"
extended_date = "ExtendedOn"
extended_to = "ExtendedTo"
submitted_date = "SubmittedOn"
contract_date = "ContractOn"
po_date = "PurchaseOrderOn"
terminated_date = "TerminatedOn"
status = "Status"
opportunity_id = "OpportunityId"

[[sources.agreements.lookup]]
path = "sellers.csv"
on = {{ "OwnerId" = "OwnerId" }}
take = {{ owner = "Owner", manager = "Manager" }}

[[sources.agreements.lookup]]
path = "accounts.csv"
on = {{ "AccountId" = "AccountId" }}
take = {{ account = "Account", territory = "Territory" }}

[sources.accounts]
path = "accounts.csv"
date_format = "%Y-%m-%d"
columns = {{ account_id = "AccountId", account = "Account", parent_id = "ParentId", segment = "Segment", \
territory = "Territory", country = "Country", potential = "Potential", install_base = "InstallBase", \
install_base_date = "InstallBaseDate" }}
types = {{ confirmed_date = "date" }}    # a column of our own, which a gate of FastStart looks at

[[sources.accounts.lookup]]
path = "sellers.csv"
on = {{ "OwnerId" = "OwnerId" }}
take = {{ owner = "Owner" }}

[sources.contacts]
path = "contacts.csv"
date_format = "%Y-%m-%d"
columns = {{ contact_id = "ContactId", account_id = "AccountId", name = "Name", role = "Role", \
email = "Email", phone = "Phone", consent = "Consent", verified_date = "VerifiedOn" }}

[sources.team]
path = "team.csv"
date_format = "%Y-%m-%d"
columns = {{ account_id = "AccountId", person = "Person", role = "Role", valid_from = "From", \
valid_to = "To" }}

[sources.quota]                    # a line a seat and quarter; a vacant seat has no assignee
path = "quota.csv"
date_format = "%Y-%m-%d"
columns = {{ assignee = "Assignee", territory = "Territory", measure = "Measure", period = "Period", \
amount = "Amount", currency = "Currency", recorded_at = "RecordedOn", status = "Status" }}

[sources.fx]
path = "fx.csv"
date_format = "%Y-%m-%d"
columns = {{ currency = "Currency", rate = "Rate", valid_from = "ValidFrom", kind = "Kind" }}

[targets]
won_amount = "quota"               # the quota table
close_rate = 0.48                  # every period
past_due_count = 0
renewal_on_time_rate = 0.92
coverage = 3

[kpi]
stale_days = 90
unqualified_stages = ["Qualify"]

[kpi.close_rate]
warn = 0.95                        # from 95 % of the target on it is a warning, below it is bad
drill = ["manager", "owner", "product"]

[[control]]                        # figures that finance knows too; the cockpit shows whether they tie
metric = "won_amount"
period = "{closed_quarter}"
expected = {won_amount}
tolerance = 0.01
source = "finance close, 6 Oct 2026"

[[control]]
metric = "won_count"
period = "{closed_quarter}"
expected = {won_count}
source = "finance close, 6 Oct 2026"

[slices]                           # standing filters: cockpit kpi --slice enterprise
enterprise = "segment = 'Enterprise'"
east = "ou = 'East'"
new_business = "type <> 'Renewal'"

[display]
units = "auto"
dates = "Mon 23 Nov"

[compare]
align = "bd"                       # an unfinished quarter is compared up to the same business day

[people]                           # login = who that is; add your own login, and `owner:me` follows it
pat = {{ name = "P. Davis", owner = ["Peyton Davis"], roles = ["sopm"], manager = "davis" }}
brooks = {{ name = "M. Brooks", owner = ["Brooks"], roles = ["sales-manager"] }}
garner = {{ name = "L. Garner", owner = ["Garner"], roles = ["sales-manager"] }}
davis = {{ name = "R. Davis", owner = ["Davis"], roles = ["sales-manager"] }}
lindqvist = {{ name = "E. Lindqvist", owner = ["Lindqvist"], roles = ["sales-manager"] }}
okafor = {{ name = "C. Okafor", owner = ["Okafor"], roles = ["sales-manager"] }}
moore = {{ name = "S. Moore", owner = ["Moore"], roles = ["sales-excellence-lead"] }}
ito = {{ name = "K. Ito", owner = ["Ito"], roles = ["finance"] }}
vance = {{ name = "J. Vance", owner = ["Vance"], roles = ["compensation"] }}

[store]
shared = false                     # true: the folder's group works in one store
"""


_CHANGES = """\
[sources.opportunity_history]      # what was changed and when: days before today are told from it
path = "opportunity_history.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "OpportunityId", field = "Field", old_value = "OldValue", \
new_value = "NewValue", changed_at = "ChangedOn" }

"""


def settings_text(seed: int, rows: int, totals: Totals, *, has_changes: bool = True) -> str:
    """The text of the file.

    Args:
        seed: what the demo was made from.
        rows: how many opportunities were asked for.
        totals: what the opportunities add up to, for the control totals.
        has_changes: whether there is a feed of changes.
    """
    dollars, cents = divmod(totals.won_hundredths, 100)
    return _TEXT.format(
        rows=rows,
        seed=seed,
        changes=_CHANGES if has_changes else "",
        today=ISO[TODAY],
        closed_quarter="FY27-Q1",
        won_amount=f"{dollars}.{cents:02d}",
        won_count=totals.won_count,
    )
