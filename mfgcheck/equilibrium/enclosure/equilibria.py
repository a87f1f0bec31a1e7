"""All T-MFE of a game: each enclosed with proof, or the proof that there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from mfgcheck.equilibrium.enclosure.enclosed import (
    Continuum,
    Equilibria,
    Equilibrium,
    Leftover,
    Range,
)
from mfgcheck.equilibrium.enclosure.isolate import Answer, Fixed
from mfgcheck.equilibrium.enclosure.search import (
    MOST_EXACT,
    Exact,
    Filled,
    Found,
    Limits,
    Rest,
    search,
)
from mfgcheck.equilibrium.enclosure.segment import find_segment, is_optimal_between
from mfgcheck.equilibrium.enclosure.settle import (
    Settled,
    from_zero,
    labels_of,
    rest_of,
    same,
    settle,
)
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, pieces
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_game, need_seconds
from mfgcheck.game.floats import to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.numbers import brief, exact, short

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (boxes looked at, boxes known of, what is done)."""

_BEFORE_SEGMENTS = 600  # boxes after which segments of T-MFE are looked for
_AROUND = "around a segment of T-MFE no box can be dropped"
_MOST_SEGMENT = 3  # coordinates up to which segments of T-MFE are looked for
_SMALLEST_RADIUS = Fraction(1, 10**30)


def equilibria(
    game: Game,
    radius: object = Fraction(1, 10**10),
    max_strategies: int = 64,
    max_boxes: int = 5_000,
    time_limit: float | None = None,
    on_progress: Progress | None = None,
) -> Equilibria:
    """Find all T-MFE of a game, each enclosed with proof, or prove that there is none.

    Args:
        game: the game.
        radius: the largest half-width that the enclosure of a mass may have.
        max_strategies: how many strategies are looked at one by one in a box of mean fields.
        max_boxes: how many boxes of mean fields are looked at.
        time_limit: seconds after which what is left is undecided; none by default.
        on_progress: called as (boxes looked at, boxes known of, text).

    Actions that do exactly the same in a state count as one.

    Raises:
        BadInput: the tremble is so large that F is not the operator of the best trembling
            strategy, the game is too large, or an argument is out of range.

    Source: Lee et al. (2021), Definition 2; lemmas E1 to E3.

    >>> from mfgcheck import equilibria
    >>> from mfgcheck.gallery import make
    >>> print(equilibria(make("audit-c")).sentence)
    exactly 2 T-MFE: proved
    """
    started = time.perf_counter()
    need_game(game)
    need_seconds(time_limit)
    size = exact(radius, "the radius")
    if not _SMALLEST_RADIUS <= size <= 1:
        raise BadInput(f"the radius is {brief(size)}: it must lie between 1e-30 and 1")
    if max_strategies < 1 or max_boxes < 1:
        raise BadInput("at least one strategy and one box must be allowed")
    tables = Tables.of(game)
    model = ExactModel(tables)
    limits = Limits(max_strategies, max_boxes, Deadline(time_limit))
    settled: list[Settled] = []
    rests: list[Rest] = []
    continua: list[Continuum] = []
    boxes, interrupted = 0, False
    everywhere = pieces(tables)
    if game.doubts:  # nothing is proved of what may not be a game
        why = f"not sure that this is a game: {game.doubts[0]}"
        rests = [Rest(piece, piece.box, None, 0, why) for piece in everywhere]
        everywhere = []
    for piece in everywhere:
        left = Limits(max_strategies, max(0, max_boxes - boxes), limits.deadline)

        def report(done: int, waiting: int, before: int = boxes) -> None:
            if on_progress is not None:
                on_progress(before + done, before + done + waiting, "boxes of mean fields")

        found = _search(piece, size / 64, left, model, report)
        boxes += found.boxes
        interrupted = interrupted or found.interrupted
        rests.extend(found.rests)
        continua.extend(_continua(found.filled))
        for one in found.exact:
            parts = _from_exact(one, model, size)
            settled.extend(part for part in parts if isinstance(part, Settled))
            rests.extend(part for part in parts if isinstance(part, Rest))
            continua.extend(_families(one))
        for spot in found.spots:
            result = settle(spot, model, size)
            if isinstance(result, Rest):
                rests.append(result)
            elif result is not None and not _known(result, settled, rests):
                settled.append(result)
    continua = _joined([*continua, *_segments(rests, model)])
    result_list = tuple(
        sorted(
            (one.equilibrium for one in settled if not _belongs(one.equilibrium, continua)),
            key=lambda e: (tuple(e.aggregates.values()), str(e.strategy)),
        )
    )
    return Equilibria(
        game=game,
        equilibria=result_list,
        continua=tuple(continua),
        undecided=tuple(_leftovers(rests)),
        boxes=boxes,
        seconds=time.perf_counter() - started,
        interrupted=interrupted,
        sees=tuple(game.form.aggregates[j].name for j in tables.aggregates),
        merged=tables.kappa > 0 and not tables.distinct.all(),
        radius=size,
    )


