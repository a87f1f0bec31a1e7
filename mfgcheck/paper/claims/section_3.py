"""Section 3: existence and computation of T-MFE."""

from __future__ import annotations

from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.claims import section_3_proofs, section_3_values
from mfgcheck.paper.evidence import existence, limits, t_br

_PAGE = "paper/arguments"

_PERIOD_TWO = Evidence(
    "period-two",
    Shows.FAILS,
    Means.GAME,
    "In audit-b, an MFG-SC, T-BR from the point mass at 1 alternates for ever.",
    partial(t_br.cycles, game="audit-b", start={1: 1}, strict=True),
)

_INSTEAD = Evidence(
    "both-ends-on-paper",
    Shows.INSTEAD,
    Means.PAPER,
    "T-BR from the least and from the greatest law converges, encloses all other T-BR and all "
    "T-MFE, and if reward and kernel are continuous its limits are T-MFE.",
    page=f"{_PAGE}#arg-t-br",
)

_STEPS = Evidence(
    "certified-steps",
    Shows.INSTEAD,
    Means.ENCLOSURE,
    "For games whose runs from both ends meet, a step is certified from which T-BR from every "
    "start is near the T-MFE.",
    partial(
        t_br.accuracy_steps,
        names=("capped-health", "two-lotteries", "audit-f"),
        accuracy="1/100",
    ),
)

_EXISTENCE = (
    Claim(
        id="theorem-1",
        item="Theorem 1",
        title="Every MFG-SC has a T-MFE",
        says="A mean field game with strategic complementarities has a trembling-hand-perfect mean "
        "field equilibrium.",
        condition="states and actions form finite lattices, and eps <= (|A| - 1)/|A| or the "
        "actions form a chain",
        instead="The laws on the states form a lattice only if the states form a chain; but sets "
        "of laws that are comparable have suprema, and that is enough for a fixed point. For other "
        "lattices of actions and large eps there may be no T-MFE.",
        evidence=(
            Evidence(
                "fixed-point",
                Shows.HOLDS_IF,
                Means.PAPER,
                "The best response map preserves the order of laws, and so has a fixed point.",
                page=f"{_PAGE}#arg-existence",
            ),
            section_3_proofs.missing_supremum(Shows.DEFECT),
            Evidence(
                "large-tremble",
                Shows.FAILS,
                Means.GAME,
                "An MFG-SC with eps = 9/10 and the actions {0, 1}^2 has no T-MFE.",
                partial(existence.none, tremble="9/10"),
                page=f"{_PAGE}#arg-least-likely",
            ),
            Evidence(
                "enclosed",
                Shows.AGREES,
                Means.ENCLOSURE,
                "MFG-SC of the gallery, a grid of small ones and one on {0, 1}^2 have a T-MFE.",
                partial(
                    existence.at_least_one,
                    names=(
                        "capped-health",
                        "two-lotteries",
                        "coordination",
                        "audit-b",
                        "audit-c",
                        "audit-d",
                        "audit-e",
                        "audit-f",
                        "audit-g",
                        "fair-coin",
                        "grid",
                        "lattice",
                    ),
                ),
            ),
            Evidence(
                "enclosed-infinitely-many",
                Shows.AGREES,
                Means.ENCLOSURE,
                "So has audit-a, which has infinitely many.",
                partial(existence.at_least_one, names=("audit-a",)),
                slow=True,
            ),
        ),
    ),
    Claim(
        id="no-additional-conditions",
        item="After Theorem 1",
        title="Existence needs no other conditions",
        says="Strategic complementarities are enough for a T-MFE; no additional conditions are "
        "needed.",
        instead="Continuity is indeed not needed. But eps has to be at most (|A| - 1)/|A|, unless "
        "the actions form a chain.",
        evidence=(
            Evidence(
                "large-tremble",
                Shows.FAILS,
                Means.GAME,
                "An MFG-SC with eps = 1 and the actions {0, 1}^2 has no T-MFE.",
                partial(existence.none, tremble="1"),
                page=f"{_PAGE}#arg-least-likely",
            ),
            Evidence(
                "jump",
                Shows.INSTEAD,
                Means.ENCLOSURE,
                "In audit-d the kernel jumps, and there is a T-MFE all the same.",
                partial(existence.without_continuity, game="audit-d"),
            ),
        ),
    ),
)

