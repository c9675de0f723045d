"""An agreement's own page: how it stands, its timeline, deals, contacts and chain of renewals."""

from pathlib import Path

import pytest
from test_panes_annuity import line_with, lines_of, write_workspace

from cockpit import Cockpit
from cockpit.base.problems import UsageError
from cockpit.panes.lines import plain
from cockpit.panes.place import Place
from cockpit.panes.view import Context
from cockpit.panes.views import view_for


@pytest.fixture
def cockpit(tmp_path: Path):
    with Cockpit.open(write_workspace(tmp_path)) as opened:
        _ = opened.engine
        yield opened


def page_of(cockpit, identity):
    view = view_for(Place("agreement", identity))
    data = view.load(cockpit, Context())
    return view, data, "\n".join(plain(lines_of(view, data, 110, 90)))


def test_an_agreement_says_how_it_stands_and_what_is_at_risk(cockpit):
    _, _, text = page_of(cockpit, "AG-5")
    assert "due Fri 18 Dec 2026" in text
    assert "to come, in 25 days" in text
    assert "no deal by T-120, no contact" in text
    assert "No deal is linked, in either direction." in text
    assert "No contact of the account is known." in text


def test_an_extended_agreement_stands_at_both_of_its_due_dates(cockpit):
    _, data, text = page_of(cockpit, "AG-3")
    assert [state["outcome"] for state in data.states] in (
        ["extended in time", "to come"],
        ["to come", "extended in time"],
    )
    assert "extended to Thu 31 Dec 2026" in text


def test_a_late_one_says_by_how_many_days(cockpit):
    assert "renewed late, 13 days late" in page_of(cockpit, "AG-2")[2]


def test_the_timeline_has_every_gate_and_how_it_was_passed(cockpit):
    view, data, text = page_of(cockpit, "AG-6")
    offsets = [gate.offset for gate in data.gates]
    assert offsets[0] == "T-18mo"
    assert offsets[-1] == "T+90d"
    assert offsets == sorted(set(offsets), key=offsets.index)
    assert [gate.due for gate in data.gates] == sorted(gate.due for gate in data.gates)
    with_task = next(gate for gate in data.gates if gate.task is not None)
    cockpit.work.done(with_task.task.key, "https://crm.example/plan/7")
    again = view.load(cockpit, Context())
    done = line_with(view, again, "https://crm.example/plan/7")
    assert "done" in done.text
    assert done.place == Place("task", with_task.task.key)
    assert "past due" in text


def test_a_settled_agreement_has_no_gates_to_pass(cockpit):
    _, _, text = page_of(cockpit, "AG-1")
    assert "settled before" in text
    assert "no task" in text


def test_the_chain_of_renewals_opens_its_other_end(cockpit):
    view, data, text = page_of(cockpit, "AG-9")
    assert [row["agreement_id"] for row in data.chain] == ["AG-1", "AG-9"]
    assert "this one" in text
    assert view.open(data, Place("agreement", "AG-1")).identity == "AG-1"
    assert page_of(cockpit, "AG-1")[1].chain == data.chain


def test_it_is_narrowed_and_copied(cockpit):
    view, data, _ = page_of(cockpit, "AG-6")
    text = "\n".join(plain(lines_of(view.narrowed("rosa"), data)))
    assert "Rosa Patel" in text
    assert "Timeline" not in text
    assert ("agreement_id", "AG-6") in view.table(data).rows
    assert view.subject(data, None) == "agreements/AG-6"


def test_there_is_no_page_of_an_agreement_that_is_not_there(cockpit):
    with pytest.raises(UsageError, match="AG-77"):
        page_of(cockpit, "AG-77")
