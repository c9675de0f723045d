"""Which currency the header of a column of amounts, or the amounts themselves, name."""

import re

import polars as pl

from cockpit.sources.numbers import currency_marks

_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND"}
"""Signs of one currency each; several countries write $, ¥ and kr."""
_CODES = frozenset(
    re.findall(
        "[A-Z]{3}",
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN"
        " BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS"
        " GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW"
        " KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD"
        " NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD"
        " SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES"
        " VND VUV WST XAF XCD XOF XPF YER ZAR ZMW",
    )
)
"""Of ISO 4217: "ARR" or "ACV" behind a name is none."""
_BEHIND_A_NAME = re.compile(rf"[\s_]*\(?(?:\bin )?(\b[A-Z]{{3}}|[{''.join(_SIGNS)}$])\)?$")
"""As in "Amount (USD)", "Revenue in EUR", "Betrag (€)"."""


def without_currency(header: str) -> str:
    """The header without the currency that it says behind its name."""
    return _BEHIND_A_NAME.sub("", header)


def currency_of_header(header: str) -> str | None:
    """The code of the currency that a header says behind its name, or None."""
    found = _BEHIND_A_NAME.search(header)
    return _code(found[1]) if found is not None else None


def currency_of_amounts(column: pl.Series) -> str | None:
    """The code of the one currency that stands beside every amount of a text column, or None."""
    amounts = column.drop_nulls()
    marks = currency_marks(amounts)
    if len(marks) != 1 or not amounts.str.contains(marks[0], literal=True).all():
        return None
    return _code(marks[0])


def currencies_of_column(column: pl.Series) -> list[tuple[str, int]]:
    """The codes that a column names with their rows, most rows first; none where a value is no code."""
    counts = column.drop_nulls().str.to_uppercase().value_counts(sort=True)
    named = [(str(code), int(rows)) for code, rows in counts.iter_rows()]
    return named if all(code in _CODES for code, _ in named) else []


def _code(mark: str) -> str | None:
    return mark if mark in _CODES else _SIGNS.get(mark)
