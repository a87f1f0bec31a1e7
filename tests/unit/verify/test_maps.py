"""The table and the maps of slack: no verdict is contradicted by what stands beside it."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Rational as R

from mfgcheck import Game, check, point
from mfgcheck.report import HeatMap, Note, Table
from mfgcheck.verify.maps import slack_blocks
from mfgcheck.verify.slack import estimate_slack


def blocks(reward: Any, states: int = 4) -> list[Any]:
    game = Game(
        states=states,
        actions=2,
        reward=reward,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    verdicts = list(check(game).clauses.values())
    return list(slack_blocks(game, verdicts, estimate_slack(game, verdicts)[0]))


def row(found: list[Any], clause: str) -> tuple[str, ...]:
    table = next(block for block in found if isinstance(block, Table))
    return next(tuple(row) for row in table.rows if row[0] == clause)


@pytest.mark.parametrize(
    ("size", "shown"), [(R(1, 10**400), "about -10^-400"), (10**400, "about -10^400")]
)
def test_a_refuted_clause_is_never_0_everywhere(size: Any, shown: str) -> None:
    found = blocks(lambda s, a, z: -s * size)
    _, verdict, least, place, below = row(found, "reward.monotone_s")
    assert (verdict, least, place) == ("REFUTED", shown, "s = 0, a = 0")
    assert below == "the counterexample's"


def test_why_there_is_no_number() -> None:
    assert row(blocks(lambda s, a, z: s, 1), "reward.monotone_s")[2] == "nothing to compare"
    found = blocks(lambda s, a, z: s * 10**400)
    assert row(found, "reward.monotone_s")[2] == "no value in floating point"


def test_what_counts_as_0_is_said_under_the_table() -> None:
    table, note, *_ = blocks(lambda s, a, z: s)
    assert isinstance(table, Table)
    assert isinstance(note, Note)
    assert "shown as 0" in note.text


def maps(found: list[Any]) -> dict[str, HeatMap]:
    return {block.title: block for block in found if isinstance(block, HeatMap)}


def test_an_exact_value_in_the_place_of_a_float_is_said() -> None:
    drawn = maps(blocks(lambda s, a, z: 10**18 - R(s, 3)))["reward.monotone_s: REFUTED"]
    assert drawn.values[0][0] == pytest.approx(-1 / 3)
    assert "the framed cell has its exact value" in drawn.note


def test_another_inequality_at_the_same_place_has_less() -> None:
    drawn = maps(blocks(lambda s, a, z: -5 * s * z.mean() - a * z.mean()))
    note = drawn["reward.increasing_differences: REFUTED"].note
    assert "another inequality that starts here has" in note
    assert "upper set" not in note
