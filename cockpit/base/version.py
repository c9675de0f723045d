"""Which cockpit this is."""

from functools import cache


@cache
def cockpit_version() -> str:
    """The installed version; `0+checkout` where nothing is installed."""
    from importlib.metadata import PackageNotFoundError, version  # 20 ms that few need

    try:
        return version("sales-cockpit")
    except PackageNotFoundError:
        return "0+checkout"
