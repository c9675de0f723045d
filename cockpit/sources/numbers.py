"""Numbers as people and exports write them, to exact decimals.

Understood: plain and scientific notation; thousands grouped by comma, point, blank or apostrophe (only in
whole groups); a minus before or after, or parentheses; a currency sign or code at either end; a percent
sign; the suffixes k, M, Mio, bn, B and Mrd. Refused: NaN, infinity, and everything else.
"""

import polars as pl

PRECISION = 38
MONEY_SCALE = 4
"""Decimal places of money; finer values are rounded to it, half to even."""
PROBABILITY_SCALE = 6
RATE_SCALE = 8

_MARK = r"(?:[A-Z]{0,3}[$€£¥₹₩₽₺₪₫฿]|[A-Z]{3}|kr\.?)"
_MULTIPLIERS = {"k": 10**3, "K": 10**3, "M": 10**6, "Mio": 10**6, "bn": 10**9, "B": 10**9, "Mrd": 10**9}


def decimals(column: pl.Series, scale: int, decimal_mark: str, percent: bool) -> pl.Series:
    """The numbers of a text column; null where a value is blank or no number.

    Args:
        column: cleaned text.
        scale: decimal places of the result.
        decimal_mark: "." or ",".
        percent: whether "12 %" is understood (as 0.12) or refused.
    """
    target = pl.Decimal(PRECISION, scale)
    if decimal_mark == ".":
        plain = column.cast(target, strict=False)
        if plain.null_count() == column.null_count():
            return plain
    else:  # 1.234 is a plain number to the parser and a grouped one to the reader
        plain = pl.Series(column.name, [None], dtype=target).new_from_index(0, len(column))
    rest = column.filter(plain.is_null() & column.is_not_null()).unique()
    if rest.is_empty():
        return plain
    parsed = _written(rest, target, decimal_mark, percent)
    known = parsed.is_not_null()
    if not known.any():
        return plain
    wide = column.replace_strict(rest.filter(known), parsed.filter(known), default=None, return_dtype=target)
    return pl.select(pl.coalesce(plain, wide)).to_series().alias(column.name)


def plain_decimals(column: pl.Series, scale: int, decimal_mark: str) -> pl.Series | None:
    """The numbers of a column in which each is written plainly, else None."""
    if decimal_mark != ".":
        return None
    plain = column.cast(pl.Decimal(PRECISION, scale), strict=False)
    return plain if plain.null_count() == column.null_count() else None


def currency_marks(column: pl.Series) -> list[str]:
    """The distinct currency signs and codes that stand beside the numbers of a text column."""
    marks = column.str.extract(rf"^[(\s+−-]*({_MARK})").fill_null(
        column.str.extract(rf"\d\s*({_MARK})[)\s−-]*$")
    )
    return sorted(mark for mark in marks.unique().to_list() if mark)


def _written(values: pl.Series, target: pl.Decimal, mark: str, percent: bool) -> pl.Series:
    """Parse distinct values that are not plain numbers."""
    thousands = "," if mark == "." else "."
    group = rf"[{thousands}\s'’]"
    point = rf"\{mark}"
    text = pl.col("value")
    bracketed = text.str.contains(r"^\(.*\)$")
    body = (
        text.str.strip_prefix("(")
        .str.strip_suffix(")")
        .str.replace_all("−", "-", literal=True)
        .str.strip_chars()
    )
    signed = pl.when(bracketed).then(body).otherwise(text.str.replace_all("−", "-", literal=True))
    trailing = signed.str.contains(r"[^eE-]-$")
    unsigned = pl.when(trailing).then(signed.str.strip_suffix("-").str.strip_chars()).otherwise(signed)
    pattern = (
        rf"^(?P<before>[+-]?)\s*(?:{_MARK})?\s*(?P<inner>[+-]?)\s*"
        rf"(?P<whole>\d{{1,3}}(?:{group}\d{{3}})+|\d{{1,2}}(?:{group}\d{{2}})+{group}\d{{3}}|\d*)"
        rf"(?:{point}(?P<fraction>\d*))?(?P<exponent>[eE][+-]?\d{{1,2}})?"
        r"\s*(?P<suffix>k|K|Mio\.?|Mrd\.?|M|bn|B)?\s*(?P<percent>%)?"
        rf"\s*(?:{_MARK})?$"
    )
    parts = (
        values.alias("value")
        .to_frame()
        .lazy()
        .with_columns(bracketed.alias("bracketed"), trailing.alias("trailing"), unsigned.alias("unsigned"))
        .with_columns(pl.col("unsigned").str.extract_groups(pattern).alias("parts"))
        .unnest("parts")
        .collect()
    )
    whole = pl.col("whole").str.replace_all(group, "")
    fraction = pl.col("fraction").fill_null("")
    digits = pl.concat_str(whole, pl.lit("."), fraction, pl.col("exponent").fill_null(""))
    signs = (
        pl.col("bracketed").cast(pl.Int8)
        + pl.col("trailing").cast(pl.Int8)
        + (pl.col("before") != "").cast(pl.Int8)
        + (pl.col("inner") != "").cast(pl.Int8)
    )
    kinds_of_groups = sum(
        pl.col("whole").str.contains(kind).cast(pl.Int8) for kind in (rf"[{thousands}]", r"\s", "['’]")
    )
    minus = pl.col("bracketed") | pl.col("trailing") | (pl.col("before") == "-") | (pl.col("inner") == "-")
    valid = (
        ((pl.col("whole") != "") | (fraction != ""))
        & (signs <= 1)
        & (kinds_of_groups <= 1)
        & (pl.col("percent").is_null() | pl.lit(percent))
    )
    wide = pl.Decimal(PRECISION, 12)
    number = digits.cast(wide, strict=False)
    factor = (
        pl.col("suffix")
        .fill_null("")
        .str.strip_suffix(".")
        .replace_strict(list(_MULTIPLIERS), list(_MULTIPLIERS.values()), default=1, return_dtype=pl.Int64)
    )
    scaled = (
        pl.when(pl.col("suffix").is_not_null())
        .then(number.cast(pl.Decimal(PRECISION, 6), strict=False) * factor.cast(pl.Decimal(PRECISION, 0)))
        .otherwise(number)
    )
    result = (
        pl.when(pl.col("percent").is_not_null())
        .then(_hundredth(digits))
        .otherwise(scaled.cast(wide, strict=False))
    )
    frame = parts.select(
        pl.when(valid)
        .then(pl.when(minus).then(-result).otherwise(result))
        .cast(target, strict=False)
        .alias("number")
    )
    return frame["number"]


def _hundredth(digits: pl.Expr) -> pl.Expr:
    """The number divided by a hundred, exactly: two is taken off the exponent."""
    written = digits.str.extract(r"[eE]([+-]?\d+)$").cast(pl.Int32, strict=False).fill_null(0)
    mantissa = digits.str.replace(r"[eE].*$", "")
    return pl.concat_str(mantissa, pl.lit("e"), (written - 2).cast(pl.String)).cast(
        pl.Decimal(PRECISION, 12), strict=False
    )
