"""Charts in cells and as pictures: whole at every size, true to their numbers, safe with any text."""

import math
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.problems import SourceError, UsageError
from cockpit.core.shapes import bin_edges
from cockpit.panes.charts.bars import bar_lines, floating, waterfall_lines
from cockpit.panes.charts.chart import Bar, Bars, Cell, Columns, Dot, Matrix, Points, Step, Waterfall
from cockpit.panes.charts.columns import column_lines
from cockpit.panes.charts.matrix import matrix_lines, shade_of
from cockpit.panes.charts.points import point_lines
from cockpit.panes.charts.scale import decades, ticks
from cockpit.panes.formats import Formats
from cockpit.panes.lines import ascii_only
from cockpit.text import picture
from cockpit.text.svg import svg

FORMATS = Formats()
HOSTILE = '<script>alert("x")</script> & ]]>'
values = st.one_of(st.none(), st.floats(0, 1e9, allow_nan=False))
words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)
widths, heights = st.integers(10, 220), st.integers(3, 60)


def columns(numbers, beside=None):
    bars = [
        Bar(
            f"W{place:02}",
            number,
            "" if number is None else f"{number:g}",
            None if beside is None else beside,
        )
        for place, number in enumerate(numbers, 1)
    ]
    return Columns("Won", "to Mon", tuple(bars), "money", "" if beside is None else "a year before")


@given(st.lists(values, max_size=40), widths, heights)
def test_columns_are_as_wide_as_asked(numbers, width, height):
    for line in column_lines(columns(numbers), FORMATS, width, height)[1:]:
        assert line.width <= max(width, 42)


def test_columns_stand_on_zero_and_hang_from_it_below():
    lines = column_lines(columns([-20, 0, 40, -1]), FORMATS, 40, 15)
    body = [line.text for line in lines[1:-2]]
    zero = next(place for place, text in enumerate(body) if text.lstrip().startswith("0┤"))
    for at, above, below in ((6, 0, 4), (14, 0, 0), (22, 8, 0), (30, 0, 1)):
        filled = [row[at : at + 1] not in ("", " ") for row in body]
        assert (sum(filled[:zero]), sum(filled[zero:])) == (above, below), (at, body)


def test_columns_stand_in_proportion_and_the_compared_value_is_marked():
    lines = column_lines(columns([10, 20, 40], beside=30), FORMATS, 40, 14)
    body = [line.text for line in lines[1:-3]]
    heights = [sum(row[at] in "▁▂▃▄▅▆▇█●" for row in body) for at in (4, 15, 26)]
    full = [sum(line.text.count("█") for line in lines[1:-3])]
    assert full[0] > 0
    assert any("●" in line.text for line in lines)
    assert "a year before" in lines[-1].text
    assert heights == sorted(heights)


def test_the_newest_columns_are_shown_where_not_all_fit():
    text = "\n".join(line.text for line in column_lines(columns(range(1, 101)), FORMATS, 40, 12))
    assert "the last" in text
    assert "W100" in text
    assert "W01 " not in text


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1, 1e6), st.integers(4, 120))
def test_a_floating_bar_never_leaves_its_room_and_shows_what_is_not_zero(start, length, beyond, room):
    end = start + length
    drawn = floating(start, end, 0.0, end + beyond, room)
    assert len(drawn) <= room
    if end > start:
        assert drawn.strip()


@given(st.lists(st.tuples(words, values), min_size=1, max_size=20), widths)
def test_bars_are_whole_with_any_label(found, width):
    bars = tuple(Bar(label.strip() or "x", number, "1") for label, number in found)
    for line in bar_lines(Bars("t", "f", bars), max(width, 30)):
        assert line.width <= max(width, 30)


@given(st.floats(1e3, 1e9), st.lists(st.floats(-1e3, 1e3), max_size=8))
def test_the_steps_of_a_waterfall_end_at_its_last_level(before, changes):
    after = before + sum(changes)
    steps = [Step("then", before, "", True), *(Step("x", change, "") for change in changes)]
    spans = Waterfall("t", "f", (*steps, Step("now", after, "", True))).spans()
    at = before
    for (low, high), change in zip(spans[1:-1], changes, strict=True):
        assert math.isclose(high - low, abs(change), rel_tol=1e-6, abs_tol=1e-5)
        at += change
    assert math.isclose(at, after, rel_tol=1e-9)
    assert spans[-1][1] == pytest.approx(max(after, 0))


