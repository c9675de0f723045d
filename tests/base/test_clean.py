"""What text from outside may become: a visible mark in place of whatever a terminal would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.cells import cells, left
from cockpit.base.clean import MAX_LENGTH, MAX_MARKS, REPLACEMENT, clean, clean_note

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (f"A {ESC}]0;PWNED{BEL} B", "A \ufffd]0;PWNED\ufffd B"),
        (f"{ESC}]52;c;UFdO{BEL}", "\ufffd]52;c;UFdO\ufffd"),
        (f"{ESC}[2J{ESC}[H{ESC}[6n{ESC}[c", "\ufffd[2J\ufffd[H\ufffd[6n\ufffd[c"),
        ("\x9b31m\x9d0;x\x9c\x90q", "\ufffd31m\ufffd0;x\ufffd\ufffdq"),
        (f"{ESC}P unfinished", "\ufffdP unfinished"),
        ("b\bc\rd\ve\ff\x00g\x7fh", "b\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh"),
        ("two\nlines\tand a tab", "two⏎lines⇥and a tab"),
        ("\u202efdp.exe", "\ufffdfdp.exe"),
        ("\u2066x\u2069 \u061cy", "\ufffdx\ufffd \ufffdy"),
        ("\ud800", "\ufffd"),
    ],
    ids=["1", "2", "3", "4", "5", "6", "lines", "12 override", "12 isolates", "17"],
)
def test_what_a_terminal_would_obey_is_one_visible_mark_each(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_a_mark_takes_one_cell_so_that_columns_stay_in_line() -> None:
    for control in (*range(0x20), 0x7F, *range(0x80, 0xA0)):
        assert cells(clean(f"a{chr(control)}b")) == 3, hex(control)


@pytest.mark.parametrize("text", ["deal [/b] x", "[", "[[", "\\[", "list [EMEA]", "[@click=app.quit]x[/]"])
def test_brackets_are_text_like_any_other(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("twin", ["Br\u200book", "Br\U000e0041ook", "\ufeffBrook", "Bro\u2060ok"])
def test_two_names_that_only_look_alike_do_not_look_alike_any_more(twin: str) -> None:
    assert clean(twin) != "Brook"
    assert REPLACEMENT in clean(twin)


def test_twenty_thousand_marks_on_a_letter_are_cut() -> None:
    text = clean("e" + "\u0301" * 20_000)
    assert sum(unicodedata.combining(letter) > 0 for letter in text) <= MAX_MARKS
    assert cells(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "日本語株式会社",
        "👩\u200d👩\u200d👧 Family",
        "🇩🇪🇫🇷",
        "☎\ufe0f Tel",
        "العربية",
        "می\u200cخواهم",
        "नमस्ते",
    ],
)
def test_what_people_write_stays_and_its_columns_are_in_line(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)
    assert all(cells(left(text, width)) == width for width in range(1, 30))


def test_a_cell_of_a_megabyte_is_cut_where_it_enters() -> None:
    assert len(clean("x" * 1_000_000)) == MAX_LENGTH
    assert clean("x" * 1_000_000).endswith("…")


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_comes_is_clean_afterwards_and_stays_as_it_is(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert len(shown) <= MAX_LENGTH
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)


@given(st.text())
def test_a_note_keeps_its_lines_and_each_is_clean(text: str) -> None:
    assert all(clean(line) == line for line in clean_note(text).split("\n"))
