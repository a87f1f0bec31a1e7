"""Section 3 and appendix C: existence and computation of T-MFE."""

from __future__ import annotations

from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.evidence import t_br
from mfgcheck.paper.symbolic import proved

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="lemma-1",
        item="Lemma 1",
        title="G is non-expansive",
        says="|G(Q1)(s) - G(Q2)(s)| <= max over a of |Q1(s, a) - Q2(s, a)|.",
        evidence=(
            proved(
                "order-statistics",
                Shows.HOLDS,
                "G is a mean of the sorted TQ-values, each of which moves by at most the change.",
                "lemma_1",
                (
                    "order_statistics",
                    "weights",
                    "abel_summation",
                    "order_statistics_are_lipschitz",
                    "lemma",
                ),
            ),
        ),
    ),
    Claim(
        id="theorem-2",
        item="Theorem 2",
        title="T-BR converges to a T-MFE",
        says="In an MFG-SC the mean fields and strategies of T-BR converge, to a T-MFE.",
        instead="From the least law with the lower optimal action, and from the greatest with the "
        "higher, T-BR is monotone, and if reward and kernel are continuous its limit is a T-MFE; "
        "every T-MFE lies between the two limits, and T-BR from anywhere stays between the two "
        "runs.",
        evidence=(
            Evidence(
                "period-two",
                Shows.FAILS,
                Means.GAME,
                "In audit-b, an MFG-SC, T-BR from the point mass at 1 alternates for ever.",
                partial(t_br.cycles, game="audit-b", start={1: 1}, strict=True),
            ),
        ),
    ),
)
