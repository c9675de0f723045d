"""What of a view is kept under a name, and that it becomes the same view again."""

from datetime import date
from types import SimpleNamespace

import pytest

from cockpit.base.problems import UsageError
from cockpit.panes.agreement_list import AgreementsView
from cockpit.panes.drill import KpiView
from cockpit.panes.rhythm import RhythmView
from cockpit.panes.rows import RowsView
from cockpit.panes.saved import context_of, rhythm_of, savable, view_of
from cockpit.panes.tasks import TasksView
from cockpit.panes.today import TodayView
from cockpit.panes.view import Context
from cockpit.work.saved import SavedView
from cockpit.workspace.saved_figure import SavedFigure
from cockpit.workspace.saved_rhythm import SavedRhythm

BY_OWNER = SimpleNamespace(dimension="owner")
USUAL = Context().against


def test_a_figure_becomes_the_same_view_again() -> None:
    view = KpiView(
        "won_amount", (("manager", "Okafor"),), "owner", "amount > 10",
        sort="value", backwards=True, needle="ar",
    )  # fmt: skip
    saved = savable(view, BY_OWNER, Context(), USUAL)
    assert isinstance(saved, SavedFigure)
    assert view_of("mine", saved) == view


def test_the_dimension_that_is_seen_is_kept_though_nobody_chose_it() -> None:
    saved = savable(KpiView("won_amount"), BY_OWNER, Context(), USUAL)
    assert saved == SavedFigure(figure="won_amount", by="owner")


def test_steps_of_no_text_are_kept_as_a_condition() -> None:
    view = RowsView("lost_amount", (("lost_reason", None), ("closed", True)), sort="amount")
    saved = savable(view, None, Context(), USUAL)
    assert isinstance(saved, SavedFigure)
    assert saved.where == "(lost_reason IS NULL) AND (closed = TRUE)"
    again = view_of("mine", saved)
    assert isinstance(again, RowsView)
    assert again.condition == view.condition


def test_a_list_of_agreements_is_called_by_its_name() -> None:
    view = AgreementsView.find().narrowed("contoso")
    saved = savable(view, None, Context(), USUAL)
    assert isinstance(saved, SavedFigure)
    again = view_of("to-find", saved)
    assert isinstance(again, AgreementsView)
    assert again.crumbs() == ("Annuity", "to-find")
    assert (again.metric, again.needle, again.sort) == (view.metric, "contoso", view.sort)


def test_the_comparison_follows_the_period_unless_it_was_chosen() -> None:
    asked = Context(period="last-quarter", against="FY26-Q4", slice="me")
    saved = savable(KpiView("won_amount"), BY_OWNER, asked, "FY26-Q4")
    assert isinstance(saved, SavedFigure)
    assert saved.versus == "previous"
    day = date(2027, 2, 1)
    later = context_of(saved, Context(as_of=day, blank_money=True), "FY27-Q1")
    assert later == Context(day, "last-quarter", "FY27-Q1", "me", blank_money=True)
    chosen = savable(KpiView("won_amount"), BY_OWNER, Context(against="lock"), USUAL)
    assert isinstance(chosen, SavedFigure)
    assert context_of(chosen, Context(), USUAL).against == "lock"


def test_a_period_of_its_own_stays_its_own_and_no_other_view_gets_it() -> None:
    for view in (
        KpiView("won_amount", (), "owner", period="FY27-P03"),
        RowsView("won_amount", period="FY27-P03"),
        AgreementsView("renewal_book_base", "mine", period="FY27-P03", sort="owner"),
    ):
        saved = savable(view, BY_OWNER, Context(slice="me"), USUAL)
        assert isinstance(saved, SavedFigure)
        assert saved.alone
        assert view_of("mine", saved) == view
        assert context_of(saved, Context(), "FY27-P02") == Context(slice="me")


def test_tasks_are_saved_as_ever_and_other_views_not_at_all() -> None:
    assert savable(TasksView("overdue"), None, Context(), USUAL) == SavedView("overdue")
    assert savable(TodayView(), None, Context(), USUAL) is None


def test_the_calendar_is_kept_as_it_is_narrowed_and_grouped_but_not_its_day() -> None:
    view = RhythmView(date(2026, 12, 1), needle="role:sopm kind:deadline", group="role", actions=True)
    saved = savable(view, None, Context(), USUAL)
    assert saved == SavedRhythm(rhythm="role:sopm kind:deadline", by="role", actions=True)
    assert rhythm_of(saved) == RhythmView(needle="role:sopm kind:deadline", group="role", actions=True)
    assert saved.words == "rhythm  role:sopm kind:deadline  with actions  by role"
    assert savable(RhythmView(), None, Context(), USUAL) == SavedRhythm(rhythm="")


def test_the_words_of_the_calendar_are_completed_and_checked() -> None:
    complete = RhythmView().narrowing_words(SimpleNamespace())  # type: ignore[arg-type]
    assert complete("kind:deadline -ro", 17) == (14, ["-role:"])
    assert complete("s", 1) == (0, ["scope:", "status:"])
    with pytest.raises(UsageError, match="no field rol"):
        RhythmView().check_narrowing(SimpleNamespace(), "rol:sopm")  # type: ignore[arg-type]
