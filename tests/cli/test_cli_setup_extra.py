"""`init` on exports whose headers say more than a name, and `--read-only` before a sub-command."""

import io
from pathlib import Path


def deals(path: Path, amount: str) -> Path:
    lines = [f"Deal ID,{amount},Stage,Status,Close Date"]
    outcomes = ("Open", "Won", "Lost")
    lines += [
        f"{number},{100 * number},Propose,{outcomes[number % 3]},2026-10-1{number % 9}"
        for number in range(30)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_header_may_name_the_currency(command, tmp_path):
    done = command(
        "init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Amount (EUR)"), "--yes"
    )
    assert done.code == 0, done.err
    assert 'currency = "EUR"' in (tmp_path / "ws/cockpit.toml").read_text()
    document = command("kpi", "open_pipeline", "-w", tmp_path / "ws", "--period", "all", "--json").json()
    assert document["currency"] == "EUR"


def test_a_workspace_that_is_not_ready_is_said_to_be_so(command, tmp_path):
    done = command("init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Nonsense"), "--yes")
    assert done.code == 1
    assert "no column is mapped to amount" in done.err
    assert "mend the lines above" in done.err


def test_read_only_before_a_command_holds_for_it(command, tmp_path):
    deals(tmp_path / "d.csv", "Amount")
    assert command("init", tmp_path / "ws", "--opportunities", tmp_path / "d.csv", "--yes").code == 0
    done = command("--read-only", "tasks", "add", "chase", "-w", tmp_path / "ws")
    assert done.code == 3
    assert "read-only" in done.err


def test_where_nobody_can_answer_nothing_is_written(command, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    done = command("init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Amount"))
    assert done.code == 130
    assert "nothing written; --yes writes it without asking" in done.err
    assert not (tmp_path / "ws").exists()
