"""Appendix C: the lemmas and the steps of the proofs of Section 3."""

from __future__ import annotations

from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import existence, laws, limits, monotone
from mfgcheck.paper.symbolic import proved

_PAGE = "paper/arguments"
_GAMES = ("grid", "lattice", "audit-b", "coordination", "audit-f")


def missing_supremum(shows: Shows) -> Evidence:
    """Return the evidence that laws on {0, 1}^2 form no lattice."""
    return Evidence(
        "missing-supremum",
        shows,
        Means.ARITHMETIC,
        "Two laws on {0, 1}^2 have upper bounds and no least one, so that Tarski's theorem does "
        "not apply.",
        partial(laws.no_supremum, factors=(2, 2)),
    )


_LEMMAS = (
    Claim(
        id="lemma-1",
        item="Lemma 1",
        title="G is non-expansive",
        says="|G(Q1)(s) - G(Q2)(s)| <= max over a of |Q1(s, a) - Q2(s, a)|.",
        evidence=(
            proved(
                "order-statistics",
                Shows.HOLDS,
                "G is a mean of the sorted TQ-values, each of which moves by at most the change: "
                "for up to 6 actions and every eps in [0, 1].",
                "lemma_1",
                (
                    "order_statistics",
                    "weights",
                    "abel_summation",
                    "order_statistics_are_lipschitz",
                    "lemma",
                ),
            ),
            Evidence(
                "order-statistics-on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "The same for every number of actions.",
                page=f"{_PAGE}#arg-order-statistics",
            ),
        ),
    ),
    Claim(
        id="lemma-2",
        item="Lemma 2",
        title="Means and maxima of monotone values",
        says="If V_z(s) is non-decreasing in s with increasing differences in s and z, its mean at "
        "the next state is non-decreasing in s and a with increasing differences in (s, a) and z, "
        "and the best reward plus discounted mean has the properties of V again.",
        instead="In the last sum V_z(s) is printed for V_z(s').",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "By splitting the difference of the means in two, and Topkis's theorem.",
                page=f"{_PAGE}#arg-lemma-2",
            ),
            Evidence(
                "iterates",
                Shows.AGREES,
                Means.CASES,
                "It holds for the values that TQ-value iteration goes through in small MFG-SC.",
                partial(monotone.lemma_2, names=_GAMES, parts=2, falling=0),
            ),
        ),
    ),
    Claim(
        id="lemma-3",
        item="Lemma 3",
        title="Best actions rise",
        says="With V as in Lemma 2 the set of best actions is a non-decreasing correspondence in "
        "state and mean field.",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "Topkis's theorem.",
                page=f"{_PAGE}#arg-lemma-3",
            ),
            Evidence(
                "iterates",
                Shows.AGREES,
                Means.CASES,
                "It holds for the values that TQ-value iteration goes through in small MFG-SC.",
                partial(monotone.lemma_3, names=_GAMES, parts=2, falling=0),
            ),
        ),
    ),
    Claim(
        id="proposition-2",
        item="Proposition 2",
        title="Optimal values and strategies are monotone",
        says="V*_z(s) is non-decreasing in s with increasing differences in s and z, and the "
        "optimal trembling strategy is stochastically non-decreasing in s and z.",
        condition="states and actions form finite lattices, eps <= (|A| - 1)/|A| or the actions "
        "form a chain, and ties go to the lowest or to the highest optimal action throughout",
        instead="The proposition does not say that eps is bounded: its proof does, and on a chain "
        "of actions the bound is not needed.",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS_IF,
                Means.PAPER,
                "By induction along TQ-value iteration, with the weights that G has.",
                page=f"{_PAGE}#arg-proposition-2",
            ),
            Evidence(
                "large-tremble",
                Shows.FAILS,
                Means.GAME,
                "In an MFG-SC with eps = 9/10 and the actions {0, 1}^2 the only optimal strategy "
                "does not rise with the mean field.",
                partial(existence.falls, tremble="9/10"),
            ),
            Evidence(
                "small-games",
                Shows.AGREES,
                Means.CASES,
                "In small MFG-SC, among them one on {0, 1}^2, all its claims hold at many mean "
                "fields.",
                partial(monotone.proposition_2, names=_GAMES, parts=2, in_z=False),
            ),
            Evidence(
                "chains-and-large-trembles",
                Shows.AGREES,
                Means.CASES,
                "With three actions in a chain and eps = 9/10 the best strategies, found by trying "
                "all, are monotone.",
                partial(monotone.all_trembles, actions=3, tremble="9/10", parts=2, greedy=False),
            ),
        ),
    ),
    Claim(
        id="proposition-2-value",
        item="Proof of Proposition 2",
        title="The value as a maximum and a sum",
        says="V = (1 - eps) Q(s, a_max) + eps times the sum of Q(s, a) over all actions.",
        instead="V = (1 - eps |A|/(|A| - 1)) max Q + eps/(|A| - 1) times the sum of all Q, whose "
        "weights are at least 0 if and only if eps <= (|A| - 1)/|A|. (In the induction step the "
        "paper also has Q_m for Q_(m+1).)",
        evidence=(
            proved(
                "too-large",
                Shows.FAILS,
                "The printed value is too large by eps/(|A| - 1) ((|A| - 2) sum + max); with the "
                "eps, gamma and |A| of the paper's experiment an operator made with it expands "
                "by 33/20.",
                "trembling_value",
                ("printed_fails", "excess", "printed_is_no_mean"),
            ),
            proved(
                "right-formula",
                Shows.INSTEAD,
                "The right formula, and when its weights are at least 0.",
                "trembling_value",
                ("formula", "weights"),
            ),
        ),
    ),
    Claim(
        id="proposition-2-induction",
        item="Proof of Proposition 2",
        title="Values are non-decreasing in z",
        says="The induction hypothesis has Q_m and V_m non-decreasing in s and z.",
        instead="The values may fall in z, and the proof does not need that they do not.",
        evidence=(
            Evidence(
                "fall",
                Shows.FAILS,
                Means.GAME,
                "In audit-f, an MFG-SC, V* falls by 1 in both states from z(1) = 0 to z(1) = 1.",
                partial(monotone.falls_in_z, game="audit-f", low={0: 1}, high={1: 1}, by=1),
            ),
            Evidence(
                "not-needed",
                Shows.INSTEAD,
                Means.PAPER,
                "Lemma 2 and the induction go through without it.",
                page=f"{_PAGE}#arg-lemma-2",
            ),
        ),
    ),
)

