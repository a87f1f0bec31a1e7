"""How long Q-learning takes, as the paper quotes it of Even-Dar and Mansour (2003).

Both statements hide a constant behind O(.), which is left out here and named by the caller. They
have not been compared with the text of Even-Dar and Mansour.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.rigor.tape import precision


@dataclass(frozen=True, eq=False)
class Steps:
    """The two terms of the quoted bounds, balls; None where a term has no value.

    Attributes:
        sampling: ((L^(1+3w) V^2 / (beta^2 e^2)) ln(|S||A| V / (d beta e)))^(1/w).
        mixing: ((L / beta) ln(V / e))^(1/(1-w)).
    """

    sampling: Any | None
    mixing: Any | None


def q_learning_steps(
    pairs: int,
    discount: Fraction,
    value_bound: Any,
    error: Any,
    failure: Any,
    w: Fraction,
    cover: Any,
) -> Steps:
    """Return the two terms of the number of steps of Q-learning with rate 1/(n+1)^w.

    A term is None where its logarithm is not positive or its exponent is not: the formula then has
    no meaning.

    Args:
        pairs: |S||A|.
        discount: gamma; beta = (1 - gamma)/2.
        value_bound: V, a ball; bounds the values, in units of reward.
        error: e, a ball; what ||Q - Q*||_inf may be, in units of reward.
        failure: d, a ball; the probability with which it may be more.
        w: the exponent of the learning rates.
        cover: L, a ball; bounds the covering time, in steps. 1 for synchronous Q-learning.

    Source: Theorems 8 and 9 of Lee et al. 2021, quoting Theorems 4 and 2 of Even-Dar and Mansour
    2003; without the constants of O(.).

    >>> one = real(1)
    >>> q_learning_steps(1, Fraction(0), real(2), one, one, Fraction(1, 2), one).mixing
    [1.92181205567281 +/- 4.31e-15]
    """
    with precision(BITS):
        beta = real((1 - discount) / 2)
        sampling = mixing = None
        if w > 0:
            log = (real(pairs) * value_bound / (failure * beta * error)).log()
            scale = cover ** real(1 + 3 * w) * (value_bound / (beta * error)) ** 2
            sampling = _power(scale * log, 1 / w)
        if w < 1:
            mixing = _power(cover / beta * (value_bound / error).log(), 1 / (1 - w))
    return Steps(sampling, mixing)


def _power(base: Any, exponent: Fraction) -> Any | None:
    """A power of a number that is surely positive; else None."""
    return flint.arb(base) ** real(exponent) if base > 0 else None
