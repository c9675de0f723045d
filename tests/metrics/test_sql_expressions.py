"""The language of `--where`: what it means, what it refuses, and where it points."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from cockpit.metrics.expression import Parameters, compile_condition, compile_value
from cockpit.metrics.sql.tokens import ExpressionError

FRAME = pl.DataFrame(
    {
        "amount": [Decimal("10.25"), Decimal(3), None],
        "share": [Decimal("0.33"), Decimal("0.5"), Decimal(1)],
        "weeks": [1.5, 0.0, None],
        "day": [date(2024, 1, 1), None, date(2025, 1, 1)],
        "status": ["won", "open", "lost"],
        "owner": ["Ab", "x%", None],
        "flag": [True, False, None],
    },
    schema_overrides={
        "amount": pl.Decimal(38, 4),
        "share": pl.Decimal(38, 2),
        "status": pl.Enum(["lost", "open", "won"]),
    },
)
PARAMETERS = Parameters(date(2024, 6, 1))


def answer(text: str) -> list[bool | None]:
    return FRAME.select(compile_condition(text, FRAME.schema, PARAMETERS).alias("x"))["x"].to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 3.1", [True, False, None]),
        ("amount * share > 1.5", [True, False, None]),
        ("amount / weeks > 1", [True, None, None]),
        ("day < '2024-06-01'", [True, None, False]),
        ("day = DATE '2024-01-01'", [True, None, False]),
        ("day <= as_of", [True, None, False]),
        ("day BETWEEN period_start AND period_end", [True, None, True]),
        ("status IN ('won', 'unheard of')", [True, False, False]),
        ("status <> 'won'", [False, True, True]),
        ("status NOT IN ('won', NULL)", [False, None, None]),
        ("status LIKE 'w%'", [True, False, False]),
        ("status LIKE 'x%'", [False, False, False]),
        ("owner LIKE 'a%'", [False, False, None]),
        ("owner ILIKE 'a_' OR owner IS NULL", [True, False, True]),
        ("owner LIKE 'x%'", [False, True, None]),
        ("COALESCE(owner, 'none') = 'none'", [False, False, True]),
        ("CASE WHEN amount > 5 THEN 'big' ELSE owner END = 'big'", [True, False, None]),
        ("CASE status WHEN 'won' THEN 1 ELSE 0 END = 1", [True, False, False]),
        ("NOT (amount > 5 AND day IS NOT NULL)", [False, True, None]),
        ("flag AND amount > 1", [True, False, None]),
        ("flag = FALSE", [False, True, None]),
        ("YEAR(day) = 2024 AND MONTH(day) = 1", [True, None, False]),
        ("GREATEST(amount, 5) = 5", [False, True, True]),
        ("-amount < -5", [True, False, None]),
        ("ROUND(amount, 1) = 10.3", [True, False, None]),
        ("amount % 3 = 0", [False, True, None]),
        ("amount NOT BETWEEN 1 AND 5", [True, False, None]),
        ("Amount IN (3, 10.25)", [True, True, None]),
        ("\"owner\" || '!' = 'Ab!'", [True, False, None]),
        ("1 = 1", [True]),
    ],
)
def test_meaning(text: str, expected: list[bool | None]) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("text", ["LIKE 'a%'", "ILIKE '%B'", "NOT LIKE 'a%'", "LIKE 'nobody'"])
def test_a_pattern_means_the_same_in_packed_texts(text: str) -> None:
    owners = pl.DataFrame({"owner": ["Ab", "ab", None, "", "a.b", "ab"]})
    packed = owners.with_columns(pl.col("owner").cast(pl.Categorical))
    plain, found = (
        frame.select(compile_condition(f"owner {text}", frame.schema, PARAMETERS).alias("x"))["x"].to_list()
        for frame in (owners, packed)
    )
    assert found == plain
    assert None in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ammount > 3", "at ammount (character 1): there is no column ammount (did you mean amount?)"),
        ("amount", "not true or false"),
        ("SUM(amount) > 3", "at SUM (character 1): aggregates are not allowed here"),
        ("COUNT(*) > 3", "aggregates are not allowed"),
        ("ABS(amount) OVER () > 1", "window functions are not allowed"),
        ("amount > (SELECT 1)", "at SELECT (character 11): sub-queries are not allowed"),
        ("amount IN (SELECT 1)", "sub-queries are not allowed"),
        ("EXISTS (SELECT 1)", "sub-queries are not allowed"),
        ("amount > 1; DROP TABLE x", "at ; (character 11): only one expression"),
        ("day - as_of > 30", "at - (character 5): dates cannot be calculated with"),
        ("day + 1 > as_of", "dates cannot be calculated with"),
        ("DATEDIFF(day, as_of) > 1", "there is no function DATEDIFF"),
        ("day > '2024-13-01'", "at '2024-13-01' (character 7): is no date"),
        ("day > 5", "is a number, but stands beside a date"),
        ("amount = '5'", "at '5' (character 10): is text, but stands beside a number"),
        ("owner > day", "stands beside"),
        ("owner = 'x", "this quote is never closed"),
        ("amount >", "at the end: a column, a value or a parenthesis is missing here"),
        ("amount > 1 -- all", "comments are not allowed"),
        ("amount > 1 > 0", "comparisons cannot be chained"),
        ("deals.amount > 1", "columns are named without a table"),
        ("amount > 1 ORDER BY 1", "does not fit here"),
        ("_row > 1", "there is no column _row"),
        ("LOWER(amount) = 'x'", "must be text, is a number"),
        ("LOWER(owner, owner) = 'x'", "is written LOWER(text)"),
        ("(" * 100 + "TRUE" + ")" * 100, "nested deeper"),
        ("TRUE" + " AND TRUE" * 3000, "more than 5,000 words"),
        ("amount" + " + 1" * 200 + " > 0", "operations in a row"),
        ("amount \x1b[2J > 1", "is not part of the language"),
        ("", "at the end"),
    ],
)
def test_refusals_point_at_the_token(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(text, FRAME.schema, PARAMETERS)
    assert message in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "SUM(amount) / 2",
        "amount",
        "SUM(owner)",
        "SUM(SUM(amount))",
        "SUM(DISTINCT amount)",
        "SUM(amount, 2)",
        "QUANTILE_CONT(amount, 2)",
        "QUANTILE_CONT(amount)",
        "AVG(*)",
        "COALESCE(amount, 1)",
    ],
)
def test_a_value_is_exactly_one_aggregate(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_value(text, FRAME.schema, PARAMETERS)


def test_products_of_decimals_keep_every_place() -> None:
    value = compile_value("SUM(amount * share)", FRAME.schema, PARAMETERS)
    assert value.operand is not None
    assert FRAME.select(value.operand.sum()).item() == Decimal("4.8825")
