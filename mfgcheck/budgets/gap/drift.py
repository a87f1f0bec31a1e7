"""How far a learner's mean fields stray from the reference path while its strategies are right.

Let y_k be the reference path with strategies mu_k and kernels K_k = K(mu_k) at y_k, and let the
learner's mean fields satisfy z_(k+1) = Phi(z_k, mu_k) + noise_(k+1), z_0 = y_0, where the noise is
the average of N_(k+1) conditionally independent draws (or a weighted one with as small a sum of
squared weights) about its conditional mean. With d_k = z_k - y_k,

    d_(k+1) = d_k K_k + z_k (K(z_k) - K_k) + noise_(k+1) - (y_(k+1) - Phi(y_k, mu_k)),

so that with Pi(i, k) = K_i .. K_(k-1) (the identity for i = k)

    d_k = sum over 1 <= j <= k of noise_j Pi(j, k)
          + sum over i < k of [z_i (K(z_i) - K_i) - defect_i] Pi(i+1, k).

*The first sum* is a martingale in the draws. ||v||_1 is the largest <v, g> over sign vectors g, and
<noise_j Pi(j, k), g> = <noise_j, Pi(j, k) g> is an average of variables with ranges of length at
most 2 tau(j, k), where tau(j, k) = tau_j .. tau_(k-1) bounds the Dobrushin coefficient of Pi(j, k).
By Hoeffding's lemma and 2^|S| - 2 sign vectors that are not constant (constant ones give 0),

    P(||first sum||_1 >= t_k) <= (2^|S| - 2) exp(-t_k^2 / (2 sum over j of tau(j, k)^2 / N_j)).

*The second* is deterministic: ||z_i (K(z_i) - K_i)||_1 <= c_i ||d_i||_1 with c_i the steepness of
the kernel on the ball around y_i, and a vector that sums to 0 shrinks by tau(i+1, k). Hence radii
e_k with ||d_k||_1 <= e_k for all k <= k0, with probability at least 1 - failure:

    e_k = t_k + sum over i < k of tau(i+1, k) (c_i e_i + defect_i).

Adding up noises as a martingale, and not norm by norm, makes t_k grow like a root of k.

*Why the noise may be taken so.* The learner's strategies depend on its samples, and with GMBL on
those that make the next mean field. So look at another process: the noise is that of the strategies
mu_k, whatever the learner plays, and 0 once z_k has left its ball. Given the past it is an average
of independent centred terms, so that the bound above holds for it. As long as the learner plays
mu_k, the two processes agree. So what can go wrong is that the noise is large, or that at some
step, with z_k in its ball, mu_k is not identified; the probabilities of these are added up, and
nothing is assumed of how they depend on each other. Where fresh draws make the next mean field, the
noise is that of the strategy that the learner has by then, with the same ranges.

Source: own; Azuma (1967) and Hoeffding (1963); union bound over signs as in Weissman et al. (2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.gap.ball import Ball
from mfgcheck.budgets.gap.path import ReferencePath
from mfgcheck.rigor.interval import upper_fraction
from mfgcheck.rigor.tape import precision

_BITS = 400
_MOST = 1 << 200  # draws
_FINE = 10**15  # radii are rounded up to a multiple of 1 / _FINE


@dataclass(frozen=True)
class Drift:
    """Radii around the reference path within which a learner stays.

    Attributes:
        samples: N, how many draws estimate each next mean field.
        radii: e_0, e_1, ..: ||z_k - y_k||_1 <= e_k for all k with probability 1 - failure.
    """

    samples: int
    radii: tuple[Fraction, ...]


def log_signs(states: int, steps: int, failure: Fraction) -> Fraction:
    """Return an upper bound of ln((2^|S| - 2) k0 / failure): see the head of this module.

    >>> float(log_signs(2, 1, Fraction(1, 20))) < 3.69
    True
    """
    with precision(BITS):
        exact = (real(max(1, 2**states - 2)) * real(steps) / real(failure)).log()
        found = upper_fraction(exact.upper())
    if found is None:
        raise AssertionError("a logarithm without an upper bound")
    return found


class Walk:
    """The radii e_0, e_1, .. as one goes along a reference path.

    Attributes:
        radii: those known so far.
    """

    def __init__(self, path: ReferencePath, steps: int, samples: int, failure: Fraction) -> None:
        """Start at y_0, with N draws for each next mean field and k0 steps to go."""
        states = len(path.last)
        self._path, self._samples = path, samples
        self._log = log_signs(states, steps, failure) if states > 1 else Fraction(0)
        self._squares = Fraction(0)  # sum over j of tau(j, k)^2 / N
        self._carried = Fraction(0)  # the second sum
        self.radii = [Fraction(0)]

    @property
    def radius(self) -> Fraction:
        """e_k, at the step that was reached."""
        return self.radii[-1]

    def advance(self, around: Ball, bias: Fraction = Fraction(0)) -> bool:
        """Go on to the next radius; False if there is none.

        Args:
            around: the ball of radius e_k around y_k.
            bias: what else may move the next law, in ||.||_1.
        """
        k = len(self.radii) - 1
        step, tau = self._path.steps[k], self._path.taus[k]
        steep = step.rows.steepness(around) if self.radius else Fraction(0)
        if steep is None:
            return False
        self._squares = _fine(tau**2 * self._squares + Fraction(1, self._samples))
        self._carried = _up(tau * self._carried + steep * self.radius + step.defect + bias)
        self.radii.append(_up(_root(2 * self._log * self._squares) + self._carried))
        return True


def drift(
    path: ReferencePath, steps: int, samples: int, failure: Fraction, limit: Fraction
) -> Drift | None:
    """Return the radii around a reference path, with N draws at each step and no other errors.

    Args:
        path: the reference path, with at least `steps` steps.
        steps: k0.
        samples: N, draws for each next mean field.
        failure: the probability with which one of the radii may be exceeded.
        limit: the largest radius that is of use.

    Returns None if a radius exceeds the limit, or the game jumps within reach.

    >>> from mfgcheck.budgets.gap.path import reference_path
    >>> from mfgcheck.gallery import make
    >>> path = reference_path(make("coordination"), 3)
    >>> [round(float(e), 4) for e in drift(path, 3, 10_000, Fraction(1, 20), Fraction(1)).radii]
    [0.0, 0.0309, 0.0319, 0.032]
    """
    walk = Walk(path, steps, samples, failure)
    for k in range(steps):
        around = path.ball(k, walk.radius)
        if around is None or not walk.advance(around) or walk.radius > limit:
            return None
    return Drift(samples, tuple(walk.radii))


def fewest_samples(
    path: ReferencePath, steps: int, failure: Fraction, target: Fraction
) -> Drift | None:
    """Return the drift with (nearly) the fewest draws that keeps the last radius in the target.

    Returns None where 2^200 draws do not: the defects alone are too large, or the game jumps.
    """

    def reached(samples: int) -> Drift | None:
        found = drift(path, steps, samples, failure, max(target, Fraction(1)))
        return found if found is not None and found.radii[-1] <= target else None

    if reached(_MOST) is None:
        return None
    high, best = 16, None
    while best is None:
        high *= 4
        best = reached(high)
    low = high // 4
    while high - low > high // 256 + 1:
        middle = (low + high) // 2
        found = reached(middle)
        if found is None:
            low = middle
        else:
            high, best = middle, found
    return best


def _fine(x: Fraction) -> Fraction:
    """Round up without losing sums of squares of any size that occurs."""
    return Fraction(math.ceil(x * 2**_BITS), 2**_BITS)


def _up(x: Fraction) -> Fraction:
    return Fraction(math.ceil(x * _FINE), _FINE)


def _root(x: Fraction) -> Fraction:
    """Return an upper bound of a square root."""
    if not x:
        return Fraction(0)
    with precision(BITS):
        found = upper_fraction(real(x).sqrt().upper())
    if found is None:
        raise AssertionError("a root without an upper bound")
    return found
