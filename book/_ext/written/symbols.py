"""The paper's symbols beside our names."""

from __future__ import annotations

Row = tuple[str, str, tuple[str, ...], str]
"""A symbol, its meaning, names in the package, where the paper has it."""

NOTATION: dict[str, tuple[Row, ...]] = {
    "game": (
        (
            r"\mathcal{S}, \mathcal{A}",
            "states and actions, with their orders",
            ("mfgcheck.Game.states", "mfgcheck.Game.actions", "mfgcheck.game.orders.Order"),
            "section 2",
        ),
        (
            r"z",
            "mean field: the law of the states of the others",
            ("mfgcheck.MeanField", "mfgcheck.Run.mean_field"),
            "section 2",
        ),
        (r"r(s, a, z)", "reward", ("mfgcheck.Game.reward_at",), "section 2"),
        (r"P(s' \mid s, a, z)", "kernel", ("mfgcheck.Game.kernel_at",), "section 2"),
        (r"\gamma", "discount", ("mfgcheck.Game.discount",), "section 2"),
        (
            r"\epsilon",
            "tremble, the probability of another action",
            ("mfgcheck.Game.tremble",),
            "section 2",
        ),
        (
            r"\succeq_{SD}",
            r"stochastic dominance; in this book $z \preceq z'$",
            ("mfgcheck.equilibrium.tbr.dominance.Dominance",),
            "section 2",
        ),
        (
            r"\Phi(z, \mu)",
            "the next law, the McKean-Vlasov step",
            ("mfgcheck.equilibrium.tbr.response.next_law",),
            "equations (1), (2)",
        ),
    ),
    "strategies": (
        (
            r"\mu \in \Pi^\epsilon",
            "trembling-hand strategy; we keep the likeliest action of each state",
            ("mfgcheck.Run.strategy", "mfgcheck.equilibrium.tbr.response.strategy_law"),
            "section 2",
        ),
        (
            r"\Psi(z)",
            "best responses to a mean field",
            ("mfgcheck.equilibrium.tbr.response.respond",),
            "equation (4)",
        ),
        (r"Q^*_z", "TQ-values, optimal with the tremble", ("mfgcheck.Run.q_values",), "section 3"),
        (
            r"G(Q)",
            "the worth of a state under the greedy trembling strategy",
            ("mfgcheck.equilibrium.tbr.response.trembling_values",),
            "section 3",
        ),
        (
            r"F_z",
            "the operator whose fixed point the TQ-values are",
            ("mfgcheck.equilibrium.tbr.response.backup",),
            "equation (5)",
        ),
        (
            r"(\mu^*, z^*)",
            "T-MFE, trembling-hand-perfect mean field equilibrium",
            ("mfgcheck.Equilibrium",),
            "Definition 2",
        ),
        (
            r"\Upsilon(z)",
            r"the laws $\Phi(z, \mu)$ for the best responses $\mu$",
            ("mfgcheck.order_preserving",),
            "proof of Theorem 1",
        ),
        (r"z_k", "the mean fields of T-BR", ("mfgcheck.Run.mean_fields",), "Algorithm 1"),
    ),
    "bounds": (
        (
            r"\bar\epsilon",
            r"accuracy: $\|z_{k_0} - z^*\|_1 \le 2 \bar\epsilon$ is aimed at",
            ("mfgcheck.Budget.accuracy",),
            "Theorem 4",
        ),
        (r"\bar\delta", "failure probability", ("mfgcheck.Budget.failure",), "Theorem 4"),
        (
            r"k_0",
            "the first step of T-BR within the accuracy",
            ("mfgcheck.Budget.steps",),
            "Remark 1",
        ),
        (
            r"C_1, C_2, C_3",
            "Lipschitz constants of the reward, of the kernel, and of the chain in the TQ-values",
            tuple(f"mfgcheck.budgets.constants.known.Constants.c{i}" for i in (1, 2, 3)),
            "Assumption 1",
        ),
        (
            r"C_4, C_5",
            "Lipschitz constants of the next law",
            tuple(f"mfgcheck.budgets.constants.known.Constants.c{i}" for i in (4, 5)),
            "Assumption 2",
        ),
        (
            r"D",
            "Lipschitz constant of the TQ-values in the mean field",
            (
                "mfgcheck.budgets.constants.known.Constants.d",
                "mfgcheck.budgets.constants.known.Constants.d_theorems",
            ),
            "Theorem 4",
        ),
        (
            r"V_{\max}",
            "bound of the values",
            (
                "mfgcheck.budgets.constants.known.Constants.v_max",
                "mfgcheck.budgets.constants.known.Constants.v_max_printed",
            ),
            "Theorem 4",
        ),
        (
            r"L",
            "covering time",
            ("mfgcheck.budgets.constants.known.Constants.covering_half",),
            "Theorem 4",
        ),
        (
            r"T_0, I_0",
            "how many updates, how many agents",
            (
                "mfgcheck.budgets.bounds.printed.theorem_4",
                "mfgcheck.budgets.bounds.printed.theorem_5",
            ),
            "Theorems 4 and 5",
        ),
    ),
    "learning": (
        (r"\alpha_t", "learning rate", ("mfgcheck.learning.rates.Rate",), "equation (6)"),
        (
            r"\epsilon_1, \epsilon_2",
            "limits of the stopping rules",
            (
                "mfgcheck.learning.model_free.Printed.eps1",
                "mfgcheck.learning.model_free.Printed.eps2",
            ),
            "Algorithms 2 and 4",
        ),
        (r"\text{TMFQ}", "Algorithm 2", ("mfgcheck.learning.model_free.tmfq",), "section 4"),
        (r"\text{GMBL}", "Algorithm 5", ("mfgcheck.learning.model_based.gmbl",), "appendix B"),
        (r"\text{O-TMFQ}", "Algorithm 3", ("mfgcheck.learning.population.o_tmfq",), "section 5"),
        (
            r"c_f, \zeta, \delta_1, \delta_2, \delta_3",
            "of Infection Spread: the keyword arguments of its maker",
            ("mfgcheck.gallery.infection_spread.infection_spread",),
            "section 2",
        ),
    ),
}
