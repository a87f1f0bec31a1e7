"""What one run of an experiment is: a game, a learner, its options; at the paper's size or less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from mfgcheck.game.game import Game

RateName = Literal["printed", "decaying"]
"""The learning rate as appendix F.1 prints it, from 10^-3 to 10^-2, or the other way round."""


@dataclass(frozen=True)
class Setting:
    """A game and a learner on it, with all that its runs depend on but chance.

    Attributes:
        game: a name of the gallery.
        parameters: of the game, as exact texts, by name.
        algorithm: as `mfgcheck.learning.learn` knows it.
        iterations: of the mean field.
        agents: of the population; for the learners without one, how many next states Next-MF draws.
        rate: the learning rate; of no account to GMBL.
        rule: for TMFQ: so many updates and draws in each iteration, or the printed stopping rules.
        updates: of TMFQ in each iteration.
        samples: of GMBL, next states drawn of each pair.
        seen: of MFQ, how many agents an agent sees.
        most_runs: no more runs than these are made; None for as many as asked for.

    >>> Setting("mturk", (("delta3", "1/10"),), "o-tmfq", 7000, 2000).key
    'mturk_delta3=1-10_o-tmfq_2000_decaying'
    """

    game: str
    parameters: tuple[tuple[str, str], ...]
    algorithm: str
    iterations: int
    agents: int = 1000
    rate: RateName = "decaying"
    rule: Literal["fixed", "printed"] = "fixed"
    updates: int = 1000
    samples: int = 500
    seen: int = 512
    most_runs: int | None = None

    @property
    def key(self) -> str:
        """The name of the folder of its runs, the same at every scale."""
        parts = [self.game, *(f"{name}={value}" for name, value in self.parameters)]
        parts.append(self.algorithm)
        if self.algorithm != "gmbl":
            parts += [str(self.agents), self.rate]
        if self.rule == "printed":
            parts.append("printed-rule")
        return "_".join(parts).replace("/", "-")

    @property
    def text(self) -> str:
        """What it is, for people."""
        parameters = ", ".join(f"{name} = {value}" for name, value in self.parameters)
        return f"{self.algorithm} on {self.game} ({parameters})"

    def options(self) -> dict[str, object]:
        """Return the options of the learner, as `learn` takes them."""
        from mfgcheck.learning.model_free import Fixed, Printed
        from mfgcheck.learning.rates import DECAYING, PRINTED

        options: dict[str, object] = {"iterations": self.iterations}
        if self.algorithm == "gmbl":
            return options | {"samples": self.samples}
        options["rate"] = PRINTED if self.rate == "printed" else DECAYING
        if self.algorithm == "tmfq":
            fixed = Fixed(self.updates, self.agents)
            options["rule"] = fixed if self.rule == "fixed" else Printed()
            return options
        options["agents"] = self.agents
        return options | {"seen": self.seen} if self.algorithm == "mfq" else options

    def to_dict(self) -> dict[str, object]:
        """Return all that its runs depend on, as JSON holds it; two settings differ in it."""
        options = {name: _plain(value) for name, value in self.options().items()}
        return {
            "game": self.game,
            "parameters": dict(self.parameters),
            "algorithm": self.algorithm,
            **options,
        }

    def make(self) -> Game:
        """Return the game; it is made once and kept."""
        return _made(self.game, self.parameters)


@dataclass(frozen=True)
class Scale:
    """How much is run.

    Attributes:
        name: "paper" or "quick".
        runs: how many, if nothing else is asked for.
        iterations: iterations by algorithm, in place of the paper's.
        larger: the same on MTurk, which has four times as many states.
        updates, samples, seen: as in `Setting`; None for the paper's.
        mfq_agents: how many agents MFQ has; None for the paper's.
        most_runs: no more runs of one setting than these.
        note: what was reduced, in a sentence.
    """

    name: str
    runs: int
    iterations: Mapping[str, int] | None = None
    larger: int | None = None
    updates: int | None = None
    samples: int | None = None
    seen: int | None = None
    mfq_agents: int | None = None
    note: str = ""

    def of(self, setting: Setting) -> Setting:
        """Return a setting of the table at this scale."""
        changes: dict[str, int] = {}
        if self.iterations is not None:
            changes["iterations"] = self.iterations[setting.algorithm]
        if self.larger is not None and setting.game == "mturk":
            changes["iterations"] = self.larger
        for name in ("updates", "samples", "seen"):
            value = getattr(self, name)
            if value is not None:
                changes[name] = value
        if self.mfq_agents is not None and setting.algorithm == "mfq":
            changes["agents"] = self.mfq_agents
        # Dataclasses tell of no types here: all of them are whole numbers.
        return replace(setting, **changes)  # type: ignore[arg-type]


PAPER = Scale(
    "paper",
    20,
    note="As in appendix F. MFQ, whose runs cost fifty times as much as the others, is run 4 times "
    "only where p(s) is not the default.",
)

QUICK = Scale(
    "quick",
    4,
    {"tmfq": 600, "gmbl": 50, "o-tmfq": 600, "iql": 600, "mfq": 200},
    larger=2000,
    samples=200,
    seen=64,
    mfq_agents=250,
    note="Reduced: 4 runs; 600 iterations of O-TMFQ, IQL and TMFQ in place of 5000 (MTurk: 2000 "
    "of 7000), 50 of GMBL with n0 = 200 in place of 500 with n0 = 500, and 200 of MFQ with groups "
    "of 64 of 250 agents in place of 5000 with 512 of 1000. A verdict here is on these shorter "
    "runs, not on the paper's.",
)

SCALES = {scale.name: scale for scale in (QUICK, PAPER)}


def scale_of(name: str) -> Scale:
    """Return a scale by its name.

    Raises:
        BadInput: there is none of this name.
    """
    if name not in SCALES:
        raise BadInput(f"there is no scale {name!r}: there are {', '.join(SCALES)}")
    return SCALES[name]


@lru_cache(maxsize=64)
def _made(name: str, parameters: tuple[tuple[str, str], ...]) -> Game:
    from mfgcheck.gallery import maker
    from mfgcheck.game.load import call_maker

    return call_maker(maker(name), dict(parameters), name)


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)
