"""Verdicts do not depend on how a game is written, and no verdict is a truth value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational as R

from mfgcheck import Game, check, point
from mfgcheck.game.laws import Law, mixture
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.verify.check import Report
from mfgcheck.verify.verdict import Status
from mfgcheck.verify.witness import enclosed

Phi = Callable[[int], sympy.Rational]
Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((2,), (3,), (4,), (2, 2))
WEIGHTS: dict[str, Callable[[Any], Any]] = {  # of an aggregate in [0, 1]; values in [0, 1]
    "affine": lambda m: R(1, 10) + m / 2,
    "falling": lambda m: R(2, 3) - m / 3,
    "square": lambda m: m**2,
    "bump": lambda m: m * (1 - m),
    "exponential": lambda m: sympy.exp(-m),
    "kink": lambda m: sympy.Min(m, R(1, 2)),
    "step": lambda m: sympy.Piecewise((R(1, 4), m < R(1, 2)), (R(3, 4), True)),
    "late step": lambda m: sympy.Piecewise((R(3, 4), m < 1), (R(1, 4), True)),
}


@dataclass(frozen=True)
class Spec:
    """P = (1 - w(m)) first + w(m) second and r = constant + slope w(m), row by row, with states
    and actions by number; m is the mean of phi, with values in [0, 1]."""

    states: Shape
    actions: int
    weight: str
    phi: tuple[Fraction, ...]
    laws: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    rewards: tuple[tuple[Fraction, Fraction], ...]


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    states = draw(st.sampled_from(SHAPES))
    n = int(sympy.prod(states))
    actions = draw(st.integers(1, 2))
    sixths = st.integers(-2, 2).map(lambda k: Fraction(k, 6))
    # Monotone choices are drawn more often than chance would: proofs should occur, too.
    law = st.lists(st.integers(0, n - 1), min_size=1, max_size=2).map(tuple)
    if draw(st.booleans()):
        base = draw(law)
        pairs = [(base, (n - 1,))] * (n * actions)
        rewards = [(Fraction(s, 3), Fraction(0)) for s in range(n) for _ in range(actions)]
    else:
        pairs = draw(st.lists(st.tuples(law, law), min_size=n * actions, max_size=n * actions))
        rewards = draw(
            st.lists(st.tuples(sixths, sixths), min_size=n * actions, max_size=n * actions)
        )
    values = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    phi = [Fraction(v, 4) for v in (sorted(values) if draw(st.booleans()) else values)]
    weight = draw(st.sampled_from(sorted(WEIGHTS)))
    return Spec(states, actions, weight, tuple(phi), tuple(pairs), tuple(rewards))


def law_of(outcomes: tuple[int, ...], names: tuple[Any, ...]) -> Law:
    share = Fraction(1, len(outcomes))
    counts: dict[Any, Fraction] = {}
    for x in outcomes:
        counts[names[x]] = counts.get(names[x], Fraction(0)) + share
    found = mixture(counts)
    assert isinstance(found, Law)
    return found


def order_of(shape: Shape) -> Order:
    return chain(*shape) if len(shape) == 1 else product(*shape)


def number(value: Fraction) -> sympy.Rational:
    return R(value.numerator, value.denominator)


def build(
    spec: Spec,
    *,
    order: Order | None = None,
    scale: Fraction = Fraction(1),
    shift: Callable[[Any], Any] = lambda z: 0,
    affine: tuple[Fraction, Fraction] = (Fraction(1), Fraction(0)),
    swap: bool = False,
    split: bool = False,
) -> Game:
    """Return the game of a spec, written in one of several equivalent ways."""
    states = order or order_of(spec.states)
    k, offset = number(affine[0]), number(affine[1])

    def mean(z: Any) -> Any:
        def phi(x: Any) -> Any:
            return k * number(spec.phi[states.index[_label(x)]]) + offset

        return (z.mean(phi) - offset) / k

    def row(s: Any, a: Any) -> int:
        return states.index[_label(s)] * spec.actions + int(a)

    def transition(s: Any, a: Any, z: Any) -> object:
        first, second = (law_of(part, states.labels) for part in spec.laws[row(s, a)])
        w = WEIGHTS[spec.weight](mean(z))
        parts = [(1 - w, first), (w, second)]
        if split:
            parts = [(1 - w, first), (w / 3, second), (w * R(2, 3), second)]
        return parts[::-1] if swap else parts

    def reward(s: Any, a: Any, z: Any) -> object:
        constant, slope = map(number, spec.rewards[row(s, a)])
        return number(scale) * (constant + slope * WEIGHTS[spec.weight](mean(z)) + shift(z))

    return Game(states, spec.actions, reward, transition, discount="1/2", tremble=0)


def _label(value: Any) -> Any:
    """A label from what user functions receive: numbers come as sympy's."""
    if isinstance(value, tuple):
        return tuple(map(_label, value))
    return int(value) if isinstance(value, sympy.Integer) else value


