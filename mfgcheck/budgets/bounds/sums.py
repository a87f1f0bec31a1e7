"""What errors add up to over the iterations: geometric sums, and sums with a lag of one step.

Both are computed by squaring a matrix without negative entries, so that nothing cancels, however
close to 1 a factor is and however many iterations there are.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.rigor.tape import precision


def lagged_sum(now: Fraction, before: Fraction, steps: int) -> Any:
    """Return f_steps of f_(k+1) = now f_k + before f_(k-1) + 1, f_0 = f_(-1) = 0, as a ball.

    It is at most the geometric sum of now + before, since f does not decrease, and often far less.

    Args:
        now, before: at least 0.
        steps: at least 0.

    Source: own; the recursion is that of the proof of Theorem 5 of Lee et al. 2021.

    >>> lagged_sum(Fraction(1), Fraction(1), 5)
    12.0000000000000
    """
    with precision(BITS):
        # (f_(k+1), f_k, 1) = matrix (f_k, f_(k-1), 1), and (f_0, f_(-1), 1) = (0, 0, 1).
        power = flint.arb_mat([[real(now), real(before), 1], [1, 0, 0], [0, 0, 1]])
        result = flint.arb_mat([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        while steps:
            if steps % 2:
                result = result * power
            power, steps = power * power, steps // 2
        return result[0, 2]


def geometric_sum(ratio: Fraction, steps: int) -> Any:
    """Return 1 + ratio + ... + ratio^(steps-1), which is `steps` for ratio 1, as a ball.

    >>> geometric_sum(Fraction(2), 10)
    1023.00000000000
    """
    return lagged_sum(ratio, Fraction(0), steps)
