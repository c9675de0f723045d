"""Charts as picture files: SVG as it is, PNG by way of an optional library."""

from importlib import import_module
from pathlib import Path

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.panes.charts.chart import Chart
from cockpit.panes.formats import Formats
from cockpit.text.export import require_new
from cockpit.text.svg import svg

SUFFIXES = (".svg", ".png")
"""The kinds of picture files."""
SHARPNESS = 2
"""Dots of a PNG for each unit of the drawing, so that it is sharp on a slide."""


def export_chart(chart: Chart, formats: Formats, path: Path, under: str = "") -> None:
    """Write a chart to a new file; a file that is there is never overwritten.

    Args:
        chart: what is drawn.
        formats: how axes are written.
        path: the file, `.svg` or `.png`. Its mode is 0600, since it holds the business's figures.
        under: a line at the foot of the picture.

    Raises:
        UsageError: a PNG is asked and the library for it is not installed.
        SourceError: a file is there already, or its folder is not there or cannot be written.
    """
    name = clean(str(path))
    require_new(path)
    drawn = svg(chart, formats, under)
    content: str | bytes = png(drawn) if path.suffix.casefold() == ".png" else drawn
    try:
        write_atomic(path, content)
    except OSError as error:
        raise SourceError(
            Problem(f"cannot be written: {clean(error.strerror or str(error))}", name)
        ) from error


def png(drawn: str) -> bytes:
    """An SVG document as PNG.

    Raises:
        UsageError: the library for it is not installed.
    """
    try:
        cairosvg = import_module("cairosvg")
    except (ImportError, OSError) as error:  # the library is there, and the Cairo it draws with is not
        hint = "pip install 'sales-cockpit[charts]', or export to .svg, which needs nothing"
        raise UsageError(Problem("PNG needs the optional library cairosvg", hint=hint)) from error
    drawn_bytes = cairosvg.svg2png(bytestring=drawn.encode(), scale=SHARPNESS)
    assert isinstance(drawn_bytes, bytes)
    return drawn_bytes
