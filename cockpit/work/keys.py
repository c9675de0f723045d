"""Finding an item by what people type: its key, or any ending of it that only one key has."""

from collections.abc import Collection, Sequence

from cockpit.base.problems import Problem, UsageError, nearest

SHOWN = 6
"""How many keys a message names at most."""
OFFERED = 3
"""How many keys are offered for a part of a key that stands in many."""
TELLING = 3
"""Letters of which a part says something about a key."""


def find_key(typed: str, keys: Collection[str], likely: Collection[str] = ()) -> str:
    """The key that was meant.

    A whole part of a key goes before a part of a part: `1` is `task/1` although `task/11` ends so too.

    Args:
        typed: a key or an ending of one.
        keys: all keys.
        likely: those that are named first where several are offered, such as those of unfinished tasks.

    Raises:
        UsageError: no key ends so (the nearest is offered), or several do (they are named).
    """
    text = typed.strip()
    if text in keys:
        return text
    if not text:
        raise UsageError(Problem("a key is missing", hint="`cockpit tasks` shows the keys"))
    whole = [key for key in keys if key.endswith(f"/{text}")]
    found = whole or [key for key in keys if key.endswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(_likely_first(found, likely)[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise UsageError(Problem(f"{len(found)} keys end so", key=text, hint=f"which one: {named}{more}"))
    hint = _offer(text, _likely_first(keys, likely))
    raise UsageError(Problem("no task has this key", key=text, hint=hint))


def _likely_first(keys: Collection[str], likely: Collection[str]) -> list[str]:
    return sorted(keys, key=lambda key: (key not in likely, key))


def _offer(text: str, keys: Sequence[str]) -> str:
    """The nearest key, compared with as many parts of each key as were typed, wherever in it they stand."""
    length = text.count("/") + 1
    endings: dict[str, str] = {}
    for key in keys:
        parts = key.split("/")
        for start in range(len(parts) - length, -1, -1):
            endings.setdefault("/".join(parts[start : start + length]), key)
        endings.setdefault(key, key)
    containing = [key for key in keys if text.casefold() in key.casefold()] if len(text) >= TELLING else []
    if containing:
        more = f", or {len(containing) - OFFERED} others" if len(containing) > OFFERED else ""
        return f"did you mean {' or '.join(containing[:OFFERED])}{more}?"
    guess = nearest(text, endings)
    return f"did you mean {endings[guess]}?" if guess else "`cockpit tasks all` shows every key"
