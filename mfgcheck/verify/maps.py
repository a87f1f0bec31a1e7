"""Maps over states and actions of how much room each clause has: observed, and labelled so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mfgcheck.game.floats import to_float
from mfgcheck.game.game import Game
from mfgcheck.report.blocks import Block, Note, Table
from mfgcheck.report.figures import HeatMap
from mfgcheck.verify.pictures import exact_text
from mfgcheck.verify.slack import Slack
from mfgcheck.verify.verdict import Verdict
from mfgcheck.verify.witness import Witness

_MOST_CELLS = 20_000  # of a map


def slack_blocks(
    game: Game, verdicts: Sequence[Verdict], found: Mapping[str, Slack]
) -> list[Block]:
    """Return a table of the least slack of each clause, and a map of those that are not all 0."""
    known = [(verdict, found[verdict.clause]) for verdict in verdicts if verdict.clause in found]
    blocks: list[Block] = [
        Table(
            ["clause", "verdict", "least slack", "at", "cells below 0"],
            [_slack_row(game, verdict, slack) for verdict, slack in known],
            "Observed in floating point, at a few mean fields",
        ),
        Note("Values so near to 0 that rounding alone can make them are shown as 0."),
    ]
    blocks += [
        _map(game, verdict, slack)
        for verdict, slack in known
        if slack.values.size <= _MOST_CELLS and np.nan_to_num(slack.values).any()
    ]
    return blocks


def _slack_row(game: Game, verdict: Verdict, slack: Slack) -> tuple[str, ...]:
    values = slack.values
    cells = int((~np.isnan(values)).sum())
    status = str(verdict.status)
    witness = verdict.witness
    if witness is not None and not (values < 0).any():  # its value is too near to 0, or too far
        place = _place(game, slack, *_cell(game, witness, slack))
        return verdict.clause, status, exact_text(witness.value), place, "the counterexample's"
    if not cells:
        return verdict.clause, status, slack.gap, "", ""
    if not np.nan_to_num(values).any():
        return verdict.clause, status, "0 everywhere", "", f"0 of {cells}"
    place = _place(game, slack, *slack.cell)
    below = int((values < 0).sum())
    return verdict.clause, status, f"{slack.least:.6g}", place, f"{below} of {cells}"


def _cell(game: Game, witness: Witness, slack: Slack) -> tuple[int, int]:
    """Return where the corner of a counterexample starts."""
    s, a = witness.corners[0]
    per_action = slack.values.shape[1] == game.actions.size
    return game.states.index[s], game.actions.index[a] if per_action else 0


def _place(game: Game, slack: Slack, s: int, a: int) -> str:
    place = f"s = {game.states.text(s)}"
    if slack.values.shape[1] == game.actions.size and game.actions.size > 1:
        place += f", a = {game.actions.text(a)}"
    return place


def _map(game: Game, verdict: Verdict, slack: Slack) -> HeatMap:
    states = [game.states.text(i) for i in range(game.states.size)]
    per_action = slack.values.shape[1] == game.actions.size
    actions = [game.actions.text(i) for i in range(game.actions.size)] if per_action else ["best"]
    marks, framed, note = [], "", f"observed, {slack.where}"
    witness = verdict.witness
    if witness is not None:
        place = _cell(game, witness, slack)
        marks = [place]
        framed = f"the counterexample, {exact_text(witness.value)}"
        least = float(slack.values[place])
        if slack.corrected:
            note += "; floats miss the counterexample, the framed cell has its exact value"
        elif least < to_float(witness.lower) - slack.rounding[place]:
            note += f"; another inequality that starts here has {least:.6g}"
    return HeatMap(
        f"{verdict.clause}: {verdict.status}",
        "state",
        "action",
        "least slack",
        states,
        actions,
        slack.values.T.tolist(),
        diverging=True,
        marks=marks,
        marks_label=framed,
        note=note,
    )