def statuses(report: Report) -> Mapping[str, Status]:
    return {name: verdict.status for name, verdict in report.clauses.items()}


def decided(spec: Spec) -> Mapping[str, Status]:
    return statuses(check(build(spec)))


@given(specs())
@settings(max_examples=60)
def test_every_refutation_replays_negative(spec: Spec) -> None:
    made = build(spec)
    for verdict in check(made).clauses.values():
        assert (verdict.witness is not None) == (verdict.status == Status.REFUTED)
        for witness in (verdict.witness, verdict.witness and verdict.witness.unclipped):
            if witness is not None:
                value = witness.replay(made)
                assert value == witness.value
                assert enclosed(value)[1] < 0


@given(specs())
@settings(max_examples=40)
def test_witnesses_compare_mean_fields_of_which_the_second_dominates(spec: Spec) -> None:
    made = build(spec)
    labels, leq = made.states.labels, made.states.leq
    for verdict in check(made).clauses.values():
        witness = verdict.witness
        if witness is None or witness.z2 is None:
            continue
        for low in range(len(labels)):  # upper sets of the chain; principal ones of a product
            up = [labels[y] for y in range(len(labels)) if leq(low, y)]
            before, after = (
                sum(z.get(x, Fraction(0)) for x in up) for z in (witness.z, witness.z2)
            )
            assert before <= after


@given(specs(), st.sampled_from(["words", "fractions", "reversed numbers"]))
@settings(max_examples=40)
def test_names_of_states_do_not_matter(spec: Spec, kind: str) -> None:
    def renamed(n: int) -> list[object]:
        if kind == "words":
            return [f"level {chr(122 - i)}" for i in range(n)]
        if kind == "fractions":
            return [Fraction(2 * i + 1, 2) for i in range(n)]
        return list(range(n, 0, -1))

    factors = [renamed(n) for n in spec.states]
    order = chain(*factors) if len(factors) == 1 else product(*factors)
    made = _with_names(spec, order)
    assert statuses(check(made)) == decided(spec)


def _with_names(spec: Spec, order: Order) -> Game:
    """The game of a spec on an order of its shape, whatever the labels; phi is read by label."""
    position = dict(zip(order.values, range(order.size), strict=True))
    plain = build(spec)

    def transition(s: Any, a: Any, z: Any) -> object:
        i = position[s] * spec.actions + int(a)
        first, second = (law_of(part, order.labels) for part in spec.laws[i])
        w = WEIGHTS[spec.weight](z.mean(lambda x: number(spec.phi[position[x]])))
        return [(1 - w, first), (w, second)]

    def reward(s: Any, a: Any, z: Any) -> object:
        constant, slope = map(number, spec.rewards[position[s] * spec.actions + int(a)])
        w = WEIGHTS[spec.weight](z.mean(lambda x: number(spec.phi[position[x]])))
        return constant + slope * w

    return Game(order, plain.actions, reward, transition, discount="1/2", tremble=0)


@given(specs(), st.fractions(Fraction(-3), Fraction(3), max_denominator=9))
@settings(max_examples=40)
def test_a_constant_added_to_the_reward_does_not_matter(spec: Spec, constant: Fraction) -> None:
    assert statuses(check(build(spec, shift=lambda z: number(constant)))) == decided(spec)


