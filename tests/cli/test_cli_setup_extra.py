"""`init` on exports whose headers say more than a name, and `--read-only` before a sub-command."""

import io
from pathlib import Path

import pytest


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


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("", 2, "nothing written: nobody is there to answer (--yes writes it without asking)"),
        ("n\n", 0, "nothing written"),
    ],
)
def test_without_a_yes_nothing_is_written(command, tmp_path, monkeypatch, answer, code, said):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    done = command("init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Amount"))
    assert done.code == code
    assert said in done.err
    assert not (tmp_path / "ws").exists()


def test_a_question_that_is_interrupted_ends_init_as_interrupted(command, tmp_path, monkeypatch):
    def interrupted(_prompt):
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    done = command("init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Amount"))
    assert done.code == 130
    assert not (tmp_path / "ws").exists()


def test_what_is_to_be_decided_is_said_after_what_was_understood(command, tmp_path):
    done = command("init", tmp_path / "ws", "--opportunities", deals(tmp_path / "d.csv", "Amount"), "--yes")
    headings = [line for line in done.err.splitlines() if not line.startswith((" ", "?", "!"))]
    assert headings[:3] == ["Understood", "For you to decide", "Not found"]
    assert done.err.index("\n? ") < done.err.index("\n! ")


@pytest.mark.parametrize(
    ("address", "lines", "said"),
    [
        (
            "https://contoso.crm4.dynamics.com/api/data/v9.2/opportunities",
            ['type = "dataverse"', 'url = "https://contoso.crm4.dynamics.com"', "auth = { kind"],
            "contoso.crm4.dynamics.com is Dynamics 365 (Dataverse), whose columns are known",
        ),
        ("https://api.hubapi.com", ['type = "hubspot"', "auth = { kind"], "api.hubapi.com is HubSpot"),
        (
            "https://crm.example/odata/Deals?$top=9",
            ['type = "odata"', 'url = "https://crm.example/odata/Deals?$top=9"', "# columns = {", "# status"],
            "taken as odata from crm.example",
        ),
        ("http://127.0.0.1:9/deals.csv.gz", ['type = "csv"', "# auth = {"], "taken as csv from 127.0.0.1"),
        ("https://crm.example/deals", ['type = "json"', "# rows = "], "taken as json from crm.example"),
    ],
)
def test_of_an_address_the_section_is_written_to_be_filled_in(command, tmp_path, address, lines, said):
    done = command("init", tmp_path / "ws", "--opportunities", address, "--yes")
    assert done.code == 1, "somebody has to say how to sign in, or which column is which"
    assert said in done.err and "mend the lines above" in done.err
    text = (tmp_path / "ws" / "cockpit.toml").read_text()
    assert [line for line in lines if f"\n{line}" in text] == lines
    assert "[targets]" in text


def test_files_and_addresses_may_be_mixed(command, tmp_path):
    place = deals(tmp_path / "d.csv", "Amount")
    done = command(
        "init",
        tmp_path / "ws",
        "--opportunities",
        place,
        "--accounts",
        "https://crm.example/odata/A",
        "--yes",
    )
    assert "opportunities: d.csv: 30 rows" in done.err
    text = (tmp_path / "ws" / "cockpit.toml").read_text()
    assert text.index("[sources.opportunities]") < text.index("[sources.accounts]")
    assert text.count('type = "odata"') == 1


@pytest.mark.parametrize(
    "address", ["https://pat:s3cret@crm.example/deals", "https://", "https://[::1/deals"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_secret(command, tmp_path, address):
    done = command("init", tmp_path / "ws", "--opportunities", address, "--yes")
    assert done.code == 2
    assert done.err.count("\n") == 1 and "s3cret" not in done.err
    assert not (tmp_path / "ws").exists()
