"""The facts of the metric engine once more, in SQL: an independent way to the same columns.

Every function gives the text of a query over the tables `deals`, `earlier`, `agreements`, `accounts`,
`contacts`, `team`, `quota`, `tasks`, `touch` and `changed_FIELD`. Fiscal quarters are calendar quarters.
"""

from datetime import date

FEWEST = 3
"""So many records make a baseline here; the engine is set to the same."""
DIMENSIONS = "account_id, account, owner, manager, segment, product, stage, forecast_category"


def day(value: date | None, otherwise: str) -> str:
    """A date as SQL has it."""
    return f"DATE '{value.isoformat()}'" if value is not None else f"DATE '{otherwise}'"


def opportunities(table: str, as_of: date) -> str:
    """The deals as of a day."""
    a = day(as_of, "")
    quarter_end = "(date_trunc('quarter', closing_date) + INTERVAL 3 MONTH - INTERVAL 1 DAY)::DATE"
    letters = "regexp_replace(lower(forecast_category), '[^a-z]', '', 'g')"
    return f"""
WITH raw AS (
  SELECT *, COALESCE(closed_date, CASE WHEN status IN ('won', 'lost') THEN close_date END) AS closing
  FROM {table} WHERE created_date IS NULL OR created_date <= {a}
), lines AS (
  SELECT * EXCLUDE (status, close_date, closing, amount, probability),
    amount::DECIMAL(18, 4) AS amount, probability::DECIMAL(7, 6) AS probability,
    CASE WHEN status <> 'open' AND closing <= {a} THEN status ELSE 'open' END AS status,
    CASE WHEN status <> 'open' AND closing <= {a} THEN closing END AS closing_date,
    COALESCE(status <> 'open' AND closing > {a} AND closed_date IS NULL, FALSE) AS close_date_unknown,
    CASE WHEN status <> 'open' AND closing > {a} AND closed_date IS NULL THEN NULL ELSE close_date END
      AS close_date
  FROM raw
), totals AS (
  SELECT opportunity_id AS id,
    CASE WHEN bool_or(status = 'won') THEN 'won' WHEN bool_or(status = 'open') THEN 'open' ELSE 'lost' END
      AS deal_status,
    MIN(closing_date) FILTER (status = 'won') AS first_win, MAX(closing_date) AS last_loss,
    MIN(created_date) AS born
  FROM lines GROUP BY opportunity_id
), deals_of_day AS (
  SELECT lines.*, deal_status,
    CASE deal_status WHEN 'won' THEN first_win WHEN 'lost' THEN last_loss END AS deal_closing_date, born
  FROM lines JOIN totals ON id = opportunity_id
), aged AS (
  SELECT *, deal_closing_date - born AS cycle_days,
    COALESCE(closing_date, {a}) - created_date AS age_days,
    CASE WHEN stage_date <= {a} THEN {a} - stage_date END AS days_in_stage,
    CASE WHEN GREATEST(stage_date, modified_date) <= {a} THEN {a} - GREATEST(stage_date, modified_date) END
      AS days_since_change,
    COALESCE({letters} IN ('omitted', 'omit'), FALSE) AS is_omitted,
    COALESCE(stage <> '1', TRUE) AS is_qualified,
    status = 'open' AND COALESCE(close_date < {a}, FALSE) AS is_past_due,
    CASE {letters} WHEN 'commit' THEN 'commit' WHEN 'bestcase' THEN 'best case' WHEN 'omitted' THEN 'omitted'
      WHEN 'pipeline' THEN 'pipeline' END AS forecast_group,
    CASE WHEN amount IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN close_date IS NOT NULL THEN 1 ELSE 0 END
      + CASE WHEN stage IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN owner IS NOT NULL THEN 1 ELSE 0 END
      + CASE WHEN LOWER(TRIM(COALESCE(next_step, ''))) NOT IN ('', '.', 'tbd') THEN 1 ELSE 0 END
      AS filled_fields,
    5 AS needed_fields,
    {quarter_end} - closing_date AS days_to_quarter_end
  FROM deals_of_day
), ended AS (
  SELECT opportunity_id, ANY_VALUE(segment) AS segment, ANY_VALUE(deal_status = 'won') AS won FROM aged
  WHERE deal_status <> 'open'
    AND deal_closing_date >= (date_trunc('quarter', {a}) - INTERVAL 9 MONTH)::DATE
  GROUP BY opportunity_id
), rates AS (
  SELECT segment, ROUND(SUM(won::INT)::DECIMAL(18, 0) / COUNT(*), 6)::DECIMAL(7, 6) AS rate
  FROM ended WHERE segment IS NOT NULL GROUP BY segment HAVING COUNT(*) >= {FEWEST}
), whole AS (
  SELECT ROUND(SUM(won::INT)::DECIMAL(18, 0) / COUNT(*), 6)::DECIMAL(7, 6) AS rate FROM ended
  HAVING COUNT(*) >= {FEWEST}
), medians AS (
  SELECT *,
    CASE WHEN COUNT(open_days) OVER narrow >= {FEWEST} THEN MEDIAN(open_days) OVER narrow
      WHEN COUNT(open_days) OVER wide >= {FEWEST} THEN MEDIAN(open_days) OVER wide END AS middle
  FROM (SELECT *, CASE WHEN status = 'open' THEN days_in_stage END AS open_days FROM aged)
  WINDOW narrow AS (PARTITION BY stage, segment), wide AS (PARTITION BY stage)
), twins AS (
  SELECT account_id AS a, amount AS b, product AS c FROM aged
  WHERE status = 'open' AND account_id IS NOT NULL AND amount IS NOT NULL AND product IS NOT NULL
  GROUP BY ALL HAVING COUNT(DISTINCT opportunity_id) > 1
), pushes AS (
  SELECT opportunity_id AS pushed, COUNT(*) AS many FROM changed_close_date
  WHERE day <= {a} AND "after" > "before" GROUP BY opportunity_id
), firsts AS (
  SELECT opportunity_id AS known, arg_min("before", place) AS first_known FROM changed_amount
  WHERE day <= {a} AND "before" IS NOT NULL GROUP BY opportunity_id
), numbered AS (SELECT *, row_number() OVER () AS line FROM medians), dated AS (
  SELECT line, arg_min("before", place) AS expected_then FROM numbered
  JOIN changed_close_date c ON c.opportunity_id = numbered.opportunity_id
  WHERE c.day <= {a} AND c.day > deal_closing_date - 30 GROUP BY line
)
SELECT numbered.* EXCLUDE (line), days_since_change > 90 AS is_stale,
  COALESCE(rates.rate, (SELECT rate FROM whole)) AS own_rate,
  days_in_stage > middle * 2.0 AS is_overrun,
  COALESCE(twins.a IS NOT NULL AND status = 'open', FALSE) AS is_suspected_duplicate,
  COALESCE(many, 0) AS push_count,
  COALESCE(first_known, amount)::DECIMAL(18, 4) AS first_amount,
  ABS(deal_closing_date - CASE WHEN dated.line IS NOT NULL AND expected_then IS NOT NULL THEN expected_then
    ELSE close_date END) AS close_date_error,
  status = 'open' AND NOT is_omitted AND NOT COALESCE(days_since_change > 90, FALSE)
    AND COALESCE(many, 0) < 2 AS is_credible
FROM numbered LEFT JOIN rates USING (segment) LEFT JOIN twins ON a = account_id AND b = amount AND c = product
LEFT JOIN pushes ON pushed = opportunity_id LEFT JOIN firsts ON known = opportunity_id
LEFT JOIN dated ON dated.line = numbered.line
"""


