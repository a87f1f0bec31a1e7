"""Figures hold plain numbers, refuse what cannot be drawn, and say in words what they show."""

from __future__ import annotations

import math

import pytest

from mfgcheck.report import Curves, HeatMap, Series, to_html, to_text

PATHS = Curves(
    "Mean state",
    "step",
    "mean",
    [Series("from below", [0, 1, 2], [0, 1.5, 2]), Series("diagonal", [0, 2], [0, 2], "guide")],
    marks=[(1, "tie"), (1.5, "tie"), (1.75, "cut")],
    note="for orientation",
)
STRATEGY = HeatMap(
    "Strategy", "state", "step", "action", ["0", "1"], ["0"], [[0, 1]], ["stay", "go"]
)
BAND = Series("mean", [0, 1], [1, 2], "line", [0.5, 1.5], [1.5, 3.5])


def test_figures_are_frozen_and_can_be_hashed() -> None:
    y = [0.0, 1.0]
    series = Series("a", [0, 1], y)
    y[1] = 5.0
    assert series.y == (0.0, 1.0)
    assert len({PATHS, STRATEGY}) == 2


@pytest.mark.parametrize("y", [[1], [1, math.inf], [-math.inf, 1]])
def test_series_that_cannot_be_drawn_are_refused(y: list[float]) -> None:
    with pytest.raises(ValueError, match="series 'a'"):
        Series("a", [0, 1], y)


def test_a_gap_is_no_error_but_a_place_for_it_must_be_known() -> None:
    assert math.isnan(Series("a", [0, 1], [math.nan, 1]).y[0])
    with pytest.raises(ValueError, match="cannot be drawn"):
        Series("a", [math.nan, 1], [0, 1])


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_logarithms_of_what_is_not_positive_are_refused(low: float) -> None:
    with pytest.raises(ValueError, match="logarithmic"):
        Curves("Width", "step", "width", [Series("a", [0, 1], [1, low])], log_y=True)


@pytest.mark.parametrize("values", [[[1, 2]], [[1], [2, 3]], [[1, 2], [3, 4], [5, 6]]])
def test_a_heat_map_needs_a_number_for_every_place(values: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="'Q': not 2 rows of 2 numbers"):
        HeatMap("Q", "state", "action", "value", ["0", "1"], ["0", "1"], values)


def test_a_heat_map_refuses_infinity() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        HeatMap("Q", "state", "action", "value", ["0"], ["0"], [[math.inf]])


def test_words_of_a_figure() -> None:
    assert PATHS.text == (
        "Mean state: mean over step from 0 to 2; from below (0 to 2); 2 x tie; cut "
        "(for orientation)"
    )
    assert STRATEGY.text == "Strategy: action by state (2) and step (1), from stay to go"


def test_words_of_a_figure_without_numbers() -> None:
    empty = Curves("Map", "m", "image", [Series("a", [0], [math.nan])])
    assert empty.text == "Map: image over m from 0 to 0; a (nothing)"
    assert HeatMap("Q", "s", "a", "value", [], [], []).text == "Q: value by s (0) and a (0)"


def test_a_terminal_shows_the_words() -> None:
    text = to_text([PATHS, STRATEGY], 200)
    assert f"Figure. {PATHS.text}" in text
    assert f"Figure. {STRATEGY.text}" in text


def test_html_without_matplotlib_shows_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mfgcheck.report.plot.find_spec", lambda name: None)
    html = to_html([Curves("<b>", "x", "y", [])])
    assert "&lt;b&gt;" in html
    assert "<img" not in html


def test_words_of_a_figure_tell_of_a_band() -> None:
    figure = Curves("Mean state", "step", "mean", [BAND])
    assert figure.text.endswith("; mean (1 to 2, in a band up to 2 wide)")
    assert BAND.low == (0.5, 1.5)


@pytest.mark.parametrize(
    ("low", "high", "what"),
    [
        ([0], [1, 2], "a band of 1 and 2"),
        ([0, 0], [], "a band of 2 and 0"),
        ([0, 3], [1, 2], "above"),
        ([0, -math.inf], [1, 2], "cannot be drawn"),
    ],
)
def test_bands_that_cannot_be_drawn_are_refused(
    low: list[float], high: list[float], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        Series("a", [0, 1], [1, 1], "line", low, high)


def test_a_band_has_its_place_on_a_logarithmic_axis() -> None:
    with pytest.raises(ValueError, match="logarithmic"):
        Curves("d", "x", "y", [Series("a", [0], [1], "line", [0], [2])], log_y=True)
