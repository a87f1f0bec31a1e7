"""Section 4 and appendices B, D: Theorems 4 and 6, Corollary 1, and B."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import learning_bounds, model_bias
from mfgcheck.paper.symbolic import proved

QUARTER = Fraction(1, 4)
SMALL = Fraction(1, 20)

_BIAS = "paper/arguments-learning#arg-theorem-6"


def _budget(theorem: str) -> Evidence:
    """The evidence that there are budgets in a game where the theorem says nothing."""
    return Evidence(
        "in-numbers",
        Shows.INSTEAD,
        Means.ENCLOSURE,
        "In coordination, to which the theorem does not apply, a number of samples is certified.",
        partial(
            learning_bounds.certified_budget,
            game="coordination",
            theorem=theorem,
            accuracy=Fraction(1, 10),
            failure=SMALL,
        ),
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="theorem-4",
        item="Theorem 4",
        title="Sample complexity of TMFQ-learning",
        says="Under Assumption 1, with T_0 updates of TQ-learning as in (7), Algorithm 2 ends "
        "within twice the accuracy of z* but for the failure probability. (The proof assumes that "
        "Next-MF draws enough samples to be accurate; the theorem does not.)",
        instead="There are budgets from action gaps, in which no C3 occurs and all constants are "
        "explicit. With a finite C3 the theorem holds with a fixed number of samples for Next-MF "
        "and a sum for B (as strategies then do not matter, D and the number of updates do no "
        "harm).",
        evidence=(
            Evidence(
                "next-mf",
                Shows.FAILS,
                Means.GAME,
                "In fair-coin Next-MF stops at two equal samples, whatever T_0 is.",
                partial(
                    learning_bounds.next_mf_fails,
                    game="fair-coin",
                    start={0: 1},
                    accuracy=QUARTER,
                    failure=QUARTER,
                    constants=("C1", "C2", "C3"),
                ),
            ),
            Evidence(
                "accurate-next-mf",
                Shows.FAILS,
                Means.GAME,
                "Nor is it true if Next-MF is as accurate as the proof assumes: errors of the "
                "admitted size in each step add up to more than twice the accuracy.",
                partial(
                    learning_bounds.accurate_steps_miss,
                    chance=Fraction(1, 10),
                    accuracy=Fraction(1, 100),
                    constant=Fraction(1, 10**6),
                ),
            ),
            Evidence(
                "zeros",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "Accuracy 0 and failure probability 0 are admitted, and divided by.",
                partial(
                    learning_bounds.no_value_at_zero, accuracy=Fraction(0), failure=Fraction(0)
                ),
            ),
            Evidence(
                "events",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "The proof's events E_1, .., E_k0 leave out the first step and add one too many.",
                partial(
                    learning_bounds.other_events,
                    k0=5,
                    wrong_step=0,
                    chance=Fraction(1, 10),
                    error=Fraction(1, 10),
                ),
            ),
            Evidence(
                "no-influence",
                Shows.DEFECT,
                Means.PAPER,
                "Under Assumption 1(iii) Q has no influence on mean fields: T_0 is of no use.",
                page="paper/arguments-learning#arg-c3",
            ),
            Evidence(
                "gap-based",
                Shows.INSTEAD,
                Means.PAPER,
                "Learners that see the action gaps stay near T-BR's path.",
                page="budgets/gap-based#thm-gap-main",
            ),
            _budget("4"),
            Evidence(
                "repaired",
                Shows.INSTEAD,
                Means.PAPER,
                "The theorem under its own assumptions, repaired.",
                page="budgets/printed-bounds#thm-printed-4-6",
            ),
        ),
    ),
    Claim(
        id="b-of-theorem-4",
        item="Theorem 4, B",
        title="Errors add up to at most B",
        says="The recursion e_(k+1) <= rho e_k + (C3 + 1) eps3, rho = 1 + C2 + C3 D, gives e_k0 <= "
        "B eps3 with B = rho^(k0+1) (C3 + 1).",
        condition="rho is at least the golden ratio, 1.618.. (or k0 = 1), and e_0 = 0",
        instead="The sum (C3 + 1)(1 + rho + .. + rho^(k0-1)), which the recursion attains.",
        evidence=(
            Evidence(
                "first-failure",
                Shows.FAILS,
                Means.ARITHMETIC,
                "With rho = 3/2 it fails from k0 = 4 on.",
                partial(learning_bounds.b_too_small, ratio=Fraction(3, 2)),
            ),
            Evidence(
                "in-a-game",
                Shows.FAILS,
                Means.GAME,
                "In an MFG-SC errors of 1/100 in each of 30 steps add up to over nine times B/100.",
                partial(
                    learning_bounds.errors_exceed_b,
                    chance=Fraction(1, 10),
                    error=Fraction(1, 100),
                    steps=30,
                ),
            ),
            proved(
                "golden-ratio",
                Shows.HOLDS_IF,
                "The sum is at most rho^(k0+1) for all k0 if and only if rho is at least the "
                "golden ratio.",
                "recursion_b",
                ("recursion", "sum", "difference", "golden_ratio"),
            ),
            proved(
                "thresholds",
                Shows.INSTEAD,
                "Each k0 has its own threshold: 1 for k0 = 1, the plastic number for k0 = 2, "
                "rising to the golden ratio.",
                "recursion_b",
                ("thresholds", "first_failures"),
            ),
        ),
    ),
    Claim(
        id="corollary-1",
        item="Corollary 1",
        title="B without k0 for contractions",
        says="Under Assumptions 1 and 2 Theorem 4 holds with B = (C5 + 1)/(1 - (C4 + C5 D)).",
        condition="each Next-MF is within accuracy/B but for its share of the failure probability, "
        "as the proof of Theorem 4 assumes and Algorithm 4 does not see to; and both are above 0",
        instead="As Assumption 2 leaves strategies no influence, the printed D does no harm. T-BR "
        "is within eps of the T-MFE after ln(2/eps)/ln(1/kappa) steps.",
        evidence=(
            Evidence(
                "next-mf",
                Shows.FAILS,
                Means.GAME,
                "fair-coin satisfies Assumption 2 as well, and Next-MF fails there.",
                partial(
                    learning_bounds.next_mf_fails,
                    game="fair-coin",
                    start={0: 1},
                    accuracy=QUARTER,
                    failure=QUARTER,
                    constants=("C1", "C2", "C3", "C4", "C5"),
                ),
            ),
            proved(
                "wrong-d",
                Shows.DEFECT,
                "kappa < 1 with the D that is printed may hide a kappa above 1. (Assumption 2 "
                "makes this harmless.)",
                "corollary_1",
                ("printed_condition_is_weaker",),
            ),
            proved(
                "sum",
                Shows.HOLDS_IF,
                "The geometric sum, that B exceeds it and is the least for all k0, and k0.",
                "corollary_1",
                ("recursion", "sum", "b", "steps"),
            ),
            Evidence(
                "together",
                Shows.HOLDS_IF,
                Means.PAPER,
                "Phi is free of strategies and contracts by C4, so that errors add up to at most "
                "1/(1 - C4), which is at most B whatever D is.",
                page="paper/arguments-learning#arg-corollary-1",
            ),
            Evidence(
                "repaired",
                Shows.INSTEAD,
                Means.PAPER,
                "The corollary with samples for Next-MF that are enough.",
                page="budgets/printed-bounds#thm-printed-cor",
            ),
        ),
    ),
    Claim(
        id="theorem-6",
        item="Theorem 6",
        title="Sample complexity of GMBL",
        says="Under Assumption 1, with n_0 samples of each pair and iteration, O of an expression "
        "in B = (1 + C2 + C3 D)^(k0+1), GMBL ends within twice the accuracy of z* but for the "
        "failure probability.",
        instead="n_0 >= (2 B''^2/accuracy^2) ln(2^|S| |S||A| k0/failure) is enough, with B'' = 1 + "
        "(1 + C2) + .. + (1 + C2)^(k0-1) and the constant 1: under Assumption 1(iii) strategies do "
        "not matter, and C3, D and TQ-values need not occur. So as printed it holds with the "
        "constant 1 if rho (rho - 1) >= 1, rho = 1 + C2 + C3 D, and else with one that may depend "
        "on rho or on k0. Budgets from action gaps need no C3.",
        evidence=(
            proved(
                "every-constant",
                Shows.FAILS,
                "The samples choose the strategy and make the next mean field. In a slow MFG-SC "
                "the bias adds up; and for each number that O(.) may hide there is one that is "
                "slow enough.",
                "theorem_6",
                (
                    "choice",
                    "step",
                    "least",
                    "moments",
                    "spread",
                    "closed_form",
                    "steps",
                    "every_constant",
                    "markov",
                ),
                page=_BIAS,
            ),
            Evidence(
                "biased-model",
                Shows.FAILS,
                Means.GAME,
                "With the constant 1, in numbers: by these formulas n_0 is far too small in an "
                "MFG-SC.",
                partial(
                    model_bias.model_is_biased,
                    constant=Fraction(1),
                    turn=Fraction(1, 10**7),
                    accuracy=SMALL,
                    failure=SMALL,
                ),
                page=_BIAS,
            ),
            Evidence(
                "large-constant",
                Shows.FAILS,
                Means.GAME,
                "So it is with the constant 1,000,000, in a slower one.",
                partial(
                    model_bias.model_is_biased,
                    constant=Fraction(10**6),
                    turn=Fraction(1, 10**13),
                    accuracy=SMALL,
                    failure=SMALL,
                ),
                page=_BIAS,
            ),
            Evidence(
                "bias-exactly",
                Shows.AGREES,
                Means.CASES,
                "The bias of one step, by all outcomes of two samples of each pair.",
                partial(model_bias.bias_of_one_step, turn=QUARTER, samples=2, tremble=QUARTER),
            ),
            proved(
                "lost-factor",
                Shows.DEFECT,
                "The proof's recursion has a factor C3 + 1 that the B of the statement has lost: "
                "what it adds up to stays below B if and only if rho (rho - 1) >= C3 + 1. (With "
                "Assumption 1(iii) less than the recursion is needed, so that this is harmless.)",
                "recursion_b",
                ("theorem_6",),
            ),
            Evidence(
                "lost-factor-in-numbers",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "With C3 = 1/2 and rho = 13/8 the proof's recursion exceeds the statement's B. "
                "(The theorem is true there: what is wrong is the proof.)",
                partial(
                    learning_bounds.b_too_small,
                    ratio=Fraction(13, 8),
                    missing=Fraction(3, 2),
                ),
            ),
            Evidence(
                "logarithms",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "The proof uses two events in each iteration, for which both logarithms would "
                "need twice their argument. (With Assumption 1(iii) one event is enough.)",
                partial(learning_bounds.logarithm_halved, k0=40, failure=SMALL, allowed=SMALL),
            ),
            proved(
                "hidden-factor",
                Shows.INSTEAD,
                "B'' is at most min(k0/rho^2, 1/(rho (rho - 1))) times the printed B.",
                "theorem_6",
                ("hidden_factor",),
            ),
            Evidence(
                "repaired",
                Shows.INSTEAD,
                Means.PAPER,
                "The theorem under its own assumptions, without C3, and where it holds as printed.",
                page="paper/arguments-learning#arg-theorem-6-instead",
            ),
            Evidence(
                "gap-based",
                Shows.INSTEAD,
                Means.PAPER,
                "Learners that see the action gaps stay near T-BR's path.",
                page="budgets/gap-based#thm-gap-main",
            ),
            _budget("6"),
        ),
    ),
    Claim(
        id="corollary-theorem-6",
        item="Appendix B, after Theorem 6",
        title="B without k0 for GMBL",
        says="A result similar to Corollary 1 can easily be shown for GMBL under the same "
        "assumption.",
        instead="It holds with the printed n_0, that B and the constant 1; as Assumption 2 leaves "
        "strategies no influence, neither the wrong D nor the lost factor 2 does harm.",
        evidence=(
            proved(
                "law",
                Shows.HOLDS,
                "The samples that make every step accurate, for all strategies at once.",
                "lemma_7",
                ("largest_row", "sets", "exponent", "samples"),
            ),
            proved(
                "sum",
                Shows.HOLDS,
                "Errors add up to less than B.",
                "corollary_1",
                ("sum", "b"),
            ),
            Evidence(
                "together",
                Shows.HOLDS,
                Means.PAPER,
                "Under Assumption 2 TQ-values have no influence, and Phi contracts by C4.",
                page="paper/arguments-learning#arg-corollary-6",
            ),
        ),
    ),
)
