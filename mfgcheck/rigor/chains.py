"""Markov chains in exact arithmetic: closed classes and stationary laws."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import flint
import numpy as np

Law: TypeAlias = tuple[Fraction, ...]
"""A law on the states: the mass of each, by state number."""

Matrix: TypeAlias = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Stationary:
    """The stationary laws of a kernel.

    Attributes:
        classes: the closed classes, each by its state numbers.
        law: the stationary law if there is one closed class, and so only one law; else None.
    """

    classes: tuple[tuple[int, ...], ...]
    law: Law | None


def closed_classes(kernel: Matrix) -> tuple[tuple[int, ...], ...]:
    """Return the closed classes of a kernel, each by its state numbers.

    >>> closed_classes(((Fraction(1), Fraction(0)), (Fraction(1, 2), Fraction(1, 2))))
    ((0,),)
    """
    n = len(kernel)
    reach = np.array([[bool(p) for p in row] for row in kernel]).reshape(n, n)
    reach |= np.eye(n, dtype=bool)
    for _ in range(n.bit_length()):  # paths of twice the length each time; counts are exact
        steps = reach.astype(np.float32)
        reach = steps @ steps > 0
    # s lies in a closed class if whatever it reaches reaches s.
    closed = ~np.any(reach & ~reach.T, axis=1)
    found = {tuple(np.flatnonzero(reach[s]).tolist()) for s in np.flatnonzero(closed)}
    return tuple(sorted(found))


def stationary(kernel: Matrix) -> Stationary:
    """Return the closed classes of a kernel, and its stationary law if there is only one.

    >>> stationary(((Fraction(1, 2), Fraction(1, 2)), (Fraction(1), Fraction(0)))).law
    (Fraction(2, 3), Fraction(1, 3))
    """
    classes = closed_classes(kernel)
    if len(classes) != 1:
        return Stationary(classes, None)
    members = classes[0]
    n = len(members)
    # p (1 - K) = 0 with its last equation replaced by sum p = 1, on the closed class.
    system = flint.fmpq_mat(n, n)
    for i, s in enumerate(members):
        for j, t in enumerate(members):
            system[j, i] = rational(Fraction(int(i == j)) - kernel[s][t]) if j < n - 1 else 1
    masses = system.solve(flint.fmpq_mat(n, 1, [0] * (n - 1) + [1])).entries()
    law = [Fraction(0)] * len(kernel)
    for s, mass in zip(members, masses, strict=True):
        law[s] = fraction(mass)
    return Stationary(classes, tuple(law))


def rational(x: Fraction) -> Any:
    """Return a fraction as flint's rational number.

    >>> rational(Fraction(1, 3))
    1/3
    """
    return flint.fmpq(x.numerator, x.denominator)


def fraction(x: Any) -> Fraction:
    """Return flint's rational number as a fraction.

    >>> fraction(rational(Fraction(1, 3)))
    Fraction(1, 3)
    """
    return Fraction(int(x.p), int(x.q))
