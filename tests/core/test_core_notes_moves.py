"""Notes on anything, what moved, findings kept quiet, and shapes, over a small workspace of files."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.base.problems import UsageError
from cockpit.core.findings.asked import Asked
from cockpit.core.findings.closings import lumps, told
from cockpit.core.findings.figures import limits
from cockpit.core.findings.find import find
from cockpit.core.findings.rules import Rule
from cockpit.core.findings.snooze import day_of, snooze, snoozes, wake
from cockpit.core.moves import moves, since_day
from cockpit.core.notes import notes, subject_of, write_note
from cockpit.core.shapes import Far, cloud, spread, typical
from cockpit.panes.cohorts import CohortsView
from cockpit.panes.drill import KpiView
from cockpit.panes.figures import formats_of
from cockpit.panes.moves import MovedView, MovesData, MovesView
from cockpit.panes.pictures import picture, pictures_for
from cockpit.panes.pipeline import PipelineView
from cockpit.panes.pivot import PivotView
from cockpit.panes.scatter import ScatterView
from cockpit.panes.today import TodayView
from cockpit.panes.view import Context, Size

CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", created_date = "created", close_date = "close", owner = "owner", product = "product", lost_reason = "why" }
status = { column = "status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
"""  # noqa: E501


def rows():
    yield "id,stage,amount,created,close,status,owner,product,why"
    for number in range(60):
        status = ("Won", "Lost", "Open")[number % 3]
        close = date(2026, 12, 10) if status == "Open" else date(2026, 10, 5) + timedelta(days=number // 2)
        if status == "Lost" and number > 20:
            close = date(2026, 11, 17)
        created = date(2026, 7, 1) + timedelta(days=2 * number)
        owner, product = "Ann" if number % 2 else "Bo", "ABC"[number % 3]
        yield f"D-{number},{status},{100 + number * 7}.50,{created},{close},{status},{owner},{product},price"


@pytest.fixture
def cockpit(tmp_path: Path):
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "o.csv").write_text("\n".join(rows()))
    with Cockpit.open(tmp_path) as opened:
        yield opened


def test_notes_are_found_under_the_figure_and_every_slice_of_it(cockpit):
    write_note(cockpit, "close_rate@this-quarter/owner=Ann", "asked Ann")
    write_note(cockpit, "close_rate@FY27-Q2", "low")
    write_note(cockpit, "D-7", "call back")
    assert [note.subject for note in notes(cockpit)] == [
        "close_rate@FY27-Q2/owner=Ann", "close_rate@FY27-Q2", "opportunities/D-7",
    ]  # fmt: skip
    assert [note.text for note in notes(cockpit, "close_rate@FY27-Q2")] == ["asked Ann", "low"]
    assert [note.text for note in notes(cockpit, "D-7")] == ["call back"]
    assert [note.text for note in notes(cockpit, "close_rate")] == ["asked Ann", "low"]
    assert notes(cockpit, "won_amount") == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("close_rat@FY27-Q2", "did you mean close_rate"),
        ("close_rate@FY27-Q9", "no quarter 9"),
        ("close_rate@FY27-Q2/owner", "is no slice"),
        ("close_rate", "names its period"),
        ("opportunities/D-99", "no row D-99"),
        ("nothing-at-all", "no task has this key"),
    ],
)
def test_a_note_on_nothing_is_refused_with_the_reason(cockpit, key, said):
    with pytest.raises(UsageError) as raised:
        subject_of(cockpit, key)
    assert said in str(raised.value.problems[0])


def test_a_note_needs_words(cockpit):
    with pytest.raises(UsageError, match="needs some words"):
        write_note(cockpit, "D-7", "  ")


def test_what_moved_balances_and_its_deals_make_the_buckets(cockpit):
    found = moves(cockpit, "2026-10-20", "all")
    assert found.balances
    assert found.rebuilt
    assert found.before + sum(bucket.change for bucket in found.buckets) == found.after
    for bucket in found.buckets:
        assert sum(one["change"] for one in found.of(bucket.name)) == bucket.change
        assert len({one["opportunity_id"] for one in found.of(bucket.name)}) == bucket.deals
    assert found.after == Decimal(cockpit.kpi("open_pipeline").total("open_pipeline").value)
    assert found.as_json()["buckets"]


