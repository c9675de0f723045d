"""The annuity view over a small workspace of files: what it says, where it leads, at every width."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit import Cockpit
from cockpit.panes.agreement_list import AgreementsView
from cockpit.panes.annuity import AnnuityView
from cockpit.panes.lines import Line, cells, plain
from cockpit.panes.place import Place
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root, view_for

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = """
schema = 1
name = "Annuity"
calendar = "microsoft-like"
as_of = 2026-11-23
currency = "USD"
[sources.opportunities]
path = "deals.csv"
date_format = "%Y-%m-%d"
columns = { COLUMNS_OF_DEALS }
status = { column = "Status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
[sources.agreements]
path = "agreements.csv"
date_format = "%Y-%m-%d"
link = "https://crm.example/agreement/{agreement_id}"
columns = { COLUMNS_OF_AGREEMENTS }
[sources.contacts]
path = "contacts.csv"
date_format = "%Y-%m-%d"
columns = { COLUMNS_OF_CONTACTS }
"""
FILES = {
    "deals.csv": """opportunity_id,name,amount,close_date,Status,agreement_id,owner,stage
D-1,Renewal,100000,2027-02-15,Open,AG-6,Marsh,Negotiate
D-2,Renewal,250000,2026-12-10,Open,AG-7,Novak,Propose
""",
    "contacts.csv": """contact_id,account_id,name,role,email,verified_date
C-1,A-1,Rosa Patel,IT manager,rosa@contoso.example,2026-01-05
""",
    "agreements.csv": """agreement_id,account_id,account,owner,product,expires_date,due_date,base_amount,\
renewed_date,renewed_amount,renewed_agreement_id,extended_date,extended_to,terminated_date,status,opportunity_id
AG-1,A-1,Contoso,Marsh,Suite,2026-10-15,2026-10-15,100000,2026-10-10,110000,AG-9,,,,renewed,
AG-2,A-1,Contoso,Marsh,Suite,2026-10-20,2026-10-20,50000,2026-11-02,45000,,,,,renewed,
AG-3,A-2,Fabrikam,Novak,Suite,2026-10-31,2026-10-31,30000,,,,2026-10-28,2026-12-31,,extended,
AG-4,A-2,Fabrikam,Novak,Suite,2026-11-10,2026-11-10,20000,,,,,,,lapsed,
AG-5,A-2,Fabrikam,,Suite,2026-12-18,2026-12-18,400000,,,,,,,active,
AG-6,A-1,Contoso,Marsh,Suite,2026-12-31,2026-12-31,80000,,,,,,,active,
AG-7,A-1,Contoso,Novak,Suite,2026-12-31,2026-12-31,60000,,,,,,,active,D-2
AG-9,A-1,Contoso,Marsh,Suite,2029-10-15,2029-10-15,110000,,,,,,,active,
""",
}


def write_workspace(folder: Path) -> Path:
    """The files, each column under its own name."""
    settings_text = SETTINGS
    for name, text in FILES.items():
        (folder / name).write_text(text)
        heads = [head for head in text.split("\n")[0].split(",") if head != "Status"]
        mapped = ", ".join(f'{head} = "{head}"' for head in heads)
        settings_text = settings_text.replace(f"COLUMNS_OF_{name.removesuffix('.csv').upper()}", mapped)
    (folder / "cockpit.toml").write_text(settings_text)
    return folder


@pytest.fixture
def cockpit(tmp_path: Path):
    with Cockpit.open(write_workspace(tmp_path)) as opened:
        yield opened


def lines_of(view, data, width=120, height=60):
    return view.page(data, Size(width, height)).rows()


def line_with(view, data, words, width=120) -> Line:
    blocks = view.page(data, Size(width, 60)).blocks
    return next(row for block in blocks for row in block.lines if words in row.text)


def listed(view, cockpit):
    return [one.identity for one in view.load(cockpit, Context()).shown]


def test_what_fell_due_what_is_at_risk_and_the_book(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    text = "\n".join(plain(lines_of(view, data, 120, 36))).rstrip() + "\n"
    assert text == (GOLDEN / "annuity-120.txt").read_text()


def test_reasons_overlap_and_the_total_counts_each_agreement_once(cockpit):
    data = root("annuity").load(cockpit, Context())
    numbers = {name: (row.value, row.n) for name, row in data.risk.totals.items()}
    assert numbers["renewal_to_come_base"] == (570_000, 4)
    assert numbers["renewal_no_deal_base"] == (430_000, 2)
    assert numbers["renewal_no_contact_base"] == (430_000, 2)
    assert numbers["renewal_pushed_base"] == (80_000, 1)
    assert numbers["renewal_at_risk_base"] == (510_000, 3)
    assert data.risk.overlap == 2


def test_the_slices_of_every_month_add_up_to_its_base(cockpit):
    for kind in ("period", "quarter"):
        book = AnnuityView(kind=kind).load(cockpit, Context()).book
        for row in (*book.rows, book.total):
            slices = [row.amounts[name] for name in row.amounts if name not in ("base", "at risk")]
            assert sum(slices) == row.amounts["base"]
    quarter = next(row for row in book.rows if row.current)
    assert (quarter.label, quarter.amounts["base"], quarter.amounts["at risk"]) == (
        "FY27-Q2",
        770_000,
        510_000,
    )


def test_every_amount_opens_its_agreements(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    expected = {
        "Still to come": ["AG-5", "AG-3", "AG-6", "AG-7"],
        "At risk": ["AG-5", "AG-3", "AG-6"],
        "pushed past due": ["AG-6"],
        "renewed late": ["AG-2"],
        "FY27-P04 Oct": ["AG-1", "AG-2", "AG-3"],
        "180 days": ["AG-5", "AG-3"],
    }
    for words, identities in expected.items():
        opened = view.open(data, line_with(view, data, words).place)
        assert sorted(listed(opened, cockpit)) == sorted(identities), words


def test_every_figure_opens_and_explains_itself(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    for row in data.figures.rows:
        assert view.open(data, row.place).load(cockpit, Context()).metric.name == row.name
        explained = view.explanation(data, Line(place=row.place)).load(cockpit, Context())
        assert explained is not None


def test_the_view_is_divided_by_quarter_narrowed_and_exported(cockpit):
    view = root("annuity")
    quarters = view.divided(None, "quarter", None)
    table = quarters.table(quarters.load(cockpit, Context()))
    assert table.columns[:4] == ("due in", "first day", "last day", "base")
    assert [row[0] for row in table.rows if row[3]] == ["FY27-Q2"]
    narrowed = view.narrowed("lapsed")
    text = "\n".join(plain(lines_of(narrowed, narrowed.load(cockpit, Context()))))
    assert "lapsed" in text
    assert "renewed in time" not in text


def test_find_annuity_becomes_tasks_once(cockpit):
    view = AgreementsView.find()
    data = view.load(cockpit, Context())
    assert [(one.identity, one.state) for one in data.shown] == [
        ("AG-5", "no opportunity, no owner, no contact"),
        ("AG-3", "no opportunity, no contact"),
    ]
    keys = [row.key for row in view.page(data, Size(100, 20)).blocks[0].lines if row.key]
    made = view.add_tasks(cockpit, data, keys[:1])
    assert [(task.workstream, task.row_key, task.due.isoformat()) for task in made] == [
        ("annuity", "AG-5", "2026-12-02")
    ]
    assert made[0].title == "AG-5 Fabrikam: no opportunity, no owner, no contact"
    assert [task.row_key for task in view.add_tasks(cockpit, data, ())] == ["AG-3"]
    assert view.add_tasks(cockpit, data, ()) == []
    table = view.table(data)
    assert (table.title, len(table.rows)) == ("Find annuity", 2)


def test_a_task_made_by_hand_is_no_touchpoint(cockpit):
    view = AgreementsView.find()
    view.add_tasks(cockpit, view.load(cockpit, Context()), ())
    assert cockpit.kpi("renewal_missed_gate_base").rows[0].value == 0


def test_a_list_is_sorted_narrowed_and_opens_the_agreement_with_its_siblings(cockpit):
    view = AgreementsView("renewal_book_base", "Due in the quarter")
    assert listed(view.sorted_by("base_amount"), cockpit)[0] == "AG-5"
    assert listed(view.narrowed("fabrikam"), cockpit) == ["AG-3", "AG-4", "AG-5", "AG-3"]
    data = view.load(cockpit, Context())
    opened = view.open(data, Place("agreement", "AG-1"))
    assert opened.sibling(None, 1).identity == "AG-2"
    assert view.link(data, line_with(view, data, "AG-4")) == "https://crm.example/agreement/AG-4"
    assert view.subject(data, line_with(view, data, "AG-4")) == "agreements/AG-4"
    assert any("lapsed" in row.text for row in view.detail(data, line_with(view, data, "AG-4"), 60))


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 250), st.integers(5, 70))
def test_every_line_has_the_width_asked(loaded, width, height):
    for view, data in loaded:
        for row in view.page(data, Size(width, height)).rows():
            assert cells(row.text) <= width
        for block in view.page(data, Size(width, height)).blocks:
            assert block.x + block.width <= width
            assert block.y + block.height <= height
            assert all(row.width == block.width for row in block.lines)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    with Cockpit.open(write_workspace(tmp_path_factory.mktemp("annuity"))) as opened:
        views = [root("annuity"), AgreementsView.find(), *map(view_for, (Place("agreement", "AG-5"),))]
        return [(view, view.load(opened, Context())) for view in views]


def test_a_finding_of_renewals_at_risk_opens_their_list_at_the_largest(cockpit):
    place = Place("rows", "renewal_at_risk_base", focus="AG-5")
    view = view_for(place)
    data = view.load(cockpit, Context())
    (block,) = view.page(data, Size(120, 30)).blocks
    assert block.lines[0].text.rstrip().endswith("k")
    at = [number for number, one in enumerate(block.lines) if "AG-5" in one.text]
    assert [block.cursor] == at[:1]
    assert view_for(Place("rows", "won_amount")).__class__.__name__ == "RowsView"


def standing(view, data):
    return [row for block in view.page(data, Size(120, 60)).blocks for row in block.lines]


def detail_of(view, data, key, width=48):
    line = next(row for row in standing(view, data) if row.key == key)
    told = view.detail(data, line, width)
    assert all(cells(row.text) == width for row in told)
    return "\n".join(row.text.rstrip() for row in told)


def test_the_detail_of_a_rate_tells_what_it_counts_and_what_it_does_not(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    told = detail_of(view, data, "kpi:renewal_on_time_rate")
    others, counted = told.split("Not counted in it")[1].split("Counted in it")
    assert "2 agreements" in others.split("\n")[0] and "2 agreements" in counted.split("\n")[0]
    assert [word for word in others.split() if word.startswith("AG-")] == ["AG-2", "AG-4"]
    assert "renewed 13 days late, Marsh" in " ".join(others.split())
    assert [word for word in counted.split() if word.startswith("AG-")] == ["AG-1", "AG-3"]
    assert "What it is" in told and "KPI 52" in told


def test_the_last_quarters_of_a_rate_are_those_that_the_figure_has_in_each_of_them(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context(as_of=date(2027, 2, 1)))
    assert data.quarters.labels[-1] == "FY27-Q2" and len(data.quarters.labels) == 4
    for name in ("renewal_on_time_rate", "renewal_retained_rate"):
        values = [
            cockpit.kpi((name,), period=label, as_of=date(2027, 2, 1)).total(name).value
            for label in data.quarters.labels
        ]
        assert list(data.quarters.of(name)) == values and values[-1] is not None
    assert data.quarters.of("renewal_coverage") == ()  # a state has no past in the records


def test_the_detail_of_a_month_tells_its_parts_and_what_is_at_risk_of_it_whose_and_why(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    told = " ".join(detail_of(view, data, "book:FY27-P06 Dec", 60).split())
    assert "Due in FY27-P06 Dec" in told and "570k" in told
    assert "to come 570k 100.0 %" in told
    risk = told.split("At risk ")[1].split("Largest of all")[0]
    assert "AG-5 Fabrikam 400k" in risk and "no owner" in risk and "no deal by T-120" in risk


def test_every_line_of_the_annuity_view_that_opens_has_a_detail_at_every_width(cockpit):
    view = root("annuity")
    data = view.load(cockpit, Context())
    keys = [row.key for row in standing(view, data) if row.key]
    assert len(keys) > 20
    for key in keys:
        for width in (40, 50, 76):
            assert detail_of(view, data, key, width).strip()
    hidden = view.load(cockpit, Context(blank_money=True))
    assert "400k" not in detail_of(view, hidden, "book:FY27-P06 Dec")


def test_the_detail_of_a_listed_agreement_has_its_gates(cockpit):
    view = AgreementsView.find()
    data = view.load(cockpit, Context())
    line = next(row for row in standing(view, data) if row.place is not None and row.place.name == "AG-5")
    told = "\n".join(row.text.rstrip() for row in view.detail(data, line, 50))
    assert "AG-5 Fabrikam" in told and "400k" in told
    assert "due         Fri 18 Dec 2026, in 25 days" in told
    assert "lacks       opportunity, owner, contact" in told
    assert "Timeline" in told and "T-120d" in told and "owner       (no owner)" in told
    assert all(cells(row.text) == 40 for row in view.detail(data, line, 40))


def test_what_a_settled_agreement_lacks_is_not_told(cockpit):
    view = AgreementsView("renewal_due_base", "Due to date")
    data = view.load(cockpit, Context())
    line = next(row for row in standing(view, data) if row.place is not None and row.place.name == "AG-1")
    told = "\n".join(row.text.rstrip() for row in view.detail(data, line, 50))
    assert "stands      renewed in time" in told and "lacks" not in told
