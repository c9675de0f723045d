"""The iCalendar export: its bytes, its memory, and what independent readers make of it."""

import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.base.problems import ExitCode, SourceError
from cockpit.rhythm.ical import ExportOptions, export, ical_text, tasks_path
from cockpit.rhythm.icalformat import Component, calendar_text, escaped, read_components
from cockpit.rhythm.occurrence import Anchor, EvidenceRule, Occurrence

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
WINDOW = (date(2026, 7, 1), date(2027, 6, 30))
OPTIONS = ExportOptions(name="Field rhythm", domain="example.com")

LOCK = Occurrence(
    key="us-field/forecast-lock/FY27-Q2",
    calendar="us-field",
    event="forecast-lock",
    kind="deadline",
    title="Quarter forecast lock",
    date=date(2026, 12, 31),
    at=time(17),
    zone="America/Los_Angeles",
    utc=datetime(2027, 1, 1, 1, tzinfo=UTC),
    until=None,
    until_utc=None,
    duration=None,
    scope=None,
    period="FY27-Q2",
    roles=("sopm", "sales-manager"),
    rule="last BD of quarter",
    rolled_from=None,
    type="event",
    file="us.toml",
    line=41,
)
REVIEW = replace(
    LOCK,
    key="us-field/mbr/FY27-P05",
    event="mbr",
    kind="review",
    title="Review; with commas, and a \\",
    date=date(2026, 12, 8),
    at=time(10),
    utc=datetime(2026, 12, 8, 18, tzinfo=UTC),
    until_utc=datetime(2026, 12, 8, 19, 30, tzinfo=UTC),
    duration="90m",
    rolled_from=date(2026, 12, 6),
    reason="6 Dec 2026 is a Sunday, rolled forward to Tue 8 Dec",
)
FREEZE = replace(
    LOCK,
    key="us-field/freeze/FY27",
    event="freeze",
    kind="window",
    title="Change freeze",
    date=date(2026, 11, 9),
    utc=datetime(2026, 11, 10, 1, tzinfo=UTC),
    until=date(2027, 1, 1),
    until_utc=datetime(2027, 1, 2, 1, tzinfo=UTC),
)
TOUCH = replace(
    LOCK,
    key="us-field/annuity-outreach/AG-1042/2027-03-31",
    event="annuity-outreach",
    title="First outreach: Contoso Pharma",
    type="action",
    workstream="annuity",
    owner_role="account-executive",
    evidence=EvidenceRule("link", "CRM activity"),
    link="https://crm.example.com/contoso",
    anchor=Anchor(
        "agreements",
        "AG-1042",
        date(2027, 3, 31),
        date(2027, 3, 31),
        "Contoso Pharma",
        None,
        {"account": "Contoso Pharma AG", "account_id": "A-77", "status": "out"},
    ),
)


def text_of(*occurrences, before="", now=NOW, options=OPTIONS):
    return ical_text(occurrences, WINDOW, options, now, before)


def only(text) -> Component:
    (component,) = read_components(text).values()
    return component


# --- bytes --------------------------------------------------------------------------------------------


def test_an_event_reads_as_written():
    assert text_of(LOCK) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sales Cockpit//Rhythm//EN\r\nCALSCALE:GREGORIAN\r\n"
        "METHOD:PUBLISH\r\nX-WR-CALNAME:Field rhythm\r\nBEGIN:VEVENT\r\n"
        "UID:us-field/forecast-lock/FY27-Q2@example.com\r\nDTSTART:20270101T010000Z\r\n"
        "SUMMARY:Quarter forecast lock\r\n"
        "DESCRIPTION:FY27-Q2\\, due by last BD of quarter\\nWith: sopm\\, sales-manager\r\n"
        " \\n17:00 America/Los_Angeles\r\nCATEGORIES:deadline\r\nSTATUS:CONFIRMED\r\n"
        "TRANSP:TRANSPARENT\r\nX-COCKPIT-DAY:20261231\r\nDTSTAMP:20200101T000000Z\r\n"
        "LAST-MODIFIED:20200101T000000Z\r\nSEQUENCE:0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_the_same_occurrences_give_the_same_bytes_in_any_order_and_at_any_time():
    assert text_of(LOCK, REVIEW, FREEZE) == text_of(FREEZE, LOCK, REVIEW, now=LATER)


def test_no_line_is_longer_than_75_bytes_and_no_character_is_cut():
    long = replace(LOCK, title="Prüfung — 四半期レビュー 🙂 " * 12)
    text = text_of(long)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert only(text).value("SUMMARY") == long.title


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=300))
def test_any_text_survives_escaping_and_folding(text):
    component = Component("VEVENT", (("UID", "a@b"), ("SUMMARY", escaped(text))))
    written = calendar_text("x", [component])
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert read_components(written) == {"a@b": component}


def test_a_title_cannot_forge_a_property():
    text = text_of(replace(LOCK, title="x\r\nATTACH:evil\nEND:VEVENT", link="https://a\nX:1"))
    assert "\r\nATTACH" not in text and "\r\nX:1" not in text
    assert len(read_components(text)) == 1


