"""The demo's own calendar: it extends the bundled one, and has touchpoints for large agreements only."""

LARGE = 700_000
"""Base value from which an agreement has touchpoints of its own, in whole currency units of the term."""

_ACTIVE = (
    "annuity-engagement", "annuity-opportunity", "annuity-stakeholders", "annuity-outreach",
    "annuity-proposal", "annuity-close-plan", "annuity-package", "annuity-watch", "annuity-on-time",
)  # fmt: skip
_PAST = ("annuity-late", "annuity-recapture-30", "annuity-recapture-60", "annuity-recapture-90")
CONDITIONS = {
    f"status = 'active' AND base_amount >= {LARGE}": ("active",),
    f"status IN ('active', 'expired', 'lapsed') AND base_amount >= {LARGE}": ("active", "expired", "lapsed"),
}
"""The conditions of the actions below, each with the statuses of an agreement that it takes."""

_HEAD = """\
# A calendar of one's own: it extends a bundled one, and states only what differs.
# Events and actions are changed by their id, added with a new one, and left out with drop = true.

schema = 1

[calendar]
extends = "microsoft-like"
id      = "us-field"
title   = "US Field rhythm of business, July to June"

# Touchpoints of their own have the large agreements only; the others are worked through by list.
"""

_ACTION = """
[[action]]
id       = "{name}"
for_each = {{ source = "agreements", where = "{where}", key = "agreement_id", date = "expires_date" }}
"""


def calendar_text() -> str:
    """The text of the demo's `calendars/us-field.toml`."""
    before, after = CONDITIONS
    conditions = dict.fromkeys(_ACTIVE, before) | dict.fromkeys(_PAST, after)
    return _HEAD + "".join(_ACTION.format(name=name, where=where) for name, where in conditions.items())
