"""Evidence about the existence and the number of T-MFE: enclosures, and a game without any."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.exact.stage import Strategy
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.summary import count
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence import brute, games
from mfgcheck.paper.evidence.definition import objection
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status


def at_least_one(names: Sequence[str]) -> Finding:
    """Whether each of some games satisfies Definition 1 and was found to have a T-MFE.

    Args:
        names: games, see `games.named`.
    """
    made = games.named(names)
    for game in made:
        wrong = objection(game)
        if wrong is not None:
            return wrong
        found = equilibria(game)
        if not found.equilibria and not found.continua:
            text = f"in {game.name} no T-MFE was found"
            return denied(f"{text}.") if found.complete else undecided(f"{text}.")
    return confirmed(f"each of {count(len(made), 'game', 'games')} has a T-MFE, enclosed.")


def without_continuity(game: str) -> Finding:
    """Whether a game that jumps satisfies Definition 1 and has a T-MFE.

    Args:
        game: a game of the gallery.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    if check(made).assumptions["assumption.continuous"].status is not Status.REFUTED:
        return denied(f"{game} does not jump.")
    found = equilibria(made)
    text = f"{game} satisfies Definition 1 and jumps; {found.sentence}"
    return confirmed(f"{text}.") if found.equilibria else denied(f"{text}.")


def none(tremble: object) -> Finding:
    """Whether the game with opposed actions satisfies Definition 1 and has no T-MFE.

    Neither reward nor kernel depends on the state. So the best values are the same in both states,
    Q* is the reward plus a constant at each action, and where the meant action is the least likely
    one (kappa < 0) those strategies are optimal that mean, in each state, an action with the least
    reward (see the argument on paper). Rewards are affine in the mass m of the state 1.

    Args:
        tremble: eps.
    """
    game = games.opposed(tremble)
    wrong = games.objection_at_any_tremble(game) or _not_as_described(game)
    if wrong is not None:
        return wrong
    first, last = (_rewards(game, m) for m in (Fraction(0), Fraction(1)))
    # Where two affine rewards meet, the set of least ones can change.
    meet = {Fraction(0), Fraction(1)}
    for a, b in itertools.combinations(range(game.actions.size), 2):
        before, after = first[a] - first[b], last[a] - last[b]
        if before * after < 0:
            meet.add(before / (before - after))
    points = sorted(meet)
    told = []
    for m in points:
        images = _images(game, m)
        if m in images.values():
            return denied(f"at tremble {game.tremble} a T-MFE has z(1) = {m}.")
    for low, high in itertools.pairwise(points):
        images = _images(game, (low + high) / 2)
        # One image only, the same all over the interval: kernel and strategy do not change there.
        if len(images) != 1:
            return undecided(f"several strategies are optimal between {low} and {high}.")
        (image,) = images.values()
        if low < image < high:
            return denied(f"at tremble {game.tremble} a T-MFE has z(1) = {image}.")
        told.append(f"between {low} and {high} to {image}")
    return confirmed(
        f"the {game.name} satisfies Definition 1; the optimal strategies lead from z(1) "
        f"{', '.join(told)}, and at the ends of these intervals none leads back."
    )


def falls(tremble: object) -> Finding:
    """Whether in the game with opposed actions the best strategy alone falls as z rises.

    Args:
        tremble: eps.
    """
    game = games.opposed(tremble)
    wrong = games.objection_at_any_tremble(game)
    if wrong is not None:
        return wrong
    sets = brute.upper_sets(game.actions)
    found = []
    for m in (Fraction(0), Fraction(1)):
        best = brute.best(brute.stage_at(game, (1 - m, m)))
        if len(best.strategies) != 1:
            return denied(f"at z(1) = {m} several strategies are the best.")
        found.append(best.strategies[0][0])
    low, high = (brute.play(game, a) for a in found)
    text = (
        f"in the {game.name} the best strategy means {game.actions.text(found[0])} at z(1) = 0 and "
        f"{game.actions.text(found[1])} at z(1) = 1; its laws on the actions are "
        f"({', '.join(map(str, low))}) and ({', '.join(map(str, high))})"
    )
    return denied(f"{text}.") if brute.below(sets, low, high) else confirmed(f"{text}.")


def several(game: str, least: int) -> Finding:
    """Whether a game has several T-MFE, on each of which T-BR stands still.

    Args:
        game: a game of the gallery.
        least: how many at least, with one action that is best by a margin in each state.
    """
    made = make(game)
    wrong = objection(made)
    if wrong is not None:
        return wrong
    found = equilibria(made)
    strict = [e for e in found.equilibria if e.gap is not None and e.gap[0] > 0]
    text = f"{game} satisfies Definition 1; {found.sentence}, and {len(strict)} with strict gaps"
    if len(strict) < least:
        return denied(f"{text}.")
    stable = sum(e.stable is True for e in strict)
    return confirmed(
        f"{text}: T-BR that starts in one of these stays there ({stable} of them draw in all T-BR "
        "from near them)."
    )


def _not_as_described(game: Game) -> Finding | None:
    """Return what is wrong with `none`'s premises, None if they hold."""
    kappa, _ = brute.weights(game)
    if kappa >= 0:
        return denied(f"at tremble {game.tremble} the meant action is the likeliest one.")
    form = game.form
    affine = {*form.terms} <= {1, *(aggregate.symbol for aggregate in form.aggregates)}
    parts = [game.kernel_at(s, a, {s: 1}) for s in game.states for a in game.actions]
    still = all(
        parts[i] == game.kernel_at(other, a, {x: 1})
        for i, (_, a) in enumerate(itertools.product(game.states, game.actions))
        for other, x in itertools.product(game.states, repeat=2)
    )
    same = all(
        game.reward_at(s, a, z) == game.reward_at(t, a, z)
        for s, t in itertools.product(game.states, repeat=2)
        for a in game.actions
        for z in ({0: 1}, {1: 1})
    )
    return None if affine and still and same else denied("the premises fail")


def _rewards(game: Game, m: Fraction) -> list[Fraction]:
    return list(brute.stage_at(game, (1 - m, m)).reward[0])


def _images(game: Game, m: Fraction) -> dict[Strategy, Fraction]:
    """Return the next mass of the state 1 by optimal strategy.

    Raises:
        AssertionError: trying all strategies finds others than those that mean the least reward.
    """
    law = (1 - m, m)
    stage = brute.stage_at(game, law)
    row = stage.reward[0]
    least = [a for a, r in enumerate(row) if r == min(row)]
    chosen = tuple(itertools.product(least, repeat=game.states.size))
    if set(chosen) != set(brute.best(stage).strategies):
        raise AssertionError("the best strategies are not those that mean the least reward")
    return {mu: stage.distribution(law, mu)[1] for mu in chosen}