def cohort(then: str, now: str, start: date | None, end: date | None) -> str:
    """Deals open on the opening day; `then` and `now` are queries of `opportunities`."""
    first, last = day(start, "0001-01-01"), day(end, "9999-12-31")
    return f"""
WITH opened AS (
  SELECT opportunity_id, {", ".join(f"ANY_VALUE({name}) AS {name}" for name in DIMENSIONS.split(", "))},
    ANY_VALUE(forecast_group) AS forecast_group, SUM(amount) AS start_amount,
    MIN(close_date) AS start_close_date, bool_and(is_omitted) AS is_omitted
  FROM ({then}) WHERE status = 'open' GROUP BY opportunity_id
), later AS (
  SELECT opportunity_id, ANY_VALUE(deal_status) AS s, ANY_VALUE(deal_closing_date) AS c,
    MAX(close_date) AS end_close_date, SUM(amount) AS end_amount,
    SUM(amount) FILTER (status = 'won' AND closing_date BETWEEN {first} AND {last}) AS won
  FROM ({now}) GROUP BY opportunity_id
)
SELECT opened.*, c AS closing_date, end_close_date, end_amount, COALESCE(won, 0) AS won_amount,
  COALESCE(start_close_date BETWEEN {first} AND {last} AND NOT is_omitted, FALSE) AS is_due,
  CASE WHEN s IS NULL THEN 'removed' WHEN s <> 'open' AND c <= {last} THEN s
    WHEN s <> 'open' OR end_close_date > {last} THEN 'pushed out' ELSE 'open' END AS outcome
FROM opened LEFT JOIN later USING (opportunity_id)
"""


