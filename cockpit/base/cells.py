"""How wide text is on a terminal: in cells, not characters.

A CJK character takes two cells, a combining mark none. All cutting and padding happens here.
"""

import re

_ONE_CELL_EACH = re.compile(
    "[\x00-\x7f\xa0-\xac\xae-\u02ff\u2010-\u2015\u2018-\u2022\u2026\u2039\u203a\u2190-\u2193\u2212"
    "\u2500-\u259f\u25c6]*"
)
"""Latin letters and our own lines, blocks and marks: no table has to be looked at for them."""


def cells(text: str) -> int:
    """Terminal cells that the text takes; unprintable characters count as one."""
    if text.isascii() or _ONE_CELL_EACH.fullmatch(text):
        return len(text)
    from wcwidth import wcswidth, wcwidth  # 13 ms that the first frame can do without

    size = wcswidth(text)
    return size if size >= 0 else sum(max(wcwidth(character), 0) or 1 for character in text)


def fit(text: str, width: int) -> str:
    """The text cut to `width` cells, its last one an ellipsis where something was cut."""
    if width <= 0:
        return ""
    if cells(text) <= width:
        return text
    if _ONE_CELL_EACH.fullmatch(text):
        return text[: width - 1] + "…"
    from wcwidth import wcwidth

    kept, used = [], 0
    for character in text:
        size = max(wcwidth(character), 0)
        if used + size > width - 1:
            break
        kept.append(character)
        used += size
    while cells("".join(kept)) > width - 1:
        kept.pop()  # a selector makes the sign before it wider than it is by itself
    shown = "".join(kept)
    return shown + "…" + " " * (width - 1 - cells(shown))


def left(text: str, width: int) -> str:
    """The text cut or padded on the right to exactly `width` cells."""
    if len(text) <= width and text.isascii():
        return text.ljust(width)
    text = fit(text, width)
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """The text cut or padded on the left to exactly `width` cells."""
    if len(text) <= width and text.isascii():
        return text.rjust(width)
    text = fit(text, width)
    return " " * (width - cells(text)) + text
