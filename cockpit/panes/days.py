"""How days and deadlines are written: a weekday or a unit always, in English, independent of the locale."""

from datetime import date, datetime, time, tzinfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekday(day: date) -> str:
    """Written "Thu"."""
    return WEEKDAYS[day.weekday()]


def short_day(day: date) -> str:
    """Written "Thu 26": for days within a few weeks."""
    return f"{weekday(day)} {day.day}"


def month_day(day: date) -> str:
    """Written "26 Nov"."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def day_and_month(day: date) -> str:
    """Written "Thu 26 Nov"."""
    return f"{weekday(day)} {month_day(day)}"


def full_day(day: date) -> str:
    """Written "Thu 26 Nov 2026"."""
    return f"{day_and_month(day)} {day.year}"


def near_day(day: date, today: date) -> str:
    """Written "Thu 26" within four weeks, "Thu 4 Mar" within a year, with its year beyond."""
    distance = abs((day - today).days)
    if distance <= 28:
        return short_day(day)
    return day_and_month(day) if distance <= 330 else full_day(day)


def clock(at: time | datetime | str | None) -> str:
    """Written "17:00", or "" where there is no time of day."""
    if at is None:
        return ""
    return at[:5] if isinstance(at, str) else f"{at:%H:%M}"


def deadline(
    due: date | None, at: time | datetime | str | None, today: date, business_days_left: int | None
) -> str:
    """When something is due: "late 3 BD", "today 17:00", "Tue 24 18:00", "Thu 26", "no date".

    Args:
        due: the day, in the calendar's zone.
        at: the time of day, or None.
        today: the calendar's day.
        business_days_left: negative when late; None where the holiday files do not reach.
    """
    if due is None:
        return "no date"
    if due < today:
        if business_days_left is None:
            return f"late {(today - due).days} d"
        late = -business_days_left
        return f"late {late} BD" if late > 0 else f"late {(today - due).days} d"
    hour = clock(at)
    text = "today" if due == today else near_day(due, today)
    return f"{text} {hour}" if hour and (due - today).days <= 28 else text


def age(then: datetime, now: datetime) -> str:
    """When figures were read, as seen at `now`: "08:02" on the same day, else "Fri 20 Nov"."""
    return clock(then) if then.date() == now.date() else day_and_month(then.date())


def age_words(then: datetime, now: datetime) -> str:
    """How long ago: "now", "3 min", "2 h", "5 d"."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    return f"{seconds // 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds // 86400:.0f} d"


def moment(instant: str, zone: tzinfo) -> str:
    """An instant, RFC 3339, on the clock of a zone: "2026-11-23 16:02"."""
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M}"