def movements(then: str, now: str, start: date | None, end: date | None) -> str:
    """Movements of deals of one line in one currency, and what stood at both ends."""
    first, last = day(start, "0001-01-01"), day(end, "9999-12-31")
    always = "TRUE" if start is None and end is None else "FALSE"
    hands = " OR ".join(
        f"b.{name} IS DISTINCT FROM n.{name}" for name in ("account_id", "account", "owner", "manager",
                                                          "segment", "product")
    )  # fmt: skip
    side = """
      SELECT *, status = 'open' AS is_open,
        CASE WHEN status = 'open' THEN close_date ELSE closing_date END AS d
      FROM ({})
    """
    return f"""
WITH b AS ({side.format(then)}), n AS ({side.format(now)}), joined AS (
  SELECT COALESCE(b.opportunity_id, n.opportunity_id) AS opportunity_id,
    b.opportunity_id IS NOT NULL AS had, n.opportunity_id IS NOT NULL AS has,
    COALESCE(b.is_open, FALSE) AS b_open, COALESCE(n.is_open, FALSE) AS n_open,
    COALESCE(b.d BETWEEN {first} AND {last}, {always} AND b.opportunity_id IS NOT NULL) AS b_in,
    COALESCE(n.d BETWEEN {first} AND {last}, {always} AND n.opportunity_id IS NOT NULL) AS n_in,
    COALESCE(n.d <= {last} AND (n.d >= {first} OR NOT n.is_open), {always} AND n.opportunity_id IS NOT NULL)
      AS n_reached,
    COALESCE(b.is_open AND b.close_date_unknown AND NOT {always}, FALSE) AS b_unknown,
    COALESCE(n.status = 'won', FALSE) AS n_won, COALESCE(b.amount, 0) AS x, COALESCE(n.amount, 0) AS y,
    {hands} AS hand
  FROM b FULL JOIN n ON b.opportunity_id = n.opportunity_id
), seen AS (
  SELECT *, had AND b_open AND b_in AS was_in, has AND n_in AS here, had AND NOT b_open AS closed_then,
    b_unknown AND has AND n_in AS was_somewhere
  FROM joined
), come AS (
  SELECT *, CASE WHEN was_in OR NOT here OR (closed_then AND NOT n_open) THEN NULL WHEN NOT had THEN 'new'
    WHEN closed_then THEN 'reopened' WHEN was_somewhere THEN NULL ELSE 'pulled in' END AS comes FROM seen
), gone AS (
  SELECT *, CASE WHEN NOT (was_in OR comes IS NOT NULL OR was_somewhere) THEN NULL WHEN NOT has THEN 'removed'
    WHEN NOT n_reached THEN 'pushed out' WHEN n_open THEN NULL WHEN n_won THEN 'won' ELSE 'lost' END AS goes
  FROM come
), sized AS (
  SELECT *, was_in AND goes IN ('removed', 'lost') IS TRUE AS whole,
    was_in OR COALESCE(comes = 'pulled in', FALSE) AS carried FROM gone
)
SELECT opportunity_id, comes AS bucket, CASE WHEN comes = 'pulled in' THEN x ELSE y END AS change
  FROM sized WHERE comes IS NOT NULL
UNION ALL SELECT opportunity_id, goes, CASE WHEN whole THEN -x ELSE -y END FROM sized WHERE goes IS NOT NULL
UNION ALL SELECT opportunity_id, CASE WHEN y > x THEN 'increased' ELSE 'decreased' END, y - x
  FROM sized WHERE carried AND NOT whole AND x <> y
UNION ALL SELECT opportunity_id, unnest(['transferred in', 'transferred out']), unnest([x, -x])
  FROM sized WHERE was_in AND hand AND has
UNION ALL SELECT opportunity_id, 'start', amount FROM b
  WHERE is_open AND COALESCE(d BETWEEN {first} AND {last}, {always})
UNION ALL SELECT opportunity_id, 'end', amount FROM n
  WHERE is_open AND COALESCE(d BETWEEN {first} AND {last}, {always})
"""


