"""Evidence about trembling-hand strategies and the mean field equation: exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.laws import uniform
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.rigor.linear import solve

Numbers: TypeAlias = tuple[Fraction, ...]


def printed_strategy(q: Sequence[Fraction], tremble: Fraction) -> Numbers:
    """Return pi_Q in one state as printed: 1 - eps for every maximiser, the rest eps/(|A| - 1)."""
    best = max(q)
    return tuple(1 - tremble if x == best else tremble / (len(q) - 1) for x in q)


def literal_ties(q: Sequence[int], tremble: Fraction) -> Finding:
    """Whether the printed strategy is no probability law for TQ-values with several maximisers."""
    masses = printed_strategy([Fraction(x) for x in q], tremble)
    total = sum(masses, Fraction(0))
    if total == 1:
        return denied(f"for Q = {tuple(q)} the printed strategy sums to 1")
    return confirmed(
        f"For Q = {tuple(q)} and eps = {tremble} the printed formula gives "
        f"({', '.join(map(str, masses))}), of sum {total}."
    )


def one_action(actions: int) -> Finding:
    """Whether eps/(|A| - 1) has no value."""
    try:
        share = Fraction(3, 10) / (actions - 1)
    except ZeroDivisionError:
        return confirmed(f"For |A| = {actions} the chance eps/(|A| - 1) of the others is eps/0.")
    return denied(f"for |A| = {actions} the others get {share} each")


def next_laws(games: Sequence[str], *, literal: bool = False) -> Finding:
    """Whether Phi(z, mu), summed up as printed, is a law, for all strategies of small games.

    Args:
        games: games of the gallery with rational numbers; at each corner of the simplex, and at
            its centre.
        literal: take the strategies as printed for TQ-values that all tie.
    """
    count = 0
    for name in games:
        game = make(name)
        size = game.states.size
        centre = (Fraction(1, size),) * size
        corners = [tuple(Fraction(int(s == x)) for s in range(size)) for x in range(size)]
        for z in (centre, *corners):
            kernel = _kernel(game, z)
            for mu in _strategies(game, game.tremble, literal=literal):
                following = [
                    sum(
                        (
                            z[s] * mu[s][a] * kernel[s][a][t]
                            for s in range(size)
                            for a in range(game.actions.size)
                        ),
                        Fraction(0),
                    )
                    for t in range(size)
                ]
                if min(following) < 0 or sum(following) != 1:
                    return denied(f"in {name} the next law has the total mass {sum(following)}")
                count += 1
    return confirmed(
        f"In {', '.join(games)}: all {count} next laws, summed up in rationals from the games' own "
        "functions, are non-negative and sum to 1."
    )


def best_everywhere(
    games: Sequence[str], trembles: Sequence[Fraction], *, alike: bool = False
) -> Finding:
    """Whether one strategy of Pi^eps is best in all states at once: all strategies are compared.

    Args:
        games: names in the gallery, or "switch", a game whose best action alternates.
        trembles: values of eps, which may be larger than (|A| - 1)/|A|.
        alike: compare only the strategies that mean the same action in all states.
    """
    count = 0
    for name in games:
        game = switch() if name == "switch" else make(name)
        size = game.states.size
        z = (Fraction(1, size),) * size
        kernel, reward = _kernel(game, z), _reward(game, z)
        for tremble in trembles:
            values = [
                _value(game, kernel, reward, mu)
                for mu in _strategies(game, tremble)
                if not alike or len(set(mu)) == 1
            ]
            best = tuple(max(v[s] for v in values) for s in range(size))
            if best not in values:
                return denied(f"in {name} at eps = {tremble} no strategy is best in all states")
            count += len(values)
    told = ", ".join(map(str, trembles))
    return confirmed(
        f"In {', '.join(games)} at the uniform mean field and eps = {told}: among all strategies "
        f"({count} evaluated in rationals) one has the largest value in every state."
    )


def switch() -> Game:
    """Return a game on three states in which the odd state is worth the other action."""
    return Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: 1 if (s + a) % 2 else 0,
        transition=lambda s, a, z: uniform(range(3)),
        discount="1/2",
        tremble="1/4",
        name="switch",
    )


def _strategies(
    game: Game, tremble: Fraction, *, literal: bool = False
) -> Iterator[tuple[Numbers, ...]]:
    n = game.actions.size
    if literal:
        yield (printed_strategy([Fraction(0)] * n, tremble),) * game.states.size
        return
    rows = [
        tuple(1 - tremble if a == meant else tremble / (n - 1) for a in range(n))
        for meant in range(n)
    ]
    yield from product(rows, repeat=game.states.size)


def _kernel(game: Game, z: Numbers) -> list[list[Numbers]]:
    labels, masses = game.states.labels, dict(zip(game.states.labels, z, strict=True))
    laws = [[game.kernel_at(s, a, masses) for a in game.actions.labels] for s in labels]
    return [[tuple(Fraction(str(law.get(t, 0))) for t in labels) for law in row] for row in laws]


def _reward(game: Game, z: Numbers) -> list[Numbers]:
    masses = dict(zip(game.states.labels, z, strict=True))
    return [
        tuple(Fraction(str(game.reward_at(s, a, masses))) for a in game.actions.labels)
        for s in game.states.labels
    ]


def _value(
    game: Game, kernel: list[list[Numbers]], reward: list[Numbers], mu: tuple[Numbers, ...]
) -> Numbers:
    """Return V of a strategy: the solution of V - gamma P_mu V = r_mu, in rationals."""
    size, gamma = game.states.size, game.discount
    earned = [_mix(mu[s], reward[s]) for s in range(size)]
    columns = [
        [int(s == t) - gamma * _mix(mu[s], tuple(row[t] for row in kernel[s])) for s in range(size)]
        for t in range(size)
    ]
    found = solve(columns, earned)
    if found is None:
        raise AssertionError("1 - gamma P has no inverse")  # gamma < 1
    return tuple(found)


def _mix(weights: Numbers, values: Numbers) -> Fraction:
    return sum((w * x for w, x in zip(weights, values, strict=True)), Fraction(0))
