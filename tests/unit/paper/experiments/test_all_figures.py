"""All ten figures end to end, at a scale that is done in a moment."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from mfgcheck.paper.experiments.files import write_comparison, write_figures
from mfgcheck.paper.experiments.reproduce import Experiments, reproduce
from mfgcheck.report import Curves, HeatMap, schema
from tests.unit.paper.experiments.tiny import TINY


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Experiments:
    return reproduce(["all"], tmp_path_factory.mktemp("all"), TINY, workers=2)


def test_every_figure_is_drawn(found: Experiments) -> None:
    drawn = found.drawn()
    assert len(drawn) == 10
    assert [type(one) for one in drawn] == [Curves] * 8 + [HeatMap, Curves]
    for figure, one in zip(found.figures, drawn, strict=True):
        if isinstance(one, Curves):
            lines = [series for series in one.series if series.style == "line"]
            assert [series.name for series in lines] == [line.name for line in figure.lines]
            assert all(series.low for series in lines)
            assert "in a band up to" in one.text


def test_the_tables_say_the_same(found: Experiments) -> None:
    document = found.to_dict()
    jsonschema.Draft202012Validator(schema("experiments")).validate(document)
    page, text = found.markdown(), " ".join(str(found).split())
    for one in found.compared:
        assert one.sentence.text in page
        assert one.answer.value in page
    assert "99% interval" in text
    assert "Hardly anything." in text
    assert "\\|\\|z - T-MFE\\|\\|_1" in page
    assert all(figure.chosen in page for figure in found.figures)


def test_files_are_left(found: Experiments, tmp_path: Path) -> None:
    assert write_comparison(found, tmp_path).read_text(encoding="utf-8") == found.markdown()
    folder = write_figures(found, tmp_path)
    assert folder is not None
    names = {f"fig{n}{dark}{kind}" for n in range(1, 11) for dark in ("", "-dark")
             for kind in (".svg", ".png")}  # fmt: skip
    assert {path.name for path in folder.iterdir()} == names
    label = ElementTree.parse(folder / "fig1.svg").getroot().get("aria-label")
    assert label == found.drawn()[0].text


def test_experiments_are_no_truth_value(found: Experiments) -> None:
    with pytest.raises(TypeError, match="not a truth value"):
        bool(found)
