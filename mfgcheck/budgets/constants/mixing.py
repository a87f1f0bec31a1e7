"""How fast trembling kernels forget: Dobrushin's coefficient, a minorant, and C4.

*Dobrushin.* The coefficient of a kernel K is the largest total variation distance between rows of
two different states. A trembling strategy chooses its meant action in each state on its own, so
over all strategies in Pi^eps and all z

    tau = sup over z, s != s', a, a' of TV(K(s, a, z), K(s', a', z)),
    K(s, a, z) = kappa P(. | s, a, z) + spread sum over b of P(. | s, b, z),

exactly. (Mixtures of meant actions add nothing: TV is convex.)

*Doeblin.* With psi(x) = inf over s, a, z of P(x | s, a, z), any row is psi plus a part of mass 1
- sum psi. So tau <= 1 - sum psi, and each state x is reached in a step with probability >=
psi(x).

*C4.* The smallest C4 in Assumption 2 is, with Q_1 = Q_2, the largest Lipschitz constant of z ->
Phi(z, mu) over trembling strategies mu. As Phi(z, mu) - Phi(z', mu) = (z - z') K_z + z' (K_z -
K_z') and rows of K are convex combinations of rows of P, it lies between tau - C2 and tau + C2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import Family, kernel_family
from mfgcheck.budgets.constants.hull import Pairs, cover, point_values
from mfgcheck.budgets.constants.seminorm import Composite, PairNorm, combine
from mfgcheck.equilibrium.ranges.supremum import probes
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Exact, largest, widen
from mfgcheck.game.validate import mean_field_text

_MOST_WORK = 5_000_000_000
_HULLS = 64
_FINE = Fraction(1, 10**9)
_UNIT = 1 << 60


def trembling_rows(tables: Tables, family: Family) -> tuple[Exact, int]:
    """Return K as integers of shape (S, A, X, K), and what they are to be divided by.

    With kappa = 0 all meant actions give the same rows, and only one is returned.
    """
    states, actions, _ = tables.shape
    d = math.lcm(tables.kappa.denominator, tables.spread.denominator)
    k, e = int(tables.kappa * d), int(tables.spread * d)
    columns, terms = family.parts.shape[1:]
    size = (abs(k) + e * actions) * max(1, largest(family.parts))
    rows = widen(family.parts, size).reshape(states, actions, columns, terms)
    mixed = k * rows + e * rows.sum(axis=1, keepdims=True)
    return (mixed[:, :1] if k == 0 else mixed), family.denominator * d


def bound_tau(tables: Tables, deadline: Deadline) -> Constant:
    """Return Dobrushin's coefficient of the trembling kernels, over all strategies and mean fields.

    Args:
        tables: the game's numbers, from `whole_tables`.
        deadline: when to stop.

    Source: Dobrushin (1956); own for the supremum over Pi^eps.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> bound_tau(whole_tables(make("mturk", states=10)), Deadline()).text
    '9/10 (0.9)'
    """
    meaning = "||v K||_1 <= tau ||v||_1 for sum v = 0 and all trembling kernels K at all z"
    family = kernel_family(tables)
    zero = Fraction(0)

    def made(
        low: Fraction, high: Fraction | None, proof: Proof, method: str, where: str = ""
    ) -> Constant:
        return Constant("tau", meaning, low, high, proof, method, where, "Dobrushin (1956)")

    if tables.shape[0] == 1:
        return made(zero, zero, Proof.EXACT, "there is one state")
    rows, denominator = trembling_rows(tables, family)
    norm = PairNorm(rows, 2 * denominator)
    if norm.work > _MOST_WORK:
        high = min(Fraction(1), 1 - minorant(tables).total)
        return made(zero, high, Proof.BOUNDED, "1 less the mass of the Doeblin minorant")
    composite = Composite(norm, lambda piece: piece.functions)
    found = composite.supremum(family.pieces, deadline, near=_NEAR)
    high = Fraction(1) if found.upper is None else min(Fraction(1), found.upper)
    where = ""
    if found.piece is not None and found.point is not None and found.lower:
        place, z = composite.place(found.piece, found.point), found.mean_field
        if place is not None and z is not None:
            each = rows.shape[1]
            (s, a), (t, b) = (divmod(i, each) for i in place)
            names = tables.game.states.text, tables.game.actions.text
            first = f"s = {names[0](s)} meaning {names[1](a)}"
            where = f"{first} against s = {names[0](t)} meaning {names[1](b)}"
            if family.aggregates:
                where += f"; {mean_field_text(tables.game.states, z)}"
    proof = Proof.EXACT if found.lower == high else Proof.BOUNDED
    return made(found.lower, high, proof, "all pairs of trembling rows", where)


_NEAR = Fraction(1, 10**4)


@dataclass(frozen=True)
class Minorant:
    """psi with P(x | s, a, z) >= psi(x) for all s, a, z.

    Attributes:
        masses: psi, by state number; rounded down.
        attained: numbers that P(x | s, a, z) comes down to, by state number.
    """

    masses: tuple[Fraction, ...]
    attained: tuple[Fraction, ...]

    @property
    def total(self) -> Fraction:
        """The mass of psi."""
        return sum(self.masses, Fraction(0))

    def to_constant(self) -> Constant:
        """Return the mass as a constant."""
        low, high = self.total, sum(self.attained, Fraction(0))
        proof = Proof.EXACT if low == high else Proof.BOUNDED
        return Constant(
            "Doeblin mass",
            "sum over x of psi(x), psi(x) = inf over s, a, z of P(x | s, a, z)",
            low,
            high,
            proof,
            "kernel bounded from below over boxes of aggregates",
            "",
            "Doeblin (1938); Lee et al. (2021), section 5, ask it of regeneration",
            f"at least {float(low):.6g} is proved",
        )


def minorant(tables: Tables) -> Minorant:
    """Return the Doeblin minorant of a game.

    Source: Doeblin (1938).

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> found = minorant(whole_tables(make("mturk", states=10)))
    >>> found.masses[0], found.masses[1], found.total  # 1/10 (1/10 + 9/100), 1/10 9/100
    (Fraction(19, 1000), Fraction(9, 1000), Fraction(1, 10))
    """
    family = kernel_family(tables)
    hulls = cover(family.pieces, _HULLS, _FINE)
    states = tables.shape[0]
    rows = family.parts
    if rows.dtype != object:
        rows = np.unique(rows, axis=0)
    zero = (Fraction(0),) * states
    lowest: list[Fraction] | None = None
    if hulls is not None:
        for h in hulls:
            for values in h.vertices:
                found = _least(rows, values, h.rest, family.denominator)
                lowest = found if lowest is None else list(map(min, lowest, found))
    reached = [Fraction(1)] * states
    for piece in family.pieces:
        for point in probes(piece):
            there = point_values(piece.functions, point)
            if there is not None:
                reached = list(map(min, reached, _most(rows, there, family.denominator)))
    if lowest is None:
        return Minorant(zero, tuple(reached))
    masses = tuple(max(Fraction(0), x) for x in lowest)
    return Minorant(masses, tuple(map(max, masses, reached)))


def _centred(values: Pairs, *, fine: bool = False) -> tuple[list[int], list[int], int]:
    """Return values = (centre + [0, extra]) / unit; `fine` asks for a small unit."""
    exact = math.lcm(1, *(x.denominator for pair in values for x in pair))
    unit = exact if exact < _UNIT and not fine else _UNIT
    centre = [math.floor(low * unit) for low, _ in values]
    extra = [math.ceil(high * unit) - c for (_, high), c in zip(values, centre, strict=True)]
    return centre, extra, unit


def _least(
    rows: Exact, values: Pairs, rest: Sequence[Fraction], denominator: int
) -> list[Fraction]:
    """Return lower bounds of the least entry of each column, values being within `rest`."""
    centre, extra, unit = _centred(values, fine=any(rest))
    slack = [e + math.ceil(r * unit) for e, r in zip(extra, rest, strict=True)]
    sums = combine(rows, centre)
    if any(slack):
        sums = sums - combine(np.abs(rows), slack)
    return [Fraction(int(x), unit * denominator) for x in sums.min(axis=0)]


def _most(rows: Exact, values: Pairs, denominator: int) -> list[Fraction]:
    """Return upper bounds of the least entry of each column at one point."""
    centre, extra, unit = _centred(values)
    sums = combine(rows, centre)
    if any(extra):
        sums = sums + combine(np.abs(rows), extra)
    return [Fraction(int(x), unit * denominator) for x in sums.min(axis=0)]


def bound_c4(tau: Constant, c2: Constant) -> Constant:
    """Return C4: the largest Lipschitz constant of z -> Phi(z, mu) over trembling strategies.

    Source: Lee et al. (2021), Assumption 2, with Q_1 = Q_2.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.budgets.constants.lipschitz import bound_c2
    >>> from mfgcheck.gallery import make
    >>> tables = whole_tables(make("mturk", states=10))
    >>> bound_c4(bound_tau(tables, Deadline()), bound_c2(tables, Deadline())).text
    '9/10 (0.9)'
    """
    high = None
    if tau.upper is not None and c2.upper is not None:
        high = tau.upper + c2.upper
    low = Fraction(0) if c2.upper is None else max(Fraction(0), tau.lower - c2.upper)
    if high is None:
        proof, method = Proof.OPEN, "C2 is not known to be finite"
    else:
        proof = Proof.EXACT if low == high else Proof.BOUNDED
        method = "tau + C2"
    return Constant(
        "C4",
        "||Phi(z, mu) - Phi(z', mu)||_1 <= C4 ||z - z'||_1 for all trembling strategies mu",
        low,
        high,
        proof,
        method,
        tau.where if c2.upper == 0 else "",
        "Lee et al. (2021), Assumption 2",
    )
