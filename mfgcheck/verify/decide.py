"""One clause: build its inequalities, decide them, and turn the first that fails into a witness."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim, Deadline, Fails, Holds, Open, Outcome
from mfgcheck.game.instance import Scope
from mfgcheck.game.screen import Flags, in_order, proved_together
from mfgcheck.verify.clauses import Clause
from mfgcheck.verify.corners import Corners, corners
from mfgcheck.verify.differences import Family, kernel_family, reward_family
from mfgcheck.verify.refutation import make_witness
from mfgcheck.verify.upper_sets import TooManyUpperSets
from mfgcheck.verify.verdict import Status, Verdict
from mfgcheck.verify.witness import Witness

_MORE_FAILURES = 30  # looked at for one that more of the unknown functions share


def decide_clause(game: Game, clause: Clause, deadline: Deadline) -> Verdict:
    """Decide one clause of Definition 1 (any but `reward.max_monotone_s`) for all mean fields."""
    started = time.perf_counter()

    def verdict(status: Status, method: str, **more: object) -> Verdict:
        seconds = time.perf_counter() - started
        return replace(Verdict(clause.id, status, method, seconds), **more)  # type: ignore[arg-type]

    where = corners(game.states, game.actions, clause.shape)
    if not len(where):
        return verdict(Status.PROVED, f"there are no {clause.shape.value}")
    varying = clause.claim is Claim.NONDECREASING
    build = kernel_family if clause.of_kernel else reward_family
    try:
        family = build(game, where, varying=varying)
    except TooManyUpperSets as error:
        return verdict(Status.UNDECIDED, "upper sets", reason=str(error))
    if not len(family.vectors):
        what = (
            "the differences do not depend on the mean field"
            if varying
            else "all differences are 0"
        )
        return verdict(Status.PROVED, what)
    proved = proved_together(game.scalars, family.vectors, clause.claim, deadline)
    known: dict[int, Outcome] = {}
    found, undecided = _first_failure(
        game, family, clause, range(len(proved)), proved, deadline, known
    )
    if found is not None:
        witness = _witness(game, clause, where, family, found, known, free=False)
        witness = _beside(game, clause, where, family, found, proved, deadline, known, witness)
        outcome = known[found]
        assert isinstance(outcome, Fails)
        return verdict(Status.REFUTED, f"counterexample {outcome.method}", witness=witness)
    if undecided:
        count = f"{len(undecided)} of {len(proved)} inequalities open; the first: "
        if len(proved) == 1:
            count = "the one inequality is open: "
        return verdict(Status.UNDECIDED, _method(proved, known), reason=count + undecided[0].reason)
    return verdict(Status.PROVED, _method(proved, known))


def _first_failure(
    game: Game,
    family: Family,
    clause: Clause,
    order: Iterable[int],
    proved: Flags,
    deadline: Deadline,
    known: dict[int, Outcome],
) -> tuple[int | None, list[Open]]:
    """Return the first inequality that fails, and what was undecided before.

    With unknown functions it is the one that fails for most of them, among the first few.
    """
    undecided: list[Open] = []
    claim = clause.claim
    best: tuple[Scope, int] | None = None
    left = _MORE_FAILURES
    for i, outcome in in_order(game.scalars, family.vectors, order, proved, claim, deadline, known):
        if isinstance(outcome, Fails):
            scope = outcome.scope
            if best is None or scope > best[0]:
                best = scope, i
            left -= 1
            if scope is Scope.EVERY or left <= 0:
                break
        if isinstance(outcome, Open):
            undecided.append(outcome)
    return (None if best is None else best[1]), undecided


def _witness(
    game: Game,
    clause: Clause,
    where: Corners,
    family: Family,
    i: int,
    known: dict[int, Outcome],
    *,
    free: bool,
) -> Witness:
    corner, upper = (
        (family.free_corner[i], family.free_upper[i])
        if free
        else (family.corner[i], family.upper[i])
    )
    outcome = known[i]
    assert isinstance(outcome, Fails)
    rows = tuple(int(row) for row in where.rows[corner])
    return make_witness(
        game,
        clause.id,
        rows,
        family.upper_set(int(upper)),
        outcome.z,
        outcome.z2,
        everywhere=outcome.everywhere,
    )


def _beside(
    game: Game,
    clause: Clause,
    where: Corners,
    family: Family,
    found: int,
    proved: Flags,
    deadline: Deadline,
    known: dict[int, Outcome],
    witness: Witness,
) -> Witness:
    """Add a witness at rows that are not clipped, if the first one touches a clip."""
    if not clause.of_kernel or not game.form.clipped[where.rows[family.corner[found]]].any():
        return witness
    order = family.free_order.tolist()
    second, _ = _first_failure(game, family, clause, order, proved, deadline, known)
    if second is None:
        return witness
    free = _witness(game, clause, where, family, second, known, free=True)
    return replace(witness, unclipped=free)


def _method(proved: Flags, known: dict[int, Outcome]) -> str:
    """Say how the inequalities were proved, the most frequent ways first."""
    ways = Counter(
        outcome.method.split(" (")[0] for outcome in known.values() if isinstance(outcome, Holds)
    )
    screened = int(proved.sum())
    if screened:
        ways["enclosures of the terms"] += screened
    total = "1 inequality" if len(proved) == 1 else f"{len(proved)} inequalities"
    return f"{total}: " + ", ".join(way for way, _ in ways.most_common(3)) if ways else total
