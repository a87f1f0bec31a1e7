"""How many samples give a law, or the values of a model, up to an error: explicit constants.

Errors and failure probabilities are exact numbers or balls. The lemmas are proved in
book/budgets/printed-bounds.md.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.errors import BadInput
from mfgcheck.rigor.tape import precision


def law_samples(states: int, error: Any, failure: Any) -> Amount:
    """Return n such that n samples are within `error` of their law, in ||.||_1.

    The samples are independent; their laws may differ, then it is the mean of the laws that the
    empirical law is near. n = min{2 ln((2^S - 2)/d), (sqrt(S - 1) + sqrt(2 ln(1/d)))^2} / e^2.

    Args:
        states: S, at least 2.
        error: e, above 0.
        failure: d, in (0, 1): the probability that the error is e or larger is at most d.

    Raises:
        BadInput: a number is out of its range.

    Source: Lemma 7 of Lee et al. 2021 (Weissman et al. 2003), with 2^S - 2 for 2^S; the other term
    is own. Corrected from Next-MF, Algorithm 4.

    >>> law_samples(25, Fraction(1, 10), Fraction(1, 20)).text
    '4,065'
    """
    if states < 2:
        raise BadInput("there is one state, hence one mean field: nothing has to be sampled")
    with precision(BITS):
        e, d = _positive(error, "error"), _chance(failure)
        union = 2 * ((real(2) ** states - 2) / d).log()
        mean = (real(states - 1).sqrt() + (2 * (1 / d).log()).sqrt()) ** 2
        return Amount((union.min(mean) / e**2).ceil())


def value_samples(
    pairs: int, discount: Fraction, value_bound: Any, error: Any, failure: Any
) -> Amount:
    """Return n such that a model from n samples a pair has a Q* within `error`, in ||.||_inf.

    n = 2 (gamma V / ((1 - gamma) e))^2 ln(2 |S||A| / d), and at least 1.

    Args:
        pairs: |S||A|.
        discount: gamma, in [0, 1).
        value_bound: V, in units of reward: the values G(Q*) lie in [-V, V].
        error: e, above 0, in units of reward.
        failure: d, in (0, 1).

    Raises:
        BadInput: a number is out of its range.

    Source: Lemma 6 of Lee et al. 2021, improved by gamma^2.

    >>> value_samples(4, Fraction(1, 2), Fraction(2), Fraction(1, 10), Fraction(1, 20)).text
    '4,061'
    """
    with precision(BITS):
        e, d = _positive(error, "error"), _chance(failure)
        scale = real(discount / (1 - discount)) * _ball(value_bound) / e
        return Amount((2 * scale**2 * (2 * pairs / d).log()).ceil().max(flint.arb(1)))


def visits(needed: Any, chance: Fraction, pairs: int, failure: Any) -> tuple[Amount, Amount]:
    """Return two numbers of agents; more than both, and every pair is seen `needed` times.

    Args:
        needed: n, above 0: samples of each pair.
        chance: q, in (0, 1]: an agent is at a given pair with at least this probability,
            independently of the others.
        pairs: |S||A|.
        failure: the probability that some pair is seen less often.

    Returns:
        2 n/q, and (8/q) ln(|S||A|/failure).

    Raises:
        BadInput: a number is out of its range.

    Source: own, by Chernoff's inequality; corrected from Theorem 5 of Lee et al. 2021, whose
    |S||A|/(epsilon zeta) supposes that new agents are spread evenly.

    >>> [x.text for x in visits(Fraction(100), Fraction(1, 10), 4, Fraction(1, 20))]
    ['2,000', '351']
    """
    with precision(BITS):
        n, d = _positive(needed, "needed"), _chance(failure)
        return Amount(2 * n * real(1 / chance)), Amount(8 * (pairs / d).log() * real(1 / chance))


def _ball(x: Any) -> Any:
    return x if isinstance(x, flint.arb) else real(x)


def _positive(x: Any, name: str) -> Any:
    found = _ball(x)
    if not found > 0:
        raise BadInput(f"{name} is {x}: it must be above 0")
    return found


def _chance(x: Any) -> Any:
    found = _positive(x, "failure")
    if not found < 1:
        raise BadInput(f"failure is {x}: it must be below 1")
    return found
