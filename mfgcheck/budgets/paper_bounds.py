"""The paper's bounds for one game: printed and corrected, from the game's certified constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from mfgcheck.budgets.bounds import corrected, printed
from mfgcheck.budgets.bounds.request import Facts, Request
from mfgcheck.budgets.bounds.statement import Corrected, Printed
from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.known import Constants
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game

ASSUMABLE = ("C3", "C5", "L", "w", "c_T4", "c_T5", "c_T6")
"""What the printed bounds leave open, or games have no finite one of, and a caller may assume."""

_EXPONENT = Fraction(3, 4)  # w, the exponent of learning rates, where none is given
COROLLARY = "Corollary 1"


def of_the_paper(
    game: Game,
    known: Constants,
    steps: int,
    accuracy: Fraction,
    failure: Fraction,
    theorems: Sequence[str],
    assumed: Mapping[str, Fraction],
) -> tuple[dict[str, Printed], dict[str, Corrected | str]]:
    """Evaluate the paper's bounds as printed and as corrected, by theorem ("4", "5", "6").

    Corollary 1 comes with Theorem 4. Where Theorem 5 asks for the regeneration zeta, the mass
    that all rows of the kernel share is taken (its Doeblin minorant).

    Corrected bounds are evaluated, like printed ones, with the assumed C3, else with that of the
    game, else in the limit C3 -> 0. The hypotheses of the printed ones tell whether they apply.

    Args:
        game: the game.
        known: its constants.
        steps: k0.
        accuracy, failure: what is asked for.
        theorems: which ones.
        assumed: values of `ASSUMABLE` that the caller assumes.
    """
    request = Request(
        game.states.size, game.actions.size, game.discount, max(1, steps), accuracy, failure
    )
    facts = Facts(
        c1=known.c1.upper,
        c2=known.c2.upper,
        c3=_finite(known.c3),
        reward_bound=_reward_bound(known),
        c4=known.c4.upper,
        c5=_finite(known.c5),
    )
    c3, c5 = assumed.get("C3"), assumed.get("C5")
    # Repaired bounds grow with C3 (and C5): where there is none, its limit 0 gives the least.
    supposed = replace(
        facts,
        c3=c3 if c3 is not None else facts.c3 or Fraction(0),
        c5=c5 if c5 is not None else facts.c5 or Fraction(0),
    )
    cover = assumed.get("L", known.covering_half.upper)
    w = assumed.get("w", _EXPONENT)
    constants = {name: assumed.get(f"c_T{name}") for name in theorems}
    masses = () if known.minorant is None else known.minorant.masses
    zeta, least = sum(masses, Fraction(0)), min(masses, default=Fraction(0))
    bounds: dict[str, Printed] = {}
    repaired: dict[str, Corrected | str] = {}
    d = known.d.upper
    if "4" in theorems:
        c_t4 = constants["4"]
        bounds["4"] = printed.theorem_4(
            request, facts, covering_time=cover, w=w, assumed_c3=c3, constant=c_t4
        )
        bounds[COROLLARY] = printed.corollary_1(
            request, facts, covering_time=cover, w=w, assumed_c5=c5, constant=c_t4
        )
        if cover is None:
            repaired["4"] = repaired[COROLLARY] = "no finite covering time is known"
        else:
            length = cover
            repaired["4"] = _try(
                lambda: corrected.theorem_4(
                    request, supposed, covering_time=length, w=w, d=d, constant=c_t4
                )
            )
            repaired[COROLLARY] = _try(
                lambda: corrected.corollary_1(
                    request, supposed, covering_time=length, w=w, d=d, constant=c_t4
                )
            )
    if "5" in theorems:
        c_t5, eps = constants["5"], game.tremble
        bounds["5"] = printed.theorem_5(
            request, facts, regeneration=zeta, tremble=eps, w=w, assumed_c3=c3, constant=c_t5
        )
        repaired["5"] = _try(
            lambda: corrected.theorem_5(
                request,
                supposed,
                regeneration=zeta,
                least_chance=least / zeta if zeta else Fraction(0),
                tremble=eps,
                w=w,
                d=d,
                constant=c_t5,
            )
        )
    if "6" in theorems:
        bounds["6"] = printed.theorem_6(request, facts, assumed_c3=c3, constant=constants["6"])
        repaired["6"] = _try(lambda: corrected.theorem_6(request, supposed, d=d))
    return bounds, repaired


def _reward_bound(known: Constants) -> Fraction:
    """Return the largest reward in size that is sure not to be exceeded, or is attained."""
    rewards = known.rewards
    if rewards is None:
        return Fraction(2)  # more than the theorems allow: none of them applies
    ends = (rewards.low, rewards.high, rewards.attained_low, rewards.attained_high)
    return max(abs(end) for end in ends if end is not None)


def _finite(constant: Constant) -> Fraction | None:
    return None if constant.proof is Proof.NONE else constant.upper


def _try(evaluate: Callable[[], Corrected]) -> Corrected | str:
    """Return a repaired bound, or the reason why it does not apply."""
    try:
        return evaluate()
    except BadInput as error:
        return str(error)
