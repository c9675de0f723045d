"""Calendar files that somebody else changes while the screen is open."""

import pytest
from pilot import idle, press, running, screen
from us_calendar import CALENDAR, calendar_file, calendar_workspace

from cockpit.core import Cockpit
from cockpit.core.calendar_watch import CalendarWatch
from cockpit.panes.rhythm import RhythmView
from cockpit.tui.calendar_news import CalendarFollower


@pytest.fixture
def workspace(tmp_path):
    return calendar_workspace(tmp_path)


def write(folder, text):
    calendar_file(folder).write_text(text, encoding="utf-8")


def test_a_file_is_taken_when_it_rests_and_what_moved_is_told(workspace):
    with Cockpit.open(workspace) as cockpit:
        watch = CalendarWatch(cockpit)
        assert watch.look() is None
        write(workspace, CALENDAR.replace("2nd Tue", "2nd Wednesday"))
        assert watch.look() is None  # it may still be being written
        news = watch.look()
        assert {one.kind for one in news.changes} == {"moved"} and not news.problems
        assert watch.look() is None
        assert cockpit.calendar.definitions["review"].rule_text == "2nd Wednesday of month"


def test_a_file_that_is_wrong_is_not_taken_and_all_its_problems_are_kept(workspace):
    with Cockpit.open(workspace) as cockpit:
        watch = CalendarWatch(cockpit)
        write(workspace, CALENDAR.replace("2nd Tue", "2nd Teu").replace("Los_Angeles", "Los_Angles"))
        assert watch.look() is None
        news = watch.look()
        lines = [str(one).rpartition("us.toml:")[2].split(":")[0] for one in news.problems]
        assert lines == ["5", "14"] and not news.changes
        assert set(news.problems) <= set(cockpit.problems)
        assert cockpit.calendar.definitions["review"].rule_text == "2nd Tue of month"
        (workspace / "calendars" / "us.toml").unlink()
        assert watch.look() is None
        assert "no calendar 'us'" in str(watch.look().problems[0])
        write(workspace, CALENDAR)
        assert watch.look() is None and watch.look().problems == ()
        assert cockpit.problems == cockpit.calendar.warnings


def test_a_holiday_list_of_the_workspace_counts_too(workspace):
    write(workspace, CALENDAR.replace("[fiscal]", 'holidays = ["own"]\n[fiscal]', 1))
    (workspace / "holidays").mkdir()
    days = 'schema = 1\nname = "own"\nyears = [2020, 2030]\n[[holiday]]\ndate = 2026-12-25\nname = "x"\n'
    (workspace / "holidays" / "own.toml").write_text(days, encoding="utf-8")
    with Cockpit.open(workspace) as cockpit:
        watch = CalendarWatch(cockpit)
        more = days + '[[holiday]]\ndate = 2026-12-08\nname = "y"\n'
        (workspace / "holidays" / "own.toml").write_text(more, encoding="utf-8")
        watch.look()
        (moved,) = watch.look().changes
        assert (moved.before.date.day, moved.after.date.day) == (8, 7)


async def test_the_screen_follows_the_file_or_says_why_not(workspace):
    with Cockpit.open(workspace) as cockpit:
        async with running((120, 40), cockpit, rhythm=RhythmView()) as pilot:
            await press(pilot, "2")
            follower = CalendarFollower(pilot.app.session)

            async def look():
                for _ in range(2):
                    follower.tick()
                    await idle(pilot)
                return "\n".join(screen(pilot))

            await look()
            write(workspace, CALENDAR.replace("2nd Tue", "2nd Teu"))
            shown = await look()
            assert "the calendar as it was still holds" in shown and "Teu" in shown
            assert any("Tue 8" in row and "Monthly review" in row for row in screen(pilot))
            write(workspace, CALENDAR.replace("2nd Tue", "3rd Thu"))
            assert "the calendar was changed: 13 moved" in await look()
            assert any("Thu 17" in row and "Monthly review" in row for row in screen(pilot))