def _search(
    piece: Piece,
    radius: Fraction,
    limits: Limits,
    model: ExactModel,
    on_progress: Callable[[int, int], None],
) -> Found:
    """Search a piece; around a segment of T-MFE no box is ever dropped, so that it ends early."""
    first = replace(limits, boxes=min(limits.boxes, _BEFORE_SEGMENTS))
    if 2 <= piece.dimension <= _MOST_SEGMENT and first.boxes < limits.boxes:
        found = search(piece, radius, first, on_progress)
        boxes = [rest.box for rest in found.rests]
        alone = all(rest.count == 1 for rest in found.rests) and len(_clusters(boxes)) == 1
        if not boxes or found.interrupted or (alone and _segments(found.rests, model)):
            rests = [replace(rest, reason=_AROUND) for rest in found.rests]
            return found if found.interrupted else replace(found, rests=rests)
    return search(piece, radius, limits, on_progress)


def _along(fixed: Fixed, p: Sequence[Fraction], q: Sequence[Fraction]) -> str:
    """Say what is proved of a segment."""
    frame, setting = fixed.piece.region.frame, fixed.piece.setting
    names = ", ".join(aggregate.name for aggregate in setting.aggregates)
    ends = [", ".join(short(x) for x in frame.lift(end)) for end in (p, q)]
    whole = is_optimal_between(fixed, tuple(p), tuple(q))
    which = "all values" if whole else "the values near both ends"
    return (
        f"on the segment of ({names}) from ({ends[0]}) to ({ends[1]}) {which} belong to T-MFE, "
        "but for finitely many at most"
    )


def _known(new: Settled, settled: Sequence[Settled], rests: list[Rest]) -> bool:
    """Whether a T-MFE was found before (in a neighbouring box)."""
    for old in settled:
        answer = same(old.spot, new.spot)
        if answer is None:
            fixed, box = new.spot.fixed, new.spot.place.box
            reason = "one fixed point, or two that are very close"
            rests.append(Rest(fixed.piece, box, fixed.strategy[:, None], 1, reason))
        if answer is not False:
            return True
    return False


def _continua(filled: Sequence[Filled]) -> list[Continuum]:
    """Put boxes of one strategy that touch each other together."""
    by_strategy: dict[tuple[int, ...], list[Filled]] = {}
    for one in filled:
        by_strategy.setdefault(tuple(one.fixed.strategy.tolist()), []).append(one)
    found = []
    for group in by_strategy.values():
        fixed = group[0].fixed
        for cluster in _clusters([one.box for one in group]):
            hull = hull_of([group[i].box for i in cluster])
            reason = "under this strategy the states fall into several closed classes"
            found.append(Continuum(named(fixed.piece, hull), labels_of(fixed), reason))
    return found


def _from_exact(one: Exact, model: ExactModel, radius: Fraction) -> list[Settled | Rest]:
    found: list[Settled | Rest] = []
    for zero in one.settlement.zeros:
        result = from_zero(one.fixed, zero, model, radius)
        if isinstance(result, Settled):
            found.append(result)
        elif result is Answer.OPEN:
            found.append(rest_of(one.fixed, ((zero.low, zero.high),)))
    return found


def _families(one: Exact) -> list[Continuum]:
    reason = "the fixed point equation of this strategy is an identity"
    return [
        Continuum(
            named(one.fixed.piece, ((family.low[0], family.high[1]),)), labels_of(one.fixed), reason
        )
        for family in one.settlement.families
    ]


