"""Labels of fiscal units: the canonical ones that keys hold, and the calendar's own templates."""

import re
from collections.abc import Mapping

import msgspec

from cockpit.base.problems import did_you_mean
from cockpit.fiscal.unit import UnitKind

CANONICAL: Mapping[UnitKind, str] = {
    "year": "FY{yy}",
    "half": "FY{yy}-H{h}",
    "quarter": "FY{yy}-Q{q}",
    "period": "FY{yy}-P{pp}",
    "week": "FY{yy}-W{ww}",
}
"""Templates of the labels that are the same in every calendar."""

FIELDS: Mapping[str, str] = {
    "yy": r"(?P<yy>\d\d)",
    "yyyy": r"(?P<yyyy>\d{4})",
    "h": r"(?P<h>\d)",
    "q": r"(?P<q>\d)",
    "p": r"(?P<p>\d{1,2})",
    "pp": r"(?P<pp>\d\d)",
    "w": r"(?P<w>\d{1,2})",
    "ww": r"(?P<ww>\d\d)",
}
"""What a template may hold, and what each field looks like."""

_FIELD = re.compile(r"\{([^{}]*)\}")


class LabelNumbers(msgspec.Struct, frozen=True):
    """The numbers that a label is written from; None where the unit has none."""

    fy: int
    half: int | None = None
    quarter: int | None = None
    period: int | None = None
    week: int | None = None


def can_fill(template: str, numbers: LabelNumbers) -> bool:
    """Whether the unit has every number that the template asks for."""
    asked = set(_FIELD.findall(template))
    known = (("h", numbers.half), ("q", numbers.quarter), ("p", numbers.period), ("w", numbers.week))
    return all(number is not None or not {field, field * 2} & asked for field, number in known)


def fill(template: str, numbers: LabelNumbers) -> str:
    """A label from its template."""
    values = {
        "yy": f"{numbers.fy % 100:02}",
        "yyyy": f"{numbers.fy:04}",
        "h": _text(numbers.half),
        "q": _text(numbers.quarter),
        "p": _text(numbers.period),
        "pp": _text(numbers.period, 2),
        "w": _text(numbers.week),
        "ww": _text(numbers.week, 2),
    }
    return _FIELD.sub(lambda found: values.get(found.group(1), found.group()), template)


def canonical_label(kind: UnitKind, fy: int, number: int) -> str:
    """The label of a unit that is the same in every calendar, and part of keys."""
    return fill(CANONICAL[kind], LabelNumbers(fy, number, number, number, number))


def _text(number: int | None, width: int = 1) -> str:
    return "" if number is None else f"{number:0{width}}"


def pattern(template: str) -> re.Pattern[str]:
    """The expression that reads a label of that template, in any case."""
    parts: list[str] = []
    seen: set[str] = set()
    position = 0
    for found in _FIELD.finditer(template):
        parts.append(re.escape(template[position : found.start()]))
        field = found.group(1)
        parts.append(f"(?P={field})" if field in seen else FIELDS.get(field, re.escape(found.group())))
        seen.add(field)
        position = found.end()
    parts.append(re.escape(template[position:]))
    return re.compile("".join(parts), re.IGNORECASE)


def template_fault(template: str, kind: UnitKind) -> tuple[str, str | None] | None:
    """What is wrong with a label template, with a hint, or None."""
    for found in _FIELD.finditer(template):
        if found.group(1) not in FIELDS:
            known = ", ".join(f"{{{field}}}" for field in FIELDS)
            return f"unknown field {found.group()}", did_you_mean(found.group(1), FIELDS) or f"known: {known}"
    fields = set(_FIELD.findall(template))
    needed: Mapping[UnitKind, set[str]] = {
        "year": {"yy", "yyyy"},
        "half": {"h"},
        "quarter": {"q"},
        "period": {"p", "pp"},
        "week": {"w", "ww"},
    }
    if not fields & needed[kind]:
        wanted = " or ".join(f"{{{field}}}" for field in sorted(needed[kind]))
        return f"does not tell one {kind} from another", f"put {wanted} into it"
    if not fields & needed["year"]:
        return "does not tell one year from another", "put {yy} or {yyyy} into it"
    return None


def century(two_digits: int) -> int:
    """The year that two digits mean: 1970 to 2069."""
    return 2000 + two_digits if two_digits < 70 else 1900 + two_digits
