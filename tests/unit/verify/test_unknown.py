"""Verdicts on games with unknown functions: what they say, of whom, and how they are printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
import sympy
from sympy import Max, Piecewise
from sympy import Rational as R

from mfgcheck import Game, Status, check, decreasing, gallery, point, product
from mfgcheck.cli import main
from mfgcheck.game.instance import Scope
from mfgcheck.report import schema

F = Fraction
p, q = decreasing("p", 0, 1), decreasing("q", "1/2", 2)


def game(reward: Callable[..., Any], **changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 3,
        "actions": 2,
        "reward": reward,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": "1/4",
    }
    return Game(**{**given, **changes})


def status(reward: Callable[..., Any], clause: str, **changes: Any) -> Status:
    return check(game(reward, **changes), [clause]).clauses[clause].status


def test_infection_spread_for_any_susceptibility() -> None:
    report = check(gallery.make("infection-spread", susceptibility="any"))
    supermodular = report.clauses["kernel.supermodular"].witness
    differences = report.clauses["kernel.increasing_differences"].witness
    assert supermodular is not None and supermodular.instance is not None  # noqa: PT018
    assert supermodular.instance.scope is Scope.EVERY
    assert differences is not None and differences.instance is not None  # noqa: PT018
    assert differences.instance.scope is Scope.STRICT
    step = decreasing("p", 0, 1)
    assert differences.value == R(27, 1000) * (step(24) - step(0))
    assert differences.text.endswith(
        "The difference is -27*(p(0) - p(24))/1000, here -0.027, and negative for every strictly "
        "decreasing p."
    )
    assert "negative for every p." in supermodular.text
    assert differences.replay(report.game) == differences.value
    assert all("every non-increasing p" in v.domain for v in report.clauses.values())


@pytest.mark.parametrize("name", ["infection-spread", "capped-health"])
def test_the_command_line_and_its_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = 0 if name == "capped-health" else 1
    assert main(["check", name, "--set", "susceptibility=any", "--json"]) == expected
    report = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema()).validate(report)
    witness = report["clauses"]["kernel.increasing_differences"]["witness"]
    if expected:
        assert witness["functions"] == {
            "holds": "for every strictly decreasing p",
            "example": {"p": {"steps": [["0", "1"]], "last": "0"}},
        }
        assert witness["value"]["upper"] <= -0.026
    for command in (["solve"], ["equilibria"], ["budget"], ["check", "--levels"]):
        first, *more = command
        assert main([first, name, "--set", "susceptibility=any", *more]) == 64
        said = capsys.readouterr()
        assert "needs a concrete function in the place of p" in said.err
        assert not said.out


def test_too_large_an_infection_constant_is_no_game(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", "infection-spread", "--set", "susceptibility=any", "--set", "c_f=2"]
    assert main(arguments) == 64
    assert "negative at the mean field with all mass at 0 if p(x) = 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reward", "clause", "expected"),
    [
        (lambda s, a, z: -p(s), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: p(s), "reward.monotone_s", "REFUTED"),
        (lambda s, a, z: s - p(1) * s, "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s - q(1) * s, "reward.monotone_s", "REFUTED"),
        (lambda s, a, z: s * (p(z.mean()) - p(2)), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(0) - p(z.mean())), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(z.mean()) - p(1)), "reward.monotone_s", "REFUTED"),
        (lambda s, a, z: s * (p(z.mean()) - p(z.mean() + 1)), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(z.mean()) - p(2 * z.mean())), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(z.mean()) - q(z.mean()) / 2), "reward.monotone_s", "REFUTED"),
        (lambda s, a, z: s * (2 * q(z.mean()) - p(3)), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(0) - p(1)) * (p(1) - p(2)), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * (p(0) ** 2 - p(1) ** 2), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * Max(p(0) - R(1, 2), p(1) - R(1, 2)), "reward.monotone_s", "REFUTED"),
        (lambda s, a, z: s * Max(p(z.mean()), R(1, 3)), "reward.monotone_s", "PROVED"),
        (lambda s, a, z: s * a * p(s), "reward.supermodular", "REFUTED"),
        (lambda s, a, z: a * (2 - p(s)), "reward.supermodular", "PROVED"),
        (lambda s, a, z: s * a * (p(3) - p(z.mean())), "reward.supermodular", "REFUTED"),
        (lambda s, a, z: -s * p(z.mean()), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * p(z.mean()), "reward.increasing_differences", "REFUTED"),
        (lambda s, a, z: s * p(-z.mean()), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: -s * p(z[1]), "reward.increasing_differences", "REFUTED"),
        (lambda s, a, z: s * p(z[0]), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * p(z[0]) * z.mean(), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * (1 - p(z.mean())) * p(1), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * (p(z.mean()) + 100 * z.mean()), "reward.increasing_differences",
         "REFUTED"),
        (lambda s, a, z: s * z.mean(lambda x: -p(x)), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * z.mean(p), "reward.increasing_differences", "REFUTED"),
        (lambda s, a, z: s * z.mean(lambda x: x - p(x) / 3), "reward.increasing_differences",
         "PROVED"),
        (lambda s, a, z: -s * z.mean(p) * p(z.mean()), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: p(s) * p(z.mean()), "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: s * p(z.mean()) * Piecewise((1, z.mean() >= 1), (0, True)),
         "reward.increasing_differences", "REFUTED"),
        (lambda s, a, z: s * (3 - p(z.mean())) * Piecewise((1, z.mean() >= 1), (0, True)),
         "reward.increasing_differences", "PROVED"),
        (lambda s, a, z: a * s - a * p(0) / 9, "reward.max_monotone_s", "PROVED"),
        (lambda s, a, z: a * s - (1 - a) * (1 - p(s)) / 9, "reward.max_monotone_s", "PROVED"),
        (lambda s, a, z: p(s) * (1 - a), "reward.max_monotone_s", "REFUTED"),
        (lambda s, a, z: (1 - p(s)) * a + (p(s) - 2) * (1 - a), "reward.max_monotone_s", "PROVED"),
    ],
)  # fmt: skip
def test_verdict(reward: Callable[..., Any], clause: str, expected: str) -> None:
    assert status(reward, clause) == expected


def test_a_large_concrete_slope_does_not_help_against_a_jump() -> None:
    made = game(lambda s, a, z: s * (p(z.mean()) + z.mean() / 2))
    witness = check(made).clauses["reward.increasing_differences"].witness
    assert witness is not None
    assert witness.instance is not None
    assert witness.instance.scope is Scope.ONE
    assert witness.upper < 0


def test_products_of_chains() -> None:
    square = product(2, 2)
    rising = lambda s, a, z: -(s[0] + s[1]) * p(z.mean(lambda x: x[0] + x[1]))  # noqa: E731
    assert status(rising, "reward.increasing_differences", states=square) == "PROVED"
    mixed = lambda s, a, z: -(s[0] + s[1]) * p(z.mean(lambda x: x[0] - x[1]))  # noqa: E731
    assert status(mixed, "reward.increasing_differences", states=square) == "REFUTED"


@pytest.mark.parametrize(
    ("reward", "bounded", "continuous"),
    [
        (lambda s, a, z: p(s), "PROVED", "PROVED"),
        (lambda s, a, z: 1 - p(0) + p(s), "PROVED", "PROVED"),
        (lambda s, a, z: 2 - p(s) + p(0), "REFUTED", "PROVED"),
        (lambda s, a, z: -1 - p(s), "REFUTED", "PROVED"),
        (lambda s, a, z: z.mean(p), "PROVED", "PROVED"),
        (lambda s, a, z: p(z.mean()), "PROVED", "UNDECIDED"),
        (lambda s, a, z: q(z.mean()), "REFUTED", "UNDECIDED"),
        (lambda s, a, z: Piecewise((p(1), z.mean() > 1), (0, True)), "PROVED", "UNDECIDED"),
        (lambda s, a, z: Piecewise((p(1), z.mean() > 1), (p(1), True)), "PROVED", "PROVED"),
        (lambda s, a, z: Piecewise((1, z.mean() > 1), (0, True)) * p(1) ** 0, "PROVED", "REFUTED"),
    ],
)
def test_assumptions(reward: Callable[..., Any], bounded: str, continuous: str) -> None:
    found = check(game(lambda s, a, z: reward(s, a, z) * (p(5) + 1) / (p(5) + 1))).assumptions
    assert found["assumption.bounded_reward"].status == bounded
    assert found["assumption.continuous"].status == continuous


def test_a_witness_away_from_clips_says_for_whom_too() -> None:
    report = check(gallery.make("infection-spread", susceptibility="any"))
    witness = report.clauses["kernel.supermodular"].witness
    assert witness is not None
    assert witness.unclipped is not None
    assert witness.unclipped.instance is not None
    assert witness.unclipped.instance.scope is Scope.EVERY


def test_a_witness_of_many_functions_is_preferred() -> None:
    # At s = 0 the difference is negative for one p, at s = 1 for every p.
    def reward(s: Any, a: Any, z: Any) -> Any:
        return [0, -p(1), -p(1) - 1][int(s)]

    witness = check(game(reward)).clauses["reward.monotone_s"].witness
    assert witness is not None
    assert witness.instance is not None
    assert witness.instance.scope is Scope.EVERY
    assert witness.corners[0][0] == 1


def test_the_report_of_a_concrete_game_says_nothing_of_functions() -> None:
    report = check(gallery.make("infection-spread"))
    text = str(report)
    assert "Take p" not in text
    assert "non-increasing p" not in text
    witness = report.clauses["kernel.supermodular"].witness
    assert witness is not None
    assert witness.to_dict()["functions"] is None
    assert sympy.sympify(witness.value) < 0