def test_meetings_block_time_and_deadlines_do_not():
    assert only(text_of(REVIEW)).value("TRANSP") == "OPAQUE"
    assert only(text_of(LOCK)).value("TRANSP") == "TRANSPARENT"
    assert only(text_of(FREEZE)).value("TRANSP") == "TRANSPARENT"


def test_a_window_is_whole_days_with_an_exclusive_end():
    text = text_of(FREEZE)
    assert "DTSTART;VALUE=DATE:20261109\r\n" in text
    assert "DTEND;VALUE=DATE:20270102\r\n" in text


def test_an_action_is_a_task_with_a_due_time_and_its_status():
    todo = only(text_of(TOUCH))
    assert todo.kind == "VTODO"
    assert todo.value("DUE") == "20270101T010000Z" and todo.value("DTSTART") is None
    assert todo.value("STATUS") == "NEEDS-ACTION"
    assert only(text_of(replace(TOUCH, status="done"))).value("STATUS") == "COMPLETED"
    assert only(text_of(replace(TOUCH, status="dropped"))).value("STATUS") == "CANCELLED"
    assert "Evidence: link\\, CRM activity" in (todo.value("DESCRIPTION") or "")


# --- redaction ----------------------------------------------------------------------------------------


def test_rows_are_private_and_redaction_hides_what_they_say():
    assert only(text_of(TOUCH)).value("CLASS") == "PRIVATE"
    redacted = text_of(TOUCH, options=replace(OPTIONS, redact=True))
    assert "Contoso" not in redacted and "contoso" not in redacted and "A-77" not in redacted
    assert only(redacted).value("SUMMARY") == "First outreach: …"  # and "out", the row's status, stays
    assert only(redacted).value("UID") == only(text_of(TOUCH)).value("UID")


def test_a_key_that_is_the_name_of_an_account_is_hashed():
    anchor = replace(TOUCH.anchor, row_key="Contoso Pharma")
    named = replace(TOUCH, key="us-field/x/Contoso Pharma/2027-03-31", anchor=anchor)
    options = replace(OPTIONS, redact=True)
    assert "Contoso" not in text_of(named, options=options)
    assert text_of(named, options=options) == text_of(named, options=options)


# --- memory -------------------------------------------------------------------------------------------


def test_nothing_changed_gives_the_same_file():
    before = text_of(LOCK, REVIEW)
    assert text_of(LOCK, REVIEW, before=before, now=LATER) == before


def test_a_moved_date_keeps_the_uid_and_raises_the_sequence():
    before = text_of(LOCK)
    moved = replace(LOCK, date=date(2026, 12, 30), utc=LOCK.utc - timedelta(days=1))
    component = only(text_of(moved, before=before, now=LATER))
    assert component.value("UID") == only(before).value("UID")
    assert component.value("SEQUENCE") == "1"
    assert component.value("DTSTAMP") == component.value("LAST-MODIFIED") == "20261124T200000Z"
    again = only(text_of(LOCK, before=text_of(moved, before=before), now=LATER))
    assert again.value("SEQUENCE") == "2"


def test_a_changed_description_is_stamped_but_is_no_new_sequence():
    component = only(text_of(replace(LOCK, roles=("sopm",)), before=text_of(LOCK), now=LATER))
    assert component.value("SEQUENCE") == "0"
    assert component.value("DTSTAMP") == "20261124T200000Z"


def test_what_went_missing_stays_as_cancelled_and_can_come_back():
    before = text_of(LOCK, REVIEW)
    gone = text_of(REVIEW, before=before, now=LATER)
    uid = "us-field/forecast-lock/FY27-Q2@example.com"
    cancelled = read_components(gone)[uid]
    assert cancelled.value("STATUS") == "CANCELLED" and cancelled.value("SEQUENCE") == "1"
    assert text_of(REVIEW, before=gone, now=LATER + timedelta(days=3)) == gone
    back = read_components(text_of(LOCK, REVIEW, before=gone, now=LATER))[uid]
    assert back.value("STATUS") == "CONFIRMED" and back.value("SEQUENCE") == "2"


def test_an_entry_on_the_last_day_of_the_window_is_cancelled_though_utc_is_a_day_on():
    window = (date(2026, 12, 1), date(2026, 12, 31))
    before = ical_text([LOCK], window, OPTIONS, NOW)
    after = ical_text([], window, OPTIONS, LATER, before)
    assert only(after).value("STATUS") == "CANCELLED"


def test_what_lies_outside_of_the_window_is_dropped_not_cancelled():
    window = (date(2027, 1, 1), date(2027, 12, 31))
    assert read_components(ical_text([], window, OPTIONS, NOW, text_of(LOCK))) == {}


def test_a_journal_can_know_of_more_changes_than_the_file():
    options = replace(OPTIONS, changes={LOCK.key: 4})
    assert only(text_of(LOCK, options=options)).value("SEQUENCE") == "4"


