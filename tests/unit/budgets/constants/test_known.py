"""All constants together: rows, JSON, and what cannot be computed."""

from __future__ import annotations

import json
import time
from fractions import Fraction

from sympy import Rational as R
from sympy import log, sqrt

from mfgcheck import point, product, uniform
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.constants.known import constants
from mfgcheck.gallery import make
from tests.unit.budgets.constants.brute import game_of, still

F = Fraction


def test_rows_and_json() -> None:
    found = constants(make("audit-b"))
    rows = found.rows()
    assert [row[0] for row in rows][:4] == ["C1", "C1 (sum)", "C2", "C3"]
    assert len(rows) == len({row[0] for row in rows}) == 19
    assert all(row[1] and row[2] in set(Proof) for row in rows)
    data = json.loads(json.dumps(found.to_dict()))
    assert data["c2"]["upper"] == "1.8"
    assert data["c3"]["upper"] is None
    assert len(data["minorant"]) == 3
    for constant in found:
        assert constant.source
        assert constant.meaning


def test_one_unknown_takes_nothing_else_down() -> None:
    found = constants(still(lambda s, a, z: s * sqrt(z[1])))
    assert found.c1.proof is Proof.OPEN
    assert found.d.proof is Proof.OPEN
    assert found.c2.upper == 0
    assert found.v_max.upper is not None
    assert found.c3.upper == 0


def test_a_large_tremble() -> None:
    game = game_of(lambda s, a, z: s * z[1], lambda s, a, z: uniform([0, 1]), actions=2, tremble=1)
    found = constants(game)
    assert found.c1.upper == F(1, 2)
    assert found.tau.upper == 0


def test_states_that_are_no_chain() -> None:
    game = game_of(
        lambda s, a, z: z[(1, 1)] * a,
        lambda s, a, z: [(z[(0, 0)], point((1, 1))), (1 - z[(0, 0)], point(s))],
        states=product(2, 2),
        actions=2,
    )
    found = constants(game)
    assert found.c1.upper == F(1, 2)
    assert found.c2.upper == 1
    assert found.c3.upper == 0
    assert "(0, 0)" in found.c2.where


def test_time_limits_are_kept() -> None:
    game = game_of(
        lambda s, a, z: sum((log(2 + z[x] * z[(x + 1) % 6]) for x in range(6)), R(0)) * (s + a),
        lambda s, a, z: [
            ((1 + z[0] * z[1]) / 4, point(0)),
            ((3 - z[0] * z[1]) / 4, uniform(range(6))),
        ],
        states=6,
        actions=2,
    )
    started = time.perf_counter()
    found = constants(game, 2)
    assert time.perf_counter() - started < 12
    assert found.c2.upper is not None
    assert found.v_max_printed.upper == 2


def test_the_papers_games() -> None:
    found = constants(make("infection-spread"))
    assert found.tau.upper == F(9, 10)
    assert found.c4.upper is not None
    assert found.c4.upper < 1  # Phi contracts for each strategy; C5 is what fails
    assert found.c5.proof is Proof.NONE
    assert found.d.upper is not None
    assert found.d_theorems.upper is not None
    assert found.d_proof.upper is not None
    assert found.d_theorems.upper < found.d.upper < found.d_proof.upper
    assert "not known to be a bound" in found.d_theorems.note
