"""`check`: which clauses are decided, what the report says of them, and when it stops."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sympy import Max, Piecewise, exp
from sympy import Rational as R

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.laws import point
from mfgcheck.verify.assumptions import ASSUMPTIONS
from mfgcheck.verify.check import check
from mfgcheck.verify.clauses import BY_ID
from mfgcheck.verify.verdict import Status


def game(**changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 3,
        "actions": 2,
        "reward": lambda s, a, z: s * z.mean() - a,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": "1/4",
    }
    return Game(**{**given, **changes})


def test_all_clauses_and_assumptions_by_default() -> None:
    report = check(game())
    assert list(report.clauses) == list(BY_ID)
    assert list(report.assumptions) == list(ASSUMPTIONS)
    assert report.status == Status.PROVED


def test_a_selection_keeps_its_order_and_leaves_assumptions_out() -> None:
    chosen = ["kernel.monotone_z", "reward.monotone_s", "kernel.monotone_z"]
    report = check(game(), chosen)
    assert list(report.clauses) == ["kernel.monotone_z", "reward.monotone_s"]
    assert report.assumptions == {}


def test_a_clause_has_one_verdict_alone_and_among_all() -> None:
    made = game(reward=lambda s, a, z: -s * a + z.mean())
    together = check(made).clauses
    for name in BY_ID:
        assert check(made, [name]).clauses[name].status == together[name].status


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_time_limits_refused(limit: float) -> None:
    with pytest.raises(BadInput, match="time limit"):
        check(game(), time_limit=limit)


def test_unknown_clauses_are_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"kernel\.supermodular"):
        check(game(), ["kernel.supermodal"])


def test_nothing_to_decide_is_refused() -> None:
    with pytest.raises(BadInput):
        check(game(), [])


def test_a_refuted_clause_refutes_the_game() -> None:
    report = check(game(reward=lambda s, a, z: -s))
    assert report.status == Status.REFUTED
    assert report.clauses["kernel.monotone_s"].status == Status.PROVED


def test_a_game_in_doubt_is_undecided() -> None:
    made = game(reward=lambda s, a, z: s * Piecewise((z[1] ** 2 / z[1] ** 3, z[1] > 0), (0, True)))
    assert made.doubts
    report = check(made)
    assert report.status == Status.UNDECIDED
    assert Status.PROVED not in {verdict.status for verdict in report.clauses.values()}


def test_reports_have_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"report\.status"):
        bool(check(game()))


def test_progress_is_told_before_each_part_and_at_the_end() -> None:
    told: list[tuple[int, int, str]] = []
    check(game(), ["reward.monotone_s"], on_progress=lambda *where: told.append(where))
    assert told == [(0, 1, "reward.monotone_s"), (1, 1, "")]


def test_an_interrupt_keeps_what_is_decided() -> None:
    def stop(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    report = check(game(), on_progress=stop)
    assert report.interrupted
    statuses = [verdict.status for verdict in report.clauses.values()]
    assert statuses == [Status.PROVED] * 2 + [Status.UNDECIDED] * 7


def hard(s: Any, a: Any, z: Any) -> object:
    """A sum of exponentials over six aggregates, too flat to decide quickly."""
    return s * sum(exp(z[x] * z[x + 1]) for x in range(5)) - s * (5 + 5 * z[0] * z[2] / 8)


def test_a_time_limit_is_kept() -> None:
    made = game(states=6, reward=hard)
    started = time.monotonic()
    check(made, ["reward.monotone_s", "reward.increasing_differences"], time_limit=1)
    assert time.monotonic() - started < 10


def test_what_the_vertices_refute_needs_no_time() -> None:
    made = game(reward=lambda s, a, z: s * (1 - z.mean()))
    report = check(made, ["reward.monotone_s"], time_limit=1e-9)
    assert report.status == Status.REFUTED


def test_to_dict_has_the_statuses_and_the_game() -> None:
    shown = check(game(reward=lambda s, a, z: -s, parameters={"k": R(1, 2), "n": 3})).to_dict()
    assert shown["schema"] == "mfgcheck.report/1"
    assert shown["status"] == "REFUTED"
    described = shown["game"]
    assert isinstance(described, dict)
    assert described["parameters"] == {"k": "1/2", "n": 3}
    assert (described["states"], described["discount"], described["tremble"]) == (3, "1/2", "1/4")
    assert described["digest"] == game(reward=lambda s, a, z: -s).digest


def test_one_state_and_one_action() -> None:
    made = Game(1, 1, lambda s, a, z: 0, lambda s, a, z: point(s), "1/2", 0)
    assert check(made).status == Status.PROVED


@pytest.mark.parametrize("top", [R(1, 2), 1, 2, 3])
def test_a_threshold_at_or_beyond_the_end_of_the_range(top: Any) -> None:
    """1{m >= top} jumps down in the reward of the higher state iff top <= 2 is reached."""
    made = game(reward=lambda s, a, z: s * (1 - Piecewise((R(1, 9), z.mean() >= top), (0, True))))
    found = check(made, ["reward.increasing_differences"]).status
    assert found == (Status.REFUTED if top <= 2 else Status.PROVED)


def test_kinks_of_two_aggregates() -> None:
    made = game(reward=lambda s, a, z: s * Max(z.tail(1), z.tail(2) + R(1, 4)))
    assert check(made, ["reward.increasing_differences"]).status == Status.PROVED
    made = game(reward=lambda s, a, z: s * Max(z.tail(1), R(1, 2) - z.tail(2)))
    assert check(made, ["reward.increasing_differences"]).status == Status.REFUTED


def test_a_reward_whose_differences_fall_and_rise_again() -> None:
    """(m - 3/2) e^(m^2) is -1.28 at m = 1/2 and -1.36 at m = 1, and -3/2 at m = 0."""
    made = game(states=2, reward=lambda s, a, z: 5 * s + a * (z[1] - R(3, 2)) * exp(z[1] ** 2))
    verdict = check(made).clauses["reward.increasing_differences"]
    assert verdict.status == Status.REFUTED
    assert verdict.witness is not None
    assert verdict.witness.z2 is not None
    assert verdict.witness.z2[1] > verdict.witness.z.get(1, 0)


def test_numbers_that_differ_late_are_shown_apart() -> None:
    tiny = R(1, 10**8)
    made = game(
        actions=2,
        transition=lambda s, a, z: [(R(1, 4) - z[1] * tiny, 2), (R(3, 4) + z[1] * tiny, 0)],
    )
    witness = check(made).clauses["kernel.monotone_z"].witness
    assert witness is not None
    assert "falls from 0.25 to 0.24999999 " in witness.text


def test_an_interrupted_check_keeps_what_is_decided() -> None:
    def interrupt(done: int, total: int, label: str) -> None:
        if label == "kernel.monotone_s":
            raise KeyboardInterrupt

    report = check(game(), on_progress=interrupt)
    assert report.interrupted
    assert report.clauses["reward.max_monotone_s"].status == Status.PROVED
    assert report.clauses["kernel.monotone_s"].status == Status.UNDECIDED
    assert report.clauses["kernel.monotone_s"].reason == "interrupted"
    assert report.status == Status.UNDECIDED
    assert set(report.assumptions) == set(ASSUMPTIONS)


def test_a_report_reads_the_same_as_text_and_as_html() -> None:
    report = check(game(reward=lambda s, a, z: -s))
    text, html = str(report), report._repr_html_()
    for shown in (text, html):
        assert "reward.monotone_s" in shown
        assert "lowers the reward from 0 to -1" in " ".join(shown.split())


@pytest.mark.parametrize("bits", [24, 112, 1024])
def test_a_violation_of_one_unit_of_rounding_is_not_overlooked(bits: int) -> None:
    """The bounds of terms are rounded to so many bits; at 0 the aggregate is -2^-bits."""
    made = game(states=2, reward=lambda s, a, z: s * z.mean(lambda x: x if x else -R(1, 2**bits)))
    assert check(made).clauses["reward.monotone_s"].status == Status.REFUTED
