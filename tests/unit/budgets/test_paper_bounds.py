"""The paper's bounds of a game: the pure functions, called with constants found by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.budgets.amount import Amount
from mfgcheck.budgets.bounds import corrected, printed
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.statement import Corrected, Printed, Reading
from mfgcheck.budgets.constants.known import Constants, constants
from mfgcheck.budgets.paper_bounds import ASSUMABLE, COROLLARY, of_the_paper
from mfgcheck.gallery import make
from tests.unit.budgets.constants.brute import game_of, still

F = Fraction
ALL = ("4", "5", "6")
TENTH, TWENTIETH, USUAL_W = F(1, 10), F(1, 20), F(3, 4)


def bounds(
    game: Game,
    assumed: Mapping[str, Fraction] | None = None,
    steps: int = 3,
    theorems: tuple[str, ...] = ALL,
    known: Constants | None = None,
) -> tuple[dict[str, Printed], dict[str, Corrected | str]]:
    return of_the_paper(
        game, known or constants(game), steps, TENTH, TWENTIETH, theorems, assumed or {}
    )


def assert_same(one: Amount | None, other: Amount | None) -> None:
    assert one is not None
    assert other is not None
    assert one.ball.overlaps(other.ball)
    assert one.text == other.text


def assert_same_bound(one: Printed | Corrected | str, other: Printed | Corrected) -> None:
    assert not isinstance(one, str), one
    assert one.to_dict() == other.to_dict()


def chosen() -> Game:
    """A game all of whose constants are plain, and whose actions do not move anybody."""

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(1, 4) + R(s, 4) + z[1] / 8
        return {1: up, 0: 1 - up}

    return game_of(lambda s, a, z: R(s, 2) + R(a, 4) - z[1] / 4, transition, actions=2)


# Of `chosen`: moving all from 0 to 1 (2 in ||.||_1) changes r by 1/4 and a row by 1/4. Rows of the
# two states are 1/4 apart; P(0) >= 3/8, P(1) >= 1/4.
C1, C2, TAU, ZETA = F(1, 8), F(1, 8), F(1, 4), F(5, 8)
FACTS = Facts(C1, C2, F(0), F(3, 4), TAU + C2, F(0))


def test_constants_of_the_game_that_is_used_below() -> None:
    known = constants(chosen())
    assert (known.c1.upper, known.c2.upper, known.c3.upper) == (C1, C2, F(0))
    assert (known.c4.upper, known.c5.upper, known.tau.upper) == (TAU + C2, F(0), TAU)
    assert known.minorant is not None
    assert tuple(known.minorant.masses) == (F(3, 8), F(1, 4))
    assert known.rewards is not None


def test_as_printed() -> None:
    game = chosen()
    cover = constants(game).covering_half.upper
    found, _ = bounds(game)
    asked = Request(2, 2, F(1, 2), 3, TENTH, TWENTIETH)
    assert list(found) == ["4", COROLLARY, "5", "6"]
    direct = {
        "4": printed.theorem_4(asked, FACTS, covering_time=cover, w=USUAL_W),
        COROLLARY: printed.corollary_1(asked, FACTS, covering_time=cover, w=USUAL_W),
        "5": printed.theorem_5(asked, FACTS, regeneration=ZETA, tremble=F(1, 4), w=USUAL_W),
        "6": printed.theorem_6(asked, FACTS),
    }
    for name, bound in direct.items():
        assert_same_bound(found[name], bound)
        assert found[name].reading is Reading.GIVEN  # C3 is 0: actions move nobody
    assert found["4"].applies
    assert found["6"].applies


def test_as_corrected() -> None:
    game = chosen()
    known = constants(game)
    cover = known.covering_half.upper
    assert cover is not None
    _, found = bounds(game)
    asked, d = Request(2, 2, F(1, 2), 3, TENTH, TWENTIETH), known.d.upper
    assert d is not None
    direct = {
        "4": corrected.theorem_4(asked, FACTS, covering_time=cover, w=USUAL_W, d=d),
        COROLLARY: corrected.corollary_1(asked, FACTS, covering_time=cover, w=USUAL_W, d=d),
        "5": corrected.theorem_5(
            asked,
            FACTS,
            regeneration=ZETA,
            least_chance=F(1, 4) / ZETA,
            tremble=F(1, 4),
            w=USUAL_W,
            d=d,
        ),
        "6": corrected.theorem_6(asked, FACTS, d=d),
    }
    assert list(found) == list(direct)
    for name, bound in direct.items():
        assert_same_bound(found[name], bound)


@pytest.mark.parametrize("theorem", ALL)
def test_only_what_was_asked_for(theorem: str) -> None:
    found, repaired = bounds(chosen(), theorems=(theorem,))
    expected = {"4": ["4", COROLLARY], "5": ["5"], "6": ["6"]}[theorem]
    assert list(found) == list(repaired) == expected


def test_what_is_assumed_is_used() -> None:
    game = make("coordination")  # C1 = 1/4, C2 = 0, |r| <= 4/7, C4 = 11/20, no finite C3 or C5
    facts = Facts(F(1, 4), F(0), None, F(4, 7), F(11, 20), None)
    asked = Request(2, 2, F(1, 2), 3, TENTH, TWENTIETH)
    assumed = {
        "C3": F(1, 3),
        "C5": F(1, 5),
        "L": F(7),
        "w": F(4, 5),
        "c_T4": F(2),
        "c_T5": F(3),
        "c_T6": F(5),
    }
    assert set(assumed) == set(ASSUMABLE)
    found, repaired = bounds(game, assumed)
    four = {"covering_time": F(7), "w": F(4, 5), "constant": F(2)}
    assert_same_bound(
        found["4"],
        printed.theorem_4(asked, facts, assumed_c3=F(1, 3), **four),  # type: ignore[arg-type]
    )
    assert_same_bound(
        found[COROLLARY],
        printed.corollary_1(asked, facts, assumed_c5=F(1, 5), **four),  # type: ignore[arg-type]
    )
    assert_same_bound(
        found["5"],
        printed.theorem_5(
            asked,
            facts,
            regeneration=F(1, 4),
            tremble=F(1, 5),
            w=F(4, 5),
            assumed_c3=F(1, 3),
            constant=F(3),
        ),
    )
    assert_same_bound(
        found["6"], printed.theorem_6(asked, facts, assumed_c3=F(1, 3), constant=F(5))
    )
    for name in ("4", COROLLARY, "5", "6"):
        assert found[name].reading is Reading.ASSUMED
        assert not found[name].applies  # assuming a number does not make the theorem true
        assert found[name].constant is not None
    supposed = replace(facts, c3=F(1, 3), c5=F(1, 5))
    d = constants(game).d.upper
    assert_same_bound(
        repaired["4"],
        corrected.theorem_4(asked, supposed, covering_time=F(7), w=F(4, 5), d=d, constant=F(2)),
    )
    assert_same_bound(repaired["6"], corrected.theorem_6(asked, supposed, d=d))
    assert_same_bound(
        repaired["5"],
        corrected.theorem_5(
            asked,
            supposed,
            regeneration=F(1, 4),
            least_chance=F(1, 2),
            tremble=F(1, 5),
            w=F(4, 5),
            d=d,
            constant=F(3),
        ),
    )


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("C3", {"4", "5", "6"}),
        ("C5", {COROLLARY}),
        ("L", {"4", COROLLARY}),
        ("w", {"4", COROLLARY, "5"}),
        ("c_T4", {"4", COROLLARY}),
        ("c_T5", {"5"}),
        ("c_T6", {"6"}),
    ],
)
def test_an_assumption_changes_what_it_is_about(name: str, changed: set[str]) -> None:
    base = {"C3": F(5), "C5": F(1, 5), "L": F(9), "w": F(2, 3)}
    plain, _ = bounds(make("coordination"), base)
    value = F(4, 5) if name == "w" else base.get(name, F(1)) * F(3, 2)
    other, _ = bounds(make("coordination"), base | {name: value})
    differ = {key for key in plain if plain[key].to_dict() != other[key].to_dict()}
    assert differ == changed


def test_without_a_finite_c3_the_limit_is_the_least() -> None:
    game = make("coordination")
    found, repaired = bounds(game)
    for name in ("4", COROLLARY, "6"):
        assert found[name].reading is Reading.LIMIT
        least = found[name].amount
        assert least is not None
        for c3 in (F(1, 10**6), F(1, 10), F(1)):
            more, _ = bounds(game, {"C3": c3, "C5": c3 / 10})
            amount = more[name].amount
            if amount is not None:
                assert amount.log10 >= least.log10
        lowest = repaired[name]
        assert not isinstance(lowest, str)
        _, dearer = bounds(game, {"C3": F(1, 10), "C5": F(1, 10)})
        other = dearer[name]
        assert not isinstance(other, str)
        assert other.growth.log10 > lowest.growth.log10
    assert found["5"].amount is None
    assert "tends to 0 with C3" in found["5"].gap


def test_rewards_beyond_1_are_against_the_hypotheses() -> None:
    game = game_of(lambda s, a, z: 5 * s, lambda s, a, z: {0: R(1, 2), 1: R(1, 2)}, actions=2)
    found, repaired = bounds(game)
    for bound in found.values():
        assert any("they reach 5" in why for why in bound.why_not)
        assert not bound.applies
    # The repaired ones take the rewards as they are: 25 times as many samples as for |r| <= 1.
    unit = game_of(lambda s, a, z: s, lambda s, a, z: {0: R(1, 2), 1: R(1, 2)}, actions=2)
    assert all(bound.applies for name, bound in bounds(unit)[0].items() if name in "46")
    large, small = repaired["6"], bounds(unit)[1]["6"]
    assert not isinstance(large, str)
    assert not isinstance(small, str)
    assert large.parts[0].amount.log10 - small.parts[0].amount.log10 == pytest.approx(
        1.39794, abs=0.01
    )


def test_unknown_rewards_are_taken_for_too_large() -> None:
    game = chosen()
    found, _ = bounds(game, known=replace(constants(game), rewards=None))
    assert not any(bound.applies for bound in found.values())


def test_an_infinite_covering_time() -> None:
    found, repaired = bounds(make("audit-g"))
    for name in ("4", COROLLARY):
        assert found[name].amount is None
        assert repaired[name] == "no finite covering time is known"
        assert any("covering time" in why for why in found[name].why_not)
    assert found["4"].gap == "the covering time is infinite"
    # Nobody regenerates either; GMBL asks for neither.
    assert "zeta is 0" in found["5"].gap
    assert repaired["5"] == "regeneration (zeta) is 0: it must be above 0 and below 1"
    assert found["6"].applies
    assert not isinstance(repaired["6"], str)
    # An assumed one gives numbers.
    assert bounds(make("audit-g"), {"L": F(10)})[0]["4"].amount is not None


def test_jumps_leave_no_number() -> None:
    found, repaired = bounds(make("audit-d"))
    assert all(bound.amount is None and not bound.applies for bound in found.values())
    assert all(isinstance(bound, str) for bound in repaired.values())


def test_one_state_is_no_case_for_the_repaired_ones() -> None:
    _, repaired = bounds(still(lambda s, a, z: a, states=1, actions=2))
    assert all(isinstance(bound, str) for bound in repaired.values())


def test_no_step_counts_as_one() -> None:
    found, repaired = bounds(chosen(), steps=0)
    once, same = bounds(chosen(), steps=1)
    assert_same(found["6"].amount, once["6"].amount)
    first, second = repaired["6"], same["6"]
    assert not isinstance(first, str)
    assert not isinstance(second, str)
    assert_same(first.total, second.total)
    assert (first.iterations, second.iterations) == (1, 1)
