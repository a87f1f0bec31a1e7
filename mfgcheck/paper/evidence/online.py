"""Evidence about section 5: a lag of one step, finitely many agents, and who is ever seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from mfgcheck.budgets.amount import BITS, real
from mfgcheck.budgets.bounds.even_dar import q_learning_steps
from mfgcheck.budgets.bounds.flaws import online_growth, optimal_values
from mfgcheck.budgets.bounds.population import coin_error_chance, too_few_agents
from mfgcheck.budgets.bounds.printed import theorem_5
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.samples import visits
from mfgcheck.equilibrium.exact.replay import Ending, exact_run
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.gallery import make
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.constants import as_small_as_one_likes
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.paper.evidence.learning_games import oscillator, replaced
from mfgcheck.paper.evidence.t_br import law_text
from mfgcheck.rigor.tape import precision

HALF = Fraction(1, 2)


def lag_cycles(*, cost: Fraction, first: int) -> Finding:
    """Whether modified T-BR cycles from the least law, where T-BR converges, by a clear margin.

    Args:
        cost: of the higher action in the game "oscillator".
        first: the action that mu_0 means in both states.
    """
    game = oscillator(cost)
    against = objection(game)
    if against is not None:
        return against
    plain = exact_run(game, {0: 1})
    if plain.ending is not Ending.FIXED:
        return denied(f"T-BR from the least law: {plain.ending}")
    runs = [
        exact_run(game, {0: 1}, rule, "modified", first=(first,) * 2) for rule in ("inf", "sup")
    ]
    for run in runs:
        if run.ending is not Ending.CYCLE or not run.cycle_gap:
            return denied(f"modified T-BR from the least law: {run.ending}")
    run = runs[0]
    path = " -> ".join(law_text(z) for z in (*run.cycle, run.cycle[0]))
    return confirmed(
        f"The game satisfies Definition 1. From the least law T-BR converges to "
        f"{law_text(plain.mean_fields[-1])}; modified T-BR with mu_0 meaning action {first} "
        f"alternates for ever, {path}, one action being best by {run.cycle_gap} at least."
    )


def lag_inherits(*, game: str, start: Mapping[Any, object]) -> Finding:
    """Whether modified T-BR cycles in a game of the gallery although mu_0 is greedy for z_0."""
    made = make(game)
    against = objection(made)
    if against is not None:
        return against
    run = exact_run(made, start, algorithm="modified")
    if run.ending is not Ending.CYCLE or not run.cycle_gap:
        return denied(f"modified T-BR in {game}: {run.ending}")
    path = " -> ".join(law_text(z) for z in (*run.cycle, run.cycle[0]))
    return confirmed(
        f"{game}: with mu_0 the best response to z_0, modified T-BR alternates for ever, {path}, "
        f"one action being best by {run.cycle_gap} at least."
    )


def lag_from_the_least(*, cost: Fraction, first: int) -> Finding:
    """Whether modified T-BR from the least law and strategy ends where T-BR does."""
    game = oscillator(cost)
    against = objection(game)
    if against is not None:
        return against
    plain = exact_run(game, {0: 1})
    run = exact_run(game, {0: 1}, "inf", "modified", first=(first,) * 2)
    if run.ending is not Ending.FIXED or run.mean_fields[-1] != plain.mean_fields[-1]:
        return denied(f"modified T-BR with mu_0 meaning action {first}: {run.ending}")
    path = " -> ".join(law_text(z) for z in run.mean_fields[:-1])
    return confirmed(f"In the same game, with mu_0 meaning action {first}: {path}, as T-BR.")


def first_is_missing(*, loop_from: int, defined: Sequence[int]) -> Finding:
    """Whether the loop of Algorithms 3 and 6 starts from a mean field that nothing defines.

    Args:
        loop_from: the first k of the loop, which uses z_k and makes z_(k+1).
        defined: the numbers of the mean fields that are given.
    """
    if loop_from in defined:
        return denied(f"z_{loop_from} is given")
    return confirmed(
        f"z_{', z_'.join(map(str, defined))} is given, the loop starts with k = {loop_from} and "
        f"z_{loop_from}, and makes z_{loop_from + 1} first: z_{loop_from} is not defined."
    )


def unseen(*, top: Fraction, zeta: Fraction, steps: int) -> Finding:
    """Whether agents that start at state 0 and are replaced are never at state 1.

    Args:
        top: the probability of state 1 in the law of new agents.
        zeta: the chance to be replaced.
        steps: how many steps are followed; from state 0 it is the same step again and again.
    """
    game = replaced(zeta, top)
    against = objection(game)
    if against is not None:
        return against
    law = {0: Fraction(1)}
    if any(game.kernel_at(0, a, law).get(1, 0) != 0 for a in game.actions.labels):
        return denied("agents come to state 1")
    stage = ExactModel.of(game).at(read_law(game, law))
    if stage is None:
        return undecided("the game has values that are not rational")
    now = read_law(game, law)
    for _ in range(steps):
        now = stage.distribution(now, (0, 0))
    return confirmed(
        f"Agents rest, and are replaced with chance {zeta} by agents at state 0 (Definition 1 "
        f"holds). From state 0 no action leads to state 1: after {steps} steps its mass is "
        f"{now[1]}, and of its pairs there is no sample, whatever the number of agents."
    )


def enough_visits(
    *, needed: int, chance: Fraction, pairs: int, failure: Fraction, agents: int | None = None
) -> Finding:
    """Whether max(2 n/q, (8/q) ln(pairs/failure)) agents visit all pairs n times, exactly.

    Args:
        needed: n.
        chance: q, with which an agent is at a given pair.
        pairs: how many pairs.
        failure: the probability with which one has too few visits.
        agents: how many; by default that number.
    """
    if agents is None:
        counts = [x.count for x in visits(Fraction(needed), chance, pairs, failure)]
        agents = max(x for x in counts if x is not None)
    q = chance
    few = sum(
        (comb(agents, k) * q**k * (1 - q) ** (agents - k) for k in range(needed)), Fraction(0)
    )
    text = (
        f"{agents:,} agents, each at a given pair with chance {q}: some of {pairs} pairs has fewer "
        f"than {needed} visits with probability {float(pairs * few):.2e} at most; {failure} is "
        "allowed."
    )
    return confirmed(text) if pairs * few <= failure else denied(text)


def misprinted_update(*, game: str, mean_field: Mapping[Any, object]) -> Finding:
    """Whether the fixed point of (18) as printed prefers other actions than Q* does.

    G(Q)(s) for G(Q)(s') makes Q = r + gamma G(Q) in each state for itself: with g = G(Q)(s), g =
    G(r)(s) + gamma g, as G(r + k) = G(r) + k.
    """
    made = make(game)
    against = objection(made)
    if against is not None:
        return against
    best = optimal_values(made, mean_field)
    gamma, eps, n = made.discount, made.tremble, made.actions.size
    told = []
    for s, label in enumerate(made.states.labels):
        r = [
            Fraction(int(x.p), int(x.q))
            for x in (made.reward_at(label, a, mean_field) for a in made.actions.labels)
        ]
        g = (1 - eps) * max(r) + eps / (n - 1) * (sum(r) - max(r))
        printed = [x + gamma * g / (1 - gamma) for x in r]
        there = {a for a, q in enumerate(printed) if q == max(printed)}
        true = {a for a, q in enumerate(best[s]) if q == max(best[s])}
        if there != true:
            told.append((label, there, true, printed, best[s]))
    if not told:
        return denied(f"in {game} both prefer the same actions")
    label, there, true, printed, q = told[0]
    return confirmed(
        f"{game}, state {label}: as printed the fixed point is ({', '.join(map(str, printed))}), "
        f"which knows nothing of P and has the best actions {sorted(there)}; Q* is "
        f"({', '.join(map(str, q))}) with the best actions {sorted(true)}."
    )


def too_few(*, accuracy: Fraction, failure: Fraction, constant: Fraction) -> Finding:
    """Whether I_0 agents in fair-coin are off by more than twice the accuracy too often.

    Args:
        accuracy, failure: the theorem's; C3 is the accuracy, C1 = C2 = 1.
        constant: c in I_0 = c(..), what O(.) hides.
    """
    game = make("fair-coin")
    against = objection(game) or as_small_as_one_likes(game, ("C1", "C2", "C3"))
    if against is not None:
        return against
    case = too_few_agents(accuracy, failure, constant)
    text = (
        f"fair-coin, C1 = C2 = 1, C3 = {accuracy}, k_0 = 1, w = 3/4, c = {constant}: I_0 = "
        f"{case.agents:,} agents are off by more than {2 * accuracy} with probability "
        f"{float(case.chance):.4f}; {failure} is allowed."
    )
    return confirmed(text) if case.printed.applies and case.chance > failure else denied(text)


def fluctuation(*, agents: int, distance: Fraction, failure: Fraction) -> Finding:
    """Whether so many agents in fair-coin are farther than `distance` from Phi too often."""
    chance = coin_error_chance(agents, distance)
    text = (
        f"{agents:,} agents that toss fair coins are more than {distance} away from (1/2, 1/2) in "
        f"||.||_1 with probability {float(chance):.4f}."
    )
    return confirmed(text) if chance > failure else denied(text)


def same_agents(*, accuracies: Sequence[Fraction], c3: Fraction | None = None) -> Finding:
    """Whether I_0 is the same for all accuracies, in games that satisfy the hypotheses.

    Args:
        accuracies: those to compare.
        c3: C3; by default the accuracy, as every positive number does in fair-coin.
    """
    found = []
    for accuracy in accuracies:
        request = Request(2, 2, HALF, 1, accuracy, Fraction(1, 20))
        facts = Facts(Fraction(1), Fraction(1), accuracy if c3 is None else c3)
        bound = theorem_5(
            request, facts, regeneration=HALF, tremble=Fraction(1, 4), w=Fraction(3, 4),
            constant=Fraction(1),
        )  # fmt: skip
        found.append(None if bound.total is None else bound.total.count)
    told = ", ".join(f"{x:,}" if x is not None else "none" for x in found)
    text = f"At the accuracies {', '.join(map(str, accuracies))} I_0 is {told} (c = 1)."
    return confirmed(text) if None not in found and len(set(found)) == 1 else denied(text)


def bracket(*, w: Fraction) -> Finding:
    """Whether I_0 agents have fewer transitions than all pairs together need updates.

    Theorem 9's number of updates is two terms; I_0 has |S||A|/(eps zeta) times the first only. All
    updates of a step come from the I_0 transitions of that step.
    """
    states, actions, error = 25, 5, real(Fraction(1, 10))
    with precision(BITS):
        steps = q_learning_steps(
            states * actions, Fraction(3, 4), real(4), error, real(Fraction(1, 100)), w, real(1)
        )
        if steps.sampling is None or steps.mixing is None:
            return undecided("a term has no value")
        factor = Fraction(states * actions) / (Fraction(3, 10) * Fraction(1, 10))
        agents = real(factor) * steps.sampling + steps.mixing
        needed = real(states * actions) * (steps.sampling + steps.mixing)
        ratio = float((needed / agents).mid())
        fewer = bool(agents < needed)
    text = (
        f"|S| = 25, |A| = 5, gamma = 3/4, eps = 3/10, zeta = 1/10, w = {w}, the same constant in "
        f"both terms: all pairs need {ratio:.3g} times as many updates as I_0 agents make "
        "transitions in a step."
    )
    return confirmed(text) if fewer else denied(text)


def online_b_too_small(*, zeta: Fraction, c2: Fraction, c3_d: Fraction, k0: int) -> Finding:
    """Whether the recursion in Theorem 5's proof exceeds its B, in units of C3 eps3."""
    found = online_growth(zeta, c2, c3_d, k0)
    text = (
        f"1 - zeta = {1 - zeta}, C2 = {c2}, C3 D = {c3_d}, k_0 = {k0}: the recursion adds up to "
        f"{float(found.needed):.4f} C3 eps3, and B is {float(found.printed):.4f} C3 eps3."
    )
    return confirmed(text) if found.needed > found.printed else denied(text)


def explicit_updates(
    *, error: Fraction, failure: Fraction, pairs: int, updates: int | None = None
) -> Finding:
    """Whether a number of synchronous updates, with a step, is enough by the explicit bound.

    gamma = 1/2 and |r| <= 1, from Q_0 = 0: |Q*| <= 2, so V has variance at most 4 and span 4.

    Args:
        error, failure: ||Q_T - Q*|| <= error but for the failure probability.
        pairs: |S||A|.
        updates: T; by default as many as are found to be enough.
    """
    from mfgcheck.budgets.gap.tq_learning import error_after, learn_within

    log = Fraction(math.log(2 * pairs / float(failure))) + Fraction(1, 10**9)
    numbers = (HALF, Fraction(2), Fraction(4), Fraction(4), log)
    found = learn_within(error, *numbers)
    count = found.updates if updates is None else updates
    bound = error_after(count, found.step, *numbers)
    text = (
        f"gamma = 1/2, |r| <= 1, {pairs} pairs: after {count:,} updates of every pair with step "
        f"{float(found.step):.3g} the error is at most {float(bound):.4f} but for a probability of "
        f"{failure}."
    )
    return confirmed(text) if bound <= error else denied(text)
