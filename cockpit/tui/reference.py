"""The key reference as Markdown, made from the registry and the keymaps."""

from cockpit.tui.actions import ACTIONS, key_words
from cockpit.tui.keymap import NAMES, load_keymap

_INTRODUCTION = """# Keys

Small letters look, capitals write; the same key means the same in every view. Enter only opens, Esc only
goes back and never quits. No key needs Ctrl. `?` shows the keys that work where the cursor is, `:` finds
everything by name.

This page is made from the registry of actions; the names in the last column are what keymaps use.
"""


def keys_reference() -> str:
    """The page `docs/reference/keys.md`."""
    keymaps = {name: load_keymap(name) for name in NAMES}
    lines = [_INTRODUCTION]
    group = ""
    for action in ACTIONS:
        if action.group != group:
            group = action.group
            lines += ["", f"## {group}", "", "| default | vim | plain | what it does | action |"]
            lines.append("| --- | --- | --- | --- | --- |")
        cells = [_keys(keymaps[name].keys[action.name]) for name in NAMES]
        lines.append(f"| {' | '.join(cells)} | {_escaped(action.help)} | `{action.name}` |")
    return "\n".join(lines) + "\n"


def _keys(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`` {key_words(key)} ``" if "`" in key else f"`{key_words(key)}`" for key in keys)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