def test_a_file_of_another_program_is_no_memory():
    foreign = text_of(LOCK).replace("Sales Cockpit", "Somebody Else")
    assert len(read_components(text_of(REVIEW, before=foreign))) == 1


# --- files --------------------------------------------------------------------------------------------


def test_events_and_tasks_go_to_two_files(tmp_path):
    files = export(tmp_path / "year.ics", [LOCK, REVIEW, TOUCH], WINDOW, OPTIONS, NOW)
    assert files == (tmp_path / "year.ics", tmp_path / "year-tasks.ics")
    events, tasks = (read_components(file.read_bytes().decode()) for file in files)
    assert {component.kind for component in events.values()} == {"VEVENT"} and len(events) == 2
    assert {component.kind for component in tasks.values()} == {"VTODO"} and len(tasks) == 1
    bytes_before = [file.read_bytes() for file in files]
    export(tmp_path / "year.ics", [REVIEW, TOUCH, LOCK], WINDOW, OPTIONS, LATER)
    assert [file.read_bytes() for file in files] == bytes_before


def test_a_published_file_keeps_its_mode_and_names_are_private_at_first(tmp_path):
    path = tmp_path / "year.ics"
    export(path, [LOCK], WINDOW, OPTIONS, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    export(path, [LOCK], WINDOW, OPTIONS, NOW)
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_tasks_file_is_named_after_the_events_file(tmp_path):
    assert tasks_path(tmp_path / "a.b.ics").name == "a.b-tasks.ics"
    assert tasks_path(tmp_path / "plain").name == "plain-tasks"


def test_a_folder_in_the_way_is_a_source_error(tmp_path):
    (tmp_path / "year.ics").mkdir()
    with pytest.raises(SourceError) as caught:
        export(tmp_path / "year.ics", [LOCK], WINDOW, OPTIONS, NOW)
    assert caught.value.exit_code == ExitCode.IO


# --- independent readers ------------------------------------------------------------------------------


def test_icalendar_reads_every_event_with_its_times():
    icalendar = pytest.importorskip("icalendar")
    calendar = icalendar.Calendar.from_ical(text_of(LOCK, REVIEW, FREEZE))
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert not [event.errors for event in events.values() if event.errors]
    review = events["us-field/mbr/FY27-P05@example.com"]
    assert (review.start, review.end) == (REVIEW.utc, REVIEW.until_utc)
    assert str(review["SUMMARY"]) == REVIEW.title
    freeze = events["us-field/freeze/FY27@example.com"]
    assert (freeze.start, freeze.end) == (date(2026, 11, 9), date(2027, 1, 2))
    assert events["us-field/forecast-lock/FY27-Q2@example.com"].start == LOCK.utc


def test_icalendar_reads_the_task():
    icalendar = pytest.importorskip("icalendar")
    (todo,) = icalendar.Calendar.from_ical(text_of(TOUCH)).walk("VTODO")
    assert todo.errors == [] and todo["DUE"].dt == TOUCH.utc and str(todo["CLASS"]) == "PRIVATE"


def test_recurring_ical_events_counts_what_we_wrote():
    icalendar = pytest.importorskip("icalendar")
    recurring = pytest.importorskip("recurring_ical_events")
    calendar = icalendar.Calendar.from_ical(text_of(LOCK, REVIEW, FREEZE))
    assert len(recurring.of(calendar).between(WINDOW[0], WINDOW[1])) == 3
    assert len(recurring.of(calendar).between((2026, 12, 8), (2026, 12, 9))) == 2


def test_khal_updates_in_place_and_shows_the_cancellation(tmp_path, monkeypatch):
    khal = shutil.which("khal")
    if khal is None:
        pytest.skip("khal is not installed")
    calendars, config = tmp_path / "calendars", tmp_path / "khal.conf"
    calendars.mkdir()
    config.write_text(
        f"[calendars]\n[[field]]\npath = {calendars}\n"
        "[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
    )

    def run(*words):
        command = [khal, "-c", str(config), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    path = tmp_path / "year.ics"
    export(path, [LOCK, REVIEW], WINDOW, OPTIONS, NOW)
    run("import", "--batch", "-a", "field", str(path))
    listing = ("list", "--format", "{start-date} {start-time} {title} {status}", "2026-12-01", "60d")
    assert "2026-12-08 18:00 Review; with commas, and a \\" in run(*listing)
    moved = replace(
        REVIEW, utc=REVIEW.utc + timedelta(days=1), until_utc=REVIEW.until_utc + timedelta(days=1)
    )
    export(path, [moved], WINDOW, OPTIONS, LATER)
    run("import", "--batch", "-a", "field", str(path))
    shown = run(*listing)
    assert "2026-12-09 18:00 Review" in shown and "2026-12-08" not in shown.replace("2026-12-08, ", "")
    assert shown.count("Quarter forecast lock") == 1 and "CANCELLED" in shown