@given(specs())
@settings(max_examples=40)
def test_a_function_of_z_added_to_the_reward_does_not_matter(spec: Spec) -> None:
    """It cancels in every difference in s or a; only best rewards can see it, and do not."""
    shifted = build(spec, shift=lambda z: sympy.exp(z.mean(lambda x: 1 if x == 0 else 0)) - 7)
    assert statuses(check(shifted)) == decided(spec)


@given(specs(), st.sampled_from([Fraction(1, 10**30), Fraction(3, 7), Fraction(10**30)]))
@settings(max_examples=60)
def test_the_unit_of_the_reward_does_not_matter(spec: Spec, scale: Fraction) -> None:
    assert statuses(check(build(spec, scale=scale))) == decided(spec)


@given(
    specs(),
    st.sampled_from([Fraction(1, 10**20), Fraction(5, 3), Fraction(-2)]),
    st.fractions(Fraction(-2), Fraction(2), max_denominator=5),
)
@settings(max_examples=60)
def test_the_unit_of_the_aggregate_does_not_matter(
    spec: Spec, scale: Fraction, offset: Fraction
) -> None:
    assert statuses(check(build(spec, affine=(scale, offset)))) == decided(spec)


@given(specs())
@settings(max_examples=30)
def test_the_order_of_branches_does_not_matter(spec: Spec) -> None:
    assert statuses(check(build(spec, swap=True))) == decided(spec)


@given(specs())
@settings(max_examples=30)
def test_a_branch_may_be_written_in_parts(spec: Spec) -> None:
    assert statuses(check(build(spec, split=True))) == decided(spec)


@given(st.lists(specs(), min_size=2, max_size=2), st.fractions(0, 1, max_denominator=7))
@settings(max_examples=40)
def test_what_two_games_have_in_common_their_mixture_has(pair: list[Spec], share: Fraction) -> None:
    """Every clause but the one on best rewards is a set of linear inequalities in (r, P)."""
    shape, actions, phi = pair[0].states, pair[0].actions, pair[0].phi
    n = len(pair[0].laws)
    if len(pair[1].laws) < n or pair[1].states != shape:
        return
    other = replace(
        pair[1], actions=actions, phi=phi, laws=pair[1].laws[:n], rewards=pair[1].rewards[:n]
    )
    first, second = build(pair[0]), build(other)
    p = number(share)

    def transition(s: Any, a: Any, z: Any) -> object:
        parts: list[tuple[Any, Any]] = []
        for weight, game in ((p, first), (1 - p, second)):
            law: Any = game.transition(s, a, z)
            parts += [(weight * w, x) for w, x in law]
        return parts

    def reward(s: Any, a: Any, z: Any) -> object:
        one: Any = first.reward(s, a, z)
        two: Any = second.reward(s, a, z)
        return p * one + (1 - p) * two

    mixed = Game(first.states, actions, reward, transition, discount="1/2", tremble=0)
    parts = [statuses(check(game)) for game in (first, second)]
    for name, status in statuses(check(mixed)).items():
        if name != "reward.max_monotone_s" and all(part[name] == Status.PROVED for part in parts):
            assert status == Status.PROVED, name


@given(specs())
@settings(max_examples=10)
def test_no_verdict_is_a_truth_value(spec: Spec) -> None:
    report = check(build(spec))
    for verdict in report.clauses.values():
        with pytest.raises(TypeError):
            bool(verdict)
    with pytest.raises(TypeError):
        bool(report)
    with pytest.raises(TypeError):
        bool(report.status)


def test_a_game_on_labels_that_are_points_of_a_plane() -> None:
    """The same product, once with tuples of numbers and once with tuples of words."""

    def of(order: Order) -> Mapping[str, Status]:
        top = order.labels[-1]
        made = Game(
            order,
            1,
            lambda s, a, z: z[top] if s == order.values[0] else 1,
            lambda s, a, z: [(z[top], point(top)), (1 - z[top], s)],
            discount="1/2",
            tremble=0,
        )
        return statuses(check(made))

    assert of(product(2, 2)) == of(product(["low", "high"], ["b", "a"]))
