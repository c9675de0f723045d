"""What a session needs from around it: the terminal program, and where views are found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from cockpit.panes.place import Place
from cockpit.panes.view import View
from cockpit.tui.background import Outcome


class Shell(Protocol):
    """What a session needs from the terminal program around it."""

    def background(self, group: str, job: Callable[[], Any], then: Callable[[Outcome], None]) -> None:
        """Run a job in a thread; of the jobs of one group that wait, only the newest is run."""

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call after that time, instead of an earlier call of the same name."""

    def redraw(self) -> None:
        """Draw the screen anew, soon."""

    def leave(self) -> None:
        """End the program."""

    def switch(self, folder: Path) -> None:
        """Open another workspace instead of this one."""

    def copy(self, text: str) -> str:
        """Copy a text; returns where it went, in words."""

    def wear(self, theme: str) -> None:
        """Change the looks to a theme of that name.

        Raises:
            ConfigError: it cannot be used.
        """

    def edit_file(self, path: Path, line: int | None) -> int:
        """Let the user edit a file in their own editor; returns the editor's exit code."""

    def open_address(self, address: str) -> bool:
        """Open an address in a browser on this machine; False where there is none."""


class Views(Protocol):
    """Finds views (`cockpit.panes.views`)."""

    def root(self, name: str) -> View:
        """The view of that name at its first level."""

    def view_for(self, place: Place) -> View | None:
        """The view a place leads to."""
