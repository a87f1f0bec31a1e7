"""From a strategy and the place of its fixed point to a T-MFE, or to the proof that it is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.enclosure.enclosed import Equilibrium, Range
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed, Place, locate, width
from mfgcheck.equilibrium.enclosure.search import MOST_EXACT, Rest, Spot, key_of, same_line
from mfgcheck.equilibrium.exact.algebra import Zero, settle_exactly
from mfgcheck.equilibrium.exact.stage import ExactModel, ExactStage, Law
from mfgcheck.equilibrium.ranges.pieces import Box
from mfgcheck.errors import BadInput
from mfgcheck.game.numbers import Label
from mfgcheck.game.setting import bounds
from mfgcheck.rigor import balls

_ZERO, _ONE = Fraction(0), Fraction(1)
_FINE = (384, Fraction(1, 1 << 300))
_DENOMINATOR = 10**9  # of the rational numbers that are tried as exact fixed points


@dataclass(frozen=True, eq=False)
class Settled:
    """A T-MFE with the spot that it was found at."""

    spot: Spot
    equilibrium: Equilibrium


def settle(spot: Spot, exact: ExactModel, radius: Fraction) -> Settled | Rest | None:
    """Decide whether the zero at a spot is a T-MFE; None if it is not, or if there is no zero."""
    fixed, place = spot.fixed, spot.place
    stages = ((128, radius / 64), (128, radius / 2**20), _FINE)
    for bits, goal in stages:
        if fixed.deadline.passed:
            return replace(rest_of(fixed, place.box), reason="the time is over")
        with balls.precision(bits):
            found = sharpen(fixed, place, min(goal, radius / 64), bits)
            if found is Answer.NONE:
                return None
            if isinstance(found, Place):
                place = found
            gaps = distinct_gaps(fixed, place.box, bits)
            law = fixed.law(place.box, bits)
            if gaps is None or law is None:
                continue
            if any(gap < 0 for gap in gaps) or not fixed.piece.meets(place.box):
                return None
            if _misses_pinned(fixed, law):
                return None
            proved = place.certain and not fixed.piece.pinned and fixed.piece.holds(place.box)
            if not proved or not all(gap >= 0 for gap in gaps):
                continue
            masses = _masses(law)
            if max(high - low for low, high in masses) > 2 * radius:
                continue
            gap = _smallest(gaps)
            stable = fixed.stable(place.box, bits) if gap is None or gap[0] > 0 else None
            aggregates = _aggregates(fixed, place.box, law)
            regular = is_regular(fixed, place.box, bits)
            found_one = Equilibrium(aggregates, labels_of(fixed), gap, masses, stable, regular)
            return Settled(replace(spot, place=place), found_one)
    return _exactly(replace(spot, place=place), exact, radius)


def sharpen(fixed: Fixed, place: Place, radius: Fraction, bits: int) -> Place | Answer:
    """Return a smaller place of the same zero; NONE if there is no zero."""
    if width(place.box) <= radius and place.certain:
        return place
    found = locate(fixed, place.box, radius, bits)
    if not isinstance(found, Place):
        return Answer.NONE if found is Answer.NONE else place
    return Place(found.box, found.certain or place.certain)


def is_regular(fixed: Fixed, box: Box, bits: int) -> bool:
    """Whether the zero in the box is simple, not at a jump, and not at the edge of M.

    Small changes of the game only move it then.
    """
    margin = Fraction(1, 10**9)
    around = tuple(
        (low - margin * size, high + margin * size)
        for (low, high), size in zip(box, (b - a for a, b in fixed.piece.box), strict=True)
    )
    if fixed.piece.pinned or not fixed.piece.holds(around):
        return False
    image = fixed.image(box, bits)
    return image is not None and image[1]


def distinct_gaps(fixed: Fixed, box: Box, bits: int) -> list[Any] | None:
    """Return the strategy's advantages over all actions that do something else, as balls."""
    gaps = fixed.gaps(box, bits)
    if gaps is None:
        return None
    others = fixed.piece.tables.distinct.copy()
    others[np.arange(len(others)), fixed.strategy] = False
    return [gaps[s][a] for s, a in zip(*np.nonzero(others), strict=True)]


def same(first: Spot, second: Spot) -> bool | None:
    """Whether two spots are one zero; None if that was not told."""
    if first.fixed.piece is not second.fixed.piece:
        return False
    if not np.array_equal(first.fixed.strategy, second.fixed.strategy):
        return False
    pairs = list(zip(first.place.box, second.place.box, strict=True))
    if any(b < c or d < a for (a, b), (c, d) in pairs):
        return False
    hull = tuple((min(a, c), max(b, d)) for (a, b), (c, d) in pairs)
    with balls.precision(_FINE[0]):
        image = first.fixed.image(hull, _FINE[0])
    return True if image is not None and image[1] else None


