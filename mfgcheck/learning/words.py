"""A run of a learner as text, as JSON and as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.figures import Curves, Figure, Series

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats
    from mfgcheck.learning.learned import Learned

SCHEMA = "mfgcheck.learned/1"

_NAMES = {
    "tmfq": "TMFQ-learning (Algorithm 2)",
    "gmbl": "GMBL (Algorithm 5)",
    "o-tmfq": "O-TMFQ-learning (Algorithm 3)",
    "iql": "independent Q-learning (IQL)",
    "mfq": "mean field Q-learning in a group (MFQ)",
}


def learned_blocks(learned: Learned) -> list[Block]:
    """Return a run as blocks."""
    simulator = learned.simulator
    last = learned.mean_fields[-1]
    strategy = learned.strategies[-1]
    states = [simulator.states.text(i) for i in range(last.size)]
    rows = tuple(
        (x, f"{mass:.4f}", simulator.actions.text(int(a)))
        for x, mass, a in zip(states, last, strategy, strict=True)
    )
    total = int(learned.samples.sum())
    options = ", ".join(
        f"{name} {'as given' if isinstance(value, list) else value}"
        for name, value in learned.options.items()
    )
    blocks: list[Block] = [
        Heading(f"{simulator.name}: {_NAMES[learned.algorithm]}", 1),
        Paragraph(
            f"{options}; seed {learned.seed}, run {learned.run}: {total:,} next states drawn in "
            f"{learned.seconds:.1f} s."
        ),
        Table(("state", "mass", "action"), rows, "The last mean field and strategy"),
    ]
    distances = learned.distances
    if distances is not None:
        blocks.append(
            Paragraph(
                f"||z - reference||_1 is {distances[0]:.4f} at the start and {distances[-1]:.4f} "
                f"at the end; over the last tenth of the iterations it is "
                f"{tail_mean(distances):.4f} on average."
            )
        )
    blocks.append(Note("One run of a learner is chance: evidence, and no proof."))
    return blocks


def tail_mean(values: Floats) -> float:
    """Return the mean of the last tenth of an array, of one entry at least.

    >>> import numpy as np
    >>> tail_mean(np.arange(20.0))
    18.5
    """
    return float(values[-max(1, values.size // 10) :].mean())


def learned_figures(learned: Learned) -> list[Figure]:
    """Return what can be drawn of a run: the mean state by iteration, and the distance."""
    x = tuple(range(learned.mean_fields.shape[0]))
    name = learned.simulator.name
    note = "One run: evidence, and no proof."
    figures: list[Figure] = [
        Curves(
            title=f"{name}: mean state, {learned.algorithm}",
            x_label="iteration",
            y_label="mean state",
            series=(Series("mean state", x, tuple(learned.means.tolist())),),
            note=note,
        )
    ]
    if learned.distances is not None:
        figures.append(
            Curves(
                title=f"{name}: distance to the reference, {learned.algorithm}",
                x_label="iteration",
                y_label="||z - reference||_1",
                series=(Series("distance", x, tuple(learned.distances.tolist())),),
                note=note,
            )
        )
    return figures


def learned_dict(learned: Learned) -> dict[str, object]:
    """Return a run as JSON holds it."""
    distances = learned.distances
    simulator = learned.simulator
    return {
        "schema": SCHEMA,
        "game": {
            "name": simulator.name,
            "states": [simulator.states.text(i) for i in range(simulator.shape[0])],
            "actions": [simulator.actions.text(i) for i in range(simulator.shape[1])],
        },
        "algorithm": learned.algorithm,
        "options": dict(learned.options),
        "seed": learned.seed,
        "run": learned.run,
        "mean_field": learned.mean_fields[-1].tolist(),
        "strategy": learned.strategies[-1].tolist(),
        "q": learned.q.tolist(),
        "means": learned.means.tolist(),
        "distances": None if distances is None else distances.tolist(),
        "samples": int(learned.samples.sum()),
        "seconds": round(learned.seconds, 6),
    }
