"""What T-BR did, in words: blocks for people, JSON for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from mfgcheck.equilibrium.exact.replay import Ending, ExactRun
from mfgcheck.equilibrium.order.bracket import Bracket
from mfgcheck.equilibrium.ranges.tables import tremble_weights
from mfgcheck.equilibrium.tbr.dynamics import Outcome, Run
from mfgcheck.equilibrium.words.enclosed import strategy_text
from mfgcheck.game.numbers import label_json
from mfgcheck.game.summary import count, game_dict, game_line
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.decimals import above, below, is_short

if TYPE_CHECKING:
    from mfgcheck.equilibrium.solve import Solution
    from mfgcheck.equilibrium.tbr.sandwich import Sandwich

SCHEMA = "mfgcheck.solution/1"
_MOST_AGGREGATES = 3  # columns of a table; JSON has them all
_MOST_TIES = 6
_NAMES = {"t-br": "T-BR", "modified": "modified T-BR"}

HONEST = """\
All of the above was observed in floating point, not proved. A small residual does not prove that \
a T-MFE is near: `mfgcheck equilibria` decides that."""


def solution_dict(found: Solution) -> dict[str, object]:
    """Return a solution as JSON holds it (schema `mfgcheck.solution/1`)."""
    return {
        "schema": SCHEMA,
        "game": game_dict(found.game),
        "converged": found.converged,
        "interrupted": found.interrupted,
        "runs": [_run_dict(run) for run in found.runs],
        "replays": [None if one is None else _replay_dict(one) for one in found.replays],
        "sandwich": None if found.sandwich is None else _sandwich_dict(found.sandwich),
        "order": None if found.order is None else found.order.to_dict(),
        "bracket": None if found.bracket is None else _bracket_dict(found.bracket),
        "seconds": round(found.seconds, 6),
    }


def solution_blocks(found: Solution) -> list[Block]:
    """Return a solution as blocks, which terminals and notebooks render."""
    game = found.game
    name = _NAMES[found.runs[0].algorithm]
    blocks: list[Block] = [
        Heading(f"{game.name}: {name} {_ending(found.runs)}"),
        Paragraph(game_line(game)),
        *(Paragraph(f"Not sure that this is a game: {doubt}.") for doubt in game.doubts),
        _runs_table(found.runs),
    ]
    blocks += [Paragraph(text) for text in (*_strategies(found.runs), *_ties(found.runs))]
    blocks += [Paragraph(_direction(run)) for run in found.runs]
    if found.sandwich is not None and found.bracket is None:
        blocks.append(Paragraph(found.sandwich.sentence))
    if found.interrupted:
        blocks.append(Paragraph("Interrupted: what was done before is shown."))
    blocks.append(Paragraph(HONEST))
    for run, replay in zip(found.runs, found.replays, strict=False):
        if replay is not None:
            blocks.append(Paragraph(f"Proved, in exact arithmetic: {_replay(run, replay)}"))
    if found.order is not None and found.order.follows:
        blocks.append(Paragraph(f"Proved: {found.order.follows}."))
        if found.bracket is not None:
            blocks.append(Paragraph(f"Proved: {_bracket(found.bracket)}"))
        elif not game.states.is_chain:
            blocks.append(Note("No bracket is proved: that is done where the states form a chain."))
        if found.runs[0].algorithm != "t-br":
            blocks.append(
                Note("What is proved of every start speaks of T-BR, and not of modified T-BR.")
            )
    elif found.order is not None and found.order.witness is not None:
        blocks.append(
            Paragraph(
                f"Refuted, with proof: that {found.order.statement}. {found.order.witness.text}"
            )
        )
    elif found.order is not None:
        blocks.append(Note(f"Nothing is proved of T-BR from other starts: {found.order.sentence}."))
    blocks.append(Note(_WORDS))
    return [*blocks, *(Note(f"Note: {note}.") for note in game.notes)]


def _run_dict(run: Run) -> dict[str, object]:
    game = run.game
    fall = run.fall
    return {
        "start": run.start,
        "algorithm": run.algorithm,
        "selection": run.selection,
        "accuracy": run.accuracy,
        "outcome": str(run.outcome),
        "period": run.period,
        "steps": run.steps,
        "aggregates": {name: float(values[-1]) for name, values in run.aggregates.items()},
        "mean_field": run.mean_field.tolist(),
        "strategy": [label_json(game.actions.labels[a]) for a in run.strategy],
        "consistency_residual": run.consistency_residual,
        "optimality_residual": run.optimality_residual,
        "q_error": run.q_error,
        "gap": run.gap if math.isfinite(run.gap) else None,
        "gap_state": label_json(game.states.labels[run.gap_state]),
        "ties": [
            {"state": label_json(game.states.labels[s]), "gap": float(run.gaps[s])}
            for s in run.ties
        ],
        "monotone": {True: "rising", False: "falling", None: None}[run.rising],
        "fall": None
        if fall is None
        else {
            "step": fall.step,
            "upper_set": [label_json(game.states.labels[s]) for s in fall.upper_set],
            "amount": fall.amount,
            "text": fall.text,
        },
        "cycle": None if run.cycle is None else run.cycle.tolist(),
        "seconds": round(run.seconds, 6),
    }


def _sandwich_dict(sandwich: Sandwich) -> dict[str, object]:
    return {
        "accuracy": sandwich.accuracy,
        "k0": sandwich.k0,
        "closes": sandwich.closes,
        "ordered": sandwich.ordered,
        "reason": sandwich.reason,
        "width": float(sandwich.widths[-1]),
        "steps": len(sandwich.widths) - 1,
        "sentence": sandwich.sentence,
    }


def _ending(runs: Sequence[Run]) -> str:
    ended = {
        Outcome.CONVERGED: "converged",
        Outcome.LIMIT: "did not settle",
        Outcome.INTERRUPTED: "was interrupted",
    }
    said = [ended.get(run.outcome, f"ended in a {_outcome(run)}") for run in runs]
    if len(set(said)) == 1:
        return said[0] + (" from both ends" if len(runs) == 2 else "")
    return ", ".join(
        f"{text} from the {run.start} law" for text, run in zip(said, runs, strict=True)
    )


def _outcome(run: Run) -> str:
    return f"cycle of period {run.period}" if run.period is not None else str(run.outcome)


def _runs_table(runs: Sequence[Run]) -> Table:
    game = runs[0].game
    names = list(runs[0].aggregates)[:_MOST_AGGREGATES]
    columns = ["from", "outcome", "steps", *names]
    columns += ["residual", "Q* within", "gap", "in state"]
    rows = [
        [
            run.start,
            _outcome(run),
            str(run.steps),
            *(_value(run, name) for name in names),
            f"{run.consistency_residual:.1e}",
            f"{run.q_error:.1e}",
            f"{run.gap:.3g}" if math.isfinite(run.gap) else "one action",
            game.states.text(run.gap_state) if math.isfinite(run.gap) else "",
        ]
        for run in runs
    ]
    return Table(columns, rows, f"Runs to accuracy {runs[0].accuracy:g}")


def _value(run: Run, name: str) -> str:
    if run.cycle_aggregates is None:
        return f"{run.aggregates[name][-1]:.6f}"
    values = run.cycle_aggregates[name]
    return f"{values.min():.6f} to {values.max():.6f}"


def _strategies(runs: Sequence[Run]) -> list[str]:
    said: list[str] = []
    game = runs[0].game
    if len(runs) > 1 and all(np.array_equal(run.strategy, runs[0].strategy) for run in runs):
        parts = [("", runs[0])]
    else:
        parts = [(f", from the {run.start} law" if len(runs) > 1 else "", run) for run in runs]
    same = tremble_weights(game)[0] == 0
    for where, run in parts:
        labels = [game.actions.labels[a] for a in run.strategy]
        last = " in the last step" if run.outcome is not Outcome.CONVERGED else ""
        best = "Best" if same else "Likeliest"
        text = f"{best} action{where}{last}: {strategy_text(game, labels)}."
        text += " At this tremble all actions are played equally often." * same
        said.append(f"{text}{_shape(run)}")
    return said


def _shape(run: Run) -> str:
    """Say whether the strategy rises or falls in the state."""
    game = run.game
    if not (game.states.is_chain and game.actions.is_chain) or run.gap == math.inf:
        return ""
    change = np.diff(run.strategy)
    if not change.any():
        return ""
    if (change >= 0).all():
        return " It increases in the state."
    how = "decreases" if (change <= 0).all() else "neither increases nor decreases"
    return (
        f" It {how} in the state, against Proposition 2, which holds of games with strategic "
        "complementarities: `mfgcheck check` decides whether this is one."
    )


def _ties(runs: Sequence[Run]) -> list[str]:
    said = []
    for run in runs:
        if not run.ties:
            continue
        states = run.game.states
        shown = ", ".join(
            f"{states.text(s)} (gap {run.gaps[s]:.1e})" for s in run.ties[:_MOST_TIES]
        )
        more = f" and {len(run.ties) - _MOST_TIES} more" if len(run.ties) > _MOST_TIES else ""
        number = "lowest" if run.selection == "inf" else "highest"
        order = (
            ""
            if run.game.actions.is_chain
            else " (by number: on a product of chains it need not be the least or greatest)"
        )
        said.append(
            f"Ties from the {run.start} law, as far as floats can tell: the best action is within "
            f"twice the error bound of another in {count(len(run.ties), 'state')}: {shown}{more}. "
            f"The {number} of them was taken{order}."
        )
    return said


def _direction(run: Run) -> str:
    start = f"From the {run.start} law"
    if run.fall is None:
        if run.rising and not np.ptp(run.heights):
            return f"{start} the mean field did not move."
        return (
            f"{start} the mean fields {'rise' if run.rising else 'fall'} in stochastic dominance "
            "at every step, up to rounding."
        )
    return f"{start} the path is not monotone: {run.fall.text}."


def _bracket(proved: Bracket) -> str:
    start = (
        "every T-MFE, and T-BR from every start with any choice among ties, stay between two paths "
        "from the least and the greatest law, computed with outward rounding"
    )
    if proved.k0 is not None:
        return (
            f"{start}. From step {proved.k0} on any two of these are within "
            f"{float(proved.accuracy):g} of each other in ||.||_1."
        )
    ended = {
        "standing still": "; the paths stand still there",
        "steps": "",
        "time": "; the time was over then",
    }
    if proved.width >= 1:
        apart = "this bounds no distance between two of them: no two laws are further apart than 2"
    else:
        within = above(2 * proved.width, 3)
        apart = f"any two of these are within {within} of each other in ||.||_1"
    return (
        f"{start}. After {count(proved.steps, 'step')} {apart}"
        f"{ended.get(proved.ended, f'; the paths end there: {proved.ended}')}."
    )


def _bracket_dict(proved: Bracket) -> dict[str, object]:
    return {
        "accuracy": str(proved.accuracy),
        "k0": proved.k0,
        "steps": proved.steps,
        "width": above(proved.width, 6),
        "ended": proved.ended,
        "certificate": proved.certificate,
    }


def _replay(run: Run, replay: ExactRun) -> str:
    gap = replay.cycle_gap
    where = f"from the {run.start} law {_NAMES[run.algorithm]}"
    apart = ""
    if gap is not None:
        apart = f", where the best action beats all others by at least {_least(gap)}"
    if gap == 0:
        apart = f", with ties, of which the {run.selection} selection takes one"
    if replay.ending is Ending.FIXED:
        return f"{where} stands still from step {replay.cycle_start} on{apart}. That is a T-MFE."
    return (
        f"{where} repeats itself with period {replay.period} from step {replay.cycle_start} "
        f"on{apart}. It never converges."
    )


def _least(gap: Fraction) -> str:
    """Return a number exactly if it is short, else rounded down."""
    return str(gap) if is_short(gap) else below(gap, 17)


def _replay_dict(replay: ExactRun) -> dict[str, object]:
    gap = replay.cycle_gap
    return {
        "ending": str(replay.ending),
        "period": replay.period,
        "from_step": replay.cycle_start,
        "gap": None if gap is None else _least(gap),
        "mean_fields": [[str(p) for p in law] for law in replay.cycle],
    }


_WORDS = """\
Residual: ||z - Phi(z, mu)||_1 of the pair shown, mu being a best response to z itself. Q* within: \
bound on the error of the TQ-values. Gap: by how much the best action beats the next one."""
