"""Upper sets, against the enumeration of all subsets."""

from __future__ import annotations

from itertools import chain as concatenate
from itertools import combinations

import pytest

from mfgcheck.game.orders import Order, chain, product
from mfgcheck.verify.upper_sets import MOST, TooManyUpperSets, closure, upper_sets

CASES = [
    (chain(4), (0, 1, 2, 3)),
    (chain(5), (1, 4)),
    (product(2, 2), (0, 1, 2, 3)),
    (product(2, 3), (0, 1, 2, 3, 4, 5)),
    (product(2, 3), (5, 1, 3)),
    (product(2, 2, 2), (7, 4, 2, 1)),
    (product(3, 3), (2, 4, 6)),  # an antichain
    (product(3, 3), (0,)),
    (product(1, 3), (0, 1, 2)),
]


def all_upper_sets(order: Order) -> list[frozenset[int]]:
    elements = range(order.size)
    subsets = concatenate.from_iterable(combinations(elements, k) for k in range(order.size + 1))
    return [
        frozenset(u) for u in subsets if all(y in u for x in u for y in elements if order.leq(x, y))
    ]


@pytest.mark.parametrize(("order", "support"), CASES)
def test_traces_are_those_of_all_upper_sets(order: Order, support: tuple[int, ...]) -> None:
    members, _ = upper_sets(order, support)
    found = [frozenset(x for x, m in zip(support, row, strict=True) if m) for row in members]
    expected = {u & frozenset(support) for u in all_upper_sets(order)}
    assert set(found) == expected - {frozenset(), frozenset(support)}
    assert len(found) == len(set(found))


@pytest.mark.parametrize(("order", "support"), CASES)
def test_minimal_states_generate_the_trace(order: Order, support: tuple[int, ...]) -> None:
    members, minimal = upper_sets(order, support)
    for row, generators in zip(members, minimal, strict=True):
        up = closure(order, generators)
        assert {x for x in support if x in up} == {
            x for x, m in zip(support, row, strict=True) if m
        }
        assert not any(x != y and order.leq(x, y) for x in generators for y in generators)


@pytest.mark.parametrize(("order", "support"), CASES)
def test_the_smallest_come_first(order: Order, support: tuple[int, ...]) -> None:
    _, minimal = upper_sets(order, support)
    sizes = [(len(closure(order, generators)), generators) for generators in minimal]
    assert sizes == sorted(sizes)


def test_the_generated_set_is_the_smallest_with_its_trace() -> None:
    order, support = product(2, 3), (5, 1, 3)
    members, minimal = upper_sets(order, support)
    for row, generators in zip(members, minimal, strict=True):
        trace = {x for x, m in zip(support, row, strict=True) if m}
        rivals = [u for u in all_upper_sets(order) if u & set(support) == trace]
        assert set(closure(order, generators)) == min(rivals, key=len)


def test_too_many_are_not_enumerated() -> None:
    order = product(2, 40)
    antichains = product(20, 20)
    assert len(upper_sets(order, tuple(range(80)))[1]) < MOST
    with pytest.raises(TooManyUpperSets, match="400 states"):
        upper_sets(antichains, tuple(range(400)))


def test_closure_of_several_states() -> None:
    assert closure(product(2, 2), (1, 2)) == (1, 2, 3)
    assert closure(chain(4), (2,)) == (2, 3)