def test_what_is_known_of_a_rebuilt_state_comes_before_its_figures(cockpit):
    found = moves(cockpit, "2026-10-20", "all")
    assert (
        found.words == "rebuilt from the records' own dates: of what moved only new, won and lost are known"
    )
    data = MovesData(found, formats_of(cockpit, Context()))
    chart = MovesView(since="2026-10-20", everything=True).chart(data)
    assert chart.title == "Moved since Tue 20 Oct, rebuilt"
    assert chart.notes[0] == f"R{found.words[1:]}."
    assert "alances" not in "".join(chart.notes)


def test_what_moved_can_be_narrowed(cockpit):
    whole = moves(cockpit, "2026-10-20", "all")
    parts = [moves(cockpit, "2026-10-20", "all", f"owner = '{owner}'") for owner in ("Ann", "Bo")]
    assert sum(part.after for part in parts) == whole.after
    assert all(part.balances for part in parts)


def test_since_takes_a_day_before_the_figures_and_the_last_lock(cockpit):
    day, words = since_day(cockpit, "lock", cockpit.as_of)
    assert day < cockpit.as_of
    assert words.startswith("the lock, ")
    for wrong in ("2026-11-23", "2027-01-01", "yesterday-ish"):
        with pytest.raises(UsageError):
            since_day(cockpit, wrong, cockpit.as_of)


def test_a_finding_is_kept_quiet_woken_and_undone(cockpit):
    found = find(Asked(cockpit))
    assert found.findings
    key = found.findings[0].key
    with pytest.raises(UsageError, match="needs a reason"):
        snooze(cockpit, key, " ")
    with pytest.raises(UsageError, match="is past"):
        snooze(cockpit, key, "known", date(2026, 1, 1))
    _ = cockpit.work
    with pytest.raises(UsageError, match="no rule has such a finding"):
        snooze(cockpit, "pastdue", "known")
    held = snooze(cockpit, key, "known", day_of(cockpit, "+2bd"))
    assert held.until == date(2026, 11, 25)
    assert key not in [one.key for one in find(Asked(cockpit)).findings]
    cockpit.work.undo()
    assert key in [one.key for one in find(Asked(cockpit)).findings]
    snooze(cockpit, key, "known again")
    wake(cockpit, key)
    assert snoozes(cockpit) == {}
    assert cockpit.store.check() == []
    assert "finding" in " ".join(entry.subject for entry in cockpit.store.journal())


def test_losses_of_one_day_are_found_with_whose_they_are(cockpit):
    lump = next(one for one in find(Asked(cockpit)).findings if one.check == "lump")
    assert lump.lead.where == "closing_date = '2026-11-17'"
    behind = cockpit.rows("lost_count", where=lump.lead.where)
    assert str(behind.count) in "".join(str(part) for part in lump.said)


def test_a_limit_of_none_is_not_told_as_one_where_no_target_is_set(cockpit):
    none, three = (Rule(check="limit", tag="x", metric="lost_count", limit=limit) for limit in (0, 3))
    (found,) = limits("lost", none, Asked(cockpit))
    assert [one if isinstance(one, str) else one.value for one in found.said] == [" ", 20, ", was ", 0]
    (found,) = limits("lost", three, Asked(cockpit))
    assert [one if isinstance(one, str) else one.value for one in found.said[:4]] == [" ", 20, ", limit ", 3]


def test_the_whole_catalogue_is_listed_in_groups_with_their_names(cockpit):
    view = PipelineView(shown="all")
    data = view.load(cockpit, Context())
    lines = [row.text.strip() for row in view.page(data, Size(120, 40)).blocks[0].lines]
    titles = [text.split()[0] for text in lines if text.endswith("figures") and "───" in text]
    assert titles[:4] == ["Pipeline", "Coverage", "Conversion", "Speed"]
    listed = {row.group for row in data.board.rows}
    assert set(titles) == listed
    assert view.narrowed("rate").shares_data(view)
    assert not PipelineView(shown="speed").shares_data(view)


