"""Copying takes the first way that works and says which it was."""

import base64
from decimal import Decimal
from pathlib import Path

from cockpit.panes.view import RawTable
from cockpit.tui.clipboard import OSC_LIMIT, copy_text, osc_52
from cockpit.tui.taking import tabs


class Terminal:
    """Keeps what was written to it, and which programs were run."""

    def __init__(self, *working: str) -> None:
        self.written: list[str] = []
        self.fed: list[tuple[str, str]] = []
        self.working = working

    def feed(self, command, text):  # type: ignore[no-untyped-def]
        self.fed.append((command[0], text))
        return command[0] in self.working

    def copy(self, text: str = "a\tb", **environment: str) -> str:
        return copy_text(text, self.written.append, {"TERM": "xterm-256color", **environment}, self.feed)


def test_tmux_first() -> None:
    terminal = Terminal("tmux", "pbcopy")
    assert terminal.copy(TMUX="/tmp/x,1,0") == "through tmux"
    assert terminal.fed == [("tmux", "a\tb")]
    assert terminal.written == []


def test_gnu_screen_is_given_pieces_that_it_hands_on() -> None:
    terminal = Terminal()
    text = "x" * 1_000
    assert terminal.copy(text, STY="1.pts", SSH_CONNECTION="1 2 3 4").startswith("by OSC 52")
    pieces = terminal.written[0].split("\x1b\\")[:-1]
    assert all(piece.startswith("\x1bP") and len(piece) <= 252 for piece in pieces)
    assert "".join(piece.removeprefix("\x1bP") for piece in pieces) == osc_52(text)


def test_what_goes_into_a_spreadsheet_is_no_formula_and_numbers_are_untouched() -> None:
    table = RawTable("t", ("=name", "amount"), [("=1+1", Decimal("-5.10")), ("\t@SUM", -3), ("＝x", None)])
    assert tabs(table) == "'=name\tamount\n'=1+1\t-5.10\n' @SUM\t-3\n'＝x\t\n"


def test_over_ssh_the_terminal_is_asked_and_a_file_is_kept(own_home: Path) -> None:
    terminal = Terminal("pbcopy", "xclip")
    said = terminal.copy(SSH_CONNECTION="1 2 3 4", DISPLAY=":0")
    path = own_home / "state" / "cockpit" / "last-copy.txt"
    assert said == f"by OSC 52, and to {path}"
    assert terminal.fed == []
    assert terminal.written == ["\x1b]52;c;" + base64.b64encode(b"a\tb").decode() + "\a"]
    assert path.read_text() == "a\tb"
    assert path.stat().st_mode & 0o777 == 0o600


def test_on_this_machine_its_own_clipboard_where_the_terminal_takes_none() -> None:
    assert Terminal("pbcopy").copy(TERM_PROGRAM="Apple_Terminal") == "with pbcopy"
    old = {"VTE_VERSION": "6800"}
    assert Terminal("wl-copy", "xclip").copy(WAYLAND_DISPLAY="w", DISPLAY=":0", **old) == "with wl-copy"
    assert Terminal("xclip").copy(DISPLAY=":0", **old) == "with xclip"
    assert "by OSC 52" in Terminal("xclip").copy(DISPLAY=":0", VTE_VERSION="7601")


def test_tmux_that_fails_is_passed_over() -> None:
    terminal = Terminal("xclip")
    assert terminal.copy(TMUX="x", DISPLAY=":0", TERM="linux") == "with xclip"


def test_a_file_is_the_last_way(own_home: Path) -> None:
    terminal = Terminal()
    assert terminal.copy(TERM="linux") == f"to {own_home / 'state' / 'cockpit' / 'last-copy.txt'}"
    assert terminal.written == []
    long = "x" * (OSC_LIMIT + 1)
    assert terminal.copy(long, SSH_TTY="/dev/pts/1").startswith("to ")


def test_a_state_folder_that_cannot_be_written_is_said(own_home: Path) -> None:
    (own_home / "state").write_text("a file")
    assert Terminal().copy(TERM="linux").startswith("nowhere")


def test_escape_sequences_in_the_text_do_not_reach_the_terminal() -> None:
    terminal = Terminal()
    terminal.copy("\x1b]0;PWNED\a")
    assert "PWNED" not in terminal.written[0]
