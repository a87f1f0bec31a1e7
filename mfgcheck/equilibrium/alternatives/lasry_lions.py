"""Lasry-Lions monotonicity, decided exactly, and what it says of discounted stationary equilibria.

It asks that P does not depend on z, that r(s, a, z) = r0(s, a) + rbar(s, z), and that

    sum over s of (rbar(s, z) - rbar(s, z')) (z(s) - z'(s)) <= 0,  or < 0 if z != z' (strict).

Where rbar is affine in z, with coefficients B(s, x), the sum is v' B v with v = z - z', and v runs
over the directions of sum 0 (up to a factor): a question of pivots, not of eigenvalues. Where
rbar(s, z) is any function of z(s) alone, it is enough that it falls.

What follows. Let (mu, z) and (mu', z') be T-MFE, V and V' their values (V = G(Q)), u = V - V',
v = z - z', d(s) = rbar(s, z) - rbar(s, z'), gamma the discount. z is stationary under mu, so
z(r0_mu + rbar_z) = (1 - gamma) z(V). V is at least what mu' earns for one step and V after it, so
z'(r0_mu' + rbar_z) <= (1 - gamma) z'(V). The same with the two exchanged; added up:

    v(d) >= (1 - gamma) v(u).                                                                (1)

Under strict monotonicity v(d) < 0, so v(u) < 0: among several T-MFE, agents are better off where
there are fewer of them. As gamma -> 1 with bounded spans of u this leaves one z (average reward).
At gamma < 1 it is NO contradiction, because z is the law under which agents live, and not the law
that discounting weighs: a strictly monotone game whose kernel mixes can have two T-MFE (in the
tests, with three states and discount 1/2). The classical proof compares flows that start from the
same law.

When it does lead to uniqueness. u obeys d + gamma K' u <= u <= d + gamma K u for the two kernels
(each is the other's strategy, once in either's game), so with tau the largest total variation
distance of two trembling rows kappa P(s, a) + c sum_b P(s, b) of different states,
span(u) <= span(d) / (1 - gamma tau). With |v(u)| <= ||v||_1 span(u) / 2 and (1):

    if  -v'Bv > theta ||v||_1 / 2 * span(B v)  for all v != 0 of sum 0,
        theta = (1 - gamma) / (1 - gamma tau),                                               (2)

then all T-MFE have the same mean field (if there are any). ||v||_1 / 2 is the largest v(U) over
sets U of states and span(Bv) the largest difference of two entries, so (2) says that for all U, s,
s' the quadratic form -v'Bv - theta v(U) (Bv(s) - Bv(s')) is positive definite: finitely many exact
tests.

Two states need no (2). Let h = rbar(1, z) - rbar(0, z) and D = V(1) - V(0). D = f(D) + h, where f
has slopes within [-gamma, gamma], so D rises strictly with h. An optimal action maximises
r0(s, a) + gamma P(1|s, a) D, so a larger D makes P(1|s, .) of optimal actions larger or equal, in
both states, and then the stationary mass z(1) too, if the stationary law is unique. Strict
monotonicity says that h falls strictly with z(1): so two T-MFE with different z(1) are impossible.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import flint
import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.alternatives.finding import Finding
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.validate import row_text
from mfgcheck.rigor.chains import Law, fraction, rational
from mfgcheck.rigor.quadratic import Definite, definiteness
from mfgcheck.verify.verdict import Status

_MOST_STATES = 150
_CORNERS = 3  # point masses that are compared with the first one
_MOST_SUBSETS = 7  # states; beyond, condition (2) has too many cases

Rows: TypeAlias = list[list[Fraction]]


@dataclass(frozen=True, kw_only=True)
class Monotonicity(Finding):
    """Whether a game is monotone in the sense of Lasry and Lions, and whether that is enough.

    `status` speaks of strict monotonicity.

    Attributes:
        monotone: whether the weak inequality holds (UNDECIDED also where the game has not the form
            that it is asked of).
        pair: where an inequality fails, two laws z, z' that show it; None elsewhere.
        value: the sum at this pair: > 0, or 0 where only the strict inequality fails.
        unique: PROVED if it follows that there is at most one T-MFE mean field.
        theta: (1 - gamma) / (1 - gamma tau) of condition (2); None if not needed.
    """

    monotone: Status
    pair: tuple[Law, Law] | None = None
    value: Fraction | None = None
    unique: Status = Status.UNDECIDED
    theta: Fraction | None = None


_FOLLOWS = (
    "of any two T-MFE with different mean fields z, z' and values V, V', the sum of "
    "(V - V')(z - z') is negative; equilibria of the average reward (where stationary laws are "
    "unique), and of flows from one given initial law, are unique"
)
_NOT = (
    "at discount < 1 strict monotonicity alone does not make the T-MFE unique, nor T-BR converge: "
    "the classical proof compares flows from one initial law, or average rewards"
)
_NOR = (
    "it does not follow that there is a T-MFE (agents may have to mix, which the trembling hand "
    "does not), nor that T-BR converges"
)


def lasry_lions(model: ExactModel) -> Monotonicity:
    """Decide Lasry-Lions monotonicity, and whether it makes the T-MFE mean field unique.

    Source: Lasry and Lions (2007) for the condition; what follows for discounted stationary
    equilibria is derived in the module.

    >>> from mfgcheck.gallery import make
    >>> lasry_lions(ExactModel.of(make("beach-bar"))).status.value
    'PROVED'
    """
    tables = model.tables
    if tables.shape[0] > _MOST_STATES:
        return _finding(Status.UNDECIDED, f"{tables.shape[0]} states are too many for this test")
    moving = _kernel_moves(model)
    if moving is not None:
        return _finding(*moving)
    found = _matrix(model)
    if isinstance(found, Monotonicity):
        crowding = _congestion(model) if found.status == Status.UNDECIDED else None
        return found if crowding is None else crowding
    n = len(found)
    reduced = _reduced(found)
    signs = definiteness([[-x for x in row] for row in reduced])
    if signs.kind is Definite.POSITIVE:
        unique, theta, why = _uniqueness(tables, found)
        follows = _FOLLOWS
        if unique == Status.PROVED:
            follows += f"; here also: all T-MFE have the same mean field, {why}"
        return _finding(
            Status.PROVED,
            f"the form of rbar is negative definite on the {n - 1} directions of mass",
            monotone=Status.PROVED,
            follows=follows,
            not_follows=_NOT if unique != Status.PROVED else _NOR,
            unique=unique,
            theta=theta,
        )
    weak = signs.kind is Definite.SEMI
    pair, value = _pair(found, signs.direction)
    reason = (
        "the form of rbar is negative semidefinite, but zero in a direction"
        if weak
        else "the form of rbar is positive in a direction"
    )
    return _finding(
        Status.REFUTED,
        reason,
        monotone=Status.PROVED if weak else Status.REFUTED,
        not_follows=_NOT if weak else "that there are several T-MFE does not follow",
        pair=pair,
        value=value,
    )


def _finding(
    status: Status,
    reason: str,
    *,
    monotone: Status = Status.UNDECIDED,
    follows: str = "",
    not_follows: str = "",
    pair: tuple[Law, Law] | None = None,
    value: Fraction | None = None,
    unique: Status = Status.UNDECIDED,
    theta: Fraction | None = None,
) -> Monotonicity:
    return Monotonicity(
        test="lasry-lions",
        status=status,
        claim="strictly monotone in the sense of Lasry and Lions, with a kernel free of z",
        reason=reason,
        theorem="uniqueness of mean field equilibria under Lasry-Lions monotonicity",
        source="Lasry, Lions 2007; for discounted stationary equilibria derived here",
        follows=follows,
        not_follows=not_follows,
        monotone=monotone,
        pair=pair,
        value=value,
        unique=unique,
        theta=theta,
    )


def _kernel_moves(model: ExactModel) -> tuple[Status, str] | None:
    """Say whether the kernel depends on the mean field; None if it does not."""
    tables = model.tables
    scalars = tables.game.scalars
    positions = _kernel_terms(tables)
    if not any(scalars.aggregates_of[tables.terms[k]] for k in positions):
        return None
    numbers = tuple(sorted({j for k in positions for j in scalars.aggregates_of[tables.terms[k]]}))
    setting = scalars.setting(numbers)
    corners = list(setting.distinct.values())
    places = {j: rigor.var(i) for i, j in enumerate(numbers)}
    terms = [rigor.substitute(scalars.expression(tables.terms[k]), places) for k in positions]
    first = [rigor.substitute(f, setting.at({corners[0]: Fraction(1)})) for f in terms]
    states, actions, _ = tables.shape
    whole = tables.kernel.reshape(states * actions, tables.kernel_terms, states)
    entries: dict[tuple[int, ...], int] = {}
    for i, t in itertools.product(range(states * actions), range(states)):
        entries.setdefault(tuple(int(whole[i, k, t]) for k in positions), i)
    for corner in reversed(corners[1:][-_CORNERS:]):
        last = [rigor.substitute(f, setting.at({corner: Fraction(1)})) for f in terms]
        for entry, row in entries.items():
            change = rigor.add(
                *(
                    rigor.scaled(rigor.subtract(y, x), Fraction(c))
                    for c, x, y in zip(entry, first, last, strict=True)
                    if c
                )
            )
            if rigor.sign(change, 256) in (1, -1):
                where = row_text(tables.game.states, tables.game.actions, row)
                return Status.REFUTED, f"the kernel depends on the mean field, in row {where}"
    return Status.UNDECIDED, "the kernel is written with the mean field"


def _kernel_terms(tables: Tables) -> list[int]:
    """Return the positions of the terms that the kernel has, after cancellation."""
    return [k for k in range(tables.kernel_terms) if tables.kernel[:, :, k].any()]


def _matrix(model: ExactModel) -> Rows | Monotonicity:
    """Return B: rbar(s, z) = sum over x of B(s, x) z(x) + a function of s; or why there is none."""
    tables = model.tables
    scalars = tables.game.scalars
    states, actions, _ = tables.shape
    moving = [k for k in model.needed if scalars.aggregates_of[tables.terms[k]]]
    aggregates = model.aggregates
    phi = [scalars.aggregates[j].values for j in aggregates]
    slopes: list[list[Fraction]] = []
    for k in moving:
        f = scalars.expression(tables.terms[k])
        rates = None if rigor.has_step(f) else [rigor.derivative(f, j) for j in aggregates]
        known = [] if rates is None else [rigor.exact_value(rate) for rate in rates]
        exact = [x for x in known if x is not None]
        if rates is None or len(exact) < len(aggregates):
            term = tables.game.scalars.terms[tables.terms[k]]
            return _finding(Status.UNDECIDED, f"the reward is not affine in z: it has {term}")
        slopes.append(exact)
    if any(not isinstance(x, Fraction) for values in phi for x in values):
        return _finding(Status.UNDECIDED, "an aggregate has irrational coefficients")
    if not moving:
        return [[Fraction(0)] * states for _ in range(states)]
    rewards = tables.rewards.reshape(states * actions, -1)[:, moving]
    left = flint.fmpq_mat(flint.fmpz_mat([[int(x) for x in row] for row in rewards]))
    middle = _fmpq([[rational(x) for x in row] for row in slopes])
    right = _fmpq([[rational(x) for x in values if isinstance(x, Fraction)] for values in phi])
    lines = (left * middle * right / flint.fmpq(tables.reward_denominator)).tolist()
    for s, a in itertools.product(range(states), range(1, actions)):
        row = s * actions + a
        change = {x - y for x, y in zip(lines[row], lines[s * actions], strict=True)}
        if len(change) > 1:  # not the same for all z, which are laws
            return _finding(
                Status.REFUTED,
                "the mean field changes the difference of two actions' rewards, in state "
                f"{tables.game.states.text(s)}",
            )
    return [[fraction(x) for x in lines[s * actions]] for s in range(states)]


def _congestion(model: ExactModel) -> Monotonicity | None:
    """Decide rewards in which each state has a function of its own mass; None if it is not so."""
    tables = model.tables
    scalars = tables.game.scalars
    states = tables.shape[0]
    flat = 0
    own = {tuple(Fraction(int(x == s)) for x in range(states)): s for s in range(states)}
    mass = {j: own.get(scalars.aggregates[j].values) for j in model.aggregates}
    moving = [k for k in model.needed if scalars.aggregates_of[tables.terms[k]]]
    rewards = tables.rewards[:, :, moving]
    if (rewards != rewards[:, :1]).any():
        return None  # z may change the difference of two actions' rewards
    for s in range(states):
        used = [(k, int(c)) for k, c in zip(moving, rewards[s, 0], strict=True) if c]
        numbers = {j for k, _ in used for j in scalars.aggregates_of[tables.terms[k]]}
        if any(mass[j] != s for j in numbers):
            return None
        if not used:
            flat += 1
            continue
        f, _ = scalars.function(tuple(sorted((tables.terms[k], c) for k, c in used)))
        if rigor.has_step(f):
            return None
        slope = rigor.enclose(rigor.derivative(f, 0), [(Fraction(0), Fraction(1))]).upper
        if slope is None or slope > 0:
            return None
        flat += slope == 0
    strict = flat <= 1  # a change of mass changes the masses of two states at least
    return _finding(
        Status.PROVED if strict else Status.UNDECIDED,
        "the reward of a state falls as its own mass grows"
        + ("" if strict else ", but in several states it may stay the same"),
        monotone=Status.PROVED,
        follows=_FOLLOWS if strict else "",
        not_follows=_NOT,
    )


def _fmpq(rows: list[list[Any]]) -> Any:
    return flint.fmpq_mat(len(rows), len(rows[0]), [x for row in rows for x in row])


def _reduced(b: Rows) -> Rows:
    """Return the symmetric form v'Bv in the basis e_i - e_last of the directions of sum 0."""
    last = len(b) - 1
    form = [
        [b[i][j] - b[last][j] - b[i][last] + b[last][last] for j in range(last)]
        for i in range(last)
    ]
    return [[(form[i][j] + form[j][i]) / 2 for j in range(last)] for i in range(last)]


