"""Chains and products of chains, against their definition."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from mfgcheck.errors import InvalidGame
from mfgcheck.game.orders import Order, chain, order_of, product

SHAPES = [(1,), (4,), (2, 3), (3, 1, 2), (1, 1), (2, 2, 2), (1, 4)]


def of_shape(shape: tuple[int, ...]) -> Order:
    return product(*shape)


def positions(order: Order) -> list[tuple[int, ...]]:
    """Each element's positions, from the labels alone (they are 0, 1, .. in each factor)."""
    return [label if isinstance(label, tuple) else (label,) for label in order.labels]


def below(x: tuple[int, ...], y: tuple[int, ...]) -> bool:
    return all(i <= j for i, j in zip(x, y, strict=True))


@pytest.mark.parametrize("shape", SHAPES)
def test_leq_is_componentwise(shape: tuple[int, ...]) -> None:
    order = of_shape(shape)
    where = positions(order)
    assert len(where) == order.size == np.prod(shape)
    for x, p in enumerate(where):
        for y, q in enumerate(where):
            assert order.leq(x, y) == below(p, q)


@pytest.mark.parametrize("shape", SHAPES)
def test_numbers_are_a_linear_extension(shape: tuple[int, ...]) -> None:
    order = of_shape(shape)
    assert all(x <= y for x in range(order.size) for y in range(order.size) if order.leq(x, y))


@pytest.mark.parametrize("shape", SHAPES)
def test_covers_are_the_pairs_with_nothing_between(shape: tuple[int, ...]) -> None:
    order = of_shape(shape)
    n = range(order.size)
    expected = [
        (x, y)
        for x in n
        for y in n
        if x != y
        and order.leq(x, y)
        and not any(v not in (x, y) and order.leq(x, v) and order.leq(v, y) for v in n)
    ]
    lower, upper = order.covers
    assert list(zip(lower.tolist(), upper.tolist(), strict=True)) == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_up_sets(shape: tuple[int, ...]) -> None:
    order = of_shape(shape)
    for x in range(order.size):
        assert order.up_set(x).tolist() == [y for y in range(order.size) if order.leq(x, y)]


@pytest.mark.parametrize("shape", SHAPES)
def test_is_chain(shape: tuple[int, ...]) -> None:
    order = of_shape(shape)
    n = range(order.size)
    assert order.is_chain == all(order.leq(x, y) or order.leq(y, x) for x in n for y in n)


def test_labels_keep_the_order_given() -> None:
    order = chain([3, "b", F(1, 2)])
    assert order.labels == (3, "b", F(1, 2))
    assert order.index[F(1, 2)] == 2
    assert order.leq(order.index[3], order.index["b"])


def test_product_of_products_is_flat() -> None:
    order = product(product(2, ["lo", "hi"]), 2)
    assert order.shape == (2, 2, 2)
    assert order.labels[5] == (1, "lo", 1)
    assert order.text(5) == "(1, lo, 1)"


@pytest.mark.parametrize("space", [0, -1, 2.5, True, "abc", [], ["a", "a"], [1, 1.0], None])
def test_what_is_no_space(space: object) -> None:
    with pytest.raises(InvalidGame, match=r"states|not a label"):
        order_of(space, "states")  # type: ignore[arg-type]


def test_a_set_has_no_order() -> None:
    with pytest.raises(InvalidGame, match="order"):
        order_of({"low", "high"}, "states")  # type: ignore[arg-type]


def test_empty_products() -> None:
    with pytest.raises(InvalidGame, match="at least one chain"):
        product()
    with pytest.raises(InvalidGame, match="factor 1"):
        product(2, [])


def test_labels_may_come_from_anything_iterable() -> None:
    assert order_of(np.arange(3), "states").labels == (0, 1, 2)  # type: ignore[arg-type]
    assert chain(x for x in "ab").labels == ("a", "b")


def test_labels_that_look_alike_are_refused() -> None:
    """A report would show the masses of the states 1 and '1' under one name."""
    with pytest.raises(InvalidGame, match="look the same"):
        chain([1, "1"])


@pytest.mark.parametrize("labels", [{"low", "high"}, {"low": 0, "high": 1}])
def test_what_has_no_order_is_refused(labels: Any) -> None:
    with pytest.raises(InvalidGame, match="has no order"):
        chain(labels)


@pytest.mark.parametrize("make", [lambda: chain(10**30), lambda: product(range(10**30), 2)])
def test_spaces_beyond_memory_are_refused(make: Any) -> None:
    with pytest.raises(InvalidGame, match="elements are refused"):
        make()