def test_a_waterfall_says_when_its_bars_do_not_start_at_zero():
    steps = (Step("then", 100, "100", True), Step("new", 5, "+5", good=True), Step("now", 105, "105", True))
    lines = waterfall_lines(Waterfall("t", "balances", steps), 80)
    assert "do not start at zero" in "\n".join(line.text for line in lines)
    assert {span.role for span in lines[2].spans} >= {"good"}


@given(
    st.lists(st.tuples(st.floats(0, 900), st.floats(1, 1e6)), max_size=60),
    st.integers(30, 200),
    st.integers(7, 50),
)
def test_points_are_as_large_as_asked(found, width, height):
    chart = Points("t", "f", tuple(Dot(x, y) for x, y in found), "age", "amount", "days", "money", x_mark=90)
    lines = point_lines(chart, FORMATS, width, height)
    if found:
        assert len(lines) == height
        assert all(line.width == width for line in lines[1:])
        dots = sum(0x2800 < ord(sign) < 0x2900 for line in lines for sign in line.text)
        assert 1 <= dots <= len(found)


def test_every_sign_of_a_chart_has_an_ascii_one():
    chart = Points(
        "t", "f", (Dot(1, 10), Dot(50, 1e5, stands_out=True)), "age", "amount", "days", "money", x_mark=9
    )
    drawn = [*point_lines(chart, FORMATS, 60, 12), *column_lines(columns([1, 2, 3], 2), FORMATS, 60, 12)]
    drawn += bar_lines(Bars("t", "f", (Bar("a", 1, "1"), Bar("b", 0.5, "0"))), 60)
    drawn += waterfall_lines(Waterfall("t", "f", (Step("a", 3, "3", True), Step("b", -1, "-1"))), 60)
    for line in drawn:
        assert ascii_only(line.text).isascii()


def matrix(heat=False):
    rows = (("a", (1.0, 2.0, 3.0)), ("b", (4.0, None, 4.0)), ("All", (5.0, 2.0, 7.0)))
    cells = tuple(
        tuple(Cell(number, "" if number is None else f"{number:g}") for number in row) for _, row in rows
    )
    return Matrix("t", "f", "row", tuple(name for name, _ in rows), ("x", "y", "All"), cells, heat, not heat)


def test_a_pivot_keeps_its_totals_at_foot_and_right():
    shown = matrix_lines(matrix(), 60)
    assert "All" in shown.head[1].text
    assert shown.foot[-1].text.split() == ["All", "5", "2", "7"]
    assert [line.text.split()[0] for line in shown.body] == ["a", "b"]
    narrow = matrix_lines(matrix(), 18)
    assert "All" in narrow.head[1].text
    assert narrow.foot[-1].text.split()[-1] == "7"


def test_a_heat_map_shades_by_value():
    assert [shade_of(number, 4.0) for number in (None, 0, 0.01, 2, 4)] == [0, 0, 1, 2, 4]
    text = "\n".join(line.text for line in matrix_lines(matrix(heat=True), 60).body)
    assert "█" in text
    assert "░" in text


@given(st.floats(-1e9, 1e9), st.floats(0.001, 1e9), st.integers(2, 12))
def test_ticks_are_even_and_reach_over_the_values(low, length, most):
    marks = ticks(low, low + length, most)
    assert marks[0] <= low + 1e-6 * max(abs(low), length)
    assert marks[-1] >= low + length - 1e-6 * max(abs(low), length)
    steps = [b - a for a, b in pairwise(marks)]
    assert max(steps) - min(steps) <= 1e-6 * max(abs(step) for step in steps) + 1e-6


def test_decades():
    assert decades(3, 4_000) == [1, 10, 100, 1_000, 10_000]
    assert decades(10, 10) == [10, 100]


