"""What every floor stands on: problems, strict TOML, clean text, atomic files, paths.

Nothing in here knows calendars, tasks or figures; it needs tomli, msgspec and the standard library.
"""
