"""How many updates synchronous TQ-learning needs, with every constant written out.

With a constant step alpha in (0, 1] and one fresh sample of every pair for each update,

    Q_(t+1) = (1 - alpha) Q_t + alpha (r + gamma Ph_t G(Q_t)).

*Pathwise.* Let D = Q - Q*, V = G(Q*) and xi_t = (Ph_t - P) V: independent, centred, of variance
var(p) and range sp(V), as V is a fixed function. G(Q_t) - V is at most ||D_t|| in size (Lemma 1),
so with the average W_(t+1) = (1 - alpha) W_t + alpha gamma xi_t of the noise, W_0 = 0, and X = D -
W

    ||X_(t+1)|| <= (1 - alpha (1 - gamma)) ||X_t|| + alpha gamma ||W_t||,
    ||D_T|| <= (1 - alpha (1 - gamma))^T ||D_0|| + Z,
    Z = ||W_T|| + gamma sum over t < T of c_t ||W_t||,

where c_t = alpha (1 - alpha (1 - gamma))^(T-1-t), so that gamma sum c_t <= gamma / (1 - gamma).

*Noise.* W_t(p) is a sum of independent terms with variances adding up to at most v = gamma^2 alpha
var(p) / (2 - alpha), none larger than gamma alpha sp(V); so E exp(lambda W_t(p)) <=
exp(psi(lambda)) with psi(lambda) = lambda^2 v / (2 (1 - lambda b)), b = gamma alpha sp(V) / 3, and
Z is at most 1/(1 - gamma) times an average of the ||W_t||. By Jensen's inequality E exp(lambda (1 -
gamma) Z) <= 2 |S||A| exp(psi(lambda)), without a union over t. Hence, but for the probability 2
|S||A| e^-L,

    (1 - gamma) Z <= sqrt(2 v L) + b L.

Source: own; corrected from equation (18) and Theorem 9 of the paper, whose O(.) hides the
constants. The pathwise comparison is that of audits of Q-learning since Even-Dar and Mansour
(2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision

_SHARES = (0.003, 0.01, 0.03, 0.1, 0.3)  # of the error that is left to the start


@dataclass(frozen=True)
class Learning:
    """A run of synchronous TQ-learning that is sure to be accurate.

    Attributes:
        step: alpha.
        updates: T, how often every pair is updated: samples of each pair.
        error: an upper bound of ||Q_T - Q*||, in reward units.
    """

    step: Fraction
    updates: int
    error: Fraction


def error_after(
    updates: int,
    step: Fraction,
    discount: Fraction,
    start: Fraction,
    variance: Fraction,
    span: Fraction,
    log: Fraction,
) -> Fraction:
    """Return an upper bound of ||Q_T - Q*|| that holds but for a probability 2 |S||A| e^-log.

    Args:
        updates: T.
        step: alpha, in (0, 1].
        discount: gamma.
        start: a bound of ||Q_0 - Q*||, in reward units.
        variance: a bound of the variance of V = G(Q*) at the next state, for every pair.
        span: a bound of max V - min V.
        log: L.

    Source: own; see the head of this module.

    >>> bound = error_after(10**5, Fraction(1, 10**4), Fraction(1, 2), Fraction(2), Fraction(1),
    ...                     Fraction(2), Fraction(8))
    >>> round(float(bound), 4)
    0.0423
    """
    with precision(BITS):
        gamma, alpha = real(discount), real(step)
        decay = (1 - alpha * (1 - gamma)) ** updates * real(start)
        v = gamma**2 * alpha * real(variance) / (2 - alpha)
        b = gamma * alpha * real(span) / 3
        noise = (2 * v * real(log)).sqrt() + b * real(log)
        found = upper_fraction((decay + noise / (1 - gamma)).upper())
    if found is None:
        raise AssertionError("an error without a bound")
    return found


def learn_within(
    error: Fraction,
    discount: Fraction,
    start: Fraction,
    variance: Fraction,
    span: Fraction,
    log: Fraction,
) -> Learning:
    """Return the step and the number of updates that make the error bound at most `error`.

    The arguments are those of `error_after`. Floats propose; `error_after` decides.

    >>> found = learn_within(Fraction(1, 10), Fraction(1, 2), Fraction(2), Fraction(1), Fraction(2),
    ...                      Fraction(8))
    >>> found.error <= Fraction(1, 10), found.updates
    (True, 11691)
    """
    if start <= error:
        return Learning(Fraction(1), 0, start)
    best: tuple[float, float] | None = None
    gamma = float(discount)
    for share in _SHARES:
        noise = (1 - share) * float(error) * (1 - gamma)
        alpha = _largest_step(noise, gamma, float(variance), float(span), float(log))
        lost = alpha * (1 - gamma)  # it may be far below 10^-16, or round to 1
        decay = -math.log1p(-lost) if lost < 1 else math.inf
        updates = math.log(float(start) / (share * float(error))) / decay
        if best is None or updates < best[0]:
            best = (updates, alpha)
    if best is None:
        raise AssertionError("no share was tried")
    step = Fraction(best[1] * 0.9999)
    updates = max(1, math.ceil(best[0]))
    while True:
        bound = error_after(updates, step, discount, start, variance, span, log)
        if bound <= error:
            return Learning(step, updates, bound)
        # More updates, and now and then a smaller step, in case floats were too coarse.
        updates += updates // 100 + 1
        step *= Fraction(9999, 10000)


def _largest_step(noise: float, gamma: float, variance: float, span: float, log: float) -> float:
    """Return the largest alpha with sqrt(2 v L) + b L <= noise, in floats."""

    def size(alpha: float) -> float:
        v = gamma**2 * alpha * variance / (2 - alpha)
        return math.sqrt(2 * v * log) + gamma * alpha * span / 3 * log

    if size(1.0) <= noise:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = math.sqrt(low * high) if low > 0 else high / 1024
        low, high = (middle, high) if size(middle) <= noise else (low, middle)
        if low > 0 and high / low < 1.0001:
            break
    return low
