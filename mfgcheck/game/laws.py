"""Exact probability laws and the arithmetic on them.

A `Law` has rational probabilities. A `Blend` is a mixture of laws whose weights are expressions
(of the mean field, or irrational constants); it has the same arithmetic. Two laws in one
expression are independent of each other.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Generic, TypeAlias, TypeVar, overload

import sympy

from mfgcheck.errors import InvalidGame
from mfgcheck.game.formulas import (
    is_formula,
    lift,
    mix_formulas,
    uniform_formulas,
)
from mfgcheck.game.numbers import Label, exact, label_text, label_value, normal_label, rational

T = TypeVar("T")
Weights: TypeAlias = Mapping[object, object]


class _Arithmetic(Generic[T]):
    """What laws and blends have in common: images under a map, and sums of independent draws."""

    # sympy numbers leave `number + law` to us when they see this attribute.
    _op_priority = 20.0
    __slots__ = ()

    @abstractmethod
    def _image(self, f: Callable[[Label], Label], *, clipping: bool = False) -> T:
        """Return the law of f(x), noting where `clipping` moved an outcome."""

    @abstractmethod
    def _convolve(self, other: Law | Blend) -> T | Blend:
        """Return the law of x + y for independent x, y."""

    # Where a label is a symbol, the result is a `FormulaLaw`, which has the same arithmetic. It is
    # met only where games are read for all sizes, so the signatures keep to laws of numbers.

    def __add__(self, other: object) -> T | Blend:
        if isinstance(other, (Law, Blend)):
            return self._convolve(other)
        if is_formula(other):
            return lift(self) + other  # type: ignore[return-value]
        k = _shift(other)
        return self._image(lambda x: _number(x) + k)

    __radd__ = __add__

    def __neg__(self) -> T:
        return self._image(lambda x: -_number(x))

    def __sub__(self, other: object) -> T | Blend:
        if isinstance(other, (Law, Blend)):
            return self._convolve(-other)
        if is_formula(other):
            return lift(self) - other  # type: ignore[return-value]
        k = _shift(other)
        return self._image(lambda x: _number(x) - k)

    def __rsub__(self, other: object) -> T:
        if is_formula(other):
            return other - lift(self)  # type: ignore[return-value]
        k = _shift(other)
        return self._image(lambda x: k - _number(x))

    def clip(self, lo: object, hi: object) -> T:
        """Return the law of min(max(x, lo), hi)."""
        if is_formula(lo) or is_formula(hi):
            return lift(self).clip(lo, hi)  # type: ignore[return-value]
        low, high = _shift(lo), _shift(hi)
        if low > high:
            raise InvalidGame(f"clip({low}, {high}): the lower end lies above the upper end")
        return self._image(lambda x: min(max(_number(x), low), high), clipping=True)

    def max(self, k: object) -> T:
        """Return the law of max(x, k)."""
        if is_formula(k):
            return lift(self).max(k)  # type: ignore[return-value]
        low = _shift(k)
        return self._image(lambda x: max(_number(x), low), clipping=True)

    def min(self, k: object) -> T:
        """Return the law of min(x, k)."""
        if is_formula(k):
            return lift(self).min(k)  # type: ignore[return-value]
        high = _shift(k)
        return self._image(lambda x: min(_number(x), high), clipping=True)

    def map(self, f: Callable[..., object]) -> T:
        """Return the law of f(x); f receives numbers as exact sympy numbers."""
        return self._image(lambda x: normal_label(f(label_value(x))))


@dataclass(frozen=True, slots=True)
class Law(_Arithmetic["Law"]):
    """An exact probability law: outcome `outcomes[i]` has probability `weights[i] / denominator`.

    Outcomes are sorted and weights are positive integers in lowest terms, so that equal laws are
    equal objects. `clipped` says that a clip, max or min moved an outcome on the way, and
    `floats` lists float literals that were read as decimals; neither takes part in comparisons.
    """

    outcomes: tuple[Label, ...]
    weights: tuple[int, ...]
    denominator: int
    clipped: bool = field(default=False, compare=False)
    floats: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def probabilities(self) -> dict[Label, Fraction]:
        """The probability of each outcome.

        >>> mixture({0: "1/10", 3: "9/10"}).probabilities
        {0: Fraction(1, 10), 3: Fraction(9, 10)}
        """
        return {
            x: Fraction(w, self.denominator)
            for x, w in zip(self.outcomes, self.weights, strict=True)
        }

    def _image(self, f: Callable[[Label], Label], *, clipping: bool = False) -> Law:
        images = [f(x) for x in self.outcomes]
        moved = self.clipped or (clipping and images != list(self.outcomes))
        return _collect(images, self.weights, self.denominator, clipped=moved, floats=self.floats)

    @overload
    def _convolve(self, other: Law) -> Law: ...
    @overload
    def _convolve(self, other: Blend) -> Blend: ...
    def _convolve(self, other: Law | Blend) -> Law | Blend:
        if isinstance(other, Blend):
            return other._convolve(self)
        sums: list[Label] = []
        weights: list[int] = []
        for x, v in zip(self.outcomes, self.weights, strict=True):
            for y, w in zip(other.outcomes, other.weights, strict=True):
                sums.append(_number(x) + _number(y))
                weights.append(v * w)
        return _collect(
            sums,
            weights,
            self.denominator * other.denominator,
            clipped=self.clipped or other.clipped,
            floats=self.floats | other.floats,
        )

    def __str__(self) -> str:
        parts = (f"{label_text(x)}: {p}" for x, p in self.probabilities.items())
        return "{" + ", ".join(parts) + "}"


@dataclass(frozen=True, slots=True)
class Blend(_Arithmetic["Blend"]):
    """A mixture of laws with symbolic weights: `parts` holds (weight, law) pairs."""

    parts: tuple[tuple[sympy.Expr, Law], ...]

    def _image(self, f: Callable[[Label], Label], *, clipping: bool = False) -> Blend:
        return Blend(
            tuple((weight, law._image(f, clipping=clipping)) for weight, law in self.parts)
        )

    def _convolve(self, other: Law | Blend) -> Blend:
        others = other.parts if isinstance(other, Blend) else ((sympy.S.One, other),)
        return Blend(tuple((v * w, x._convolve(y)) for v, x in self.parts for w, y in others))


def point(x: object) -> Law:
    """Return the law that gives x for certain.

    >>> print(point(3).clip(0, 2))
    {2: 1}
    """
    if is_formula(x):
        return lift(x)  # type: ignore[return-value]
    return Law((normal_label(x),), (1,), 1)


def uniform(outcomes: Iterable[object]) -> Law:
    """Return the law that gives each of the outcomes the same probability.

    An outcome that is listed twice counts twice.

    Raises:
        InvalidGame: there is no outcome.

    >>> print(uniform([1, 2, 3]))
    {1: 1/3, 2: 1/3, 3: 1/3}
    """
    if isinstance(outcomes, range):
        return _uniform_range(outcomes)
    given = list(outcomes)
    if any(map(is_formula, given)):
        return uniform_formulas(given)  # type: ignore[return-value]
    found = [normal_label(x) for x in given]
    if not found:
        raise InvalidGame("uniform(...) needs at least one outcome")
    return _collect(found, [1] * len(found), len(found))


@lru_cache(maxsize=1024)
def _uniform_range(outcomes: range) -> Law:
    if not outcomes:
        raise InvalidGame("uniform(...) needs at least one outcome")
    return _collect(list(outcomes), [1] * len(outcomes), len(outcomes))


def mixture(weights: Weights) -> Law | Blend:
    """Return the mixture that draws from each key, an outcome or a law, with its weight.

    Weights are rational numbers, decimal strings, or sympy expressions (which may hold aggregates
    of the mean field or irrational constants; then the result is a `Blend`).

    Raises:
        InvalidGame: rational weights that are negative or do not sum to 1. (Symbolic weights are
            checked when the game is made.)

    >>> print(mixture({0: "1/10", uniform([1, 2, 3]): "9/10"}))
    {0: 1/10, 1: 3/10, 2: 3/10, 3: 3/10}
    """
    if any(map(is_formula, weights)):
        return mix_formulas(weights)  # type: ignore[return-value]
    parts: list[tuple[Fraction | sympy.Expr, Law]] = []
    floats: set[str] = set()
    for key, weight in weights.items():
        if isinstance(weight, float):
            floats.add(repr(weight))
        number = _weight(weight)
        if isinstance(key, Blend):
            parts.extend((_expression(number) * inner, law) for inner, law in key.parts)
        else:
            parts.append((number, key if isinstance(key, Law) else point(key)))
    if not all(isinstance(weight, Fraction) for weight, _ in parts):
        return Blend(tuple((_expression(weight), law) for weight, law in parts))
    shares = [(weight, law) for weight, law in parts if isinstance(weight, Fraction)]
    for weight, law in shares:
        if weight < 0:
            raise InvalidGame(f"mixture: the weight {weight} of {law} is negative")
    total = sum((weight for weight, _ in shares), Fraction(0))
    if total != 1:
        raise InvalidGame(f"mixture: the weights sum to {total}, not 1")
    scale = math.lcm(1, *(weight.denominator * law.denominator for weight, law in shares))
    outcomes: list[Label] = []
    counts: list[int] = []
    for weight, law in shares:
        factor = weight.numerator * (scale // (weight.denominator * law.denominator))
        outcomes.extend(law.outcomes)
        counts.extend(factor * w for w in law.weights)
        floats |= law.floats
    clipped = any(law.clipped for _, law in shares)
    return _collect(outcomes, counts, scale, clipped=clipped, floats=frozenset(floats))


def _weight(weight: object) -> Fraction | sympy.Expr:
    if isinstance(weight, sympy.Expr) and not isinstance(weight, (sympy.Rational, sympy.Float)):
        return weight
    return exact(weight, "a mixture weight")


def _expression(weight: Fraction | sympy.Expr) -> sympy.Expr:
    return rational(weight) if isinstance(weight, Fraction) else weight


def _number(x: Label) -> int | Fraction:
    if isinstance(x, (int, Fraction)):
        return x
    raise InvalidGame(
        f"the outcome {label_text(x)} is not a number: use law.map(f) instead of arithmetic"
    )


def _shift(k: object) -> int | Fraction:
    if type(k) is int:
        return k
    if isinstance(k, sympy.Integer):
        return int(k.p)
    if isinstance(k, sympy.Expr) and k.free_symbols:
        raise InvalidGame(
            f"{k} depends on the mean field: outcomes are fixed, only weights may depend on z"
        )
    return _number(normal_label(k))


def _collect(
    outcomes: list[Label],
    weights: Iterable[int],
    denominator: int,
    *,
    clipped: bool = False,
    floats: frozenset[str] = frozenset(),
) -> Law:
    """Merge equal outcomes, sort them and bring the weights to lowest terms."""
    counts: dict[Label, int] = {}
    for x, w in zip(outcomes, weights, strict=True):
        if w:
            counts[x] = counts.get(x, 0) + w
    try:
        keys = sorted(counts)  # type: ignore[type-var]
    except TypeError:  # labels of several kinds have no common order
        keys = sorted(counts, key=lambda x: (type(x).__name__, str(x)))
    values = [counts[x] for x in keys]
    common = math.gcd(denominator, *values)
    if common > 1:
        values = [w // common for w in values]
        denominator //= common
    return Law(tuple(keys), tuple(values), denominator, clipped, floats)
