"""Records of one page as columns of text: built a column at a time, since pages hold thousands of rows."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import polars as pl

from cockpit.sources.http.decode import Digits, Row, flat

_NOTHING = type(None)


def frame_of(
    records: Sequence[Mapping[str, Any]], header: Callable[[str], str | None] = lambda name: name
) -> pl.DataFrame:
    """Records as text, nested ones under dotted names.

    Args:
        records: as they were sent, numbers with a fraction as their text.
        header: what a member is called in the table; None leaves it out, with whatever is nested in it.
    """
    series: dict[str, pl.Series] = {}
    for name, values in _members(records).items():
        if header(name) is None:
            continue
        for inner, texts in _texts(name, values).items():
            called = header(inner)
            if called is not None:
                series[called] = _series(called, texts)
    return pl.DataFrame(list(series.values()), height=len(records))


def _members(records: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """The members of records, each with its values in their order."""
    if len(set(map(tuple, records))) == 1:  # the usual page: all have the same names in the same order
        return dict(zip(records[0], zip(*(one.values() for one in records), strict=True), strict=True))
    names = dict.fromkeys(chain.from_iterable(records))
    return {name: [record.get(name) for record in records] for name in names}


def keys_in(rows: Sequence[Row] | pl.DataFrame, key: str) -> list[str]:
    """The keys of rows; an empty text where there is none."""
    if isinstance(rows, pl.DataFrame):
        return [one or "" for one in rows.get_column(key)] if key in rows.columns else [""] * rows.height
    return [row.get(key) or "" for row in rows]


def names_in(rows: Sequence[Row] | pl.DataFrame) -> list[str]:
    """The columns of rows."""
    return rows.columns if isinstance(rows, pl.DataFrame) else list(dict.fromkeys(chain.from_iterable(rows)))


def _texts(name: str, values: Sequence[Any]) -> dict[str, Sequence[str | None]]:
    """One member of every record, as one column of text or, of nested records, as several."""
    kinds = set(map(type, values))
    if kinds <= {str, _NOTHING}:
        return {name: values}
    if kinds <= {str, Digits, _NOTHING} and "E" not in "".join(filter(None, values)).upper():
        return {name: values}
    if kinds <= {str, int, _NOTHING}:
        return {name: [value if value is None else str(value) for value in values]}
    if dict not in kinds:
        return {name: [_text(value) for value in values]}
    rows = [flat({name: value}) for value in values]
    names = dict.fromkeys(chain.from_iterable(rows))
    return {inner: [row.get(inner) for row in rows] for inner in names}


def _text(value: Any) -> str | None:
    if type(value) is Digits:
        return value.plain
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _series(name: str, values: Sequence[str | None]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:  # half of a character pair, which JSON can hold and UTF-8 cannot
        whole = [value.encode("utf-8", "replace").decode() if value is not None else None for value in values]
        return pl.Series(name, whole, dtype=pl.String)