@pytest.mark.parametrize(("metric", "headed"), [("won_amount", True), ("open_pipeline", False)])
def test_no_change_is_headed_where_no_group_has_one(cockpit, metric, headed):
    view = KpiView(metric, dimension="owner")
    rows = view.page(view.load(cockpit, Context()), Size(120, 40)).rows()
    heads = next(row.text for row in rows if row.text.split()[:2] == ["amount", "n"])
    assert ("change" in heads) == headed


def test_the_values_of_the_catalogue_are_there_before_what_is_usual_for_them(cockpit):
    view = PipelineView(shown="conversion")
    assert view.quick(cockpit, Context()) is None, "no data was read yet"
    whole = view.load(cockpit, Context()).board
    early = view.quick(cockpit, Context()).board
    assert [(row.name, row.value) for row in early.rows] == [(row.name, row.value) for row in whole.rows]
    assert all(row.delta is None and not row.trend for row in early.rows)
    assert any(row.delta is not None for row in whole.rows)


def test_bins_hold_every_row_once(cockpit):
    found = spread(cockpit, "open_pipeline", None)
    assert sum(one.count for one in found.bins) == found.count == 20
    total = cockpit.kpi("open_pipeline").total("open_pipeline").value
    assert sum(one.amount for one in found.bins) == pytest.approx(float(total))
    assert all(one.low is None or one.high is None or one.low < one.high for one in found.bins)
    points = cloud(cockpit, "open_pipeline", None)
    assert (points.count, points.every, len(points.points)) == (20, 1, 20)


def test_old_and_large_deals_are_told_with_whose_they_are_however_many_points_are_drawn(cockpit, monkeypatch):
    whole = cloud(cockpit, "open_pipeline", None)
    monkeypatch.setattr("cockpit.core.shapes.MOST_DOTS", 4)
    monkeypatch.setattr("cockpit.core.shapes.MOST_FAR", 1)
    found = cloud(cockpit, "lost_count", None)
    few = cloud(cockpit, "open_pipeline", None)
    assert (few.every, few.old_from, few.large_from, few.far_count) == (
        5, whole.old_from, whole.large_from, whole.far_count,
    )  # fmt: skip
    assert found.far == ()  # the old ones are the small ones here
    rows = cockpit.rows("open_pipeline").rows
    assert len(whole.points) == len(rows)
    view = ScatterView("open_pipeline")
    data = view.load(cockpit, Context())
    far = Far(150, 900.0, "D-9", {"account": "", "owner": "Bo"})
    text = "\n".join(
        row.text
        for row in view.page(
            replace(data, cloud=replace(data.cloud, far=(far,), far_count=7)), Size(120, 40)
        ).rows()
    )
    assert "the largest 1 of 7" in text
    assert next(line.split() for line in text.splitlines() if "D-9" in line) == [
        "D-9",
        "900",
        "150",
        "d",
        "Bo",
    ]


def test_a_pivot_adds_up_to_its_parent(cockpit):
    view = PivotView("won_amount", down="owner", across="product")
    data = view.load(cockpit, Context())
    inside = sum(row.value for row in data.cells.values())
    assert inside == sum(row.value for row in data.row_totals.values()) == data.total.value
    assert inside == sum(row.value for row in data.column_totals.values())
    swapped = view.divided(data, "product", None)
    assert (swapped.down, swapped.across) == ("product", "owner")


def test_cohorts_never_shrink_and_never_win_more_than_was_created(cockpit):
    data = CohortsView("close_rate").load(cockpit, Context())
    assert data.cohorts
    for cohort in data.cohorts:
        assert list(cohort.won) == sorted(cohort.won)
        assert cohort.won[-1] <= cohort.created


