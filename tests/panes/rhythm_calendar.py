"""A real calendar, small and fixed, under the fake cockpit of the panes' tests."""

from panes_fakes import TASKS, FakeCockpit, task

from cockpit.rhythm import RhythmCalendar

TOML = """
schema = 1
[calendar]
id = "us-field"
title = "US Field"
timezone = "America/Los_Angeles"
at = "17:00"
holidays = ["us"]
[fiscal]
system = "months"
start_month = 7
year_name = "end"
[[holiday_set]]
name = "us"
add = [
  { date = 2026-11-26, name = "Thanksgiving" }, { date = 2026-11-27, name = "Company holiday" },
  { date = 2026-12-25, name = "Christmas" },
]
[[scope]]
name = "uk"
timezone = "Europe/London"
[[event]]
id = "cadence"
title = "Pipeline cadence"
kind = "cadence"
when = "every Tue"
at = "09:00"
roles = ["sopm", "manager"]
[[event]]
id = "mbr"
title = "Monthly review"
detail = "The month, in one hour"
kind = "review"
when = "2nd Tue of month"
at = "10:00"
roles = ["sopm"]
[[event]]
id = "uk-call"
title = "UK call"
kind = "cadence"
when = "every Thu"
at = "10:00"
scopes = ["uk"]
[[event]]
id = "close"
title = "Quarter close"
kind = "deadline"
when = "last BD of quarter"
roles = ["deal-desk"]
[[event]]
id = "daily"
title = "Daily locks"
kind = "window"
when = "last BD of quarter - 5bd"
until = "last BD of quarter"
[[action]]
id = "pack"
event = "mbr"
title = "Review pack"
owner = "sopm"
due = "event - 3bd"
workstream = "rhythm"
evidence = { kind = "link", prompt = "The pack" }
[[action]]
id = "snapshot"
event = "close"
title = "Snapshot of the quarter"
owner = "deal-desk"
due = "event"
workstream = "hygiene"
"""


class RhythmCockpit(FakeCockpit):
    """The fake cockpit with real occurrences of the calendar above."""

    def __init__(self, folder, text=TOML, **more):
        path = folder / "us-field.toml"
        path.write_text(text, encoding="utf-8")
        real = RhythmCalendar.load(path)
        pack = task("us-field/pack/FY27-P06", "Review pack", TASKS[0].due, "Davis", 3)
        super().__init__(fiscal=real.fiscal, all_tasks=(*TASKS, pack), **more)
        self.calendar = real
        self.path = path

    def rhythm(self, first, last, scope=None):
        return self.calendar.occurrences(first, last, scope=scope)
