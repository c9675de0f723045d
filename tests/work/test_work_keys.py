"""Finding a task by what people type, and what is offered where nothing ends so."""

import pytest

from cockpit.base.problems import UsageError
from cockpit.work.keys import find_key

KEYS = [f"field/exception-list-published/2026-11-{day}" for day in range(10, 20)]


def test_a_part_of_many_keys_offers_three_and_counts_the_others():
    with pytest.raises(UsageError) as caught:
        find_key("exception-list", KEYS, likely=KEYS[5:])
    hint = caught.value.problems[0].hint
    assert hint == f"did you mean {' or '.join(KEYS[5:8])}, or 7 others?"


def test_a_letter_says_nothing_about_a_key():
    with pytest.raises(UsageError) as caught:
        find_key("x", KEYS)
    assert caught.value.problems[0].hint == "`cockpit tasks all` shows every key"


def test_a_few_are_all_offered():
    with pytest.raises(UsageError) as caught:
        find_key("list-published", KEYS[:2])
    assert caught.value.problems[0].hint == f"did you mean {KEYS[0]} or {KEYS[1]}?"