def _exactly(spot: Spot, exact: ExactModel, radius: Fraction) -> Settled | Rest | None:
    """Try the simplest rational point of the place, then the algebra of one coordinate."""
    fixed, box = spot.fixed, spot.place.box
    if len(fixed.strategy) > MOST_EXACT:
        return rest_of(fixed, box)
    point = [simplest(low, high) for low, high in box]
    known = [x for x in point if x is not None]
    if len(known) == len(point):
        found = at_point(fixed, known, exact)
        if found is not Answer.OPEN:
            return found if isinstance(found, Settled) else None
    if fixed.piece.dimension == 1 and same_line(exact, fixed.piece):
        ((low, high),), ((first, last),) = box, fixed.piece.box
        low, high = max(low, first), min(high, last)
        answer = settle_exactly(exact, key_of(fixed.strategy), low, high)
        if answer is not None and not answer.families:
            # At most one zero lies in the place.
            inside = [from_zero(fixed, zero, exact, radius) for zero in answer.zeros]
            if all(one is not Answer.OPEN for one in inside):
                return next((one for one in inside if isinstance(one, Settled)), None)
    return rest_of(fixed, box)


def rest_of(fixed: Fixed, box: Box) -> Rest:
    """Return a box in which a strategy's zero could not be settled."""
    reason = (
        "so close to a tie, or to the edge of what mean fields can have, that the signs were not "
        "told"
    )
    return Rest(fixed.piece, box, fixed.strategy[:, None], 1, reason)


def consistent_stage(
    fixed: Fixed, point: Sequence[Fraction], exact: ExactModel
) -> tuple[ExactStage, Law] | None:
    """Return the game and the strategy's stationary law at rational coordinates, exactly.

    None if the law is not unique, its aggregates are not those of the point, or a term is not
    rational there. The terms are those of the piece, which at its open ends need not be the game's.
    """
    piece = fixed.piece
    values = piece.region.frame.lift(point)
    at = {i: rigor.const(x) for i, x in enumerate(point)}
    terms = [rigor.exact_value(rigor.substitute(f, at)) for f in piece.functions]
    if any(terms[k] is None for k in exact.needed):
        return None
    try:
        stage = exact.with_terms([_ZERO if x is None else x for x in terms])
    except BadInput:  # no mean field has these aggregates
        return None
    law = stage.stationary(key_of(fixed.strategy)).law
    if law is None:
        return None
    for j, aggregate in enumerate(piece.setting.aggregates):
        numbers = [v for v in aggregate.values if isinstance(v, Fraction)]
        if len(numbers) < len(aggregate.values):
            return None
        if sum((p * v for p, v in zip(law, numbers, strict=True)), _ZERO) != values[j]:
            return None
    return stage, law


def exact_gap(fixed: Fixed, stage: ExactStage) -> Fraction | None:
    """Return the smallest advantage over an action that does something else; None without one.

    The strategy is optimal if it is not negative.
    """
    others = fixed.piece.tables.distinct
    gaps = [
        row[fixed.strategy[s]] - x
        for s, row in enumerate(stage.q_values(key_of(fixed.strategy)))
        for a, x in enumerate(row)
        if others[s, a] and a != fixed.strategy[s]
    ]
    return min(gaps, default=None)


def at_point(fixed: Fixed, point: Sequence[Fraction], exact: ExactModel) -> Settled | Answer:
    """Return the T-MFE at a rational point; NONE if it is not optimal there, OPEN if not told.

    The point being consistent, it is the only zero of any place that it lies in.
    """
    piece = fixed.piece
    found = consistent_stage(fixed, point, exact)
    if found is None:
        return Answer.OPEN
    stage, law = found
    values = piece.region.frame.lift(point)
    if not all(strip.holds(values[j]) for j, strip in piece.choice.items()):
        return Answer.NONE
    gap = exact_gap(fixed, stage)
    if gap is not None and gap < 0:
        return Answer.NONE
    box = tuple((x, x) for x in point)
    stable = None
    with balls.precision(_FINE[0]):
        regular = is_regular(fixed, box, _FINE[0])
        if gap is None or gap > 0:
            stable = fixed.stable(box, _FINE[0])
    stays = None
    if gap == 0:
        best = stage.best_response()
        inf, sup = (stage.distribution(law, mu) == law for mu in (best.lowest, best.highest))
        stays = inf, sup
    equilibrium = Equilibrium(
        _exact_aggregates(fixed, law),
        labels_of(fixed),
        None if gap is None else (gap, gap),
        tuple((p, p) for p in law),
        stable,
        regular,
        stays,
    )
    return Settled(Spot(fixed, Place(box, certain=True)), equilibrium)


