"""Functionals of the mean field: which aggregates they are, and what functions share one."""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from fractions import Fraction as F
from functools import partial
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Rational as R

from mfgcheck.errors import InvalidGame
from mfgcheck.game.mean_field import ConcreteMeanField, TracedMeanField
from mfgcheck.game.orders import Order, chain, product


def values(z: TracedMeanField) -> list[tuple[object, ...]]:
    return [aggregate.values for aggregate in z.aggregates.values()]


def test_mean_mass_and_tail_of_a_chain() -> None:
    z = TracedMeanField(chain(3))
    z.mean(), z[1], z.tail(1)
    assert values(z) == [(0, 1, 2), (0, 1, 0), (0, 1, 1)]


def test_tail_of_a_product_is_the_mass_at_or_above() -> None:
    z = TracedMeanField(product(2, 2))
    z.tail((0, 1))
    assert values(z) == [(0, 1, 0, 1)]


def test_tail_follows_the_order_and_not_the_numbers() -> None:
    z = TracedMeanField(chain([5, 1, 3]))
    z.tail(1)
    assert values(z) == [(0, 1, 1)]


def test_equal_values_are_one_aggregate() -> None:
    z = TracedMeanField(chain(3))
    assert z.mean() == z.mean(lambda x: x) == z.mean(lambda x: 2 * x / 2)
    assert z[2] == z.tail(2)
    assert len(z.aggregates) == 2


def test_a_constant_functional_is_a_number() -> None:
    z = TracedMeanField(chain(3))
    assert z.tail(0) == 1
    assert z.mean(lambda x: R(2, 3)) == R(2, 3)
    assert z.mean(lambda x: sympy.sqrt(2)) == sympy.sqrt(2)
    assert not z.aggregates


def test_names_differ_where_aggregates_do() -> None:
    z = TracedMeanField(chain([0, 1]))
    assert z[0] != z[1]
    assert z.mean(lambda x: 1 if x == 0 else 3) != z.mean(lambda x: 1 if x == 0 else 4)
    assert len({a.name for a in z.aggregates.values()}) == 4


def one(order: Order, *functions: Callable[[Any], object]) -> bool:
    """Whether the functions give one aggregate, with the values that each has by itself."""
    z = TracedMeanField(order)
    symbols = [z.mean(f) for f in functions]
    for symbol, f in zip(symbols, functions, strict=True):
        alone = TracedMeanField(order)
        alone.mean(f)
        assert z.aggregates[symbol].values == values(alone)[0]
    return len(set(symbols)) == 1


def scaled(k: object) -> Callable[[Any], object]:
    return lambda x: k * x


def test_closures_are_told_apart_by_what_they_hold() -> None:
    assert one(chain(3), scaled(2), scaled(2))
    assert not one(chain(3), scaled(2), scaled(3))
    assert not one(chain(3), scaled(R(1, 2)), scaled(F(1, 3)))


def test_defaults_tell_functions_apart() -> None:
    functions = [lambda x, k=k: k * x for k in (1, 2)]
    assert not one(chain(3), *functions)


def test_keyword_defaults_tell_functions_apart() -> None:
    def make(k: int) -> Callable[[Any], object]:
        def phi(x: Any, *, k: int = k) -> object:
            return k * x

        return phi

    assert not one(chain(3), make(1), make(2))


def test_closures_over_functions_are_told_apart_by_these() -> None:
    def outer(f: Callable[[Any], object]) -> Callable[[Any], object]:
        return lambda x: f(x)

    assert one(chain(3), outer(scaled(2)), outer(scaled(2)))
    assert not one(chain(3), outer(scaled(2)), outer(scaled(3)))


def test_closures_over_lists_are_read_afresh() -> None:
    table = [0, 1, 2]
    z = TracedMeanField(chain(3))
    first = z.mean(lambda x: table[int(x)])
    table[2] = 7
    second = z.mean(lambda x: table[int(x)])
    assert first != second


def test_functions_with_equal_code_but_other_globals_differ() -> None:
    functions = []
    for k in (1, 2):
        module = types.ModuleType(f"module{k}")
        module.__dict__["K"] = k
        exec("def phi(x): return K * x", module.__dict__)
        functions.append(module.phi)
    assert not one(chain(3), *functions)


def test_partials_and_callable_objects() -> None:
    class Scale:
        def __init__(self, k: int) -> None:
            self.k = k

        def __call__(self, x: Any) -> object:
            return self.k * x

        def times(self, x: Any) -> object:
            return self.k * x

    assert not one(chain(3), Scale(1), Scale(2))
    assert not one(chain(3), Scale(1).times, Scale(2).times)
    assert not one(chain(3), partial(operator.mul, 1), partial(operator.mul, 2))


def test_a_function_may_call_itself() -> None:
    def factorial(x: Any) -> Any:
        return 1 if x == 0 else x * factorial(x - 1)

    z = TracedMeanField(chain(4))
    z.mean(factorial)
    assert values(z) == [(1, 1, 2, 6)]


def test_phi_is_called_once_for_each_state() -> None:
    called: list[object] = []

    def phi(x: Any) -> object:
        called.append(x)
        return x

    z = TracedMeanField(chain(3))
    z.mean(phi)
    z.mean(phi)
    assert called == [0, 1, 2]


@pytest.mark.parametrize(
    "use",
    [
        lambda z: z.mean(lambda x: None),
        lambda z: z.mean(lambda x: float("nan")),
        lambda z: z.mean(lambda x: sympy.log(x)),
        lambda z: z.mean(lambda x: sympy.Symbol("y")),
        lambda z: z.mean(lambda x: sympy.sqrt(x - 1)),
        lambda z: z[3],
        lambda z: z[sympy.Symbol("m")],
        lambda z: z.tail("a"),
        lambda z: list(z),
        lambda z: np.asarray(z),
    ],
)
def test_functionals_refused(use: Callable[[TracedMeanField], object]) -> None:
    with pytest.raises(InvalidGame):
        use(TracedMeanField(chain(3)))


def test_the_mean_of_words_needs_a_function() -> None:
    with pytest.raises(InvalidGame, match="give a function"):
        TracedMeanField(chain(["a", 1])).mean()


def test_concrete_functionals_are_exact() -> None:
    z = ConcreteMeanField(chain([0, "x", F(3, 2)]), {0: "1/4", F(3, 2): F(3, 4)})
    assert z.tail("x") == R(3, 4)
    assert z["x"] == 0
    assert z.mean(lambda x: sympy.sqrt(2) if x == 0 else 4) == sympy.sqrt(2) / 4 + 3


@pytest.mark.parametrize(
    "masses", [{0: "1/2"}, {0: "3/2", 1: "-1/2"}, {3: 1}, {0: "a"}, {}, {0: float("nan"), 1: 1}]
)
def test_concrete_mean_fields_refused(masses: dict[Any, object]) -> None:
    with pytest.raises(InvalidGame):
        ConcreteMeanField(chain(3), masses)
