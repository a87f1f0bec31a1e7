"""Evidence against Theorem 6: samples that choose the strategy bias the next mean field.

The coin of the game slow-coin lies on the table, heads with z(1), and is turned with chance eta in
each step, whatever anybody does. Reward is 1 for heads. GMBL takes n samples of the next state for
both actions in both states, and with the model made of them the action with the larger share of
heads is better. It is played with 1 - eps, so the next mean field, made of the same samples, has
too many heads: from z_k on average by

    (1/2 - eps) d,  d = E|X - Y|/n,  X, Y binomial with parameters n and eta.

In the other state heads stay with 1 - eta, and d is the same. As P moves heads by m -> (1 - 2 eta)
m + eta, E z_k(1) tends to 1/2 + b, b = (1/2 - eps) d/(2 eta), at the rate (1 - 2 eta)^k. With
|X - Y| = X + Y - 2 min(X, Y) and min(X, Y) <= X Y, d >= 2 eta (1 - n eta), so that b is close to
1/2 - eps where n eta is small. The n of Theorem 6 grows with ln k_0 only, that is with ln(1/eta),
so that n eta is as small as one likes for small eta, whatever the constant of O(.) is. These steps
are followed in `proofs/symbolic/theorem_6.py`; here they are evaluated.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.bounds.printed import theorem_6
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.equilibrium.exact.replay import Ending, exact_run
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.game.game import Game
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.constants import as_small_as_one_likes
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.paper.evidence.learning_games import slow_coin
from mfgcheck.rigor.tape import precision

HALF = Fraction(1, 2)


def steps_within(turn: Fraction, accuracy: Fraction) -> int | None:
    """Return the first k with (1 - 2 turn)^k <= accuracy; None if rounding leaves it open."""
    with precision(BITS):
        ratio = real(accuracy).log() / real(1 - 2 * turn).log()
        found = ratio.ceil().unique_fmpz()
    return None if found is None else int(found)


def model_is_biased(
    *, constant: Fraction, turn: Fraction, accuracy: Fraction, failure: Fraction
) -> Finding:
    """Whether GMBL with Theorem 6's n_0 misses the T-MFE of slow-coin with too large a probability.

    That is evaluated by the formulas of the module's head. As nobody has an influence, T-BR is
    m -> eta + (1 - 2 eta) m, so that (1/2, 1/2) is its only fixed point, and T-BR tends to it.

    Args:
        constant: c in n_0 = c max(..), what O(.) hides.
        turn: eta, with which the coin is turned; above 0 and below 1/2.
        accuracy, failure: the theorem's; T-BR starts at the point mass at 0.
    """
    game = slow_coin(turn)
    against = objection(game) or as_small_as_one_likes(game, ("C1", "C2", "C3"))
    if against is not None:
        return against
    if exact_run(game, {0: HALF, 1: HALF}).ending is not Ending.FIXED:
        return denied("(1/2, 1/2) is no T-MFE")
    k0 = steps_within(turn, accuracy)
    if k0 is None:
        return undecided("k_0 could not be told")
    # Every positive number is a C1, C2, C3: so small ones that B is next to 1.
    small = Fraction(1, 10**6 * k0)
    request = Request(2, 2, game.discount, k0, accuracy, failure)
    printed = theorem_6(request, Facts(small, small, small), constant=constant)
    samples = None if printed.total is None else printed.total.count
    if samples is None or not printed.applies:
        return denied("Theorem 6 does not apply, or asks for more samples than can be counted")
    tremble = game.tremble
    bias = (HALF - tremble) * max(Fraction(0), 1 - samples * turn)
    # 2 (E z_k0(1) - 1/2) = -(1 - 2 eta)^k0 + 2 b (1 - (1 - 2 eta)^k0), and ||z - z*||_1 <= 1.
    mean = -accuracy + 2 * bias * (1 - accuracy)
    chance = (mean - 2 * accuracy) / (1 - 2 * accuracy)
    text = (
        f"The coin turned with chance {turn} satisfies Definition 1, with C1, C2, C3 as small as "
        f"one likes; k_0({accuracy}) = {k0:,} from the point mass at 0. With c = {constant} "
        f"Theorem 6 asks for n_0 = {samples:,} and allows an error above {2 * accuracy} with "
        f"probability {failure}; by the formulas for the bias it has probability "
        f"{max(0.0, float(chance)):.4f} at least."
    )
    return confirmed(text) if chance > failure else denied(text)


def bias_of_one_step(*, turn: Fraction, samples: int, tremble: Fraction) -> Finding:
    """Whether one step of GMBL has the bias that the argument says, by all outcomes of samples.

    For every outcome the sampled model is solved exactly.

    Args:
        turn: eta.
        samples: n, for each pair.
        tremble: epsilon, in the formula (1/2 - eps) E|X - Y|/n. (The game's own is 1/4.)
    """
    start = {0: Fraction(1, 3), 1: Fraction(2, 3)}
    chances = [comb(samples, x) * turn**x * (1 - turn) ** (samples - x) for x in range(samples + 1)]
    mean, total = Fraction(0), Fraction(0)
    for heads in itertools.product(range(samples + 1), repeat=4):
        probability = Fraction(1)
        for x, high in zip(heads, (False, False, True, True), strict=True):
            probability *= chances[samples - x] if high else chances[x]
        model = _sampled(heads, samples)
        stage = ExactModel.of(model).at(read_law(model, start))
        if stage is None:
            return undecided("the model has values that are not rational")
        response = stage.best_response()
        after = stage.distribution(read_law(model, start), response.lowest)
        mean, total = mean + probability * after[1], total + probability
    spread = sum(
        (p * q * abs(x - y) for (x, p), (y, q) in itertools.product(enumerate(chances), repeat=2)),
        Fraction(0),
    )
    unbiased = start[1] * (1 - 2 * turn) + turn
    bias = mean - unbiased
    said = (HALF - tremble) * spread / samples
    text = (
        f"Over all outcomes of {samples} samples of each of 4 pairs, eta = {turn}, the next mass "
        f"of heads is {bias} too large on average; the formula says {said}."
    )
    return confirmed(text) if total == 1 and bias == said > 0 else denied(text)


def _sampled(heads: tuple[int, ...], samples: int) -> Game:
    """The model made of samples: heads[2 s + a] of them showed 1 for the pair (s, a)."""
    from sympy import Rational

    def transition(s: object, a: object, z: object) -> dict[int, object]:
        up = Rational(heads[2 * int(str(s)) + int(str(a))], samples)
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )
