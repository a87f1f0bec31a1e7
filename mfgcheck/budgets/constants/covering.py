"""L: how long trembling strategies need until every state and action has been tried.

*Hitting times.* Fix a pair (s*, a*). Let the adversary choose in every step, knowing the past, the
meant action and the mean field; each action b is then tried with its trembling weight w_b, and the
step that tries (s*, a*) is the last one that counts. If h >= 0 satisfies in each state

    h(s) >= 1 + sup over z, a of sum over b of w_b(a) [(s, b) != (s*, a*)] (P_z h)(s, b),

then the expected number of steps until (s*, a*) is tried is at most h(s), whatever the adversary
does. *Proof.* h(s_t) + t, stopped there, is a supermartingale.  QED  If h >= sigma + (the supremum)
for some sigma > 0, then h / sigma will do. Floats propose h by policy iteration; integers verify.

*Covering.* Let H bound all hitting times from all states, and n = |S| |A|. Then all pairs are
tried after H (1 + 1/2 + .. + 1/n) steps in expectation (Matthews 1988). *Proof.* Number the pairs
in a random order that the adversary does not know, and let T_k be when the first k of them have
been tried. Given the path, the k-th is the last of these to be tried with probability 1/k, for a
step tries one pair; only then T_k > T_(k-1), and what is left takes at most H in expectation, as
the past up to T_(k-1) and the order up to k tell it. QED

Even-Dar and Mansour (2003) ask for L steps that cover all pairs with probability 1/2: by Markov's
inequality, twice the expectation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from mfgcheck.budgets.constants.closed import find_closed_class
from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import Family, kernel_family
from mfgcheck.budgets.constants.hull import Hull, cover, point_values
from mfgcheck.budgets.constants.mixing import Minorant, minorant
from mfgcheck.equilibrium.ranges.supremum import probes
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.floats import Floats, quotients, to_float
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact, Ints, largest, widen

_MOST_WORK = 4_000_000_000
_CORNERS = 12  # mean fields among which the proposal's adversary chooses
_FEW = 3
_HULLS = 64
_FINE = Fraction(1, 10**9)
_BITS = 30
_PLAIN = 40
_ROUNDS = 60

Policies: TypeAlias = tuple[Ints, Ints]
"""Which mean field and which meant action the adversary chooses: arrays (A, S)."""


@dataclass(frozen=True)
class Covering:
    """Bounds of the covering time.

    Attributes:
        hitting: H: from any state, any pair is tried after at most H steps in expectation.
        expected: all pairs are tried after so many steps in expectation (Matthews).
        half: and after so many with probability 1/2 at least (Markov): L in Theorem 4.
    """

    hitting: Constant
    expected: Constant
    half: Constant


def bound_covering(tables: Tables, deadline: Deadline) -> Covering:
    """Bound the covering time of the worst trembling strategy at the worst mean fields.

    A step is an update of one pair (s, a); strategies may depend on the past.

    Args:
        tables: the game's numbers, from `whole_tables`.
        deadline: when to stop.

    Source: Even-Dar and Mansour (2003); Matthews (1988); own for the adversary.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> from mfgcheck.game.game import Game
    >>> from mfgcheck.game.laws import uniform
    >>> game = Game(states=2, actions=2, reward=lambda s, a, z: 0, discount="1/2", tremble="1/2",
    ...             transition=lambda s, a, z: uniform([0, 1]))
    >>> found = bound_covering(whole_tables(game), Deadline())
    >>> found.hitting.text, found.expected.text, found.half.text  # 1 + 1/4 a step; times 25/12
    ('at most 5', 'at most 10.4167', 'at most 20.8334')
    """
    family = kernel_family(tables)
    unlimited = _never(tables, family)
    if unlimited:
        return _covering(tables, None, Proof.NONE, "some pairs are never tried", unlimited)
    states, actions, _ = tables.shape
    psi = minorant(tables)
    bounds = [(_by_minorant(tables, psi), "Doeblin minorant")]
    work = (states * actions) * states**3
    if work <= _MOST_WORK and not deadline.passed:
        bounds.append((_by_iteration(tables, family, deadline), "verified hitting times"))
    known = [(value, method) for value, method in bounds if value is not None]
    if not known:
        why = "no finite bound of the hitting times was found"
        return _covering(tables, None, Proof.OPEN, why, "")
    value, method = min(known)
    return _covering(tables, value, Proof.BOUNDED, method, "")


def _covering(
    tables: Tables, hitting: Fraction | None, proof: Proof, method: str, where: str
) -> Covering:
    pairs = tables.shape[0] * tables.shape[1]
    harmonic = sum((Fraction(1, k) for k in range(1, pairs + 1)), Fraction(0))

    def made(name: str, meaning: str, factor: Fraction, how: str, source: str) -> Constant:
        value = None if hitting is None else _up(hitting * factor)
        # All pairs cannot be tried in fewer steps than there are pairs.
        low = Fraction(pairs if factor != 1 else 1)
        return Constant(name, meaning, low, value, proof, f"{method}{how}", where, source)

    return Covering(
        made(
            "hitting time",
            "from any state, any (s, a) is tried after so many updates in expectation",
            Fraction(1),
            "",
            "own",
        ),
        made(
            "covering time",
            "all (s, a) are tried after so many updates in expectation",
            harmonic,
            "" if hitting is None else ", times 1 + 1/2 + .. + 1/(|S||A|)",
            "Matthews (1988)",
        ),
        made(
            "L",
            "all (s, a) are tried in L updates with probability 1/2 at least",
            2 * harmonic,
            "" if hitting is None else ", Matthews' bound, twice by Markov's inequality",
            "Lee et al. (2021), Theorem 4; Even-Dar and Mansour (2003)",
        ),
    )


def _least_weight(tables: Tables) -> Fraction:
    """The least chance that a trembling strategy gives an action."""
    if tables.shape[1] == 1:
        return Fraction(1)
    return min(tables.spread, tables.kappa + tables.spread)


def _never(tables: Tables, family: Family) -> str:
    """Say why some pair may never be tried; "" if that was not shown."""
    if _least_weight(tables) == 0:
        if tables.spread == 0:
            return "with tremble 0 a strategy plays one action in each state and tries no other"
        return "with tremble 1 a strategy never plays the action that it means"
    found = find_closed_class(family)
    return "" if found is None else found.text(family)


def _by_minorant(tables: Tables, psi: Minorant) -> Fraction | None:
    """After the first step, each step is at s with chance >= psi(s), and tries a with >= w."""
    least = min(psi.masses)
    return None if not least else 1 + 1 / (least * _least_weight(tables))


def _by_iteration(tables: Tables, family: Family, deadline: Deadline) -> Fraction | None:
    hulls = cover(family.pieces, _HULLS, _FINE)
    if hulls is None:
        return None
    worst = Fraction(0)
    states = tables.shape[0]
    proposal = _Proposal.of(tables, family, hulls)
    policies: Policies | None = None
    for target in range(states):
        if deadline.passed:
            return None
        proposed = proposal.hitting(target, policies)
        if proposed is None:
            return None
        policies = proposed[1]
        found = _verified(tables, family, hulls, target, proposed[0])
        if found is None:
            return None
        worst = max(worst, found)
    return worst


@dataclass(frozen=True, eq=False)
class _Proposal:
    """The kernel at some mean fields in floats: array (V, S, A, S)."""

    kernels: Floats
    kappa: float
    spread: float

    @staticmethod
    def of(tables: Tables, family: Family, hulls: list[Hull]) -> _Proposal:
        # Mostly corners of M are the worst; a few other places may be.
        corners = (
            point_values(piece.functions, p) for piece in family.pieces for p in probes(piece)
        )
        first = list(dict.fromkeys(v for v in corners if v is not None))
        others = sorted({v for h in hulls for v in h.vertices}.difference(first))
        chosen = [*first[:: max(1, len(first) // _CORNERS)], *others[:: len(others) // _FEW + 1]]
        values = np.array([[to_float((low + high) / 2) for low, high in v] for v in chosen])
        parts = quotients(family.parts, family.denominator)  # (S A, S, K)
        states, actions, _ = tables.shape
        kernels = np.einsum("rxk,vk->vrx", parts, values)
        shape = (len(chosen), states, actions, states)
        return _Proposal(kernels.reshape(shape), float(tables.kappa), float(tables.spread))

    @np.errstate(all="ignore")  # what overflows is a bad proposal, and no more
    def hitting(self, target: int, start: Policies | None) -> tuple[Floats, Policies] | None:
        """Return worst expected times to try each action in a state, and who makes them so long.

        Arrays (A, S); `start` says where policy iteration begins.
        """
        count, states, actions, _ = self.kernels.shape
        everyone = np.arange(states)
        none = np.zeros((actions, states), dtype=np.int64)
        where, meant = (none, none.copy()) if start is None else start
        wanted = np.arange(actions)
        meant[wanted, target] = (wanted + 1) % actions
        best: Floats | None = None
        for _ in range(_ROUNDS):
            rows = self.kernels[where, everyone]  # (c, S, A, S)
            weights = np.full((actions, states, actions), self.spread)
            np.put_along_axis(weights, meant[..., None], self.kappa + self.spread, axis=2)
            weights[wanted, target, wanted] = 0.0
            kernel = np.einsum("csa,csax->csx", weights, rows)
            h = _solve(kernel)
            if not np.all(np.isfinite(h)) or h.min() < 0:
                return None
            if best is not None and (h <= best * (1 + 1e-9)).all():
                break
            best = h
            ahead = np.einsum("vsax,cx->cvsa", self.kernels, h)
            ahead[wanted, :, target, wanted] = 0.0
            total = self.spread * ahead.sum(axis=3, keepdims=True) + self.kappa * ahead
            # (c, v, s, a) to (c, s, v a)
            flat = np.moveaxis(total, 1, 2).reshape(actions, states, count * actions)
            chosen = flat.argmax(axis=2)
            # Rounding must not make it go round in circles: only a clear gain counts.
            now = where * actions + meant
            gain = np.take_along_axis(flat, chosen[..., None], axis=2)
            gain = (gain - np.take_along_axis(flat, now[..., None], axis=2))[..., 0]
            better = np.where(gain > 1e-9 * (1.0 + h.max()), chosen, now)
            if np.array_equal(better, now):
                break
            where, meant = np.divmod(better, actions)
        return None if best is None else (best, (where, meant))


def _solve(kernel: Floats) -> Floats:
    """Return h with h = 1 + kernel h for each of a stack of substochastic matrices, in floats.

    No pivots are needed (these are M-matrices). LAPACK's threads take longer to meet than this.
    """
    count, n, _ = kernel.shape
    system = np.concatenate([np.eye(n) - kernel, np.ones((count, n, 1))], axis=2)
    for i in range(n):
        system[:, i, i:] /= system[:, i, i, None]
        below = system[:, i + 1 :, i, None] * system[:, i, None, i:]
        system[:, i + 1 :, i:] -= below
    h = system[:, :, n]
    for i in range(n - 1, 0, -1):
        h[:, :i] -= system[:, :i, i] * h[:, i, None]
    return np.asarray(h)


def _verified(
    tables: Tables, family: Family, hulls: list[Hull], target: int, h: Floats
) -> Fraction | None:
    """Return a proved bound of the times to try each action in a state; None if none is."""
    size = float(h.max())
    if not size < 1e15:
        return None
    shift = max(0, _BITS - math.frexp(size)[1])
    whole = np.ceil(h * 2.0**shift).astype(np.int64).T  # (S, c), units of 2^-shift
    states, actions, _ = tables.shape
    products = _multiply(family, whole).reshape(states, actions, len(family.terms), actions)
    products[target, np.arange(actions), :, np.arange(actions)] = 0
    d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
    k, e = int(tables.kappa * d), int(tables.spread * d)
    mixed = widen(products, (abs(k) + e * actions) * largest(products))
    mixed = k * mixed + e * mixed.sum(axis=1, keepdims=True)  # (S, A, K, c), meant action second
    unit, coarse = family.denominator * d, False
    if mixed.dtype == object or largest(mixed) >= 1 << _PLAIN:
        # Rounded down to units of h; the part in [0, 1) that is lost is made up for below.
        mixed, unit, coarse = mixed // unit, 1, True
        mixed = mixed if largest(mixed) >= 1 << 62 else mixed.astype(np.int64)
    ahead: Exact | None = None
    for found in hulls:
        for values in found.vertices:
            there = _most(mixed, values, found.rest, unit, lost=coarse)
            ahead = there if ahead is None else np.maximum(ahead, there)
    if ahead is None:
        return None
    sigma = int((whole - ahead.max(axis=1)).min())
    if sigma <= 0:
        return None
    return Fraction(int(whole.max()), sigma)


def _multiply(family: Family, h: Ints) -> Exact:
    """Return T_k h, times the denominator: array (S * A, K, c)."""
    bound = largest(family.parts) * max(1, largest(h)) * h.shape[0]
    parts, values = widen(family.parts, bound), widen(h, bound)
    return np.stack([parts[:, :, k] @ values for k in range(parts.shape[2])], axis=1)


def _most(
    mixed: Exact,
    values: tuple[tuple[Fraction, Fraction], ...],
    rest: tuple[Fraction, ...],
    unit: int,
    *,
    lost: bool,
) -> Exact:
    """Return upper bounds of sum over k of b_k mixed[.., k, :] / unit, rounded up to integers.

    `lost` says that the entries of `mixed` may be too small by up to 1.
    """
    scale = math.lcm(1, *(x.denominator for pair in values for x in pair))
    most = 1 + math.ceil(max((max(-low, high) for low, high in values), default=Fraction(0)))
    room = (1 << 59) // (most * max(1, largest(mixed)) * mixed.shape[2])
    if scale > room or any(rest):
        scale = 1 << (min(_PLAIN, room.bit_length() - 1) if room >= 1 << 16 else _PLAIN)
    centre = [math.floor(low * scale) for low, _ in values]
    slack = [
        math.ceil((high + r) * scale) - c
        for (_, high), r, c in zip(values, rest, centre, strict=True)
    ]
    # b is within centre + [-slack, slack]
    heaviest = max([1, *(abs(c) + x for c, x in zip(centre, slack, strict=True))])
    big = widen(mixed, 2 * heaviest * max(1, largest(mixed)) * mixed.shape[2])
    total = np.zeros((big.shape[0], big.shape[1], big.shape[3]), dtype=big.dtype)
    for k, (c, x) in enumerate(zip(centre, slack, strict=True)):
        if c:
            total = total + c * big[:, :, k]
        if x:
            total = total + x * np.abs(big[:, :, k])
    if lost:
        total = total + sum(abs(c) + x for c, x in zip(centre, slack, strict=True))
    return -(-total // (unit * scale))


def _up(x: Fraction) -> Fraction:
    return Fraction(math.ceil(x * (1 << 40)), 1 << 40)
