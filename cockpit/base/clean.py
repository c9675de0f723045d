"""The one cleaner that all text from outside passes before it is kept or shown.

Terminals obey control characters, and so text from a CRM, a file name, a header or a configuration
file could move the cursor, set the clipboard or fake a name. `clean` turns each such character into
the replacement character and leaves everything people write alone: emoji joiners, Persian and Indic
joiners, accents. Rules and evidence: terminal escape injection is CWE-150; bidirectional controls are
the "Trojan Source" class (CVE-2021-42574).
"""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MAX_LENGTH = 1_000
"""Longest text kept of one cell, in characters; the last one is then an ellipsis."""
MAX_MARKS = 4
"""Most combining marks kept on one base character."""

_HOSTILE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u200b\u2060-\u2064"  # invisible characters by which two equal-looking names differ
    "\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff"  # lone surrogates cannot be encoded
    "\U000e0000-\U000e007f"  # tag characters
)
_HOSTILE_CHARACTER = re.compile(f"[{_HOSTILE}]")
_MARK_RUN = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{5,}"
)


def clean(text: str) -> str:
    """The text with nothing in it that a terminal could obey.

    Control characters, bidirectional controls, tag characters and lone surrogates become U+FFFD; tab
    and newline become a visible mark; the result is in normal form NFC, has at most `MAX_MARKS`
    combining marks on a base and at most `MAX_LENGTH` characters. Cleaning twice changes nothing.
    """
    if text.isascii() and text.isprintable() and len(text) <= MAX_LENGTH:
        return text
    text = _HOSTILE_CHARACTER.sub(REPLACEMENT, text[: MAX_LENGTH * 8])
    text = text.replace("\n", "⏎").replace("\t", "⇥")
    text = unicodedata.normalize("NFC", text)
    text = _MARK_RUN.sub(lambda run: run.group()[:MAX_MARKS], text)
    if len(text) > MAX_LENGTH:
        text = text[: MAX_LENGTH - 1] + "…"
    return text


def clean_note(text: str) -> str:
    """Like `clean` for text of several lines: newlines stay, every line is clean."""
    return "\n".join(clean(line) for line in text.splitlines())
