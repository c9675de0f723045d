"""Hostile text wherever data can come from: nothing of it may ever be obeyed by the terminal.

The screen runs in a pseudo-terminal, every view and every list is opened, and what was written is searched
for any escape sequence and control character that is not Textual's own.
"""

import base64
import csv
import re
import sys
from pathlib import Path

import pytest
from terminal import Terminal
from wire import Wire, foreign_sequences

from cockpit.base.clean import clean_note

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
OBEYED = (
    f"A{ESC}]0;PWNED{BEL}B",
    f"{ESC}]52;c;UFdO{BEL}",
    f"{ESC}[2J{ESC}[H{ESC}[6n{ESC}[c",
    "\x9b31m\x9d0;PWNED\x9c\x90q\x9c",
    f"{ESC}]0;PWNED-unfinished",
    f"{ESC}Pq{ST}{ESC}_G{ST}{ESC}^x{ST}",
    f"{ESC}P unfinished",
    "b\bc\vd\fe\x7ff\x01g",
    f"{ESC}]8;;http://evil.example{ST}click{ESC}]8;;{ST}",
)
"""What a terminal would obey: title, clipboard, questions, C1 forms, unfinished strings, controls, links."""
MARKUP = ("deal [/b] x", "[", "[[", "\\[", "list [EMEA]", "[@click=app.quit]x[/]", "[@click=()]", "[link=x]")
DECEIVING = ("\u202efdp.exe", "\u2066x\u2069", "\u061cy", "Br\u200book", "Br\U000e0041ook", "\ufeffz")
WIDE = (
    "日本語株式会社",
    "👩‍👩‍👧 Family",
    "🇩🇪🇫🇷",
    "☎\ufe0f Tel",
    "العربية",
    "e" + "\u0301" * 20_000,
    "x" * 1_000_000,
)
PAYLOADS = (*OBEYED, *MARKUP, *DECEIVING, *WIDE)


def toml_text(text: str) -> str:
    """A TOML string that means the text."""
    return '"' + "".join(f"\\U{ord(letter):08X}" for letter in text) + '"'


def rewrite(path: Path, spoil: dict[str, int], extra_head: str | None = None) -> None:
    """Put the payloads into the named columns of a CSV file, a payload a row; some at the end too."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    head = rows[0]
    for number, row in enumerate(rows[1:]):
        for column, shift in spoil.items():
            row[head.index(column)] = PAYLOADS[(number + shift) % len(PAYLOADS)][:20_010]
    if extra_head is not None:
        head.append(extra_head)
        for row in rows[1:]:
            row.append(OBEYED[0])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def hostile(small_demo: Path, own_home: Path) -> Path:
    """The demo with hostile text in cells, headers, a file name, owners, accounts, TOML and the calendar."""
    rewrite(
        small_demo / "opportunities.csv",
        {"Topic": 0, "NextStep": 3, "LostReason": 5, "Stage": 7, "Product": 2},
        f"Head{OBEYED[0]}[/b]",
    )
    rewrite(small_demo / "accounts.csv", {"Account": 1, "Segment": 4})
    rewrite(small_demo / "sellers.csv", {"Owner": 2, "Manager": 6, "Region": 8})
    rewrite(small_demo / "contacts.csv", {"Name": 0, "Role": 3})
    hostile_name = f"quota {ESC}]0;PWNED{BEL}.csv"
    (small_demo / "quota.csv").rename(small_demo / hostile_name)
    config = (small_demo / "cockpit.toml").read_text(encoding="utf-8")
    config = config.replace('name = "US Field"', f"name = {toml_text('US ' + OBEYED[0])}")
    config = config.replace('"quota.csv"', toml_text(hostile_name))
    config = config.replace('"finance close, 6 Oct 2026"', toml_text(OBEYED[1] + "[/b]"))
    config = config.replace("[slices] ", f"[slices]\n{toml_text(OBEYED[2])} = \"ou = 'East'\"  ")
    (small_demo / "cockpit.toml").write_text(config, encoding="utf-8")
    calendar = small_demo / "calendars" / "us-field.toml"
    text = calendar.read_text(encoding="utf-8").replace(
        'title   = "US Field rhythm of business, July to June"', f"title = {toml_text(OBEYED[0])}"
    )
    text += f"""
[[event]]
id = "hostile"
kind = "deadline"
title = {toml_text(OBEYED[0] + OBEYED[3] + "[/b]")}
when = "every Mon"

[[role]]
name = {toml_text(OBEYED[1])}
group = {toml_text(OBEYED[2])}

