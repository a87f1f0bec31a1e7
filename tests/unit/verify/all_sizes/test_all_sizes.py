"""Verdicts for all sizes on the gallery, on games that are no formulas, and on near misses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Expr, Max, Piecewise, exp
from sympy import Rational as R

from mfgcheck import (
    BadInput,
    Game,
    Status,
    all_sizes,
    decreasing,
    gallery,
    point,
    product,
    uniform,
)
from mfgcheck.verify.all_sizes.capture import read_family
from mfgcheck.verify.all_sizes.crosscheck import SIZES, crosscheck
from mfgcheck.verify.all_sizes.found import SizeVerdict
from mfgcheck.verify.all_sizes.replay import replay
from mfgcheck.verify.all_sizes.result import AllSizes
from mfgcheck.verify.clauses import BY_ID

REWARD = [name for name in BY_ID if name.startswith("reward.")]
KERNEL = [name for name in BY_ID if name.startswith("kernel.")]
P, R_, U = Status.PROVED, Status.REFUTED, Status.UNDECIDED


def statuses(found: AllSizes, names: list[str]) -> list[Status]:
    return [found.clauses[name].status for name in names]


def game(reward: Any = None, transition: Any = None, **other: Any) -> Game:
    """A game of 6 states and 4 actions; what is not given is harmless."""
    settings = {"states": 6, "actions": 4, "discount": "1/2", "tremble": "1/5"} | other
    return Game(
        reward=reward or (lambda s, a, z: 0),
        transition=transition or (lambda s, a, z: point(s)),
        **settings,
    )


@pytest.mark.parametrize("kind", ["exp", "rational", "logistic", "linear", "any"])
def test_infection_spread(kind: str) -> None:
    found = all_sizes(gallery.maker("infection-spread"), susceptibility=kind, states=7, actions=3)
    assert statuses(found, REWARD) == [P] * 4
    assert all("every delta1, delta2, delta3 > 0" in found.clauses[c].scope for c in REWARD)
    assert statuses(found, KERNEL) == [P, P, P, R_, R_]
    for clause in KERNEL[3:]:
        assert found.clauses[clause].fails_from == ((2, 2),)
        assert found.clauses[clause].open_from == ()
    strict = found.clauses["kernel.increasing_differences"]
    assert strict.scope == ("every p that falls strictly" if kind == "any" else "")
    assert found.status is R_


@pytest.mark.parametrize("kind", ["exp", "any"])
def test_capped_health_is_proved(kind: str) -> None:
    found = all_sizes(gallery.maker("capped-health"), susceptibility=kind, states=9)
    assert found.status is P
    scopes = {verdict.scope for verdict in found.clauses.values()}
    assert all(("every p" in scope) == (kind == "any") for scope in scopes)


def test_mturk() -> None:
    found = all_sizes(gallery.maker("mturk"))
    assert statuses(found, [*REWARD, *KERNEL]) == [*[P] * 4, P, P, P, R_, P]
    # s + a from 3 to 5 less 0 to 3: a square from s + a = 3 on, and t = 1.
    assert found.clauses["kernel.supermodular"].fails_from == ((2, 5), (3, 4), (4, 3), (5, 2))


def test_newcomers_above_the_state_are_no_formula() -> None:
    found = all_sizes(gallery.maker("infection-spread"), replacement="state", states=6)
    assert statuses(found, REWARD) == [P] * 4
    assert statuses(found, KERNEL) == [U] * 5
    assert "int" in found.clauses["kernel.monotone_s"].how


@pytest.mark.parametrize("name", gallery.names())
def test_every_game_of_the_gallery_is_told(name: str) -> None:
    found = all_sizes(gallery.maker(name))
    expected = gallery.expected(name)
    for clause, verdict in found.clauses.items():
        assert verdict.how, clause
        size = found.game.states.size, found.game.actions.size
        if verdict.holds_at(*size):
            assert expected[clause] == "PROVED", clause
        if verdict.fails_at(*size):
            assert expected[clause] == "REFUTED", clause
    assert str(found)
    assert found.to_dict()["status"] == str(found.status)


def lookup(s: Any, a: Any, z: Any) -> Any:
    return {x: x**2 for x in range(6)}[s]


def branching(s: Any, a: Any, z: Any) -> Any:
    return s if s > 3 else 0


@pytest.mark.parametrize(
    "reward",
    [
        branching,
        lookup,
        lambda s, a, z: int(s) ** 2,
        lambda s, a, z: [0, 1, 4, 9, 16, 25][s],
        lambda s, a, z: min(s, 3),
        lambda s, a, z: z.mean(lambda x: [0, 1, 2, 4, 8, 9][x]) * s,
    ],
)
def test_a_reward_that_is_no_formula_is_undecided(reward: Any) -> None:
    found = all_sizes(game(reward))
    assert statuses(found, REWARD) == [U] * 4
    assert statuses(found, KERNEL) == [P] * 5
    assert "no formula" in found.clauses["reward.monotone_s"].how


@pytest.mark.parametrize(
    "reward",
    [
        lambda s, a, z: -5 if s == 4 else s,
        lambda s, a, z: {4: -5}.get(s, s),
        lambda s, a, z: s - 9 * (s == 5),
        lambda s, a, z: s + z.mean(lambda x: -s if x == 2 else 0),
        lambda s, a, z: s + z.mean(lambda x: 1 if x == s else 0),
    ],
)
def test_what_code_hides_from_symbols_is_seen(reward: Any) -> None:
    found = all_sizes(game(reward))
    assert statuses(found, REWARD) == [U] * 4


def test_what_code_hides_in_the_kernel_is_seen() -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        return point(0) if s == 5 else point(s + a).clip(0, 5)

    found = all_sizes(game(None, transition))
    assert statuses(found, KERNEL) == [U] * 5


def test_a_parameter_treated_in_its_own_way_is_seen() -> None:
    def maker(c: R = R(1, 2), states: int = 5, actions: int = 3) -> Game:
        return game(lambda s, a, z: (c if c <= 1 else -c) * s, None, states=states, actions=actions)

    found = all_sizes(maker)
    verdict = found.clauses["reward.monotone_s"]
    assert verdict.status is P
    assert "c" not in verdict.scope
    assert any(line.startswith("c is as given") for line in found.hypotheses)

    def silent(c: R = R(1, 2), states: int = 5, actions: int = 3) -> Game:
        factor = {R(13, 10): -1}.get(c, 1)  # 13/5 times the value given
        return game(lambda s, a, z: factor * c * s, None, states=states, actions=actions)

    verdict = all_sizes(silent).clauses["reward.monotone_s"]
    assert "every c" not in verdict.scope


def test_code_that_does_something_else_at_other_sizes_is_seen() -> None:
    def maker(states: int = 6, actions: int = 3) -> Game:
        sign = 1 if states > 4 else -1
        return game(lambda s, a, z: sign * s, None, states=states, actions=actions)

    found = all_sizes(maker)
    assert statuses(found, REWARD) == [U] * 4
    assert "|S| = 2" in found.clauses["reward.monotone_s"].how


def test_a_number_that_is_the_top_state_by_chance() -> None:
    def maker(states: int = 6, actions: int = 3) -> Game:
        return game(
            None,
            lambda s, a, z: point(s + a).min(5).clip(0, states - 1),
            states=states,
            actions=actions,
        )

    assert statuses(all_sizes(maker), KERNEL) == [U] * 5


@pytest.mark.parametrize(
    "other",
    [
        {"states": ["low", "high"]},
        {"states": [1, 2, 3]},
        {"actions": [-1, 0, 1]},
        {"states": product(2, 2)},
    ],
)
def test_other_labels_are_undecided(other: dict[str, Any]) -> None:
    found = all_sizes(game(lambda s, a, z: 0, **other))
    assert {verdict.status for verdict in found.clauses.values()} == {U}
    assert "0, 1, 2" in found.clauses["reward.monotone_s"].how


@pytest.mark.parametrize("other", [{"states": 1}, {"actions": 1, "tremble": 0}])
def test_one_state_or_one_action_is_read_as_any_other(other: dict[str, Any]) -> None:
    found = all_sizes(game(lambda s, a, z: s - a, **other))
    assert statuses(found, REWARD) == [P] * 4


def test_a_game_without_parameters_keeps_its_numbers() -> None:
    found = all_sizes(
        game(
            lambda s, a, z: s / 20 - a,
            lambda s, a, z: [("1/2", point(s + 1).clip(0, 5)), ("1/2", point(s))],
        )
    )
    assert found.status is P
    assert "no parameters" in str(found)


def test_a_parameter_that_decides_the_sign() -> None:
    def maker(c: R = R(1, 2), d: R = R(1, 3)) -> Game:
        return game(lambda s, a, z: (c - d) * s)

    verdict = all_sizes(maker).clauses["reward.monotone_s"]
    assert verdict.status is P
    assert verdict.scope == "c = 1/2, d = 1/3 only"
    verdict = all_sizes(maker, d=R(1)).clauses["reward.monotone_s"]
    assert verdict.status is R_
    assert "only" in verdict.scope


def test_a_reward_that_falls_from_some_size_on() -> None:
    found = all_sizes(game(lambda s, a, z: 7 * s - s**2))
    for clause in ("reward.monotone_s", "reward.max_monotone_s"):
        verdict = found.clauses[clause]
        # 7 - (2 s + 1) < 0 from s = 4 to s + 1 = 5 on
        assert (verdict.status, verdict.fails_from) == (R_, ((6, 2),))


def test_an_unknown_function_of_which_one_breaks_a_clause() -> None:
    p = decreasing("p", 0, 1)

    def transition(s: Any, a: Any, z: Any) -> Any:
        w = p(z.mean())
        return [(w, point(s + a).clip(0, 5)), (1 - w, point(s - a).clip(0, 5))]

    found = all_sizes(game(None, transition))
    assert found.clauses["kernel.monotone_s"].status is P
    verdict = found.clauses["kernel.monotone_a"]
    assert verdict.status is R_
    assert verdict.scope.startswith("some p")


def test_rising_in_z_for_no_function_that_falls() -> None:
    found = all_sizes(game(None, lambda s, a, z: [(exp(-z.mean() / 9), point(1)),
                                                  (1 - exp(-z.mean() / 9), point(0))]))  # fmt: skip
    assert statuses(found, KERNEL) == [P, P, R_, P, P]
    assert found.clauses["kernel.monotone_z"].fails_from == ((2, 2),)


def test_a_law_of_unknown_growth_with_moving_weight() -> None:
    def maker(states: int = 6, actions: int = 3) -> Game:
        return game(
            None,
            lambda s, a, z: [
                (exp(-z.mean()), uniform(range(states))),
                (1 - exp(-z.mean()), point(states - 1)),
            ],
            states=states,
            actions=actions,
        )

    found = all_sizes(maker)
    assert statuses(found, KERNEL) == [P, P, U, P, P]


@pytest.mark.parametrize(
    ("transition", "said"),
    [
        (lambda s, a, z: [(s / 6, point(s)), (1 - s / 6, point(0))], "depends on s or a"),
        (lambda s, a, z: ((s + a) - uniform([0, 1])).clip(0, 5).map(lambda x: x // 2), "top state"),
        (lambda s, a, z: point(s * a).clip(0, 5), "linear"),
        (lambda s, a, z: (point(s + a).clip(0, 5) - uniform([0, 1])).clip(0, 5), "top state"),
    ],
)
def test_kernels_of_other_forms_are_undecided(transition: Any, said: str) -> None:
    found = all_sizes(game(None, transition))
    assert U in statuses(found, KERNEL)
    assert any(said in found.clauses[c].how for c in KERNEL)


def test_kinks_and_jumps_in_weights_are_no_crash() -> None:
    def weight(m: Expr) -> Expr:
        return Piecewise((R(1, 4), m < 1), (R(1, 2), True))

    found = all_sizes(
        game(
            None,
            lambda s, a, z: [
                (weight(z.mean()), point(s + a).clip(0, 5)),
                (1 - weight(z.mean()), point(s)),
            ],
        )
    )
    assert found.clauses["kernel.increasing_differences"].status is not P


def test_wrong_use() -> None:
    with pytest.raises(BadInput, match="no parameters to set"):
        all_sizes(game(), states=3)
    with pytest.raises(BadInput, match="neither a Game"):
        all_sizes(3)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="something else"):
        all_sizes(lambda: 3)  # type: ignore[arg-type,return-value]
    with pytest.raises(TypeError, match="truth value"):
        bool(all_sizes(game()))


def test_kinked_weight_counts_as_a_formula() -> None:
    def maker(c: R = R(1, 10)) -> Game:
        i: Callable[[Any], Expr] = lambda z: c * Max(0, 1 - z.mean() / 20)  # noqa: E731
        return game(
            None,
            lambda s, a, z: [(i(z), point(0)), (1 - i(z), point(s + 1).min(2 * a).clip(0, 5))],
        )

    assert all_sizes(maker).status is P


def test_a_value_with_a_case_of_its_own_is_not_any_value() -> None:
    def maker(c: R = R(1, 2), d: R = R(1, 3)) -> Game:
        return game(lambda s, a, z: d * s if c == R(1, 2) else -d * s)

    verdict = all_sizes(maker).clauses["reward.monotone_s"]
    assert (verdict.status, verdict.scope) == (P, "every d > 0")


@pytest.mark.parametrize("value", [R(0), R(-1, 2)])
def test_a_parameter_that_is_not_positive_stays_as_it_is(value: R) -> None:
    def maker(c: R = value) -> Game:
        return game(lambda s, a, z: c * s)

    verdict = all_sizes(maker).clauses["reward.monotone_s"]
    assert (verdict.status, verdict.scope) == (P if value == 0 else R_, "")


def test_verdicts_that_check_contradicts_are_taken_back() -> None:
    replayed = replay(read_family(game(lambda s, a, z: -s, lambda s, a, z: point(s))))
    wrong = {
        "reward.monotone_s": SizeVerdict("reward.monotone_s", P, "by mistake"),
        "kernel.monotone_s": SizeVerdict("kernel.monotone_s", R_, "by mistake", ((3, 3),)),
        "reward.supermodular": SizeVerdict("reward.supermodular", P, "rightly"),
    }
    found = crosscheck(replayed, wrong)
    assert found.sizes == SIZES
    assert [v.status for v in found.clauses.values()] == [U, U, P]
    assert "contradicts" in found.clauses["reward.monotone_s"].how
