"""Slack by state and action: the same as by plain loops, never below 0 where proved."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from sympy import Piecewise, exp, sqrt
from sympy import Rational as R

from mfgcheck import Game, check, decreasing, gallery, point, product
from mfgcheck.verify.clauses import BY_ID, CLAUSES, Shape
from mfgcheck.verify.probe import probe
from mfgcheck.verify.slack import Slack, estimate_slack
from tests.golden.mutants import MUTANTS, Mutant
from tests.golden.test_mutants import game_of

Z = Mapping[Any, F]
ROUNDING = 1e-9


def slacks(game: Game) -> Mapping[str, Slack]:
    found, reason = estimate_slack(game, check(game).clauses.values())
    assert reason is None
    return found


# ---- by plain loops, from the game's own functions


def fields(game: Game) -> list[Z]:
    """All mass at one state, and mass spread evenly, as for clauses that are not refuted."""
    labels = game.states.labels
    return [*({x: F(1)} for x in labels), dict.fromkeys(labels, F(1, len(labels)))]


def moves(game: Game) -> Iterator[tuple[Z, Z]]:
    low, high = (part.tolist() for part in game.states.covers)
    one = fields(game)
    for x, y in zip(low, high, strict=True):
        yield one[x], one[y]
    yield one[0], one[-1]
    yield one[-1], one[-2]


def upper_sets(game: Game) -> list[frozenset[Any]]:
    states = game.states
    found = []
    for size in range(1, states.size):
        for chosen in itertools.combinations(range(states.size), size):
            inside = set(chosen)
            if all(y in inside for x in chosen for y in states.up_set(x).tolist()):
                found.append(frozenset(states.labels[x] for x in chosen))
    return found


def corners(game: Game, shape: Shape) -> Iterator[list[tuple[int, Any, Any]]]:
    """Signed corners, the lowest first, by coordinates in the product of all chains."""
    chains = game.states.chains + game.actions.chains
    of_states = len(game.states.chains)

    def pair(at: tuple[int, ...]) -> tuple[Any, Any]:
        names = [chain[i] for chain, i in zip(chains, at, strict=True)]
        s, a = names[:of_states], names[of_states:]
        return (s[0] if of_states == 1 else tuple(s)), (a[0] if len(a) == 1 else tuple(a))

    def up(at: tuple[int, ...], *factors: int) -> tuple[int, ...] | None:
        moved = tuple(i + (k in factors) for k, i in enumerate(at))
        return moved if all(i < len(c) for i, c in zip(moved, chains, strict=True)) else None

    steps = {
        Shape.PAIR_S: range(of_states),
        Shape.PAIR_A: range(of_states, len(chains)),
        Shape.PAIR: range(len(chains)),
    }
    for at in itertools.product(*(range(len(chain)) for chain in chains)):
        if shape is Shape.ROW:
            yield [(1, *pair(at))]
        elif shape is Shape.SQUARE:
            for i, j in itertools.combinations(range(len(chains)), 2):
                top, left, right = up(at, i, j), up(at, i), up(at, j)
                if top is not None and left is not None and right is not None:
                    yield [(1, *pair(at)), (-1, *pair(left)), (-1, *pair(right)), (1, *pair(top))]
        else:
            for i in steps[shape]:
                top = up(at, i)
                if top is not None:
                    yield [(-1, *pair(at)), (1, *pair(top))]


def by_loops(game: Game, clause: str, at: list[Z], over: list[tuple[Z, Z]]) -> np.ndarray:
    """The least value for each lowest corner; what is 0 at every mean field is passed over."""
    shape, kernel = BY_ID[clause].shape, BY_ID[clause].of_kernel
    best = clause == "reward.max_monotone_s"
    changes = clause in {
        "reward.increasing_differences",
        "kernel.monotone_z",
        "kernel.increasing_differences",
    }

    def measure(s: Any, a: Any, z: Z, inside: frozenset[Any]) -> float:
        if kernel:
            return float(sum(p for x, p in game.kernel_at(s, a, z).items() if x in inside))
        if best:
            return max(float(game.reward_at(s, b, z)) for b in game.actions.labels)
        return float(game.reward_at(s, a, z))

    sets = upper_sets(game) if kernel else [frozenset[Any]()]
    pairs = list(itertools.product(game.states.labels, game.actions.labels))
    if changes:
        moved = [
            (z, z2)
            for z, z2 in over
            if any(
                abs(measure(s, a, z2, u) - measure(s, a, z, u)) > ROUNDING
                for s, a in pairs
                for u in sets
            )
        ]
        over = moved or over
    found = np.full((game.states.size, 1 if best else game.actions.size), np.nan)
    for corner in corners(game, shape):

        def total(z: Z, u: frozenset[Any], parts: Any = corner) -> float:
            return sum(sign * measure(s, a, z, u) for sign, s, a in parts)

        least = []
        for u in sets:
            if changes:
                values = [total(z2, u) - total(z, u) for z, z2 in over]
            else:
                values = [total(z, u) for z in at]
            if any(abs(value) > ROUNDING for value in values):
                least.append(min(values))
        _, s, a = corner[0]
        place = game.states.index[s], 0 if best else game.actions.index[a]
        value = min(least, default=0.0)
        found[place] = np.fmin(found[place], value)
    return found


def walk() -> Game:
    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        up = (1 + a) * exp(-z.mean() / 2) / 8 + R(1, 4)
        stay = R(1, 4) * (1 + s) / 3
        return [(up, point(min(s + 1, 2))), (stay, point(s)), (1 - up - stay, point(0))]

    return Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: s * z.mean() - a * exp(-z.tail(1)) + s * a / R(3),
        transition=transition,
        discount="1/2",
        tremble="1/10",
    )


def plane() -> Game:
    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        up = R(1, 4) + z.tail((1, 1)) / 4
        return [(up, point((min(s[0] + 1, 2), min(s[1] + a, 1)))), (1 - up, point((0, 0)))]

    return Game(
        states=product(3, 2),
        actions=2,
        reward=lambda s, a, z: s[0] * a - s[0] * s[1] + z.mean(lambda x: x[0]) * s[1] / 3,
        transition=transition,
        discount="1/2",
        tremble="1/10",
    )


@pytest.mark.parametrize("make", [walk, plane], ids=["chain", "product"])
@pytest.mark.parametrize("clause", [clause.id for clause in CLAUSES])
def test_the_same_as_by_plain_loops(make: Any, clause: str) -> None:
    game = make()
    verdict = check(game, [clause]).clauses[clause]
    found, reason = estimate_slack(game, [verdict])
    assert reason is None
    at, over = fields(game), list(moves(game))
    if verdict.witness is not None:
        at = [verdict.witness.z]
        if verdict.witness.z2 is not None:
            at = [verdict.witness.z, verdict.witness.z2]
            over = [(at[0], at[1])]
    expected = by_loops(game, clause, at, over)
    assert np.allclose(found[clause].values, expected, rtol=0, atol=1e-12, equal_nan=True)


def test_both_verdicts_are_met_by_the_loops() -> None:
    statuses = {
        verdict.status.value for make in (walk, plane) for verdict in check(make()).clauses.values()
    }
    assert statuses == {"PROVED", "REFUTED"}


# ---- what a reader concludes from it


@pytest.mark.parametrize("name", gallery.names())
def test_what_is_proved_is_never_below_0_and_what_is_refuted_shows_its_value(name: str) -> None:
    game = gallery.make(name)
    report = check(game)
    found = slacks(game)
    assert set(found) == set(report.clauses)
    for clause, verdict in report.clauses.items():
        slack = found[clause]
        if verdict.status.value == "PROVED":
            assert not (slack.values < 0).any()
        if verdict.witness is not None:
            s, a = verdict.witness.corners[0]
            column = game.actions.index[a] if slack.values.shape[1] > 1 else 0
            shown = slack.values[game.states.index[s], column]
            assert shown == pytest.approx(float(verdict.witness.value), abs=1e-12)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.clause)
def test_the_one_clause_that_a_mutant_breaks_is_the_one_below_0(mutant: Mutant) -> None:
    found = slacks(game_of(mutant))
    below = [clause for clause, slack in found.items() if (slack.values < 0).any()]
    assert below == [mutant.clause]
    # The witness has the smallest upper set; another one may fail by more at the same corner.
    s, a = mutant.corners[0]
    assert found[mutant.clause].values[s, a] <= float(mutant.value) + 1e-12


def test_no_corner_starts_at_the_top() -> None:
    found = slacks(walk())
    assert np.isnan(found["reward.monotone_s"].values[-1]).all()
    assert np.isnan(found["kernel.monotone_a"].values[:, -1]).all()
    assert not np.isnan(found["kernel.monotone_z"].values).any()


def test_where_it_was_looked_is_said() -> None:
    found = slacks(gallery.make("infection-spread"))
    assert "counterexample, all mass at 0" in found["kernel.supermodular"].where
    assert "25 mean fields with all mass at one state" in found["reward.monotone_s"].where


def test_equal_numbers_that_floats_tell_apart_count_as_0() -> None:
    tenths = Game(
        states=4,
        actions=2,
        reward=lambda s, a, z: R(s, 10) * 3 + R(a, 10) * 7 + z.mean() / 3,
        transition=lambda s, a, z: {0: R(1, 3), 1: R(1, 3), 3: R(1, 3)},
        discount="1/2",
        tremble="1/10",
    )
    found = slacks(tenths)
    assert np.nan_to_num(found["reward.supermodular"].values).tolist() == [[0, 0]] * 4
    assert not np.nan_to_num(found["reward.increasing_differences"].values).any()


def test_families_have_no_numbers() -> None:
    p = decreasing("p", 0, 1)
    family = Game(
        states=3,
        actions=1,
        reward=lambda s, a, z: -p(s),
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    found, reason = estimate_slack(family, check(family).clauses.values())
    assert not found
    assert reason is not None
    assert "unknown functions" in reason


@pytest.mark.parametrize(
    ("states", "part"),
    [(product(15, 15), "upper sets"), (product(7, 7), "upper sets"), (5_000, "5000 states")],
    ids=["plane", "many sets", "long"],
)
def test_where_the_kernel_is_too_large_the_rewards_are_still_shown(states: Any, part: str) -> None:
    game = Game(
        states=states,
        actions=2,
        reward=lambda s, a, z: a,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    verdicts = check(game, ["reward.monotone_s", "kernel.monotone_s"]).clauses.values()
    found, reason = estimate_slack(game, verdicts)
    assert set(found) == {"reward.monotone_s"}
    assert part in str(reason)


def test_terms_without_a_value_are_gaps() -> None:
    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: s * (z.mean() + 10**400) / 10**80,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    for slack in slacks(game).values():
        assert not np.isinf(slack.values).any()


def test_one_state_or_one_action() -> None:
    for states, actions in ((1, 3), (3, 1), (1, 1)):
        game = Game(
            states=states,
            actions=actions,
            reward=lambda s, a, z: s + a,
            transition=lambda s, a, z: point(s),
            discount="1/2",
            tremble=0,
        )
        found = slacks(game)
        assert found["kernel.monotone_z"].values.shape == (states, actions)
        assert found["reward.max_monotone_s"].values.shape == (states, 1)


def test_a_large_game_is_looked_at_with_fewer_mean_fields() -> None:
    assert len(probe(walk()).laws) == 4
    assert len(probe(gallery.make("mturk")).laws) == 41


# ---- what floats alone would show wrong


def game(reward: Any, **changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 5,
        "actions": 2,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": 0,
    }
    return Game(reward=reward, **{**given, **changes})


def step(condition: Any) -> Any:
    return Piecewise((1, condition), (0, True))


@pytest.mark.parametrize("scale", [R(1, 3), sqrt(2), exp(R(1, 7))])
def test_jumps_are_decided_exactly_where_floats_miss_the_threshold(scale: Any) -> None:
    """At the even spread the high states have mass 2/5, the others 3/5: the reward is s always."""

    def reward(s: Any, a: Any, z: Any) -> Any:
        low = z.mean(lambda x: 1 if x < 3 else 0)
        return s * (1 - 2 * step(z.tail(3) >= R(2, 5)) + 2 * step(low <= R(3, 5)))

    made = game(reward)
    values = slacks(made)["reward.monotone_s"].values
    assert np.nan_to_num(values, nan=1.0).tolist() == [[1.0, 1.0]] * 5
    # An irrational aggregate is enclosed: the jump is told wherever it is not met exactly.
    away = game(lambda s, a, z: s * (1 + step(z.mean(lambda x: x * scale) >= R(1, 7))))
    assert slacks(away)["reward.monotone_s"].least == 1.0


def test_a_refuted_clause_shows_its_value_where_only_an_equality_fails() -> None:
    def reward(s: Any, a: Any, z: Any) -> Any:
        m = z.mean(lambda x: x / R(7))
        return s - 2 * s * step(m >= R(3, 10)) + 2 * s * step(m > R(3, 10))

    found = slacks(game(reward, states=10))
    assert found["reward.monotone_s"].values[0, 0] == -1.0
    assert found["reward.increasing_differences"].values[0, 0] == -2.0
    assert not any(slack.corrected for slack in found.values())


def test_where_floats_contradict_a_proof_there_are_no_numbers() -> None:
    made = game(lambda s, a, z: s)
    proved = check(game(lambda s, a, z: s + 1), ["reward.monotone_s"]).clauses.values()
    falling = game(lambda s, a, z: -s)
    found, _ = estimate_slack(falling, proved)  # stands for a game that floats get wrong
    slack = found["reward.monotone_s"]
    assert np.isnan(slack.values).all()
    assert slack.gap == "floating point cannot tell here"
    assert slacks(made)["reward.monotone_s"].gap == ""


def test_where_floats_miss_a_counterexample_its_exact_value_stands() -> None:
    slack = slacks(game(lambda s, a, z: 10**18 - R(s, 3)))["reward.monotone_s"]
    assert slack.corrected
    assert slack.values[0, 0] == pytest.approx(-1 / 3)


@pytest.mark.parametrize("sign", [1, -1])
def test_rounding_is_that_of_the_rows_compared_and_not_of_all(sign: int) -> None:
    """A forbidden action at one state does not hide a small slack elsewhere."""
    made = game(lambda s, a, z: sign * R(s, 100) - (10**13 if (a, s) == (1, 0) else 0), states=4)
    found = slacks(made)
    for clause in ("reward.monotone_s", "reward.max_monotone_s"):
        assert found[clause].values[:3, 0] == pytest.approx([sign / 100] * 3)
        assert not found[clause].corrected


def test_the_moves_that_are_used_are_counted() -> None:
    found = slacks(game(lambda s, a, z: s * z.tail(2)))
    assert "3 of 6 moves, those that change the reward" in (
        found["reward.increasing_differences"].where
    )
    assert "6 moves, none of which changes the kernel" in found["kernel.monotone_z"].where


def test_numbers_beyond_floats_and_nothing_to_compare_are_told_apart() -> None:
    huge = slacks(game(lambda s, a, z: s * R(15, 10) * 10**308))
    assert huge["reward.monotone_s"].gap == "no value in floating point"
    alone = slacks(game(lambda s, a, z: s, states=1))
    assert alone["reward.monotone_s"].gap == "nothing to compare"


def test_whatever_the_mean_field_the_one_that_is_looked_at_is_an_example() -> None:
    found = slacks(game(lambda s, a, z: -s))
    assert found["reward.monotone_s"].where.startswith("whatever the mean field, for example")
