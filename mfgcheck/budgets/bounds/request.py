"""What is asked of a sample bound, and how its numbers are read.

Everything here is exact: an int, a Fraction, a sympy rational, or a text such as "3/4" or "0.05".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.game.numbers import exact

ONE = Fraction(1)


def number(
    value: object, name: str, low: Fraction | int | None = None, high: Fraction | int | None = None
) -> Fraction:
    """Read a number that must lie in [low, high]; None is no limit on that side.

    Raises:
        BadInput: it is not a finite rational number, or out of the range.

    >>> number("0.05", "failure", 0, 1)
    Fraction(1, 20)
    """
    try:
        read = exact(value, name)
    except InvalidGame as error:
        raise BadInput(str(error)) from None
    if (low is not None and read < low) or (high is not None and read > high):
        needed = f"at least {low}" if high is None else f"at most {high}"
        if low is not None and high is not None:
            needed = f"a number from {low} to {high}"
        raise BadInput(f"{name} is {value}: it must be {needed}")
    return read


def optional(
    value: object, name: str, low: Fraction | int | None = None, high: Fraction | int | None = None
) -> Fraction | None:
    """Read a number as `number` does, or None, which stays None.

    >>> optional(None, "C3", 0) is None
    True
    """
    return None if value is None else number(value, name, low, high)


def positive(value: object, name: str, high: Fraction | int | None = None) -> Fraction:
    """Read a number above 0, and at most `high`.

    Raises:
        BadInput: it is not.

    >>> positive("1/2", "accuracy")
    Fraction(1, 2)
    """
    read = number(value, name, None, high)
    if read <= 0:
        raise BadInput(f"{name} is {value}: it must be above 0")
    return read


def between(value: object, name: str, low: Fraction | int, high: Fraction | int) -> Fraction:
    """Read a number above `low` and below `high`.

    Raises:
        BadInput: it is not.

    >>> between("2/3", "w", Fraction(1, 2), 1)
    Fraction(2, 3)
    """
    read = number(value, name)
    if not low < read < high:
        raise BadInput(f"{name} is {value}: it must be above {low} and below {high}")
    return read


def whole(value: object, name: str, low: int) -> int:
    """Read a whole number that is at least `low`.

    Raises:
        BadInput: it is not.

    >>> whole(25, "states", 1)
    25
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"{name} is {value!r}: it must be a whole number")
    if value < low:
        raise BadInput(f"{name} is {value}: it must be at least {low}")
    return value


@dataclass(frozen=True)
class Request:
    """What is asked of a sample bound of a game.

    Attributes:
        states, actions: how many the game has.
        discount: gamma, in [0, 1).
        iterations: k0, the number of steps of T-BR after which its mean field is within the
            accuracy of the T-MFE's.
        accuracy: epsilon-bar, an L1 distance of mean fields, so at most 2. The theorems promise
            twice as much: half of it is lost by stopping T-BR, half by learning.
        failure: delta-bar, the probability with which the promise may be broken.

    0 is let through for accuracy, failure and iterations, because the paper's theorems admit it;
    what follows is said where they are evaluated.

    Raises:
        BadInput: a number is out of these ranges, or no number.

    >>> Request(2, 2, "1/2", 8, "0.1", "0.05").accuracy
    Fraction(1, 10)
    """

    states: int
    actions: int
    discount: Fraction
    iterations: int
    accuracy: Fraction
    failure: Fraction

    def __post_init__(self) -> None:
        whole(self.states, "states", 1)
        whole(self.actions, "actions", 1)
        whole(self.iterations, "iterations (k0)", 0)
        discount = number(self.discount, "discount", 0)
        if discount >= 1:
            raise BadInput(f"discount is {self.discount}: it must be below 1")
        object.__setattr__(self, "discount", discount)
        object.__setattr__(self, "accuracy", number(self.accuracy, "accuracy", 0, 2))
        object.__setattr__(self, "failure", number(self.failure, "failure", 0, 1))

    @property
    def pairs(self) -> int:
        """The number of state-action pairs."""
        return self.states * self.actions

    @property
    def horizon(self) -> Fraction:
        """1/(1 - gamma): what rewards of at most 1 add up to at most; the paper's V_max."""
        return ONE / (1 - self.discount)


@dataclass(frozen=True)
class Facts:
    """What the theorems assume of a game, in numbers; None is "no finite one".

    Attributes:
        c1, c2, c3: the constants of Assumption 1.
        reward_bound: the largest absolute value of the reward.
        c4, c5: the constants of Assumption 2.

    Raises:
        BadInput: one is negative, or no number.

    >>> Facts(c1="0", c2="1/10", c3=None, reward_bound=1).printed_d(Fraction(3, 4))
    Fraction(3, 10)
    """

    c1: Fraction | None
    c2: Fraction | None
    c3: Fraction | None
    reward_bound: Fraction = ONE
    c4: Fraction | None = None
    c5: Fraction | None = None

    def __post_init__(self) -> None:
        for name in ("c1", "c2", "c3", "c4", "c5"):
            object.__setattr__(self, name, optional(getattr(self, name), name.upper(), 0))
        object.__setattr__(self, "reward_bound", number(self.reward_bound, "reward_bound", 0))

    def printed_d(self, discount: Fraction) -> Fraction | None:
        """The D of Theorems 4, 5, 6 and Assumption 2, which is too small; None if not finite.

        Source: D = (C1 + gamma C2)/(1 - gamma), Theorem 4 of Lee et al. 2021.
        """
        if self.c1 is None or self.c2 is None:
            return None
        return (self.c1 + discount * self.c2) / (1 - discount)
