"""What the paper says of its figures against what was measured: a verdict for each sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from mfgcheck.paper.experiments.interval import Part
from mfgcheck.paper.experiments.reference import Reference, reference
from mfgcheck.paper.experiments.rules import RULES, NoReference, Ran
from mfgcheck.paper.experiments.runner import Runs
from mfgcheck.paper.experiments.setting import Scale, Setting
from mfgcheck.paper.experiments.table import FigureOf, Line, Reading, Sentence


class Answer(Enum):
    """How a sentence fares."""

    AGREES = "AGREES"
    DISAGREES = "DISAGREES"
    CANNOT = "CANNOT BE TOLD"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Read:
    """A sentence under one reading of what the paper leaves open.

    Attributes:
        reading: the reading.
        parts: what was measured; nothing if the game was not proved to have exactly one T-MFE.
    """

    reading: Reading
    parts: tuple[Part, ...]

    @property
    def holds(self) -> bool | None:
        """Whether all parts hold (Kleene's conjunction); None if that is not known."""
        found = [part.holds for part in self.parts]
        if False in found:
            return False
        return None if None in found or not found else True


@dataclass(frozen=True)
class Compared:
    """A sentence with what was measured, and what follows.

    Attributes:
        figure: the id of its figure.
        sentence: the sentence.
        reads: one for each reading.
    """

    figure: str
    sentence: Sentence
    reads: tuple[Read, ...]

    @property
    def answer(self) -> Answer:
        """AGREES or DISAGREES if it is the same under every reading, else CANNOT BE TOLD."""
        found = {read.holds for read in self.reads}
        if found == {True}:
            return Answer.AGREES
        return Answer.DISAGREES if found == {False} else Answer.CANNOT

    @property
    def depends_on(self) -> tuple[str, ...]:
        """What the paper leaves open, and what changes the answer when it alone is changed."""
        found = set()
        for one, other in combinations(self.reads, 2):
            if {one.holds, other.holds} != {True, False}:
                continue
            if one.reading.p == other.reading.p:
                found.add("the learning rate")
            elif one.reading.rate == other.reading.rate:
                found.add("p(s)")
        return tuple(sorted(found))

    @property
    def why(self) -> str:
        """Why it cannot be told; nothing if it can."""
        if self.answer is not Answer.CANNOT:
            return ""
        told = []
        for wanted, what in ((True, "it holds"), (False, "it does not")):
            there = self._with([read for read in self.reads if read.holds is wanted])
            if there:
                told.append(f"{what} with {there}")
        open_ = [read for read in self.reads if read.holds is None]
        if self.depends_on:
            told += [f"not decided with {self._with(open_)}"] * bool(open_)
            return f"the paper leaves {' and '.join(self.depends_on)} open: " + ", ".join(told)
        bare = any(not read.parts for read in open_)
        reason = "no T-MFE to compare with" if bare else "too few runs, the interval has the limit"
        told.append(f"not decided with {self._with(open_)} ({reason})")
        return ", ".join(told)

    def _with(self, reads: Sequence[Read]) -> str:
        """Name some of the readings."""
        if len(reads) == len(self.reads) > 1:
            return "any reading"
        return "; ".join(read.reading.text for read in reads)


def compare(
    figures: Sequence[FigureOf],
    runs: Runs,
    scale: Scale,
    *,
    known: Callable[[Setting], Reference | None] = reference,
) -> tuple[Compared, ...]:
    """Return what becomes of the sentences about some figures.

    Args:
        figures: the figures.
        runs: the runs of all their settings.
        scale: at which they were made.
        known: gives the T-MFE of a setting's game.
    """

    def ran(line: Line, reading: Reading) -> Ran:
        setting = scale.of(reading.of(line.setting))
        return Ran(line.name, runs[setting.key], known(setting))

    def read(sentence: Sentence, reading: Reading) -> Read:
        lines = [ran(line, reading) for line in sentence.about]
        try:
            return Read(reading, tuple(RULES[sentence.rule](lines)))
        except NoReference:
            return Read(reading, ())

    return tuple(
        Compared(figure.id, sentence, tuple(read(sentence, one) for one in figure.readings))
        for figure in figures
        for sentence in figure.sentences
    )
