"""Section 5 and appendix E: learning online."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import learning_bounds, online
from mfgcheck.paper.symbolic import proved

SMALL = Fraction(1, 20)
TENTH = Fraction(1, 10)

_CYCLE = Evidence(
    "cycle",
    Shows.FAILS,
    Means.GAME,
    "In an MFG-SC with two states it cycles from the least law, where T-BR converges.",
    partial(online.lag_cycles, cost=Fraction(3, 8), first=1),
)
_FROM_THE_LEAST = Evidence(
    "least-start",
    Shows.INSTEAD,
    Means.PAPER,
    "From the least law and the least strategy it increases to the least T-MFE.",
    page="paper/arguments-learning#arg-modified",
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="lag",
        item="Section 5",
        title="Convergence is robust to the lag",
        says="Agents may play the strategy learned for the mean field of the step before: "
        "convergence of TMFQ-learning is robust to this lag.",
        instead="From the least law and the least strategy the lag changes the pace and not the "
        "limit.",
        evidence=(_CYCLE, _FROM_THE_LEAST),
    ),
    Claim(
        id="coverage",
        item="Section 5",
        title="All pairs are sampled often enough",
        says="Regeneration of some agents and trembling hands ensure enough samples of every state "
        "and action in a large population.",
        condition="new agents have every state with positive probability, the tremble is above 0 "
        "and below 1, and one step has been made",
        evidence=(
            Evidence(
                "missed-state",
                Shows.FAILS,
                Means.GAME,
                "If new agents are never in some state, it may never be seen.",
                partial(online.unseen, top=Fraction(0), zeta=TENTH, steps=50),
            ),
            Evidence(
                "binomial",
                Shows.HOLDS_IF,
                Means.PAPER,
                "Visits dominate a binomial number, which Chernoff's inequality bounds.",
                page="budgets/gap-based#thm-gap-cover",
            ),
            Evidence(
                "exactly",
                Shows.AGREES,
                Means.ARITHMETIC,
                "In numbers, by exact probabilities.",
                partial(online.enough_visits, needed=20, chance=TENTH, pairs=4, failure=SMALL),
            ),
        ),
    ),
    Claim(
        id="theorem-5",
        item="Theorem 5",
        title="Sample complexity of online learning",
        says="Under Assumption 1, with a total of I_0 agents, O of an expression in B, Algorithm 3 "
        "ends within twice the accuracy of z* but for the failure probability; accuracy increases "
        "with the number of agents. (z_k is read as their empirical law, as in section 2.)",
        instead="With agents for the mean field's own fluctuation, for visits and for TQ-values, "
        "new agents in every state, a sum with a lag for B and a stated start it holds with a "
        "finite C3. Budgets from action gaps need none.",
        evidence=(
            Evidence(
                "fluctuation",
                Shows.FAILS,
                Means.GAME,
                "In fair-coin I_0 agents, whose empirical law z_k is, are off too often, if C3 is "
                "the accuracy: here with c = 1 and w = 3/4, and for each number that O(.) may hide "
                "at a small enough accuracy. (A constant that may depend on C3 escapes.)",
                partial(
                    online.too_few,
                    accuracy=Fraction(1, 10**6),
                    failure=SMALL,
                    constant=Fraction(1),
                ),
                page="budgets/printed-bounds#thm-printed-online",
            ),
            Evidence(
                "not-exact",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "The proof takes the mean field of finitely many agents to be Phi exactly.",
                partial(
                    online.fluctuation,
                    agents=10_000,
                    distance=Fraction(1, 50),
                    failure=Fraction(1, 25),
                ),
            ),
            Evidence(
                "accuracy-for-nothing",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "With a C3 as small as the accuracy I_0 does not depend on the accuracy.",
                partial(
                    online.same_agents,
                    accuracies=(Fraction(1, 100), Fraction(1, 10**4), Fraction(1, 10**8)),
                ),
            ),
            Evidence(
                "bracket",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "The factor |S||A|/(eps zeta) multiplies one of the two terms of a number of "
                "updates that every pair needs.",
                partial(online.bracket, w=Fraction(19, 20)),
            ),
            Evidence(
                "new-agents",
                Shows.DEFECT,
                Means.GAME,
                "The theorem asks nothing of the law of new agents, and a state may never be seen. "
                "(Appendix E takes for granted that they occupy all states.)",
                partial(online.unseen, top=Fraction(0), zeta=TENTH, steps=50),
            ),
            Evidence(
                "repaired",
                Shows.INSTEAD,
                Means.PAPER,
                "The theorem under Assumption 1, repaired.",
                page="budgets/printed-bounds#thm-printed-5",
            ),
            Evidence(
                "in-numbers",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "In coordination, to which the theorem does not apply, a number of agents is "
                "certified.",
                partial(
                    learning_bounds.certified_budget,
                    game="coordination",
                    theorem="5",
                    accuracy=TENTH,
                    failure=SMALL,
                ),
            ),
        ),
    ),
    Claim(
        id="b-of-theorem-5",
        item="Theorem 5, B",
        title="Errors with a lag add up to at most B",
        says="The recursion of the proof gives e_k0 <= B eps3 with B = (2(1 - zeta)A)^k0 C3/((1 - "
        "zeta)(A - 1)), A = max(1 + C2, C3 D) (with eps for eps3 in print).",
        instead="(1 - zeta) C3 (1 + x + .. + x^(k0-1)), x = (1 - zeta)(1 + C2 + C3 D); the proof's "
        "own rounding up gives this sum with x = 2(1 - zeta)A, with x - 1 for (1 - zeta)(A - 1).",
        evidence=(
            Evidence(
                "below-one",
                Shows.FAILS,
                Means.ARITHMETIC,
                "With 2(1 - zeta)A = 22/25 it is too small by a factor of 16 at k0 = 40.",
                partial(
                    online.online_b_too_small,
                    zeta=Fraction(3, 5),
                    c2=TENTH,
                    c3_d=Fraction(1),
                    k0=40,
                ),
            ),
            proved(
                "at-one",
                Shows.FAILS,
                "It is too small with 2(1 - zeta)A below, equal to and slightly above 1.",
                "theorem_5",
                ("recursion", "b_fails", "b_fails_at_one"),
            ),
            proved(
                "sums",
                Shows.INSTEAD,
                "The recursion in closed form, its bound, and the coarse sum.",
                "theorem_5",
                ("closed_form", "sum_of_impulses", "bound", "limit", "rate", "coarse_sum"),
            ),
        ),
    ),
    Claim(
        id="corollary-theorem-5",
        item="Section 5, after Theorem 5",
        title="B without k0 for online learning",
        says="A result similar to Corollary 1 can easily be shown for Theorem 5. (No B is given.)",
        instead="Under Assumption 2 strategies have no influence, and agents for the mean "
        "field within 1 - (1 - zeta) C4 times the accuracy are enough; with a finite C3 and x < 1 "
        "a B free of k0 comes out of the recursion.",
        evidence=(
            Evidence(
                "not-exact",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "The same proof would take the mean field of finitely many agents to be exact.",
                partial(
                    online.fluctuation,
                    agents=10_000,
                    distance=Fraction(1, 50),
                    failure=Fraction(1, 25),
                ),
            ),
            Evidence(
                "repaired",
                Shows.INSTEAD,
                Means.PAPER,
                "With the agents' own fluctuation there is one.",
                page="paper/arguments-learning#arg-corollary-5",
            ),
            proved(
                "sum",
                Shows.INSTEAD,
                "The sum with a lag is below 1/(1 - x) for all k0, which is the least such number.",
                "theorem_5",
                ("bound", "limit"),
            ),
        ),
    ),
    Claim(
        id="equation-18",
        item="Equation (18)",
        title="Synchronous TQ-learning converges",
        says="Q_(t+1)(s, a) = (1 - alpha) Q_t(s, a) + alpha (r(s, a, z) + gamma G(Q)(s)) tends to "
        "Q*_z.",
        instead="With G(Q_t)(s') at the sampled next state, and alpha_t for alpha.",
        evidence=(
            proved(
                "meant",
                Shows.HOLDS,
                "With the next state, errors split into noise and a part that contracts.",
                "tq_learning",
                ("split", "pathwise"),
            ),
            Evidence(
                "limit",
                Shows.HOLDS,
                Means.PAPER,
                "Noise averages out, for rates whose sum is infinite and that of squares finite.",
                page="paper/arguments-learning#arg-equation-6",
            ),
            Evidence(
                "printed",
                Shows.DEFECT,
                Means.GAME,
                "As printed P does not occur: its fixed point prefers other actions in audit-f.",
                partial(online.misprinted_update, game="audit-f", mean_field={0: 1}),
            ),
        ),
    ),
    Claim(
        id="theorem-9",
        item="Theorem 9",
        title="Synchronous Q-learning (quoted)",
        says="With rates 1/(n + 1)^w synchronous TQ-learning is within eps3 after I_0 updates of "
        "(19), by Even-Dar and Mansour.",
        instead="A bound in which every constant is explicit, for a constant step.",
        evidence=(
            proved(
                "explicit",
                Shows.INSTEAD,
                "The error after T updates, without a hidden constant and without T in a "
                "logarithm.",
                "tq_learning",
                ("pathwise", "weights", "variance", "moments", "jensen", "exponential_bound"),
            ),
            Evidence(
                "explicit-proof",
                Shows.INSTEAD,
                Means.PAPER,
                "The same as a theorem.",
                page="budgets/gap-based#thm-gap-tq",
            ),
            Evidence(
                "in-numbers",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "A number of updates that is enough, in ball arithmetic.",
                partial(online.explicit_updates, error=TENTH, failure=SMALL, pairs=4),
            ),
        ),
    ),
    Claim(
        id="algorithm-6",
        item="Algorithm 6",
        title="Modified T-BR converges to a T-MFE",
        says="From any initial mean field and strategy modified T-BR, which plays the strategy of "
        "the step before, also converges to a T-MFE.",
        instead="With z_1 = z_0 the least law, mu_0 the least strategy and the lowest optimal "
        "actions it increases to the least T-MFE, as T-BR does, if reward and kernel are "
        "continuous and eps <= (|A| - 1)/|A|.",
        evidence=(
            _CYCLE,
            Evidence(
                "as-theorem-2",
                Shows.FAILS,
                Means.GAME,
                "In audit-b, from the point mass at 1, it cycles though mu_0 is the best response.",
                partial(online.lag_inherits, game="audit-b", start={1: 1}),
            ),
            Evidence(
                "first-mean-field",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "Algorithms 3 and 6 start with a z_1 that they do not define.",
                partial(online.first_is_missing, loop_from=1, defined=(0,)),
            ),
            _FROM_THE_LEAST,
            Evidence(
                "least-start-in-the-game",
                Shows.INSTEAD,
                Means.GAME,
                "In the game that cycles, the least strategy leads where T-BR leads.",
                partial(online.lag_from_the_least, cost=Fraction(3, 8), first=0),
            ),
        ),
    ),
)
