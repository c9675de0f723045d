"""Evidence by kind, people, and urgency."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from work_setting import PEOPLE, TODAY

from cockpit.base.problems import UsageError
from cockpit.work import Cover, People, Person, urgency
from cockpit.work.evidence import accept, in_words


def given_for(text, rule, **more):
    plain = {"key": "k", "actor": "pat", "actor_roles": ("sopm",), "doers": (), "owner_role": "sopm"}
    return accept(text, rule, **(plain | more))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (None, "anything"),
        ({"kind": "note"}, "said on the call"),
        ({"kind": "link"}, "https://x.example/a?b=1"),
        ({"kind": "file"}, "https://share.example/deck.pptx"),
        ({"kind": "number"}, "1,234.5"),
        ({"kind": "number", "pass": ">= 95%"}, "97%"),
        ({"kind": "number", "pass": ">= 95%"}, "0.97"),
        ({"kind": "number", "pass": ">= 95%"}, "97"),
        ({"kind": "number", "pass": ">=0.95"}, "95%"),
        ({"kind": "number", "pass": "<= 0"}, "0"),
        ({"kind": "number", "pass": ">= 1, < 5"}, "4.99"),
        ({"kind": "signoff", "by": "sopm"}, "fine"),
        ({"kind": "signoff"}, "fine"),
    ],
)
def test_what_meets_its_rule(rule, text):
    more = {"owner_role": "seller"} if rule and rule["kind"] == "signoff" else {}
    assert given_for(text, rule, **more) == text


@pytest.mark.parametrize(
    ("rule", "text", "words"),
    [
        (None, "  ", "needs words"),
        ({"kind": "link"}, "see mail", "asks for a link"),
        ({"kind": "link"}, "javascript:alert(1)", "asks for a link"),
        ({"kind": "link"}, "https://", "asks for a link"),
        ({"kind": "link"}, "http://[bad", "asks for a link"),
        ({"kind": "file"}, "/no/such/file", "there is no file"),
        ({"kind": "number"}, "many", "asks for a number"),
        ({"kind": "number"}, "NaN", "asks for a number"),
        ({"kind": "number", "pass": ">= 95%"}, "94.9%", "94.9% misses it"),
        ({"kind": "number", "pass": "<= 0"}, "3", "asks for a number <= 0; 3 misses it"),
        ({"kind": "number", "pass": ">= 1, < 5"}, "5", "misses it"),
        ({"kind": "number", "pass": "about 5"}, "5", "cannot be read"),
        ({"kind": "signoff", "by": "controller"}, "fine", "sign-off of controller"),
        ({"kind": "signoff"}, "fine", "another role than sopm"),
    ],
)
def test_what_misses_its_rule_is_refused_in_words(rule, text, words):
    with pytest.raises(UsageError, match=words):
        given_for(text, rule)


def test_nobody_signs_off_their_own_work():
    with pytest.raises(UsageError, match="somebody else than pat"):
        given_for("fine", {"kind": "signoff", "by": "sopm"}, doers=("pat",))


def test_a_file_that_is_there(tmp_path):
    file = tmp_path / "close.xlsx"
    file.write_text("x")
    assert given_for(str(file), {"kind": "file"}) == str(file)


def test_rules_in_words():
    assert in_words({"kind": "number", "pass": ">= 95%"}) == "a number >= 95%"
    assert in_words({"kind": "signoff", "by": "controller"}) == "the sign-off of controller"
    assert in_words(None) == "evidence in your own words"


def test_people_by_login_name_and_source_name():
    assert PEOPLE.named("PEYTON davis").login == PEOPLE.named("pat").login == "pat"
    assert PEOPLE.owner_name("me", "pat") == "Peyton Davis"
    assert PEOPLE.owner_name("Somebody New", "pat") == "Somebody New"
    assert PEOPLE.person("guest").owner_name == "guest"
    assert "Kim Lee" in PEOPLE.hint("Kim Le")


def test_cover_ends_on_its_last_day():
    assert PEOPLE.cover_of("Kim Lee", date(2026, 12, 4)) == "pat"
    assert PEOPLE.cover_of("Kim Lee", date(2026, 12, 5)) is None
    assert PEOPLE.cover_of(None, TODAY) is None
    assert [person.login for person in PEOPLE.covered_by("pat", TODAY)] == ["kim"]


def test_managers_and_covers_that_are_nobody_are_problems():
    people = People([Person("pat", manager="kmi"), Person("kim", owner=("pat",), cover=Cover("le"))])
    found = {problem.key: problem for problem in people.problems()}
    assert "people.pat.manager" in found and found["people.pat.manager"].hint == "did you mean kim?"
    assert "people.kim.cover.by" in found and "people.pat.owner" in found


def points(**more):
    plain = {
        "business_days_left": 3,
        "begun": True,
        "blocks": False,
        "severity": "medium",
        "evidence_open": False,
        "blocked": False,
        "waiting": False,
    }
    found, points = urgency.parts_and_sum(**(plain | more))
    assert points == round(sum(found.values()), 1)
    return found


def test_urgency_has_parts():
    everything = points(blocks=True, evidence_open=True, blocked=True, waiting=True, severity="high")
    assert set(everything) == {"due", "blocks others", "severity", "evidence open", "blocked", "waiting"}
    assert points(begun=False).keys() == {"severity"}
    assert points(business_days_left=-5)["due"] == points(business_days_left=-50)["due"] == 12.0
    assert points(business_days_left=10)["due"] == 2.4


@given(st.integers(-100, 100), st.integers(-100, 100))
def test_later_is_never_less_urgent(first, second):
    sooner, later = sorted((first, second))
    assert urgency.due_part(sooner) >= urgency.due_part(later)