def from_zero(fixed: Fixed, zero: Zero, exact: ExactModel, radius: Fraction) -> Settled | Answer:
    """Return the T-MFE at a zero that exact arithmetic settled; NONE if it is none."""
    piece = fixed.piece
    if not zero.optimal:
        return Answer.NONE
    if zero.low == zero.high:
        values = piece.region.frame.lift([zero.low])
        if not all(strip.holds(values[j]) for j, strip in piece.choice.items()):
            return Answer.NONE  # it belongs to the next piece
        return at_point(fixed, [zero.low], exact)
    bits = _FINE[0]
    for finer in (radius, radius / 2**40, radius / 2**100):
        again = settle_exactly(exact, key_of(fixed.strategy), zero.low, zero.high, finer / 1024)
        if again is None or len(again.zeros) != 1:
            return Answer.OPEN
        box = ((again.zeros[0].low, again.zeros[0].high),)
        if not piece.holds(box):
            return Answer.OPEN
        with balls.precision(bits):
            law, gaps = fixed.law(box, bits), distinct_gaps(fixed, box, bits)
            if law is None or gaps is None:
                continue
            masses = _masses(law)
            if max(high - low for low, high in masses) > 2 * radius:
                continue
            gap = (_ZERO, _ZERO) if zero.ties else _smallest(gaps)
            if gap is not None and not zero.ties and gap[0] <= 0:
                continue
            stable = None if zero.ties else fixed.stable(box, bits)
            regular = is_regular(fixed, box, bits)
            aggregates = _aggregates(fixed, box, law)
            found = Equilibrium(aggregates, labels_of(fixed), gap, masses, stable, regular)
            return Settled(Spot(fixed, Place(box, certain=True)), found)
    return Answer.OPEN


def simplest(low: Fraction, high: Fraction) -> Fraction | None:
    """Return a rational number with a small denominator in a range, None if it is too large."""
    point = ((low + high) / 2).limit_denominator(_DENOMINATOR)
    return point if low <= point <= high else None


def _smallest(gaps: list[Any]) -> Range | None:
    ends = [balls.bounds(gap) for gap in gaps]
    known = [end for end in ends if end is not None]
    if not known:
        return None
    return max(_ZERO, min(low for low, _ in known)), min(high for _, high in known)


def _masses(law: list[Any]) -> tuple[Range, ...]:
    found = []
    for ball in law:
        ends = balls.bounds(ball) or (_ZERO, _ONE)
        found.append((max(_ZERO, ends[0]), min(_ONE, ends[1])))
    return tuple(found)


def _misses_pinned(fixed: Fixed, law: list[Any]) -> bool:
    for j, value in fixed.piece.pinned.items():
        ends = balls.bounds(_mean(law, fixed.piece.setting.aggregates[j].values))
        if ends is not None and not ends[0] <= value <= ends[1]:
            return True
    return False


def _mean(law: list[Any], values: tuple[Any, ...]) -> Any:
    total = balls.arb(0)
    for p, value in zip(law, values, strict=True):
        ends = bounds(value)
        total = total + p * balls.ball(ends[0], ends[-1])
    return total


def _aggregates(fixed: Fixed, box: Box, law: list[Any]) -> dict[str, Range]:
    """Return bounds of all aggregates that occur in the game."""
    game = fixed.piece.tables.game
    numbers = fixed.piece.tables.aggregates
    ranges = dict(zip(numbers, fixed.piece.aggregate_box(box), strict=False))
    found = {}
    for j, aggregate in enumerate(game.form.aggregates):
        ends = balls.bounds(_mean(law, aggregate.values))
        known = [pair for pair in (ends, ranges.get(j)) if pair is not None]
        found[aggregate.name] = (max(low for low, _ in known), min(high for _, high in known))
    return found


def _exact_aggregates(fixed: Fixed, law: Law) -> dict[str, Range]:
    found = {}
    for aggregate in fixed.piece.tables.game.form.aggregates:
        ends = [
            (p * bounds(v)[0], p * bounds(v)[-1])
            for p, v in zip(law, aggregate.values, strict=True)
        ]
        found[aggregate.name] = (
            sum((low for low, _ in ends), _ZERO),
            sum((high for _, high in ends), _ZERO),
        )
    return found


def labels_of(fixed: Fixed) -> tuple[Label, ...] | None:
    """Return the strategy's likeliest action in each state; None if all are equally likely."""
    if fixed.piece.tables.kappa == 0:
        return None
    labels = fixed.piece.tables.game.actions.labels
    return tuple(labels[int(a)] for a in fixed.strategy)
