"""Section 4: what happens to the verdicts when their evidence is broken."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Means
from mfgcheck.paper.evidence.learning_games import one_way, oscillator, replaced, resting, slow_coin
from mfgcheck.paper.evidence.model_bias import model_is_biased, steps_within
from mfgcheck.paper.ledger import find
from mfgcheck.paper.verdict import Ruling
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status
from tests.unit.paper.breaking import Broken, rule

HALF = Fraction(1, 2)

BROKEN: Broken = {
    "equation-6": {
        "never-left": {"kept": HALF},
        "contraction": {"changes": {"contraction": -1}},
    },
    "algorithm-2": {
        "no-reward": {"state": 1},
        "small-rate": {"rate": Fraction(1)},
        "fixed-number": {"changes": {"updates": 2}},
    },
    "algorithm-4": {
        "two-samples": {"heavy": Fraction(9, 10)},  # mostly the state that is likely is returned
        "counts-samples": {"tolerance": Fraction(1, 20)},
        "index": {"count_first": True, "from_pass": 2},
        "fixed-size-exactly": {"samples": 2},
    },
    "theorem-3": {
        "as-theorem-2": {"start": {0: 1}},
        "one-trajectory": {"kept": HALF},
        "in-numbers": {"game": "audit-a"},  # its T-MFE are not isolated
    },
    "assumption-1-lipschitz": {
        "games": {"games": ("coordination", "audit-d")},
        "not-implied": {"games": ("audit-c",)},
        "largest-row": {"changes": {"d": 1}},
    },
    "assumption-1-strategies": {
        "infinite": {"changes": {"c3_is_infinite": -1}},
        "games": {"games": ("audit-b", "fair-coin")},
        "where-it-holds": {"games": ("audit-c",)},
    },
    "assumption-2": {
        "games": {"games": ("audit-b", "fair-coin")},
        "wrong-d": {"changes": {"printed_condition_is_weaker": 0}},
        "where-it-holds": {"games": ("audit-c",)},
    },
    "algorithm-5": {"contraction": {"changes": {"contraction": -1}}},
    "lemma-4": {
        "derivation": {"changes": {"d": 1}},
        "sharper": {"changes": {"tight": 1}},
        "audit-g": {"game": "audit-f", "beyond": "theorems"},
    },
    "d-of-theorems": {
        "audit-g": {"game": "audit-f"},  # the kernel is free of z
        "general": {"changes": {"theorems_d_fails": 1}},
        "right-one": {"changes": {"d": 1}},
    },
    "lemma-5": {
        "derivation": {"changes": {"split": 1}},
        "attained": {"changes": {"dobrushin": 1}},
    },
    "theorem-8": {
        "random-sequence": {"tremble": Fraction(0)},
        "infinite": {"games": ("audit-a", "coordination")},
        "finite": {"games": ("coordination", "audit-b")},
    },
    "lemma-6": {
        "derivation": {"changes": {"samples": 1}},
        "attained": {"changes": {"amplification_is_attained": 2}},
    },
    "equation-15": {
        "at-least": {"changes": {"hoeffding": 2}},
        "reversed": {"samples": 1},
    },
    "lemma-7": {
        "derivation": {"changes": {"exponent": 1}},
        "fair-coin": {"samples": 10},
    },
    "theorem-4": {
        "next-mf": {"accuracy": HALF},  # twice that is the largest error
        "accurate-next-mf": {"chance": Fraction(1)},  # errors die out at once
        "zeros": {"accuracy": Fraction(1, 10), "failure": Fraction(1, 20)},
        "events": {"wrong_step": 5},
        "in-numbers": {"game": "fair-coin"},  # whose C3 is 0
    },
    "b-of-theorem-4": {
        "first-failure": {"ratio": Fraction(13, 8)},
        "in-a-game": {"steps": 1},
        "golden-ratio": {"changes": {"golden_ratio": 2}},
        "thresholds": {"changes": {"thresholds": 2}},
    },
    "corollary-1": {
        "next-mf": {"game": "audit-f"},  # actions matter
        "wrong-d": {"changes": {"printed_condition_is_weaker": 0}},
        "sum": {"changes": {"b": 2}},
    },
    "theorem-6": {
        "every-constant": {"changes": {"every_constant": 0}},
        "biased-model": {"turn": Fraction(1, 10**4)},  # too quick a coin
        "large-constant": {"turn": Fraction(1, 10**7)},
        "bias-exactly": {"tremble": HALF},
        "lost-factor": {"changes": {"theorem_6": 0}},
        "lost-factor-in-numbers": {"missing": Fraction(1)},
        "logarithms": {"allowed": Fraction(1, 10)},
        "hidden-factor": {"changes": {"hidden_factor": 0}},
        "in-numbers": {"game": "fair-coin"},
    },
    "corollary-theorem-6": {
        "law": {"changes": {"samples": 0}},
        "sum": {"changes": {"sum": -1}},
    },
}

VERDICTS = {
    "equation-6": Ruling.TRUE_UNDER,
    "algorithm-2": Ruling.REFUTED,
    "algorithm-4": Ruling.REFUTED,
    "theorem-3": Ruling.REFUTED,
    "assumption-1-lipschitz": Ruling.PROVED,
    "assumption-1-strategies": Ruling.REFUTED,
    "assumption-2": Ruling.REFUTED,
    "algorithm-5": Ruling.PROVED,
    "lemma-4": Ruling.PROVED,
    "d-of-theorems": Ruling.REFUTED,
    "lemma-5": Ruling.PROVED,
    "theorem-8": Ruling.OPEN,
    "lemma-6": Ruling.PROVED,
    "equation-15": Ruling.REPAIRED,
    "lemma-7": Ruling.PROVED,
    "theorem-4": Ruling.REFUTED,
    "b-of-theorem-4": Ruling.TRUE_UNDER,
    "corollary-1": Ruling.TRUE_UNDER,
    "theorem-6": Ruling.REFUTED,
    "corollary-theorem-6": Ruling.PROVED,
}


@pytest.mark.parametrize(("claim", "ruling"), VERDICTS.items())
def test_verdicts(claim: str, ruling: Ruling) -> None:
    assert rule(find(claim), {}).ruling is ruling


@pytest.mark.parametrize("claim", VERDICTS)
def test_only_arguments_on_paper_are_not_run(claim: str) -> None:
    for evidence in find(claim).evidence:
        assert (evidence.run is None) == (evidence.means is Means.PAPER)
        assert not evidence.slow


@pytest.mark.parametrize(
    "game",
    [
        resting(Fraction(1, 4)),
        resting(Fraction(-1, 4)),
        slow_coin(Fraction(1, 1000)),
        one_way(Fraction(1, 10)),
        oscillator(Fraction(3, 8)),
        replaced(Fraction(1, 10), Fraction(0)),
    ],
    ids=lambda game: game.name,
)
def test_games_of_the_evidence_have_complementarities(game: Game) -> None:
    assert check(game).status is Status.PROVED


def test_steps_until_t_br_is_near_are_the_first_ones() -> None:
    turn, accuracy = Fraction(1, 50), Fraction(1, 20)
    k = steps_within(turn, accuracy)
    assert k is not None
    assert (1 - 2 * turn) ** k <= accuracy < (1 - 2 * turn) ** (k - 1)


@pytest.mark.parametrize("again", [True, False], ids=["same-samples", "other-samples"])
def test_bias_is_seen_in_a_simulation_of_the_slow_coin(again: bool) -> None:
    """GMBL itself, with its greedy choice, 200 times: the mean of z_k is where the argument says.

    The exact bias for 40 samples at eta = 1/100 is compared with the mean over 200 runs at k = 200,
    within six standard errors. There is none if the next mean field is made of other samples than
    those that chose the strategy.
    """
    import math

    import numpy as np

    n, eta, eps, runs, steps = 40, 0.01, 0.25, 200, 200
    chance = [math.comb(n, x) * eta**x * (1 - eta) ** (n - x) for x in range(n + 1)]
    spread = sum(p * q * abs(x - y) for x, p in enumerate(chance) for y, q in enumerate(chance)) / n
    limit = 0.5 + again * (0.5 - eps) * spread / (2 * eta)
    said = limit * (1 - (1 - 2 * eta) ** steps)
    rng = np.random.default_rng(5)
    m = np.zeros(runs)
    for _ in range(steps):
        first, other = rng.binomial(n, [[eta, eta], [1 - eta, 1 - eta]], size=(2, runs, 2, 2)) / n
        used = first if again else other
        chosen = np.where(first[..., 1] > first[..., 0], used[..., 1], used[..., 0])
        up = eps * used.sum(axis=2) + (1 - 2 * eps) * chosen
        m = (1 - m) * up[:, 0] + m * up[:, 1]
    assert abs(m.mean() - said) < 6 * m.std() / math.sqrt(runs)
    assert said > 0.6 if again else said < 0.5


def test_more_constant_needs_a_slower_coin() -> None:
    numbers = {"accuracy": Fraction(1, 20), "failure": Fraction(1, 20)}
    for power in range(4):
        constant, turn = Fraction(10**power), Fraction(1, 10 ** (7 + power))
        assert model_is_biased(constant=constant, turn=turn, **numbers).confirmed is True
