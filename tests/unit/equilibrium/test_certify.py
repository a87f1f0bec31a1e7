"""What is proved of T-BR, whichever runs were made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product as every
from typing import Any

import pytest
from sympy import Rational as R

from mfgcheck import Game, certify, check, equilibria, gallery, order_preserving, solve
from mfgcheck.equilibrium.exact.stage import ExactModel, Law
from mfgcheck.equilibrium.order.bracket import Bracket, bracket
from mfgcheck.equilibrium.solve import Solution
from mfgcheck.errors import BadInput
from mfgcheck.game.orders import product
from mfgcheck.verify.verdict import Status

STARTS: list[dict[str, Any]] = [
    {"start": "least"},
    {"start": "greatest"},
    {"start": {0: "1/3", 2: "2/3"}},
    {"start": {1: 1}, "algorithm": "modified"},
    {"algorithm": "modified"},
]


def flat(found: Solution) -> str:
    """The report in one line."""
    return " ".join(str(found).split())


@pytest.mark.parametrize("options", STARTS, ids=str)
def test_the_bracket_does_not_depend_on_the_runs(options: dict[str, Any]) -> None:
    game = gallery.make("infection-spread", states=6)
    both = certify(solve(game, accuracy=1e-6)).bracket
    found = certify(solve(game, accuracy=1e-6, **options))
    assert both is not None
    assert found.bracket is not None
    assert both.k0 is not None
    assert replace(found.bracket, seconds=0) == replace(both, seconds=0)
    text = flat(found)
    assert "Proved: every T-MFE, and T-BR from every start with any choice among ties" in text
    assert f"From step {both.k0} on any two of these are within 1e-06 of each other" in text
    assert ("not of modified T-BR" in text) == (options.get("algorithm") == "modified")


def test_several_limits_are_bracketed_together() -> None:
    game = gallery.make("coordination")
    found = certify(solve(game, "greatest"), check(game))
    assert found.bracket is not None
    assert found.bracket.k0 is None
    assert Fraction(8, 10) <= 2 * found.bracket.width < Fraction(8, 10) + Fraction(1, 1000)
    assert "steps any two of these are within 0.801 of each other in ||.||_1; the paths" in flat(
        found
    )


def tempting() -> Game:
    """Action 0 leads up and is the better one if many are up: where both tie, inf is the higher."""

    def transition(s: Any, a: Any, z: Any) -> Any:
        up = R(1, 4) + R(s, 8) + z[1] / 8 + R(1 - a, 4)
        return {1: up, 0: 1 - up}

    # Both actions are equally good at z[1] = 1/2, by as much as the way up is worth.
    def reward(s: Any, a: Any, z: Any) -> Any:
        return a * (R(1, 2) - z[1])

    return Game(2, 2, reward, transition, "1/2", "1/5")


def within(found: Bracket, law: Law) -> bool:
    tails = [sum(law[j:], Fraction(0)) for j in range(1, len(law))]
    ends = zip(found.lower, tails, found.upper, strict=True)
    return all(low <= tail <= high for low, tail, high in ends)


def test_a_bracket_needs_no_selection_whose_paths_are_the_bracket() -> None:
    game = tempting()
    order = order_preserving(game)
    assert order.status is Status.PROVED
    assert not order.brackets
    found = certify(solve(game, max_steps=4)).bracket
    assert found is not None
    model = ExactModel.of(game)
    for mass in (0, Fraction(1, 2), 1):
        laws = {(Fraction(1) - mass, Fraction(mass))}
        for _ in range(found.steps):
            after = set()
            for law in laws:
                stage = model.at(law)
                assert stage is not None
                for choice in every(*stage.best_response().optimal):
                    after.add(stage.distribution(law, choice))
            laws = set(sorted(after)[:4] + sorted(after)[-4:])
        assert all(within(found, law) for law in laws)
    for one in equilibria(game).equilibria:
        assert found.lower[0] <= one.mean_field[1][1]
        assert one.mean_field[1][0] <= found.upper[0]


def test_on_a_product_of_chains_both_ends_are_proved_to_converge() -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z.mean(lambda x: x[0] + x[1]) / 8
        return {(1, 1): R(1, 4) + m, (0, 0): R(3, 4) - m}

    game = Game(product(2, 2), 1, lambda s, a, z: s[0] + s[1], transition, "1/2", 0)
    found = certify(solve(game))
    assert found.order is not None
    assert found.order.status is Status.PROVED
    assert found.bracket is None
    text = flat(found)
    assert "Proved: T-BR from the least law" in text
    assert "every T-MFE, and T-BR" not in text


def test_where_the_order_is_not_proved_nothing_is() -> None:
    game = gallery.make("infection-spread", susceptibility="logistic", c_f=R(1))
    found = certify(solve(game, "least"))
    assert found.order is not None
    assert (found.order.status, found.order.follows) == (Status.REFUTED, "")
    assert found.bracket is None
    assert "Proved: T-BR" not in flat(found)
    assert "Refuted, with proof: that a higher mean field leads to a higher next law." in flat(
        found
    )
    undecided = certify(solve(gallery.make("two-lotteries"), "least"), time_limit=1e-9)
    assert "Nothing is proved of T-BR from other starts" in flat(undecided)


def test_what_was_observed_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    observed = solve(gallery.make("audit-f"))
    stopped = replace(observed, interrupted=True)
    assert certify(stopped) is stopped

    def fail(*_: object) -> None:
        raise BadInput("too large")

    monkeypatch.setattr("mfgcheck.equilibrium.certify.order_preserving", fail)
    found = certify(observed)
    assert found.order is not None
    assert (found.order.status, found.order.reason) == (Status.UNDECIDED, "too large")
    assert found.runs == observed.runs


def test_two_laws_are_never_said_to_be_further_apart_than_two() -> None:
    game = gallery.make("infection-spread")
    found = certify(solve(game))
    proved = bracket(game, Fraction(1, 100), "it is known", max_steps=1)
    wide = replace(found, bracket=proved)
    assert proved.width >= 1
    text = flat(wide)
    assert "After 1 step this bounds no distance between two of them" in text
    assert "no two laws are further apart than 2" in text


def test_what_is_refuted_is_not_said_to_be_proved() -> None:
    text = flat(certify(solve(gallery.make("sis"))))
    assert "Refuted, with proof: that a higher mean field leads to a higher next law. With" in text
    assert "Proved: a higher" not in text
