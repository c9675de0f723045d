"""`cockpit sync`, `check` and `rejects` over files: what is printed where, and the exit codes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CONFIG = """\
schema = 1
[sources.opportunities]
path = "o.csv"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }
status = { value = "open" }
values = { stage = { "Led" = "Lead" } }
[[sources.opportunities.lookup]]
path = "owners.csv"
on = { "owner" = "key" }
take = { owner = "name" }
"""
ROWS = """\
id,stage,amount,close,owner
1,Lead,100,2026-12-01,a
2,Led,200,2026-12-01,b
3,Led,x,2026-12-01,zz
4,Lead,400,2026-12-01,zz
4,Lead,500,2026-12-01,a
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "ws"
    place.mkdir()
    (place / "cockpit.toml").write_text(CONFIG)
    (place / "o.csv").write_text(ROWS)
    (place / "owners.csv").write_text("key,name\na,Ann\nb,Bob\n")
    return place


def test_data_on_stdout_words_on_stderr(command, folder):
    done = command("sync", "-w", folder)
    assert done.code == 0
    assert "4 rows, 4 new, 1 rejected" in done.out.replace(" ids", "")
    assert "1 rejected: amount: not an amount" in done.out
    assert "opportunities: reading" in done.err
    assert "reading" not in done.out


def test_the_document(command, folder):
    document = command("sync", "-w", folder, "--json").json()
    assert set(document) == {"taken_at", "snapshot", "tables", "problems"}
    (table,) = document["tables"]
    counts = {name: table[name] for name in ("rows", "new", "changed", "removed", "rejected", "repeated")}
    assert counts == {"rows": 4, "new": 4, "changed": 0, "removed": 0, "rejected": 1, "repeated": 1}
    assert table["reasons"] == [{"reason": "amount: not an amount", "count": 1}]
    assert table["kept_from"] is None
    again = command("sync", "-w", folder, "--json").json()
    assert again["snapshot"] == document["snapshot"]  # nothing is different, so nothing is written
    assert again["tables"][0]["new"] == 0


def test_a_source_that_cannot_be_read_is_exit_3_and_one_that_there_is_not_exit_2(command, folder):
    command("sync", "-w", folder)
    (folder / "o.csv").unlink()
    done = command("sync", "-w", folder)
    assert done.code == 3
    assert "not refreshed: o.csv: no such file" in done.out
    assert "4 rows of" in done.out
    wrong = command("sync", "-w", folder, "--source", "oportunities")
    assert wrong.code == 2
    assert "did you mean opportunities?" in wrong.err
    assert command("kpi", "open_pipeline", "-w", folder, "--json").json()["rows"][0]["value"] == 1200


def test_what_was_emptied_is_taken_only_on_demand(command, folder):
    command("sync", "-w", folder)
    (folder / "o.csv").write_text(ROWS.splitlines()[0] + "\n")
    assert command("sync", "-w", folder).code == 3
    done = command("sync", "-w", folder, "--allow-empty")
    assert done.code == 0
    assert "removed" in done.out


def test_rejects_names_every_row(command, folder):
    done = command("rejects", "-w", folder)
    assert done.code == 0
    for words in (
        "o.csv:4: amount: not an amount",
        "owners.csv does not have it: owner, 2 rows: 4, 5",
        "stage to 'Lead', 2 rows: 3, 4",
        "2 rows: 5, 6",
    ):
        assert words in done.out
    (document,) = command("rejects", "-w", folder, "--json").json()
    assert document["unmatched"][0]["rows"] == [4, 5]
    assert document["corrected"][0]["rows"] == [3, 4]
    assert document["repeated_ids"][0]["rows"] == [5, 6]
    assert "did you mean opportunities?" in command("rejects", "-w", folder, "--table", "opportunitis").err


def test_check_says_how_each_source_was_found(command, folder):
    done = command("check", "-w", folder)
    assert "source  opportunities: o.csv: 5 rows, 1 rejected" in done.out
    (source,) = command("check", "-w", folder, "--json").json()["sources"]
    assert (source["reached"], source["signed_in"], source["rows"]) == (True, None, 5)
    (folder / "o.csv").write_text("id,stage,Amuont,close,owner\n1,Lead,1,2026-12-01,a\n")
    done = command("check", "-w", folder)
    assert done.code == 1
    assert "the file has no column 'amount' (did you mean Amuont?)" in done.out
    assert "opportunities: o.csv: rows not counted" in done.out
    (folder / "o.csv").unlink()
    assert "opportunities: o.csv: not there" in command("check", "-w", folder).out


def test_an_interrupt_ends_it_with_130_and_nothing_half_loaded(folder):
    """In a process of its own: a file that never comes to rest keeps it busy."""
    code = (
        "from cockpit.sources import formats\n"
        "import time\n"
        "def forever(*given, **named):\n"
        "    print('busy', flush=True)\n"
        "    time.sleep(30)\n"
        "formats.read_delimited = forever\n"
        "from cockpit.cli.entry import run\n"
        f"raise SystemExit(run(['sync', '-w', {str(folder)!r}]))\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "busy\n"
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert "stopped; what had not arrived is as it was\n" in said
    assert not list((folder / ".cockpit").glob("history/*"))
