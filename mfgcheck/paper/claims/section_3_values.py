"""Section 3: TQ-values, equation (5) and Proposition 1."""

from __future__ import annotations

from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import values
from mfgcheck.paper.symbolic import proved

_PAGE = "paper/arguments"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="equation-5",
        item="Equation (5)",
        title="The strategy of Q, G and F",
        says="The strategy of Q plays every maximiser with 1 - eps and every other action with "
        "eps/(|A| - 1), G(Q) is the mean of Q under it, and F_z(Q) = r + gamma P G(Q).",
        instead="Only one maximiser gets 1 - eps, the others eps/(|A| - 1); which one makes no "
        "difference to G and F.",
        evidence=(
            proved(
                "any-maximiser",
                Shows.HOLDS,
                "For 2 to 6 actions G is the same whichever maximiser is given 1 - eps.",
                "lemma_1",
                ("order_statistics",),
            ),
            Evidence(
                "any-maximiser-on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "The same for every number of actions.",
                page=f"{_PAGE}#arg-ties-in-g",
            ),
            Evidence(
                "no-law-at-ties",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "As printed, the probabilities of the strategy do not sum to 1 at a tie.",
                partial(values.printed_strategy, values=(1, 1), tremble="3/10"),
            ),
        ),
    ),
    Claim(
        id="proposition-1-i",
        item="Proposition 1 (i)",
        title="F contracts",
        says="F_z contracts by gamma in the sup norm, for every mean field; so TQ-value iteration "
        "converges to its one fixed point.",
        evidence=(
            proved(
                "contraction",
                Shows.HOLDS,
                "F contracts by gamma for 1 to 6 states and every law of the next state; adding a "
                "constant to Q shows that no smaller number will do.",
                "proposition_1",
                ("contraction", "shift"),
            ),
            Evidence(
                "contraction-on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "The same for every number of states, and Banach's theorem.",
                page=f"{_PAGE}#arg-contraction",
            ),
        ),
    ),
    Claim(
        id="proposition-1-ii",
        item="Proposition 1 (ii)",
        title="The fixed point of F is the best TQ-value",
        says="The one fixed point of F_z is Q*_z, the largest Q over all trembling strategies.",
        condition="eps <= (|A| - 1)/|A|",
        instead="For every larger eps, and every |A| and gamma, there is a game in which the fixed "
        "point is not the largest Q.",
        evidence=(
            proved(
                "no-better-strategy",
                Shows.HOLDS_IF,
                "G is the best choice if and only if eps <= (|A| - 1)/|A|, and then no strategy "
                "is better than the fixed point in any state, for two states.",
                "proposition_1",
                ("best_choice", "fixed_point_is_best"),
            ),
            Evidence(
                "no-better-strategy-on-paper",
                Shows.HOLDS_IF,
                Means.PAPER,
                "The same for every number of states.",
                page=f"{_PAGE}#arg-fixed-point-is-best",
            ),
            proved(
                "every-larger-tremble",
                Shows.FAILS,
                "For every |A|, gamma and larger eps a game with one state has a strategy that is "
                "better than the fixed point.",
                "proposition_1",
                ("condition_is_needed", "counterexample"),
            ),
            Evidence(
                "one-state",
                Shows.FAILS,
                Means.GAME,
                "In an MFG-SC with one state and two actions the fixed point is not the best.",
                partial(values.fixed_point_is_not_best, rewards=(0, 1), tremble="3/4"),
            ),
            Evidence(
                "all-strategies",
                Shows.AGREES,
                Means.CASES,
                "In small games, tried with all strategies, the fixed point is the best.",
                partial(
                    values.fixed_point_is_best, names=("grid", "audit-b"), tremble="1/2", parts=2
                ),
            ),
        ),
    ),
)