@pytest.mark.parametrize("size", [Size(60, 14), Size(80, 21), Size(120, 36), Size(200, 56)])
@pytest.mark.parametrize("metric", ["close_rate", "won_amount", "open_pipeline", "velocity"])
def test_every_picture_of_a_figure_is_whole(cockpit, metric, size):
    definition = next(one for one in cockpit.catalogue if one.name == metric)
    for choice in pictures_for(definition):
        if choice.name == "restated":
            continue  # a table, and of a state that was locked
        view = picture(choice.name, metric, choices=pictures_for(definition))
        data = view.load(cockpit, Context())
        page = view.page(data, size)
        for block in page.blocks:
            assert block.y + block.height <= size.height, (choice.name, block.name)
            assert block.x + block.width <= size.width
            assert {line.width for line in block.lines} <= {block.width}, (choice.name, block.name)
        assert view.chart(data) is not None
        assert view.table(data) is not None
        assert view.crumbs()


def test_the_board_has_what_moved_under_it_and_marks_notes(cockpit):
    cockpit.history.record(
        {"opportunities": cockpit.engine.tables["opportunities"]},
        datetime(2026, 11, 17, 20, tzinfo=UTC),
        label="q2-w8",
    )
    write_note(cockpit, "won_amount@FY27-Q2", "see mail")
    view = PipelineView()
    data = view.load(cockpit, Context())
    page = view.page(data, Size(120, 40))
    text = "\n".join(line.text for line in page.rows())
    assert "Moved since the lock" in text
    assert "“" in next(row.text for row in page.rows() if row.text.strip().startswith("Won"))
    every = view.divided(data, "all", None)
    assert len(every.load(cockpit, Context()).board.rows) > 60


def test_a_step_of_the_waterfall_opens_to_its_deals(cockpit):
    view = MovesView(since="2026-10-20", everything=True)
    data = view.load(cockpit, Context())
    page = view.page(data, Size(100, 30))
    line = next(line for line in page.blocks[0].lines if line.key == "bucket:new")
    inside = view.open(data, line.place)
    assert isinstance(inside, MovedView)
    listed = inside.page(inside.load(cockpit, Context()), Size(100, 30))
    assert sum(line.key is not None for line in listed.blocks[0].lines) == len(data.moves.of("new"))
    wide = inside.page(inside.load(cockpit, Context()), Size(130, 30)).blocks[0].lines
    assert wide[1].text.split()[-2:] == ["whose", "stage"]
    assert {line.text.split()[-2] for line in wide[2:] if line.key} <= {"Ann", "Bo"}
    assert {line.text.split()[-1] for line in wide[2:] if line.key} <= {"Open", "Won", "Lost"}
    assert inside.sibling(data, 1).bucket != "new"


