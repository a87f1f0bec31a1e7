"""Counterexamples in words of the user's game."""

from __future__ import annotations

import sympy

from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim
from mfgcheck.game.numbers import label_text, short
from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.clauses import BY_ID, Shape
from mfgcheck.verify.witness import (
    Law,
    Pair,
    Witness,
    best_reward,
    enclosed,
    measure,
    signed_corners,
)

_LONGEST = 200


def tell(game: Game, witness: Witness, *, everywhere: bool) -> str:
    """Return a failure in words; `everywhere` says that the mean field does not matter."""
    with_z = "whatever the mean field" if everywhere else f"with {mass_text(witness.z)}"
    example = ""
    if witness.instance is not None and witness.instance.functions:
        example = f"Take {witness.instance.text}. "
    clause = BY_ID[witness.clause]
    if witness.clause == "reward.max_monotone_s":
        story = _best_story(game, witness, with_z)
    elif clause.shape is Shape.SQUARE:
        story = _square_story(game, witness, with_z)
    elif clause.claim is Claim.NONNEGATIVE:
        story = _fall_story(game, witness, with_z)
    elif len(witness.corners) == 1:
        story = _row_story(game, witness)
    else:
        story = _difference_story(game, witness)
    return f"{example}{story} The difference is {value_text(witness)}."


def mass_text(z: Law) -> str:
    """Return a mean field in words.

    >>> from fractions import Fraction
    >>> mass_text({0: Fraction(1, 4), 3: Fraction(3, 4)})
    'mass 1/4 at 0 and 3/4 at 3'
    """
    if len(z) == 1:
        return f"all mass at {label_text(next(iter(z)))}"
    *first, last = (f"{mass} at {label_text(x)}" for x, mass in z.items())
    return f"mass {', '.join(first)} and {last}"


def value_text(witness: Witness) -> str:
    """Return a witness's value, exactly and as a decimal number."""
    value = witness.value
    if witness.instance is not None and value.has(Unknown):
        shown = short((witness.lower + witness.upper) / 2)
        claim = witness.instance.claim
        text = _factored(value)
        if len(text) > _LONGEST:  # of a maximum, say
            return f"{shown} here, and negative {claim}"
        return f"{text}, here {shown}, and negative {claim}"
    if isinstance(value, sympy.Integer):
        return str(value)
    if isinstance(value, sympy.Rational):
        return f"{value} ({_decimal(value, 6)})"
    return f"{sympy.factor_terms(value)}, about {_decimal(value, 6)}"


def _factored(value: sympy.Expr) -> str:
    """Return a negative number as minus a product: -27*(p(0) - p(24))/1000."""
    texts = [str(sympy.factor(value)), f"-{sympy.factor(-value)}"]
    return min(texts, key=lambda text: (text.count("-"), len(text)))


def _measure(game: Game, witness: Witness, pair: Pair, z: Law) -> sympy.Expr:
    return witness.settle(measure(game, witness, pair, z))


def _best_story(game: Game, witness: Witness, with_z: str) -> str:
    (s, _), (s2, _) = witness.corners
    before, after = _apart(
        *(witness.settle(best_reward(game, state, witness.z)) for state in (s, s2))
    )
    return (
        f"The best reward falls from {before} to {after} when the state rises from "
        f"{label_text(s)} to {label_text(s2)}, {with_z}."
    )


def _fall_story(game: Game, witness: Witness, with_z: str) -> str:
    low, high = witness.corners
    step, place = _step(low, high)
    before, after = _apart(*(_measure(game, witness, pair, witness.z) for pair in (low, high)))
    return f"{step} lowers {_what(game, witness)} from {before} to {after} when {place}, {with_z}."


def _row_story(game: Game, witness: Witness) -> str:
    (pair,) = witness.corners
    larger = witness.z2 or witness.z
    before, after = _apart(*(_measure(game, witness, pair, z) for z in (witness.z, larger)))
    return (
        f"When {_at(pair)}, {_what(game, witness)} falls from {before} to {after} as the mean "
        f"field rises from {mass_text(witness.z)} to {mass_text(larger)}."
    )


