"""Evidence: what a task asks for before it counts as done, and whether what was given is that."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cockpit.base.clean import clean_note
from cockpit.base.problems import Problem, UsageError

KINDS = ("link", "file", "number", "note", "signoff")
_CONDITION = re.compile(r"(>=|<=|!=|==|=|>|<)\s*([-+]?[\d.,]+)\s*(%?)$")
_COMPARE = {
    ">=": Decimal.__ge__, "<=": Decimal.__le__, ">": Decimal.__gt__, "<": Decimal.__lt__,
    "=": Decimal.__eq__, "==": Decimal.__eq__, "!=": Decimal.__ne__,
}  # fmt: skip


def accept(
    text: str,
    rule: Mapping[str, Any] | None,
    *,
    key: str,
    actor: str,
    actor_roles: Collection[str],
    doers: Collection[str],
    owner_role: str | None,
) -> str:
    """The evidence as it is kept, when it is what the rule asks for.

    Args:
        text: what was given.
        rule: `kind`, and by kind `pass` (number) or `by` (signoff); None accepts any words.
        key: key of the task, for problems.
        actor: login of who gives it.
        actor_roles: the roles of that person.
        doers: logins of those whose work is signed off, who cannot sign for themselves.
        owner_role: role whose work it is; a sign-off comes from another one.

    Raises:
        UsageError: it misses the rule, with the rule in words.
    """
    given = clean_note(text).strip()
    if not given:
        raise UsageError(Problem("evidence needs words, a link or a number", key=key))
    if rule is None:
        return given
    kind = rule.get("kind", "note")
    if kind == "link":
        problem = _not_a_link(given)
    elif kind == "file":
        problem = _not_a_file(given)
    elif kind == "number":
        problem = _misses(given, rule.get("pass"))
    elif kind == "signoff":
        problem = _may_not_sign(rule.get("by"), actor, actor_roles, doers, owner_role)
    else:
        problem = None
    if problem is not None:
        raise UsageError(Problem(problem, key=key, hint=rule.get("prompt")))
    return given


def in_words(rule: Mapping[str, Any] | None) -> str:
    """What a rule asks for, as a person would say it."""
    if rule is None:
        return "evidence in your own words"
    kind = rule.get("kind", "note")
    words = {
        "link": "a link",
        "file": "a file",
        "number": f"a number {rule.get('pass') or ''}".strip(),
        "note": "a note",
        "signoff": f"the sign-off of {rule.get('by') or 'another role'}",
    }
    return words.get(kind, "evidence")


def _not_a_link(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        valid = False
    return None if valid else f"asks for a link (https://...), not {text!r}"


def _not_a_file(text: str) -> str | None:
    if _not_a_link(text) is None:
        return None
    try:
        found = Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        found = False
    return None if found else f"asks for a file or a link to one; there is no file {text!r}"


def _number(text: str) -> tuple[Decimal, bool] | None:
    percent = text.endswith("%")
    try:
        value = Decimal(text.removesuffix("%").strip().replace(",", ""))
    except InvalidOperation:
        return None
    return (value, percent) if value.is_finite() else None


def _misses(text: str, condition: str | None) -> str | None:
    number = _number(text)
    if number is None:
        return f"asks for a number{f' {condition}' if condition else ''}, not {text!r}"
    if condition is None:
        return None
    for part in re.split(r"\s*(?:,|\band\b)\s+", condition.strip()):
        match = _CONDITION.match(part)
        wanted = _number(match.group(2) + match.group(3)) if match else None
        if match is None or wanted is None:
            return f"has a rule that cannot be read: {condition!r}"
        value, limit = _on_one_scale(number, wanted)
        if not _COMPARE[match.group(1)](value, limit):
            return f"asks for a number {condition}; {text} misses it"
    return None


def _on_one_scale(given: tuple[Decimal, bool], wanted: tuple[Decimal, bool]) -> tuple[Decimal, Decimal]:
    """Both as fractions where one is a percentage, so that 97%, 0.97 and a rule of 95% can be compared."""
    value, limit = given[0], wanted[0]
    if wanted[1]:
        limit /= 100
        if given[1] or abs(value) > 1:
            value /= 100
    elif given[1] and abs(limit) <= 1:
        value /= 100
    return value, limit


def _may_not_sign(
    by: str | None,
    actor: str,
    actor_roles: Collection[str],
    doers: Collection[str],
    owner_role: str | None,
) -> str | None:
    if actor in doers:
        return f"asks for a sign-off by somebody else than {actor}, whose work it is"
    if by is not None:
        return (
            None if by in actor_roles else f"asks for the sign-off of {by}; {actor} does not have that role"
        )
    if owner_role is not None and set(actor_roles) <= {owner_role}:
        return f"asks for a sign-off by another role than {owner_role}"
    return None
