"""The games of the gallery once more, as plain functions of numbers.

Written from the papers' formulas and not from the gallery's files, so that a slip in either shows.
States and actions are numbers of positions here: where the gallery has labels -1 and 1, or words,
these functions have 0 and 1. Sizes are arguments, because brute force needs them small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from tests.oracle.definition import PlainGame
from tests.oracle.irrational import NOISE, approximate
from tests.oracle.mean_fields import MeanField
from tests.oracle.posets import chain

F = Fraction
Law = Mapping[int, Fraction]


def infection_spread(
    states: int = 25,
    actions: int = 5,
    susceptibility: str = "exp",
    replacement: str = "full",
) -> PlainGame:
    """s' = (s + a - w1)+, s + a or w2, with probabilities i (1 - zeta), (1 - i)(1 - zeta), zeta."""
    zeta = F(1, 10)
    p = _susceptibility(susceptibility)

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        i = F(1, 10) * p(_mean(z))
        row = [F(0)] * states
        for w1, chance in ((0, F(1, 10)), (1, F(3, 10)), (2, F(3, 10)), (3, F(3, 10))):
            row[min(max(0, s + a - w1), states - 1)] += (1 - zeta) * i * chance
        row[min(s + a, states - 1)] += (1 - zeta) * (1 - i)
        last = states - 1 if replacement == "full" else s
        row[0] += zeta * F(1, 10)
        for w2 in range(last + 1):
            row[w2] += zeta * F(9, 10) / (last + 1)
        return row

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        crowd = sum((mass * (1 - p(F(x))) for x, mass in enumerate(z)), F(0))
        return 1 - p(F(s)) + F(1, 5) * crowd - F(1, 100) * a

    noise = NOISE if susceptibility in ("exp", "logistic") else F(0)
    return PlainGame(chain(states), chain(actions), kernel, reward, noise)


def _susceptibility(kind: str) -> Callable[[Fraction], Fraction]:
    functions: dict[str, Callable[[Fraction], Fraction]] = {
        "exp": lambda x: approximate("exp", -x / 20),
        "rational": lambda x: 1 / (1 + x / 20),
        "logistic": lambda x: 2 / (1 + approximate("exp", x / 20)),
        "linear": lambda x: max(F(0), 1 - x / 20),
    }
    return functions[kind]


def mturk(states: int = 100, actions: int = 5, replacement: str = "inside") -> PlainGame:
    """s' = (s + a - w1)+ or w2, with probabilities 1 - zeta and zeta."""
    zeta = F(1, 10)
    top = states - 1

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        row = [F(0)] * states
        for w1 in range(4):
            row[min(max(0, s + a - w1), top)] += (1 - zeta) / 4
        row[0] += zeta * F(1, 10)
        draws = states if replacement == "inside" else states + 1
        for w2 in range(draws):
            row[min(w2, top)] += zeta * F(9, 10) / draws
        return row

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return F(1, 2) * s + F(1, 5) * _mean(z) - F(1, 10) * a

    return PlainGame(chain(states), chain(actions), kernel, reward)


def capped_health(states: int = 25, actions: int = 5, reach: int = 6) -> PlainGame:
    """Infected: 0. Healthy: min(s + 1, reach a). Renewal and reward as in Infection Spread."""
    zeta = F(1, 10)
    base = infection_spread(states, actions)
    p = _susceptibility("exp")

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        i = F(1, 10) * p(_mean(z))
        row = [zeta * F(9, 10) / states] * states
        row[0] += zeta * F(1, 10) + (1 - zeta) * i
        row[min(s + 1, reach * a, states - 1)] += (1 - zeta) * (1 - i)
        return row

    return PlainGame(base.states, base.actions, kernel, base.reward, NOISE)


def two_lotteries() -> PlainGame:
    """(1 - q) times uniform on 0..12 plus q times uniform on 12..24."""

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        m = _mean(z)
        q = F(1, 10) + F(s * a, 400) + (s + 6 * a) * m / 4800
        q += F(1 + a, 50) * approximate("tanh", m / 12)
        row = [(1 - q) / 13] * 12 + [F(1, 13)] + [q / 13] * 12
        return row

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return F(s, 48) + F(s * a, 1000) + a * _mean(z) / 400 - F(a, 20)

    return PlainGame(chain(25), chain(5), kernel, reward, NOISE)


def coordination() -> PlainGame:
    """r = s/4 + a m/4 - a/14 and P(1 | s, a) = 1/2 + s/8 + a/4 for s, a in {-1, 1}."""

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        up = F(1, 2) + F(2 * s - 1, 8) + F(2 * a - 1, 4)
        return [1 - up, up]

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        m = z[1] - z[0]
        return F(2 * s - 1, 4) + (2 * a - 1) * m / 4 - F(2 * a - 1, 14)

    return PlainGame(chain(2), chain(2), kernel, reward)


