"""Section 6 and appendix F: the experiments, as far as they state facts."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import (
    example_clauses,
    example_equilibria,
    example_parameters,
    example_responses,
)

PAGE = "paper/arguments"
SHAPES = tuple({"susceptibility": p} for p in ("exp", "rational", "logistic", "linear"))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="experiment-actions",
        item="Sections 2 and 6",
        title="The actions of Infection Spread",
        says="The actions are 1, .., |A| in section 2 and 0, .., 4 in section 6.",
        instead="The figures belong to one of the two; section 6, where they stand, has 0, .., 4.",
        evidence=(
            Evidence(
                "two-sets",
                Shows.FAILS,
                Means.ENCLOSURE,
                "The two sets lead to different T-MFE.",
                partial(
                    example_equilibria.means_differ,
                    variants=({}, {}),
                    labels=((0, 1, 2, 3, 4), (1, 2, 3, 4, 5)),
                ),
            ),
        ),
    ),
    Claim(
        id="experiment-states",
        item="Sections 2 and 6",
        title="The states of Infection Spread",
        says="States are 0, 1, 2, .. in section 2, though S is finite; in section 6 they are 0 to "
        "24, with s' = s + a as before.",
        instead="What leads above the top state has to end somewhere: there, as we read it.",
        evidence=(
            Evidence(
                "leaves",
                Shows.FAILS,
                Means.GAME,
                "As printed, the dynamics lead out of 0, .., 24.",
                partial(example_clauses.literal_states, states=25, actions=5),
            ),
        ),
    ),
    Claim(
        id="experiment-susceptibility",
        item="Appendix F.1",
        title="The parameters fix the experiment",
        says="These parameters are used: k = 0.05 is among them, but no formula for the "
        "susceptibility p(s), in which it must stand.",
        instead="The verdict on Definition 1 does not depend on p; the T-MFE and |r| <= 1 do, and "
        "at larger c_f whether there is a T-MFE.",
        evidence=(
            Evidence(
                "t-mfe",
                Shows.FAILS,
                Means.ENCLOSURE,
                "Four decreasing functions with the constant 0.05 have four different T-MFE.",
                partial(example_equilibria.means_differ, variants=SHAPES),
            ),
            Evidence(
                "definition",
                Shows.INSTEAD,
                Means.CHECK,
                "The same clauses of Definition 1 fail with all four.",
                partial(
                    example_parameters.same_failures,
                    game="infection-spread",
                    parameter="susceptibility",
                    values=("exp", "rational", "logistic", "linear"),
                ),
            ),
            Evidence(
                "definition-for-all",
                Shows.INSTEAD,
                Means.PAPER,
                "They fail with every p that is not constant, and at every c_f > 0.",
                page=f"{PAGE}#arg-additive-differences",
            ),
        ),
    ),
    Claim(
        id="experiment-replacement",
        item="Appendices E, F.1",
        title="Who comes for an agent that leaves",
        says="An agent that leaves is replaced by one with a state drawn from a law Psi, which F.1 "
        "gives as uniform on 0, .., s with probability 0.9, and 0 otherwise.",
        instead="The proof of Theorem 5 needs a law that does not depend on s, such as the uniform "
        "one on all states; both readings have exactly one T-MFE, but not the same one.",
        evidence=(
            Evidence(
                "depends",
                Shows.FAILS,
                Means.ARITHMETIC,
                "As printed, the newcomer's law depends on the state of the agent that left.",
                partial(example_parameters.newcomer_depends_on_leaver, replacement="state"),
            ),
            Evidence(
                "readings",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "The two readings lead to different T-MFE.",
                partial(
                    example_equilibria.means_differ,
                    variants=({"replacement": "full"}, {"replacement": "state"}),
                ),
            ),
        ),
    ),
    Claim(
        id="experiment-learning-rate",
        item="Appendices F.1, F.2",
        title="The learning rate decays",
        says="The learning rate decays logarithmically, from 10^-3 to 10^-2.",
        evidence=(
            Evidence(
                "rises",
                Shows.FAILS,
                Means.ARITHMETIC,
                "From 10^-3 to 10^-2 the rate rises.",
                partial(
                    example_parameters.rate_rises,
                    first=Fraction(1, 1000),
                    last=Fraction(1, 100),
                ),
            ),
        ),
    ),
    Claim(
        id="mturk-replacement",
        item="Appendix F.2",
        title="MTurk: newcomers are in a state",
        says="There are 100 states, and a newcomer's state is uniform on 0, .., |S| with "
        "probability 0.9, and 0 otherwise.",
        instead="Stopping at |S| - 1, or moving |S| there, gives a game; the verdict on Definition "
        "1 is the same, and both have exactly one T-MFE.",
        evidence=(
            Evidence(
                "leaves",
                Shows.FAILS,
                Means.ARITHMETIC,
                "101 outcomes do not fit into 100 states.",
                partial(example_parameters.newcomer_leaves_states, states=100, drawn_to=100),
            ),
            Evidence(
                "mended",
                Shows.INSTEAD,
                Means.CHECK,
                "The same clause fails with both ways to mend it.",
                partial(
                    example_parameters.same_failures,
                    game="mturk",
                    parameter="replacement",
                    values=("inside", "clipped"),
                ),
            ),
            Evidence(
                "t-mfe",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "With |S| moved to the top state there is exactly one T-MFE, too.",
                partial(
                    example_responses.draws_together,
                    game="mturk",
                    parameters={"replacement": "clipped"},
                ),
            ),
        ),
    ),
    Claim(
        id="mturk-cost",
        item="Appendix F.2",
        title="MTurk: the parameters fix the game",
        says="These parameters are used: the cost of effort delta3 is not among them.",
        instead="What is best depends on delta3; that it is the same for all mean fields does not.",
        evidence=(
            Evidence(
                "cost",
                Shows.FAILS,
                Means.GAME,
                "The best response with delta3 = 1/10 is not the one with delta3 = 2.",
                partial(
                    example_responses.response_differs,
                    game="mturk",
                    one={"delta3": Fraction(1, 10)},
                    other={"delta3": Fraction(2)},
                ),
            ),
        ),
    ),
)
