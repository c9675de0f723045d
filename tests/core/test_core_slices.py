"""The standing slices that are people."""

import pytest

from cockpit.core.slices import owner_condition, owners_of, with_owners
from cockpit.work import People, Person

LEAD = Person("lead", "Lee", manager=None)
PAT = Person("pat", "Pat", owner=("Pat O'Neil", "P. O'Neil"), manager="lead")
KIM = Person("kim", "Kim", manager="pat")
PEOPLE = People([LEAD, PAT, KIM])


@pytest.mark.parametrize(
    ("user", "slices"),
    [
        (LEAD, {"me": {"Lee"}, "my team": {"Lee", "Pat O'Neil", "P. O'Neil", "Kim"}}),
        (PAT, {"me": {"Pat O'Neil", "P. O'Neil"}, "my team": {"Pat O'Neil", "P. O'Neil", "Kim"}}),
        (KIM, {"me": {"Kim"}}),
        (Person("stranger"), {}),
    ],
    ids=["lead of leads", "lead", "nobody's lead", "not listed"],
)
def test_me_and_my_team_are_the_owner_names_that_sources_know(
    user: Person, slices: dict[str, set[str]]
) -> None:
    assert owners_of(PEOPLE, user) == slices


def test_managers_in_a_circle_end() -> None:
    circle = People([Person("a", manager="b"), Person("b", manager="a")])
    assert owners_of(circle, circle.person("a"))["my team"] == {"a", "b"}


def test_a_quote_in_a_name_is_no_end_of_the_text() -> None:
    assert owner_condition(frozenset({"Pat O'Neil", "Kim"})) == "owner IN ('Kim', 'Pat O''Neil')"


def test_a_slice_of_the_workspace_comes_before_one_of_people() -> None:
    found = with_owners({"me": "owner = 'x'"}, {"me": frozenset({"a"}), "my team": frozenset({"b"})})
    assert found == {"me": "owner = 'x'", "my team": "owner IN ('b')"}
