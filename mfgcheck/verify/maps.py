"""Maps over states and actions of how much room each clause has: observed, and labelled so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mfgcheck.game.game import Game
from mfgcheck.report.blocks import Block, Table
from mfgcheck.report.figures import HeatMap
from mfgcheck.verify.pictures import exact_text
from mfgcheck.verify.slack import Slack
from mfgcheck.verify.verdict import Verdict

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
        )
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
    if not cells:
        return verdict.clause, status, "nothing to compare", "", ""
    if not np.nan_to_num(values).any():
        return verdict.clause, status, "0 everywhere", "", f"0 of {cells}"
    s, a = slack.cell
    place = f"s = {game.states.text(s)}"
    if values.shape[1] == game.actions.size and game.actions.size > 1:
        place += f", a = {game.actions.text(a)}"
    below = int((values < 0).sum())
    return verdict.clause, status, f"{slack.least:.6g}", place, f"{below} of {cells}"


def _map(game: Game, verdict: Verdict, slack: Slack) -> HeatMap:
    states = [game.states.text(i) for i in range(game.states.size)]
    per_action = slack.values.shape[1] == game.actions.size
    actions = [game.actions.text(i) for i in range(game.actions.size)] if per_action else ["best"]
    marks, framed, note = [], "", f"observed, {slack.where}"
    witness = verdict.witness
    if witness is not None:
        s, a = witness.corners[0]
        column = game.actions.index[a] if per_action else 0
        marks = [(game.states.index[s], column)]
        framed = f"the counterexample, {exact_text(witness.value)}"
        least = float(slack.values[game.states.index[s], column])
        if least < float(witness.lower) - slack.rounding:
            note += f"; with another upper set its corner has {least:.6g}"
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
