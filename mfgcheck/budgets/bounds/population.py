"""A finite population is off by its own fluctuation, which Theorem 5 takes to be 0; exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from mfgcheck.budgets.bounds.printed import theorem_5
from mfgcheck.budgets.bounds.request import Facts, Request, between, number, positive, whole
from mfgcheck.budgets.bounds.statement import Printed
from mfgcheck.errors import BadInput

_MOST_AGENTS = 400_000  # beyond, the exact probability takes minutes


def coin_error_chance(agents: int, distance: Fraction) -> Fraction:
    """Return the exact probability that so many tosses of a fair coin are more than `distance` off.

    That is P(||z - (1/2, 1/2)||_1 > distance) for the empirical law z of the tosses: the mean field
    of so many agents after one step of the gallery game fair-coin.

    Raises:
        BadInput: there are no agents, or more than 400,000, or the distance is negative.

    Source: own; against Theorem 5 of Lee et al. 2021.

    >>> coin_error_chance(2, Fraction(1, 2))
    Fraction(1, 2)
    """
    n, distance = whole(agents, "agents", 1), number(distance, "distance", 0)
    if n > _MOST_AGENTS:
        raise BadInput(f"agents is {n}: the exact probability is computed up to {_MOST_AGENTS}")
    # ||z - z*||_1 = 2 |heads/n - 1/2| <= distance says n(1 - distance)/2 <= heads, and the mirror
    # image; by symmetry the chance to be off is twice that of too few heads.
    first = -((-n * (1 - distance)) // 2)  # the smallest number of heads that is near enough
    if first <= 0:
        return Fraction(0)
    first = int(first)
    if 2 * first <= n // 2:
        below = sum_of_binomials(n, 0, first - 1)
        return Fraction(2 * below, 2**n)
    return 1 - Fraction(sum_of_binomials(n, first, n - first), 2**n)


def sum_of_binomials(n: int, low: int, high: int) -> int:
    """Return the sum of the binomial coefficients of n over low..high.

    >>> sum_of_binomials(4, 1, 3)
    14
    """
    if low > high:
        return 0
    total = term = comb(n, low)
    for k in range(low, high):
        term = term * (n - k) // (k + 1)
        total += term
    return total


@dataclass(frozen=True, eq=False)
class TooFewAgents:
    """A case of Theorem 5 with all its hypotheses, and how likely its promise is broken.

    Attributes:
        printed: what the theorem says; its amount does not depend on the accuracy.
        agents: I0, a whole number, with the constant that was given.
        chance: the exact probability of ||z_1 - z*||_1 > 2 accuracy, which the theorem promises to
            be at most the failure probability.
    """

    printed: Printed
    agents: int
    chance: Fraction


def too_few_agents(
    accuracy: Fraction, failure: Fraction, constant: Fraction, w: Fraction = Fraction(3, 4)
) -> TooFewAgents:
    """Return a case of Theorem 5 on the game fair-coin in which its I0 does not grow with accuracy.

    States, actions and mean field do not matter in this game, and new agents are spread evenly: I
    agents toss I coins in every step, and every C1, C2, C3 > 0 satisfies Assumption 1. With C1 =
    C2 = 1, k0 = 1 and the game's epsilon = 1/4, B is C3. With C3 = accuracy, B/accuracy is 1, and
    I0 is a number that depends on the failure probability alone; but I agents are off by about
    1/sqrt(I). So whatever the constant of O(.), the theorem fails if the accuracy is small enough.

    Args:
        accuracy: above 0 and at most 1/2.
        failure: above 0 and below 1.
        constant: c_T5, above 0.
        w: the exponent of the learning rates, in (1/2, 1).

    Raises:
        BadInput: a number is out of its range, or there are more than 400,000 agents.

    Source: Theorem 5 of Lee et al. 2021.

    >>> found = too_few_agents(Fraction(1, 10**6), Fraction(1, 20), Fraction(1, 100))
    >>> found.printed.applies, found.agents, found.chance > Fraction(97, 100)
    (True, 1130, True)
    """
    accuracy = positive(accuracy, "accuracy", Fraction(1, 2))
    request = Request(2, 2, Fraction(1, 2), 1, accuracy, between(failure, "failure", 0, 1))
    printed = theorem_5(
        request,
        Facts(Fraction(1), Fraction(1), accuracy),
        regeneration=Fraction(1, 2),
        tremble=Fraction(1, 4),
        w=between(w, "w", Fraction(1, 2), 1),
        constant=constant,
    )
    agents = printed.total.count if printed.total is not None else None
    if agents is None:
        raise BadInput("with this constant there are more agents than can be counted")
    return TooFewAgents(printed, agents, coin_error_chance(agents, 2 * accuracy))
