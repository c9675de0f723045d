"""Keymaps: small TOML files that say which keys stand for which actions, checked before they are used.

A keymap starts from the keys of the registry, or of the keymap that it extends, and replaces the keys of
the actions it names. All mistakes of a file are reported at once.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from cockpit.base.clean import clean
from cockpit.base.paths import config_folder, is_a_file
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.tui.actions import ACTIONS, BY_NAME, KEY_WORDS, key_words

FOLDER = Path(__file__).parent / "keymaps"
NAMES = ("default", "vim", "plain")

_EATEN = {
    "ctrl+a": "GNU screen's prefix", "ctrl+b": "tmux's prefix", "ctrl+h": "Backspace", "ctrl+i": "Tab",
    "ctrl+j": "Enter", "ctrl+m": "Enter", "ctrl+k": "taken by many terminals",
    "ctrl+l": "taken by shells and tmux", "ctrl+s": "stops the terminal's output",
    "ctrl+z": "suspends the program", "ctrl+[": "Esc", "ctrl+enter": "Enter", "shift+enter": "Enter",
    "ctrl+space": "NUL",
}  # fmt: skip
_NAMED = {*KEY_WORDS, "insert", *(f"f{number}" for number in range(1, 13))}
_CTRL = re.compile(r"ctrl\+[a-z]")


class KeymapFile(msgspec.Struct, forbid_unknown_fields=True):
    """The TOML file of a keymap."""

    title: str = ""
    extends: str | None = None
    counts: bool = False
    keys: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class Keymap:
    """Which keys stand for which actions.

    Attributes:
        name: of the file, without `.toml`.
        keys: by action, its keys; an action without keys is reached through the palette.
        counts: whether digits before a movement repeat it.
        path: the file, or None for the registry's own keys.
    """

    name: str
    keys: dict[str, tuple[str, ...]]
    counts: bool = False
    path: Path | None = None
    title: str = field(default="", compare=False)

    def bindings(self) -> dict[tuple[str, ...], str]:
        """Key sequences to actions."""
        return {tuple(sequence.split(" ")): action for action, keys in self.keys.items() for sequence in keys}

    def words(self, action: str) -> str:
        """The first key of an action as people read it, or ""."""
        keys = self.keys.get(action, ())
        return key_words(keys[0]) if keys else ""


def registry_keymap() -> Keymap:
    """The keys as the registry has them."""
    return Keymap("registry", {action.name: action.keys for action in ACTIONS})


def load_keymap(asked: str | None) -> Keymap:
    """The keymap that is asked for.

    Args:
        asked: a name (of a bundled keymap, else of a file in the user's folder `keymaps`), or a path;
            None for the user's own `keymap.toml`, else the default.

    Raises:
        ConfigError: there is no such keymap, or something in it is wrong: all problems.
    """
    if asked is None:
        own = config_folder() / "keymap.toml"
        return read_keymap(own) if own.is_file() else read_keymap(FOLDER / "default.toml")
    return read_keymap(_find(asked))


def _find(asked: str) -> Path:
    if "/" in asked or asked.endswith(".toml"):
        return Path(asked).expanduser()
    folders = (FOLDER, config_folder() / "keymaps")
    for folder in folders:
        if is_a_file(folder / f"{asked}.toml"):
            return folder / f"{asked}.toml"
    known = sorted(path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.toml"))
    hint = did_you_mean(asked, known) or f"keymaps: {', '.join(known)}"
    raise ConfigError(Problem(f"there is no keymap {clean(asked)}", key="keymap", hint=hint))


def read_keymap(path: Path, _seen: tuple[Path, ...] = ()) -> Keymap:
    """Read and check one keymap file.

    Raises:
        ConfigError: all that is wrong with it.
    """
    file = read_toml(path)
    problems: list[Problem] = []
    content = convert(file, KeymapFile, problems)
    if content is None:
        raise ConfigError(*problems)
    base = registry_keymap()
    counts = content.counts
    if content.extends is not None:
        other = _find(content.extends)
        if other in (*_seen, path):
            raise ConfigError(file.problem(("extends",), "extends itself"))
        base = read_keymap(other, (*_seen, path))
        counts = counts or base.counts
    keys = dict(base.keys)
    for action, sequences in content.keys.items():
        if action not in BY_NAME:
            problems.append(
                file.problem(("keys", action), f"there is no action {action}", did_you_mean(action, BY_NAME))
            )
            continue
        for sequence in sequences:
            problems += _wrong_keys(file, action, sequence)
        keys[action] = tuple(sequences)
    keys = _given_way(keys, content.keys)
    problems += _clashes(file, keys)
    if not keys["quit"] and not keys["go"]:
        problems.append(file.problem(("keys",), "leaves no key for quit nor for go, so there is no way out"))
    if problems:
        raise ConfigError(*problems)
    return Keymap(path.stem, keys, counts, path, content.title)


def _given_way(keys: dict[str, tuple[str, ...]], chosen: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """A key that the file gives to one action is taken from the action that had it before."""
    taken = {sequence for sequences in chosen.values() for sequence in sequences}
    return {
        action: sequences if action in chosen else tuple(key for key in sequences if key not in taken)
        for action, sequences in keys.items()
    }


def _wrong_keys(file: TomlFile, action: str, sequence: str) -> list[Problem]:
    problems = []
    for key in sequence.split(" "):
        if len(key) == 1 and key.isprintable():
            continue
        if key in _EATEN:
            message = f"{key} cannot be told from what terminals do with it ({_EATEN[key]})"
            problems.append(file.problem(("keys", action), message, "use a letter or a function key"))
        elif key not in _NAMED and not _CTRL.fullmatch(key):
            known = [*_NAMED, *(f"ctrl+{letter}" for letter in "cdefgnopqrtuvwxy")]
            message = f"{key!r} is not a key that terminals send" if key else "an empty key"
            problems.append(file.problem(("keys", action), message, did_you_mean(key, known)))
    return problems


def _clashes(file: TomlFile, keys: dict[str, tuple[str, ...]]) -> list[Problem]:
    owner: dict[tuple[str, ...], str] = {}
    problems = []
    for action, sequences in keys.items():
        for text in sequences:
            sequence = tuple(text.split(" "))
            if owner.setdefault(sequence, action) != action:
                message = f"{key_words(text)} stands for {owner[sequence]} and for {action}"
                problems.append(file.problem(("keys", action), message))
    for sequence, action in owner.items():
        for length in range(1, len(sequence)):
            if sequence[:length] in owner:
                message = (
                    f"{key_words(' '.join(sequence))} can never be typed: "
                    f"{key_words(' '.join(sequence[:length]))} is {owner[sequence[:length]]}"
                )
                problems.append(file.problem(("keys", action), message))
    return problems
