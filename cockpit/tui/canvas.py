"""The one widget: it shows rows of pieces, and redraws only the cells that changed.

Whatever is shown passes through here, so this is also the second net below the cleaning of all text that
enters: a character that a terminal could obey is replaced once more.
"""

from collections.abc import Sequence

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cockpit.base.clean import clean
from cockpit.panes.lines import cells
from cockpit.tui.rows import Row, text_of
from cockpit.tui.theme import Looks, Theme

MOST_STRIPS = 2_000
"""Rows that are kept ready to be drawn again."""


class Palette:
    """The styles of a theme, by role.

    Args:
        theme: whose looks they are.
        colourless: whether colours may not be used at all.
    """

    def __init__(self, theme: Theme, colourless: bool = False) -> None:
        ground = Looks() if colourless else Looks(color=theme.foreground, background=theme.background)
        self._ground = _style(ground)
        self._roles = {role: _style(looks) for role, looks in theme.roles.items()}
        self._styles: dict[tuple[str, str], Style] = {}

    def style(self, role: str, under: str = "") -> Style:
        """The style of a role, on the ground or on the line of the cursor."""
        style = self._styles.get((role, under))
        if style is None:
            style = self._ground + (self._roles[under] if under else Style.null()) + self._roles[role]
            self._styles[role, under] = style
        return style

    def strip(self, row: Row) -> Strip:
        """A row as Textual draws it. Blanks take the style before them where nobody could see it."""
        segments: list[Segment] = []
        text, style = "", self._ground
        for piece in row:
            if not piece.text.isprintable():
                piece = piece._replace(text=clean(piece.text))
            own = self.style(piece.role, piece.under)
            if own == style or (piece.text.isspace() and _same_blanks(own, style)):
                text += piece.text
                continue
            if text:
                segments.append(Segment(text, style))
            text, style = piece.text, own
        if text:
            segments.append(Segment(text, style))
        return Strip(segments, sum(cells(piece.text) for piece in row))


def _style(looks: Looks) -> Style:
    return Style(
        color=_colour(looks.color),
        bgcolor=_colour(looks.background),
        bold=looks.bold or None,
        dim=looks.dim or None,
        italic=looks.italic or None,
        underline=looks.underline or None,
        reverse=looks.reverse or None,
    )


def _colour(name: str | None) -> Color | None:
    return Color.parse(name) if name is not None else None


def _same_blanks(one: Style, other: Style) -> bool:
    """Whether a blank looks the same in both styles."""
    return (
        one.bgcolor == other.bgcolor
        and not (one.underline or other.underline)
        and not (one.reverse or other.reverse)
    )


class Canvas(Widget, can_focus=True):
    """Shows rows.

    Args:
        palette: how roles look.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "Canvas { width: 100%; height: 100%; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._rows: Sequence[Row] = ()
        self._strips: dict[Row, Strip] = {}

    def show(self, rows: Sequence[Row], width: int, height: int) -> None:
        """Show other rows; only the cells that differ are drawn again.

        Rows of a size that the layout has not taken yet wait for it, which draws all of them: drawn before,
        they would be laid on the ground of the old size, and be seen broken for a moment.
        """
        before, self._rows = self._rows, rows
        if self.size and (self.size.width, self.size.height) != (width, height):
            return
        if len(before) != len(rows):
            self.refresh()
            return
        regions = [
            changed
            for y, (old, new) in enumerate(zip(before, rows, strict=True))
            if old != new and (changed := _changed_cells(old, new, y, self.size.width)) is not None
        ]
        if regions:
            self.refresh(*regions)

    def shows(self, text: str) -> bool:
        """Whether a row shows the text."""
        return any(text in text_of(row) for row in self._rows)

    def wear(self, palette: Palette) -> None:
        """Draw everything in other looks."""
        self._palette = palette
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        if not 0 <= y < len(self._rows):
            return Strip.blank(self.size.width, self._palette.style("text"))
        row = self._rows[y]
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[row] = self._palette.strip(row)
        return strip


def _changed_cells(old: Row, new: Row, y: int, width: int) -> Region | None:
    """The stretch of a row to draw again; the whole row where characters are not one cell wide."""
    if not (_one_cell_each(old) and _one_cell_each(new)):
        return Region(0, y, width, 1)
    before = [(character, piece.role, piece.under) for piece in old for character in piece.text]
    after = [(character, piece.role, piece.under) for piece in new for character in piece.text]
    if len(before) != len(after):
        return Region(0, y, width, 1)
    differing = [index for index, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    if not differing:
        return None
    return Region(differing[0], y, differing[-1] - differing[0] + 1, 1)


def _one_cell_each(row: Row) -> bool:
    return all(piece.text.isascii() or cells(piece.text) == len(piece.text) for piece in row)
