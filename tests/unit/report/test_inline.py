"""Drawings inside a page: every number at its place, and as many elements as one can look at."""

from __future__ import annotations

import math
import re
import sys
from typing import Any
from xml.etree import ElementTree

import pytest

from mfgcheck.report import Curves, HeatMap, Series
from mfgcheck.report.inline.drawing import legend, to_svg
from mfgcheck.report.inline.parts import round_numbers


def drawn(figure: Curves | HeatMap) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg(figure))


def classes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def points(element: ElementTree.Element) -> list[tuple[float, float]]:
    return [
        (float(x), float(y))
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", element.get("d", ""))
    ]


def curve(y: list[float], style: Any = "line", **more: Any) -> Curves:
    return Curves("t", "x", "y", [Series("a", range(len(y)), y, style)], **more)


def test_a_line_goes_through_its_numbers() -> None:
    (line,) = classes(drawn(curve([0, 1, 3])), "line")
    (x0, y0), (x1, y1), (x2, y2) = points(line)
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert (y1 - y2) == pytest.approx(2 * (y0 - y1), abs=0.3)
    assert y0 > y1 > y2  # upwards


def test_a_gap_in_a_line_is_left_open() -> None:
    (line,) = classes(drawn(curve([0, math.nan, 1, 2])), "line")
    assert (line.get("d") or "").count("M") == 2


def test_steps_turn_halfway_and_jumps_at_the_number() -> None:
    for style, at in (("steps", 0.5), ("jumps", 1.0)):
        (line,) = classes(drawn(curve([0, 1], style)), "line")
        corners = points(line)
        assert len(corners) == 4
        left, right = corners[0][0], corners[-1][0]
        assert (corners[1][0] - left) / (right - left) == pytest.approx(at, abs=0.01)


def test_bars_stand_on_zero_beside_each_other() -> None:
    series = [Series("a", [0, 1], [1, -1], "bars"), Series("b", [0, 1], [0.5, 0], "bars")]
    root = drawn(Curves("t", "x", "y", series))
    first, second = classes(root, "fill")
    bar = r"M(\S+) (\S+)V(\S+)H(\S+)V"  # left, foot, top, right
    up, down = ([float(v) for v in found] for found in re.findall(bar, first.get("d", "")))
    beside = re.findall(bar, second.get("d", ""))
    assert up[2] < up[1] == down[2] < down[1]  # one stands on the line from which the other hangs
    assert len(beside) == 1  # 0 has no bar
    assert float(beside[0][0]) == pytest.approx(up[3], abs=0.11)


def test_a_logarithmic_axis_names_powers() -> None:
    root = drawn(curve([1, 1e-3, 1e-6], log_y=True))
    assert {"1e0", "1e-6"} <= set(texts(root))
    (_, y0), (_, y1), (_, y2) = points(classes(root, "line")[0])
    assert y1 - y0 == pytest.approx(y2 - y1, abs=0.2)


def test_bands_guides_points_and_marks() -> None:
    band = Series("b", [0, 1], [1, 2], low=[0, 1], high=[2, 3])
    series = [band, Series("g", [0, 1], [0, 3], "guide"), Series("p", [1], [2], "points")]
    figure = Curves("t", "x", "y", series, marks=[(0.5, "here"), (0.7, "here")])
    root = drawn(figure)
    assert len(classes(root, "band")) == 1
    assert len(classes(root, "guide")) == 1
    assert len(classes(root, "mark")) == 2
    assert [name for _, name in legend(figure)] == ["b", "g", "p", "here"]


def test_names_on_axes() -> None:
    figure = curve([0, 1, 0], x_names=["low", "mid", "high"], y_names=["stay", "go"])
    assert {"low", "mid", "high", "stay", "go"} <= set(texts(drawn(figure)))


def test_no_text_sticks_out() -> None:
    long = curve([0, 1], x_names=["s = 0, a = 1", "s = 0, a = 2"])
    for element in drawn(long).iter("text"):
        half = len(element.text or "") * 6.4 / 2
        if element.get("text-anchor") == "middle":
            assert half - 0.1 <= float(element.get("x", "0")) <= 420.1 - half


def test_many_numbers_and_names_are_thinned() -> None:
    names = [f"state-{i}" for i in range(10_000)]
    figure = curve([math.sin(i) for i in range(10_000)], x_names=names)
    assert len(to_svg(figure)) < 40_000
    assert 2 <= sum("state-" in text for text in texts(drawn(figure))) <= 12


