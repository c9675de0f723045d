"""Columns of a table of rows: hidden, frozen, put first and widened in any order, the cursor among them."""

from hypothesis import given
from hypothesis import strategies as st

from cockpit.panes.row_columns import ColumnPlan, seen_columns

NAMES = ("id", "amount", "day", "stage", "owner")


def seen(plan: ColumnPlan, room: int = 60, names: tuple[str, ...] = NAMES) -> list[str]:
    samples = {name: ["x"] for name in names}
    texts = {name: ["1234567890"] for name in names}
    return [column.name for column in seen_columns(plan, names, samples, texts, room)]


def test_what_was_put_first_and_then_frozen_is_what_stays() -> None:
    plan = ColumnPlan(at="stage").to_front(NAMES)
    assert plan.ordered(NAMES) == ["id", "stage", "amount", "day", "owner"]
    frozen = plan.freeze(NAMES)
    assert frozen.ordered(NAMES) == plan.ordered(NAMES)
    at_the_end = frozen.stepped(NAMES, 9)
    assert at_the_end.at == "owner"
    assert seen(at_the_end, room=34) == ["id", "stage", "owner"]
    assert seen(frozen.freeze(NAMES).stepped(NAMES, 9), room=34) == ["id", "day", "owner"]


def test_a_column_put_first_goes_behind_the_frozen_ones() -> None:
    frozen = ColumnPlan(at="amount").freeze(NAMES)
    assert frozen.stepped(NAMES, 3).to_front(NAMES).ordered(NAMES) == [
        "id",
        "amount",
        "owner",
        "day",
        "stage",
    ]
    assert frozen.to_front(NAMES) == frozen


def test_without_a_frozen_column_one_less_is_frozen() -> None:
    plan = ColumnPlan(at="day").freeze(NAMES).stepped(NAMES, -1)
    assert (plan.at, plan.frozen) == ("amount", 3)
    fewer = plan.hide(NAMES)
    assert (fewer.frozen, fewer.ordered(NAMES)) == (2, ["id", "day", "stage", "owner"])
    assert ColumnPlan(at="id").hide(NAMES).frozen == 1


@given(
    st.lists(st.sampled_from(["right", "left", "hide", "freeze", "first", "wider", "narrower"]), max_size=30)
)
def test_whatever_is_done_every_column_is_there_once_or_hidden(ways: list[str]) -> None:
    plan = ColumnPlan()
    for way in ways:
        before = plan.ordered(NAMES)
        if way in ("right", "left"):
            plan = plan.stepped(NAMES, 1 if way == "right" else -1)
        elif plan.at:
            plan = {
                "hide": lambda plan: plan.hide(NAMES),
                "freeze": lambda plan: plan.freeze(NAMES),
                "first": lambda plan: plan.to_front(NAMES),
                "wider": lambda plan: plan.wider(10, 4),
                "narrower": lambda plan: plan.wider(10, -20),
            }[way](plan)
        if way == "freeze":
            assert plan.ordered(NAMES)[: plan.frozen] == before[: plan.frozen]
        assert sorted((*plan.ordered(NAMES), *plan.hidden)) == sorted(NAMES)
        if plan.at:
            assert plan.at in seen(plan, room=30)
