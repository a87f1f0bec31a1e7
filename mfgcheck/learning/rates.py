"""Learning rates: the step of each update of TQ-learning."""

from __future__ import annotations

from dataclasses import dataclass

from mfgcheck.errors import BadInput


@dataclass(frozen=True)
class Rate:
    """The step of the update of a pair is c_k / (n + 1)^power.

    Here n counts the updates of the pair since the iteration k of the mean field began, and c_k
    goes geometrically from `first`, in the first iteration, to `last`, in the last one.

    Attributes:
        first, last: in (0, 1].
        power: at least 0; the theorems ask for one in (1/2, 1).

    Raises:
        BadInput: a number is out of its range.

    Source: alpha = 1/(n + 1)^w in Theorems 8 and 9 of Lee et al. (2021); "logarithmically decaying
    ... from 10^-3 to 10^-2" in appendix F.1, which rises: `PRINTED`, and `DECAYING` the other way.

    >>> Rate(1e-2, 1e-3).at(5, 11)  # half way
    0.00316...
    """

    first: float = 1.0
    last: float | None = None
    power: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("first", self.first), ("last", self.last)):
            if value is not None and not (_is_number(value) and 0 < value <= 1):
                raise BadInput(f"the learning rate is {value} ({name}): it must lie in (0, 1]")
        if not (_is_number(self.power) and 0 <= self.power < float("inf")):
            raise BadInput(f"the power of the learning rate is {self.power}: it must be at least 0")
        for name in ("first", "last", "power"):  # loops are compiled for floats
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))

    def at(self, iteration: int, iterations: int) -> float:
        """Return c_k for k = 0 .. iterations - 1."""
        if self.last is None or iterations < 2:
            return self.first
        part = iteration / (iterations - 1)
        return float(self.first ** (1 - part) * self.last**part)

    def __str__(self) -> str:
        scale = f"{self.first:g}" if self.last is None else f"{self.first:g} to {self.last:g}"
        return scale if self.power == 0 else f"{scale}, over (n + 1)^{self.power:g}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def need_rate(rate: object) -> None:
    """Raise BadInput if this is no `Rate`."""
    if not isinstance(rate, Rate):
        raise BadInput(f"the learning rate is {rate!r}: it must be Rate(...), as in Rate(0.01)")


PRINTED = Rate(1e-3, 1e-2)
"""As appendix F.1 prints it: from 10^-3 to 10^-2."""

DECAYING = Rate(1e-2, 1e-3)
"""As appendix F.1 calls it: decaying."""

POLYNOMIAL = Rate(power=0.85)
"""1/(n + 1)^w with w in (1/2, 1), as in the theorems."""
