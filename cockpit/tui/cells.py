"""Writing only the cells that changed: Textual draws a changed line anew from its first cell.

Textual keeps which stretch of a line is to be drawn again, and crops the line at its end only. Here it is
cropped at both ends, so that a digit of the head line costs a few bytes and not the line before it. This
reaches into Textual's compositor, whose version is fixed; a test sees to it that a tick stays small.
"""

from typing import Any

from textual._compositor import ChopsUpdate, Compositor
from textual.screen import Screen


class ChangedCells(ChopsUpdate):
    """An update of the screen that writes the changed stretches of lines and nothing more."""

    def render_segments(self, console: Any) -> str:
        """The update as the terminal takes it; the console renders the styles."""
        written: list[str] = []
        for y, start, stop in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                left, right = max(x, start), min(end, stop)
                if strip is None or left >= right:
                    continue
                written.append(f"\x1b[{y + 1};{left + 1}H")
                written.append(strip.crop(left - x, right - x).render(console))
        return "".join(written)


class ChangedCellsCompositor(Compositor):
    """The compositor whose partial updates are `ChangedCells`."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """The changed stretches, or None where nothing has changed."""
        update = super().render_partial_update()
        return None if update is None else ChangedCells(update.chops, update.spans, update.chop_ends)


class CellScreen(Screen[None]):
    """The screen that the canvas lies on."""

    def __init__(self) -> None:
        super().__init__(id="_default")
        self._compositor = ChangedCellsCompositor()