@given(st.lists(st.floats(0.01, 1e7), max_size=200), st.booleans())
def test_bins_have_rising_edges(numbers, multiples):
    edges = bin_edges(numbers, multiples)
    assert edges == sorted(set(edges))
    assert bool(edges) == bool(numbers)


CHARTS = (
    columns([1, None, 3], beside=2),
    Bars(HOSTILE, HOSTILE, (Bar(HOSTILE, 3, HOSTILE, note=HOSTILE),), (HOSTILE,)),
    Waterfall(
        "t",
        "f",
        (Step("a", 100, "100", True), Step(HOSTILE, -5, "-5", good=False), Step("z", 95, "95", True)),
    ),
    Points("t", "f", (Dot(1, 10), Dot(300, 1e6, HOSTILE, True)), "age", "amount", "days", "money", x_mark=90),
    matrix(),
    matrix(heat=True),
    Columns("empty", "", (), "money"),
    Points("empty", "", (), "age", "amount", "days", "money"),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.kind)
def test_a_picture_is_sound_escaped_and_the_same_each_time(chart):
    drawn = svg(chart, FORMATS, HOSTILE)
    assert drawn == svg(chart, FORMATS, HOSTILE)
    root = ET.fromstring(drawn)
    assert "<script" not in drawn
    for element in root.iter():
        for name in ("x", "y", "width", "height", "cx", "cy"):
            assert math.isfinite(float(element.get(name, "0")))
        assert not element.get("height", "0").startswith("-")


def test_a_picture_is_written_once_and_private(tmp_path):
    path = tmp_path / "won.svg"
    picture.export_chart(CHARTS[0], FORMATS, path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SourceError, match="is there already"):
        picture.export_chart(CHARTS[0], FORMATS, path)


def test_a_png_without_its_library_says_how_to_install_it(tmp_path, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(picture, "import_module", absent)
    with pytest.raises(UsageError) as raised:
        picture.export_chart(CHARTS[0], FORMATS, tmp_path / "won.png")
    assert "sales-cockpit[charts]" in str(raised.value.problems[0])
    assert not (tmp_path / "won.png").exists()


def test_a_png_is_what_the_library_makes_of_the_drawing(tmp_path, monkeypatch):
    class Library:
        @staticmethod
        def svg2png(bytestring, scale):
            assert bytestring.startswith(b"<svg")
            assert scale == picture.SHARPNESS
            return b"\x89PNG"

    monkeypatch.setattr(picture, "import_module", lambda name: Library)
    picture.export_chart(CHARTS[0], FORMATS, tmp_path / "won.png")
    assert (tmp_path / "won.png").read_bytes() == b"\x89PNG"


def test_headings_and_labels_of_a_picture_keep_to_their_room():
    names = tuple(f"Foundry Developer Operations {number}" for number in range(9))
    cells = tuple(tuple(Cell(0.5, "50.0 %") for _ in names) for _ in range(2))
    long = "Hazelbank Department of Transportation and Public Works"
    drawn = svg(Matrix("Pivot", "", "team", (long, "All"), names, cells), Formats())
    texts = [one for one in ET.fromstring(drawn).iter() if one.tag.endswith("text")]
    for one in texts:
        if "Foundry" in "".join(one.itertext()) and not len(one):
            assert len(one.text) * 12 * 0.55 <= 730 / 9
    cut = next(one for one in texts if (one.text or "").startswith("Hazelbank"))
    assert cut.text.endswith("…")
    assert [part.text for part in cut] == [long]  # the whole is there when it is pointed at


def test_what_stands_beside_a_bar_is_separated_by_commas():
    drawn = svg(Bars("Funnel", "", (Bar("Qualify", 17, "17", note="1.8M   10.0 %"),)), Formats())
    assert ">17, 1.8M, 10.0 %<" in drawn


def test_the_name_of_an_axis_is_never_cut():
    chart = Points("t", "", (Dot(1, 20_000), Dot(2, 300_000)), "age", "amount", "days", "money")
    assert any(row.text.strip() == "amount" for row in point_lines(chart, Formats(), 60, 12))
