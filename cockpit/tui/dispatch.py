"""Which function each action of the registry is, and the way of a key through what lies over the view."""

from collections.abc import Callable

from cockpit.panes.place import Place
from cockpit.tui import (
    asking,
    changing,
    chasing,
    contexts,
    counting,
    finding,
    going,
    labels,
    moving,
    taking,
    task_edit,
    task_history,
    view_names,
)
from cockpit.tui.actions import BY_NAME, key_words
from cockpit.tui.keymap import Keymap
from cockpit.tui.keys import KeyReader
from cockpit.tui.picker import Picker
from cockpit.tui.session import Session

Handler = Callable[[Session], None]


def _views() -> dict[str, Handler]:
    def shower(view: str) -> Handler:
        return lambda session: session.show(view)

    prefix = "view_"
    return {name: shower(name.removeprefix(prefix)) for name in BY_NAME if name.startswith(prefix)}


HANDLERS: dict[str, Handler] = {
    **_views(),
    "columns": moving.columns,
    "first": lambda session: moving.to_end(session, last=False),
    "last": lambda session: moving.to_end(session, last=True),
    "next_pane": lambda session: moving.to_next_pane(session, 1),
    "previous_pane": lambda session: moving.to_next_pane(session, -1),
    "last_view": Session.last_view,
    "jump": labels.show_labels,
    "set_mark": going.set_mark,
    "go_mark": going.go_mark,
    "visit_back": going.back,
    "visit_forward": going.forward,
    "filter_again": going.filter_again,
    "workspaces": going.workspaces,
    "open": moving.open_line,
    "back": moving.back,
    "detail": moving.detail,
    "zoom": moving.zoom,
    "move_pane": moving.move_pane,
    "density": moving.density,
    "twin": moving.twin,
    "narrow": asking.narrow,
    "next_match": asking.next_match,
    "divide": asking.divide,
    "sort": asking.sort,
    "frequency": counting.frequency,
    "history": task_history.history,
    "chart": asking.chart,
    "versus": contexts.versus,
    "period": contexts.period,
    "slice": contexts.standing_slice,
    "day_back": lambda session: contexts.step_day(session, -1),
    "day_on": lambda session: contexts.step_day(session, 1),
    "period_back": lambda session: contexts.step_stop(session, -1),
    "period_on": lambda session: contexts.step_stop(session, 1),
    "today": contexts.own_day,
    "blank_money": contexts.blank_money,
    "explain": asking.explain,
    "findings": lambda session: session.go(Place("findings", "findings")),
    "problems": lambda session: session.show("data"),
    "reload": asking.read_again,
    "copy": taking.copy,
    "copy_row": lambda session: taking.copy_what(session, "row"),
    "export": taking.export,
    "link": taking.link,
    "message": chasing.message,
    "select": changing.select,
    "assign": changing.assign,
    "block": changing.block,
    "claim": changing.claim,
    "done": changing.done,
    "postpone": changing.postpone,
    "reopen": changing.reopen,
    "note": changing.note,
    "add": changing.add,
    "drop": changing.drop,
    "undo": changing.undo,
    "edit": task_edit.edit,
    "save_view": view_names.save,
    "saved_view": view_names.choose,
    "quit": lambda session: session.shell.leave(),
}
COUNTED: dict[str, Callable[[Session, int], None]] = {
    "down": lambda session, count: moving.step(session, count),
    "up": lambda session, count: moving.step(session, -count),
    "page_down": lambda session, count: moving.page(session, count),
    "page_up": lambda session, count: moving.page(session, -count),
    "left": lambda session, count: moving.sideways(session, -count),
    "right": lambda session, count: moving.sideways(session, count),
    "next_sibling": lambda session, count: moving.sibling(session, count),
    "previous_sibling": lambda session, count: moving.sibling(session, -count),
}
LINES: tuple[str, ...] = ("first", "last")
"""Actions that go to the line of the count, where there is one."""


AT_ONCE = (
    *(name for name in BY_NAME if name.startswith("view_")), "last_view", "back", "quit", "help", "go",
)  # fmt: skip
"""Actions that need nothing of what is being loaded."""