def _pair(b: Rows, direction: list[Fraction] | None) -> tuple[tuple[Law, Law] | None, Fraction]:
    """Return two laws whose difference is this direction, and the sum of the condition there."""
    if direction is None:
        return None, Fraction(0)
    v = [*direction, -sum(direction, Fraction(0))]
    mass = sum((x for x in v if x > 0), Fraction(0))
    z = tuple(max(x, Fraction(0)) / mass for x in v)
    z2 = tuple(max(-x, Fraction(0)) / mass for x in v)
    image = [sum((x * y for x, y in zip(row, v, strict=True)), Fraction(0)) for row in b]
    return (z, z2), sum((x * y for x, y in zip(image, v, strict=True)), Fraction(0)) / mass**2


def _uniqueness(tables: Tables, b: Rows) -> tuple[Status, Fraction | None, str]:
    """Return whether a strictly monotone game has one T-MFE mean field: two states, or (2)."""
    states = tables.shape[0]
    if states == 1:
        return Status.PROVED, None, "as there is one state"
    rows = _trembling_rows(tables)
    if rows is None:
        return Status.UNDECIDED, None, ""
    if states == 2:
        # The stationary law is unique unless some strategy leaves neither state.
        if min(row[1] for row in rows[0]) > 0 or min(row[0] for row in rows[1]) > 0:
            return Status.PROVED, None, "as there are two states and one stationary law each time"
        return Status.UNDECIDED, None, ""
    gamma = tables.game.discount
    theta = (1 - gamma) / (1 - gamma * _farthest(rows))
    if states > _MOST_SUBSETS:
        return Status.UNDECIDED, theta, ""
    for size in range(1, states // 2 + 1):
        for subset in itertools.combinations(range(states), size):
            for s, t in itertools.permutations(range(states), 2):
                change = [theta * (x - y) for x, y in zip(b[s], b[t], strict=True)]
                form = [
                    [-b[i][j] - (change[j] if i in subset else 0) for j in range(states)]
                    for i in range(states)
                ]
                if definiteness(_reduced(form)).kind is not Definite.POSITIVE:
                    return Status.UNDECIDED, theta, ""
    return Status.PROVED, theta, f"as monotonicity outweighs discounting (theta = {theta})"


def _trembling_rows(tables: Tables) -> list[Rows] | None:
    """Return for each state and action the law of the next state when this action is meant.

    The kernel is free of z; None if it has irrational constants.
    """
    positions = _kernel_terms(tables)
    if [tables.terms[k] for k in positions] != [0]:  # more than the term 1
        return None
    whole = np.asarray(tables.kernel[:, :, positions[0]], dtype=object)
    total = whole.sum(axis=1)
    unit = tables.denominator
    return [
        [
            [
                tables.kappa * Fraction(x, unit) + tables.spread * Fraction(y, unit)
                for x, y in zip(row, base, strict=True)
            ]
            for row in rows
        ]
        for rows, base in zip(whole.tolist(), total.tolist(), strict=True)
    ]


def _farthest(rows: list[Rows]) -> Fraction:
    """Return the largest total variation distance of rows of different states."""
    return max(
        sum((abs(x - y) for x, y in zip(p, q, strict=True)), Fraction(0)) / 2
        for first, second in itertools.combinations(rows, 2)
        for p in first
        for q in second
    )
