"""Exact stages against a second implementation in plain fractions, and runs worked out by hand."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction as Q

import pytest
import sympy
from sympy import Rational as R

from mfgcheck import Game, product
from mfgcheck.equilibrium.exact.replay import Ending, exact_run
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.errors import BadInput, InvalidGame
from mfgcheck.gallery import make
from mfgcheck.rigor.chains import closed_classes, stationary


def solve(rows: list[list[Q]]) -> list[Q]:
    """Gauss-Jordan on an augmented regular matrix."""
    n = len(rows)
    for j in range(n):
        pivot = next(i for i in range(j, n) if rows[i][j])
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [x / rows[j][j] for x in rows[j]]
        for i in range(n):
            if i != j:
                rows[i] = [x - rows[i][j] * y for x, y in zip(rows[i], rows[j], strict=True)]
    return [row[-1] for row in rows]


class Plain:
    """A game at one mean field, read through its own functions: nothing of the traced form."""

    def __init__(self, game: Game, z: dict) -> None:
        self.S, self.A = game.states.labels, game.actions.labels
        self.gamma, self.eps = game.discount, game.tremble
        value = {(s, a): game.reward_at(s, a, z) for s in self.S for a in self.A}
        self.r = {key: Q(int(x.p), int(x.q)) for key, x in value.items()}
        self.p = {}
        for s, a in itertools.product(self.S, self.A):
            row = game.kernel_at(s, a, z)
            self.p[s, a] = [Q(str(row.get(t, 0))) for t in self.S]

    def weights(self, chosen: object) -> dict:
        n = len(self.A)
        return {a: 1 - self.eps if a == chosen else self.eps / (n - 1) for a in self.A}

    def values(self, strategy: dict) -> dict:
        rows = []
        for i, s in enumerate(self.S):
            w = self.weights(strategy[s])
            row = [sum(w[a] * self.p[s, a][j] for a in self.A) for j in range(len(self.S))]
            line = [int(i == j) - self.gamma * x for j, x in enumerate(row)]
            rows.append([*line, sum(w[a] * self.r[s, a] for a in self.A)])
        v = solve(rows)
        return {
            key: self.r[key] + self.gamma * sum(p * x for p, x in zip(self.p[key], v, strict=True))
            for key in self.r
        }

    def optimal_strategies(self) -> list[dict]:
        """All strategies under which no action is better than the one played, by brute force."""
        found = []
        for choice in itertools.product(self.A, repeat=len(self.S)):
            strategy = dict(zip(self.S, choice, strict=True))
            q = self.values(strategy)
            if all(q[s, strategy[s]] == max(q[s, a] for a in self.A) for s in self.S):
                found.append(strategy)
        return found


def random_game(rng: random.Random, kind: int) -> Game:
    """A game whose kernel and reward depend on a mass; labels and shapes by kind."""
    states = [3, ["low", "mid", "high"], product(2, ["x", "y"]), [5]][kind % 4]
    actions = [2, ["stay", "go", "run"], 1][kind % 3]
    laws: dict = {}
    count = rng.randint(1, 4)

    def number(*key: object) -> int:
        return laws.setdefault(key, rng.randint(0, count))

    def reward(s: object, a: object, z: object) -> object:
        labels = game_states.labels
        last = z[labels[-1]] if len(labels) > 1 else 0
        return R(number("r", s, a), 3) + R(number("m", s, a), 4) * last

    def transition(s: object, a: object, z: object) -> dict:
        labels = game_states.labels
        one = {t: number("p", s, a, t) + (t == labels[0]) for t in labels}
        two = {t: number("q", s, a, t) + (t == labels[-1]) for t in labels}
        m = z[labels[0]] if len(labels) > 1 else R(1, 2)
        return {
            t: m * R(one[t], sum(one.values())) + (1 - m) * R(two[t], sum(two.values()))
            for t in labels
        }

    from mfgcheck.game.orders import order_of

    game_states = order_of(states, "states")
    tremble = 0 if actions == 1 else ["0", "1/5", "1/2"][kind % 3 if actions == 2 else kind % 2]
    return Game(
        states=states,
        actions=actions,
        reward=reward,
        transition=transition,
        discount=["1/2", "9/10"][kind % 2],
        tremble=tremble,
    )


def random_law(rng: random.Random, game: Game) -> dict:
    parts = [rng.randint(0, 3) for _ in game.states.labels]
    parts[rng.randrange(len(parts))] += 1
    return {s: Q(x, sum(parts)) for s, x in zip(game.states.labels, parts, strict=True)}


@pytest.mark.parametrize("kind", range(36))
def test_best_responses_are_those_of_brute_force(kind: int) -> None:
    rng = random.Random(kind)
    game = random_game(rng, kind)
    z = random_law(rng, game)
    plain = Plain(game, z)
    stage = ExactModel.of(game).at(read_law(game, z))
    assert stage is not None
    response = stage.best_response()
    brute = plain.optimal_strategies()
    states, actions = game.states.labels, game.actions.labels
    named = [{actions[a] for a in options} for options in response.optimal]
    assert named == [{strategy[s] for strategy in brute} for s in states]
    q = plain.values(brute[0])
    shift = response.q_values[0][0] - q[states[0], actions[0]]
    assert [list(row) for row in response.q_values] == [
        [q[s, a] + shift for a in actions] for s in states
    ]
    gaps = [sorted(q[s, a] for a in actions) for s in states]
    assert response.gap == (None if len(actions) == 1 else min(g[-1] - g[-2] for g in gaps))
    start = tuple(rng.randrange(len(actions)) for _ in states)
    assert stage.best_response(start).optimal == response.optimal


@pytest.mark.parametrize("kind", range(12))
def test_next_law_and_stationary_law_are_what_they_are_by_hand(kind: int) -> None:
    rng = random.Random(100 + kind)
    game = random_game(rng, kind)
    z = random_law(rng, game)
    plain = Plain(game, z)
    law = read_law(game, z)
    stage = ExactModel.of(game).at(law)
    assert stage is not None
    actions = game.actions.labels
    strategy = tuple(rng.randrange(len(actions)) for _ in game.states.labels)
    kernel = []
    for s, a in zip(game.states.labels, strategy, strict=True):
        w = plain.weights(actions[a]) if len(actions) > 1 else {actions[0]: Q(1)}
        kernel.append(tuple(sum(w[b] * plain.p[s, b][j] for b in actions) for j in range(len(law))))
    assert stage.trembling_kernel(strategy) == tuple(kernel)
    after = [sum(p * row[j] for p, row in zip(law, kernel, strict=True)) for j in range(len(law))]
    assert list(stage.distribution(law, strategy)) == after
    found = stage.stationary(strategy)
    if found.law is not None:
        assert list(stage.distribution(found.law, strategy)) == list(found.law)
        assert sum(found.law) == 1
        assert min(found.law) >= 0


def test_closed_classes_of_a_kernel_with_transient_states_and_several_ends() -> None:
    half = Q(1, 2)
    rows = [
        (Q(0), half, Q(0), half),
        (Q(0), Q(0), Q(1), Q(0)),
        (Q(0), Q(1), Q(0), Q(0)),
        (Q(0), Q(0), Q(0), Q(1)),
    ]
    assert closed_classes(tuple(rows)) == ((1, 2), (3,))
    assert stationary(tuple(rows)).law is None
    rows[3] = (Q(0), Q(1, 3), Q(0), Q(2, 3))
    assert closed_classes(tuple(rows)) == ((1, 2),)
    assert stationary(tuple(rows)).law == (0, half, half, 0)  # periodic, and still unique


def test_a_reward_of_the_mean_field_alone_does_not_matter() -> None:
    game = make("infection-spread", susceptibility="rational")  # mean(immunity) is such a reward
    model = ExactModel.of(game)
    assert [game.scalars.aggregates[j].name for j in model.aggregates] == ["mean"]
    assert ExactModel.of(make("mturk", states=4)).aggregates == ()


def test_irrational_terms_are_refused_only_where_they_are_irrational() -> None:
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: a * sympy.sqrt(z[1]) + sympy.exp(z[0]),
        transition=lambda s, a, z: {1: R(1, 2), 0: R(1, 2)},
        discount="1/2",
        tremble=0,
    )
    model = ExactModel.of(game)
    stage = model.at(read_law(game, {1: "1/4", 0: "3/4"}))
    assert stage is not None
    assert stage.best_response().gap == Q(1, 2)
    assert model.at(read_law(game, {1: "1/2", 0: "1/2"})) is None
    assert exact_run(game, {1: "1/4", 0: "3/4"}).ending is Ending.IRRATIONAL


def test_aggregates_of_no_mean_field_are_refused() -> None:
    model = ExactModel.of(make("audit-c"))
    with pytest.raises(BadInput, match="no mean field"):
        model.stage({0: Q(2)})
    with pytest.raises(BadInput, match=r"z\[1\] is needed"):
        model.stage({})
    stage = model.stage({0: Q(1)})
    assert stage is not None
    with pytest.raises(BadInput, match="one action"):
        stage.q_values((0, 2))
    with pytest.raises(InvalidGame, match="sum to"):
        read_law(make("audit-c"), {0: "1/2"})


def test_too_large_a_tremble_is_refused() -> None:
    game = Game(
        states=1,
        actions=2,
        reward=lambda s, a, z: a,
        transition=lambda s, a, z: {0: 1},
        discount="1/2",
        tremble="3/4",
    )
    with pytest.raises(BadInput, match="tremble 3/4"):
        ExactModel.of(game)


def tails(run, k: int) -> tuple[Q, Q]:  # type: ignore[no-untyped-def]
    _, one, two = run.mean_fields[k]
    return one + two, two


def test_audit_b_cycles_with_clear_gaps() -> None:
    run = exact_run(make("audit-b"), {1: 1})
    assert run.ending is Ending.CYCLE
    assert (run.cycle_start, run.period) == (1, 2)
    assert [tails(run, k) for k in range(4)] == [
        (1, 0),
        (Q(23, 50), Q(23, 50)),
        (Q(47, 50), Q(1, 25)),
        (Q(23, 50), Q(23, 50)),
    ]
    assert run.cycle_gap == Q(21, 400)
    assert run.strategies[1:3] == ((1, 1, 1), (0, 0, 0))
    assert not any(run.tied)
    with pytest.raises(TypeError):
        bool(run)


def test_audit_b_has_other_limits_from_the_two_ends() -> None:
    low = exact_run(make("audit-b"), {0: 1})
    high = exact_run(make("audit-b"), {2: 1}, selection="sup")
    assert low.ending is high.ending is Ending.FIXED
    assert tails(low, -1) == (Q(23, 50), Q(1, 100))
    assert tails(high, -1) == (Q(47, 50), Q(49, 100))
    assert low.period == 1


def test_audit_c_climbs_towards_one_third_and_never_arrives() -> None:
    run = exact_run(make("audit-c"), {0: 1}, steps=30)
    assert [z[1] for z in run.mean_fields[:5]] == [0, Q(1, 4), Q(5, 16), Q(21, 64), Q(85, 256)]
    assert run.ending is Ending.STEPS
    assert (len(run.mean_fields), len(run.strategies)) == (31, 31)
    tie = exact_run(make("audit-c"), {1: "1/3", 0: "2/3"})
    assert (tie.ending, tie.tied[0], tie.gaps[0]) == (Ending.FIXED, (0, 1), 0)
    assert exact_run(make("audit-c"), {1: "1/3", 0: "2/3"}, "sup").mean_fields[1][1] == Q(7, 12)


def test_audit_d_halves_its_distance_to_the_jump() -> None:
    run = exact_run(make("audit-d"), {0: 1}, steps=12)
    assert [z[1] for z in run.mean_fields] == [Q(1, 2) - Q(1, 2 ** (k + 1)) for k in range(13)]


def oscillator(cost: sympy.Rational = R(3, 8)) -> Game:
    """Audit 2.6: modified T-BR cycles although T-BR converges at once."""
    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 2 + a * (z[1] / 2 - cost),
        transition=lambda s, a, z: {1: R(1, 4) + a / 2, 0: R(3, 4) - a / 2},
        discount="1/2",
        tremble="1/4",
    )


def test_modified_t_br_cycles_from_the_wrong_first_strategy() -> None:
    run = exact_run(oscillator(), {0: 1}, algorithm="modified", first={0: 1, 1: 1})
    assert [z[1] for z in run.mean_fields[:5]] == [0, Q(5, 8), Q(3, 8), Q(5, 8)]
    assert (run.ending, run.cycle_start, run.period) == (Ending.CYCLE, 1, 2)
    assert run.cycle_gap == Q(1, 16)
    right = exact_run(oscillator(), {0: 1}, algorithm="modified")
    assert (right.ending, right.mean_fields[-1][1]) == (Ending.FIXED, Q(3, 8))
    plain = exact_run(oscillator(), {0: 1})
    assert (plain.ending, plain.mean_fields[-1][1]) == (Ending.FIXED, Q(3, 8))


def test_modified_t_br_goes_on_where_only_the_mean_field_comes_back() -> None:
    # 5/8 comes back at once, but action 1 is not optimal there, so the next step plays action 0.
    run = exact_run(oscillator(R(1, 2)), {1: "5/8", 0: "3/8"}, "inf", "modified", first=(1, 1))
    assert [z[1] for z in run.mean_fields] == [Q(5, 8), Q(5, 8), Q(3, 8), Q(3, 8)]
    assert (run.ending, run.cycle_start, run.period) == (Ending.FIXED, 2, 1)
    back = exact_run(oscillator(), {1: "3/8", 0: "5/8"}, "inf", "modified", first=(1, 1))
    assert [z[1] for z in back.mean_fields] == [Q(3, 8), Q(5, 8), Q(3, 8)]
    assert (back.ending, back.cycle_start, back.period) == (Ending.CYCLE, 0, 2)


def test_numbers_that_grow_too_long_stop_a_run() -> None:
    run = exact_run(make("audit-c"), {0: 1}, steps=1000, max_bits=100)
    assert run.ending is Ending.LONG
    assert run.period is None
    assert run.cycle == ()


def test_options_that_are_none() -> None:
    game = make("audit-c")
    with pytest.raises(BadInput, match="inf or sup"):
        exact_run(game, {0: 1}, selection="best")
    with pytest.raises(BadInput, match="t-br or modified"):
        exact_run(game, {0: 1}, algorithm="newton")
    with pytest.raises(BadInput, match="modified T-BR only"):
        exact_run(game, {0: 1}, first=(0, 0))
    with pytest.raises(BadInput, match="no action for the state 1"):
        exact_run(game, {0: 1}, algorithm="modified", first={0: 0})
    with pytest.raises(BadInput, match="not an action"):
        exact_run(game, {0: 1}, algorithm="modified", first={0: 0, 1: 7})
