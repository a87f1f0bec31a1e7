"""How surely a model made from n(s, a) samples of each pair identifies the best response.

*Setting.* At a mean field z the learner draws n(p) next states for each pair p = (s, a), makes the
empirical kernel Ph and takes the greedy strategy of its TQ-values (GMBL, Algorithm 5). Let mu be a
strategy, a* its likeliest actions, K = P mu, M = (1 - gamma K)^-1, V = M mu r, and for pairs

    D(s, b) = (P(s, a*) - P(s, b)) M,     u(p) = ((Ph - P) V)(p),     ubar = mu u.

*Identity.* Let q be the TQ-values of mu in the empirical model, and h = mu q - V. Then

    q(s, a*) - q(s, b) = gap(s, b) + N(s, b) + R(s, b),
    N(s, b) = gamma [u(s, a*) - u(s, b)] + gamma^2 D(s, b) ubar,
    R(s, b) = gamma [((Ph - P) h)(s, a*) - ((Ph - P) h)(s, b)] + gamma^2 D(s, b) mu (Ph - P) h,

since h = gamma K h + gamma mu (Ph - P)(V + h). (Expanding in the true kernel keeps N linear.)

*First order.* N(s, b) is a sum of independent centred variables. With coefficients x(p) it has the
variance sum over p of x(p)^2 var(p) / n(p), and no summand exceeds max x(p) sp(V) / n(p), so that
by Bernstein's inequality N(s, b) > -t, but for a probability e^-L, if 2 L (variance + max t / 3) <=
t^2.

*Second order.* Let ell(p) bound the total variation distance of Ph(p) and P(p), and H(s) that of
the rows of mu. As rows of Ph - P sum to 0, |((Ph - P) h)(p)| <= ell(p) sp(h), hence

    |R(s, b)| <= gamma sp(h) [ell(s, a*) + ell(s, b) + gamma sum over x of |D(s, b)(x)| H(x)],
    sp(h) <= sp(gamma M ubar) / (1 - 2 gamma max H / (1 - gamma tau)),

with tau the Dobrushin coefficient of K. sp(gamma M ubar) is the largest of all
|gamma (M(x, .) - M(y, .)) ubar|, which Bernstein's inequality bounds; ell(p) is at most
[sum over x of sqrt(P(x)(1 - P(x)))] / (2 sqrt n) + sqrt(L / (2 n)) by McDiarmid's inequality, and
so is H(s) with weights mu.

*Verification.* If all q(s, a*) - q(s, b) > 0, then q is the fixed point of the empirical operator
and mu is the learner's strategy.

*Tolerated pairs* need not be told apart: the learner may play their actions. Let X be the largest
-(gap + N + R) over tolerated pairs (0 if none is positive), and ph the largest empirical chance of
going to one of their states. The best strategy among a* and tolerated actions has TQ-values q' with
0 <= mu' q' - mu q <= kappa X (1 at those states, plus gamma ph / (1 - gamma)); so it is greedy in
the empirical model if for all other pairs

    gap(s, b) + N(s, b) + R(s, b) > gamma kappa X ph / (1 - gamma).

An action that does exactly what a* does is such a pair, with gap 0: it has samples of its own, and
the learner takes it where they flatter it.

Source: own; Bernstein (1924) and McDiarmid (1989). The fixed strategy whose own value is checked
takes the place of a bound on the fixed point of a random operator (Lemma 6 of the paper).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.gap.stage import SCALE, Flags, Stage
from mfgcheck.game.sparse import Exact


@dataclass(frozen=True)
class Logs:
    """The logarithms with which single events are bounded: one fails with probability e^-L.

    Attributes:
        first, second: L for an event of the first order, and of the second.
        updates: L for one pair of TQ-learning, where that is used.
    """

    first: Fraction
    second: Fraction
    updates: Fraction


@dataclass(frozen=True, eq=False)
class Noise:
    """What n(p) samples leave uncertain, all but for the events that `Logs` are for.

    Attributes:
        pairs: for each pair a bound of -N(s, b) + |R(s, b)|.
        rows: array (S, A) of integers in units of 1 / SCALE: ell(p).
    """

    pairs: tuple[Fraction, ...]
    rows: Exact


def events(stage: Stage) -> tuple[int, int]:
    """Return how many events of the first and of the second order have to hold together."""
    states, actions, _ = stage.tables.shape
    return len(stage.pairs), states * (states - 1) + states * actions + states


def noise(stage: Stage, n: Exact, logs: Logs) -> Noise | None:
    """Bound the noise of a model made from n(p) samples of each pair; None if there is no bound.

    Args:
        stage: bounds on a ball of mean fields.
        n: array (S, A) of whole numbers, at least 1.
        logs: the logarithms.
    """
    gamma = stage.tables.game.discount
    weights, unit = stage.played
    each = -(-stage.variance // n)
    squares = (weights**2 * each).sum(axis=1)  # mu var / n, over SCALE unit^2
    heavy = (-(-weights * SCALE // n)).max(axis=1)  # mu / n, over SCALE unit
    rows, mixed = _distances(stage, n, logs.second)
    rest = 1 - 2 * gamma * Fraction(int(mixed.max()), SCALE) / (1 - gamma * stage.dobrushin)
    if rest <= 0:
        return None
    differences = (
        _bernstein(
            gamma**2 * Fraction(int((line**2) @ squares), SCALE**3 * unit**2),
            gamma * Fraction(int((line * heavy).max()), SCALE**2 * unit) * stage.span,
            logs.second,
        )
        for line in stage.values
    )
    wide = max(differences, default=Fraction(0)) / rest
    found = []
    for (s, b), reach in zip(stage.pairs.tolist(), stage.reach, strict=True):
        star = stage.strategy[s]
        variance = gamma**4 * Fraction(int((reach**2) @ squares), SCALE**3 * unit**2)
        largest = gamma**2 * Fraction(int((reach * heavy).max()), SCALE**2 * unit)
        for a in (star, b):
            through = gamma**2 * Fraction(int(reach[s] * weights[s, a]), SCALE * unit)
            # |x| <= gamma + through; through^2 is in the sum already.
            variance += (gamma**2 + 2 * gamma * through) * Fraction(int(each[s, a]), SCALE)
            largest = max(largest, (gamma + through) / int(n[s, a]))
        first = _bernstein(variance, largest * stage.span, logs.first)
        beyond = Fraction(int(reach @ mixed), SCALE**2)
        own = Fraction(int(rows[s, star] + rows[s, b]), SCALE)
        found.append(first + gamma * wide * (own + gamma * beyond))
    return Noise(tuple(found), rows)


def identifies(stage: Stage, found: Noise, tolerated: Flags) -> bool:
    """Whether this noise leaves the best response identified, but for tolerated pairs.

    Args:
        stage: bounds on a ball of mean fields.
        found: the noise there.
        tolerated: array (pairs,), the pairs that need not be told apart; all of `stage.alike` among
            them.
    """
    margins = [gap - t for gap, t in zip(stage.gaps, found.pairs, strict=True)]
    needed = [m for m, free in zip(margins, tolerated, strict=True) if not free]
    least = min(needed, default=None)
    return least is None or least > regret(stage, margins, tolerated, found.rows)


def regret(stage: Stage, margins: list[Fraction], tolerated: Flags, rows: Exact) -> Fraction:
    """Return gamma kappa X ph / (1 - gamma): what tolerated actions may change in other states."""
    excess = max((-m for m, free in zip(margins, tolerated, strict=True) if free), default=None)
    if excess is None or excess <= 0:
        return Fraction(0)
    states = sorted({int(s) for s in stage.pairs[tolerated, 0]})
    chance = min(Fraction(1), Fraction(int((stage.entering(states) + rows).max()), SCALE))
    gamma = stage.tables.game.discount
    return gamma * stage.tables.kappa * excess * chance / (1 - gamma)


def _distances(stage: Stage, n: Exact, log: Fraction) -> tuple[Exact, Exact]:
    """Return bounds of ell, array (S, A), and of H, array (S,), in units of 1 / SCALE."""
    weights, unit = stage.played
    roots = np.array([_root(Fraction(1, int(k))) for k in n.ravel()], dtype=object).reshape(n.shape)
    mean = -(-stage.scatter * roots // (2 * SCALE))
    deviation = _root(log / 2)
    rows = mean - (-deviation * roots // SCALE)
    squares = (weights**2 * (-(-SCALE // n))).sum(axis=1)  # sum of mu^2 / n, over SCALE unit^2
    mixed = [
        -(-int(m) // unit) + _root(Fraction(int(q), SCALE * unit**2) * log / 2)
        for m, q in zip((weights * mean).sum(axis=1), squares, strict=True)
    ]
    return rows, np.array(mixed, dtype=object)


def _bernstein(variance: Fraction, largest: Fraction, log: Fraction) -> Fraction:
    """Return the t with t^2 = 2 L (variance + largest t / 3), rounded up."""
    half = log * largest / 3
    return half + Fraction(_root(half**2 + 2 * log * variance), SCALE)


def _root(x: Fraction) -> int:
    """Return an upper bound of a square root in units of 1 / SCALE."""
    return math.isqrt(-(-x.numerator * SCALE**2 // x.denominator)) + 1