def _difference_story(game: Game, witness: Witness) -> str:
    low, high = witness.corners
    larger = witness.z2 or witness.z
    step, place = _step(low, high)
    first, second = (
        _measure(game, witness, high, z) - _measure(game, witness, low, z)
        for z in (witness.z, larger)
    )
    what = _what(game, witness)
    return (
        f"{step} {_does(first, second)} {what} when {place} with {mass_text(witness.z)}, but "
        f"{_then(first, second)} with the larger mean field that has {mass_text(larger)}."
    )


def _square_story(game: Game, witness: Witness, with_z: str) -> str:
    """Tell a square as one step, made from two places: low -> one, and other -> high."""
    (_, low), (_, one), (_, other), (_, high) = signed_corners(game, witness)
    z = witness.z
    first = _measure(game, witness, one, z) - _measure(game, witness, low, z)
    second = _measure(game, witness, high, z) - _measure(game, witness, other, z)
    what = _what(game, witness)
    if low[0] == one[0] and low[1] == other[1]:
        step, place = _step(low, one)
        _, place2 = _step(other, high)
        return (
            f"{step} {_does(first, second)} {what} when {place}, but {_then(first, second)} when "
            f"{place2}, {with_z}."
        )
    # a square inside S or inside A, where states or actions are tuples
    i, name = (0, "state") if low[1] == high[1] else (1, "action")
    fixed = f"a = {label_text(low[1])}" if i == 0 else f"s = {label_text(low[0])}"
    return (
        f"When {fixed}, raising the {name} from {label_text(low[i])} to {label_text(one[i])} "
        f"{_does(first, second)} {what}, but the same step from {label_text(other[i])} to "
        f"{label_text(high[i])} {_does_only(first, second)}, {with_z}."
    )


def _step(low: Pair, high: Pair) -> tuple[str, str]:
    """Return the step between two rows in words, and what stays fixed."""
    if low[0] == high[0]:
        step = f"Raising the action from {label_text(low[1])} to {label_text(high[1])}"
        return step, f"s = {label_text(low[0])}"
    step = f"Raising the state from {label_text(low[0])} to {label_text(high[0])}"
    return step, f"a = {label_text(low[1])}"


def _at(pair: Pair) -> str:
    return f"s = {label_text(pair[0])} and a = {label_text(pair[1])}"


def _what(game: Game, witness: Witness) -> str:
    if witness.minimal is None:
        return "the reward"
    names = [label_text(x) for x in witness.minimal]
    if game.states.is_chain:
        return f"the chance that the next state is at least {names[0]}"
    return f"the chance that the next state is at or above {' or '.join(names)}"


def _does(change: sympy.Expr, other: sympy.Expr) -> str:
    sign = _sign(change)
    if sign == 0:
        return "does not change"
    amount, _ = _apart(abs(change), abs(other))
    return f"takes {amount} from" if sign < 0 else f"adds {amount} to"


def _then(first: sympy.Expr, second: sympy.Expr) -> str:
    """Continue "adds x to the chance, but ..." with a smaller change."""
    sign = _sign(second)
    if sign == 0:
        return "nothing"
    _, amount = _apart(abs(first), abs(second))
    if sign > 0:
        return f"only {amount}"
    return f"as much as {amount}" if _sign(first) < 0 else f"takes {amount} from it"


def _does_only(first: sympy.Expr, second: sympy.Expr) -> str:
    sign = _sign(second)
    if sign == 0:
        return "adds nothing"
    _, amount = _apart(abs(first), abs(second))
    if sign > 0:
        return f"adds only {amount}"
    return f"takes {'as much as ' if _sign(first) < 0 else ''}{amount} from it"


def _sign(value: sympy.Expr) -> int:
    low, high = enclosed(value)
    return (low > 0) - (high < 0)


def _apart(first: sympy.Expr, second: sympy.Expr) -> tuple[str, str]:
    """Return two numbers as decimals, with as many digits as it takes to tell them apart."""
    shown = ("", "")
    for digits in range(4, 18):
        shown = _decimal(first, digits), _decimal(second, digits)
        if shown[0] != shown[1]:
            return shown
    return shown


def _decimal(value: sympy.Expr, digits: int = 4) -> str:
    low, high = enclosed(value)
    return short((low + high) / 2, digits)