[[action]]
id = "hostile-task"
title = {toml_text(OBEYED[4] + "[@click=app.quit]x[/]")}
event = "hostile"
owner = {toml_text(OBEYED[1])}
due = "event"
lead = "5bd"
workstream = "hygiene"
"""
    calendar.write_text(text, encoding="utf-8")
    themes = own_home / "config" / "cockpit" / "themes"
    themes.mkdir(parents=True)
    bad = toml_text(OBEYED[0])
    (themes / f"bad{ESC}]0;PWNED{BEL}.toml").write_text(f"title = {bad}\nforeground = {bad}\nx = 1\n")
    return small_demo


def cockpit(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "cockpit", "-w", str(folder), *more]


def is_own_copy(sequence: str) -> bool:
    """Whether it is a copy that a key asked for: clean text, and not the one that the data asks for."""
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", sequence)
    if found is None:
        return False
    text = base64.b64decode(found[1]).decode()
    return text != "PWN" and clean_note(text.replace("\t", " ").strip()) == text.replace("\t", " ").strip()


TOUR = (
    *("1", "\r", "\x1b", "T", "T", "e", "\x1b", "G", "y", "r"),
    *("2", "\r", "\x1b", "G", "e", "\x1b"),
    *("3", "i", "i", "\r", "\x1b", "/", "PWN", "\r", "\x1b", "f", "a", "\x1b", "\x1b"),
    *("4", "\r", "\r", "\r", "\x1b", "y", "r", "y", "t", "f", "b", "\x1b", "s", "a", "\x1b", "\x1b"),
    *("5", "\r", "\r", "\x1b", "\x1b", "6", "\r", "\x1b", "7", "j", "j", "\r", "\x1b", "w", "\x1b"),
    *(
        ":",
        "PWN",
        "\x1b",
        "?",
        "\x1b",
        "W",
        "a note \x1b]0;PWNED\x07",
        "\x15",
        "\x1b",
        "+",
        "\x1b",
        "U",
        "\x1b",
    ),
)
"""Keys that open every view, list and prompt."""


@pytest.mark.parametrize(
    ("size", "options", "environment"),
    [
        ((120, 40), (), {}),
        ((80, 24), ("--theme", "ansi"), {}),
        ((200, 60), ("--ascii",), {"NO_COLOR": "1"}),
    ],
    ids=["dark", "ansi", "no colour, ascii"],
)
def test_nothing_of_the_data_is_obeyed(
    hostile: Path, size: tuple[int, int], options: tuple[str, ...], environment: dict[str, str]
) -> None:
    """Cases 1 to 16: nothing but Textual's own sequences is written, and nothing ends the program."""
    names = {"USER": OBEYED[0], "LOGNAME": OBEYED[1], "EDITOR": OBEYED[2]}
    with Wire(cockpit(hostile, *options), size, {**names, **environment}) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        for key in TOUR:
            wire.press(key)
            wire.rest(quiet=0.15)
        wire.press("\x11")
        assert wire.ended() == 0
    foreign = foreign_sequences(wire.written)
    assert [found for found in foreign if not is_own_copy(found)] == []
    text = wire.written.decode("utf-8", errors="replace")
    assert "\ufffd]0;PWNED\ufffd" in text  # shown, as text
    assert not any(mark in text for mark in ("\u202e", "\u2066", "\u061c", "\ufeffz", "\U000e0041"))


@pytest.mark.parametrize(
    "options",
    [("--theme", OBEYED[0]), ("--keymap", OBEYED[0]), ("--theme", f"bad{ESC}]0;PWNED{BEL}")],
    ids=["theme", "keymap", "theme file"],
)
def test_a_name_from_the_command_line_is_shown_not_obeyed(hostile: Path, options: tuple[str, ...]) -> None:
    """Case 7: names in error text."""
    with Wire(cockpit(hostile, *options)) as wire:
        wire.wait_for("not used")
        wire.rest()
        wire.press("q")
        assert wire.ended() == 0
    assert foreign_sequences(wire.written) == []


def test_errors_about_hostile_files_are_clean(hostile: Path, tmp_path: Path) -> None:
    """Cases 7, 35 and 36: what is wrong with a configuration is told without obeying it."""
    path = hostile / "cockpit.toml"
    good = path.read_text(encoding="utf-8")
    deep, digits = "x = " + "[" * 5_000 + "]" * 5_000, "x = " + "9" * 5_000
    spoiled = [
        f"{toml_text(OBEYED[0])} = 1\n{good}",
        good.replace('"accounts.csv"', toml_text(f"../../{ESC}]0;PWNED{BEL}")),
        good.replace('"accounts.csv"', toml_text("a\0b")),
        good.replace('"accounts.csv"', toml_text("a\nb" + OBEYED[0])),
        good.replace('calendar = "us-field"', f"calendar = {toml_text('../../' + OBEYED[0])}"),
        good.replace('calendar = "us-field"', f'calendar = "{"n" * 300}"'),
        good.replace('currency = "USD"', f"currency = {toml_text(OBEYED[0])}"),
        f"{deep}\n{good}",
        f"{digits}\n{good}",
        f"name = 1\nname = 2\n{good}",
        "\x1b]0;PWNED\x07",
    ]
    for number, text in enumerate(spoiled):
        folder = tmp_path / f"ws{number}"
        folder.mkdir()
        for file in hostile.iterdir():
            (folder / file.name).symlink_to(file)
        (folder / "cockpit.toml").unlink()
        (folder / "cockpit.toml").write_text(text, encoding="utf-8")
        with Wire([sys.executable, "-m", "cockpit", "-w", str(folder), "brief"]) as wire:
            assert wire.ended(20) in (0, 1, 2, 3), number
        assert foreign_sequences(wire.written) == [], wire.written[-600:]
        assert b"Traceback" not in wire.written, number


