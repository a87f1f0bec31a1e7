"""Evidence about the steps of Algorithms 2 and 4: trajectories, and rules for when to stop."""

from __future__ import annotations

import math
from fractions import Fraction

from mfgcheck.budgets.bounds.population import coin_error_chance
from mfgcheck.budgets.bounds.samples import law_samples
from mfgcheck.budgets.bounds.stopping import first_update, next_mf, two_equal_samples
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.gallery import make
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.paper.evidence.learning_games import resting

HALF = Fraction(1, 2)


def never_left(*, kept: Fraction) -> Finding:
    """Whether TQ-learning from state 0 and Q = 0 never sees state 1, and goes wrong there.

    Of two games, in one of which the higher action is best and in the other the lower one, whatever
    rule chooses among equal TQ-values is wrong in one: the TQ-values of state 1 stay 0.

    Args:
        kept: with what chance agents stay where they are.
    """
    law = {0: HALF, 1: HALF}
    for gain, wrong in ((Fraction(1, 4), 0), (Fraction(-1, 4), 1)):
        game = resting(gain, kept)
        against = objection(game)
        if against is not None:
            return against
        if any(game.kernel_at(0, a, law).get(1, 0) != 0 for a in (0, 1)):
            return denied("the trajectory leaves state 0")
        stage = ExactModel.of(game).at(read_law(game, law))
        if stage is None:
            return undecided("the game has values that are not rational")
        response = stage.best_response()
        if response.optimal != ((1 - wrong,), (1 - wrong,)):
            return denied("the action that is chosen among equal TQ-values is an optimal one")
    return confirmed(
        "Both games satisfy Definition 1, and in both P(s' | s) = 1 if s' = s: from state 0 the "
        "simulator never shows state 1, whose TQ-values stay what they were. With reward s/4 + a/4 "
        "action 1 is the only optimal one there by 1/4, with s/4 - a/4 action 0 is; equal "
        "TQ-values cannot tell."
    )


def stops_at_once(*, game: str, state: object, rate: Fraction, tolerance: Fraction) -> Finding:
    """Whether Algorithm 2 may stop at t = 1, with TQ-values that are wrong by more.

    Args:
        game: a game of the gallery; all mass is at its lowest state.
        state: s_0; the action is the lowest.
        rate: alpha_0.
        tolerance: epsilon_1, small against the error.
    """
    made = make(game)
    against = objection(made)
    if against is not None:
        return against
    lowest = made.states.labels[0]
    found = first_update(made, {lowest: 1}, state, made.actions.labels[0], rate)
    if not found.change < tolerance:
        return denied(f"the first update moves Q by {found.change}, which is not below {tolerance}")
    if not found.error > 10 * tolerance:
        return denied(f"Q_1 is off by {found.error} only")
    every = ", and so it does for every tolerance" if found.stops_always else ""
    return confirmed(
        f"In {game}, from s_0 = {state} and Q_0 = 0 with rate {rate}, the first update moves Q by "
        f"{found.change}: Algorithm 2 stops with the tolerance {tolerance}{every}. Q_1 is off by "
        f"{found.error}."
    )


def two_samples_stop(*, states: int, heavy: Fraction, least_chance: Fraction) -> Finding:
    """Whether Next-MF stops at two samples, for every tolerance, with a large error.

    Args:
        states: how many; they have equal probability, but
        heavy: the probability of the first.
        least_chance: a probability with which this is to happen at least.
    """
    law = [heavy, *[(1 - heavy) / (states - 1)] * (states - 1)]
    found = two_equal_samples(law)
    bad = sum((p for error, p in found.errors.items() if error >= 1), Fraction(0))
    if not bad >= least_chance:
        return denied(f"a point mass that is off by 1 or more comes out with probability {bad}")
    least = min(error for error in found.errors if error >= 1)
    return confirmed(
        f"With {states} states of which the first has probability {heavy}, two equal samples come "
        f"with probability {found.chance}; the empirical law then does not move, Next-MF returns a "
        f"point mass, and with probability {bad} it is off by {least} or more."
    )


