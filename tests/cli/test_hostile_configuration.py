"""Configurations that somebody could slip in: each is refused in one clean line that names file and line.

The numbers are those of the battery in which the cases were first written down.
"""

import os
import re
import stat
from pathlib import Path

import pytest

ESC, BEL = "\x1b", "\x07"
HOSTILE = f"A{ESC}]0;PWNED{BEL}B"
CANARY = "canary-9d1f77a0"


def toml_text(text: str) -> str:
    """A TOML string that means the text."""
    return '"' + "".join(f"\\U{ord(letter):08X}" for letter in text) + '"'


def changed(folder: Path, before: str, after: str) -> Path:
    """The workspace with something else in its configuration."""
    path = folder / "cockpit.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return folder


def in_one_clean_line(text: str) -> bool:
    return text.count("\n") == 1 and ESC not in text and BEL not in text and "Traceback" not in text


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("schema = 1", "x = " + "[" * 5_000 + "]" * 5_000, True, "nested deeper than 40 levels"),
        ("schema = 1", "x = " + "9" * 5_000, True, "a number of more than"),
        ("schema = 1", "schema = 1\nschema = 1", True, "this key is written twice"),
        ('name = "US Field"', "name = 5", True, "name: must be text"),
        ('name = "US Field"', 'nam = "US Field"', True, "did you mean name?"),
        ('name = "US Field"', f"{toml_text(HOSTILE)} = 1", False, "A\ufffd]0;PWNED\ufffdB: unknown key"),
        ("schema = 1", f"schema {ESC}]0;PWNED{BEL}", True, "Expected"),
    ],
    ids=["deep", "digits", "twice", "type", "unknown", "hostile key", "no TOML"],
)
def test_35_each_mistake_is_named_with_its_line(own_demo, command, before, after, line, words) -> None:
    ran = command("tasks", "-w", changed(own_demo, before, after))
    assert (ran.code, ran.out) == (2, "")
    assert in_one_clean_line(ran.err), ran.err
    assert words in ran.err
    place = rf"{re.escape(str(own_demo / 'cockpit.toml'))}:{'[45]:' if line else ''} "
    assert re.match(place, ran.err), ran.err


def test_35_a_byte_order_mark_is_no_mistake(own_demo, command) -> None:
    path = own_demo / "cockpit.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert command("tasks", "-w", own_demo).code == 0


@pytest.mark.parametrize("name", ["../../x", "a\0b", f"a\n{HOSTILE}", "n" * 300])
def test_36_a_calendar_that_no_file_can_be_is_refused(own_demo, command, name: str) -> None:
    folder = changed(own_demo, 'calendar = "us-field"', f"calendar = {toml_text(name)}")
    ran = command("tasks", "-w", folder)
    assert (ran.code, ran.out) == (2, "")
    assert in_one_clean_line(ran.err), ran.err
    assert "no calendar" in ran.err or "no such file" in ran.err


@pytest.mark.parametrize("name", ["../../x.csv", "a\0b.csv", f"a\n{HOSTILE}.csv", "n" * 300, f"{'n' * 300}*"])
def test_36_a_source_that_no_file_can_be_is_told_and_the_rest_goes_on(own_demo, command, name: str) -> None:
    folder = changed(own_demo, 'path = "quota.csv"', f"path = {toml_text(name)}")
    ran = command("kpi", "won_count", "quota", "--json", "-w", folder)
    assert ran.code == 0
    won, quota = ran.json()["rows"]
    assert won["value"] > 0
    assert quota["value"] is None and quota["reason"]
    told = [one for one in ran.err.splitlines() if "demo data" not in one]
    assert len(told) == 1 and ESC not in told[0]


@pytest.mark.parametrize("option", ["--theme", "--keymap"])
@pytest.mark.parametrize("name", ["../../x", "a\0b", f"a\n{HOSTILE}", "n" * 300, "x" * 300 + ".toml"])
def test_36_a_theme_or_keymap_that_no_file_can_be_is_told_and_replaced(option: str, name: str) -> None:
    from cockpit.tui.options import ScreenOptions
    from cockpit.tui.start import keymap_of, theme_of

    options = ScreenOptions(**{option.removeprefix("--"): name})
    found, words = theme_of(options) if option == "--theme" else keymap_of(options)
    assert found is not None
    assert words
    assert not any(ESC in one or "\n" in one for one in ([words] if isinstance(words, str) else words))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_37_a_state_folder_that_others_may_write_is_closed_and_it_is_said(own_demo, command) -> None:
    folder = own_demo / ".cockpit"
    folder.mkdir()
    folder.chmod(0o777)
    ran = command("tasks", "add", "x", "-w", own_demo)
    assert ran.code == 0
    assert "was open to others, is 700 again" in ran.err
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(one.stat().st_mode) & 0o077 == 0 for one in folder.rglob("*"))


def test_37_a_state_folder_that_is_a_link_is_refused(own_demo, command, tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (own_demo / ".cockpit").symlink_to(elsewhere)
    ran = command("tasks", "add", "x", "-w", own_demo)
    assert (ran.code, ran.out) == (3, "")
    assert "is a symbolic link" in ran.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_37_what_belongs_to_somebody_else_is_not_changed_but_told(own_demo, command, monkeypatch) -> None:
    assert command("tasks", "add", "x", "-w", own_demo).code == 0
    folder = own_demo / ".cockpit"
    folder.chmod(0o777)
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    ran = command("tasks", "add", "y", "-w", own_demo)
    assert "is open to others and belongs to somebody else (chmod 700 it)" in ran.err
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777


def test_38_a_crash_file_holds_no_value_of_the_program(own_home: Path) -> None:
    from cockpit.base.crash import keep

    def fails(token: str) -> None:
        customer = f"Contoso {token} {HOSTILE}"
        raise RuntimeError(customer)

    try:
        fails(CANARY)
    except RuntimeError as error:
        try:
            raise KeyError(CANARY) from error
        except KeyError as outer:
            words = keep(outer)
    report = next((own_home / "state" / "cockpit").glob("crash-*.txt"))
    text = report.read_text(encoding="utf-8")
    for secret in (CANARY, "Contoso", "PWNED", ESC):
        assert secret not in text
        assert secret not in words
    assert "RuntimeError" in text and "KeyError" in text and "in fails" in text
    assert len(text.splitlines()) < 30
    assert report.stat().st_mode & 0o077 == 0
