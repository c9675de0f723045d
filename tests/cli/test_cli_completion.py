"""Completion by Tab: what a shell asks the program while somebody is typing."""

import pytest
from click.testing import CliRunner

from cockpit.cli.entry import cockpit_command


def offered(words: str, **environment: str) -> list[str]:
    """What Tab offers behind those words, in bash."""
    count = len(words.split(" ")) - 1
    asked = {
        "_COCKPIT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(count),
        **environment,
    }
    done = CliRunner().invoke(cockpit_command, prog_name="cockpit", env=asked)
    assert done.exit_code == 0
    return [line.partition(",")[2] for line in done.stdout.split()]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ("cockpit s", {"serve", "sync"}),
        ("cockpit kpi clo", {"close_rate", "closed_amount"}),
        ("cockpit kpi close_rate --period this-", {"this-quarter", "this-month", "this-year"}),
        ("cockpit rows past_due", {"past_due_count", "past_due_amount"}),
        ("cockpit tasks list work", {"workstream:"}),
        ("cockpit tasks list workstream:ann", {"workstream:annuity"}),
        ("cockpit brief --view ann", {"annuity"}),
        ("cockpit --theme co", {"colour-blind"}),
        ("cockpit completion z", {"zsh"}),
    ],
)
def test_tab_offers_what_there_is(small_demo, words, some):
    assert some <= set(offered(words, COCKPIT_WORKSPACE=str(small_demo)))


def test_tab_offers_the_keys_of_tasks(command, small_demo):
    keys = [task["key"] for task in command("tasks", "list", "-w", small_demo, "--json").json()]
    typed = keys[0][:4]
    found = offered(f"cockpit tasks done {typed}", COCKPIT_WORKSPACE=str(small_demo))
    assert sorted(found) == sorted(key for key in keys if key.startswith(typed))


def test_tab_offers_nothing_where_the_workspace_cannot_be_read(tmp_path):
    (tmp_path / "cockpit.toml").write_text("schema = [")
    assert offered("cockpit kpi clo", COCKPIT_WORKSPACE=str(tmp_path)) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_this_program(command, shell):
    done = command("completion", shell)
    assert done.code == 0
    assert f"_COCKPIT_COMPLETE={shell}_complete" in done.out