def stops_whatever_the_error(
    *, tolerance: Fraction, heads: Fraction, accuracy: Fraction
) -> Finding:
    """Whether Next-MF's tolerance says nothing about its error.

    Every run has to have stopped by 2/tolerance samples, and to be off by more than the accuracy
    with probability 1/2 at least, although the accuracy is ten times the tolerance or more.

    Args:
        tolerance: epsilon_2.
        heads: the probability of one of two states.
        accuracy: what is hoped for.
    """
    run = next_mf([1 - heads, heads], tolerance)
    longest, failure = max(run.times), run.failure(accuracy)
    if longest > 2 / tolerance:
        return denied(f"a run takes {longest} samples")
    if not failure >= HALF:
        return denied(f"the error is larger than {accuracy} with probability {float(failure):.4f}")
    if accuracy < 10 * tolerance:
        return denied(f"the accuracy {accuracy} is not large against the tolerance {tolerance}")
    return confirmed(
        f"With P(1) = {heads} and tolerance {tolerance} every run has ended by {longest} samples; "
        f"its error exceeds {accuracy} with probability {float(failure):.4f}, and is "
        f"{float(run.mean_error):.4f} on average (all runs, exactly)."
    )


def index_not_defined(*, count_first: bool, from_pass: int) -> Finding:
    """Whether line 8 of Algorithm 4 asks for a law that its lines have not defined.

    Args:
        count_first: whether line 7, j <- j + 1, stands before line 6, which defines zbar_j.
        from_pass: from which pass on line 8 compares.
    """
    defined: set[int] = set()
    j = 0
    for passed in range(1, from_pass + 2):
        if count_first:
            j += 1
        defined.add(j)  # line 6
        if not count_first:
            j += 1
        missing = {j, j - 1} - defined
        if passed >= from_pass and missing:
            names = " and ".join(f"zbar_{i}" for i in sorted(missing))
            return confirmed(
                f"In pass {passed} line 8 compares zbar_{j} and zbar_{j - 1} when line 6 has "
                f"defined zbar_{max(defined)} last: {names} does not exist yet."
            )
    return denied("what line 8 compares has been defined")


def fixed_size(*, accuracy: Fraction, failure: Fraction, samples: int | None = None) -> Finding:
    """Whether a fixed number of samples is enough for a fair coin, by exact probabilities.

    Args:
        accuracy: in ||.||_1.
        failure: the probability with which it may be missed.
        samples: how many; by default what the lemma says.
    """
    needed = law_samples(2, accuracy, failure).count if samples is None else samples
    if needed is None:
        return undecided("more samples than can be counted")
    chance = coin_error_chance(needed, accuracy)
    text = (
        f"{needed} tosses of a fair coin are off by more than {accuracy} with probability "
        f"{float(chance):.4f} exactly; {failure} is allowed."
    )
    return confirmed(text) if chance <= failure else denied(text)


def rows_within(*, accuracy: Fraction, failure: Fraction, samples: int | None = None) -> Finding:
    """Whether Lemma 7's number makes all four rows of the fair-coin game accurate, exactly.

    Args are those of `fixed_size`; by default the number is that of Lemma 7.
    """
    if samples is None:
        samples = math.ceil(2 / float(accuracy) ** 2 * math.log(2**2 * 4 / float(failure)))
    each = coin_error_chance(samples, accuracy)
    chance = 1 - (1 - each) ** 4
    text = (
        f"fair-coin: with {samples} samples of each of its 4 pairs some row is off by more than "
        f"{accuracy} with probability {float(chance):.4f}; {failure} is allowed."
    )
    return confirmed(text) if chance <= failure else denied(text)


def reversed_inequality(
    *, accuracy: Fraction, failure: Fraction, samples: int | None = None
) -> Finding:
    """Whether (15) as printed fails in fair-coin: within the accuracy with MORE than 1 - failure.

    There G(Q*) differs by 1 between the states, so that the deviation is |heads/n - 1/2| for each
    of the 4 pairs.

    Args:
        accuracy: epsilon in (15).
        failure: delta.
        samples: n_0; by default what the paper says, with V_max = 2.
    """
    if samples is None:
        samples = math.ceil(2 * 4 / float(accuracy) ** 2 * math.log(2 * 4 / float(failure)))
    within = (1 - coin_error_chance(samples, 2 * accuracy)) ** 4
    text = (
        f"fair-coin, {samples} samples of each pair: all deviations are within {accuracy} with "
        f"probability {float(within):.6f}, and (15) says at most {1 - failure}."
    )
    return confirmed(text) if within > 1 - failure else denied(text)
