"""The ten figures of the paper, and its sentences about them: one table.

What the paper prints is in section 6 and appendix F. What it does not print is our choice, and so
is what cannot be as printed; each figure says so (`chosen`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from mfgcheck.errors import BadInput
from mfgcheck.paper.experiments.setting import RateName, Setting

Draws = Literal["law", "cdf", "mean", "distance", "values"]
"""A figure shows final mean fields, their distribution functions, mean states by iteration,
distances to a mean field by iteration, or the final TQ-values."""

Rule = Literal["near", "far", "higher", "quick", "closer", "lower", "effort", "steadier", "values"]
"""How a sentence is decided: see `mfgcheck.paper.experiments.rules`."""


@dataclass(frozen=True)
class Line:
    """One line of a figure: a name in the legend, and what is run for it."""

    name: str
    setting: Setting


@dataclass(frozen=True)
class Reading:
    """One way to read what the paper leaves open.

    Attributes:
        rate: "printed", from 10^-3 to 10^-2, or "decaying", the other way round.
        p: the susceptibility, of which the paper gives one constant only; "" where there is none.
    """

    rate: RateName
    p: str = ""

    @property
    def text(self) -> str:
        """What it is, in a few words."""
        rate = "rate 1e-3 to 1e-2" if self.rate == "printed" else "rate 1e-2 to 1e-3"
        return f"{rate}, p {self.p}" if self.p else rate

    def of(self, setting: Setting) -> Setting:
        """Return a setting of the table, read in this way."""
        rate: RateName = self.rate if setting.algorithm != "gmbl" else setting.rate
        parameters = tuple(
            (name, self.p if name == "susceptibility" else value)
            for name, value in setting.parameters
        )
        dear = setting.algorithm == "mfq" and self.p != "exp"
        most = 4 if dear else setting.most_runs
        return replace(setting, rate=rate, parameters=parameters, most_runs=most)


@dataclass(frozen=True)
class Sentence:
    """What the paper says of a figure, in our words.

    Attributes:
        id: its name.
        text: what is said.
        source: where the paper says it.
        rule: how it is decided.
        about: the lines of which it speaks, in the order that the rule asks for.
    """

    id: str
    text: str
    source: str
    rule: Rule
    about: tuple[Line, ...]


@dataclass(frozen=True)
class FigureOf:
    """One figure of the paper.

    Attributes:
        id: "fig1" .. "fig10".
        title: what it shows.
        draws: what is drawn of each line.
        lines: the lines.
        reference: whether the enclosed T-MFE of the game is drawn as well.
        readings: the ways to read it; the first is drawn.
        sentences: what the paper says of it.
        chosen: what the paper does not print, and how we chose it.
    """

    id: str
    title: str
    draws: Draws
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    sentences: tuple[Sentence, ...]
    chosen: str
    reference: bool = True

    def settings(self) -> Iterable[Setting]:
        """Yield what has to be run for the figure and for its sentences, the drawn ones first."""
        lines = [*self.lines, *(line for one in self.sentences for line in one.about)]
        for reading in self.readings:
            for line in lines:
                yield reading.of(line.setting)


SPREAD = (
    Reading("decaying", "exp"),
    Reading("printed", "exp"),
    Reading("decaying", "rational"),
    Reading("decaying", "logistic"),
    Reading("decaying", "linear"),
)
"""Readings of Infection Spread: both rates, and the four susceptibilities of the gallery."""

MARKET = (Reading("decaying"), Reading("printed"))
"""Readings of MTurk, which has no susceptibility."""

_START = "all agents begin in the lowest state with the lowest action"
_P = (
    "p(s) = e^(-s/20), as the paper gives only the constant 0.05; newcomers are uniform on all "
    f"states, not on those up to that of the agent that left, as F.1 has it; {_START}"
)
_MARKET = (
    "newcomers are in the states that there are, 0 to 99, where F.2 has 0 to 100; all workers "
    "begin in the lowest state with the lowest action"
)
_ITERATIONS = {"tmfq": 5000, "gmbl": 500, "o-tmfq": 5000, "iql": 5000, "mfq": 5000}


def _spread(algorithm: str, c_f: str, agents: int = 1000) -> Setting:
    parameters = (("susceptibility", "exp"), ("c_f", c_f))
    return Setting("infection-spread", parameters, algorithm, _ITERATIONS[algorithm], agents)


def _market(delta3: str, agents: int = 2000) -> Setting:
    return Setting("mturk", (("delta3", delta3),), "o-tmfq", 7000, agents)


_AT_TENTH = tuple(
    Line(name, _spread(algorithm, "1/10"))
    for name, algorithm in (("TMFQ", "tmfq"), ("GMBL", "gmbl"), ("O-TMFQ", "o-tmfq"))
)
_AS_PRINTED = Line("TMFQ, printed rules", replace(_AT_TENTH[0].setting, rule="printed"))
_ONLINE, _IQL, _MFQ = _THREE = tuple(
    Line(name, _spread(algorithm, "1/20"))
    for name, algorithm in (("O-TMFQ", "o-tmfq"), ("IQL", "iql"), ("MFQ", "mfq"))
)
_CROWDS = tuple(
    Line(f"{agents} agents", _spread("o-tmfq", "1/20", agents)) for agents in (100, 250, 500, 1000)
)
_INFECTIONS = tuple(
    Line(f"c_f = {name}", _spread("o-tmfq", c_f))
    for name, c_f in (("0.05", "1/20"), ("0.1", "1/10"), ("0.5", "1/2"))
)
_COSTS = tuple(
    Line(f"delta3 = {name}", _market(delta3))
    for name, delta3 in (("0.1", "1/10"), ("1", "1"), ("2", "2"))
)
_WORKERS = tuple(Line(f"{n} agents", _market("1/10", n)) for n in (100, 500, 1000, 2000))

FIGURES = (
    FigureOf(
        "fig1",
        "Figure 1: final mean fields, c_f = 0.1",
        "law",
        _AT_TENTH,
        SPREAD,
        (
            Sentence(
                "same-equilibrium",
                "TMFQ, GMBL and O-TMFQ all converge to the same T-MFE.",
                "section 6, on Figure 1",
                "near",
                _AT_TENTH,
            ),
            Sentence(
                "printed-rules",
                "TMFQ with the stopping rules that Algorithms 2 and 4 print ends there as well "
                "(not a sentence of the paper, whose experiments make 1000 updates).",
                "Algorithms 2 and 4",
                "near",
                (_AS_PRINTED,),
            ),
        ),
        f"{_P}; 1000 draws in Next-MF, as there are 1000 agents; eps1 = 0.001 and eps2 = "
        "0.01 in the printed stopping rules.",
    ),
    FigureOf(
        "fig2",
        "Figure 2: distribution of final states, c_f = 0.05",
        "cdf",
        _THREE,
        SPREAD,
        (
            Sentence(
                "iql-elsewhere",
                "The final mean field of IQL is not the T-MFE.",
                "section 6, on Figure 2",
                "far",
                (_IQL,),
            ),
            Sentence(
                "mfq-elsewhere",
                "The final mean field of MFQ is not the T-MFE.",
                "section 6, on Figure 2",
                "far",
                (_MFQ,),
            ),
            Sentence(
                "online-higher",
                "O-TMFQ results in higher states than IQL and MFQ.",
                "section 6, on Figure 2",
                "higher",
                _THREE,
            ),
        ),
        f"{_P}; 1000 agents.",
    ),
    FigureOf(
        "fig3",
        "Figure 3: mean health by iteration, c_f = 0.05",
        "mean",
        _THREE,
        SPREAD,
        (
            Sentence(
                "online-quick",
                "The mean health quickly converges under O-TMFQ.",
                "section 6, on Figure 3",
                "quick",
                (_ONLINE,),
            ),
            Sentence(
                "baselines-lower",
                "It converges to a higher value under O-TMFQ than under MFQ and IQL.",
                "section 6, on Figure 3",
                "higher",
                (_ONLINE, _MFQ, _IQL),
            ),
        ),
        f"{_P}; 1000 agents.",
    ),
    FigureOf(
        "fig4",
        "Figure 4: distance to the T-MFE, c_f = 0.05",
        "distance",
        _CROWDS,
        SPREAD,
        (
            Sentence(
                "more-agents",
                "The mean field of O-TMFQ is the more accurate the more agents there are, up to "
                "500 and 1000.",
                "section 6, on Figure 4",
                "closer",
                _CROWDS,
            ),
        ),
        f"{_P}; 100, 250, 500 and 1000 agents, of which the paper names 500 and 1000. The paper "
        "measures from the final mean field of O-TMFQ, here that with most agents; we draw the "
        "distance to the enclosed T-MFE, and compare both.",
    ),
    FigureOf(
        "fig5",
        "Figure 5: mean health of O-TMFQ by iteration",
        "mean",
        _INFECTIONS,
        SPREAD,
        (
            Sentence(
                "fairly-fast",
                "The mean health under O-TMFQ converges fairly fast, for each c_f.",
                "section 6, on Figure 5",
                "quick",
                _INFECTIONS,
            ),
        ),
        f"{_P}; 1000 agents; c_f = 0.05 and 0.1 as in other figures, and 0.5.",
    ),
    FigureOf(
        "fig6",
        "Figure 6: distribution of final states of O-TMFQ",
        "cdf",
        _INFECTIONS,
        SPREAD,
        (
            Sentence(
                "infection-lowers",
                "With larger c_f more agents are in lower health states.",
                "section 6, on Figure 6",
                "lower",
                _INFECTIONS,
            ),
        ),
        f"{_P}; 1000 agents; c_f = 0.05 and 0.1 as in other figures, and 0.5.",
    ),
    FigureOf(
        "fig7",
        "Figure 7: final mean fields of O-TMFQ, MTurk",
        "law",
        _COSTS,
        MARKET,
        (
            Sentence(
                "lower-actions",
                "As delta3 increases, agents take lower actions.",
                "appendix F.2, on Figure 7",
                "effort",
                _COSTS,
            ),
        ),
        "delta3 = 0.1 as in Figures 9 and 10, 1 and 2: of the T-MFE for 0.1 and 0.5, the means "
        f"differ by less than 0.1 of 99; {_MARKET}.",
    ),
    FigureOf(
        "fig8",
        "Figure 8: mean state of O-TMFQ, MTurk",
        "mean",
        _COSTS,
        MARKET,
        (
            Sentence(
                "lower-states",
                "As delta3 increases, agents are in lower states.",
                "appendix F.2, on Figure 8",
                "lower",
                _COSTS,
            ),
        ),
        f"delta3 = 0.1 as in Figures 9 and 10, 1 and 2 (see Figure 7); 2000 agents; {_MARKET}.",
    ),
    FigureOf(
        "fig9",
        "Figure 9: final TQ-values of O-TMFQ, MTurk, delta3 = 0.1",
        "values",
        _COSTS[:1],
        MARKET,
        (
            Sentence(
                "final-values",
                "The final TQ-values shown are those of the T-MFE (implied by the figure).",
                "appendix F.2, on Figure 9",
                "values",
                _COSTS[:1],
            ),
        ),
        f"2000 agents, as in Figure 7; the mean of the final TQ-values over all runs; {_MARKET}.",
        reference=False,
    ),
    FigureOf(
        "fig10",
        "Figure 10: mean state of O-TMFQ, MTurk, delta3 = 0.1",
        "mean",
        _WORKERS,
        MARKET,
        (
            Sentence(
                "few-agents-poor",
                "Convergence is poor with fewer agents.",
                "appendix F.2, on Figure 10",
                "steadier",
                _WORKERS,
            ),
        ),
        f"100, 500, 1000 and 2000 agents; the paper names 2000; {_MARKET}.",
    ),
)


def chosen(names: Iterable[str]) -> tuple[FigureOf, ...]:
    """Return figures by name, in the order of the paper; "all" is all of them.

    Raises:
        BadInput: there is no such figure, or none is named.

    >>> [figure.id for figure in chosen(["fig3", "fig1", "fig3"])]
    ['fig1', 'fig3']
    """
    asked = list(names)
    known = {figure.id: figure for figure in FIGURES}
    for name in asked:
        if name != "all" and name not in known:
            raise BadInput(f"there is no figure {name!r}: there are fig1 to fig10, and all")
    if not asked:
        raise BadInput("name a figure: fig1 to fig10, or all")
    return tuple(figure for figure in FIGURES if figure.id in asked or "all" in asked)