def test_the_medians_of_what_is_behind_a_figure(cockpit):
    lost = [number for number in range(60) if number % 3 == 1 and number > 20]
    ages = sorted((date(2026, 11, 17) - date(2026, 7, 1) - timedelta(days=2 * one)).days for one in lost)
    found = typical(cockpit, "lost_count", ("cycle_days", "no_such"), "closing_date = '2026-11-17'")
    middle = (ages[(len(ages) - 1) // 2] + ages[len(ages) // 2]) / 2
    assert found == {"cycle_days": middle}


def test_the_largest_day_of_losses_is_told_with_what_is_left_without_it(cockpit):
    view = KpiView("close_rate")
    data = view.load(cockpit, Context())
    text = " ".join(" ".join(row.text.split()) for row in view.page(data, Size(160, 40)).rows())
    assert "13 lost of 20, all price" in text
    assert "without them 74.1 %, 20 of 27" in text
    assert "Without the 13 losses of Tue 17 Nov 74.1 % 20 of 27" in text


def test_a_lump_of_one_group_is_found_where_the_whole_has_none_and_is_told_once(tmp_path):
    """Ann loses 12 deals on one day and 1 on each of 6; Bo's are spread, so the whole has no lump."""
    rows = ["id,stage,amount,created,close,status,owner,product,why"]

    def lost(owner, day, count):
        for _ in range(count):
            rows.append(f"D-{len(rows)},Lost,100,2026-07-01,{day},Lost,{owner},A,price")

    lost("Ann", date(2026, 11, 17), 12)
    for number in range(6):
        lost("Ann", date(2026, 10, 5 + number), 1)
        lost("Bo", date(2026, 10, 5 + number), 20)
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "o.csv").write_text("\n".join(rows))
    rule = Rule(
        check="lump", tag="x", metric="lost_count", money="lost_amount", by=("owner",), least=10, share=0.1
    )
    with Cockpit.open(tmp_path) as cockpit:
        asked = Asked(cockpit)
        (found,) = lumps("lump", rule, asked)
        said = "".join(one if isinstance(one, str) else f"{one.value}" for one in (found.about, *found.said))
        assert said == "Lost deals of Ann on Tue 17 Nov: 12 of 18, 1200.0"
        assert cockpit.rows("lost_count", where=found.lead.where).count == 12
        told(asked).add(("owner = 'Ann'", date(2026, 11, 17)))
        assert lumps("lump", rule, asked) == []


def test_without_a_stored_state_what_moved_stays_out_and_says_what_would_fill_it(cockpit):
    view, before = PipelineView(), Context(as_of=date(2026, 11, 16))
    data = view.load(cockpit, before)
    assert data.moved is not None
    assert data.moved.moves.rebuilt
    text = " ".join(" ".join(row.text.split()) for row in view.page(data, Size(120, 40)).rows())
    assert "no stored state yet" in text
    assert "`cockpit sync` keeps one" in text
    assert "Moved since" not in text
    today = TodayView()
    shown = "\n".join(row.text for row in today.page(today.load(cockpit, before), Size(120, 40)).rows())
    assert "Moved" not in shown
    assert "cockpit.toml." in shown  # how to have agreements is told to its end


def test_what_moved_in_a_currency_without_a_rate_is_refused_and_not_added(tmp_path):
    config = CONFIG.replace('owner = "owner"', 'owner = "owner", currency = "code"')
    (tmp_path / "cockpit.toml").write_text(config.replace("name =", 'currency = "USD"\nname ='))
    listed = [*rows()]
    coded = [f"{row},{'EUR' if 'D-2,' in row else 'USD'}" for row in listed[1:]]
    (tmp_path / "o.csv").write_text("\n".join([f"{listed[0]},code", *coded]))
    with Cockpit.open(tmp_path) as opened:
        assert opened.kpi(["open_pipeline"]).total("open_pipeline").reason == "no rate for EUR"
        with pytest.raises(UsageError, match="what moved cannot be added up: no rate for EUR"):
            moves(opened, "2026-11-16")
        view = PipelineView()
        text = "\n".join(row.text for row in view.page(view.load(opened, Context()), Size(120, 40)).rows())
        assert "what moved cannot be added up: no rate for EUR" in text
        assert moves(opened, "2026-11-16", where="owner = 'Ann'").moved


def test_a_day_after_the_newest_record_is_not_a_stored_state(cockpit):
    """The rows of now stand on both days: that nothing moved in between would be made up."""
    found = moves(cockpit, "2026-11-20")
    assert found.rebuilt
    assert found.as_json()["snapshot"] == {"id": None, "kind": "reconstructed"}
    rows = cockpit.kpi(["open_pipeline"], vs="2026-11-20..2026-11-20").rows
    assert (rows[0].compare.delta, rows[0].compare.reason) == (None, "reconstructed")


def test_a_rebuilt_state_has_no_effects(cockpit):
    then = "2026-10-30..2026-10-30"
    assert cockpit.kpi(["open_pipeline"], vs=then).rows[0].compare.delta is None
    assert cockpit.effects("open_pipeline", ("owner",), vs=then) == ()
    assert cockpit.effects("won_amount", ("owner",), vs="last-quarter")


def test_a_row_of_states_has_only_those_of_now_and_those_stored(cockpit):
    days = [date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 23)]
    (points,) = cockpit.weekly.at(["open_pipeline"], days, "this-quarter", None).values()
    assert points[:2] == (None, None)
    assert points[2] == cockpit.kpi(["open_pipeline"]).rows[0].value


def test_why_another_way_has_no_answer_is_said_whole(cockpit):
    view = KpiView("close_rate", period="this-quarter")
    rows = view.page(view.load(cockpit, Context()), Size(120, 40)).rows()
    (one,) = [row.text for row in rows if "Won of those open at the start" in row.text]
    assert "– needs history of 2026-09-30" in one
