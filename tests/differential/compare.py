"""A verdict of the package against the oracle: what can be wrong with it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy

from tests.differential.as_game import label_key
from tests.differential.spec import Spec
from tests.oracle import CLAUSES, Finding, MeanField, PlainGame, Poset, product, vertices
from tests.oracle.irrational import NOISE

Z_CLAUSES = ("kernel.monotone_z", "kernel.increasing_differences", "reward.increasing_differences")
SLACK = Fraction(1, 10**12)
"""How far a witness's printed bounds, which are floats, may be from the oracle's value."""


def complaints(
    spec: Spec, plain: PlainGame, game: Any, report: Any, findings: Mapping[str, Finding]
) -> Iterator[str]:
    """Yield what the oracle objects to in a report, one line each."""
    for clause in CLAUSES:
        verdict = report.clauses[clause]
        status = verdict.status.value
        if status == "PROVED" and findings[clause].violated:
            yield f"{clause}: PROVED, but the oracle has {findings[clause]}"
        elif status == "REFUTED" and verdict.witness is None:
            yield f"{clause}: REFUTED without a witness"
        elif status == "REFUTED":
            for objection in _against_witness(clause, spec, plain, game, verdict.witness):
                yield f"{clause}: {objection} -- {verdict.witness}"
        elif status == "UNDECIDED" and not verdict.reason:
            yield f"{clause}: UNDECIDED without a reason"
    yield from _against_assumptions(spec, plain, report)


def _against_witness(
    clause: str, spec: Spec, plain: PlainGame, game: Any, witness: Any
) -> Iterator[str]:
    try:
        place = _place(spec, witness)
    except (KeyError, ValueError, TypeError) as error:
        yield f"the witness cannot be read: {error!r}"
        return
    corners, upper_set, z, z2 = place
    if upper_set is not None and not _is_upper(plain.states, upper_set):
        yield "its upper set is not closed upwards"
    if (z2 is not None) != (clause in Z_CLAUSES):
        yield "it has the wrong number of mean fields"
        return
    if z2 is not None and not dominates(plain.states, z2, z):
        yield "its mean fields are not ordered by dominance"
    value = value_at(clause, plain, corners, upper_set, z, z2)
    if value is None:
        yield "its corners do not fit the clause"
        return
    if value >= -plain.noise:
        yield f"the oracle's value there is {float(value)!r}, no violation"
    if not witness.lower - SLACK <= value <= witness.upper + SLACK:
        yield f"the oracle's value there is {float(value)!r}, not in its bounds"
    if witness.upper >= 0:
        yield "its value is not certified negative"
    for what, stated in (("value", witness.value), ("replay", witness.replay(game))):
        if abs(decimal(stated) - value) > NOISE:
            yield f"its {what} is {stated}, the oracle has {float(value)!r}"
    yield from order_objections(clause, plain, place, value)


Place = tuple[list[tuple[int, int]], tuple[int, ...] | None, MeanField, MeanField | None]


def _place(spec: Spec, witness: Any) -> Place:
    """Return a witness's corners, upper set and mean fields in numbers of states and actions."""
    states = {label_key(label): i for i, label in enumerate(spec.states.labels)}
    actions = {label_key(label): i for i, label in enumerate(spec.actions.labels)}

    def field(masses: Mapping[Any, Fraction]) -> MeanField:
        z = [Fraction(0)] * len(states)
        for label, mass in masses.items():
            z[states[label_key(label)]] = Fraction(mass)
        if sum(z) != 1 or min(z) < 0:
            raise ValueError(f"{masses} is not a law")
        return tuple(z)

    corners = [(states[label_key(s)], actions[label_key(a)]) for s, a, *_ in witness.corners]
    upper = witness.upper_set
    numbers = None if upper is None else tuple(sorted(states[label_key(x)] for x in upper))
    z = vertices(len(states))[0] if witness.z is None else field(witness.z)
    return corners, numbers, z, None if witness.z2 is None else field(witness.z2)


def decimal(value: Any) -> Fraction:
    """Return an exact sympy number to 40 digits."""
    return Fraction(str(sympy.N(value, 40)))


def value_at(
    clause: str,
    plain: PlainGame,
    corners: list[tuple[int, int]],
    upper_set: tuple[int, ...] | None,
    z: MeanField,
    z2: MeanField | None,
) -> Fraction | None:
    """Return what the clause wants to be non-negative, or None if the corners do not fit it."""
    subject, kind = clause.split(".")

    def f(corner: tuple[int, int], at: MeanField) -> Fraction:
        if subject == "reward":
            return plain.reward(*corner, at)
        row = plain.kernel(*corner, at)
        return sum((row[x] for x in upper_set or ()), Fraction(0))

    low, high = corners[0], corners[-1]
    if not (plain.states.below[low[0]][high[0]] and plain.actions.below[low[1]][high[1]]):
        return None
    if kind == "monotone_z":
        return None if low != high or z2 is None else f(low, z2) - f(low, z)
    if low == high:
        return None
    if kind == "max_monotone_s":
        rows = range(plain.actions.size)
        return max(f((high[0], a), z) for a in rows) - max(f((low[0], a), z) for a in rows)
    if kind == "increasing_differences":
        return None if z2 is None else f(high, z2) - f(low, z2) - f(high, z) + f(low, z)
    if kind == "supermodular":
        sides = _sides(plain, low, high)
        if sides is None:
            return None
        return f(high, z) + f(low, z) - f(sides[0], z) - f(sides[1], z)
    moved = 0 if kind == "monotone_s" else 1
    return None if low[1 - moved] != high[1 - moved] else f(high, z) - f(low, z)


