"""Finite chains and products of chains: the orders of states and of actions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mfgcheck.errors import InvalidGame
from mfgcheck.game.numbers import Label, label_text, label_value, normal_label

_MOST = 10**7  # elements: beyond, memory runs out

Indices: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """A chain, or a product of chains ordered componentwise.

    `chains` holds the labels of each factor from lowest to highest. The elements are numbered in
    lexicographic order (the last factor runs fastest), which is a linear extension: x < y implies
    that x has the smaller number. With one factor the elements are the factor's labels, with more
    they are tuples.
    """

    chains: tuple[tuple[Label, ...], ...]

    @property
    def is_chain(self) -> bool:
        """Whether any two elements are comparable (at most one factor has two labels)."""
        return sum(n > 1 for n in self.shape) <= 1

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Number of labels of each factor."""
        return tuple(len(chain) for chain in self.chains)

    @cached_property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=object))

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The elements, by number."""
        if len(self.chains) == 1:
            return self.chains[0]
        return tuple(itertools.product(*self.chains))

    @cached_property
    def values(self) -> tuple[object, ...]:
        """The elements as user functions receive them: numbers exact (sympy)."""
        return tuple(label_value(label) for label in self.labels)

    @cached_property
    def index(self) -> dict[Label, int]:
        """Number of each element, by its label."""
        return {label: i for i, label in enumerate(self.labels)}

    @cached_property
    def coordinates(self) -> Indices:
        """Array (size, factors): the position of each element in each factor."""
        grid = np.unravel_index(np.arange(self.size), self.shape)
        return np.stack(grid, axis=1).astype(np.int64)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """How much the number grows when one coordinate rises by one."""
        return tuple(int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape)))

    @cached_property
    def covers(self) -> tuple[Indices, Indices]:
        """Arrays (lower, upper) of the numbers of all covering pairs, in lexicographic order."""
        lower, upper = [], []
        for factor, stride in enumerate(self.strides):
            below = np.flatnonzero(self.coordinates[:, factor] < self.shape[factor] - 1)
            lower.append(below)
            upper.append(below + stride)
        low, up = np.concatenate(lower), np.concatenate(upper)
        order = np.lexsort((up, low))
        return low[order].astype(np.int64), up[order].astype(np.int64)

    def leq(self, x: int, y: int) -> bool:
        """Whether the element numbered x lies below (or is) the one numbered y."""
        return bool(np.all(self.coordinates[x] <= self.coordinates[y]))

    def up_set(self, x: int) -> Indices:
        """Numbers of all elements above (or equal to) the one numbered x."""
        if len(self.shape) == 1:
            return np.arange(x, self.size, dtype=np.int64)
        return np.flatnonzero(np.all(self.coordinates >= self.coordinates[x], axis=1))

    def text(self, x: int) -> str:
        """The label of the element numbered x, as reports print it."""
        return label_text(self.labels[x])

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)


def chain(labels: int | Iterable[object]) -> Order:
    """Return the chain 0 < 1 < ... < n-1, or of the given labels from lowest to highest.

    Raises:
        InvalidGame: the chain is empty, or a label occurs twice.

    >>> chain(["low", "high"]).labels
    ('low', 'high')
    """
    return Order((_factor(labels, "the chain"),))


def product(*factors: int | Iterable[object] | Order) -> Order:
    """Return the product of chains with the componentwise order; its elements are tuples.

    Raises:
        InvalidGame: there is no factor, or one is empty or repeats a label.

    >>> product(2, ["low", "high"]).labels
    ((0, 'low'), (0, 'high'), (1, 'low'), (1, 'high'))
    """
    chains: list[tuple[Label, ...]] = []
    for factor in factors:
        if isinstance(factor, Order):
            chains.extend(factor.chains)
        else:
            chains.append(_factor(factor, f"factor {len(chains)} of the product"))
    if not chains:
        raise InvalidGame("a product needs at least one chain")
    if math.prod(map(len, chains)) > _MOST:
        raise InvalidGame(f"a product of more than {_MOST} elements is refused")
    return Order(tuple(chains))


def order_of(space: int | Sequence[object] | Order, what: str) -> Order:
    """Read what `Game(states=...)` accepts: a number, labels from lowest to highest, an order.

    >>> order_of(3, "states").labels
    (0, 1, 2)
    """
    return space if isinstance(space, Order) else Order((_factor(space, what),))


def _factor(labels: object, what: str) -> tuple[Label, ...]:
    if isinstance(labels, (str, bool)):
        raise InvalidGame(f"{what}: {labels!r} is not a number of elements or a list of labels")
    if isinstance(labels, (Set, Mapping)):
        raise InvalidGame(f"{what}: a {type(labels).__name__} has no order: list the labels")
    if not isinstance(labels, Iterable):
        count = normal_label(labels)
        if isinstance(count, Fraction) or not isinstance(count, int):
            raise InvalidGame(f"{what}: {labels!r} is not a whole number of elements")
        if count < 1:
            raise InvalidGame(f"{what}: {count} elements given, at least one is needed")
        if count > _MOST:
            raise InvalidGame(f"{what}: more than {_MOST} elements are refused")
        return tuple(range(count))
    if isinstance(labels, range) and labels[_MOST:]:
        raise InvalidGame(f"{what}: more than {_MOST} elements are refused")
    found = tuple(normal_label(label) for label in labels)
    if not found:
        raise InvalidGame(f"{what}: no labels given, at least one is needed")
    if len(set(found)) == len(found) > len(set(map(label_text, found))):
        raise InvalidGame(f"{what}: two labels look the same in a report, such as 1 and '1'")
    if len(set(found)) < len(found):
        twice = next(label for i, label in enumerate(found) if label in found[:i])
        raise InvalidGame(f"{what}: the label {label_text(twice)} occurs twice")
    return found
