"""Keymaps and the reading of keys."""

from pathlib import Path

import pytest

from cockpit.base.problems import ConfigError
from cockpit.tui.actions import ACTIONS, key_words
from cockpit.tui.keymap import NAMES, load_keymap, read_keymap
from cockpit.tui.keys import KeyReader
from cockpit.tui.options import ScreenOptions
from cockpit.tui.reference import keys_reference
from cockpit.tui.start import keymap_of


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "keymap.toml"
    path.write_text(text)
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_keymap(written(tmp_path, text))
    return [str(problem).removeprefix(str(tmp_path / "keymap.toml")) for problem in caught.value.problems]


@pytest.mark.parametrize("name", NAMES)
def test_bundled_keymaps_reach_every_action(name: str) -> None:
    keymap = load_keymap(name)
    assert {action.name for action in ACTIONS if not keymap.keys[action.name]} == set()
    assert len(keymap.bindings()) == sum(len(keys) for keys in keymap.keys.values())


def test_the_default_needs_no_ctrl_key() -> None:
    for action, keys in load_keymap("default").keys.items():
        assert any(not key.startswith("ctrl") for key in keys), action


def test_a_key_given_to_one_action_is_taken_from_the_other(tmp_path: Path) -> None:
    keymap = read_keymap(written(tmp_path, '[keys]\nreload = ["x", "f5"]\n'))
    assert keymap.bindings()["x",] == "reload"
    assert keymap.keys["export"] == ()


def test_a_keymap_extends_another(tmp_path: Path) -> None:
    keymap = read_keymap(written(tmp_path, 'extends = "vim"\n[keys]\nreload = ["f5"]\n'))
    assert keymap.counts
    assert keymap.bindings()["g", "3"] == "view_tasks"


def test_all_mistakes_are_named_at_once_with_the_nearest(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        '[keys]\nrelaod = ["r"]\nexport = ["ctlr+x"]\nnarrow = ["ctrl+h"]\ndetail = ["i"]\nzoom = ["i"]\n',
    )
    assert found == [
        ":2: keys.relaod: there is no action relaod (did you mean reload?)",
        ":3: keys.export: 'ctlr+x' is not a key that terminals send (did you mean ctrl+x?)",
        ":4: keys.narrow: ctrl+h cannot be told from what terminals do with it (Backspace) "
        "(use a letter or a function key)",
        ":6: keys.zoom: i stands for detail and for zoom",
    ]


def test_a_sequence_behind_another_key_cannot_be_typed(tmp_path: Path) -> None:
    assert problems(tmp_path, '[keys]\nlast = ["j j"]\n') == [
        ":2: keys.last: j j can never be typed: j is down"
    ]


def test_there_must_be_a_way_out(tmp_path: Path) -> None:
    assert "no way out" in problems(tmp_path, "[keys]\nquit = []\ngo = []\n")[0]


def test_wrong_types_and_unknown_keys_of_the_file(tmp_path: Path) -> None:
    assert "did you mean keys?" in problems(tmp_path, "[key]\n")[0]
    assert "must be" in problems(tmp_path, '[keys]\nreload = "r"\n')[0]


def test_an_unknown_name_is_a_quiet_notice_and_the_default_is_used() -> None:
    keymap, notices = keymap_of(ScreenOptions(keymap="vmi"))
    assert keymap.keys["quit"]
    assert notices == ("keymap not used: keymap: there is no keymap vmi (did you mean vim?)",)


def test_the_users_own_file_is_found(own_home: Path) -> None:
    folder = own_home / "config" / "cockpit"
    folder.mkdir(parents=True)
    (folder / "keymap.toml").write_text('[keys]\nreload = ["f5"]\n')
    assert load_keymap(None).keys["reload"] == ("f5",)


def test_counts_only_where_the_keymap_has_them() -> None:
    bindings = {("j",): "down", ("5",): "view", ("g", "g"): "first", ("0",): "zero"}
    counting = KeyReader({keys: name for keys, name in bindings.items() if keys != ("5",)}, counts=True)
    assert counting.feed("1").waiting == ("1",)
    assert counting.feed("0").waiting == ("1", "0")
    pressed = counting.feed("j")
    assert (pressed.action, pressed.count) == ("down", 10)
    assert counting.feed("0").action == "zero"
    assert KeyReader(bindings).feed("5").action == "view"


def test_escape_forgets_an_incomplete_sequence() -> None:
    reader = KeyReader({("g", "g"): "first", ("escape",): "back"})
    reader.feed("g")
    assert reader.feed("escape").action is None
    assert reader.feed("escape").action == "back"
    assert reader.following(("g",)) == [("g", "first")]


def test_counts_are_limited() -> None:
    reader = KeyReader({("j",): "down"}, counts=True)
    for _ in range(30):
        reader.feed("9")
    assert reader.feed("j").count == KeyReader.MAX_COUNT


def test_the_reference_names_every_action_and_key() -> None:
    text = keys_reference()
    for action in ACTIONS:
        assert f"`{action.name}`" in text
        assert f"`{key_words(action.keys[0])}`" in text
