"""Who is changing things: the login that the operating system vouches for, never a variable."""

import os


def login() -> str:
    """Login name of the owner of this process; over SSH that is the real person.

    `$USER` is not asked, since anybody can set it.
    """
    try:
        import pwd
    except ImportError:  # Windows has no password database
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid{os.getuid()}"


def host() -> str:
    """Name of this machine."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "unknown")