def test_a_configuration_with_a_byte_order_mark_is_read(hostile: Path) -> None:
    """Case 35."""
    path = hostile / "cockpit.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with Wire([sys.executable, "-m", "cockpit", "-w", str(hostile), "tasks"]) as wire:
        assert wire.ended(20) == 0, wire.written[-600:]
    assert foreign_sequences(wire.written) == []


def test_the_title_and_the_clipboard_of_tmux_stay_as_they_are(hostile: Path) -> None:
    """Cases 1 and 2, as a terminal sees them."""
    with Terminal(cockpit(hostile)) as screen:
        screen.wait_for("BD 38")
        before = screen.title
        for view in "1234567":
            screen.keys(view, "Enter", "Escape")
        screen.keys("4", "Enter", "Enter", "G", "Escape")
        screen.wait_for("BD 38")
        assert screen.title == before
        assert "PWNED" not in screen.title
        assert screen.clipboard == ""


def test_a_click_on_data_does_nothing_that_the_data_says(hostile: Path) -> None:
    """Case 10: every row is clicked; the program goes on."""
    with Wire(cockpit(hostile)) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        for view in "347":
            wire.press(view)
            wire.rest()
            for y in range(3, 38, 2):
                wire.press(f"\x1b[<0;6;{y}M\x1b[<0;6;{y}m")
                wire.rest(quiet=0.05)
            wire.press("\x1b")
            wire.rest(quiet=0.1)
        wire.press("1")
        wire.rest()
        wire.press("q")
        assert wire.ended() == 0
    assert foreign_sequences(wire.written) == []


def test_a_cell_of_a_megabyte_is_capped_with_a_notice_and_the_screen_lives(small_demo: Path) -> None:
    """Case 16."""
    path = small_demo / "opportunities.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    topic = rows[0].index("Topic")
    for row in rows[1:4]:
        row[topic] = "y" * 1_000_000
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    with Wire(cockpit(small_demo)) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        wire.press("7")
        wire.wait_for("longer than 1,000 characters")
        for key in ("4", "\r", "\r", "\r", "y", "t", "1"):
            wire.press(key)
            wire.rest(quiet=0.2)
        wire.press("q")
        assert wire.ended() == 0
    assert b"y" * 1_001 not in wire.written
    assert [one for one in foreign_sequences(wire.written) if not is_own_copy(one)] == []


def test_a_sheet_of_hostile_name_and_thousands_of_columns(small_demo: Path) -> None:
    """Cases 7 and 16."""
    import xlsxwriter

    sheet = "[/b] [EMEA]@click"
    with (small_demo / "quota.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    rows[0] += [f"column {number} [/b]\x1b[2J" for number in range(5_000)]
    with xlsxwriter.Workbook(small_demo / "quota.xlsx") as book:
        page = book.add_worksheet(sheet.replace("[", "(").replace("]", ")").replace("/", "|"))
        for y, row in enumerate(rows[:200]):
            for x, cell in enumerate(row):
                page.write_string(y, x, cell)
    config = (small_demo / "cockpit.toml").read_text(encoding="utf-8")
    (small_demo / "cockpit.toml").write_text(config.replace('"quota.csv"', '"quota.xlsx"'), encoding="utf-8")
    with Wire(cockpit(small_demo)) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        for key in ("7", "j", "j", "j", "j", "j", "\r", "T", "\x1b", "1"):
            wire.press(key)
            wire.rest(quiet=0.2)
        wire.press("q")
        assert wire.ended() == 0
    assert foreign_sequences(wire.written) == []


def test_a_secret_of_the_environment_is_written_nowhere(small_demo: Path, own_home: Path) -> None:
    """Case 38: neither the screen nor a crash file nor any other file holds it."""
    canary = "canary-5f1c0ffee"
    secret = {"COCKPIT_TOKEN": canary, "CRM_TOKEN": canary}
    with Wire(cockpit(small_demo), environment=secret) as wire:
        wire.wait_for("BD 38")
        wire.rest()
        wire.press("7")
        wire.rest()
        wire.press("q")
        assert wire.ended() == 0
    assert canary.encode() not in wire.written
    for folder in (own_home, small_demo):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert canary.encode() not in path.read_bytes(), path


def test_what_cannot_be_obeyed_is_told_from_what_is_textuals_own() -> None:
    """The net itself catches what it is for."""
    for payload in OBEYED:
        assert foreign_sequences(f"\x1b[1mx{payload}\x1b[0m".encode()), payload
    assert foreign_sequences(b"\x1b[38;2;1;2;3mx\x1b[0m\x1b[3;4H\x1b]22;default\x07\r") == []
