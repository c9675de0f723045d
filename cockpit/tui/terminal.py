"""What the terminal can show, as far as its environment tells: Unicode, colours."""

from collections.abc import Mapping
from dataclasses import replace

from cockpit.tui.options import ScreenOptions

LOCALES = ("LC_ALL", "LC_CTYPE", "LANG")
"""Variables that name the character set, the first that is set before the others (POSIX)."""
PAGE = "TEXTUAL_DRIVER"
"""Set where a page of a browser is the terminal, which has both."""
COLOURLESS = ("vt", "ansi-m", "xterm-mono", "linux-m", "hurd")
"""How the names of terminals without colours begin in terminfo."""


def fitted(options: ScreenOptions, environment: Mapping[str, str]) -> tuple[ScreenOptions, tuple[str, ...]]:
    """The options as the terminal can show them, and a quiet line for each that it takes away.

    What was asked for on the command line needs no line.
    """
    notices = []
    said = _locale_without_unicode(environment)
    if said and not options.ascii_only:
        options = replace(options, ascii_only=True)
        notices.append(f"drawn in ASCII, since {said} has no Unicode")
    if without_colours(environment) and "NO_COLOR" not in environment:
        notices.append(f"without colours, since TERM={environment['TERM']} has none")
    return options, tuple(notices)


def _locale_without_unicode(environment: Mapping[str, str]) -> str:
    """The setting that names another character set than UTF-8, such as "LC_ALL=C"; "" for none.

    Where nothing is set, as in many containers, terminals are taken to know Unicode.
    """
    name = next((one for one in LOCALES if environment.get(one)), None)
    if name is None or PAGE in environment:
        return ""
    value = environment[name]
    charset = value.partition(".")[2].partition("@")[0].casefold().replace("-", "")
    return "" if charset == "utf8" else f"{name}={value}"


def without_colours(environment: Mapping[str, str]) -> bool:
    """Whether the terminal has no colours, by its name; a `COLORTERM` says that it has."""
    coloured = environment.get("COLORTERM") or PAGE in environment
    return environment.get("TERM", "").startswith(COLOURLESS) and not coloured
