"""What the rules find over the figures of the drawings, in which order, and how it is shown."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from msgspec.structs import replace as altered
from panes_fakes import TASKS, FakeCockpit, compared, totals

from cockpit.base.problems import ConfigError, Problem, UsageError
from cockpit.core.controls import Control
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.find import LOOKERS, find
from cockpit.core.findings.rules import Rule, load_rules
from cockpit.panes.findings import FindingsView
from cockpit.panes.formats import Formats
from cockpit.panes.found import look, sentence
from cockpit.panes.needs_you import MOST, as_shown
from cockpit.panes.view import Context, Size
from cockpit.panes.views import view_for

FORMATS = Formats()


def asked(cockpit=None, **rows):
    """The question over the fake, with some of its totals replaced."""
    cockpit = cockpit or FakeCockpit()
    if rows:
        whole = cockpit.kpi

        def kpi(names, by=(), **more):
            result = whole(names, by, **more)
            return replace(
                result, rows=tuple(rows.get(row.kpi, row) if not row.by else row for row in result.rows)
            )

        cockpit.kpi = kpi
    return Asked(cockpit)


def words(findings):
    return [sentence(one, FORMATS) for one in findings]


def test_a_change_is_a_finding_only_outside_its_swing_and_for_the_worse():
    rule = Rule(check="change", tag="close rate", metric="close_rate")
    look_at = LOOKERS["change"]
    assert look_at("r", rule, asked()) == []
    row = totals()["close_rate"]
    worse = replace(row, compare=compared(0.60, -0.115, swing=0.063, unusual=True))
    (finding,) = look_at("r", rule, asked(close_rate=worse))
    assert "48.5 % (231 of 476), was 60.0 %; usual swing 6.3 pp" in words([finding])[0]
    assert finding.key == "r"
    better = replace(row, compare=compared(0.38, 0.105, swing=0.063, unusual=True))
    assert look_at("r", rule, asked(close_rate=better)) == []
    assert look_at("r", altered(rule, tolerance=0.2), asked(close_rate=worse)) == []


def test_a_group_outside_its_swing_is_found_where_the_total_is_not():
    rule = Rule(check="change", tag="close rate", metric="close_rate", by=("manager",))
    (finding,) = LOOKERS["change"]("r", rule, asked())
    assert words([finding]) == ["Brooks: Close rate 33.7 % (31 of 92), was 52.0 %; usual swing 14.0 pp"]
    assert (finding.lead.kind, finding.lead.by, finding.lead.focus) == ("kpi", ("manager",), "Brooks")


def test_without_a_comparison_no_change_is_found():
    rule = Rule(check="change", tag="close rate", metric="close_rate", by=("manager",))
    assert LOOKERS["change"]("r", rule, Asked(FakeCockpit(), against=None)) == []


def test_late_tasks_are_one_finding_about_the_worst():
    rule = Rule(check="late", tag="tasks", weight=60)
    (finding,) = LOOKERS["late"]("late", rule, asked())
    assert "3 more tasks late" in words([finding])[0]
    (single,) = LOOKERS["late"]("late", rule, asked(FakeCockpit(all_tasks=TASKS[:1])))
    assert (single.lead.kind, single.lead.name) == ("task", TASKS[0].key)
    assert LOOKERS["late"]("late", rule, asked(FakeCockpit(all_tasks=TASKS[4:]))) == []
    milder = FakeCockpit(all_tasks=(altered(TASKS[0], severity="low"), *TASKS[1:]))
    assert LOOKERS["late"]("late", rule, asked(milder))[0].key != finding.key


def test_a_control_total_that_does_not_tie_tells_by_how_much():
    rule = Rule(check="control", tag="control")
    assert LOOKERS["control"]("c", rule, asked()) == []
    cockpit = FakeCockpit()
    off = Control(
        "won_amount", "FY27-Q1", None, Decimal(41_000_000), Decimal(41_250_000), Decimal(0), "finance close"
    )
    cockpit.controls = lambda: [off, replace(off, where="manager = 'Brooks'"), replace(off, source="again")]
    whole, part, again = LOOKERS["control"]("c", rule, asked(cockpit))
    assert "of FY27-Q1 does not tie: +250k beside 41.0M (finance close)" in words([whole])[0]
    assert "of FY27-Q1, manager = 'Brooks' does not tie" in words([part])[0]
    assert [one.key for one in (whole, part, again)] == [
        "c/won_amount@FY27-Q1", "c/won_amount@FY27-Q1/manager = 'Brooks'", "c/won_amount@FY27-Q1#2",
    ]  # fmt: skip
    assert whole.money == 250_000


def test_data_that_cannot_be_read_weighs_more_than_rejected_rows():
    cockpit = FakeCockpit(problems=(Problem("no such file", "deals.csv"),))
    rule = Rule(check="data", tag="data")
    broken, small = LOOKERS["data"]("d", rule, asked(cockpit))
    assert words([broken]) == ["deals.csv: no such file"]
    assert "2 rows rejected, 1 id repeated, 3 look-up keys unmatched of 25,002 rows" in words([small])[0]
    assert broken.days > small.days


def test_money_and_days_move_a_finding_up():
    found = find(asked())
    ranks = [one.rank for one in found.findings]
    assert ranks == sorted(ranks, reverse=True)
    assert {one.check for one in found.findings[:2]} == {"late", "change"}


def test_needs_you_shows_three_of_different_sorts():
    findings = as_shown(look(FakeCockpit(), Context()), FORMATS)
    assert len(findings.shown) == MOST < findings.found
    assert len({one.sort for one in findings.shown}) == MOST
    assert all(view_for(one.place) is not None for one in findings.shown)


def test_what_is_snoozed_is_quiet_until_its_day_is_over():
    cockpit = FakeCockpit()
    key = look(cockpit, Context()).findings[0].key

    def snoozed(until):
        item = SimpleNamespace(
            key=f"finding/{key}", fields={"until": until.isoformat(), "reason": "known"},
            updated_by="pat", updated_at="2026-11-23T10:00:00Z",
        )  # fmt: skip
        cockpit.store.items = lambda kind, states=None: [item]
        return look(cockpit, Context())

    quiet = snoozed(cockpit.today)
    assert key not in [one.key for one in quiet.findings]
    assert [(one.key, one.snooze.reason) for one in quiet.snoozed] == [(key, "known")]
    assert key in [one.key for one in snoozed(cockpit.today - timedelta(days=1)).findings]


def test_a_rule_that_cannot_look_says_why_and_the_others_look():
    cockpit = FakeCockpit(error=UsageError("no column manager"))
    found = look(cockpit, Context())
    assert [one.check for one in found.findings] == ["late", "data"]
    assert all("no column manager" in why for _, why in found.blind)
    assert found.blind


def test_amounts_of_findings_are_hidden_with_all_others():
    found = look(FakeCockpit(), Context())
    assert "21.6M" not in " ".join(sentence(one, Formats(blank=True)) for one in found.findings)


@pytest.mark.parametrize(("width", "height"), [(40, 10), (80, 21), (120, 37), (200, 57)])
def test_the_view_of_all_findings_fits_every_width(width, height):
    view = FindingsView()
    data = view.load(FakeCockpit(), Context())
    page = view.page(data, Size(width, height))
    assert all(line.width == width for line in page.blocks[0].lines)
    text = "\n".join(line.text for line in page.blocks[0].lines)
    assert "Brooks" in text
    line = next(line for line in page.blocks[0].lines if line.key)
    assert view.finding(data, line) == data.found.findings[0].key
    assert "rank" in "\n".join(part.text for part in view.detail(data, line, 40))
    assert view.table(data).rows


def test_rules_of_a_workspace_add_replace_and_switch_off(tmp_path):
    folder = tmp_path / "findings"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[past_due]\ncheck = "limit"\nmetric = "past_due_count"\nlimit = 10\ntag = "past due"\n'
        '[stale]\ncheck = "limit"\nmetric = "stale_share"\nlimit = 0.5\ntag = "stale"\nenabled = false\n'
        '[mine]\ncheck = "limit"\nmetric = "past_due_count"\nlimit = 3\ntag = "mine"\n'
    )
    rules = load_rules(tmp_path, ["past_due_count", "stale_share"])
    assert rules["past_due"].limit == 10
    assert "stale" not in rules
    assert rules["mine"].tag == "mine"


def test_every_problem_of_a_rule_is_told_at_its_line(tmp_path):
    folder = tmp_path / "findings"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[one]\ncheck = "limit"\nmetric = "past_due_cuont"\ntag = "x"\nshare = 0.5\n'
        '[two]\ncheck = "chnge"\ntag = "x"\n[three]\ncheck = "late"\ntag = "x"\nweigth = 3\n'
    )
    with pytest.raises(ConfigError) as raised:
        load_rules(tmp_path, ["past_due_count"])
    told = "\n".join(str(problem) for problem in raised.value.problems)
    assert (
        "own.toml:3: one.metric: there is no metric 'past_due_cuont' (did you mean past_due_count?)" in told
    )
    assert "needs limit" in told
    assert "own.toml:5: one.share: share means nothing to a rule that checks limit" in told
    assert "own.toml:7" in told
    assert "weight" in told


def test_a_rule_is_switched_off_by_its_name_alone(tmp_path):
    folder = tmp_path / "findings"
    folder.mkdir()
    (folder / "own.toml").write_text("[past_due]\nenabled = false\n")
    assert "past_due" not in load_rules(tmp_path, [])
    (folder / "own.toml").write_text("[past_deu]\nenabled = false\n")
    with pytest.raises(ConfigError, match=r"own.toml:1: past_deu: there is no such rule"):
        load_rules(tmp_path, [])


def test_a_wrong_rule_is_a_finding_and_the_others_look_all_the_same(tmp_path):
    folder = tmp_path / "findings"
    folder.mkdir()
    (folder / "own.toml").write_text('[mine]\ncheck = "limitt"\ntag = "x"\n[past_due]\ncheck = "limit"\n')
    cockpit = FakeCockpit()
    cockpit.workspace.folder = tmp_path
    found = find(asked(cockpit))
    assert found.findings[0].rule == "rules"
    told = words(found.findings)
    assert "own.toml:2: rule mine.check: 'limitt' is not one of the known values" in told[0]
    assert any(one.startswith("Open deals past due 63, limit 0") for one in told)


def test_built_in_rules_are_in_order():
    rules = load_rules(None, [])
    assert {rule.check for rule in rules.values()} <= set(LOOKERS)
    assert rules["close_rate_change"].by[0] == "manager"
