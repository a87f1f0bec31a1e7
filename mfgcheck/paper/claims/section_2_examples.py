"""Section 2: what is said of the two examples, Infection Spread and MTurk."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import (
    example_clauses,
    example_equilibria,
    example_noise,
    example_responses,
    example_rewards,
    example_sizes,
)
from mfgcheck.paper.evidence.example_clauses import FAMILY
from mfgcheck.verify.clauses import CLAUSES

PAGE = "paper/arguments"
HALF, FULL = Fraction(1, 20), Fraction(1, 10)  # the values of c_f in the figures
SHAPES = tuple({"susceptibility": p} for p in ("exp", "rational", "logistic", "linear"))
PRINTED = tuple({"replacement": w, "c_f": c} for w in ("full", "state") for c in (HALF, FULL))

ANY = {"susceptibility": "any"}  # every p that does not rise
REWARD = tuple(clause.id for clause in CLAUSES if clause.id.startswith("reward."))

REWARDS = (
    Claim(
        id="bounded-reward-infection",
        item="Section 2",
        title="|r| <= 1 in Infection Spread",
        says="Rewards are assumed to lie between -1 and 1, with the values of Infection Spread in "
        "appendix F.1; its susceptibility p is not printed.",
        condition="p(24) >= 1/6",
        evidence=(
            Evidence(
                "range",
                Shows.HOLDS_IF,
                Means.PAPER,
                "The largest reward is 6/5 (1 - p(24)), and the least is no less than -1/25.",
                page=f"{PAGE}#arg-infection-reward",
            ),
            Evidence(
                "certified",
                Shows.AGREES,
                Means.ENCLOSURE,
                "For four susceptibilities that fit the text, |r| <= 1 just where p(24) >= 1/6.",
                partial(
                    example_rewards.bound_follows_susceptibility,
                    variants=SHAPES,
                    least=Fraction(1, 6),
                ),
            ),
            Evidence(
                "linear",
                Shows.FAILS,
                Means.ENCLOSURE,
                "With p(s) = max(0, 1 - s/20), which is decreasing as asked, it fails.",
                partial(
                    example_rewards.too_large,
                    game="infection-spread",
                    parameters={"susceptibility": "linear"},
                ),
            ),
        ),
    ),
    Claim(
        id="bounded-reward-mturk",
        item="Section 2",
        title="|r| <= 1 in MTurk",
        says="Rewards are assumed to lie between -1 and 1, and values between -V_max and V_max = "
        "1/(1 - gamma).",
        instead="V_max is the largest |r| over 1 - gamma; or rewards are divided by the largest, "
        "which changes no strategy.",
        evidence=(
            Evidence(
                "range",
                Shows.FAILS,
                Means.ENCLOSURE,
                "With the parameters of appendix F.2 the largest reward is far above 1.",
                partial(example_rewards.too_large, game="mturk", parameters={}),
            ),
            Evidence(
                "values",
                Shows.FAILS,
                Means.ARITHMETIC,
                "Where all others are at the top, every value is above 1/(1 - gamma).",
                partial(example_rewards.values_too_large, game="mturk", state=99),
            ),
        ),
    ),
    Claim(
        id="crowd-raises-rewards",
        item="Section 2",
        title="The mean field raises rewards",
        says="Infection Spread encourages crowd seeking: the mean field positively affects the "
        "rewards.",
        evidence=(
            Evidence(
                "every-susceptibility",
                Shows.HOLDS,
                Means.PAPER,
                "r(s, a, z) is non-decreasing in z for every decreasing p.",
                page=f"{PAGE}#arg-population-reward",
            ),
            Evidence(
                "decided",
                Shows.HOLDS,
                Means.CHECK,
                "It is decided for four susceptibilities, for all pairs of mean fields.",
                partial(
                    example_rewards.rises_with_mean_field,
                    game="infection-spread",
                    variants=SHAPES,
                ),
            ),
        ),
    ),
    Claim(
        id="crowd-raises-returns",
        item="Sections 1 and 2",
        title="Others' precautions invite one's own",
        says="Stronger precautions of the population raise the returns to a member that follows "
        "suit: this is the running example of strategic complementarities.",
        instead="At the printed parameters, with p(s) = exp(-s/20), one strategy is best whatever "
        "the population does, and precautions fall with health.",
        evidence=(
            Evidence(
                "returns",
                Shows.FAILS,
                Means.GAME,
                "With p(s) = 1/(1 + s/20) a healthier population lowers what precaution gains.",
                partial(example_responses.gains_fall, parameters={"susceptibility": "rational"}),
            ),
            Evidence(
                "responses",
                Shows.FAILS,
                Means.GAME,
                "With p(s) = max(0, 1 - s/20) and w2 as printed, the best response falls.",
                partial(
                    example_responses.response_falls,
                    parameters={"susceptibility": "linear", "replacement": "state"},
                ),
            ),
            Evidence(
                "fixed",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "At the printed parameters one strategy is best at all mean fields, and falls with "
                "health: for four p with w2 over all states, for exp(-s/20) with w2 as printed.",
                partial(
                    example_responses.response_is_fixed,
                    variants=(*SHAPES, *PRINTED[2:]),
                    falling=True,
                ),
            ),
        ),
    ),
)

INFECTION = (
    Claim(
        id="infection-differences",
        item="Section 2",
        title="Infection Spread: increasing differences",
        says="It is easy to verify that the model has non-decreasing differences in the transition "
        "matrix.",
        instead="The kernel is stochastically non-decreasing in s, in a and in z. Its differences "
        "do not increase unless being infected does no damage.",
        evidence=(
            Evidence(
                "check",
                Shows.FAILS,
                Means.CHECK,
                "The clause fails at the parameters of appendix F.1, for four susceptibilities and "
                "both readings of w2, where neither end of the state space moves any outcome.",
                partial(
                    example_clauses.fails,
                    game="infection-spread",
                    clause="kernel.increasing_differences",
                    variants=FAMILY,
                    unclipped=True,
                ),
            ),
            Evidence(
                "every-p",
                Shows.FAILS,
                Means.CHECK,
                "With the damage of appendix F.1 it fails at every |S| and |A| for every strictly "
                "decreasing p.",
                partial(
                    example_sizes.fails,
                    game="infection-spread",
                    clause="kernel.increasing_differences",
                    parameters=ANY,
                    sizes=(2, 2),
                ),
            ),
            Evidence(
                "all-damages",
                Shows.INSTEAD,
                Means.PAPER,
                "On the unbounded states of section 2 they increase only if p is constant or the "
                "damage w1 is 0.",
                page=f"{PAGE}#arg-additive-differences",
            ),
            Evidence(
                "monotone",
                Shows.INSTEAD,
                Means.CHECK,
                "The kernel is stochastically non-decreasing in s, in a and in z.",
                partial(
                    example_clauses.holds,
                    game="infection-spread",
                    clauses=("kernel.monotone_s", "kernel.monotone_a", "kernel.monotone_z"),
                    variants=FAMILY,
                ),
            ),
        ),
    ),
    Claim(
        id="infection-complementarities",
        item="Section 2",
        title="Infection Spread is an MFG-SC",
        says="Showing that Infection Spread has strategic complementarities is straightforward.",
        instead="On the unbounded states of section 2 no damage gives it complementarities. T-BR "
        "is monotone at the printed parameters, p(s) = exp(-s/20), all the same, as the next law "
        "keeps the order; and if precautions cap the health that can be reached, Definition 1 "
        "holds.",
        evidence=(
            Evidence(
                "check",
                Shows.FAILS,
                Means.CHECK,
                "The kernel is not stochastically supermodular at the parameters of appendix F.1, "
                "where neither end of the state space moves any outcome.",
                partial(
                    example_clauses.fails,
                    game="infection-spread",
                    clause="kernel.supermodular",
                    variants=FAMILY,
                    unclipped=True,
                ),
            ),
            Evidence(
                "smallest",
                Shows.FAILS,
                Means.GAME,
                "Three states are enough, with s' = s + a and no damage.",
                partial(example_noise.smallest, states=3, capped=False),
            ),
            Evidence(
                "all-damages",
                Shows.INSTEAD,
                Means.PAPER,
                "On the unbounded states of section 2 no law of the damage, and no p, makes it "
                "supermodular.",
                page=f"{PAGE}#arg-additive-noise",
            ),
            Evidence(
                "no-noise-mends-it",
                Shows.INSTEAD,
                Means.ARITHMETIC,
                "On 25 states no law of noise on -3, .., 3 makes s' = s + a + noise supermodular.",
                partial(example_noise.no_noise, states=25, actions=5, shifts=tuple(range(-3, 4))),
            ),
            Evidence(
                "convex-order",
                Shows.INSTEAD,
                Means.PAPER,
                "If test functions have to be convex, and health has no cap, supermodularity and "
                "increasing differences hold; values, though, need not be convex.",
                page=f"{PAGE}#arg-convex-order",
            ),
            Evidence(
                "convex-order-capped",
                Shows.INSTEAD,
                Means.CASES,
                "With health capped at 24 supermodularity fails for convex test functions too.",
                partial(example_noise.convex_tests, states=25, actions=5, cap=24),
            ),
            Evidence(
                "order",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "At the printed parameters and p(s) = exp(-s/20) a higher mean field leads to a "
                "higher next law, so that T-BR from the ends is monotone.",
                partial(example_responses.keeps_order, game="infection-spread", variants=PRINTED),
            ),
            Evidence(
                "reward",
                Shows.INSTEAD,
                Means.CHECK,
                "The clauses on the reward hold at every |S| and |A|, for every p and all deltas.",
                partial(
                    example_sizes.hold, game="infection-spread", clauses=REWARD, parameters=ANY
                ),
            ),
            Evidence(
                "capped-health",
                Shows.INSTEAD,
                Means.CHECK,
                "With precautions that cap health all clauses hold, at all sizes and for every p.",
                partial(
                    example_sizes.hold,
                    game="capped-health",
                    clauses=tuple(clause.id for clause in CLAUSES),
                    parameters=ANY,
                ),
            ),
        ),
    ),
    Claim(
        id="infection-t-mfe",
        item="Sections 2 and 6",
        title="Infection Spread has a T-MFE",
        says="As an MFG-SC, Infection Spread has a T-MFE (Theorem 1), which the experiments "
        "compute.",
        instead="At the printed parameters there is exactly one, for c_f = 1/20 and c_f = 1/10. "
        "For other values of p and c_f that fit section 2 there is none.",
        evidence=(
            Evidence(
                "none",
                Shows.FAILS,
                Means.ENCLOSURE,
                "With c_f = 1 and p(s) = 2/(1 + exp(s/20)) there is no T-MFE at all.",
                partial(
                    example_equilibria.none_exists,
                    variants=({"susceptibility": "logistic", "c_f": Fraction(1)},),
                ),
            ),
            Evidence(
                "none-as-printed",
                Shows.FAILS,
                Means.ENCLOSURE,
                "With c_f = 1, p(s) = max(0, 1 - s/20) and w2 as printed there is none either.",
                partial(
                    example_equilibria.none_exists,
                    variants=(
                        {"susceptibility": "linear", "replacement": "state", "c_f": Fraction(1)},
                    ),
                ),
                slow=True,
            ),
            Evidence(
                "printed",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "At the printed parameters, p(s) = exp(-s/20), there is exactly one.",
                partial(example_equilibria.one_exists, game="infection-spread", variants=PRINTED),
            ),
        ),
    ),
)

MTURK = (
    Claim(
        id="mturk-complementarities",
        item="Section 2, appendix F.2",
        title="MTurk is an MFG-SC",
        says="MTurk and other gig economy marketplaces are examples of mean field games with "
        "strategic complementarities.",
        instead="As z enters the reward as a term of its own and the kernel not at all, the best "
        "response is the same for all mean fields; T-BR converges from everywhere, geometrically, "
        "to the only T-MFE, and no complementarity is needed.",
        evidence=(
            Evidence(
                "check",
                Shows.FAILS,
                Means.CHECK,
                "The kernel is not stochastically supermodular.",
                partial(
                    example_clauses.fails,
                    game="mturk",
                    clause="kernel.supermodular",
                    variants=({},),
                    unclipped=False,
                ),
            ),
            Evidence(
                "all-losses",
                Shows.INSTEAD,
                Means.PAPER,
                "On 0, 1, 2, .. no law of the loss w1 makes the kernel supermodular.",
                page=f"{PAGE}#arg-additive-noise",
            ),
            Evidence(
                "contraction",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "One strategy is best at all mean fields, and its mean fields draw together.",
                partial(example_responses.draws_together, game="mturk", parameters={}),
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (*REWARDS, *INFECTION, *MTURK)
