"""The number parser against Python's Decimal, and the date and naming rules by example."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.sources.naming import own_name, own_names
from cockpit.sources.numbers import currency_marks, decimals

AMOUNTS = st.decimals(-(10**15), 10**15, places=4, allow_nan=False, allow_infinity=False)


def parse(text: str, mark: str = ".", percent: bool = False) -> Decimal | None:
    return decimals(pl.Series("n", [text]), 4, mark, percent)[0]


def written(number: Decimal, style: str) -> tuple[str, str]:
    """The number in a way people write it, and the decimal mark of that way."""
    plain = f"{abs(number):,f}"
    swapped = plain.translate(str.maketrans(",.", ".,"))
    minus = "-" if number < 0 else ""
    return {
        "plain": (f"{number:f}", "."),
        "grouped": (minus + plain, "."),
        "accounting": (f"({plain})" if minus else plain, "."),
        "dollar": (f"{minus}${plain}", "."),
        "code after": (f"{minus}{plain} USD", "."),
        "trailing minus": (plain + minus, "."),
        "continental": (minus + swapped, ","),
        "euro after": (f"{minus}{swapped} €", ","),
        "blanks": (minus + plain.replace(",", " "), "."),
        "narrow blanks": (minus + swapped.replace(".", "\u202f"), ","),
        "apostrophes": (minus + plain.replace(",", "'"), "."),
        "real minus": (minus.replace("-", "−") + plain, "."),
    }[style]


@settings(max_examples=100, deadline=None)
@given(
    AMOUNTS,
    st.sampled_from(
        ["plain", "grouped", "accounting", "dollar", "code after", "trailing minus", "continental",
         "euro after", "blanks", "narrow blanks", "apostrophes", "real minus"]
    ),
)  # fmt: skip
def test_every_way_of_writing_a_number_is_read_exactly(number, style):
    text, mark = written(number, style)
    assert parse(text, mark) == number


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789.,-+()$%kMe '", max_size=10))
def test_what_is_read_is_what_decimal_reads_or_grouped(text):
    number = parse(text)
    try:
        expected = Decimal(text)
    except ArithmeticError:
        return
    if (
        expected.is_finite()
        and abs(expected) < 10**20
        and text.strip() == text
        and abs(expected.adjusted()) < 10
    ):
        assert number == round(expected, 4)


@pytest.mark.parametrize(
    "text",
    ["NaN", "nan", "inf", "-inf", "1e999", "9" * 400, "", "-", "N/A", "1,23", "1,2345", "12 34",
     "1 234,567 890", "1.2.3", "0x10", "12%", "()", "$", "k", "--5", "(-5)", "5 5", "1,234.5,6", "five"],
)  # fmt: skip
def test_what_is_no_number(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12%", "0.12"),
        ("12.5 %", "0.125"),
        ("(5%)", "-0.05"),
        ("0.5", "0.5"),
        ("1e-2", "0.01"),
        ("100%", "1"),
    ],
)
def test_percent(text, number):
    assert parse(text, percent=True) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.2M", 1_200_000),
        ("3k", 3_000),
        ("$2.5 bn", 2_500_000_000),
        ("12,34,567", 1_234_567),
        ("4 Mio.", 4_000_000),
    ],
)
def test_suffixes_and_groups(text, number):
    assert parse(text) == number


def test_a_point_groups_when_the_comma_is_decimal():
    assert parse("1.234", ",") == 1234
    assert parse("1.5", ",") is None
    assert parse("1,5", ",") == Decimal("1.5")


def test_currency_marks():
    assert currency_marks(pl.Series(["$5", "-€ 6", "7 USD", "8", None, "US$ 9"])) == ["$", "US$", "USD", "€"]


@pytest.mark.parametrize(
    ("header", "name"),
    [("SystemUserSeq", "system_user_seq"), ("DaysToClose", "days_to_close"), ("CRMId", "crmid"), ("  ", ""),
     ("Probability (raw)", "probability_raw"), ("DateDiff-Days", "date_diff_days"), ("Q1Target", "q1target"),
     ("Month_Number", "month_number"), ("GroßeÜbersicht", "große_übersicht"), ("e\u0301Tat", "é_tat")],
)  # fmt: skip
def test_own_names(header, name):
    assert own_name(header) == name


def test_equal_own_names_are_numbered():
    assert own_names(["A b", "a-B", "A_B", "amount"], {"amount"}) == ["a_b", "a_b_2", "a_b_3", "amount_2"]
