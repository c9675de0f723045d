"""From JSON as it was sent to rows of text: numbers keep every digit, nested records become dotted names."""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, TypeAlias

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.failures import NonsenseError
from cockpit.sources.http.spec import shown_url

Row: TypeAlias = dict[str, str | None]
"""One row: header to text, None where there is nothing."""
_DEEPEST = 6
_LARGEST_EXPONENT = 30
_MOST_DIGITS = 4_000


@contextmanager
def without_collector() -> Iterator[None]:
    """Read a page in half the time: its many records hold no circle that the collector could find."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Digits(str):
    """A number with a fraction or an exponent, as it was sent: no digit is lost, and text stays text."""

    __slots__ = ()

    @property
    def plain(self) -> str:
        """As people write it: 1.5E3 becomes 1500."""
        if "e" not in self and "E" not in self:
            return str(self)
        try:
            number = Decimal(self)
        except InvalidOperation:
            return str(self)
        return format(number, "f") if abs(number.adjusted()) <= _LARGEST_EXPONENT else str(self)


def document_in(body: bytes, url: str) -> Any:
    """The JSON document of an answer. Numbers that are not whole come as `Digits`.

    NaN and infinities stay words, for the cast to refuse with their row.

    Raises:
        NonsenseError: it is not JSON, is nested too deep, or holds a key twice in one record.
    """
    document = _quickly(body)
    if document is not _UNSURE:
        return document
    try:
        return json.loads(
            body, parse_float=Digits, parse_int=_whole, parse_constant=str, object_pairs_hook=_unrepeated
        )
    except RecursionError as error:
        raise NonsenseError(Problem("the answer is nested too deep", shown_url(url))) from error
    except ValueError as error:
        words = f"the answer is not JSON: {clean(str(error))[:200]}"
        raise NonsenseError(Problem(words, shown_url(url), hint="try again, or look at url")) from error


def _quickly(body: bytes) -> Any:
    """The document, or `_UNSURE` where it must be looked at with care.

    The quick reader takes the last of repeated keys. There is none where the ends of keys in the text are as
    many as the keys that came of it: a repeated key, and text that looks like the end of one, only add to
    the first.
    """
    try:
        document = _QUICK.decode(body)
        return document if _keys(document) == body.count(b'":') else _UNSURE
    except (ValueError, RecursionError):  # the careful reader says what is wrong
        return _UNSURE


def _keys(document: Any) -> int:
    """How many keys a document has, of all its records together; level by level."""
    count = 0
    level = [document]
    while level:
        records = [one for one in level if type(one) is dict]
        count += sum(map(len, records))
        inside = list(chain.from_iterable(map(dict.values, records)))
        inside += chain.from_iterable(one for one in level if type(one) is list)
        if _HOLDERS.isdisjoint(map(type, inside)):
            return count
        level = [one for one in inside if type(one) in _HOLDERS]
    return count


_HOLDERS = frozenset((dict, list))
_UNSURE = object()
_QUICK = msgspec.json.Decoder(float_hook=Digits)


def _whole(text: str) -> int | str:
    """A whole number; its text where it has more digits than Python converts."""
    return int(text) if len(text) < _MOST_DIGITS else text


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a key stands twice in one record")
    return record


def flat(record: Mapping[str, Any]) -> Row:
    """A record as a row: `{"account": {"name": "A"}}` has the header `account.name`; a list is JSON text."""
    row: Row = {}
    for name, value in record.items():
        if value is None or type(value) is str:
            row[name] = value
        else:
            _put(row, name, value, 1)
    return row


def _put(row: Row, name: str, value: Any, depth: int) -> None:
    if value is None or isinstance(value, str):
        row[name] = value.plain if type(value) is Digits else value
    elif isinstance(value, bool):
        row[name] = "true" if value else "false"
    elif isinstance(value, dict) and depth < _DEEPEST:
        for inner, part in value.items():
            _put(row, f"{name}.{inner}", part, depth + 1)
    else:
        row[name] = json.dumps(value, ensure_ascii=False)


def at_path(document: Any, path: str) -> Any:
    """What stands at a dotted path of a document, or None. A key that holds a dot itself goes first."""
    found = document
    rest = path
    while rest:
        if not isinstance(found, Mapping):
            return None
        if rest in found:
            return found[rest]
        name, _, rest = rest.partition(".")
        found = found.get(name)
    return found


def whole_number(value: Any) -> int | None:
    """A count as a server writes it, number or text; None for anything else."""
    text = str(value) if value is not None and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