_PROOFS = (
    Claim(
        id="theorem-7",
        item="Theorem 7",
        title="Tarski's fixed point theorem",
        says="A non-decreasing map of a complete lattice to itself has fixed points, and they form "
        "a complete lattice.",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "The classical proof.",
                page=f"{_PAGE}#arg-tarski",
            ),
            Evidence(
                "all-maps",
                Shows.AGREES,
                Means.CASES,
                "It holds for all non-decreasing maps of {0, 1}^2.",
                partial(laws.tarski, factors=(2, 2), monotone=True),
            ),
        ),
    ),
    Claim(
        id="lattice-of-laws",
        item="Proof of Theorem 1",
        title="The laws form a complete lattice",
        says="Tarski's theorem is applied to the laws on the states with stochastic dominance, so "
        "they would have to form a complete lattice.",
        condition="the states form a chain",
        instead="For other lattices of states it is never true. Sets of comparable laws have "
        "suprema whatever the order of the states.",
        evidence=(
            Evidence(
                "chains",
                Shows.HOLDS_IF,
                Means.PAPER,
                "On a chain suprema of tails are tails; on every other lattice two laws have no "
                "supremum.",
                page=f"{_PAGE}#arg-laws-lattice",
            ),
            Evidence(
                "chain-of-four",
                Shows.AGREES,
                Means.CASES,
                "On a chain of four states any two laws with masses in halves have a supremum "
                "among them.",
                partial(laws.suprema, factors=(4,), parts=2),
            ),
            missing_supremum(Shows.FAILS),
            Evidence(
                "comparable-laws",
                Shows.INSTEAD,
                Means.PAPER,
                "Sets of comparable laws have suprema.",
                page=f"{_PAGE}#arg-monotone-limits",
            ),
        ),
    ),
    Claim(
        id="adlakha-johari-lemma-7",
        item="Proof of Theorem 1",
        title="The next law rises",
        says="K(z') = sum of z'(s) mu(s, a) P(.|s, a, z) rises in stochastic dominance with mu, z "
        "and z', for strategies that are stochastically non-decreasing in s (quoted from Adlakha "
        "and Johari, Lemma 7).",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "It rests on Definition 1's P non-decreasing in s, a and z; one of the two "
                "strategies has to be monotone.",
                page=f"{_PAGE}#arg-next-law",
            ),
            Evidence(
                "small-games",
                Shows.AGREES,
                Means.CASES,
                "It holds for all monotone strategies of small MFG-SC, at many pairs of laws.",
                partial(monotone.next_laws, names=("grid", "audit-b"), parts=2, monotone=True),
            ),
        ),
    ),
    Claim(
        id="theorem-2-limits",
        item="Proof of Theorem 2",
        title="Monotone sequences have limits",
        says="Monotone sequences of laws and of trembling strategies converge.",
        instead="Compactness alone is not the reason: the order is closed, and there are finitely "
        "many trembling strategies, so that theirs are constant in the end.",
        evidence=(
            Evidence(
                "on-paper",
                Shows.HOLDS,
                Means.PAPER,
                "Masses of upper sets are monotone and determine the law.",
                page=f"{_PAGE}#arg-monotone-limits",
            ),
        ),
    ),
    Claim(
        id="theorem-2-continuity",
        item="Proof of Theorem 2",
        title="The best response is continuous",
        says="It is straightforward that the optimal trembling strategy and Upsilon are continuous "
        "in z, so that the limit of T-BR is a fixed point of Upsilon.",
        instead="Optimal values are continuous if reward and kernel are; strategies have finitely "
        "many values and jump. The limit is a T-MFE all the same, with the strategy that T-BR "
        "plays in the end, which need not be the one that Upsilon takes at the limit.",
        evidence=(
            Evidence(
                "jump",
                Shows.FAILS,
                Means.GAME,
                "In audit-c, an MFG-SC with continuous reward and kernel, both jump at z(1) = 1/3, "
                "whatever is taken there.",
                partial(limits.jumps, game="audit-c", at="1/3", below="1/3", above="7/12"),
            ),
            Evidence(
                "moved",
                Shows.FAILS,
                Means.GAME,
                "T-BR in audit-c tends to a T-MFE that Upsilon, with the sup of (8), moves away.",
                partial(limits.limit_is_moved, game="audit-c", limit="1/3", ratio="1/4", to="7/12"),
            ),
            Evidence(
                "limit-is-a-t-mfe",
                Shows.INSTEAD,
                Means.PAPER,
                "The strategies are constant in the end, and optimal at the limit (part 4).",
                page=f"{_PAGE}#arg-t-br",
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (*_LEMMAS, *_PROOFS)