def adoption_birth_death(states: int = 10) -> PlainGame:
    """Up with probability (1 + a)(1 + m/top)/10, down with 1/5, else stay."""
    top = states - 1

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        up = F(1 + a, 10) * (1 + _mean(z) / top)
        return _row(states, [(min(s + 1, top), up), (max(s - 1, 0), F(1, 5)), (s, F(4, 5) - up)])

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return F(s, 20) * (1 + _mean(z) / top) - F(a, 20)

    return PlainGame(chain(states), chain(3), kernel, reward)


def sis() -> PlainGame:
    """State 0 is infected, 1 is healthy; precautions 0, 1, 2."""

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        well = F(3, 10) if s == 0 else 1 - F(3 - a, 5) * z[0]
        return [1 - well, well]

    return PlainGame(chain(2), chain(3), kernel, lambda s, a, z: s - F(a, 10))


def beach_bar(states: int = 11, bar: int = 5) -> PlainGame:
    """r = -|s - bar|/20 - |a|/10 - log(1 + z[s])/2; s' = s + a + draught, clipped."""
    top = states - 1

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        steps = [(min(max(s + a - 1 + w, 0), top), F(1, 3)) for w in (-1, 0, 1)]
        return _row(states, steps)

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return -F(abs(s - bar), 20) - F(abs(a - 1), 10) - approximate("log", 1 + z[s]) / 2

    return PlainGame(chain(states), chain(3), kernel, reward, NOISE)


def audit_a() -> PlainGame:
    """Tails of the next law: min(1, 1/2 + t2) and max(0, t1 - 1/2)."""

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        t1, t2 = z[1] + z[2], z[2]
        return _from_tails([min(F(1), F(1, 2) + t2), max(F(0), t1 - F(1, 2))])

    return PlainGame(chain(3), chain(2), kernel, lambda s, a, z: F(s, 2) - F(a, 10))


def audit_b() -> PlainGame:
    """Tails (9/10) g1(t2) + a/20 and (9/10) g2(t1) + a/20."""
    half = F(1, 2)

    def kernel(s: int, a: int, z: MeanField) -> list[Fraction]:
        t1, t2 = z[1] + z[2], z[2]
        g1 = half + min(max(2 * (t2 - F(1, 8)), F(0)), half)
        g2 = min(max(2 * (t1 - F(5, 8)), F(0)), half)
        return _from_tails([F(9, 10) * g1 + F(a, 20), F(9, 10) * g2 + F(a, 20)])

    def reward(s: int, a: int, z: MeanField) -> Fraction:
        return F(s, 4) + a * (z[2] / 4 - F(1, 80) - F(1, 16))

    return PlainGame(chain(3), chain(2), kernel, reward)


def audit_c() -> PlainGame:
    """P(1) = m/4 + 1/8 + a/2 and r = s/2 + a (m/2 - 7/24)."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([z[1] / 4 + F(1, 8) + F(a, 2)]),
        lambda s, a, z: F(s, 2) + a * (z[1] / 2 - F(7, 24)),
    )


def audit_d() -> PlainGame:
    """P(1) = m/2 + 1/4 for m < 1/2, else 3/4, and r = s/2."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([z[1] / 2 + F(1, 4) if z[1] < F(1, 2) else F(3, 4)]),
        lambda s, a, z: F(s, 2),
    )


def audit_e() -> PlainGame:
    """P(1) = 1/4 + a/2 and r = s/2 - a/8."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([F(1, 4) + F(a, 2)]),
        lambda s, a, z: F(s, 2) - F(a, 8),
    )


def audit_f() -> PlainGame:
    """P(1) = 1/4 + a/2 and r = s/2 - m/2."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([F(1, 4) + F(a, 2)]),
        lambda s, a, z: F(s, 2) - z[1] / 2,
    )


def audit_g() -> PlainGame:
    """P(1) = 9/10 + m/10 from state 1, else 0, and r = -1 or 1."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([F(9, 10) + z[1] / 10 if s else F(0)]),
        lambda s, a, z: F(1 if s else -1),
    )


def fair_coin() -> PlainGame:
    """P(1) = 1/2 and r = s."""
    return PlainGame(
        chain(2),
        chain(2),
        lambda s, a, z: _from_tails([F(1, 2)]),
        lambda s, a, z: F(s),
    )


def _mean(z: MeanField) -> Fraction:
    return sum((x * mass for x, mass in enumerate(z)), F(0))


def _row(n: int, steps: Sequence[tuple[int, Fraction]]) -> list[Fraction]:
    row = [F(0)] * n
    for x, chance in steps:
        row[x] += chance
    return row


def _from_tails(tails: Sequence[Fraction]) -> list[Fraction]:
    """Return the law with P(x >= j) = tails[j - 1]."""
    ends = [F(1), *tails, F(0)]
    return [left - right for left, right in pairwise(ends)]
