"""Appendix D: Lemmas 4 to 7, Theorem 8, D, and inequality (15)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import constants, learning_rules
from mfgcheck.paper.symbolic import proved

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="lemma-4",
        item="Lemma 4",
        title="TQ-values move by at most D",
        says="max |Q*_z - Q*_z'| <= D |z - z'|_1 with D = (C1 + gamma C2)/(1 - gamma)^2.",
        instead="The proof gives more: D = C1/(1 - gamma) + gamma C2/(1 - gamma)^2, which is "
        "attained; and with the span of the values, C1/(1 - gamma) + gamma C2 sp(V)/(2(1 - "
        "gamma)).",
        evidence=(
            proved(
                "derivation",
                Shows.HOLDS,
                "The three terms of the proof, the bound of the values, and that the printed D is "
                "the larger.",
                "lemma_4",
                ("split", "value_bound", "d", "order_of_constants"),
            ),
            Evidence(
                "any-size",
                Shows.HOLDS,
                Means.PAPER,
                "The same for any number of states, norm by norm.",
                page="budgets/printed-bounds#lem-printed-d",
            ),
            proved(
                "sharper",
                Shows.INSTEAD,
                "The D of the proof is attained next to a mean field; spans may replace bounds.",
                "lemma_4",
                ("tight", "span_version"),
            ),
            Evidence(
                "audit-g",
                Shows.AGREES,
                Means.GAME,
                "In audit-g Q* moves within the D of the proof.",
                partial(
                    constants.values_move,
                    game="audit-g",
                    first={0: 1},
                    second={1: 1},
                    beyond="nothing",
                ),
            ),
        ),
    ),
    Claim(
        id="d-of-theorems",
        item="D in Theorems 4-6, Assumption 2",
        title="D = (C1 + gamma C2)/(1 - gamma)",
        says="In Theorems 4, 5, 6 and Assumption 2 this D stands for that of Lemma 4, with which "
        "max |Q*_z - Q*_z'| <= D |z - z'|_1.",
        instead="D = C1/(1 - gamma) + gamma C2/(1 - gamma)^2, or with the span of the values, by "
        "which the printed one is right where C2 = 0 or the span is at most 2.",
        evidence=(
            Evidence(
                "audit-g",
                Shows.FAILS,
                Means.GAME,
                "In audit-g Q* moves three times as far as this D allows.",
                partial(
                    constants.values_move,
                    game="audit-g",
                    first={0: 1},
                    second={1: 1},
                    beyond="theorems",
                ),
            ),
            proved(
                "general",
                Shows.FAILS,
                "For all gamma and eta Q* moves 1/(1 - gamma + gamma eta) times what it allows, "
                "which no reading with norms summed over actions mends.",
                "lemma_4",
                ("theorems_d_fails", "theorems_d_fails_with_sums_over_actions"),
            ),
            proved(
                "right-one",
                Shows.INSTEAD,
                "The D of the proof of Lemma 4, and that with spans.",
                "lemma_4",
                ("d", "span_version"),
            ),
            Evidence(
                "right-one-any-size",
                Shows.INSTEAD,
                Means.PAPER,
                "The same for any number of states.",
                page="budgets/printed-bounds#lem-printed-d",
            ),
        ),
    ),
    Claim(
        id="lemma-5",
        item="Lemma 5",
        title="One step of the mean field",
        says="|Phi(z1, mu1) - Phi(z2, mu2)|_1 <= (1 + C2) |z1 - z2|_1 + C3 max |Q1 - Q2| under "
        "Assumption 1.",
        instead="The 1 may be replaced by Dobrushin's coefficient. (Where actions have an "
        "influence no C3 is finite: Assumption 1(iii).)",
        evidence=(
            proved(
                "derivation",
                Shows.HOLDS,
                "The split of the proof, and that rows which sum to 1 do not lengthen a vector.",
                "lemma_5",
                ("split", "rows_do_not_lengthen"),
            ),
            Evidence(
                "any-size",
                Shows.HOLDS,
                Means.PAPER,
                "The same for any number of states.",
                page="paper/arguments-learning#arg-lemma-5",
            ),
            proved(
                "attained",
                Shows.INSTEAD,
                "1 + C2 is attained; in general Dobrushin's coefficient takes the place of the 1.",
                "lemma_5",
                ("one_plus_c2_is_attained", "dobrushin"),
            ),
        ),
    ),
    Claim(
        id="theorem-8",
        item="Theorem 8",
        title="Asynchronous Q-learning (quoted)",
        says="With covering time L and rates 1/(n + 1)^w, TQ-learning is within eps3 after T_0 "
        "steps of (12), by Even-Dar and Mansour, whose conditions it is said to satisfy.",
        instead="A covering time in expectation exists in some games, and is infinite in others; "
        "samples of all pairs need none.",
        evidence=(
            Evidence(
                "random-sequence",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "As defined, as a bound for every sequence, L is infinite for trembling hands.",
                partial(constants.never_sure, tremble=Fraction(3, 10), actions=5, steps=1_000_000),
            ),
            Evidence(
                "infinite",
                Shows.DEFECT,
                Means.ENCLOSURE,
                "In three MFG-SCs some pairs may never be visited, so that no L will do.",
                partial(constants.none_finite, games=("audit-a", "audit-b", "audit-g"), name="L"),
            ),
            Evidence(
                "finite",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "In two others all pairs are visited within L steps with probability 1/2.",
                partial(constants.finite, games=("coordination", "audit-c"), names=("L",)),
            ),
        ),
    ),
    Claim(
        id="lemma-6",
        item="Lemma 6",
        title="TQ-values of a sampled model",
        says="With n_0 >= 2 V^4/e^2 ln(2|S||A|/d) samples of each pair the TQ-values are within e "
        "but for a probability d.",
        instead="gamma^2 times as many are enough.",
        evidence=(
            proved(
                "derivation",
                Shows.HOLDS,
                "From the error of the model to that of the TQ-values; Hoeffding's constants; the "
                "number of samples.",
                "lemma_6",
                ("amplification", "second_derivative", "hoeffding", "width", "samples"),
            ),
            Evidence(
                "any-size",
                Shows.HOLDS,
                Means.PAPER,
                "The same as a proof, with the convexity that Hoeffding's inequality uses quoted.",
                page="budgets/printed-bounds#lem-printed-values",
            ),
            proved(
                "attained",
                Shows.INSTEAD,
                "gamma/(1 - gamma) times the error of the model is attained, so a factor gamma^2 "
                "is lost in print.",
                "lemma_6",
                ("amplification_is_attained", "samples"),
            ),
        ),
    ),
    Claim(
        id="equation-15",
        item="Inequality (15)",
        title="Deviations of the sampled model",
        says="With n_0 >= 2 V^2/eps^2 ln(2|S||A|/delta) all deviations are within eps with "
        "probability at most 1 - delta.",
        instead="With probability at least 1 - delta, which is what the proof goes on with.",
        evidence=(
            proved(
                "at-least",
                Shows.HOLDS,
                "What is meant: at least 1 - delta.",
                "lemma_6",
                ("hoeffding", "width", "samples"),
            ),
            Evidence(
                "reversed",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "As printed it fails in fair-coin.",
                partial(
                    learning_rules.reversed_inequality,
                    accuracy=Fraction(1, 10),
                    failure=Fraction(1, 20),
                ),
            ),
        ),
    ),
    Claim(
        id="lemma-7",
        item="Lemma 7",
        title="One step with a sampled kernel",
        says="With n_0 >= 2/e^2 ln(2^|S||S||A|/d) samples of each pair the next mean field is "
        "within e but for a probability d.",
        instead="It holds for all strategies and mean fields at once, so that they may depend on "
        "the samples; and with 2^|S| - 2 in place of 2^|S|.",
        evidence=(
            proved(
                "derivation",
                Shows.HOLDS,
                "The largest row; |.|_1 as a maximum over sets; the exponent; the number.",
                "lemma_7",
                ("largest_row", "sets", "exponent", "samples"),
            ),
            Evidence(
                "any-size",
                Shows.HOLDS,
                Means.PAPER,
                "The same as a proof, from Hoeffding's inequality.",
                page="budgets/printed-bounds#lem-printed-law",
            ),
            Evidence(
                "fair-coin",
                Shows.AGREES,
                Means.ARITHMETIC,
                "In fair-coin the number is enough by exact probabilities.",
                partial(
                    learning_rules.rows_within, accuracy=Fraction(1, 5), failure=Fraction(1, 20)
                ),
            ),
        ),
    ),
)
