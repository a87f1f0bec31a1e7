"""A second proof that Infection Spread (logistic susceptibility, c_f = 1) has no T-MFE.

Plain `Fraction`s, nothing of the package; floats propose test functions and decide nothing. A box
is a closed interval I of the mean m. It is dropped when no T-MFE (mu, z) has z(phi) in I, where
phi(s) = s is the mean. The state's next law is

    P(s, a, m) = zeta W(s) + (1 - zeta) (N(s + a) + i (D(s + a) - N(s + a))),  i = c_f p(m),

linear in i, so what a box allows is seen at the two ends of i's range.

**Bounds of Q*.** F Q = r + gamma P G(Q), G(Q)(s) = kappa max Q(s, .) + c sum Q(s, .), with
kappa, c >= 0 and kappa + |A| c = 1: F is monotone, and F(Q + t) = F(Q) + gamma t as P's rows sum
to 1. If l <= F Q~ - Q~ <= h entrywise, U = Q~ + h / (1 - gamma) has F U <= U, so F^k U falls to
Q* <= U; likewise Q* >= Q~ + l / (1 - gamma). Any Q~ will do. Only the range over all (s, a, m)
with the box's m is wanted, so one may take l and h over the box.

**Actions.** G is monotone and G(Q + t) = G(Q) + t, so w = G(Q*) - G(Q~) has its entries in an
interval of length L = (h - l) / (1 - gamma). P_a - P_b has total mass 0 and positive part TV, hence
|(P_a - P_b) w| <= TV L, where TV must bound the distance at every m of the box. Here rows of one
state share zeta W(s), so TV <= 1 - zeta. An action that some other beats by more than gamma TV L on
all of the box is optimal nowhere in it; whatever r holds that does not depend on a cancels.

**Consistency.** z = z K gives z(phi) = z(phi + K h - h) for every h, and z is a law: z(phi) is in
[min, max] over s of phi + K h - h, at m = z(phi) and thus for the i of the box. No property of K is
used. The least over s and over actions a_s in candidate sets C(s) bounds all strategies made of
candidates at once (K h (s) depends on mu through a_s alone); the tremble spreads over *all*
actions, candidates or not. One h serves all strategies there; with one strategy, h is its own.

A strategy plays one action in each state. The hull test also covers mixtures, which may well have a
fixed point, so it must be followed by the test of each strategy.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

F = Fraction
Box = tuple[Fraction, Fraction]
Vector = list[Fraction]
Floats = npt.NDArray[np.float64]

STATES, ACTIONS = 25, 5
GAMMA, ZETA, TREMBLE = F(3, 4), F(1, 10), F(3, 10)
SPREAD = TREMBLE / (ACTIONS - 1)
KAPPA = 1 - TREMBLE - SPREAD
COST, INFECTION = F(1, 100), F(1)
DAMAGE = ((0, F(1, 10)), (1, F(3, 10)), (2, F(3, 10)), (3, F(3, 10)))

BITS = 40
"""Proposals are rounded to multiples of 2^-BITS, and enclosures outwards to them."""
CUT = F(499, 1024)
"""Where a box is cut: not in the middle, where a symmetric game may have its fixed point."""
SELECTIONS = 64


def round_down(x: Fraction, bits: int = BITS) -> Fraction:
    """Return the largest multiple of 2^-bits that is at most x."""
    return F((x.numerator << bits) // x.denominator, 1 << bits)


def round_up(x: Fraction, bits: int = BITS) -> Fraction:
    """Return the smallest multiple of 2^-bits that is at least x."""
    return -round_down(-x, bits)


@cache
def exp_bounds(x: Fraction) -> Box:
    """Return rationals around e^x for 0 <= x <= 2.

    Taylor's sum of n terms is below e^x; the rest is below x^n / n! times a geometric series of
    ratio x / (n + 1) < 1.
    """
    assert 0 <= x <= 2
    n = 28
    term, total = F(1), F(0)
    for k in range(n):
        total += term
        # Rounding a term down keeps the sum below; n roundings of 2^-80 are added to the top.
        term = round_down(term * x / (k + 1), 80)
    slack = F(n * n, 1 << 80)
    rest = (term + slack) / (1 - x / (n + 1))
    return round_down(total, 60), round_up(total + slack + rest, 60)


def susceptibility(x: Fraction) -> Box:
    """Return bounds of 2 / (1 + e^(x / 20))."""
    low, high = exp_bounds(x / 20)
    return round_down(2 / (1 + high), 60), round_up(2 / (1 + low), 60)


@dataclass(frozen=True)
class Images:
    """P v for one v, at all (s, a): zeta renewed[s] + (1 - zeta) (safe[s + a] + i hurt[s + a])."""

    renewed: Vector
    safe: Vector
    hurt: Vector

    def at(self, s: int, a: int, i: Fraction) -> Fraction:
        """Return the mean of v after (s, a) at infection probability i."""
        return ZETA * self.renewed[s] + (1 - ZETA) * (self.safe[s + a] + i * self.hurt[s + a])


@dataclass(frozen=True)
class Spread:
    """The game, with newcomers drawn from all states ("full") or from those up to s ("state")."""

    replacement: str

    @cached_property
    def newcomers(self) -> list[Vector]:
        """The law W(s) of the newcomer that replaces an agent in state s."""
        laws = []
        for s in range(STATES):
            last = STATES - 1 if self.replacement == "full" else s
            law = [F(9, 10) / (last + 1) if x <= last else F(0) for x in range(STATES)]
            law[0] += F(1, 10)
            laws.append(law)
        return laws

    def images(self, v: Sequence[Fraction]) -> Images:
        """Return P v."""
        if self.replacement == "full":
            renewed = [sum((p * y for p, y in zip(self.newcomers[0], v, strict=True)), F(0))]
            renewed *= STATES
        else:
            sums = itertools.accumulate(v)
            renewed = [v[0] / 10 + F(9, 10) * total / (s + 1) for s, total in enumerate(sums)]
        reach = range(STATES + ACTIONS - 1)
        safe = [v[clip(t)] for t in reach]
        hurt = [sum((p * v[clip(t - d)] for d, p in DAMAGE), F(0)) - safe[t] for t in reach]
        return Images(renewed, safe, hurt)

    @cached_property
    def kernel_floats(self) -> tuple[Floats, Floats]:
        """P as floats: base + i * slope, arrays (S, A, S)."""
        base = np.zeros((STATES, ACTIONS, STATES))
        slope = np.zeros((STATES, ACTIONS, STATES))
        for s, a in itertools.product(range(STATES), range(ACTIONS)):
            base[s, a] = [float(ZETA * p) for p in self.newcomers[s]]
            base[s, a, clip(s + a)] += float(1 - ZETA)
            slope[s, a, clip(s + a)] -= float(1 - ZETA)
            for d, p in DAMAGE:
                slope[s, a, clip(s + a - d)] += float((1 - ZETA) * p)
        return base, slope


def clip(x: int) -> int:
    """Return the state that x ends in."""
    return min(max(x, 0), STATES - 1)


@dataclass
class Search:
    """What became of the boxes: `left` are those not excluded at the least width."""

    boxes: int = 0
    selections: int = 0
    left: list[Box] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        """Whether it is proved that there is no T-MFE."""
        return not self.left


def search(replacement: str, least_width: Fraction = F(1, 1 << 16)) -> Search:
    """Exclude boxes of means until none is left, or those left are narrower than `least_width`."""
    game = Spread(replacement)
    immunity = [susceptibility(F(s)) for s in range(STATES)]
    rewards = [(1 - high, 1 - low) for low, high in immunity]
    found = Search()
    whole = (F(0), F(STATES - 1))
    waiting = [(whole, [list(range(ACTIONS))] * STATES)]
    while waiting:
        box, candidates = waiting.pop()
        found.boxes += 1
        candidates = _examine(game, rewards, box, candidates, found)
        if not candidates:
            continue
        low, high = box
        if high - low < least_width:
            found.left.append(box)
            continue
        cut = round_down(low + CUT * (high - low))
        waiting += [((cut, high), candidates), ((low, cut), candidates)]
    return found


def _examine(
    game: Spread, rewards: Sequence[Box], box: Box, candidates: list[list[int]], found: Search
) -> list[list[int]]:
    """Return the actions that may be optimal in the box; [] if it holds no T-MFE."""
    infection = (
        INFECTION * susceptibility(box[1])[0],
        INFECTION * susceptibility(box[0])[1],
    )
    middle = float(sum(infection)) / 2
    q, played = _policy_iteration(game, rewards, middle)
    candidates = _may_be_optimal(game, rewards, infection, q, candidates)
    h = _relative_values(game, middle, played)
    if _excludes(game, h, infection, box, candidates):
        return []
    count = 1
    for actions in candidates:
        count *= len(actions)
    if count > SELECTIONS:
        return candidates
    for strategy in itertools.product(*candidates):
        found.selections += 1
        h = _relative_values(game, middle, strategy)
        if not _excludes(game, h, infection, box, [[a] for a in strategy]):
            return candidates
    return []


def _may_be_optimal(
    game: Spread, rewards: Sequence[Box], infection: Box, q: list[Vector], among: list[list[int]]
) -> list[list[int]]:
    v = game.images([KAPPA * max(row) + SPREAD * sum(row) for row in q])
    lows, highs = [], []
    for s, a in itertools.product(range(STATES), range(ACTIONS)):
        ends = [GAMMA * v.at(s, a, i) - COST * a - q[s][a] for i in infection]
        lows.append(min(ends) + rewards[s][0])
        highs.append(max(ends) + rewards[s][1])
    margin = GAMMA * (1 - ZETA) * (max(highs) - min(lows)) / (1 - GAMMA)
    kept = []
    for s in range(STATES):
        worth = [[GAMMA * v.at(s, a, i) - COST * a for a in range(ACTIONS)] for i in infection]
        kept.append(
            [
                a
                for a in among[s]
                if not any(
                    all(row[b] - row[a] > margin for row in worth) for b in range(ACTIONS) if b != a
                )
            ]
        )
    assert all(kept), "the optimal action of a state was dropped"
    return kept


def _excludes(
    game: Spread, h: Vector, infection: Box, box: Box, candidates: list[list[int]]
) -> bool:
    """Whether no consistent mean field of these strategies has its mean in the box."""
    image = game.images(h)
    lows, highs = [], []
    for s in range(STATES):
        for i in infection:
            after = [image.at(s, a, i) for a in range(ACTIONS)]
            rest = SPREAD * sum(after) - h[s] + s
            lows.append(rest + KAPPA * min(after[a] for a in candidates[s]))
            highs.append(rest + KAPPA * max(after[a] for a in candidates[s]))
    return min(lows) > box[1] or max(highs) < box[0]


def _policy_iteration(
    game: Spread, rewards: Sequence[Box], i: float
) -> tuple[list[Vector], tuple[int, ...]]:
    """Return Q near Q* at infection probability i, rounded, and its best actions: a proposal."""
    base, slope = game.kernel_floats
    kernel = base + i * slope
    reward = np.array([[float(low) - a / 100 for a in range(ACTIONS)] for low, _ in rewards])
    q = reward
    for _ in range(50):
        played = q.argmax(axis=1)
        weights = np.full((STATES, ACTIONS), float(SPREAD))
        weights[np.arange(STATES), played] += float(KAPPA)
        law = np.einsum("sa,sax->sx", weights, kernel)
        v = np.linalg.solve(np.eye(STATES) - 0.75 * law, (weights * reward).sum(axis=1))
        q = reward + 0.75 * kernel @ v
        if (q.argmax(axis=1) == played).all():
            break
    return [[_dyadic(x) for x in row] for row in q], tuple(int(a) for a in q.argmax(axis=1))


def _relative_values(game: Spread, i: float, strategy: Sequence[int]) -> Vector:
    """Return h with h - K h = phi + constant, nearly: a proposal."""
    base, slope = game.kernel_floats
    kernel = base + i * slope
    law = float(SPREAD) * kernel.sum(axis=1)
    law += float(KAPPA) * kernel[np.arange(STATES), list(strategy)]
    system = np.eye(STATES) - law + 1.0 / STATES
    return [_dyadic(x) for x in np.linalg.solve(system, np.arange(STATES, dtype=float))]


def _dyadic(x: float) -> Fraction:
    return F(round(x * 2**BITS), 1 << BITS)