def stage_path(now: str, as_of: date) -> str:
    """Entries into stages, whose names are their numbers."""
    a = day(as_of, "")
    return f"""
WITH one AS (
  SELECT opportunity_id, ANY_VALUE(stage) AS own, MIN(created_date) AS born,
    ANY_VALUE(deal_status) AS deal_status, ANY_VALUE(owner) AS owner, ANY_VALUE(manager) AS manager
  FROM ({now}) GROUP BY opportunity_id
), told AS (
  SELECT c.* FROM changed_stage c SEMI JOIN one USING (opportunity_id)
  WHERE day <= {a} AND "after" IS NOT NULL
), entries AS (
  SELECT opportunity_id, COALESCE((SELECT arg_min(t."before", t.place) FROM told t
    WHERE t.opportunity_id = one.opportunity_id AND t.place = (SELECT MIN(place) FROM told u
      WHERE u.opportunity_id = one.opportunity_id)), own) AS stage, born AS entered_date, -1 AS place
  FROM one
  UNION ALL SELECT opportunity_id, "after", day, place FROM told
), kept AS (SELECT *, stage::INT AS number FROM entries WHERE stage IS NOT NULL)
SELECT k.*, one.* EXCLUDE (opportunity_id, own, born),
  COALESCE(number < MAX(number) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), FALSE)
    AS is_regression,
  row_number() OVER (PARTITION BY k.opportunity_id, stage ORDER BY place) = 1 AS is_first_entry,
  COALESCE(MAX(number) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) > number, FALSE)
    OR deal_status = 'won' AS went_on,
  first_value(entered_date) OVER w AS path_start_date,
  MAX(number) OVER (PARTITION BY k.opportunity_id) >= (SELECT MAX(number) FROM kept) OR deal_status = 'won'
    AS reached_last
FROM kept k JOIN one USING (opportunity_id) WINDOW w AS (PARTITION BY k.opportunity_id ORDER BY place)
"""


def hygiene(now: str, as_of: date) -> str:
    """One row a broken rule."""
    a = day(as_of, "")
    rules = {
        "past due": "is_past_due", "stale": "is_stale", "no amount": "amount IS NULL OR amount <= 0",
        "no close date": "close_date IS NULL AND NOT close_date_unknown", "no owner": "owner IS NULL",
        "no next step": "LOWER(TRIM(COALESCE(next_step, ''))) IN ('', '.', 'tbd')",
        "next step overdue": f"next_step_date < {a}",
        "commit without change": "forecast_group = 'commit' AND days_since_change > 14",
        "too long in stage": "is_overrun", "pushed twice": "push_count >= 2",
        "suspected duplicate": "is_suspected_duplicate",
    }  # fmt: skip
    parts = [
        f"SELECT *, '{name}' AS rule FROM now WHERE status = 'open' AND ({met})"
        for name, met in rules.items()
    ]
    return f"WITH now AS ({now}) {' UNION ALL '.join(parts)}"


