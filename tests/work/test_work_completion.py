"""What a filter that is being typed may go on with."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.work.filter_completion import MOST, completions

KNOWN = {
    "status": ("open", "blocked", "done"),
    "owner": ("me", "none", "Kim Lee", "Peyton Davis"),
    "workstream": ("annuity", "faststart"),
    "view": ("late-east",),
}


@pytest.mark.parametrize(
    ("text", "start", "first"),
    [
        ("ow", 0, "owner:"),
        ("owner:ki", 0, 'owner:"Kim Lee"'),
        ("overdue -work", 8, "-workstream:"),
        ("overdue -workstream:an", 8, "-workstream:annuity"),
        ("overd", 0, "overdue"),
        ("lat", 0, "late-east"),
        ("view:", 0, "view:late-east"),
        ('owner:"Kim L', 0, 'owner:"Kim Lee"'),
        ("STATUS:bl", 0, "STATUS:blocked"),
    ],
)
def test_the_word_before_the_cursor_is_completed(text: str, start: int, first: str) -> None:
    found_start, found = completions(text, len(text), KNOWN)
    assert (found_start, found[0]) == (start, first)


def test_nothing_is_offered_before_a_letter_or_for_a_field_that_there_is_not() -> None:
    assert completions("", 0, KNOWN) == (0, ())
    assert completions("overdue ", 8, KNOWN) == (8, ())
    assert completions("colour:re", 9, KNOWN) == (0, [])


def test_what_starts_so_comes_before_what_contains_it_and_not_too_many() -> None:
    assert completions("owner:e", 7, KNOWN)[1] == [
        "owner:me",
        "owner:none",
        'owner:"Kim Lee"',
        'owner:"Peyton Davis"',
    ]
    many = {"owner": [f"P{number}" for number in range(200)]}
    assert len(completions("owner:p", 7, many)[1]) == MOST


@settings(max_examples=80)
@given(st.text(alphabet='ow-:"st atkim', max_size=20), st.integers(0, 20))
def test_what_is_offered_stands_before_the_cursor(text: str, position: int) -> None:
    start, found = completions(text, min(position, len(text)), KNOWN)
    assert 0 <= start <= min(position, len(text))
    assert len(found) == len(set(found))
