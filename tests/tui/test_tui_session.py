"""What keys do, without a terminal: the session with a shell that runs jobs at once."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from fakes import HOSTILE, Desk, DetailView, HostileView, ListView, MillionView, PlainView

from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.panes.lines import cells
from cockpit.panes.view import RawTable
from cockpit.tui import contexts
from cockpit.tui.actions import ACTIONS, BY_NAME
from cockpit.tui.changing import added, asked_evidence
from cockpit.tui.counting import value_counts
from cockpit.tui.dispatch import COUNTED, HANDLERS


def test_every_action_has_one_handler() -> None:
    assert set(HANDLERS) | set(COUNTED) | {"go", "help"} == set(BY_NAME)
    assert len(BY_NAME) == len(ACTIONS)


def test_small_letters_look_and_capitals_write() -> None:
    for action in ACTIONS:
        for key in action.keys:
            if len(key) == 1 and key.isalpha() and key.islower():
                assert not action.writes, action.name
        if action.writes:
            assert all(not key.islower() for key in action.keys), action.name


# --- moving --------------------------------------------------------------------------------------------


def test_the_cursor_starts_on_the_first_line_that_opens() -> None:
    desk = Desk()
    assert desk.under == "kpi0"
    assert desk.screen[2].startswith("▌kpi0")


def test_down_and_up_stop_at_the_ends() -> None:
    desk = Desk()
    assert desk.press("j", "down", "k").under == "kpi1"
    assert desk.press("G").under == "kpi19"
    assert desk.press("j").under == "kpi19"
    assert desk.press("g", "g", "k").under == "kpi0"


def test_an_incomplete_sequence_says_what_may_follow() -> None:
    desk = Desk().press("g")
    assert "g   g first" in desk.screen[-3]
    assert desk.press("escape").session.state.typed == ""
    assert desk.press("g", "x").message.startswith("g x means nothing here; ? shows the keys")


def test_tab_goes_round_the_panes_and_sideways_keys_to_the_neighbour() -> None:
    desk = Desk()
    assert desk.press("tab").under == "beside0"
    assert desk.press("tab").under == "kpi0"
    assert desk.press("shift+tab").under == "beside0"
    assert desk.press("h").under == "kpi0"
    assert desk.press("right").under == "beside0"


def test_text_without_lines_to_open_scrolls() -> None:
    desk = Desk(tasks=PlainView("tasks", "Why")).press("3", "j", "j")
    assert "line 2 " in desk.screen[4]
    assert desk.screen[3].startswith("Why")
    assert "line 98" in desk.press("G").text
    assert "100 of 100" in desk.text
    desk.press("g", "g")
    assert "line 0 " in desk.screen[4]


def test_pages_keep_the_title_and_the_foot() -> None:
    desk = Desk(size=(120, 20))
    desk.press("pagedown")
    assert desk.under != "kpi0"
    assert desk.screen[1].startswith("Today")
    assert "All" in desk.screen[17]
    assert desk.press("pageup", "pageup").under == "kpi0"


def test_a_million_lines_are_made_only_where_they_are_seen() -> None:
    desk = Desk(pipeline=MillionView()).press("4", "G")
    assert desk.under == "OPP-1000000"
    assert "1,000,000 of 1,000,000" in desk.text
    block = desk.session.level.page.blocks[0]  # type: ignore[union-attr]
    assert len(block.lines._pages) <= 32  # type: ignore[attr-defined]
    assert desk.press("pageup").under == "OPP-999966"


# --- levels --------------------------------------------------------------------------------------------


def test_enter_opens_and_esc_comes_back_with_the_cursor_where_it_was() -> None:
    desk = Desk().press("j", "j", "j", "enter")
    assert " Pipeline  ›  kpi3" in desk.screen[1]
    assert desk.press("j", "enter").session.state.trails.depth == 2
    assert desk.press("escape").under == "kpi1"
    assert desk.press("escape").under == "kpi3"
    assert desk.press("escape", "escape").session.state.trails.depth == 0


def test_each_view_is_found_as_it_was_left_and_0_toggles() -> None:
    desk = Desk().press("j", "enter", "3", "j")
    assert desk.under == "task1"
    assert "kpi1" in desk.press("0").screen[1]
    assert desk.press("0").under == "task1"
    assert "Pipeline" not in desk.press("1", "1").screen[1]


def test_siblings_take_the_place_of_the_level() -> None:
    desk = Desk().press("enter", ">")
    assert "kpi0+1" in desk.screen[1]
    assert desk.press("<").session.state.trails.depth == 1
    assert Desk().press(">").message == "there is no next one here"


def test_e_explains_and_a_place_opens_a_view_of_its_own() -> None:
    desk = Desk().press("j", "e")
    assert "why kpi1" in desk.screen[1]
    desk = Desk().press("3", "enter")
    assert "task0" in desk.screen[1]


def test_an_unknown_view_is_a_message() -> None:
    assert Desk().press("5").message == "there is no view annuity"


def test_divide_and_sort_by_letters() -> None:
    desk = Desk().press("d")
    assert "divide by" in desk.text
    assert "m manager" in desk.text
    assert "kpi0 of Today manager" in desk.press("m").text
    assert desk.press("d", "z").message == "z is none of m l"
    assert desk.press("d", "escape").message == ""
    assert desk.press("s", "v", "s", "v").screen[2].startswith("▌kpi")
    assert desk.session.level.view.order == "value-"  # type: ignore[attr-defined]


def test_narrowing_follows_the_typing_and_esc_gives_back_what_was() -> None:
    desk = Desk().press("/").type("kpi1")
    desk.shell.fire("narrow")
    assert "kpi0 of" not in desk.text
    assert desk.screen[-3].strip().startswith("narrow kpi1")
    assert "kpi0 of" in desk.press("escape").text
    desk.press("/").type("kpi1").press("enter")
    assert "kpi0 of" not in desk.text
    assert desk.press("n").under == "kpi10"
    assert "kpi0 of" in desk.press("escape").text


def test_a_view_that_cannot_be_narrowed_is_searched() -> None:
    desk = Desk(data=HostileView()).press("7", "/").type("emea").press("enter")
    assert desk.under == "list [EMEA]"
    assert desk.press("/", "ctrl+u").type("nowhere").press("enter").message == "nothing here matches nowhere"


# --- loading -------------------------------------------------------------------------------------------


def test_answers_to_older_questions_are_dropped() -> None:
    desk = Desk()
    desk.shell.at_once = False
    desk.cockpit.numbers = [1]
    desk.session.reload()
    older = desk.shell.jobs.pop()
    desk.cockpit.numbers = [2]
    desk.session.reload()
    desk.shell.work_off()
    desk.cockpit.numbers = [1]
    desk.shell.jobs.append(older)
    desk.shell.work_off()
    assert desk.under == "kpi2"


def test_a_failure_keeps_the_last_good_data_and_says_why() -> None:
    desk = Desk()
    desk.cockpit.failing = SourceError(Problem("half-written", "opp.csv", 12), Problem("x"))
    desk.session.reload()
    assert "kpi5 of Today" in desk.text
    assert "opp.csv:12: half-written (and 1 more)" in desk.screen[-3]
    desk.cockpit.failing = None
    desk.session.reload()
    assert "half-written" not in desk.text


def test_an_unforeseen_error_leaves_a_crash_file_without_values(own_home) -> None:  # type: ignore[no-untyped-def]
    desk = Desk()
    desk.cockpit.failing = KeyError("Contoso Ltd, 4.2M")
    desk.session.reload()
    assert "KeyError, see" in desk.screen[-3]
    report = next((own_home / "state" / "cockpit").glob("crash-*.txt")).read_text()
    assert "builtins.KeyError" in report
    assert "loading.py" in report
    assert "Contoso" not in report
    assert str(own_home) not in report


def test_a_view_that_cannot_be_drawn_does_not_end_the_program() -> None:
    class Broken(ListView):
        def page(self, data, size):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError

    desk = Desk(tasks=Broken("tasks")).press("3")
    assert "tasks could not be drawn: ZeroDivisionError" in desk.text
    assert desk.press("1").under == "kpi0"


def test_loading_is_said_in_words_after_a_while() -> None:
    desk = Desk()
    desk.shell.at_once = False
    desk.press("3")
    assert "loading" not in desk.text
    desk.shell.fire("waiting")
    assert "loading…" in desk.text
    desk.shell.work_off()
    assert "loading" not in desk.text


def test_a_refresh_keeps_the_cursor_on_its_line() -> None:
    desk = Desk().press("j", "j", "j", "j", "j")
    desk.cockpit.numbers = [90, 91, 92, *range(20)]
    desk.session.level.view = replace(desk.session.level.view, count=30)  # type: ignore[type-var]
    desk.session.reload()
    assert desk.under == "kpi5"
    desk.cockpit.numbers = [0, 1, 2]
    desk.session.reload()
    assert desk.under == "kpi2"


def test_what_others_changed_is_loaded_again() -> None:
    desk = Desk()
    loads = len(desk.cockpit.loads)
    desk.session.look_around()
    desk.session.look_around()
    assert len(desk.cockpit.loads) == loads
    desk.cockpit.store.version += 1
    desk.session.look_around()
    assert len(desk.cockpit.loads) == loads + 1


# --- another day, hidden amounts -----------------------------------------------------------------------


def test_the_as_of_date_moves_by_business_days_and_periods() -> None:
    desk = Desk().press("[")
    assert desk.session.state.context.as_of == date(2026, 11, 19)
    assert "as of 2026-11-19" in desk.screen[0]
    assert desk.press("{").session.state.context.as_of == date(2026, 10, 31)
    assert desk.press("t").session.state.context.as_of is None
    assert desk.press("}").message == "Mon 30 Nov 2026 is still to come"
    assert desk.press("[", "]").session.state.context.as_of is None


def test_levels_left_behind_are_asked_anew_in_the_new_context() -> None:
    desk = Desk().press("enter", "[")
    loads = len(desk.cockpit.loads)
    desk.press("escape")
    assert len(desk.cockpit.loads) == loads + 1
    assert desk.cockpit.loads[-1][1].as_of == date(2026, 11, 19)


def test_hiding_amounts_shows_nothing_old() -> None:
    desk = Desk()
    desk.shell.at_once = False
    desk.press(";")
    assert "kpi0" not in desk.text
    desk.shell.work_off()
    assert desk.cockpit.loads[-1][1].blank_money


def test_the_standing_slice() -> None:
    assert Desk().press("w", "e").session.state.context.slice == "east"


# --- writing -------------------------------------------------------------------------------------------


def tasks_desk() -> Desk:
    return Desk().press("3")


def test_done_asks_the_evidence_and_keeps_the_version_that_was_seen() -> None:
    desk = tasks_desk().press("j", "D")
    assert "done Forecast lock; evidence, or nothing:" in desk.screen[-3]
    desk.type("signed off").press("enter")
    assert desk.cockpit.work.calls == [("done", "task1", "signed off", 3)]
    assert desk.message == "done: Forecast lock; U takes it back"
    assert desk.under == "task1"


def test_tasks_made_of_agreements_are_told_with_what_had_one_already_and_the_way_back() -> None:
    work = Desk().cockpit.work
    one = [work.task("task0")]
    two = [*one, work.task("task1")]
    assert added(one, 1, "U", "3").startswith("1 task added")
    assert added(one, 1, "U", "3").endswith("; 3 shows it, U takes it back")
    assert added(two, 3, "U", "3") == "2 tasks added, 1 had one already; 3 shows them, U takes them back"
    assert added([], 1, "U", "3") == "it has an unfinished task already"
    assert added(two, 2, "", "") == "2 tasks added"


def test_esc_leaves_a_prompt_without_a_change() -> None:
    desk = tasks_desk().press("D").type("x").press("escape")
    assert desk.cockpit.work.calls == []
    assert desk.session.state.prompt is None


@pytest.mark.parametrize(
    ("keys", "texts", "call"),
    [
        ("A", ["kim"], ("assign", "task0", "kim", 3)),
        ("B", ["no PO"], ("block", "task0", "no PO", 3)),
        ("C", [], ("claim", "task0", 3)),
        ("P", ["+2bd", "holiday"], ("move", "task0", "2026-11-25", "holiday", 3)),
        ("R", [], ("reopen", "task0", 3)),
        ("-", ["duplicate"], ("drop", "task0", "duplicate", 3)),
        ("+", ["call Marsh", ""], ("add", "call Marsh", "me", None)),
    ],
)
def test_capitals_write(keys: str, texts: list[str], call: tuple[object, ...]) -> None:
    desk = tasks_desk().press(*keys)
    for text in texts:
        desk.type(text).press("enter")
    assert desk.cockpit.work.calls == [call]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kim", "assigned to Kim Lee: "),
        ("me", "assigned to you: "),
        ("Kit Moe", "assigned to Kit Moe: "),
        ("Kin", "assigned to Kin, who is new here: "),
    ],
)
def test_an_assigned_task_says_to_whom(typed: str, said: str) -> None:
    desk = tasks_desk().press("A").type(typed).press("enter")
    assert desk.message.startswith(said)


def test_tab_completes_whom_a_task_is_assigned_to() -> None:
    desk = tasks_desk().press("A").type("ki").press("tab", "tab")
    prompt = desk.session.state.prompt
    assert prompt is not None and prompt.text == "Kit Moe"


def test_the_screen_names_no_option_of_a_command() -> None:
    desk = tasks_desk()
    desk.session.complain(UsageError(Problem("say why it moves", key="--reason")))
    assert desk.message == "say why it moves"


def test_a_capital_acts_on_all_selected() -> None:
    desk = tasks_desk().press("space", "space")
    assert "2 selected" in desk.screen[-3]
    assert desk.screen[2].startswith("*task0")
    desk.press("C")
    assert [call[1] for call in desk.cockpit.work.calls] == ["task0", "task1"]
    assert desk.message == "claimed (2 tasks); U takes it back"
    assert "selected" not in desk.screen[-3]


def test_a_change_that_waits_for_the_store_says_so_until_it_is_made() -> None:
    desk = tasks_desk().press("D")
    desk.shell.at_once = False
    desk.type("ok").press("enter")
    desk.shell.fire("store")
    assert desk.message == "waiting for the store…"
    desk.shell.work_off()
    assert desk.message.startswith("done: ")
    desk.press("C")
    desk.shell.work_off()
    said = desk.message
    desk.shell.fire("store")
    assert desk.message == said and said.startswith("claimed: ")


def test_a_conflict_is_one_line() -> None:
    desk = tasks_desk()
    desk.cockpit.work.conflict = True
    assert desk.press("C").message == "kim changed it first"


def test_read_only_refuses_and_figures_are_no_tasks() -> None:
    desk = tasks_desk()
    desk.session.read_only = True
    assert desk.press("D").message == "opened read-only: nothing can be changed"
    assert Desk().press("D").message == "there is no task under the cursor"


def test_a_note_goes_on_any_line() -> None:
    desk = Desk().press("W").type("asked Brooks").press("enter")
    assert desk.cockpit.store.notes == [("kpi0", "asked Brooks")]


def test_undo_lists_the_last_changes() -> None:
    desk = Desk().press("U")
    assert "task1: done" in desk.text
    desk.press("j", "enter")
    assert [call[0] for call in desk.cockpit.work.calls] == ["undo", "undo"]
    desk.press("U", "j", "j", "enter")
    assert desk.cockpit.work.calls[-1] == ("redo",)


# --- taking along --------------------------------------------------------------------------------------


def test_copies_are_raw_and_say_where_they_went() -> None:
    desk = Desk()
    assert desk.press("y", "r").message == "copied the row by OSC 52"
    assert desk.press("y", "y", "y", "t", "y", "l", "Y").shell.copied == [
        "kpi0 of Today \tkpi0\t0.25",
        "0.25",
        "manager\trate\nBrooks\t0.337\nOkafor\t\n",
        "https://crm.example/kpi0",
        "kpi0 of Today \tkpi0\t0.25",
    ]


def test_links_are_copied_over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    desk = Desk().press("o")
    assert "opens a page on crm.example" in desk.screen[-3]
    assert desk.press("escape").message == ""
    assert desk.press("o", "enter").message == "opened https://crm.example/kpi0"
    assert desk.press("o").message == "opened https://crm.example/kpi0"  # agreed once a host
    monkeypatch.setenv("SSH_CONNECTION", "a b c d")
    desk = Desk().press("o")
    assert desk.shell.copied == ["https://crm.example/kpi0"]


def test_the_chasing_text_is_copied_and_noted() -> None:
    desk = tasks_desk().press("m", "enter")
    assert desk.shell.copied == [
        "Marsh:\n- Forecast lock, due Fri 20 Nov 2026 17:00, 2 business days late\n  Please say by when.\n"
    ]
    assert desk.cockpit.work.calls == [("note", "task0", "asked Marsh")]


def test_how_often_each_value_occurs_and_only_one_of_them() -> None:
    desk = Desk().press("f")
    assert "m manager" in desk.screen[-3]
    desk.press("m")
    assert "how often each manager occurs in 2" in desk.text
    assert [entry.label for entry in desk.session.state.picker.found] == ["Brooks", "Okafor"]  # type: ignore[union-attr]
    desk.press("down", "enter")
    assert desk.session.level.view.narrowing() == "Okafor"


def test_the_values_of_a_column_are_counted_most_frequent_first() -> None:
    table = RawTable("Deals", ("stage",), [("Won",), (None,), ("Won",), ("[/] \x1b[2J",)])
    entries = value_counts(table, 0)
    assert [entry.label for entry in entries] == ["Won", "(blank)", "[/] \ufffd[2J"]
    assert [entry.mark.strip() for entry in entries] == ["2", "1", "1"]
    assert "50.0%" in entries[0].detail


def test_the_history_of_a_task() -> None:
    desk = Desk().press("3")
    desk.session.cockpit.work.history = lambda key: [  # type: ignore[attr-defined]
        SimpleNamespace(at="2026-11-20T08:00:00Z", actor="pat", what="claimed", reason=None),
        SimpleNamespace(at="2026-11-21T09:30:00Z", actor="kim", what="blocked", reason="no PO"),
    ]
    desk.press("H")
    assert "History of task0, newest first" in desk.text
    found = desk.session.state.picker.found  # type: ignore[union-attr]
    assert [(entry.mark, entry.label, entry.detail) for entry in found] == [
        ("2026-11-21 09:30", "blocked", "kim: no PO"),
        ("2026-11-20 08:00", "claimed", "pat"),
    ]
    assert "no task" not in desk.press("enter").message


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "evidence, or nothing"),
        ({"kind": "note", "prompt": "The call in one line"}, "The call in one line (a note)"),
        ({"kind": "number", "pass": "<= 0", "prompt": "Open exceptions"}, "Open exceptions (a number <= 0)"),
        ({"kind": "signoff"}, "signed off by another person"),
    ],
)
def test_the_evidence_rule_is_asked_in_words(rule: dict[str, str] | None, words: str) -> None:
    assert asked_evidence([SimpleNamespace(evidence_rule=rule)]) == words  # type: ignore[list-item]


def test_a_standing_slice_is_me_or_a_named_one_and_is_told() -> None:
    desk = Desk().press("w")
    assert "m me" in desk.screen[-3]
    desk.press("m")
    assert desk.session.state.context.slice == "me"
    assert desk.message.startswith("only me, in every view")
    desk.press("w", "a")
    assert desk.session.state.context.slice is None


def test_versus_a_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "_partners", lambda session: ("FY27-Q1", "FY26-Q2"))
    monkeypatch.setattr(contexts, "_states", lambda session: {"lock": "q1-close, Wed 30 Sep"})
    desk = Desk().press("v")
    assert "l q1-close, Wed 30 Sep" in "\n".join(desk.screen)
    assert desk.press("l").session.state.context.against == "lock"


def test_versus_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "_partners", lambda session: ("FY27-Q1", "FY26-Q2"))
    monkeypatch.setattr(contexts, "_states", lambda session: {"lock": "q1-close, Wed 30 Sep"})
    desk = Desk().press("v", "t")
    assert desk.session.state.context.against == "target"
    assert desk.session.state.context.partner == ""


# --- palette and help ----------------------------------------------------------------------------------


def test_the_palette_finds_figures_tasks_views_dates_and_actions() -> None:
    desk = Desk().press(":").type("close")
    assert "Close rate" in desk.text
    assert "close_rate" in desk.press("enter").session.level.view.title  # type: ignore[attr-defined]
    desk = Desk().press(":").type("mbr").press("enter")
    assert "us/mbr/FY27-P05" in desk.screen[1]
    as_of = Desk().press(":").type("2026-11-02").press("down", "enter").session.state.context.as_of
    assert as_of == date(2026, 11, 2)
    period = Desk().press(":").type("FY27-Q2").press("down", "enter").session.state.context.period
    assert period == "FY27-Q2"
    assert "amounts are hidden" in Desk().press(":").type("hide").press("enter").message


def test_help_lists_what_applies_here_and_does_it() -> None:
    desk = Desk().press("?")
    assert "Keys here" in desk.text
    assert "Assign" not in desk.text
    assert "kpi0 manager" not in desk.type("divide").press("enter").text
    assert desk.session.state.chooser is not None
    help_text = tasks_desk().press("?").type("assign").text
    assert "Give the task to somebody" in help_text
    assert Desk().press("?", "escape").session.state.picker is None


# --- looks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 160, 200, 250])
def test_every_row_is_as_wide_as_the_screen(width: int) -> None:
    from cockpit.panes.lines import cells

    desk = Desk(size=(width, 40 if width > 100 else 24), data=HostileView(), tasks=DetailView("tasks"))
    for keys in (
        ["j"],
        ["enter"],
        ["d"],
        ["escape", ":"],
        ["escape", "?"],
        ["escape", "3"],
        ["/"],
        ["escape", "7"],
    ):
        desk.press(*keys)
        assert {cells(row) for row in desk.screen} == {width}, keys
        assert len(desk.screen) == desk.session.state.size.height


def test_hostile_text_is_shown_as_it_is() -> None:
    desk = Desk(data=HostileView()).press("7")
    for text in HOSTILE:
        assert text in desk.text


def test_the_detail_stands_beside_on_wide_screens_and_below_when_asked() -> None:
    desk = Desk(size=(170, 40), today=DetailView()).press("j")
    assert "about kpi1" in desk.text
    assert "about" not in desk.press("i").text
    desk = Desk(size=(80, 40), today=DetailView()).press("i")
    assert "about kpi0" in desk.text


def test_zoom_and_the_text_twin() -> None:
    desk = Desk().press("tab", "z")
    assert "kpi0" not in desk.text
    assert "beside2" in desk.text.replace(" ", "")
    assert "kpi0" in desk.press("escape").text
    assert desk.press("T").screen[1].startswith("As text")
    assert "Beside" in desk.text


def test_a_tiny_terminal_says_what_it_needs() -> None:
    desk = Desk(size=(20, 5))
    assert "needs 60x15, has 20x5"[:20].rstrip("…")[:18] in desk.text
    assert len(desk.screen) == 5
    for size in ((1, 1), (3, 2), (10, 3), (59, 14)):
        desk.session.resize(*size)
        assert len(desk.screen) == size[1]
    desk.session.resize(120, 40)
    assert desk.under == "kpi0"


def test_ascii_mode_draws_ascii_only() -> None:
    desk = Desk().press("enter")
    desk.session.frame = replace(desk.session.frame, ascii_only=True)
    assert desk.text.isascii()
    assert ">kpi0" in desk.text


def test_clicks_and_the_wheel() -> None:
    from cockpit.tui import moving

    desk = Desk()
    _ = desk.text
    moving.click(desk.session, 3, 5)
    assert desk.under == "kpi3"
    moving.click(desk.session, 3, 5)
    assert "kpi3" in desk.screen[1]
    desk = Desk(size=(120, 16))
    _ = desk.text
    moving.wheel(desk.session, 3, 5, 3)
    assert desk.under == "kpi3"


def test_nothing_pasted_is_taken_as_keys() -> None:
    desk = tasks_desk()
    desk.dispatcher.paste("D\nq")
    assert desk.cockpit.work.calls == []
    assert not desk.shell.left
    desk.press("D")
    desk.dispatcher.paste("two\nlines \x1b[2J")
    desk.press("enter")
    assert desk.cockpit.work.calls[0][2] == "two lines \ufffd[2J"


def test_q_leaves_but_not_while_typing() -> None:
    desk = Desk().press("/", "q")
    assert not desk.shell.left
    assert desk.press("ctrl+c").shell.left
    assert Desk().press("q").shell.left


def test_a_capital_acts_on_the_task_that_is_shown() -> None:
    class OneTask(PlainView):
        def subject(self, data, line):  # type: ignore[no-untyped-def]
            return "us/mbr/FY27-P05"

    desk = Desk(tasks=OneTask("tasks", "MBR")).press("3", "C")
    assert desk.cockpit.work.calls == [("claim", "us/mbr/FY27-P05", 3)]


def test_a_level_whose_load_was_overtaken_is_loaded_when_it_is_seen_again() -> None:
    desk = Desk().press("enter")
    desk.shell.at_once = False
    desk.press("[")
    desk.shell.jobs.clear()
    desk.press("escape")
    desk.shell.work_off()
    assert desk.session.level.context == desk.session.state.context


def test_keys_typed_ahead_wait_for_the_lines_they_are_about() -> None:
    desk = Desk()
    desk.shell.at_once = False
    desk.press("enter", "d", "l")
    assert desk.message == ""
    desk.shell.work_off()
    assert desk.session.level.view.by == "lost_reason"  # type: ignore[attr-defined]


def test_a_period_brings_its_usual_partner_and_a_chosen_one_stays() -> None:
    from cockpit.core import Cockpit
    from cockpit.tui.contexts import _ask_period

    desk = Desk()
    with Cockpit.open() as demo:
        desk.session.cockpit.fiscal = demo.fiscal  # type: ignore[misc]

        def asked(period: str) -> str:
            _ask_period(desk.session, period)
            return desk.session.state.context.against

        assert desk.session.state.context.against == "last-quarter"
        assert asked("all") == ""
        assert asked("this-year") == "FY26"
        assert asked("FY27-Q1") == "FY26-Q4"
        assert asked("this-quarter") == "last-quarter"
        desk.session.change_context(replace(desk.session.state.context, against="last-year"))
        assert asked("all") == "last-year"
        assert "against last-year" in desk.message


def test_a_period_or_a_comparison_that_means_nothing_is_asked_again() -> None:
    from cockpit.core import Cockpit

    with Cockpit.open(read_only=True) as demo:
        desk = Desk()
        desk.session.cockpit.fiscal = demo.fiscal  # type: ignore[misc]
        desk.session.cockpit.question = demo.question  # type: ignore[method-assign]
        desk.press("p", "o").type("FY99-Q9").press("enter")
        prompt = desk.session.state.prompt
        assert prompt is not None and prompt.text == "FY99-Q9" and prompt.refused
        assert "FY99 has no quarter 9" in prompt.aside
        desk.press("ctrl+u").type("last-year").press("enter")
        assert desk.session.state.prompt is None
        assert desk.session.state.context.period == "last-year"
        desk.press("v", "o").type("nonsense").press("enter")
        desk.shell.work_off()
        prompt = desk.session.state.prompt
        assert prompt is not None and "nonsense" in prompt.aside
        assert desk.session.state.context.against != "nonsense"
        desk.press("ctrl+u").type("FY25").press("enter")
        desk.shell.work_off()
        assert desk.session.state.context.against == "FY25"


def test_what_went_wrong_is_told_whole_over_the_end_of_the_page() -> None:
    desk = Desk(size=(80, 24))
    first = (
        "theme not used: themes/night.toml:3: colours.accent: 'reddish' is no colour " + "(did you mean red?)"
    )
    desk.session.say(f"{first}\nkeymap not used: there is no keymap vmi (did you mean vim?)", problem=True)
    foot = next(number for number, row in enumerate(desk.screen) if row.startswith("1 "))
    told = [row.strip().removesuffix("1 of 20").strip() for row in desk.screen[foot - 3 : foot]]
    assert " ".join(told) == f"{first} keymap not used: there is no keymap vmi (did you mean vim?)"
    assert told[2].startswith("keymap not used")
    assert all(cells(row) == 80 for row in desk.screen)
    desk.press("j")
    assert "night.toml" not in desk.text


def test_news_and_a_small_screen_keep_their_one_line() -> None:
    desk = Desk(size=(80, 24))
    desk.session.say("word " * 40)
    assert sum("word" in row for row in desk.screen) == 3
    desk.session.say("word " * 40, news=True)
    assert sum("word" in row for row in desk.screen) == 1
    small = Desk(size=(40, 6))
    small.session.say("word " * 400, problem=True)
    assert all(cells(row) == 40 for row in small.screen)