class Dispatcher:
    """Takes keys: for the line that is typed, the list, the letters to choose from, else the keymap.

    Args:
        session: what the keys act on.
        keymap: which keys stand for which actions.
    """

    def __init__(self, session: Session, keymap: Keymap) -> None:
        self.session = session
        self._keymap = keymap
        self._reader = KeyReader(keymap.bindings(), keymap.counts)
        self._held: list[tuple[str, str | None]] = []
        self._at_once = {keys for name in AT_ONCE for keys in keymap.keys[name]}
        session.loader.when_shown = self._replay
        self._quit_keys = {keys for keys in keymap.keys["quit"] if keys.startswith("ctrl+")}

    def press(self, key: str, character: str | None = None) -> None:
        """Take one key.

        Args:
            key: its name: the character itself where it has one ("G", "?"), else "enter", "pagedown" ...
            character: what it types, or None.
        """
        state = self.session.state
        if key in self._quit_keys:
            self.session.shell.leave()
            return
        if self._must_wait(key):
            self._held.append((key, character))
            return
        state.message, state.message_is_problem = "", False
        state.keys += 1
        self.session.level.touched = True
        try:
            if state.prompt is not None:
                self._prompt_key(key, character)
            elif state.picker is not None:
                self._picker_key(state.picker, key, character)
            elif state.chooser is not None:
                self._chooser_key(key)
            elif state.labels is not None:
                labels.label_key(self.session, state.labels, key)
            else:
                self._action_key(key)
        except Exception as error:  # a key must never end the program
            self.session.complain(error)
        self.session.shell.redraw()

    def _must_wait(self, key: str) -> bool:
        """Whether a key is about lines that are still to come: whoever types ahead shall not be refused."""
        state, level = self.session.state, self.session.level
        covered = state.prompt is not None or state.picker is not None or state.chooser is not None
        if covered or level.shows or level.asked_at is None:
            return False
        if key in self._at_once:
            self._held.clear()
            return False
        return True

    def _replay(self) -> None:
        """Take the keys that waited for lines."""
        held, self._held = self._held, []
        for key, character in held:
            self.press(key, character)

    def paste(self, text: str) -> None:
        """Take pasted text; it is only ever typed into a prompt, never taken as keys."""
        state = self.session.state
        if state.prompt is not None:
            state.prompt.insert(text)
        elif state.picker is not None and state.picker.typed is not None:
            state.picker.typed.insert(text)
        else:
            self.session.say("pasted text was not taken; nothing is being typed")
        self.session.shell.redraw()

    def run(self, name: str, count: int | None = None) -> None:
        """Do an action."""
        session = self.session
        if name in COUNTED:
            COUNTED[name](session, count or 1)
        elif name in LINES and count is not None:
            moving.to_line(session, count)
        elif name == "go":
            finding.palette(session, self.run)
        elif name == "help":
            finding.keys_here(session, self.run)
        elif BY_NAME[name].writes and changing.refused(session):
            return
        else:
            HANDLERS[name](session)

    # --- where a key goes -------------------------------------------------------------------------------

    def _prompt_key(self, key: str, character: str | None) -> None:
        state = self.session.state
        prompt = state.prompt
        assert prompt is not None
        if key == "enter":
            state.prompt = None
            prompt.commit(prompt.text)
        elif key == "escape":
            state.prompt = None
            if prompt.leave is not None:
                prompt.leave()
        else:
            prompt.key(key, character)

    def _picker_key(self, picker: Picker, key: str, character: str | None) -> None:
        state = self.session.state
        page = max(picker.page - 1, 1)
        moves = {"down": 1, "up": -1, "pagedown": page, "pageup": -page, "tab": 1, "shift+tab": -1}
        if picker.typed is None:
            moves |= {"j": 1, "k": -1}
        if key == "escape" or (key == "q" and picker.typed is None):
            state.picker = None
            if picker.leave is not None:
                picker.leave()
        elif key == "enter":
            entry = picker.chosen()
            state.picker = None
            if entry is not None:
                picker.pick(entry)
        elif key in moves:
            picker.move(moves[key])
        elif picker.typed is not None:
            picker.typed.key(key, character)

    def _chooser_key(self, key: str) -> None:
        state = self.session.state
        chooser = state.chooser
        assert chooser is not None
        state.chooser = None
        for choice in chooser.choices:
            if key in (choice.letter, choice.also):
                chooser.then(choice)
                return
        if key != "escape":
            letters = " ".join(choice.letter for choice in chooser.choices)
            self.session.say(f"{key_words(key)} is none of {letters}")

    def _action_key(self, key: str) -> None:
        state = self.session.state
        pressed = self._reader.feed(key)
        state.typed = ""
        if pressed.action is not None:
            self.run(pressed.action, pressed.count)
        elif pressed.waiting:
            options = "   ".join(
                f"{key_words(next_key)} {BY_NAME[name].label}"
                for next_key, name in self._reader.following(pressed.waiting)
            )
            state.typed = f"{key_words(' '.join(pressed.waiting))}   {options}".rstrip()
        elif pressed.unknown:
            helping = self._keymap.words("help")
            more = f"; {helping} shows the keys" if helping else ""
            self.session.say(f"{key_words(' '.join(pressed.unknown))} means nothing here{more}")