def renewals(now: str, as_of: date, grace_days: int = 30) -> str:
    """Agreements with their outcome, what they are linked with, and what puts them at risk."""
    a = day(as_of, "")
    return f"""
WITH base AS (
  SELECT * EXCLUDE (due_date, expires_date, renewed_date, extended_date, terminated_date),
    COALESCE(due_date, expires_date) AS due_date, COALESCE(expires_date, due_date) AS expires_date,
    agreement_id AS term_id,
    CASE WHEN renewed_date <= {a} THEN renewed_date END AS renewed_date,
    CASE WHEN extended_date <= {a} THEN extended_date END AS extended_date,
    CASE WHEN terminated_date <= {a} THEN terminated_date END AS terminated_date
  FROM agreements
), package AS (
  SELECT *, CASE WHEN renewed_date IS NOT NULL AND contract_date IS NOT NULL AND po_date IS NOT NULL
    THEN GREATEST(contract_date, po_date) END AS whole FROM base
), complete AS (SELECT * EXCLUDE whole, CASE WHEN whole <= {a} THEN whole END AS complete_date FROM package),
terms AS (
  SELECT * FROM complete
  UNION ALL BY NAME SELECT * REPLACE (extended_to AS due_date, extended_to AS expires_date,
    NULL::DATE AS extended_date, NULL::DATE AS extended_to,
    agreement_id || ' to ' || extended_to AS term_id) FROM complete
  WHERE extended_date IS NOT NULL AND extended_to > due_date
), kept AS (
  SELECT *, LEAST(complete_date, extended_date) AS kept_date,
    COALESCE(extended_date < complete_date, complete_date IS NULL AND extended_date IS NOT NULL)
      AS is_extended,
    COALESCE(terminated_date <= due_date, FALSE) AS is_terminated, due_date - {a} AS days_to_due,
    (due_date + INTERVAL 12 MONTH)::DATE AS recapture_until, {grace_days} AS grace_days,
    renewed_date IS NOT NULL OR extended_date IS NOT NULL OR terminated_date IS NOT NULL AS settled,
    LEAST(complete_date, extended_date) - due_date AS days_late
  FROM terms
), told AS (
  SELECT *, COALESCE(days_late <= 0, FALSE) AS is_on_time,
    COALESCE(expires_date BETWEEN {a} AND {a} + 180, FALSE) AND NOT settled AS is_expiring,
    COALESCE(NOT is_terminated AND days_late IS NULL AND due_date > {a}, FALSE) AND NOT settled
      AS is_unsettled
  FROM kept
), open_deals AS (SELECT opportunity_id, agreement_id, close_date FROM ({now}) WHERE deal_status = 'open'),
linked AS (
  SELECT told.*,
    EXISTS (SELECT 1 FROM open_deals o WHERE o.opportunity_id = told.opportunity_id)
      OR EXISTS (SELECT 1 FROM open_deals o WHERE o.agreement_id = told.agreement_id) AS is_covered,
    (SELECT MIN(close_date) FROM open_deals o WHERE o.opportunity_id = told.opportunity_id
      OR o.agreement_id = told.agreement_id) AS deal_close_date,
    account_id IS NULL OR account_id NOT IN (SELECT account_id FROM contacts WHERE account_id IS NOT NULL)
      AS no_contact
  FROM told
)
SELECT *, is_covered AND COALESCE(deal_close_date > due_date, FALSE) AS is_covered_late,
  NOT is_covered OR owner IS NULL OR no_contact AS is_untracked,
  is_unsettled AND NOT is_covered AND days_to_due <= 120 AS has_no_deal,
  is_unsettled AND is_covered AND COALESCE(deal_close_date > due_date, FALSE) AS is_pushed,
  is_unsettled AND no_contact AS has_no_contact,
  is_unsettled AND agreement_id IN (SELECT agreement_id FROM ({touchpoints(as_of)}) WHERE is_missed)
    AS has_missed_gate,
  (is_unsettled AND NOT is_covered AND days_to_due <= 120)
    OR (is_unsettled AND is_covered AND COALESCE(deal_close_date > due_date, FALSE))
    OR (is_unsettled AND no_contact)
    OR (is_unsettled AND agreement_id IN (SELECT agreement_id FROM ({touchpoints(as_of)}) WHERE is_missed))
    AS is_at_risk
FROM linked
"""


def touchpoints(as_of: date) -> str:
    """What was to be done for agreements."""
    a = day(as_of, "")
    done = f"(status IN ('done', 'done_without_evidence') AND COALESCE(done_date <= {a}, FALSE))"
    return f"""
SELECT * EXCLUDE done_date, {done} AS is_done, status = 'dropped' AS is_dropped,
  due_date < made_date AS is_late_entry, COALESCE({done} AND done_date <= due_date, FALSE) AS is_kept,
  NOT {done} AND status <> 'dropped' AND due_date < {a} AS is_missed
FROM touch
"""


