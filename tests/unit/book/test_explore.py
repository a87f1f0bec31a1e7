"""The page "Turn the knobs": it shows what check, solve and equilibria say, at every setting."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mfgcheck import check, equilibria, solve
from mfgcheck.report import Curves, HeatMap, Series

LIB = Path(__file__).resolve().parents[3] / "book" / "_lib"


@pytest.fixture(scope="module")
def pages() -> Any:
    """The module of the page, found as the page finds it."""
    pytest.importorskip("IPython")
    pytest.importorskip("matplotlib")
    sys.path.insert(0, str(LIB))
    try:
        import explore

        yield explore
    finally:
        sys.path.remove(str(LIB))


@pytest.fixture(scope="module")
def two(pages: Any) -> list[Any]:
    """The setting of the gallery, and the one without a T-MFE."""
    return [pages.DEFAULT, pages.Setting("logistic", "1", "1/100")]


@pytest.fixture(scope="module")
def data(pages: Any, two: list[Any]) -> Any:
    """What the page shows at the two settings, read back from its JSON."""
    return json.loads(json.dumps(pages.explore(two), allow_nan=False))


def _told(data: Any, shown: list[int]) -> str:
    return " ".join(data["texts"][number] for number in shown)


def test_verdicts_and_witnesses_are_those_of_check(pages: Any, two: Any, data: Any) -> None:
    for setting in two:
        report = check(setting.game)
        verdicts = {**report.clauses, **report.assumptions}
        shown = data["settings"][pages.key(setting)]
        assert data["clauses"] == list(verdicts)
        assert shown["statuses"] == "".join(verdict.status[0] for verdict in verdicts.values())
        assert _told(data, shown["verdict"]).startswith(f"MFG-SC {report.status}.")
        witnesses = {data["clauses"][i]: _told(data, texts) for i, texts in shown["witness"]}
        refuted = [name for name, one in report.clauses.items() if one.witness is not None]
        assert sorted(witnesses) == sorted(refuted)
        for name in refuted:
            witness = report.clauses[name].witness
            assert witness is not None
            assert witness.text in witnesses[name]


def test_paths_are_those_of_solve(pages: Any, two: Any, data: Any) -> None:
    for setting in two:
        solution = solve(setting.game)
        shown = data["settings"][pages.key(setting)]
        for run, drawn in zip(solution.runs, shown["paths"]["series"], strict=True):
            assert drawn["y"] == [round(height, 3) for height in run.heights.tolist()]
        assert solution.sandwich is not None
        k0 = solution.sandwich.k0
        assert (f"From step {k0} on" in _told(data, shown["tbr"])) == (k0 is not None)


def test_the_number_of_equilibria_and_their_laws_are_proved(
    pages: Any, two: Any, data: Any
) -> None:
    for setting, count in zip(two, (1, 0), strict=True):
        found = equilibria(setting.game)
        shown = data["settings"][pages.key(setting)]
        assert found.count == count
        sentence = found.sentence[0].upper() + found.sentence[1:]
        assert _told(data, shown["equilibria"]).startswith(sentence)
        for one, drawn in zip(found.equilibria, shown["laws"]["series"], strict=False):
            for (low, high), mass in zip(one.mean_field, drawn["y"], strict=True):
                assert float(low) - 1e-5 <= mass <= float(high) + 1e-5
    # where there is none, the two mean fields of T-BR's cycle are shown, and said to be just that
    names = [data["texts"][drawn["name"]] for drawn in shown["laws"]["series"]]
    assert names == ["T-BR's cycle, 1 of 2", "T-BR's cycle, 2 of 2"]


def test_the_grid_has_every_setting_once(pages: Any) -> None:
    grid = pages.grid()
    names = list(product(pages.SUSCEPTIBILITIES, pages.C_F, pages.DELTA3))
    assert [(one.susceptibility, one.c_f, one.delta3) for one in grid] == names
    assert len({pages.key(one) for one in grid}) == len(grid)
    assert {pages.DEFAULT, *pages.PRESETS.values()} <= set(grid)


class _Ids(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.alts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label":
            self.labelled.add(str(given["for"]))
        if tag == "img":
            self.alts.append(str(given.get("alt") or ""))


def test_the_panel_has_its_knobs_and_the_data(pages: Any, data: Any) -> None:
    html = pages.panel(data).data
    page = _Ids(html)
    knobs = {"knob-c_f", "knob-delta3", "knob-susceptibility"}
    parts = {"explore-verdict", "explore-witness", "explore-tbr", "explore-equilibria"}
    assert knobs | parts <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert knobs <= page.labelled
    assert len(page.alts) == 2
    assert all(page.alts)
    found = re.search(r'<script type="application/json" id="explore-data">(.*?)</script>', html)
    assert found is not None
    shown = json.loads(found[1])
    assert shown["settings"] == data["settings"]
    assert set(shown["frames"]) == {"paths", "laws"}


def test_a_figure_is_handed_on_with_its_gaps_and_bands(pages: Any) -> None:
    import zoom

    nan = float("nan")
    band = Series("mean", [0, 1], [1, nan], low=[0.5, nan], high=[2, nan])
    figure = Curves("Learning", "step", "distance", [band], marks=[(0.5, "half")])
    (series,) = zoom.numbers(figure)["series"]
    assert (series["y"], series["low"], series["high"]) == ([1, None], [0.5, None], [2, None])
    html = zoom.zoomable(figure, "learning").data
    assert figure.text in html
    with pytest.raises(ValueError, match="letter"):
        zoom.zoomable(figure, "1")
    signed = HeatMap("r", "s", "a", "reward", ["0"], ["0"], [[-2]], diverging=True)
    assert len(zoom.numbers(signed)["colours"]) == 33
    levels = HeatMap("mu", "s", "a", "action", ["0", "1"], ["0"], [[0, 1]], levels=["no", "yes"])
    assert len(zoom.numbers(levels)["colours"]) == 2
    assert json.loads(zoom.script_json({"a": "</script><!--"})) == {"a": "</script><!--"}
    assert "</" not in zoom.script_json("</script>")


def test_a_number_is_shown_with_the_places_that_its_bounds_settle(pages: Any) -> None:
    from fractions import Fraction

    assert pages.decimal(Fraction("1.00001"), Fraction("1.00002")) == "1.0000"
    assert pages.decimal(Fraction("1.004"), Fraction("1.006")) == "1.0"
    assert pages.decimal(Fraction(1), Fraction(2)) == "between 1 and 2"
