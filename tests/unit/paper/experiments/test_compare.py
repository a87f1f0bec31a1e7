"""Verdicts on runs that are made up: agreeing, disagreeing, and not to be told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mfgcheck.paper.experiments.compare import Answer, Compared, Read, compare
from mfgcheck.paper.experiments.interval import Part, measured, quantile
from mfgcheck.paper.experiments.rules import RULES, Ran
from mfgcheck.paper.experiments.setting import PAPER, Setting
from mfgcheck.paper.experiments.store import Kept
from mfgcheck.paper.experiments.table import FIGURES, Reading
from tests.unit.paper.experiments.tiny import KNOWN, kept

FIGURE = {figure.id: figure for figure in FIGURES}
THERE, NEARLY, AWAY = [0.25, 0.25, 0.5], [0.26, 0.25, 0.49], [0.6, 0.2, 0.2]


def holds(rule: str, *lines: list[Kept]) -> bool | None:
    """What a rule says of lines; the T-MFE is `KNOWN`."""
    found = RULES[rule]([Ran(str(i), runs, KNOWN) for i, runs in enumerate(lines)])
    return Read(Reading("decaying"), tuple(found)).holds


def several(law: list[float]) -> list[Kept]:
    """Three runs that differ a little."""
    shift = np.array([0.001, -0.001, 0.0])
    return [kept(list(np.array(law) + i * shift)) for i in range(3)]


def scattered() -> list[Kept]:
    """Runs that jump from one edge to the other, and are at the T-MFE on average."""
    path = [[1.0, 0, 0], *([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]] * 50)]
    return [replace(kept(THERE, path)) for _ in range(3)]


@pytest.mark.parametrize(
    ("rule", "yes", "no"),
    [
        ("near", [several(NEARLY)], [several(AWAY)]),
        ("near", [several(THERE)], [scattered()]),
        ("far", [several(AWAY)], [several(NEARLY)]),
        ("far", [several(AWAY), several(AWAY)], [several(AWAY), several(THERE)]),
        ("higher", [several(THERE), several(AWAY)], [several(AWAY), several(THERE)]),
        ("lower", [several(THERE), several(AWAY)], [several(AWAY), several(THERE)]),
        ("closer", [several(AWAY), several(THERE)], [several(THERE), several(AWAY)]),
        ("steadier", [several(AWAY), several(THERE)], [several(THERE), several(THERE)]),
        (
            "effort",
            [[kept(THERE, strategy=(1, 1, 1))] * 2, [kept(THERE, strategy=(0, 0, 0))] * 2],
            [[kept(THERE, strategy=(0, 0, 0))] * 2, [kept(THERE, strategy=(1, 1, 1))] * 2],
        ),
    ],
)
def test_rules_say_yes_and_no(rule: str, yes: list[list[Kept]], no: list[list[Kept]]) -> None:
    assert holds(rule, *yes) is True
    assert holds(rule, *no) is False


def test_quickly_is_within_so_many_iterations() -> None:
    late = [kept(THERE, [[1.0, 0, 0]] * 8 + [THERE] * 3) for _ in range(2)]
    assert holds("quick", several(THERE)) is True
    assert holds("quick", late) is False
    assert holds("quick", several(THERE), late) is False
    # To be there once is not to stay.
    once = [kept(THERE, [[1.0, 0, 0], THERE, *[[1.0, 0, 0]] * 7, *[THERE] * 3]) for _ in range(2)]
    assert holds("quick", once) is False


def test_lower_is_asked_of_each_step() -> None:
    middle, low = several([0.4, 0.3, 0.3]), several(AWAY)
    assert holds("lower", several(THERE), middle, low) is True
    assert holds("lower", several(THERE), low, middle) is False


def test_few_agents_that_only_scatter_are_not_poor() -> None:
    assert holds("steadier", scattered(), several(THERE)) is False


def test_values_are_compared_with_those_of_the_equilibrium() -> None:
    off = [replace(one, q=one.q + 1) for one in several(THERE)]
    assert holds("values", several(THERE)) is True
    assert holds("values", off) is False


def test_a_single_run_decides_nothing() -> None:
    assert holds("near", [kept(THERE)]) is None
    part = RULES["near"]([Ran("a", [kept(THERE)], KNOWN)])[0]
    assert part.to_dict()["low"] is None
    assert "0 (1 run), needed" in part.text


def test_runs_that_spread_over_the_limit_decide_nothing() -> None:
    assert holds("near", [kept(THERE), kept(AWAY)]) is None


def test_students_t_is_as_in_tables() -> None:
    for freedom, value in ((1, 63.657), (4, 4.604), (19, 2.861), (120, 2.617)):
        assert quantile(freedom) == pytest.approx(value, abs=2e-3)
    assert quantile(9, 0.95) == pytest.approx(2.262, abs=1e-3)


def test_intervals_hold_the_mean_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    draws = rng.normal(1.0, 2.0, size=(2000, 5))
    parts = [measured("x", row, "at most", 0.0) for row in draws]
    missed = sum(not part.low <= 1.0 <= part.high for part in parts)
    assert 5 <= missed <= 40  # 20 on average; a sound one is outside with probability 4e-5


def test_the_same_numbers_in_all_runs_are_a_point() -> None:
    part = measured("x", np.array([2.0, 2.0]), "at least", 2.0)
    assert (part.low, part.high, part.holds) == (2.0, 2.0, True)


def made(*found: tuple[Reading, bool | None]) -> Compared:
    """A sentence whose readings come out like this."""

    def part(holds: bool | None) -> Part:
        low, high = {True: (2.0, 2.0), False: (0.0, 0.0), None: (0.0, 2.0)}[holds]
        return Part("x", 2, 1.0, low, high, "at least", 1.0)

    reads = tuple(Read(reading, (part(holds),)) for reading, holds in found)
    return Compared("fig1", FIGURE["fig1"].sentences[0], reads)


E1, E2, E3 = Reading("decaying", "exp"), Reading("printed", "exp"), Reading("decaying", "linear")


def test_a_verdict_is_one_under_every_reading() -> None:
    assert made((E1, True), (E2, True), (E3, True)).answer is Answer.AGREES
    assert made((E1, False), (E2, False)).answer is Answer.DISAGREES
    assert made((E1, True)).why == ""


def test_what_it_depends_on_is_named() -> None:
    rate = made((E1, True), (E2, False), (E3, True))
    assert rate.answer is Answer.CANNOT
    assert rate.depends_on == ("the learning rate",)
    assert rate.why == (
        "the paper leaves the learning rate open: it holds with rate 1e-2 to 1e-3, p exp; "
        "rate 1e-2 to 1e-3, p linear, it does not with rate 1e-3 to 1e-2, p exp"
    )
    assert made((E1, True), (E2, True), (E3, False)).depends_on == ("p(s)",)
    assert made((E1, True), (E2, False), (E3, False)).depends_on == ("p(s)", "the learning rate")


def test_too_few_runs_are_no_open_point_of_the_paper() -> None:
    found = made((E1, True), (E2, None))
    assert found.answer is Answer.CANNOT
    assert found.depends_on == ()
    assert "too few runs" in found.why
    bare = replace(found, reads=(Read(E1, ()),))
    assert bare.answer is Answer.CANNOT
    assert "no T-MFE to compare with" in bare.why


def test_the_comparison_goes_through_all_readings() -> None:
    figure = FIGURE["fig2"]
    runs = {
        one.key: tuple(several(THERE if one.algorithm == "o-tmfq" else AWAY))
        for one in figure.settings()
    }
    found = compare([figure], runs, PAPER, known=lambda setting: KNOWN)
    assert [one.answer for one in found] == [Answer.AGREES] * 3
    rising = {
        key: tuple(several(THERE)) if "printed" in key else those for key, those in runs.items()
    }
    changed = compare([figure], rising, PAPER, known=lambda setting: KNOWN)
    assert changed[0].depends_on == ("the learning rate",)

    def unknown(setting: Setting) -> None:
        return None

    assert compare([figure], runs, PAPER, known=unknown)[0].answer is Answer.CANNOT


def test_numbers_in_json_are_finite() -> None:
    numbers = measured("x", np.array([1.0]), "at most", 0.0).to_dict()
    assert all(not isinstance(x, float) or math.isfinite(x) for x in numbers.values())