def work(as_of: date) -> str:
    """Tasks."""
    a = day(as_of, "")
    done = f"(status IN ('done', 'done_without_evidence') AND COALESCE(done_date <= {a}, FALSE))"
    return f"""
SELECT *, {done} AS is_done, status = 'dropped' AS is_dropped,
  {done} AND status = 'done_without_evidence' AS is_without_evidence,
  COALESCE({done} AND done_date <= due_date, FALSE) AS is_kept,
  COALESCE(NOT {done} AND status <> 'dropped' AND due_date < {a}, FALSE) AS is_overdue,
  CASE WHEN {done} THEN done_date ELSE {a} END - due_date AS days_late
FROM tasks WHERE made_date <= {a}
"""


def accounts(as_of: date) -> str:
    """Accounts."""
    a = day(as_of, "")
    return f"""
SELECT *, owner IS NOT NULL AS is_managed,
  install_base IS NOT NULL AND COALESCE({a} - install_base_date BETWEEN 0 AND 365, FALSE) AS has_install_base,
  COALESCE(account_id IN (SELECT account_id FROM contacts WHERE account_id IS NOT NULL
    AND (email LIKE '%@%' OR regexp_matches(COALESCE(phone, ''), '[0-9]')) AND consent AND role IS NOT NULL
    AND {a} - verified_date BETWEEN 0 AND 365), FALSE) AS is_contactable,
  COALESCE(account_id IN (SELECT account_id FROM team WHERE COALESCE(valid_from <= {a}, TRUE)
    AND COALESCE(valid_to >= {a}, TRUE)), FALSE) AS is_team_complete,
  COALESCE(account_id IN (SELECT account_id FROM managed_accounts), FALSE)
    OR COALESCE(parent_id IN (SELECT account_id FROM managed_accounts), FALSE) AS is_listed,
  COALESCE(account_id IN (SELECT account_id FROM consumption_plan GROUP BY account_id
    HAVING bool_and(due_date IS NOT NULL AND COALESCE(amount > 0, FALSE))
      AND COALESCE(MAX(due_date) >= {a}, FALSE)), FALSE) AS has_valid_plan
FROM accounts
"""


def managed_accounts(as_of: date) -> str:
    """The managed list; its owner and segment are compared, the accounts of the world have no territory."""
    return """
SELECT m.*, a.account_id IS NOT NULL AS is_in_crm,
  a.account_id IS NOT NULL AND m.owner IS NOT DISTINCT FROM a.owner
    AND m.segment IS NOT DISTINCT FROM a.segment AS is_matched
FROM managed_accounts m LEFT JOIN accounts a USING (account_id)
"""


def pushes(now: str, as_of: date) -> str:
    """Moves of close dates to a later day."""
    return f"""
SELECT c.opportunity_id, day AS pushed_date, push_reason, owner, manager,
  COALESCE(date_trunc('quarter', "before") <> date_trunc('quarter', "after"), FALSE) AS is_crossing
FROM changed_close_date c JOIN (
  SELECT opportunity_id, ANY_VALUE(push_reason) AS push_reason, ANY_VALUE(owner) AS owner,
    ANY_VALUE(manager) AS manager FROM ({now}) GROUP BY opportunity_id
) USING (opportunity_id)
WHERE day <= {day(as_of, "")} AND "after" > "before"
"""


