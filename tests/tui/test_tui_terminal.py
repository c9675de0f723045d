"""What a terminal lacks is seen from its environment, told in a quiet line, and done without."""

import pytest

from cockpit.tui.options import ScreenOptions
from cockpit.tui.terminal import fitted


@pytest.mark.parametrize(
    ("environment", "ascii_only", "words"),
    [
        ({}, False, ()),
        ({"LANG": "en_US.UTF-8"}, False, ()),
        ({"LC_ALL": "C.utf8", "LANG": "C"}, False, ()),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True, ("drawn in ASCII, since LC_ALL=C has no Unicode",)),
        ({"LANG": "de_DE@euro"}, True, ("drawn in ASCII, since LANG=de_DE@euro has no Unicode",)),
        ({"LANG": "de_DE.ISO-8859-1"}, True, ("drawn in ASCII, since LANG=de_DE.ISO-8859-1 has no Unicode",)),
        ({"TERM": "vt220"}, False, ("without colours, since TERM=vt220 has none",)),
        ({"TERM": "vt220", "NO_COLOR": "1"}, False, ()),
        ({"TERM": "vt220", "COLORTERM": "truecolor"}, False, ()),
        ({"TERM": "xterm-256color"}, False, ()),
        ({"TERM": "vt220", "LC_ALL": "C", "TEXTUAL_DRIVER": "x"}, False, ()),
    ],
)
def test_what_it_lacks(environment: dict[str, str], ascii_only: bool, words: tuple[str, ...]) -> None:
    options, notices = fitted(ScreenOptions(), environment)
    assert (options.ascii_only, notices) == (ascii_only, words)


def test_what_was_asked_for_needs_no_line() -> None:
    assert fitted(ScreenOptions(ascii_only=True), {"LC_ALL": "C"}) == (ScreenOptions(ascii_only=True), ())
