"""From a figure to its groups, its rows, the record, and the reasons."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panes_fakes import DEAL_COLUMNS, FakeCockpit, totals
from test_panes_today import assert_whole

from cockpit.base.problems import UsageError
from cockpit.core.own_rates import OwnRate
from cockpit.metrics.results import NOT_DIVIDED
from cockpit.panes.conditions import both, column, equals, literal
from cockpit.panes.dimensions import choices
from cockpit.panes.drill import KpiView
from cockpit.panes.drill_words import change_words, moment_words, own_words, target_words
from cockpit.panes.explain import ExplainView
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import Formats
from cockpit.panes.place import Place
from cockpit.panes.record import RecordView
from cockpit.panes.record_words import link_for
from cockpit.panes.rows import RowsView
from cockpit.panes.view import Context, Size
from cockpit.panes.views import view_for

SIZE = Size(120, 37)


def loaded(view, cockpit=None):
    cockpit = cockpit or FakeCockpit()
    return cockpit, view.load(cockpit, Context())


def block(view, data, name, size=SIZE):
    return next(block for block in view.page(data, size).blocks if block.name == name)


def line_of(view, data, key, name="groups"):
    return next(line for line in block(view, data, name).lines if line.key == key)


def text_of(view, data, size=SIZE):
    return "\n".join(row.text for row in view.page(data, size).rows())


def test_a_figure_says_what_it_stands_on_how_it_changed_and_who_is_unusual():
    view = view_for(Place("kpi", "close_rate", by=("manager",), focus="Brooks"))
    _, data = loaded(view)
    text = text_of(view, data)
    assert "48.5 %      231 of 476: won / (won + lost)" in text
    assert "-3.4 pp from 51.9 % (FY27-Q1 to 21 Aug). Usual swing for this n is 6.3 pp" in text
    assert "One manager is outside the usual swing: Brooks, -18.3 pp." in text
    assert "5, by effect on the total" in text
    assert "31/92" in text
    assert view.crumbs() == ("Pipeline", "Close rate", "by manager")
    assert view.facts(data) == "to Fri 20 Nov, against FY27-Q1 at BD 38 (21 Aug)"


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("deals", "Usual swing for this n is"),
        ("sizes of deals", "Usual swing for deals of these sizes is"),
        ("own past", "Usual swing in its own past is"),
    ],
)
def test_it_is_said_what_a_usual_swing_follows_from(basis, words):
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    cockpit, data = loaded(view)
    row = replace(data.total, compare=replace(data.total.compare, swing_basis=basis))
    assert words in change_words(row, formats_of(cockpit, Context()))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("it never changed before", " Its usual swing is not known: it never changed before."),
        (NOT_DIVIDED, ""),
        (None, ""),
    ],
)
def test_why_a_usual_swing_is_not_known_is_said_where_it_was_looked_for(reason, said):
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    cockpit, data = loaded(view)
    unknown = replace(data.total.compare, swing=None, unusual=None, swing_basis=None, swing_reason=reason)
    row = replace(data.total, compare=unknown)
    words = change_words(row, formats_of(cockpit, Context()))
    assert words == f"-3.4 pp from 51.9 % (FY27-Q1 to 21 Aug).{said}"


def test_a_change_of_velocity_is_an_amount_as_its_usual_swing_is():
    row = totals()["velocity"]
    compare = replace(row.compare, swing=83_000, swing_basis="own past", unusual=False)
    words = change_words(replace(row, compare=compare), Formats())
    assert words.startswith("-11k (-2.1 %) from 500k (FY27-Q1 to 21 Aug).")
    assert "is 83k" in words


def test_groups_come_by_effect_and_the_cursor_starts_on_the_one_that_was_meant():
    view = view_for(Place("kpi", "close_rate", by=("manager",), focus="Okafor"))
    _, data = loaded(view)
    assert [group.label for group in data.groups] == ["Brooks", "(none)", "Okafor", "Garner", "Lindqvist"]
    groups = block(view, data, "groups")
    assert groups.lines[groups.cursor].key == "group:Okafor"


def test_the_foot_is_the_parent_and_effects_add_up_to_its_change():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    *_, last, marks = block(view, data, "groups").foot
    assert marks.text.strip() == "│ FY27-Q1 at BD 38 (21 Aug)"
    total = last.text
    assert total.split() == ["All", "48.5", "%", "231/476", total.split()[4], "-3.4", "pp", "-3.4"]
    assert sum(group.effect for group in data.groups) == pytest.approx(-0.034)


def test_a_bar_marks_what_the_group_was_on_a_scale_to_100_percent():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    groups = block(view, data, "groups")
    heads, brooks = groups.lines[1].text, line_of(view, data, "group:Brooks").text
    start = heads.index("0  ")
    end = heads.index("100") + 3
    bar = brooks[start:end]
    assert bar.count("█") == round(31 / 92 * len(bar))
    assert bar.index("│") == round((31 / 92 + 0.183) * len(bar))


def test_what_an_unusual_group_does_to_the_total_is_said():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    said = " ".join(text_of(view, data).split())
    assert "Its effect on the total is -3.6 pp of -3.4 pp; the others make +0.2 pp." in said


def test_the_keys_are_named_after_what_they_open():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    cockpit, data = loaded(view)
    brooks = line_of(view, data, "group:Brooks")
    assert view.hints(data, brooks) == {"open": "Brooks by owner", "next_sibling": ""}
    below = view.open(data, brooks.place)
    _, lower = loaded(below, cockpit)
    assert below.hints(lower, line_of(below, lower, "group:Okafor")) == {
        "open": "Okafor rows",
        "next_sibling": "next manager",
    }


def test_without_a_comparison_groups_come_by_value():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    data = view.load(FakeCockpit(), Context(against=""))
    assert data.ordered == "by value"


def test_enter_goes_one_level_down_with_the_condition_and_back_up_the_siblings():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    cockpit, data = loaded(view)
    below = view.open(data, line_of(view, data, "group:Brooks").place)
    assert isinstance(below, KpiView)
    assert below.condition == "manager = 'Brooks'"
    assert below.crumbs() == ("Pipeline", "Close rate", "Brooks", "by owner")
    _, lower = loaded(below, cockpit)
    assert cockpit.asked[-1][2] == "manager = 'Brooks'"
    following = below.sibling(lower, 1)
    assert following.condition == "manager IS NULL"
    assert below.sibling(lower, -1).condition == "manager = 'Lindqvist'"
    rows = below.open(lower, line_of(below, lower, "group:Okafor").place)
    assert isinstance(rows, RowsView)
    assert rows.condition == "(manager = 'Brooks') AND (owner = 'Okafor')"
    assert rows.crumbs() == ("Pipeline", "Close rate", "Brooks", "Okafor", "rows")


def test_dividing_inside_a_group_and_in_place():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    names = [choice.name for choice in view.dimensions(data)]
    assert names[:2] == ["manager", "owner"]
    assert "status" in names
    assert "opportunity_id" not in names
    assert len({choice.letter for choice in view.dimensions(data)}) == len(names)
    inside = view.divided(data, "status", line_of(view, data, "group:Brooks"))
    assert inside.condition == "manager = 'Brooks'"
    assert inside.dimension == "status"
    assert view.divided(data, "status", None).condition is None


def test_a_flow_can_be_divided_by_the_fiscal_weeks_of_its_date_in_time_order():
    view = view_for(Place("kpi", "won_amount", by=("closing_week",)))
    _, data = loaded(view)
    assert {"closing_quarter", "closing_period", "closing_week"} <= set(data.available)
    assert data.ordered == "in time order"
    assert [group.label for group in data.groups][:2] == ["FY27-W10", "FY27-W11"]
    assert not {
        name for name in loaded(view_for(Place("kpi", "coverage_gap")))[1].available if "week" in name
    }


def test_sorting_twice_reverses_and_narrowing_says_how_many_match():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    by_n = view.sorted_by("n")
    _, data = loaded(by_n)
    assert [group.row.n for group in data.groups] == [112, 104, 95, 92, 73]
    _, reversed_data = loaded(by_n.sorted_by("n"))
    assert [group.row.n for group in reversed_data.groups] == [73, 92, 95, 104, 112]
    narrow = view.narrowed("lind")
    _, few = loaded(narrow)
    assert [group.label for group in few.groups] == ["Lindqvist"]
    assert "1 of 5 with “lind”" in text_of(narrow, few)
    nothing = view.narrowed("zzz")
    _, none = loaded(nothing)
    assert "Nothing matches; Esc shows all again." in text_of(nothing, none)


def test_the_subject_of_a_note_is_the_figure_with_its_slice():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    assert view.subject(data, line_of(view, data, "group:Brooks")) == "close_rate@FY27-Q2/manager=Brooks"


def test_the_raw_table_has_unformatted_values():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    table = view.table(data)
    assert table.columns[0] == "manager"
    assert table.rows[0][:2] == ("Brooks", 31 / 92)
    assert table.rows[1][0] is None


def test_a_derived_figure_shows_its_formula_with_numbers():
    view = view_for(Place("kpi", "velocity"))
    _, data = loaded(view)
    text = text_of(view, data)
    assert "231 / 476 = 0.4853" in text
    groups = block(view, data, "groups")
    parts = {line.key: line for line in groups.lines if line.place is not None}
    opened = parts["part:close_rate"].place
    assert (opened.name, opened.period) == ("close_rate", "2026-01-01..2026-11-20")
    before = next(line for line in groups.lines if line.key == "part:before")
    assert (before.place, before.text.rstrip().endswith("1 period before")) == (None, True)
    assert "50.0 %      900   -8k" in parts["part:close_rate"].text
    assert "63" in parts["part:past_due_count"].text


def test_a_derived_figure_opens_by_a_dimension_and_ends_at_its_parts():
    view = KpiView("coverage_gap", (), "manager")
    _, data = loaded(view)
    assert all(group.effect is None for group in data.groups)
    assert view.open(data, Place("kpi", "coverage_gap", focus="nobody")) is None


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean close_rate"):
        loaded(view_for(Place("kpi", "close_rat")))


def test_rows_are_made_when_seen_sorted_narrowed_and_opened():
    deals = tuple(
        (part, 1, f"OPP-{n}", *rest) for n in range(70) for part, _, _, *rest in FakeCockpit().deals
    )
    cockpit = FakeCockpit(deals=deals[:20_000])
    view = view_for(Place("rows", "close_rate"))
    _, data = loaded(view, cockpit)
    rows = block(view, data, "rows")
    assert len(rows.lines) == 20_002
    assert rows.lines[20_001].place.kind == "record"
    by_amount = view.sorted_by("amount")
    _, ordered = loaded(by_amount, cockpit)
    assert ordered.cell(ordered.result.rows[ordered.order[0]], "amount") == Decimal(299_000)
    narrow = view.narrowed("deal 42")
    _, few = loaded(narrow, cockpit)
    assert {few.cell(row, "name") for row in few.result.rows.at(few.order)} == {"Deal 42"}
    assert few.result.count == 20_000


def test_a_row_opens_to_every_field_its_own_columns_and_the_crm():
    view = view_for(Place("rows", "close_rate"))
    cockpit, data = loaded(view)
    line = block(view, data, "rows").lines[5]
    record = view.open(data, line.place)
    assert isinstance(record, RecordView)
    assert view.link(data, line) == "https://crm.example/opp/OPP-0003"
    _, fields = loaded(record, cockpit)
    text = text_of(record, fields)
    assert "OPP-0003" in text
    assert "(Value)" in text
    assert "row 5 of opportunities.csv" in text
    assert "empty" in text
    assert record.sibling(fields, 1).identity == "OPP-0004"
    assert record.subject(fields, None) == "opportunities/OPP-0003"


def test_a_link_is_quoted_and_needs_its_field():
    assert link_for("https://x/{id}", {"id": "a b/../c?d"}) == "https://x/a%20b%2F..%2Fc%3Fd"
    assert link_for("https://x/{id}", {"id": None}) is None
    assert link_for("https://x/{id}", {}) is None


def test_e_explains_the_group_under_the_cursor():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    cockpit, data = loaded(view)
    why = view.explanation(data, line_of(view, data, "group:Brooks"))
    assert isinstance(why, ExplainView)
    assert why.where == "manager = 'Brooks'"
    _, reasons = loaded(why, cockpit)
    text = text_of(why, reasons)
    assert "231 / 476 = 0.4853" in text
    assert "2,204  open: no outcome yet" in text
    assert "catalogue/pipeline.toml:12" in text
    assert "opportunities.csv" in text


def test_e_on_a_row_tells_whether_it_counts_and_so_it_does_on_its_record():
    view = RowsView("close_rate", where="manager = 'Brooks'")
    cockpit, data = loaded(view)
    line = next(row for row in view.page(data, Size(120, 30)).blocks[0].lines if row.place is not None)
    why = view.explanation(data, line)
    assert why == ExplainView("close_rate", "manager = 'Brooks'", view.crumbs(), row=line.place.where)
    text = text_of(why, loaded(why, cockpit)[1])
    assert "won_count               row 7           counts, adding 1" in text
    assert "won_amount              row 7           counts, adding 479,200.00" in text
    assert "closed_count            row 8           left out: open" in text
    record = view.open(data, line.place)
    assert record.explanation(None, None).row == line.place.where
    assert RecordView("opportunities", "OPP-1").explanation(None, None) is None


def test_people_are_asked_about_their_figure_and_their_deals():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    (question,) = view.questions(data, ["group:Brooks"])
    assert question.person == "Brooks"
    assert question.about.startswith("Close rate")
    assert "33.7 %" in question.about
    assert question.subject == view.subject(data, line_of(view, data, "group:Brooks"))
    by_status = view.divided(data, "status", None)
    assert by_status.questions(loaded(by_status)[1], ["group:won"]) == ()
    rows = RowsView("close_rate")
    _, deals = loaded(rows)
    line = next(row for row in rows.page(deals, SIZE).blocks[0].lines if row.place is not None)
    (about,) = rows.questions(deals, [line.key])
    assert about.person == deals.cell(deals.result.rows[0], "owner")
    assert about.about.startswith(line.place.where)
    assert about.subject == f"opportunities/{line.place.where}"
    assert rows.questions(deals, ["nothing"]) == []


def test_hidden_amounts_are_not_told_by_an_explanation():
    why = ExplainView("won_amount", row="OPP-1")
    cockpit = FakeCockpit()
    data = why.load(cockpit, Context(blank_money=True))
    text = text_of(why, data)
    assert "with numbers  •••" in text
    assert "adding •••" in text
    assert "479,200" not in text


@given(st.text(max_size=30))
def test_values_cannot_break_out_of_their_condition(value):
    condition = equals("lost reason", value)
    assert condition.startswith('"lost reason" = \'')
    inside = condition[len('"lost reason" = ') + 1 : -1]
    assert inside.replace("''", "").count("'") == 0
    assert inside.replace("''", "'") == value


def test_conditions():
    assert equals("manager", None) == "manager IS NULL"
    assert equals("close_date", date(2026, 11, 3)) == "close_date = '2026-11-03'"
    assert equals("is_past_due", True) == "is_past_due = TRUE"
    assert literal(Decimal("1E+3")) == "1000"
    assert column('a"b') == '"a""b"'
    assert both(None, "a = 1") == "a = 1"
    assert both("a = 1 OR b = 2", "c = 3") == "(a = 1 OR b = 2) AND (c = 3)"
    assert both(None, None) is None


@given(st.lists(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), unique=True, max_size=36))
def test_every_choice_has_a_letter_of_its_own(names):
    letters = [choice.letter for choice in choices(names)]
    assert len(set(letters)) == len(letters) == len(names)


DRILL = view_for(Place("kpi", "close_rate", by=("manager",)))
DRILLED = DRILL.load(FakeCockpit(), Context())
ROWS = view_for(Place("rows", "close_rate"))
ROWED = ROWS.load(FakeCockpit(), Context())
WHY = view_for(Place("explain", "close_rate"))
WHYED = WHY.load(FakeCockpit(), Context())


@given(st.integers(40, 250), st.integers(8, 70))
def test_every_level_is_whole_at_every_size(width, height):
    size = Size(width, height)
    for view, data in ((DRILL, DRILLED), (ROWS, ROWED), (WHY, WHYED)):
        assert_whole(view.page(data, size), size)


def test_rows_have_the_columns_of_the_engine():
    assert ROWED.result.columns == DEAL_COLUMNS


def test_what_still_adds_up_has_missed_no_target():
    row = replace(DRILLED.total, value=Decimal(44), target=Decimal(100), status="bad", unit="count")
    words = target_words(row, "up", DRILLED.formats, running=True)
    assert words == "Target 100: 44 % so far."
    assert target_words(row, "up", DRILLED.formats, running=False) == "Target 100: missed."
    met = replace(row, status="good")
    assert target_words(met, "up", DRILLED.formats, running=True) == "Target 100: met."


def test_what_our_own_past_says_of_a_figure_is_told_in_a_sentence():
    view = view_for(Place("kpi", "coverage_gap"))
    _, data = loaded(view)
    untold = replace(data, total=replace(data.total, target=None, status=None))
    assert view.crumbs()[1] == "Coverage of the rest"
    assert own_words(untold) == ""
    needs = replace(untold, own=OwnRate(2.9, "required_coverage_rest"))
    assert own_words(needs) == "Our own rates need 2.9x: 5.3M short."
    assert own_words(replace(needs, own=OwnRate(2.5))) == "Our own rates need 2.5x: 5.3M more than that."
    running = replace(data, running=True, own=OwnRate(ahead=-0.08))
    assert (
        own_words(running) == "Behind curve: 8.0 pp behind the share of the four periods before by this day."
    )


def test_the_factors_of_a_derived_figure_say_their_window_and_add_up_to_its_change():
    view = view_for(Place("kpi", "velocity"))
    _, data = loaded(view)
    rows = [row.text for row in block(view, data, "groups").lines]
    rate = next(row for row in rows if row.lstrip().startswith("Close rate"))
    assert "trailing 4 quarters" in rate
    assert rows[-1].split()[:4] == ["Velocity,", "a", "day", "489k"]
    assert rows[-1].split()[-1] == "-8k"


def test_a_young_cohort_is_dim_beside_the_other_rates():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    metric, row = data.related[1]
    young = replace(data, related=((metric, replace(row, marks=("young",))),))
    line = line_of(view, young, "related:close_rate_value", "below0")
    assert ", young" in line.text
    assert line.spans[1].role == "dim"


def test_a_figure_of_a_period_of_its_own_keeps_it_down_to_the_rows():
    view = view_for(Place("kpi", "close_rate", by=("manager",), where="owner = 'x'", period="FY27-Q1"))
    cockpit, data = loaded(view)
    assert {asked[3:5] for asked in cockpit.asked if asked[0] == ("close_rate",)} == {("FY27-Q1", None)}
    assert view.crumbs()[2:4] == ("FY27-Q1", "owner = 'x'")
    below = view.open(data, line_of(view, data, "group:Brooks").place)
    assert below.period == "FY27-Q1"
    rows = below.open(loaded(below)[1], line_of(below, loaded(below)[1], "group:Okafor").place)
    assert rows.period == "FY27-Q1"
    assert view.explanation(data, None).period == "FY27-Q1"
    assert view.pictures(data, None) == ()


def test_a_figure_is_called_the_same_on_every_way_to_it():
    views = (KpiView("coverage_gap"), RowsView("coverage_gap"), ExplainView("coverage_gap"))
    assert {view.crumbs()[1] for view in views} == {"Coverage of the rest"}


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), ""),
        (("trailing-4-quarters",), "trailing 4 quarters"),
        (("-1 asked", "year-to-date"), "1 period before, year to date"),
        (("-2 quarters whole",), "2 quarters before, whole"),
        (("+1 quarter",), "1 quarter after"),
        (("week-3",), "as week 3 began"),
        (("start",), "as it began"),
    ],
)
def test_the_moment_of_a_part_in_words(steps, words):
    assert moment_words(steps) == words


def test_a_figure_that_lacks_something_offers_no_division_and_says_why():
    view = view_for(Place("kpi", "close_rate", by=("manager",)))
    _, data = loaded(view)
    assert view.dimensions(data)
    blank = replace(data.total, value=None, reason="needs history of stages", compare=None)
    lacking = replace(data, total=blank, groups=(), matching=(0, 0))
    assert view.dimensions(lacking) == ()
    assert view.undivided(lacking) == "this cannot be divided: needs history of stages"
    text = text_of(view, lacking)
    assert "It cannot be divided: needs history of stages." in text
    assert "p asks for another period" not in text


def test_how_all_deals_keep_to_the_curve_is_not_said_of_some_of_them(monkeypatch):
    told = {"won_amount": OwnRate(2.9, "required_coverage_rest", ahead=0.06)}
    monkeypatch.setattr("cockpit.panes.drill.own_rates", lambda *_: told)
    whole = KpiView("won_amount")
    assert whole._own(None, Context()) == told["won_amount"]
    for some in (replace(whole, steps=(("owner", "Brooks"),)), replace(whole, where="amount > 10")):
        assert some._own(None, Context()) == OwnRate(2.9, "required_coverage_rest")