def submissions(now: str, as_of: date, start: date | None, end: date | None) -> str:
    """Forecast submissions of the periods inside the one asked."""
    a, first, last = day(as_of, ""), day(start, "0001-01-01"), day(end, "9999-12-31")
    letters = "regexp_replace(lower(category), '[^a-z]', '', 'g')"
    same = "PARTITION BY period, node, category, locked"
    return f"""
WITH bounds(period, f, l) AS (VALUES
  ('FY26-Q2', DATE '2026-04-01', DATE '2026-06-30'), ('FY26-Q3', DATE '2026-07-01', DATE '2026-09-30'),
  ('FY26', DATE '2026-01-01', DATE '2026-12-31')
), known AS (
  SELECT s.*, f, l, COALESCE(locked_date, submitted_date) AS locked,
    amount IS NOT NULL AND COALESCE(submitted_date <= COALESCE(locked_date, submitted_date), FALSE) AS timely
  FROM submissions s JOIN bounds USING (period)
  WHERE f >= {first} AND l <= {last} AND COALESCE(locked_date, submitted_date) <= {a}
    AND COALESCE(submitted_date <= {a}, TRUE)
), parents AS (
  SELECT period, node, arg_max(parent, (locked, _row)) FILTER (parent IS NOT NULL) AS parent
  FROM known GROUP BY ALL
), kept AS (
  SELECT known.* REPLACE (parents.parent AS parent),
    bool_or(timely) OVER (PARTITION BY period, node, locked) AS is_on_time
  FROM known JOIN parents USING (period, node)
  QUALIFY row_number() OVER ({same} ORDER BY timely DESC, submitted_date DESC NULLS LAST, _row DESC) = 1
), due AS (
  SELECT * FROM (SELECT DISTINCT period, node, f, l FROM kept)
  JOIN (SELECT DISTINCT period, locked FROM kept) USING (period)
), rows AS (
  SELECT period, node, parent, category, amount, note, f, l, locked, is_on_time FROM kept
  UNION ALL BY NAME SELECT *, FALSE AS is_on_time FROM due ANTI JOIN kept USING (period, node, locked)
), grouped AS (
  SELECT *, amount IS NOT NULL AS is_submitted,
    amount IS NOT NULL AND (category IS NULL OR {letters} = 'commit') AS is_commit,
    amount IS NOT NULL AND COALESCE({letters} = 'call', FALSE) AS named,
    period || node || locked AS submission_key, locked AS locked_date
  FROM rows
), said AS (
  SELECT *, amount - lag(amount) OVER (PARTITION BY period, node, category ORDER BY locked) AS change
  FROM grouped WHERE is_submitted
), below AS (
  SELECT period, parent, category, locked, SUM(amount) AS reports_amount FROM said
  WHERE parent IS NOT NULL GROUP BY ALL
), won AS (SELECT * FROM ({now}) WHERE status = 'won'), whose AS (
  SELECT period, node, f, l,
    CASE WHEN node IN (SELECT owner FROM ({now}) WHERE owner IS NOT NULL) THEN 'owner'
      WHEN node IN (SELECT manager FROM ({now}) WHERE manager IS NOT NULL) THEN 'manager' END AS kind
  FROM (SELECT DISTINCT period, node, f, l FROM rows)
), actual AS (
  SELECT period, node, CASE kind
    WHEN 'owner' THEN (SELECT COALESCE(SUM(amount), 0) FROM won
      WHERE owner = node AND closing_date BETWEEN f AND l)
    WHEN 'manager' THEN (SELECT COALESCE(SUM(amount), 0) FROM won
      WHERE manager = node AND closing_date BETWEEN f AND l) END AS actual_amount
  FROM whose
)
SELECT g.*, s.change, below.reports_amount, g.amount - below.reports_amount AS override_amount, actual_amount,
  CASE WHEN bool_or(g.named) OVER (PARTITION BY g.period, g.node) THEN g.named ELSE g.is_commit END
    AS is_call,
  g.locked = MAX(g.locked) OVER (PARTITION BY g.period) AS is_newest,
  COALESCE(g.locked = MAX(g.locked) FILTER (g.locked <= g.f + 13) OVER (PARTITION BY g.period), FALSE)
    AS is_of_week_3,
  NOT EXISTS (SELECT 1 FROM said WHERE said.period = g.period AND said.parent = g.node) AS is_leaf
FROM grouped g
LEFT JOIN said s ON s.period = g.period AND s.node = g.node AND s.locked = g.locked
  AND s.category IS NOT DISTINCT FROM g.category
LEFT JOIN below ON below.period = g.period AND below.parent = g.node AND below.locked = g.locked
  AND below.category IS NOT DISTINCT FROM g.category
LEFT JOIN actual ON actual.period = g.period AND actual.node = g.node
"""


def quota(start: date | None, end: date | None) -> str:
    """Quota windows with both ends, by days."""
    first, last = day(start, "0001-01-01"), day(end, "9999-12-31")
    return f"""
SELECT * EXCLUDE amount, ROUND(amount::DECIMAL(18, 4)
  * ((LEAST(valid_to, {last}) - GREATEST(valid_from, {first}) + 1)::DECIMAL(9, 0))::DOUBLE
  / (valid_to - valid_from + 1), 4) AS amount
FROM quota WHERE valid_from <= {last} AND valid_to >= {first}
"""
