"""`solve` and what it reports."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from sympy import Rational as R

import mfgcheck
from mfgcheck import BadInput, Game, point, product, solve
from mfgcheck.equilibrium import solve as module
from mfgcheck.equilibrium.tbr.dynamics import Outcome, t_br
from mfgcheck.gallery import make
from mfgcheck.report.blocks import Heading, Table


def flat(solution: Any) -> str:
    """The report as one line of text."""
    return " ".join(str(solution).split())


def test_infection_spread_from_both_ends() -> None:
    found = solve(make("infection-spread"))
    assert found.converged
    assert [run.start for run in found.runs] == ["least", "greatest"]
    assert [run.selection for run in found.runs] == ["inf", "sup"]
    assert found.sandwich is not None
    text = flat(found)
    assert "T-BR converged from both ends" in text
    assert text.count("20.206121") == 2
    assert "Likeliest action: 4 in states 0..20, 3 in 21, 2 in 22, 1 in 23, 0 in 24." in text
    assert "It decreases in the state, against Proposition 2" in text
    assert "From the least law the mean fields rise in stochastic dominance" in text
    assert "From the greatest law the mean fields fall in stochastic dominance" in text
    assert "observed to close: at step 25" in text
    assert "observed in floating point, not proved" in text
    assert "`mfgcheck equilibria` decides that" in text


def test_the_table_has_a_row_for_each_run() -> None:
    found = solve(make("coordination"))
    [table] = [block for block in found.blocks() if isinstance(block, Table)]
    assert list(table.columns[:4]) == ["from", "outcome", "steps", "mean"]
    assert [row[:2] for row in table.rows] == [("least", "converged"), ("greatest", "converged")]
    assert [row[3] for row in table.rows] == ["-0.400000", "0.400000"]


def test_a_cycle_is_said_with_its_range() -> None:
    found = solve(make("infection-spread", susceptibility="logistic", c_f=R(1)))
    assert not found.converged
    heading = found.blocks()[0]
    assert isinstance(heading, Heading)
    assert heading.text == "infection-spread: T-BR ended in a cycle of period 2 from both ends"
    [table] = [block for block in found.blocks() if isinstance(block, Table)]
    assert "18.746414 to 18.892089" in table.rows[0]
    text = flat(found)
    assert "From the least law the path is not monotone: from step" in text
    assert "do not bracket anything" in text


def test_ties_are_said_with_their_gaps() -> None:
    text = flat(solve(make("audit-e")))
    assert "Ties from the least law, as far as floats can tell" in text
    assert "in 2 states: 0 (gap 0.0e+00), 1 (gap 0.0e+00). The lowest of them was taken." in text
    assert "The highest of them was taken." in text


def test_strategies_that_rise_and_those_that_do_neither() -> None:
    def game(best: list[int]) -> Game:
        return Game(
            3, 2, lambda s, a, z: a * (2 * best[int(s)] - 1), lambda s, a, z: point(s), "1/2", "1/4"
        )

    assert "It increases in the state" in flat(solve(game([0, 1, 1])))
    assert "It neither increases nor decreases in the state" in flat(solve(game([0, 1, 0])))
    assert "in the state" not in flat(solve(game([1, 1, 1]))).replace("in the state at", "")


def test_each_end_and_a_given_start() -> None:
    game = make("audit-b")
    for start in ("least", "greatest"):
        found = solve(game, start)
        assert [run.start for run in found.runs] == [start]
        assert found.sandwich is None
    found = solve(game, {1: "1"})
    assert [(run.start, run.outcome, run.period) for run in found.runs] == [
        ("given", Outcome.CYCLE, 2)
    ]
    assert "From the given law the path is not monotone" in flat(found)


def test_the_modified_algorithm_has_no_sandwich() -> None:
    found = solve(make("audit-c"), algorithm="modified")
    assert [run.algorithm for run in found.runs] == ["modified", "modified"]
    assert found.sandwich is None
    assert "modified T-BR converged from both ends" in flat(found)


@pytest.mark.parametrize(
    "game",
    [
        make("infection-spread", susceptibility="logistic", c_f=R(1)),
        make("audit-e"),
        make("sis"),
        Game(product(2, 2), 1, lambda s, a, z: s[0], lambda s, a, z: point(s), "1/2", 0),
    ],
    ids=lambda game: game.name,
)
def test_the_dict_is_plain_json(game: Game) -> None:
    found = solve(game)
    data = found.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["schema"] == "mfgcheck.solution/1"
    assert data["converged"] is found.converged


def test_the_dict_holds_the_results() -> None:
    found = solve(make("audit-b"), {1: 1})
    data: Any = found.to_dict()
    [run] = data["runs"]
    assert (run["outcome"], run["period"], run["start"]) == ("cycle", 2, "given")
    assert run["monotone"] is None
    assert run["fall"]["upper_set"] == [1]
    assert len(run["cycle"]) == 2
    assert run["mean_field"] == found.runs[0].mean_field.tolist()
    assert run["gap"] == pytest.approx(21 / 400)
    assert set(run["aggregates"]) == {"tail(1)", "tail(2)"}
    data = solve(make("coordination")).to_dict()
    assert data["runs"][0]["strategy"] == [-1, -1]
    assert data["sandwich"]["closes"] is False
    assert data["bracket"] is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"start": "middle"}, "least, greatest, both, or masses"),
        ({"start": {0: "1/2"}}, "sum to 1/2, not 1"),
        ({"algorithm": "tbr"}, "t-br or modified"),
        ({"accuracy": -1.0}, "accuracy is -1.0"),
        ({"max_steps": 0}, "number of steps"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(BadInput, match=text):
        solve(make("audit-c"), **arguments)


def test_too_large_a_tremble_is_refused() -> None:
    game = Game(2, 2, lambda s, a, z: a, lambda s, a, z: point(s), "1/2", "3/4")
    with pytest.raises(BadInput, match="lower the tremble"):
        solve(game)


def test_an_interrupt_keeps_the_first_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(model: Any, start: Any, **options: Any) -> Any:
        if start == "greatest":
            raise KeyboardInterrupt
        return t_br(model, start, **options)

    monkeypatch.setattr(module, "t_br", interrupted)
    found = solve(make("coordination"))
    assert found.interrupted
    assert not found.converged
    assert [run.start for run in found.runs] == ["least"]
    assert "Interrupted" in flat(found)


def test_it_is_no_truth_value_and_renders_as_html() -> None:
    found = solve(make("coordination"))
    with pytest.raises(TypeError, match=r"solution\.converged"):
        bool(found)
    assert "<table" in found._repr_html_()


def test_the_public_names() -> None:
    assert {"solve", "Solution", "Run"} <= set(mfgcheck.__all__)
    assert isinstance(solve(make("coordination")), mfgcheck.Solution)


def test_a_cycle_of_a_rational_game_is_proved_by_an_exact_replay() -> None:
    # From all mass at 1 the tails are (23/50, 23/50) and (47/50, 1/25) in turn (audit 2.3 B).
    found = solve(make("audit-b"), start={1: 1})
    (replay,) = found.replays
    assert replay is not None
    assert (replay.ending.value, replay.period, replay.cycle_start) == ("cycle", 2, 1)
    assert replay.cycle_gap == Fraction(21, 400)
    tails = {(1 - law[0], law[2]) for law in replay.cycle}
    assert tails == {
        (Fraction(23, 50), Fraction(23, 50)),
        (Fraction(47, 50), Fraction(1, 25)),
    }
    assert "Proved, in exact arithmetic" in str(found)
    assert "at least 21/400" in str(found)


def test_what_does_not_end_in_exact_arithmetic_stays_an_observation() -> None:
    found = solve(make("coordination"))  # converges, but never arrives
    assert found.replays == (None, None)
    assert "Proved, in exact" not in str(found)


@pytest.mark.parametrize(
    ("start", "cycle"),
    [({1: 1}, 2), ({1: 1.0}, 2)],
)
def test_cycles_of_the_modified_algorithm_are_replayed(start: Any, cycle: int) -> None:
    found = solve(make("audit-b"), start, algorithm="modified")
    (replay,) = found.replays
    assert replay is not None
    assert (replay.algorithm, replay.period) == ("modified", cycle)
    floats = {tuple(round(x, 9) for x in law) for law in found.runs[0].cycle.tolist()}  # type: ignore[union-attr]
    assert floats == {tuple(round(float(x), 9) for x in law) for law in replay.cycle}
    text = flat(found)
    assert "from the given law modified T-BR repeats itself with period 2 from step 2 on" in text


def test_the_modified_algorithm_is_replayed_with_its_first_strategy() -> None:
    found = solve(make("audit-c"), algorithm="modified")
    for run, replay in zip(found.runs, found.replays, strict=True):
        if replay is not None:
            assert float(replay.mean_fields[1][0]) == pytest.approx(run.mean_fields[1][0])