@pytest.mark.parametrize("style", ["line", "steps", "jumps", "points"])
def test_a_peak_is_not_thinned_away(style: str) -> None:
    level, peak, gap = [0.5] * 10_000, 7_001, 3_001
    level[peak], level[gap] = 1.0, 0.0
    root = drawn(curve(level, style))
    if style == "points":
        heights = [float(e.get("cy", "0")) for e in classes(root, "fill")]
    else:
        heights = [y for _, y in points(classes(root, "line")[0])]
    assert len({round(y) for y in heights}) == 3
    assert len(heights) <= 1_502


def test_a_gap_is_not_thinned_away() -> None:
    numbers = [float(i % 3) for i in range(10_000)]
    numbers[5_000] = math.nan
    (line,) = classes(drawn(curve(numbers)), "line")
    assert (line.get("d") or "").count("M") == 2


def test_bars_of_states_that_nearly_meet_are_seen() -> None:
    labels = [0, 0.001, 1, 5000]
    figure = Curves("t", "x", "y", [Series("a", labels, [0.25] * 4, "bars")])
    (bars,) = classes(drawn(figure), "fill")
    sides = re.findall(r"M(\S+) \S+H?V\S+H(\S+?)V", bars.get("d", ""))
    assert len(sides) == 4
    assert all(float(right) - float(left) >= 1.9 for left, right in sides)


ODD = [
    [],
    [math.nan],
    [2.0],
    [2.0, 2.0],
    [-1e300, 1e300],
    [1e-300, 0],
    [0, 1e-323],
    [5e-324, 1e-323],
    [-1e308, 1e308],
    [-sys.float_info.max, 0, sys.float_info.max],
    [sys.float_info.max],
]


@pytest.mark.parametrize("y", ODD)
def test_odd_numbers_are_drawn_somehow(y: list[float]) -> None:
    drawings = [to_svg(curve(y, style)) for style in ("line", "steps", "jumps", "points", "bars")]
    drawings += [to_svg(cells([y], diverging=sign)) for sign in (False, True)]
    for drawing in drawings:
        assert "nan" not in drawing
        assert "inf" not in drawing


def test_the_ends_of_a_range_that_has_no_round_numbers() -> None:
    assert [value for value, _ in round_numbers(0, 1e-323, 5)] == [0, 1e-323]
    assert [value for value, _ in round_numbers(-1e308, 1e308, 5)] == [-1e308, 0, 1e308]


def test_a_logarithmic_axis_reaches_as_far_as_floats() -> None:
    for y in ([5e-324, 1e-321], [1e305, 1.5e308]):
        assert "nan" not in to_svg(curve(y, log_y=True))


def cells(values: list[list[float]], **more: Any) -> HeatMap:
    columns = [str(i) for i in range(len(values[0]))]
    rows = [str(i) for i in range(len(values))]
    return HeatMap("t", "state", "action", "slack", columns, rows, values, **more)


def told(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter("title")]


def test_each_cell_says_its_number_and_neighbours_that_are_the_same_are_one() -> None:
    said = told(drawn(cells([[1, 1, -2], [0, math.nan, 3]])))
    assert said == [
        "state 0, action 0: 1",
        "state 1, action 0: 1",
        "state 2, action 0: \u22122",
        "state 0, action 1: 0",
        "state 2, action 1: 3",
    ]
    wide = told(drawn(cells([[1.0] * 7 + [2.0]])))
    assert wide == ["state 0 to 6, action 0: 1", "state 7, action 0: 2"]


def test_the_two_sides_of_zero_have_two_colours() -> None:
    root = drawn(cells([[-1, 0, 2]], diverging=True))
    named = {
        kind: [e for e in classes(root, kind) if e.find("title") is not None]
        for kind in ("below", "level", "above")
    }
    assert [len(part) for part in named.values()] == [1, 1, 1]
    strong, weak = (float(named[k][0].get("fill-opacity", "0")) for k in ("above", "below"))
    assert strong > weak
    figure = cells([[-1, 0, 2]], diverging=True)
    assert [name for _, name in legend(figure)] == ["above 0", "0", "below 0"]
    assert [name for _, name in legend(cells([[1, 2]], diverging=True))] == ["above 0"]


def test_levels_are_named_in_the_legend() -> None:
    figure = cells([[0, 2, 0]], levels=["stay", "walk", "run"])
    assert [name for _, name in legend(figure)] == ["stay", "run"]
    assert told(drawn(figure))[1] == "state 1, action 0: run"


