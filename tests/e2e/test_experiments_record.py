"""What the book keeps of the experiments at full length belongs to the experiments of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mfgcheck.paper.experiments.compare import Compared, Read
from mfgcheck.paper.experiments.interval import CONFIDENCE, Part
from mfgcheck.paper.experiments.reference import reference
from mfgcheck.paper.experiments.rules import (
    QUICK,
    SAME,
    SCATTER,
    SETTLED,
    VALUES,
    Ran,
    steadier,
)
from mfgcheck.paper.experiments.runner import needed, run_all
from mfgcheck.paper.experiments.setting import PAPER
from mfgcheck.paper.experiments.store import Store
from mfgcheck.paper.experiments.table import FIGURES

FILE = Path(__file__).resolve().parents[2] / "book" / "paper" / "experiments.json"
KEPT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
RENEW = "run `make experiments`"


def test_it_was_made_of_the_settings_of_today() -> None:
    settings = needed((one for figure in FIGURES for one in figure.settings()), PAPER)
    today = [
        {"key": one.key, "runs": min(PAPER.runs, one.most_runs or PAPER.runs), **one.to_dict()}
        for one in settings
    ]
    assert KEPT["settings"] == today, RENEW
    assert (KEPT["scale"]["name"], KEPT["runs"]) == ("paper", PAPER.runs), RENEW
    assert KEPT["confidence"] == CONFIDENCE, RENEW


def test_it_has_the_sentences_and_readings_of_today() -> None:
    today = [
        (
            figure.id,
            one.id,
            one.text,
            one.source,
            one.rule,
            [(r.rate, r.p) for r in figure.readings],
        )
        for figure in FIGURES
        for one in figure.sentences
    ]  # fmt: skip
    kept = [
        (one["figure"], one["id"], one["text"], one["source"], one["rule"],
         [(read["rate"], read["p"] or "") for read in one["readings"]])
        for one in KEPT["sentences"]
    ]  # fmt: skip
    assert kept == today, RENEW


def compared(one: dict[str, Any]) -> Compared:
    """What follows from the numbers that are kept for a sentence."""
    figure = next(figure for figure in FIGURES if figure.id == one["figure"])
    of = next(of for of in figure.sentences if of.id == one["id"])
    reads = tuple(
        Read(
            reading,
            tuple(
                Part(**{name: part[name] for name in part if name != "holds"})
                for part in read["measured"]
            ),
        )
        for reading, read in zip(figure.readings, one["readings"], strict=True)
    )
    return Compared(figure.id, of, reads)


LIMITS = {
    "near": {SAME, SCATTER},
    "far": {SAME},
    "quick": {float(QUICK)},
    "steadier": {SETTLED},
    "values": {VALUES},
}
"""The limits of each rule; all others ask for a difference of 0 at least."""


@pytest.mark.parametrize("one", KEPT["sentences"], ids=lambda one: f"{one['figure']}-{one['id']}")
def test_the_limits_are_those_of_today(one: dict[str, Any]) -> None:
    kept = {part["limit"] for read in one["readings"] for part in read["measured"]}
    assert kept == LIMITS.get(one["rule"], {0.0}), RENEW


@pytest.mark.parametrize("one", KEPT["sentences"], ids=lambda one: f"{one['figure']}-{one['id']}")
def test_the_verdict_follows_from_the_numbers(one: dict[str, Any]) -> None:
    found = compared(one)
    assert [read["holds"] for read in one["readings"]] == [read.holds for read in found.reads]
    assert all(part.low <= part.mean <= part.high for read in found.reads for part in read.parts)
    assert (found.answer.value, found.why or None) == (one["verdict"], one["why"])


def test_runs_made_again_give_the_number_that_is_kept(tmp_path: Path) -> None:
    # The cheapest line of all, with the same chance: the same number, but for rounding.
    figure = next(figure for figure in FIGURES if figure.id == "fig10")
    (told,) = (one for one in KEPT["sentences"] if one["figure"] == "fig10")
    line, reading = figure.lines[0], figure.readings[0]
    setting = PAPER.of(reading.of(line.setting))
    runs = run_all([setting], PAPER.runs, Store.at(tmp_path), seed=KEPT["seed"], workers=2)
    ran = Ran(line.name, runs[setting.key], reference(setting))
    fresh, before = steadier([ran, ran])[0], told["readings"][0]["measured"][0]
    assert (fresh.what, fresh.limit) == (before["what"], before["limit"]), RENEW
    assert fresh.mean == pytest.approx(before["mean"], rel=0.02), RENEW
