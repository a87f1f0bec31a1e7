"""Sections 1 and 2: the model, Definition 1, trembling hands, T-MFE, and what is said to be new."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from mfgcheck.paper.claim import Claim, Evidence, Means, Shows
from mfgcheck.paper.claims import section_2_examples
from mfgcheck.paper.evidence import (
    example_clauses,
    example_equilibria,
    example_strategies,
)
from mfgcheck.paper.symbolic import proved

PAGE = "paper/arguments"

NOVELTY = (
    Claim(
        id="novelty-t-br",
        item="Sections 1 and 3",
        title="T-BR is new, and the first to converge",
        says="No convergent algorithm for dynamic mean field games is known; one step of best "
        "response, like Adlakha and Johari (2013), is not clear to converge, and is shown to.",
        evidence=(
            Evidence(
                "literature",
                Shows.DEFECT,
                Means.PAPER,
                "Adlakha and Johari's own abstract states that players converge to the largest and "
                "to the smallest equilibrium through myopic learning dynamics.",
                page=f"{PAGE}#arg-novelty-t-br",
            ),
        ),
    ),
    Claim(
        id="novelty-online",
        item="Section 1 (iv)",
        title="The first fully online learning scheme",
        says="To the authors' knowledge this is the first fully online scheme that lets the large "
        "population sample the real system concurrently.",
        evidence=(
            Evidence(
                "literature",
                Shows.DEFECT,
                Means.PAPER,
                "A statement about the literature, which no computation decides.",
                page=f"{PAGE}#arg-novelty-online",
            ),
        ),
    ),
)

MODEL = (
    Claim(
        id="mean-field-equation",
        item="Equations (1), (2)",
        title="The McKean-Vlasov equation",
        says="The next mean field is Phi(z, mu)(s') = sum of z(s) mu(s, a) P(s' | s, a, z) over "
        "states and actions.",
        evidence=(
            Evidence(
                "law",
                Shows.HOLDS,
                Means.PAPER,
                "Phi(z, mu) is a probability law for every mean field and every strategy.",
                page=f"{PAGE}#arg-mckean-vlasov",
            ),
            Evidence(
                "small-games",
                Shows.AGREES,
                Means.CASES,
                "In small games Phi(z, mu), summed up as printed, is a law for all strategies.",
                partial(
                    example_strategies.next_laws,
                    games=("audit-b", "audit-c", "audit-e"),
                    literal=False,
                ),
            ),
        ),
    ),
    Claim(
        id="definition-1",
        item="Definition 1",
        title="There are such games",
        says="A game is an MFG-SC if its reward and its kernel satisfy four and five conditions "
        "for all mean fields.",
        evidence=(
            Evidence(
                "games",
                Shows.HOLDS,
                Means.CHECK,
                "Games in which actions matter and z enters the kernel satisfy all nine clauses.",
                partial(example_clauses.satisfied, games=("capped-health", "two-lotteries")),
            ),
        ),
    ),
    Claim(
        id="definition-1-best-reward",
        item="Definition 1 (i)",
        title="The last clause follows from the first",
        says="Besides that r is non-decreasing in s, it is asked that the maximum of r over the "
        "actions be so. (Decided is whether that is so whenever the first holds.)",
        instead="The condition follows from r being non-decreasing in s, as all actions are there "
        "in all states; it adds something only where the set of actions depends on the state.",
        evidence=(
            Evidence(
                "implied",
                Shows.HOLDS,
                Means.PAPER,
                "It holds in every game in which r is non-decreasing in s.",
                page=f"{PAGE}#arg-best-reward",
            ),
            Evidence(
                "gallery",
                Shows.AGREES,
                Means.CHECK,
                "In every game of the gallery with r non-decreasing in s the best rewards do not "
                "fall, compared by themselves.",
                partial(example_clauses.best_reward, games=None),
            ),
        ),
    ),
    Claim(
        id="definition-1-continuity",
        item="Definition 1",
        title="Continuity in z is not asked for",
        says="Strategic complementarities are a matter of order: Definition 1 does not ask reward "
        "or kernel to be continuous in the mean field.",
        evidence=(
            Evidence(
                "jump",
                Shows.HOLDS,
                Means.GAME,
                "A game that satisfies Definition 1 has a kernel that jumps.",
                partial(example_clauses.jumps, game="audit-d"),
            ),
        ),
    ),
)

STRATEGIES = (
    Claim(
        id="trembling-hand-set",
        item="Section 2, Pi^eps",
        title="Trembling-hand strategies",
        says="A trembling-hand strategy gives one action the probability 1 - eps, and each other "
        "action eps/(|A| - 1).",
        instead="For |A| >= 2 and 0 <= eps <= 1 these are probabilities; with one action eps has "
        "to be 0. The action meant is the likeliest only if eps < (|A| - 1)/|A|.",
        evidence=(
            proved(
                "probabilities",
                Shows.HOLDS,
                "The weights are non-negative and sum to 1, for every |A| >= 2.",
                "lemma_1",
                ("weights",),
            ),
            Evidence(
                "one-action",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "With a single action the formula divides by 0.",
                partial(example_strategies.one_action, actions=1),
            ),
        ),
    ),
    Claim(
        id="trembling-hand-ties",
        item="Section 3, pi_Q",
        title="The strategy for given TQ-values",
        says="pi_Q(s, a) is 1 - eps if a = argmax Q(s, .) and eps/(|A| - 1) if not, and G(Q)(s) is "
        "the mean of Q(s, .) under it.",
        instead="Where several actions are best, 1 - eps goes to one of them, the lowest or the "
        "highest by a rule that is fixed beforehand, as (8) in the proof of Proposition 2 does. G "
        "does not depend on the rule.",
        evidence=(
            proved(
                "g-is-well-defined",
                Shows.HOLDS,
                "With one of the best actions chosen, pi_Q is a law, and G is the same whichever "
                "it is.",
                "lemma_1",
                ("order_statistics", "weights"),
            ),
            Evidence(
                "any-number-of-actions",
                Shows.HOLDS,
                Means.PAPER,
                "The same for any number of actions (sympy is given 2 to 6).",
                page=f"{PAGE}#arg-ties",
            ),
            Evidence(
                "ties",
                Shows.DEFECT,
                Means.ARITHMETIC,
                "Where two actions are best, the printed probabilities do not sum to 1.",
                partial(example_strategies.literal_ties, q=(1, 1, 0), tremble=Fraction(3, 10)),
            ),
        ),
    ),
    Claim(
        id="optimal-trembling-strategy",
        item="Equations (3), (4)",
        title="One strategy is best in all states",
        says="V*_z is the maximum of V over trembling-hand strategies, and Psi(z) the set of those "
        "that attain it: one number for each state, but one strategy for all of them.",
        evidence=(
            Evidence(
                "finite-problem",
                Shows.HOLDS,
                Means.PAPER,
                "Some strategy in Pi^eps is best in every state at once, for every eps in [0, 1].",
                page=f"{PAGE}#arg-one-strategy",
            ),
            Evidence(
                "all-strategies",
                Shows.AGREES,
                Means.CASES,
                "In small games all strategies are compared, for eps below and above "
                "(|A| - 1)/|A|.",
                partial(
                    example_strategies.best_everywhere,
                    games=("audit-b", "audit-c", "audit-f", "switch"),
                    trembles=tuple(Fraction(k, 4) for k in range(5)),
                    alike=False,
                ),
            ),
        ),
    ),
    Claim(
        id="refinement",
        item="Definition 2",
        title="T-MFE refine mean field equilibrium",
        says="Trembling-hand-perfect MFE are introduced as a natural refinement of MFE: equilibria "
        "that survive when a known randomness is put into all strategies.",
        instead="Limits of T-MFE, as eps goes to 0, are MFE if reward and kernel are continuous in "
        "z. For a fixed eps a T-MFE is an equilibrium of another game.",
        evidence=(
            Evidence(
                "lever",
                Shows.FAILS,
                Means.GAME,
                "In an MFG-SC the only T-MFE is no MFE: neither its mean field nor its strategy.",
                partial(example_equilibria.no_refinement, tremble="1/4"),
            ),
            Evidence(
                "limit",
                Shows.INSTEAD,
                Means.PAPER,
                "A limit of T-MFE as eps goes to 0 is an MFE, if r and P are continuous in z.",
                page=f"{PAGE}#arg-refinement-limit",
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (*NOVELTY, *MODEL, *section_2_examples.CLAIMS, *STRATEGIES)
