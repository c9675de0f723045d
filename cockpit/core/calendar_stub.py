"""What a calendar of the workspace starts with, so that it changes one that it may not or need not write.

A file of the same name and id lies over the bundled one: `cockpit.toml` finds it first, and the tasks keep
their keys.
"""

from cockpit.rhythm import Definition


def new_calendar(name: str, calendar_id: str) -> str:
    """The text of a calendar file that changes nothing yet.

    Args:
        name: the bundled calendar that it lies over, which is its own name too.
        calendar_id: that calendar's id.
    """
    return (
        f"# What stands here is laid over {name}, which comes with the cockpit.\n\n"
        "schema = 1\n\n"
        "[calendar]\n"
        f'extends = "{name}"\n'
        f'id      = "{calendar_id}"   # the same, so that tasks keep their keys\n'
    )


def override(definition: Definition, inherited_from: str) -> str:
    """The table that changes an inherited event or action, with its rule as it is.

    Args:
        definition: the event or action.
        inherited_from: the name of the file that says it.
    """
    key = "when" if definition.type == "event" else "due"
    return (
        f"\n# {definition.title}: what differs from {inherited_from}; any other key may stand here too,"
        " or drop = true.\n"
        f'[[{definition.type}]]\nid   = "{definition.id}"\n{key:<4} = "{definition.rule_text}"\n'
    )
