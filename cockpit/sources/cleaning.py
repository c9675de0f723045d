"""Every cell passes the cleaner once, when it enters; columns without anything suspicious are left alone."""

import polars as pl

from cockpit.base.clean import MAX_LENGTH, clean

_NOT_PLAIN = r"[^\x20-\x7e]"


def cleaned(frame: pl.DataFrame, thorough: bool) -> pl.DataFrame:
    """The text columns as `cleaned_and_cut` gives them."""
    return cleaned_and_cut(frame, thorough)[0]


def cleaned_and_cut(frame: pl.DataFrame, thorough: bool) -> tuple[pl.DataFrame, dict[str, int]]:
    """The text columns without blanks around them, with null for a blank, and with clean text.

    Args:
        frame: text columns.
        thorough: whether a cell may hold anything but printable ASCII; without it only length and
            spaces are looked at.

    Returns:
        The frame, and by column how many cells were too long and are cut.
    """
    if frame.is_empty():
        return frame, {}
    text = pl.col(pl.String)
    # Other blanks than spaces are not plain, so the values that have them are stripped one by one.
    padded = (text.str.starts_with(" ") | text.str.ends_with(" ")).any()
    facts = frame.lazy().select(
        padded.name.suffix(":padded"),
        (text == "").any().name.suffix(":blank"),
        (text.str.len_bytes().max() > MAX_LENGTH).name.suffix(":long"),
    )
    found = facts.collect().row(0, named=True)
    steps: list[pl.Expr] = []
    for name in frame.columns:
        column = pl.col(name)
        if found.get(f"{name}:padded"):
            column = column.str.strip_chars()
        if found.get(f"{name}:padded") or found.get(f"{name}:blank"):
            column = pl.when(column != "").then(column)
        steps.append(column.alias(name))
    frame = frame.select(steps)
    schema = frame.schema  # a schema is made each time it is asked for
    long = [name for name in schema if found.get(f"{name}:long")]
    suspects = [name for name in schema if schema[name] == pl.String and (thorough or name in long)]
    counts = {name: int((frame[name].str.len_chars() > MAX_LENGTH).sum()) for name in long}
    clean_frame = frame.with_columns(_clean_column(frame[name]) for name in suspects)
    return clean_frame, {name: count for name, count in counts.items() if count}


def _clean_column(column: pl.Series) -> pl.Series:
    """The column with each value cleaned; only values that the cleaner could change are looked at."""
    suspicious = column.str.contains(_NOT_PLAIN) | (column.str.len_bytes() > MAX_LENGTH)
    values = column.filter(suspicious.fill_null(False)).unique()
    changes = {}
    for value, stripped in zip(values, values.str.strip_chars(), strict=True):
        better = clean(stripped).strip()
        if better != value:
            changes[value] = better or None
    if not changes:
        return column
    return column.replace(
        pl.Series(list(changes), dtype=pl.String), pl.Series(list(changes.values()), dtype=pl.String)
    )
