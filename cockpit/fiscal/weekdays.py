"""The names of weekdays as calendar files write them."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_NUMBERS = {
    name.casefold(): number for names in (WEEKDAYS, LONG_WEEKDAYS) for number, name in enumerate(names)
}


def weekday_number(text: str) -> int | None:
    """The number of a weekday, Monday is 0, by its short or long name in any case; None for no weekday."""
    return _NUMBERS.get(text.strip().casefold())
