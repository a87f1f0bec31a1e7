"""What is wrong in the paper's sample bounds, computed: exact numbers that anybody can check.

Each function takes the numbers of an example and returns both sides of an inequality that a proof
of the paper uses, or the probability of an event that a theorem excludes. Nothing here is sampled
or rounded. Stopping rules are in `mfgcheck.budgets.bounds.stopping`, and what finitely many
agents do in `mfgcheck.budgets.bounds.population`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from mfgcheck.budgets.bounds.corrected import proved_d
from mfgcheck.budgets.bounds.request import Facts, Request, between, number, positive, whole
from mfgcheck.equilibrium.exact.stage import ExactModel, Matrix, read_law
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game


@dataclass(frozen=True)
class Growth:
    """Where the B of a theorem is smaller than the sum that it stands for.

    Attributes:
        iterations: the first k0 at which it is.
        needed: the sum at this k0, in units of C3 + 1 (Theorem 5: of C3) times an error.
        printed: B at this k0, in the same units.
    """

    iterations: int
    needed: Fraction
    printed: Fraction


def reaches_golden_ratio(ratio: Fraction) -> bool:
    """Whether rho >= (1 + sqrt 5)/2, that is rho^2 >= rho + 1: then B is large enough for all k0.

    >>> reaches_golden_ratio(Fraction(8, 5)), reaches_golden_ratio(Fraction(13, 8))
    (False, True)
    """
    return ratio * ratio >= ratio + 1


def first_too_small(ratio: Fraction, missing: Fraction = Fraction(1)) -> Growth | None:
    """Return the first k0 at which B is too small; None if there is none.

    That is the first k0 with missing * (1 + rho + ... + rho^(k0-1)) > rho^(k0+1), or, divided by
    rho^k0, missing * (1/rho + ... + 1/rho^k0) > rho. The left side rises to missing/(rho - 1) and
    does not reach it, so there is a k0 if and only if missing > rho (rho - 1). For Theorem 4 that
    is rho^2 < rho + 1: rho below the golden ratio.

    Args:
        ratio: rho = 1 + C2 + C3 D, at least 1.
        missing: by what the recursion is larger: 1 in Theorem 4, C3 + 1 in Theorem 6, whose B has
            lost this factor.

    Raises:
        BadInput: a number is below 1.

    Source: B = rho^(k0+1) (C3 + 1) in Theorem 4 of Lee et al. 2021, rho^(k0+1) in Theorem 6.

    >>> first_too_small(Fraction(3, 2)).iterations
    4
    >>> first_too_small(Fraction(13, 8)) is None
    True
    """
    rho, factor = number(ratio, "rho", 1), number(missing, "missing", 1)
    if factor <= rho * (rho - 1):
        return None
    k, total, power = 0, Fraction(0), Fraction(1)
    while factor * total <= power * rho:
        k, total, power = k + 1, total + power, power * rho
    return Growth(k, factor * total, power * rho)


def online_growth(regeneration: Fraction, c2: Fraction, c3_d: Fraction, iterations: int) -> Growth:
    """Return what the recursion in Theorem 5's proof adds up to, and the B that it is said to give.

    Both are in units of C3 times the error of the TQ-values: e_(k+1) = (1-zeta)((1 + C2) e_k +
    C3 D e_(k-1) + 1) from e_0 = e_(-1) = 0, and (2(1-zeta)A)^k0 / ((1-zeta)(A-1)) with A =
    max(1 + C2, C3 D).
    (The B of the paper is smaller still, by the factor epsilon of the trembling hand that stands
    where the error should be.)

    Raises:
        BadInput: a number is out of its range, or A = 1.

    Source: the proof of Theorem 5 of Lee et al. 2021.

    >>> found = online_growth(Fraction(3, 5), Fraction(1, 10), Fraction(1), 40)
    >>> found.needed > 16 * found.printed
    True
    """
    stay = 1 - between(regeneration, "regeneration (zeta)", 0, 1)
    c2, c3_d = number(c2, "C2", 0), number(c3_d, "C3 D", 0)
    steps = whole(iterations, "iterations (k0)", 1)
    a = max(1 + c2, c3_d)
    if a == 1:
        raise BadInput("A = max(1 + C2, C3 D) is 1, and the B of Theorem 5 divides by A - 1")
    before, now = Fraction(0), Fraction(0)
    for _ in range(steps):
        before, now = now, stay * ((1 + c2) * now + c3_d * before + 1)
    return Growth(steps, now, (2 * stay * a) ** steps / (stay * (a - 1)))


@dataclass(frozen=True)
class ValueChange:
    """How far Q* moves between two mean fields, and how far it may by the paper and in truth.

    Attributes:
        distance: ||z - z'||_1.
        change: ||Q*_z - Q*_z'||_inf, in reward units.
        printed: the D of Theorems 4, 5, 6 times the distance.
        proved: the D of Lemma 4's proof times the distance.
    """

    distance: Fraction
    change: Fraction
    printed: Fraction
    proved: Fraction

    @property
    def refutes(self) -> bool:
        """Whether Q* moves farther than the printed D allows."""
        return self.change > self.printed


def value_change(
    game: Game,
    first: Mapping[Any, object],
    second: Mapping[Any, object],
    c1: Fraction,
    c2: Fraction,
) -> ValueChange:
    """Return how far Q* moves between two mean fields {state: mass}, against both Ds.

    Args:
        game: a game with rational values.
        first, second: the mean fields.
        c1, c2: constants of Assumption 1 of this game; that they are is not checked.

    Raises:
        BadInput: something that matters is not rational at a mean field, or C1 or C2 is negative.
        InvalidGame: a mean field is none.

    Source: D in Theorems 4, 5, 6 of Lee et al. 2021, against the proof of its Lemma 4.

    >>> from mfgcheck.gallery import make
    >>> value_change(make("audit-g"), {0: 1}, {1: 1}, Fraction(0), Fraction(1, 10)).change
    Fraction(24, 13)
    """
    here, there = read_law(game, first), read_law(game, second)
    facts = Facts(c1, c2, None)
    distance = sum((abs(x - y) for x, y in zip(here, there, strict=True)), Fraction(0))
    ours, theirs = optimal_values(game, first), optimal_values(game, second)
    change = max(
        abs(x - y)
        for row, other in zip(ours, theirs, strict=True)
        for x, y in zip(row, other, strict=True)
    )
    printed, proved = facts.printed_d(game.discount), proved_d(facts, game.discount)
    if printed is None or proved is None:
        raise BadInput("C1 and C2 have to be numbers")
    return ValueChange(distance, change, printed * distance, proved * distance)


def optimal_values(game: Game, mean_field: Mapping[Any, object]) -> Matrix:
    """Return Q* at a mean field {state: mass}, exactly: (S, A), in reward units.

    Raises:
        BadInput: something that matters is not rational there.
        InvalidGame: this is no mean field.

    >>> from mfgcheck.gallery import make
    >>> optimal_values(make("audit-g"), {1: 1})[0][0]
    Fraction(-4, 1)
    """
    stage = ExactModel.of(game).at(read_law(game, mean_field))
    corner = game.reward_at(game.states.labels[0], game.actions.labels[0], mean_field)
    if stage is None or not isinstance(corner, sympy.Rational):
        raise BadInput("the game has values at this mean field that are not rational numbers")
    # The stage leaves out what all rewards have in common.
    common = Fraction(int(corner.p), int(corner.q)) - stage.reward[0][0]
    shift = common / (1 - game.discount)
    return tuple(tuple(q + shift for q in row) for row in stage.best_response().q_values)


@dataclass(frozen=True)
class LostFactor:
    """What Lemmas 6 and 7 give for the n0 of Theorem 6 if the constant of O(.) is 1.

    Attributes:
        each: the failure probability that is left to each of the two lemmas in an iteration.
        total: over all iterations: twice what the theorem promises.
    """

    each: Fraction
    total: Fraction


def lost_factor(request: Request) -> LostFactor:
    """Return what the logarithms of n0, as printed, leave of the failure probability.

    Lemma 6 with n0 = (2V^4/e^2) ln x fails with probability 2|S||A|/x, and Lemma 7 with n0 =
    (2/e^2) ln x with probability 2^|S||S||A|/x. Theorem 6 has x = 2|S||A|k0/delta and x =
    2^|S||S||A|k0/delta, where delta_4 = delta/(2 k0), set in its own proof, makes twice as much.

    Raises:
        BadInput: k0 or the failure probability is 0.

    Source: Theorem 6 of Lee et al. 2021, against its proof.

    >>> lost_factor(Request(25, 5, "3/4", 40, "1/10", "1/20")).total
    Fraction(1, 10)
    """
    k0, failure = whole(request.iterations, "iterations (k0)", 1), request.failure
    positive(failure, "failure")
    values = 2 * request.pairs / (2 * request.pairs * k0 / failure)
    laws = 2**request.states * request.pairs / (2**request.states * request.pairs * k0 / failure)
    return LostFactor(max(values, laws), k0 * (values + laws))
