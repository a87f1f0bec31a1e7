"""`all_sizes`: Definition 1 for every number of states and actions, where formulas allow it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.verify.all_sizes.capture import Family, read_family
from mfgcheck.verify.all_sizes.crosscheck import crosscheck
from mfgcheck.verify.all_sizes.found import SizeVerdict, undecided
from mfgcheck.verify.all_sizes.kernel import decide_kernel
from mfgcheck.verify.all_sizes.replay import replay, size_parameters
from mfgcheck.verify.all_sizes.result import AllSizes, family_lines, hypotheses
from mfgcheck.verify.all_sizes.reward import decide_reward
from mfgcheck.verify.clauses import CLAUSES


def all_sizes(game: Game | Callable[..., Game], **parameters: object) -> AllSizes:
    """Decide Definition 1 for every |S| >= 2 and |A| >= 2 at once, where formulas allow it.

    The game's functions are run with symbols for s and a; the formulas that come out, with laws
    clipped to the states, make one game of every size. Clauses on the reward are decided for every
    positive value of the numeric parameters of the function that makes the game, as far as its code
    takes symbols for them; clauses on the kernel at the values given.

    Args:
        game: the game, or the function that makes it. A `Game` knows its maker if it was made by
            the command line or by this function; without it only the game's own size is run.
        parameters: keyword arguments for that function.

    Returns:
        The verdicts, each with the sizes it speaks of, and the family that was read.

    Raises:
        BadInput: parameters are given for a `Game`, or the function returns something else.

    Source: Lee et al. (2021), Definition 1; the lemmas S1 to S8 in the book.

    >>> from mfgcheck.gallery.capped_health import capped_health
    >>> print(all_sizes(capped_health, states=6, actions=3).status)
    PROVED
    """
    started = time.perf_counter()
    made = _made(game, parameters)
    replayed = replay(read_family(made))
    family = replayed.family
    clauses = {clause.id: _decide(family, clause.id) for clause in CLAUSES}
    checked = crosscheck(replayed, clauses)
    return AllSizes(
        game=made,
        clauses=checked.clauses,
        family=family_lines(family),
        hypotheses=hypotheses(family),
        ran_at=replayed.sizes,
        checked_at=checked.sizes,
        resizable=bool(size_parameters(made)),
        seconds=time.perf_counter() - started,
    )


def _made(game: Game | Callable[..., Game], parameters: dict[str, Any]) -> Game:
    if isinstance(game, Game):
        if parameters:
            raise BadInput("all_sizes: a Game has no parameters to set: give the function instead")
        return game
    if not callable(game):
        raise BadInput(f"all_sizes: {game!r} is neither a Game nor a function that makes one")
    arguments = {
        name: parameter.default
        for name, parameter in inspect.signature(game).parameters.items()
        if parameter.default is not parameter.empty
    } | parameters
    made = game(**arguments)
    if not isinstance(made, Game):
        raise BadInput("all_sizes: the function returned something else than a Game")
    return made.with_parameters({**made.parameters, **arguments}, maker=game)


def _decide(family: Family, clause: str) -> SizeVerdict:
    if clause.startswith("reward."):
        if family.reward is None:
            return undecided(clause, family.no_reward)
        return decide_reward(family.reward, family.values, clause)
    if family.kernel is None:
        return undecided(clause, family.no_kernel)
    return decide_kernel(family.kernel, clause)