_T_BR = (
    Claim(
        id="algorithm-1",
        item="Algorithm 1",
        title="T-BR is well defined",
        says="Step 4 takes the strategy of the TQ-values, so that every mean field has one next "
        "mean field.",
        instead="A rule for ties has to be fixed, such as the sup in the proof of Proposition 2, "
        "or the inf.",
        evidence=(
            Evidence(
                "ties",
                Shows.FAILS,
                Means.GAME,
                "In audit-e ties leave two next mean fields to choose from, at every step.",
                partial(t_br.ties, game="audit-e", start={0: 1}),
            ),
        ),
    ),
    Claim(
        id="theorem-2",
        item="Theorem 2",
        title="T-BR converges to a T-MFE",
        says="In an MFG-SC the mean fields and strategies of T-BR converge, to a T-MFE. (Its proof "
        "starts from the smallest law and takes the highest optimal action, the theorem does not "
        "say so.)",
        instead="From the least law with the lower optimal action, and from the greatest with the "
        "higher, T-BR is monotone, and if reward and kernel are continuous its limit is a T-MFE; "
        "every T-MFE lies between the two limits, and T-BR from anywhere stays between the two "
        "runs. This is proved for eps <= (|A| - 1)/|A|; so is that with the start and the choice "
        "of the proof T-BR converges to a T-MFE, if reward and kernel are continuous.",
        evidence=(
            _PERIOD_TWO,
            Evidence(
                "period-two-without-actions",
                Shows.FAILS,
                Means.GAME,
                "In audit-a, where actions do not matter, T-BR alternates as well.",
                partial(t_br.cycles, game="audit-a", start={1: 1}, strict=True),
            ),
            Evidence(
                "jump",
                Shows.FAILS,
                Means.GAME,
                "In audit-d, whose kernel jumps, T-BR from the least law tends to a mean field "
                "that belongs to no T-MFE.",
                partial(limits.no_equilibrium_at, game="audit-d", limit="1/2", ratio="1/2"),
            ),
            Evidence(
                "ties",
                Shows.FAILS,
                Means.GAME,
                "In audit-e T-BR from the least law need not converge if ties are broken freely.",
                partial(t_br.ties, game="audit-e", start={0: 1}),
            ),
            _INSTEAD,
            Evidence(
                "both-ends",
                Shows.INSTEAD,
                Means.GAME,
                "In audit-b and audit-f T-BR from either end goes one way, to a T-MFE, and all "
                "T-MFE lie between the two.",
                partial(t_br.both_ends, names=("audit-b", "audit-f")),
            ),
            _STEPS,
        ),
    ),
    Claim(
        id="global-convergence",
        item="Introduction (ii)",
        title="T-BR converges from every start",
        says="T-BR is a globally convergent method for computing T-MFE. (The proof of Theorem 2 "
        "sets the first mean field to the smallest one, the theorem and the algorithm do not.)",
        instead="T-BR from every start stays between the runs from the least and the greatest "
        "law; where these meet, it converges.",
        evidence=(_PERIOD_TWO, _INSTEAD, _STEPS),
    ),
    Claim(
        id="remark-1",
        item="Remark 1",
        title="T-BR comes near for good in finite time",
        says="For every accuracy there is a finite k0 such that from step k0 on T-BR is within it "
        "of the T-MFE.",
        instead="Such a step exists for the runs from both ends if reward and kernel are "
        "continuous, and for every start if moreover their limits are the same (proved for eps <= "
        "(|A| - 1)/|A|).",
        evidence=(
            Evidence(
                "never-near",
                Shows.FAILS,
                Means.GAME,
                "In audit-b T-BR from the point mass at 1 is at no time within 1/2 of one law for "
                "good.",
                partial(t_br.no_accuracy_step, game="audit-b", start={1: 1}, accuracy="1/2"),
            ),
            _INSTEAD,
            _STEPS,
        ),
    ),
    Claim(
        id="remark-1-the-t-mfe",
        item="Remark 1",
        title="There is one T-MFE",
        says='T-BR tends to "the" T-MFE: the text speaks of one.',
        instead="There may be several, and where T-BR leads depends on its start.",
        evidence=(
            Evidence(
                "coordination",
                Shows.FAILS,
                Means.ENCLOSURE,
                "The MFG-SC coordination has two T-MFE with strict gaps; T-BR stays in either.",
                partial(existence.several, game="coordination", least=2),
            ),
        ),
    ),
    Claim(
        id="remark-1-k0",
        item="Remark 1",
        title="Monotonicity does not give k0",
        says="k0 is difficult to characterise because convergence rests on monotonicity and not "
        "on a contraction.",
        instead="Monotonicity gives a k0 that can be certified: the step at which the runs from "
        "both ends are near each other. It holds for every start, and says nothing where the runs "
        "do not meet.",
        evidence=(
            Evidence(
                "without-contraction",
                Shows.FAILS,
                Means.ENCLOSURE,
                "In an MFG-SC in which T-BR is no contraction k0 is certified by monotonicity.",
                partial(
                    t_br.accuracy_step_without_contraction,
                    low="2/3",
                    high="7/10",
                    accuracy="1/100",
                ),
                page="lemmas-order#thm-order-bracket",
            ),
            Evidence(
                "bracket-on-paper",
                Shows.INSTEAD,
                Means.PAPER,
                "On a chain of states twice the sum of the differences of tails bounds all "
                "distances between the two runs.",
                page="lemmas-order#thm-order-bracket",
            ),
            _STEPS,
        ),
    ),
    Claim(
        id="finitely-many-steps",
        item="Appendix B",
        title="T-BR ends after finitely many steps",
        says="If the process converges in finitely many steps, finitely many samples are enough; "
        "Theorem 6, it says, shows that this is so: read here as that it converges so.",
        instead="T-BR comes near its limit in finitely many steps where it converges, and need not "
        "reach it.",
        evidence=(
            Evidence(
                "never-arrives",
                Shows.FAILS,
                Means.GAME,
                "In audit-c the distance to the limit is 4^-k/3 after k steps.",
                partial(limits.never_arrives, game="audit-c", start=0, limit="1/3", ratio="1/4"),
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *section_3_values.CLAIMS,
    *_EXISTENCE,
    *_T_BR,
    *section_3_proofs.CLAIMS,
)