def _segments(rests: Sequence[Rest], model: ExactModel) -> list[Continuum]:
    """Look for segments of T-MFE among boxes of several coordinates that stayed open."""
    found = []
    for piece in dict.fromkeys(rest.piece for rest in rests):
        own = [rest for rest in rests if rest.piece is piece and rest.count == 1]
        few = piece.tables.shape[0] <= MOST_EXACT
        if not (few and 2 <= piece.dimension <= _MOST_SEGMENT):
            continue
        for cluster in _clusters([rest.box for rest in own]):
            strategies = own[cluster[0]].strategies
            if strategies is None:
                continue
            fixed = Fixed(piece, strategies[:, 0])
            ends = find_segment(fixed, model, hull_of([own[i].box for i in cluster]))
            if ends is not None:
                box = tuple((min(x, y), max(x, y)) for x, y in zip(*ends, strict=True))
                reason = _along(fixed, *ends)
                found.append(Continuum(named(piece, box), labels_of(fixed), reason))
    return found


def _joined(continua: Sequence[Continuum]) -> list[Continuum]:
    """Join continua of one strategy and one aggregate that meet (where the game has a kink)."""
    found: list[Continuum] = []
    for one in sorted(continua, key=lambda c: (str(c.strategy), tuple(c.aggregates.values()))):
        last = found[-1] if found else None
        if last is not None and last.strategy == one.strategy and len(one.aggregates) == 1:
            ((name, (low, high)),) = one.aggregates.items()
            before = last.aggregates[name]
            if low <= before[1]:
                found[-1] = replace(last, aggregates={name: (before[0], max(high, before[1]))})
                continue
        found.append(one)
    return found


def _belongs(one: Equilibrium, continua: Sequence[Continuum]) -> bool:
    """Whether a T-MFE is the end of a continuum, or a point where the game jumps within it."""
    for other in continua:
        if one.strategy == other.strategy and len(other.aggregates) == 1:
            ((name, (low, high)),) = other.aggregates.items()
            if one.aggregates[name][0] <= high and low <= one.aggregates[name][1]:
                return True
    return False


def _leftovers(rests: Sequence[Rest]) -> list[Leftover]:
    """Put boxes that touch each other together."""
    found = []
    for piece in dict.fromkeys(rest.piece for rest in rests):
        own = [rest for rest in rests if rest.piece is piece]
        for cluster in _clusters([rest.box for rest in own]):
            chosen = [own[i] for i in cluster]
            found.append(_leftover(piece, chosen))
    return found


def _leftover(piece: Piece, rests: Sequence[Rest]) -> Leftover:
    hull = hull_of([rest.box for rest in rests])
    reasons = list(dict.fromkeys(rest.reason for rest in rests))
    return Leftover(named(piece, hull), max(rest.count for rest in rests), "; ".join(reasons[:3]))


def named(piece: Piece, box: Box) -> dict[str, Range]:
    """Return the ranges of the aggregates that matter over a box, by name."""
    names = [aggregate.name for aggregate in piece.setting.aggregates]
    return dict(zip(names, piece.aggregate_box(box), strict=False))


def hull_of(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around some."""
    return tuple(
        (min(low for low, _ in column), max(high for _, high in column))
        for column in zip(*boxes, strict=True)
    )


def _clusters(boxes: Sequence[Box]) -> list[list[int]]:
    """Group boxes that touch; floats will do, as each group is covered by its hull anyway."""
    if not boxes:
        return []
    ends = np.array([[[to_float(x) for x in side] for side in box] for box in boxes])
    if ends.ndim < 3:  # no coordinates: all boxes are the same
        return [list(range(len(boxes)))]
    left = set(range(len(boxes)))
    groups = []
    while left:
        group, todo = [], [left.pop()]
        while todo:
            i = todo.pop()
            group.append(i)
            touching = np.all(
                (ends[:, :, 0] <= ends[i, :, 1]) & (ends[:, :, 1] >= ends[i, :, 0]), axis=1
            )
            new = [j for j in np.flatnonzero(touching).tolist() if j in left]
            left.difference_update(new)
            todo.extend(new)
        groups.append(sorted(group))
    return groups