def _sides(
    plain: PlainGame, low: tuple[int, int], high: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the two elements between the ends of a local square, or None if it is not one."""
    actions = plain.actions.size
    both = _product(plain)
    x, y = low[0] * actions + low[1], high[0] * actions + high[1]
    inside = [
        k for k in range(both.size) if k not in (x, y) and both.below[x][k] and both.below[k][y]
    ]
    if len(inside) != 2:
        return None
    return divmod(inside[0], actions), divmod(inside[1], actions)


_products: dict[tuple[Poset, Poset], Poset] = {}


def _product(plain: PlainGame) -> Poset:
    key = (plain.states, plain.actions)
    if key not in _products:
        _products[key] = product(*key)
    return _products[key]


def _is_upper(states: Poset, subset: tuple[int, ...]) -> bool:
    return all(j in subset for i in subset for j in range(states.size) if states.below[i][j])


def dominates(states: Poset, z2: MeanField, z: MeanField) -> bool:
    """Whether z2 gives no upper set less mass than z."""
    return all(sum(z2[x] for x in u) >= sum(z[x] for x in u) for u in states.upper_sets)


def order_objections(clause: str, plain: PlainGame, place: Place, value: Fraction) -> Iterator[str]:
    """Check that no smaller witness exists at the vertices.

    Smallest means: corners first (lexicographic by number), then the upper set (fewest states,
    then lexicographic), then the first vertex; for comparisons of mean fields, the pair of
    vertices with the largest violation.
    """
    corners, upper_set, z, z2 = place
    given = (corners[0], corners[-1])
    points = vertices(plain.states.size)
    sets: tuple[tuple[int, ...] | None, ...] = (
        (None,) if clause.startswith("reward") else plain.states.upper_sets
    )
    pairs: list[tuple[MeanField, MeanField | None]] = [(point, None) for point in points]
    if z2 is not None:
        pairs = [(points[i], points[j]) for i, j in plain.states.ordered]
    for low, high in _local_corners(clause, plain):
        if (low, high) > given:
            break
        for candidate in sorted(sets, key=_set_order):
            if (low, high) == given and _set_order(candidate) > _set_order(upper_set):
                return
            values = [
                value_at(clause, plain, [low, high], candidate, first, second)
                for first, second in pairs
            ]
            hits = [i for i, v in enumerate(values) if v is not None and v < -plain.noise]
            if not hits:
                continue
            if (low, high) != given or candidate != upper_set:
                yield f"smaller: corners {low}, {high}, upper set {candidate}"
            elif z2 is not None and value > min(values[i] for i in hits) + 2 * plain.noise:  # type: ignore[type-var]
                yield f"a larger violation: {float(min(values[i] for i in hits))!r}"  # type: ignore[arg-type,type-var]
            elif z2 is None and pairs[hits[0]][0] != z:
                yield f"an earlier vertex violates: {hits[0]}"
            return


def _set_order(upper_set: tuple[int, ...] | None) -> tuple[int, tuple[int, ...]]:
    return len(upper_set or ()), upper_set or ()


def _local_corners(clause: str, plain: PlainGame) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return covers, local squares or single pairs (s, a), whatever the clause ranges over."""
    both, actions = _product(plain), plain.actions.size
    kind = clause.split(".")[1]
    found = []
    for x in range(both.size):
        for y in range(both.size):
            low, high = divmod(x, actions), divmod(y, actions)
            inside = [
                k
                for k in range(both.size)
                if k not in (x, y) and both.below[x][k] and both.below[k][y]
            ]
            cover = x != y and both.below[x][y] and not inside
            if kind == "monotone_z":
                fits = x == y
            elif kind == "supermodular":
                fits = (
                    both.below[x][y] and len(inside) == 2 and not both.below[inside[0]][inside[1]]
                )
            elif kind == "max_monotone_s":
                fits = cover and low[1] == high[1] == 0
            elif kind == "monotone_s":
                fits = cover and low[1] == high[1]
            elif kind == "monotone_a":
                fits = cover and low[0] == high[0]
            else:
                fits = cover
            if fits:
                found.append((low, high))
    return found


def _against_assumptions(spec: Spec, plain: PlainGame, report: Any) -> Iterator[str]:
    statuses = {key: verdict.status.value for key, verdict in report.assumptions.items()}
    few = spec.actions.size
    tremble = "PROVED" if spec.tremble <= Fraction(few - 1, few) else "REFUTED"
    if statuses["assumption.tremble"] != tremble:
        yield f"assumption.tremble: {statuses['assumption.tremble']}, not {tremble}"
    chain = "REFUTED" if plain.states.incomparable else "PROVED"
    if statuses["assumption.chain"] != chain:
        yield f"assumption.chain: {statuses['assumption.chain']}, not {chain}"
    rows = [(s, a) for s in range(spec.states.size) for a in range(few)]
    most = max(abs(plain.reward(s, a, z)) for z in vertices(spec.states.size) for s, a in rows)
    if most > 1 + plain.noise and statuses["assumption.bounded_reward"] == "PROVED":
        yield f"assumption.bounded_reward: PROVED, but |r| reaches {float(most)!r}"
    stepped = any("step" in str(node) for node in spec.scalars)
    if not stepped and statuses["assumption.continuous"] != "PROVED":
        yield f"assumption.continuous: {statuses['assumption.continuous']} without a step"
