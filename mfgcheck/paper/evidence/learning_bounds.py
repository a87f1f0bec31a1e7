"""Evidence about Theorem 4, Corollary 1 and their B: what is promised, and what happens exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from mfgcheck.budgets.bounds.flaws import first_too_small, lost_factor
from mfgcheck.budgets.bounds.printed import theorem_4, theorem_5, theorem_6
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.stopping import two_equal_samples
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.equilibrium.exact.replay import Ending, exact_run
from mfgcheck.equilibrium.exact.stage import ExactModel, Law
from mfgcheck.gallery import make
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.constants import as_small_as_one_likes
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.paper.evidence.learning_games import one_way
from mfgcheck.paper.evidence.t_br import law_text

HALF = Fraction(1, 2)


def next_mf_fails(
    *,
    game: str,
    start: Mapping[Any, object],
    accuracy: Fraction,
    failure: Fraction,
    constants: Sequence[str],
) -> Finding:
    """Whether TMFQ-learning misses a T-MFE that T-BR reaches in one step, whatever T_0 is.

    Args:
        game: a game of the gallery.
        start: z_0, {state: mass}.
        accuracy, failure: the theorem promises an error of at most twice the accuracy but for the
            failure probability.
        constants: which are to be 0, so that the assumptions hold with every positive number;
            with C3 or C5 among them Q has no influence on the next mean field.
    """
    made = make(game)
    against = objection(made) or as_small_as_one_likes(made, constants)
    if against is not None:
        return against
    runs = [exact_run(made, start, selection) for selection in ("inf", "sup")]
    reached = {run.mean_fields[1] for run in runs}
    if any(run.ending is not Ending.FIXED for run in runs) or len(reached) != 1:
        return denied("T-BR does not reach a T-MFE after one step")
    (law,) = reached
    if any(run.mean_fields[-1] != law for run in runs):
        return denied("T-BR does not reach a T-MFE after one step")
    found = two_equal_samples(law)
    bad = sum((p for error, p in found.errors.items() if error > 2 * accuracy), Fraction(0))
    if not bad > failure:
        return denied(f"two equal samples are off by more than {2 * accuracy} with chance {bad}")
    worst = max(found.errors)
    return confirmed(
        f"{game} satisfies Definition 1, {', '.join(constants)} may be any positive numbers, and "
        f"k_0 = 1 with z* = {law_text(law)}. Whatever Q is, Next-MF samples z*, stops at two equal "
        f"samples and is then off by {worst}, with probability {bad} at least: more than "
        f"{2 * accuracy} is promised to happen with probability {failure} at most."
    )


def b_too_small(*, ratio: Fraction, missing: Fraction = Fraction(1)) -> Finding:
    """Whether the sum that B stands for exceeds it for some k_0.

    Args:
        ratio: rho = 1 + C2 + C3 D.
        missing: the factor that B lacks: C3 + 1 in the statement of Theorem 6.
    """
    found = first_too_small(ratio, missing)
    if found is None:
        return denied(f"with rho = {ratio} B is large enough for every k_0")
    factor = f"C3 + 1 = {missing} and " if missing != 1 else ""
    return confirmed(
        f"With {factor}rho = {ratio} the recursion adds up to {float(found.needed):.4f} at k_0 = "
        f"{found.iterations}, and B allows {float(found.printed):.4f}; for smaller k_0 B is enough."
    )


def errors_exceed_b(*, chance: Fraction, error: Fraction, steps: int) -> Finding:
    """Whether admissible errors in a game add up to more than B times an error.

    Each step errs by `error`, downward; T-BR starts at (1/2, 1/2).

    Args:
        chance: with which state 1 is reached.
        error: of each next mean field, in ||.||_1.
        steps: k_0.
    """
    game = one_way(chance)
    against = objection(game) or as_small_as_one_likes(game, ("C1", "C2", "C3"))
    if against is not None:
        return against
    run = exact_run(game, {0: HALF, 1: HALF}, steps=1)
    stage = ExactModel.of(game).at(run.mean_fields[0])
    if stage is None:
        return undecided("the game has values that are not rational")
    exact: Law = (HALF, HALF)
    learned = exact
    for _ in range(steps):
        exact = stage.distribution(exact, run.strategies[0])
        down, up = stage.distribution(learned, run.strategies[0])
        learned = (down + error / 2, up - error / 2)
        if learned[1] < 0:
            return denied("the errors lead out of the simplex")
    off = sum((abs(x - y) for x, y in zip(exact, learned, strict=True)), Fraction(0))
    small = Fraction(1, 10**4)
    d = Facts(small, small, small).printed_d(game.discount) or Fraction(0)
    b = (1 + small + small * d) ** (steps + 1) * (small + 1)
    text = (
        f"P(1 | 1) = 1 and P(1 | 0) = {chance} satisfies Definition 1, and Assumption 1 with C1 = "
        f"C2 = C3 = 1/10000. Errors of {error} in each of {steps} steps add up to "
        f"{float(off):.4f}, and B times {error} is {float(b * error):.4f}."
    )
    return confirmed(text) if off > b * error else denied(text)


def accurate_steps_miss(*, chance: Fraction, accuracy: Fraction, constant: Fraction) -> Finding:
    """Whether steps as accurate as Theorem 4's proof asks end farther than twice the accuracy.

    Each step errs by accuracy/B, downward; T-BR starts at (1/2, 1/2), and z* = (0, 1).

    Args:
        chance: with which state 1 is reached.
        accuracy: of the theorem; k_0 is the first step at which T-BR is within it of z*.
        constant: C1, C2 and C3, which may be as small as one likes.
    """
    game = one_way(chance)
    against = objection(game) or as_small_as_one_likes(game, ("C1", "C2", "C3"))
    if against is not None:
        return against
    run = exact_run(game, {0: HALF, 1: HALF}, steps=1)
    stage = ExactModel.of(game).at(run.mean_fields[0])
    if stage is None:
        return undecided("the game has values that are not rational")
    strategy = run.strategies[0]
    exact: Law = (HALF, HALF)
    limit: Law = (Fraction(0), Fraction(1))
    if stage.distribution(limit, strategy) != limit:
        return denied("(0, 1) is no fixed point")
    k0 = 0
    while 2 * exact[0] > accuracy:
        exact = stage.distribution(exact, strategy)
        k0 += 1
    d = Facts(constant, constant, constant).printed_d(game.discount) or Fraction(0)
    b = (1 + constant + constant * d) ** (k0 + 1) * (constant + 1)
    error = accuracy / b
    learned: Law = (HALF, HALF)
    for _ in range(k0):
        down, up = stage.distribution(learned, strategy)
        learned = (down + error / 2, up - error / 2)
    off = 2 * learned[0]
    text = (
        f"P(1 | 1) = 1 and P(1 | 0) = {chance} satisfies Definition 1, and Assumption 1 with C1 = "
        f"C2 = C3 = {constant}. T-BR is within {accuracy} of z* after {k0} steps. Errors of "
        f"{accuracy}/B in each of them end {float(off):.4f} from z*; {float(2 * accuracy):g} is "
        "allowed."
    )
    return confirmed(text) if off > 2 * accuracy else denied(text)


def other_events(*, k0: int, wrong_step: int, chance: Fraction, error: Fraction) -> Finding:
    """Whether z_k0 may be wrong although the events E_1, .., E_k0 of the proofs all hold.

    An error is made in one step alone, that from z_k to z_(k+1); E_k says that there is none.

    Args:
        k0: how many steps.
        wrong_step: k, in which the error is made.
        chance: of the game P(1 | 1) = 1, P(1 | 0) = chance.
        error: of the mass of state 1.
    """
    if 1 <= wrong_step <= k0:
        return denied(f"E_{wrong_step} does not hold")
    off = Fraction(0)
    for k in range(k0):
        off = off * (1 - chance) + (error if k == wrong_step else 0)
    if off == 0:
        return denied(f"an error in step {wrong_step} does not reach z_{k0}")
    return confirmed(
        f"P(1 | 1) = 1, P(1 | 0) = {chance}: an error of {error} in the step from z_0 to z_1 and "
        f"none afterwards violates none of E_1, .., E_{k0}, and z_{k0} is off by {2 * off}. What "
        f"is needed is E_0, .., E_{k0 - 1}."
    )


def no_value_at_zero(*, accuracy: Fraction, failure: Fraction) -> Finding:
    """Whether the formulas of Theorems 4, 5 and 6 have no value at numbers that they admit."""
    request, facts = Request(2, 2, HALF, 3, accuracy, failure), Facts(*[Fraction(1)] * 3)
    w = Fraction(3, 4)
    bounds = (
        theorem_4(request, facts, covering_time=20, w=w),
        theorem_5(request, facts, regeneration=HALF, tremble=Fraction(1, 4), w=w),
        theorem_6(request, facts),
    )
    if not all(bound.amount is None for bound in bounds):
        return denied(f"at accuracy {accuracy} and failure probability {failure} they have one")
    return confirmed(
        f"Theorems 4, 5 and 6 admit 0, where the numbers of samples have no value: {bounds[0].gap}."
    )


def logarithm_halved(*, k0: int, failure: Fraction, allowed: Fraction) -> Finding:
    """Whether Lemmas 6 and 7 give Theorem 6's n_0, with constant 1, more than what is allowed.

    Args:
        k0: how many iterations.
        failure: delta-bar, which the theorem promises.
        allowed: the failure probability that is not to be exceeded.
    """
    found = lost_factor(Request(25, 5, Fraction(3, 4), k0, Fraction(1, 10), failure))
    text = (
        f"With 1 for the constant of O(.), k_0 = {k0} and delta-bar = {failure}, the events of "
        f"Lemmas 6 and 7 together leave a failure probability of {found.total} over all iterations."
    )
    return confirmed(text) if found.total > allowed else denied(text)


def certified_budget(*, game: str, theorem: str, accuracy: Fraction, failure: Fraction) -> Finding:
    """Whether a gap-based budget exists for a game for which the paper's theorem says nothing.

    Args:
        game: a game of the gallery.
        theorem: "4", "5" or "6", for TMFQ-learning, online learning or GMBL.
        accuracy, failure: as the theorem has them.
    """
    from mfgcheck.budgets.budget import SCHEMES, budget
    from mfgcheck.budgets.gap.budgets import GapBudget

    made = make(game)
    against = objection(made)
    if against is not None:
        return against
    found = budget(made, accuracy=accuracy, failure=failure, theorems=(theorem,))
    if found.constants.c3.proof is not Proof.NONE:
        return denied(f"C3 of {game} is {found.constants.c3.text}")
    gap = found.gap_based[SCHEMES[theorem]]
    if not isinstance(gap, GapBudget):
        return denied(f"{game}: {gap}")
    if gap.radius + gap.distance > 2 * accuracy or gap.failure > failure:
        return denied(f"{game}: the budget ends too far away")
    kind = "transitions of agents" if gap.agents else "simulator calls"
    return confirmed(
        f"{game}: {gap.calls:,} {kind} in {len(gap.steps)} steps are enough to end within "
        f"{2 * accuracy} of the T-MFE but for a probability of {failure}. The game has no finite "
        "C3, so the printed theorem does not apply."
    )
