"""The hypotheses of the paper's sample bounds, each with whether it holds and why not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.budgets.bounds.request import Request

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis of a theorem.

    Attributes:
        statement: what is assumed.
        holds: whether it does.
        reason: why not; "" if it does.

    >>> hypothesis("x is small", holds=False, reason="x is 7")
    Hypothesis(statement='x is small', holds=False, reason='x is 7')
    """

    statement: str
    holds: bool
    reason: str


def hypothesis(statement: str, *, holds: bool, reason: str) -> Hypothesis:
    """Return a hypothesis; the reason is forgotten where it holds."""
    return Hypothesis(statement, holds, "" if holds else reason)


def lipschitz(
    c1: Fraction | None, c2: Fraction | None, c3: Fraction | None
) -> tuple[Hypothesis, ...]:
    """Assumption 1: three finite constants.

    >>> [one.holds for one in lipschitz(Fraction(0), Fraction(1), None)]
    [True, True, False]
    """
    what = {
        "C1": ("1(i)", c1, "the reward is not Lipschitz in the mean field"),
        "C2": ("1(ii)", c2, "the kernel is not Lipschitz in the mean field"),
        "C3": ("1(iii)", c3, "strategies jump where two actions tie, so kernels jump in Q"),
    }
    return tuple(
        hypothesis(
            f"Assumption {item}: {name} is finite",
            holds=constant is not None,
            reason=f"no finite {name} is known: {why}",
        )
        for name, (item, constant, why) in what.items()
    )


def asked(request: Request, reward_bound: Fraction) -> tuple[Hypothesis, ...]:
    """What the theorems ask of the numbers and of the reward.

    Accuracy 0 and failure probability 0 count as failures although the paper admits them.
    """
    return (
        hypothesis(
            "rewards are at most 1 in absolute value, so that V_max = 1/(1 - gamma)",
            holds=reward_bound <= 1,
            reason=f"they reach {reward_bound}",
        ),
        _chance("accuracy", request.accuracy),
        _chance("failure probability", request.failure),
        hypothesis(
            "at least one iteration is made",
            holds=request.iterations > 0,
            reason="k0 is 0, of which the formula takes the logarithm",
        ),
    )


def _chance(name: str, value: Fraction) -> Hypothesis:
    reason = f"it is {value}"
    if value == 0:
        reason = "it is 0, which the theorem admits, and by which its formula divides"
    return hypothesis(f"0 < {name} < 1", holds=0 < value < 1, reason=reason)


def rate(w: Fraction) -> Hypothesis:
    """The exponent of the learning rates."""
    return hypothesis("1/2 < w < 1", holds=HALF < w < 1, reason=f"w is {w}")


def covering(time: Fraction | None) -> Hypothesis:
    """The covering time; None is infinite."""
    return hypothesis(
        "the covering time L is finite",
        holds=time is not None,
        reason="it is infinite: from some pair another is not reached",
    )


def contraction(
    c4: Fraction | None, c5: Fraction | None, d: Fraction | None
) -> tuple[Hypothesis, ...]:
    """Assumption 2, and C4 + C5 D < 1 with the paper's D.

    >>> contraction(Fraction(1, 2), Fraction(3), Fraction(1, 2))[-1].reason
    'C4 + C5 D is 2'
    """
    found = [
        hypothesis(
            f"Assumption 2: {name} is finite",
            holds=constant is not None,
            reason=f"no finite {name} is known",
        )
        for name, constant in (("C4", c4), ("C5", c5))
    ]
    statement = "Assumption 2: C4 + C5 D < 1"
    if c4 is not None and c4 >= 1:
        found.append(hypothesis(statement, holds=False, reason=f"C4 is {c4} already"))
    elif c4 is None or c5 is None or d is None:
        found.append(
            hypothesis(statement, holds=False, reason="not all of C4, C5 and D are finite")
        )
    else:
        total = c4 + c5 * d
        found.append(hypothesis(statement, holds=total < 1, reason=f"C4 + C5 D is {total}"))
    return tuple(found)
