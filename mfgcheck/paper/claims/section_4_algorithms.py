"""Section 4 and appendices A and B: equation (6), Algorithms 2, 4 and 5, Theorem 3, Assumptions."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import constants, learning_bounds, learning_rules, t_br
from mfgcheck.paper.symbolic import proved

ONE = Fraction(1)
HALF = Fraction(1, 2)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="equation-6",
        item="Equation (6)",
        title="TQ-learning converges",
        says="With an appropriate learning rate, updates along a trajectory of the simulator at a "
        "fixed mean field converge to the optimal TQ-values.",
        condition="every pair of state and action is visited infinitely often, with learning rates "
        "whose sum is infinite and whose squares have a finite sum",
        evidence=(
            Evidence(
                "never-left",
                Shows.FAILS,
                Means.GAME,
                "In MFG-SCs without movement the trajectory never leaves its first state, and the "
                "TQ-values of the other stay wrong.",
                partial(learning_rules.never_left, kept=ONE),
            ),
            proved(
                "contraction",
                Shows.HOLDS_IF,
                "The operator behind (6) contracts by the discount.",
                "proposition_1",
                ("contraction",),
            ),
            Evidence(
                "visited",
                Shows.HOLDS_IF,
                Means.PAPER,
                "Noise averages out and the rest contracts, if all pairs are visited.",
                page="paper/arguments-learning#arg-equation-6",
            ),
        ),
    ),
    Claim(
        id="algorithm-2",
        item="Algorithm 2, line 8",
        title="Stopping when Q hardly moves",
        says="TQ-learning at a mean field is done when one update moves Q by less than eps1.",
        instead="A number of updates that is fixed before, with a bound on the error in which all "
        "constants are explicit, if each update has a sample of every pair.",
        evidence=(
            Evidence(
                "no-reward",
                Shows.FAILS,
                Means.GAME,
                "Where the first reward is 0 it stops at once, for every eps1.",
                partial(
                    learning_rules.stops_at_once,
                    game="fair-coin",
                    state=0,
                    rate=ONE,
                    tolerance=Fraction(1, 100),
                ),
            ),
            Evidence(
                "small-rate",
                Shows.FAILS,
                Means.GAME,
                "A small learning rate stops it anywhere: it measures the rate, not the error.",
                partial(
                    learning_rules.stops_at_once,
                    game="fair-coin",
                    state=1,
                    rate=Fraction(1, 1000),
                    tolerance=Fraction(1, 100),
                ),
            ),
            Evidence(
                "small-update",
                Shows.DEFECT,
                Means.PAPER,
                "An update moves Q by its rate times a bounded number, whatever Q is.",
                page="paper/arguments-learning#arg-small-update",
            ),
            proved(
                "fixed-number",
                Shows.INSTEAD,
                "8 gamma^2 V^5 ln(2|S||A|/delta) ln(2V/e)/e^2 synchronous updates are enough.",
                "tq_learning",
                ("hoeffding_version", "updates"),
            ),
        ),
    ),
    Claim(
        id="algorithm-4",
        item="Algorithm 4",
        title="Next-MF is accurate",
        says="Sampling until one sample moves the empirical law by at most eps2 estimates the next "
        "mean field to a desired accuracy.",
        instead="A fixed number of samples, min{2 ln((2^|S| - 2)/d), (sqrt(|S| - 1) + sqrt(2 "
        "ln(1/d)))^2}/e^2 for |S| >= 2, is within e but for a probability d, if they are "
        "independent, equally distributed or not.",
        evidence=(
            Evidence(
                "two-samples",
                Shows.FAILS,
                Means.ARITHMETIC,
                "Two equal samples stop it for every eps2, with a point mass: 1 time in 25 if 25 "
                "states are equally likely.",
                partial(
                    learning_rules.two_samples_stop,
                    states=25,
                    heavy=Fraction(1, 25),
                    least_chance=Fraction(1, 25),
                ),
            ),
            Evidence(
                "counts-samples",
                Shows.FAILS,
                Means.ARITHMETIC,
                "The rule counts samples: a sample moves the law by at most 2/j whatever it is.",
                partial(
                    learning_rules.stops_whatever_the_error,
                    tolerance=Fraction(1, 100),
                    heads=HALF,
                    accuracy=Fraction(1, 10),
                ),
            ),
            Evidence(
                "index",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "Line 8 compares with a law that no line has defined yet.",
                partial(learning_rules.index_not_defined, count_first=False, from_pass=1),
            ),
            Evidence(
                "fixed-size",
                Shows.INSTEAD,
                Means.PAPER,
                "So many independent samples are accurate enough.",
                page="budgets/printed-bounds#lem-printed-law",
            ),
            Evidence(
                "fixed-size-exactly",
                Shows.INSTEAD,
                Means.ARITHMETIC,
                "For a fair coin that number is enough by exact probabilities.",
                partial(
                    learning_rules.fixed_size, accuracy=Fraction(1, 5), failure=Fraction(1, 10)
                ),
            ),
        ),
    ),
    Claim(
        id="theorem-3",
        item="Theorem 3",
        title="TMFQ-learning converges to a T-MFE",
        says="In an MFG-SC the mean fields and strategies of Algorithm 2 converge to a T-MFE, if "
        "TQ-learning and Next-MF are run to convergence.",
        instead="Started where T-BR is monotone or leads to a T-MFE, with samples of every pair, "
        "learners follow T-BR within certified bounds as long as they can tell its actions apart.",
        evidence=(
            Evidence(
                "as-theorem-2",
                Shows.FAILS,
                Means.GAME,
                "With exact TQ-values and next laws it is T-BR, which alternates for ever in "
                "audit-b.",
                partial(t_br.cycles, game="audit-b", start={1: 1}, strict=True),
            ),
            Evidence(
                "one-trajectory",
                Shows.FAILS,
                Means.GAME,
                "In MFG-SCs without movement a trajectory never leaves its first state; what is "
                "played in the other is not optimal.",
                partial(learning_rules.never_left, kept=ONE),
            ),
            Evidence(
                "along-t-br",
                Shows.INSTEAD,
                Means.PAPER,
                "Learners that see the action gaps stay near T-BR's path.",
                page="budgets/gap-based#thm-gap-main",
            ),
            Evidence(
                "in-numbers",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "For audit-c, where T-BR converges, there is a certified budget.",
                partial(
                    learning_bounds.certified_budget,
                    game="audit-c",
                    theorem="4",
                    accuracy=Fraction(1, 10),
                    failure=Fraction(1, 20),
                ),
            ),
        ),
    ),
    Claim(
        id="assumption-1-lipschitz",
        item="Assumption 1(i), (ii)",
        title="Reward and kernel are Lipschitz",
        says="There are C1, C2 with |r_z - r_z'| <= C1 |z - z'|_1 and the same for P. (An "
        "assumption; asked is whether games with complementarities meet it.)",
        instead="Norms are not defined over states and actions; with the largest one the proofs go "
        "through. Definition 1 alone does not imply it.",
        evidence=(
            Evidence(
                "games",
                Shows.HOLDS,
                Means.ENCLOSURE,
                "Four MFG-SCs have certified constants.",
                partial(
                    constants.finite,
                    games=("coordination", "two-lotteries", "audit-b", "audit-c"),
                    names=("C1", "C2"),
                ),
            ),
            Evidence(
                "not-implied",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "audit-d satisfies Definition 1 with a kernel that jumps.",
                partial(constants.none_finite, games=("audit-d",), name="C2"),
            ),
            proved(
                "largest-row",
                Shows.INSTEAD,
                "Lemma 4 needs the constants for each pair only, not for sums over pairs.",
                "lemma_4",
                ("split", "d"),
            ),
        ),
    ),
    Claim(
        id="assumption-1-strategies",
        item="Assumption 1(iii)",
        title="Kernels are Lipschitz in TQ-values",
        says="There is a C3 such that kernels under the strategies of Q1, Q2 differ by at most C3 "
        "max |Q1 - Q2|. (An assumption; asked is whether games with complementarities meet it.)",
        instead="It holds if and only if in each state all actions have the same rows, or the "
        "tremble is (|A| - 1)/|A|. Soft strategies of temperature lambda have C3 = 1/lambda.",
        evidence=(
            proved(
                "infinite",
                Shows.FAILS,
                "Two strategies that differ in one state keep their distance while Q1 - Q2 tends "
                "to 0: no C3 is finite if these actions have different rows.",
                "lemma_5",
                ("c3_is_infinite", "c3_example"),
            ),
            Evidence(
                "games",
                Shows.FAILS,
                Means.ENCLOSURE,
                "No MFG-SC of the gallery has a finite C3 in which actions move anybody.",
                partial(
                    constants.none_finite,
                    games=(
                        "audit-b",
                        "audit-c",
                        "audit-e",
                        "audit-f",
                        "coordination",
                        "two-lotteries",
                        "capped-health",
                    ),
                    name="C3",
                ),
            ),
            Evidence(
                "if-and-only-if",
                Shows.INSTEAD,
                Means.PAPER,
                "Under the assumption strategies have no influence on the next mean field.",
                page="paper/arguments-learning#arg-c3",
            ),
            Evidence(
                "where-it-holds",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "Where actions have no influence C3 = 0.",
                partial(constants.finite, games=("audit-a", "audit-g", "fair-coin"), names=("C3",)),
            ),
            Evidence(
                "soft",
                Shows.INSTEAD,
                Means.PAPER,
                "Soft strategies move by at most max |Q1 - Q2|/lambda, and have another "
                "equilibrium.",
                page="budgets/gap-based#thm-gap-soft",
            ),
        ),
    ),
    Claim(
        id="assumption-2",
        item="Assumption 2",
        title="T-BR is a contraction",
        says="Phi is Lipschitz in mean field and TQ-values, with C4 and C5, and C4 + C5 D < 1.",
        instead="It implies that strategies have no influence on the next mean field. In games in "
        "which they have none it asks that Phi contract.",
        evidence=(
            Evidence(
                "games",
                Shows.FAILS,
                Means.ENCLOSURE,
                "No MFG-SC of the gallery has a finite C5 in which actions move anybody.",
                partial(
                    constants.none_finite,
                    games=("audit-b", "audit-c", "coordination", "capped-health"),
                    name="C5",
                ),
            ),
            proved(
                "wrong-d",
                Shows.DEFECT,
                "With the D that is printed C4 + C5 D < 1 does not make it below 1 in truth.",
                "corollary_1",
                ("printed_condition_is_weaker",),
            ),
            Evidence(
                "no-influence",
                Shows.INSTEAD,
                Means.PAPER,
                "Phi(z, mu) is then the same for all strategies.",
                page="paper/arguments-learning#arg-c3",
            ),
            Evidence(
                "where-it-holds",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "fair-coin has C4 = C5 = 0.",
                partial(constants.finite, games=("fair-coin",), names=("C4", "C5")),
            ),
        ),
    ),
    Claim(
        id="algorithm-5",
        item="Appendix B",
        title="The sampled operator contracts",
        says="F with an estimated kernel in place of P is a contraction, too.",
        evidence=(
            proved(
                "contraction",
                Shows.HOLDS,
                "F contracts by the discount for every law of the next state (1 to 6 states).",
                "proposition_1",
                ("contraction",),
            ),
            Evidence(
                "any-size",
                Shows.HOLDS,
                Means.PAPER,
                "The same for any number of states: relative frequencies are a kernel.",
                page="paper/arguments-learning#arg-model-contraction",
            ),
        ),
    ),
)
