"""The one registry of what keys can do.

Bindings, palette, footer, help and the key reference are made from it. Small letters look, capitals
write; the same key means the same everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Group = Literal["Move", "Views", "Look", "Ask", "Take along", "Change", "Program"]
Where = Literal["anywhere", "line", "task"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does.

    Attributes:
        name: what keymaps call it.
        keys: its keys in the default keymap; a sequence is written with blanks ("g g").
        label: one or two words for the foot line and the help.
        help: one sentence.
        group: the heading it stands under in the help.
        writes: whether it changes what is stored.
        where: what must be under the cursor for it to apply.
        foot: place in the foot line, 1 the most important; 0 for none.
        hint: place in the line of keys above the foot of a drill level; 0 for none.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: Group
    writes: bool = False
    where: Where = "anywhere"
    foot: int = 0
    hint: int = 0


def _views() -> Iterable[Action]:
    titles = ("Today", "Rhythm", "Tasks", "Pipeline", "Annuity", "FastStart", "Data")
    for number, title in enumerate(titles, 1):
        yield Action(f"view_{title.lower()}", (str(number),), title, f"The view {title}.", "Views")


ACTIONS: tuple[Action, ...] = (
    Action("down", ("down", "j"), "down", "One line down; past the end, to the pane below.", "Move"),
    Action("up", ("up", "k"), "up", "One line up; past the start, to the pane above.", "Move"),
    Action("left", ("left", "h"), "left", "To the column or pane on the left.", "Move"),
    Action("right", ("right", "l"), "right", "To the column or pane on the right.", "Move"),
    Action("page_down", ("pagedown",), "page down", "One page down.", "Move"),
    Action("page_up", ("pageup",), "page up", "One page up.", "Move"),
    Action("first", ("g g", "home"), "first", "To the first line.", "Move"),
    Action("last", ("G", "end"), "last", "To the last line.", "Move"),
    Action("jump", (",",), "jump", "Letters on every line: typing one puts the cursor there.", "Move"),
    Action("set_mark", ('"',), "mark", "Mark this place with a letter.", "Move"),
    Action("go_mark", ("'",), "to mark", "To the place that was marked with a letter.", "Move"),
    Action("next_pane", ("tab",), "next pane", "To the next pane.", "Move"),
    Action("previous_pane", ("shift+tab",), "previous pane", "To the previous pane.", "Move"),
    *_views(),
    Action("last_view", ("0",), "last view", "Back to the view before this one.", "Views"),
    Action("visit_back", ("(",), "back in time", "To what was seen before, in whatever view.", "Views"),
    Action("visit_forward", (")",), "forward in time", "To what one came back from.", "Views"),
    Action("open", ("enter",), "open", "One level down into what is under the cursor.", "Views",
           where="line", foot=2, hint=1),
    Action("back", ("escape", "backspace"), "back", "One level back, the cursor as it was.",
           "Views", foot=3),
    Action("next_sibling", (">",), "next", "The next one at this level: next manager, month, agreement.",
           "Views", hint=3),
    Action("previous_sibling", ("<",), "previous", "The one before at this level.", "Views"),
    Action("explain", ("e",), "why", "Why this is so: the formula, the rule, what was left out.", "Look",
           foot=4, hint=4),
    Action("history", ("H",), "history", "Everything that has happened to the task, newest first.", "Look",
           where="task"),
    Action("detail", ("i",), "detail", "The detail of what is under the cursor, beside the view.", "Look"),
    Action("zoom", ("z",), "pane alone", "This pane alone on the screen, and back.", "Look"),
    Action("move_pane", ("M",), "move pane", "This pane and the next one change places, for good.", "Look"),
    Action("density", ("Z",), "denser", "Without blank lines and rules, so more fits; and back.", "Look"),
    Action("twin", ("T",), "as text", "Everything on this screen as plain lines from top to bottom.", "Look"),
    Action("narrow", ("/",), "narrow", "Only what matches a text; Esc clears it.", "Ask", foot=5),
    Action("saved_view", ("b",), "saved view", "A list of tasks or a figure that was saved by name.", "Ask"),
    Action("next_match", ("n",), "next match", "To the next line that matches.", "Ask"),
    Action("filter_again", (".",), "filter again",
           "Narrow by the text that was used last; again: the one before.", "Ask"),
    Action("divide", ("d",), "divide", "Divide by a dimension, picked by its letter.", "Ask", hint=2),
    Action("columns", ("|",), "columns", "Hide, freeze, widen the column under the cursor, or put it first.",
           "Ask"),
    Action("sort", ("s",), "sort", "Sort by a column; the same one again: reversed.", "Ask"),
    Action("frequency", ("f",), "count values", "How often each value of a column occurs here.",
           "Ask"),
    Action("chart", ("c",), "chart", "The figure as a picture: trend, distribution, pivot, funnel ...", "Ask",
           hint=8),
    Action("versus", ("v",), "versus", "Compare with a period before, the target, nothing.", "Ask"),
    Action("period", ("p",), "period", "Ask for another period.", "Ask"),
    Action("slice", ("w",), "slice", "A filter for every view: me, my team, one of [slices].", "Ask"),
    Action("day_back", ("[",), "BD back", "Figures as of one business day earlier.", "Ask"),
    Action("day_on", ("]",), "BD on", "Figures as of one business day later.", "Ask"),
    Action("period_back", ("{",), "lock back", "As of the last lock or period end before.", "Ask"),
    Action("period_on", ("}",), "lock on", "As of the next lock or period end, then of today.", "Ask"),
    Action("today", ("t",), "today", "Figures as of the workspace's own date again.", "Ask"),
    Action("copy", ("y",), "copy", "Copy the value, row, table, link or brief; it says where it went.",
           "Take along", hint=6),
    Action("copy_row", ("Y",), "copy row", "Copy the row under the cursor.", "Take along", where="line"),
    Action("export", ("x",), "export", "Write what is seen to a CSV or XLSX file.", "Take along", hint=7),
    Action("link", ("o",), "open in CRM", "Open the record in the CRM; over SSH, copy its address.",
           "Take along", where="line"),
    Action("message", ("m",), "ask", "A text for those behind the line: owners of tasks, deals, figures.",
           "Take along", where="line", hint=5),
    Action("select", ("space",), "select", "Select the line; capitals then act on all selected.",
           "Change", where="line"),
    Action("assign", ("A",), "Assign", "Give the task to somebody.", "Change", True, "task"),
    Action("block", ("B",), "Block", "Blocked, and why.", "Change", True, "task"),
    Action("claim", ("C",), "Claim", "Claim the task; claimed already: start it.", "Change", True, "task"),
    Action("done", ("D",), "Done", "Done, with the evidence.", "Change", True, "task"),
    Action("postpone", ("P",), "Postpone", "To another day, and why.", "Change", True, "task"),
    Action("reopen", ("R",), "Reopen", "Open again what was finished.", "Change", True, "task"),
    Action("note", ("W",), "Write note", "Write a note on what is under the cursor.", "Change", True, "line"),
    Action("add", ("+",), "new task", "A new task.", "Change", True),
    Action("drop", ("-",), "drop", "Drop the task, and why.", "Change", True, "task"),
    Action("undo", ("U",), "undo", "Your last changes; Enter undoes or redoes one.", "Change", True),
    Action("edit", ("E",), "Edit", "A field of the task, picked by its letter; else the calendar's file.",
           "Change", True),
    Action("save_view", ("S",), "Save view",
           "Save this list of tasks, figure or its rows under a name in cockpit.toml.", "Change", True),
    Action("go", (":",), "go", "Go to or do anything: views, figures, tasks, accounts, agreements, dates.",
           "Program", foot=6),
    Action("help", ("?", "f1"), "keys", "The keys that work here.", "Program", foot=1),
    Action("reload", ("r",), "reload", "Pull the sources again; pressed meanwhile, stop that.", "Program"),
    Action("findings", ("a",), "findings", "All that needs a person today, ranked; P keeps one quiet.",
           "Program"),
    Action("problems", ("!",), "problems", "What is wrong with the data.", "Program"),
    Action("workspaces", ("@",), "workspaces", "Switch to another workspace that was opened here.",
           "Program"),
    Action("blank_money", (";",), "hide amounts", "Hide all amounts, for a shared screen; again: show.",
           "Program"),
    Action("quit", ("q", "ctrl+q", "ctrl+c"), "quit", "Leave; nothing is lost.", "Program"),
)  # fmt: skip

BY_NAME: dict[str, Action] = {action.name: action for action in ACTIONS}

KEY_WORDS = {
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift-Tab", "space": "Space",
    "up": "Up", "down": "Down", "left": "Left", "right": "Right", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End", "backspace": "Backspace", "delete": "Del",
}  # fmt: skip


def key_words(keys: str) -> str:
    """A key or sequence as people read it: "g g", "Esc", "F1", "Ctrl-q"."""
    words = []
    for key in keys.split(" "):
        if key in KEY_WORDS:
            words.append(KEY_WORDS[key])
        elif key.startswith("ctrl+"):
            words.append("Ctrl-" + key.removeprefix("ctrl+"))
        elif len(key) > 1 and key[0] == "f" and key[1:].isdigit():
            words.append(key.upper())
        else:
            words.append(key)
    return " ".join(words)
