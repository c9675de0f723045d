"""Figures under a name: written as one line and read again; what in them means nothing is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.base.problems import ConfigError, UsageError
from cockpit.core.check import check_all
from cockpit.core.saved_figures import figure_problems, require_figure
from cockpit.core.saved_views import line_of_view, save_view
from cockpit.work.saved import SavedView
from cockpit.workspace import write_demo
from cockpit.workspace.saved_figure import SavedFigure
from cockpit.workspace.saved_rhythm import SavedRhythm

OPENED = SavedFigure(
    figure="won_amount",
    by="owner",
    at={"territory": "US-FEDERAL", "lost reason": 'a "price"'},
    where="amount > 10",
    sort="value",
    backwards=True,
    narrow="ar",
    period="last-quarter",
    versus="",
    slice="big",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "ws"
    write_demo(folder, rows=300)
    return folder


@pytest.fixture
def cockpit(demo: Path) -> Iterator[Cockpit]:
    with Cockpit.open(demo, read_only=True) as opened:
        yield opened


def with_views(folder: Path, *lines: str) -> Path:
    (folder / "cockpit.toml").write_text("schema = 1\n\n[views]\n" + "".join(f"{line}\n" for line in lines))
    return folder


def test_a_figure_is_one_line_and_comes_back_as_it_was(tmp_path: Path) -> None:
    with Cockpit.open(with_views(tmp_path, 'late = "overdue"')) as cockpit:
        assert save_view(cockpit, "won", OPENED) is False
        assert save_view(cockpit, "plain", SavedFigure(figure="close_rate")) is False
        assert save_view(cockpit, "plain", SavedFigure(figure="close_rate", show="rows")) is True
    with Cockpit.open(tmp_path) as again:
        assert again.saved_figures == {"won": OPENED, "plain": SavedFigure(figure="close_rate", show="rows")}
        assert again.saved_views == {"late": SavedView("overdue")}
    text = (tmp_path / "cockpit.toml").read_text()
    assert 'plain = { figure = "close_rate", show = "rows" }\n' in text
    assert 'at = { territory = "US-FEDERAL", "lost reason" = "a \\"price\\"" }' in text


def test_a_figure_and_a_list_of_tasks_never_take_each_others_name(tmp_path: Path) -> None:
    line = line_of_view("won", SavedFigure(figure="won_amount"))
    with Cockpit.open(with_views(tmp_path, 'late = "overdue"', line)) as cockpit:
        with pytest.raises(UsageError, match="late is a saved list of tasks"):
            save_view(cockpit, "late", SavedFigure(figure="won_amount"))
        with pytest.raises(UsageError, match="won is a saved figure"):
            save_view(cockpit, "won", SavedView("overdue"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a = { by = "owner", show = "rows" }', "show is about a figure"),
        ('a = { figure = "close_rate", filter = "overdue" }', "one of them"),
        ('a = { figure = "close_rate", by = "owner", show = "rows" }', "rows are not divided"),
        ('a = { figure = "close_rate", show = "row" }', "did you mean rows"),
        ('a = { figure = "close_rate", perod = "all" }', "did you mean period"),
        ('a = { figure = "close_rate", at = { owner = 3 } }', "must be text"),
    ],
)
def test_half_a_list_and_half_a_figure_is_refused_with_its_line(
    tmp_path: Path, line: str, words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        Cockpit.open(with_views(tmp_path, line))
    told = str(refused.value)
    assert words in told and "cockpit.toml:4" in told and "views.a" in told


@pytest.mark.parametrize(
    ("figure", "key", "words"),
    [
        (SavedFigure(figure="close_rat"), "figure", "did you mean close_rate"),
        (SavedFigure(figure="close_rate", by="ownr"), "by", "did you mean owner"),
        (SavedFigure(figure="close_rate", at={"managr": "X"}), "at", "did you mean manager"),
        (SavedFigure(figure="close_rate", where="ownr = 'x'"), "where", "did you mean owner"),
        (SavedFigure(figure="close_rate", period="nxt"), "period", "no label of the calendar"),
        (SavedFigure(figure="close_rate", versus="FY27-Q9"), "versus", "no quarter 9"),
        (SavedFigure(figure="close_rate", slice="nobody"), "slice", "there is no slice"),
        (SavedFigure(figure="close_rate", sort="colour"), "sort", "groups have no"),
        (SavedFigure(figure="close_rate", show="rows", sort="amout"), "sort", "did you mean amount"),
        (SavedFigure(figure="close_rate", show="agreements"), "show", "are no agreements"),
    ],
)
def test_what_a_figure_names_and_there_is_not_is_told(
    cockpit: Cockpit, figure: SavedFigure, key: str, words: str
) -> None:
    (problem,) = figure_problems(cockpit, "mine", figure)
    assert problem.key == f"views.mine.{key}"
    assert words in str(problem)


def test_what_can_be_asked_has_no_problem(cockpit: Cockpit) -> None:
    figure = SavedFigure(figure="close_rate", by="owner", at={"manager": "Okafor"}, versus="lock")
    assert figure_problems(cockpit, "mine", figure) == []


def test_opening_and_check_tell_the_line_in_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    write_demo(folder, rows=300)
    config = folder / "cockpit.toml"
    config.write_text(config.read_text() + '\n[views]\nbad = { figure = "close_rat" }\n')
    line = len(config.read_text().splitlines())
    with Cockpit.open(folder, read_only=True) as cockpit, pytest.raises(ConfigError, match=f":{line}"):
        require_figure(cockpit, "bad")
    assert [one.line for one in check_all(folder).problems if one.key == "views.bad.figure"] == [line]


CALENDAR = SavedRhythm(rhythm='role:sopm "late"', by="role", actions=True)


def test_the_calendar_is_one_line_and_comes_back_as_it_was(tmp_path: Path) -> None:
    with Cockpit.open(with_views(tmp_path, 'late = "overdue"')) as cockpit:
        assert save_view(cockpit, "mine", CALENDAR) is False
        assert save_view(cockpit, "plain", SavedRhythm(rhythm="")) is False
        assert save_view(cockpit, "plain", SavedRhythm(rhythm="kind:deadline")) is True
        for other in (SavedView("all"), SavedFigure(figure="close_rate")):
            with pytest.raises(UsageError, match="mine is a saved calendar; take another name"):
                save_view(cockpit, "mine", other)
        with pytest.raises(UsageError, match="late is a saved list of tasks"):
            save_view(cockpit, "late", CALENDAR)
    with Cockpit.open(tmp_path) as again:
        assert again.saved_rhythms == {"mine": CALENDAR, "plain": SavedRhythm(rhythm="kind:deadline")}
        assert again.saved_views == {"late": SavedView("overdue")}
        assert not again.saved_figures
    assert 'plain = { rhythm = "kind:deadline" }\n' in (tmp_path / "cockpit.toml").read_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('x = { rhythm = "", figure = "won_amount" }', "rhythm is about the calendar and figure is not"),
        (
            'x = { rhythm = "", by = "owner" }',
            "the calendar is grouped by one of role, kind, workstream, scope",
        ),
        ("x = { actions = true }", "actions is about the calendar"),
    ],
)
def test_what_is_half_the_calendar_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Cockpit.open(with_views(tmp_path, line))


def test_check_reads_the_words_of_a_saved_calendar(tmp_path: Path) -> None:
    problems = check_all(with_views(tmp_path, 'x = { rhythm = "rol:sopm" }')).problems
    (problem,) = [one for one in problems if "no field rol" in one.message]
    assert (problem.line, problem.hint) == (4, "did you mean role?")


def test_a_value_that_no_row_has_is_a_warning_with_the_nearest_one(cockpit: Cockpit) -> None:
    territory = cockpit.data.loaded().tables["opportunities"].frame["territory"].drop_nulls()[0]
    right = SavedFigure(figure="won_amount", at={"territory": territory})
    assert figure_problems(cockpit, "x", right) == []
    wrong = SavedFigure(figure="won_amount", at={"territory": f"{territory}x"})
    (problem,) = figure_problems(cockpit, "x", wrong)
    assert (problem.severity, problem.message) == ("warning", f"no row has the territory '{territory}x'")
    assert problem.hint == f"did you mean {territory}?"
    cockpit.saved_figures["x"] = wrong
    assert require_figure(cockpit, "x") == wrong