def test_marks_frame_their_cell() -> None:
    figure = cells([[1, 2], [3, 4]], marks=[(1, 0)], marks_label="the counterexample")
    root = drawn(figure)
    (frame,) = classes(root, "frame")
    cell = next(e for e in root.iter("rect") if told(e) == ["state 1, action 0: 2"])
    for name in ("x", "y", "width", "height"):
        assert frame.get(name) == cell.get(name)
    assert legend(figure)[-1][1] == "the counterexample"
    assert "the counterexample at 1, 0" in figure.text
    with pytest.raises(ValueError, match="marks a cell"):
        cells([[1, 2]], marks=[(2, 0)])


def test_a_map_of_many_cells_stays_small() -> None:
    values = [[float(i * 7 % 1009) for i in range(20_000)] for _ in range(5)]
    drawing = to_svg(cells(values))
    assert len(drawing) < 1_000_000
    assert "state (drawn: 1 of 17)" in drawing


@pytest.mark.parametrize("bad", [699, 698, 0, 1300])
def test_the_cells_that_fail_are_drawn_of_a_map_of_many(bad: int) -> None:
    values = [[-1.0 if i == bad else 1.0 for i in range(1301)] for _ in range(5)]
    root = drawn(cells(values, diverging=True, marks=[(bad, 4)]))
    failing = [e for e in classes(root, "below") if e.find("title") is not None]
    assert [e.findtext("title") for e in failing] == [
        f"state {bad}, action {row}: \u22121" for row in range(5)
    ]
    (frame,) = classes(root, "frame")
    left, wide = (float(frame.get(name, "0")) for name in ("x", "width"))
    for cell in failing:
        assert float(cell.get("width", "0")) >= 2  # or nobody sees it
        assert left < float(cell.get("x", "0")) < left + wide - 2
    order = [e.get("class") for e in root.iter("rect") if e.find("title") is not None]
    assert order[-1] == "below"  # nothing is drawn over it
    assert "state (each cell: the least of 2)" in texts(root)
    assert any(text.endswith(": at least 1") for text in told(root))


def test_a_framed_cell_is_drawn_of_a_map_of_many() -> None:
    values = [[float(i == 701) for i in range(1301)] for _ in range(5)]
    root = drawn(cells(values, marks=[(701, 4)]))
    assert [text for text in told(root) if text.endswith(": 1")] == ["state 701, action 4: 1"]


def test_a_map_of_one_row_without_a_name() -> None:
    figure = HeatMap("t", "next state", "", "mass", ["a", "b"], [""], [[1, 2]], marks=[(1, 0)])
    assert told(drawn(figure)) == ["next state a: 1", "next state b: 2"]
    assert figure.text == "t: mass by next state (2), from 1 to 2; framed at b"


def test_numbers_that_are_near_each_other_are_told_apart() -> None:
    near = [1e9 - i / 3 for i in range(3)]
    shown = [text for text in texts(drawn(curve(near))) if len(text) > 3]
    assert {"1000000000", "999999999.6"} <= set(shown)
    assert len(shown) == len(set(shown))
    said = [text.split(": ")[1] for text in told(drawn(cells([near * 3])))]
    assert len(set(said)) == 3
    assert "1e+09" not in texts(drawn(cells([near * 3])))
    assert [text for _, text in round_numbers(1000, 1001, 3)] == ["1000", "1000.5", "1001"]


def test_no_number_beside_a_map_sticks_out() -> None:
    root = drawn(cells([[-1e9 + i / 3 for i in range(9)]]))
    for element in root.iter("text"):
        if element.get("text-anchor") == "start":
            assert float(element.get("x", "0")) + 7.3 * len(element.text or "") <= 420


def test_a_name_cannot_turn_the_text_around() -> None:
    figure = curve([0, 1], x_names=["\u202egnp", "\u2066b"])
    assert not set("\u202e\u2066") & set(to_svg(figure))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (-1, 1, ["\u22121", "\u22120.5", "0"])],
)
def test_ticks_are_round(low: float, high: float, expected: list[str]) -> None:
    assert [text for _, text in round_numbers(low, high, 5)][: len(expected)] == expected


def test_ticks_of_whole_numbers_are_whole() -> None:
    assert [value for value, _ in round_numbers(0, 2, 7, whole=True)] == [0, 1, 2]
