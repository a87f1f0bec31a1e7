"""Tests without complementarities: against plain fractions, and with their limits shown."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction as Q
from typing import Any

import pytest
import sympy
from sympy import Max
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.equilibrium.alternatives.response import (
    Contraction,
    Monotonicity,
    constant_response,
    contraction,
    free_response,
    lasry_lions,
)
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.errors import BadInput
from mfgcheck.gallery import make
from mfgcheck.game.inequalities import Deadline
from mfgcheck.rigor.quadratic import Definite, definiteness
from mfgcheck.verify.verdict import Status

PROVED, REFUTED, UNDECIDED = Status.PROVED, Status.REFUTED, Status.UNDECIDED


def equilibrium_laws(game: Game) -> set[tuple[Q, ...]]:
    """The mean fields of all T-MFE of a game with a kernel free of z, strategy by strategy."""
    model = ExactModel.of(game)
    any_law = tuple(Q(int(s == 0)) for s in range(game.states.size))
    start = model.at(any_law)
    assert start is not None
    found = set()
    for strategy in itertools.product(range(game.actions.size), repeat=game.states.size):
        law = start.stationary(strategy).law
        assert law is not None
        stage = model.at(law)
        assert stage is not None
        q = stage.q_values(strategy)
        if all(row[a] == max(row) for row, a in zip(q, strategy, strict=True)):
            found.add(law)
    return found


def monotone_sum(game: Game, z: dict, z2: dict) -> Q:
    """sum over s of (r(s, a, z) - r(s, a, z2)) (z(s) - z2(s)), from the game's own function."""
    a = game.actions.labels[0]
    total = Q(0)
    for s in game.states.labels:
        change = game.reward_at(s, a, z) - game.reward_at(s, a, z2)
        total += Q(str(change)) * (Q(z.get(s, 0)) - Q(z2.get(s, 0)))
    return total


# Lasry and Lions


def trips(discount: str = "1/2", own: sympy.Rational = R(1, 100)) -> Game:
    """At home one may set out often on short trips, or seldom on long ones.

    Being away is worth 4/7 less the mass of all who are away, and each place suffers a little from
    its own crowd. A short trip takes one step, a long one eight on average.
    """

    def reward(s, a, z):  # type: ignore[no-untyped-def]
        away = z["short"] + z["long"]
        return int(s != "home") * (R(4, 7) - away) - own * z[s]

    def transition(s, a, z):  # type: ignore[no-untyped-def]
        if s == "short":
            return {"home": 1}
        if s == "long":
            return {"long": R(7, 8), "home": R(1, 8)}
        return (
            {"short": R(3, 4), "home": R(1, 4)}
            if a == "often"
            else {"long": R(1, 4), "home": R(3, 4)}
        )

    return Game(
        states=["home", "short", "long"],
        actions=["often", "seldom"],
        reward=reward,
        transition=transition,
        discount=discount,
        tremble="1/5",
    )


def test_strict_monotonicity_does_not_make_the_equilibrium_unique() -> None:
    # Impatient agents who like to be away set out often, and so are away less: 1/2 of the time
    # against 7/11. With 1/2 away it is good to be away (1/2 < 4/7), with 7/11 it is not
    # (7/11 > 4/7): either strategy is the best response to itself.
    found = lasry_lions(ExactModel.of(trips()))
    assert (found.status, found.monotone, found.unique) == (PROVED, PROVED, UNDECIDED)
    assert "does not make the T-MFE unique" in found.not_follows
    laws = equilibrium_laws(trips())
    assert laws == {(Q(1, 2), Q(3, 10), Q(1, 5)), (Q(4, 11), Q(3, 55), Q(32, 55))}
    first, second = (dict(zip(("home", "short", "long"), law, strict=True)) for law in laws)
    assert monotone_sum(trips(), first, second) < 0
    # The actions of either equilibrium are clearly the better ones.
    model = ExactModel.of(trips())
    gaps = []
    for law in laws:
        stage = model.at(law)
        assert stage is not None
        q = stage.best_response().q_values[0]
        gaps.append(abs(q[0] - q[1]))
    assert min(gaps) > Q(1, 200)


def test_what_strict_monotonicity_does_say_of_two_equilibria() -> None:
    # Of any two, agents are better off where there are fewer of them: v(d) >= (1 - gamma) v(u).
    game = trips()
    model = ExactModel.of(game)
    laws = sorted(equilibrium_laws(game))
    values, rewards = [], []
    for law in laws:
        stage = model.at(law)
        assert stage is not None
        q = stage.best_response().q_values
        values.append([Q(4, 5) * max(row) + Q(1, 5) * min(row) for row in q])
        rewards.append([row[0] for row in stage.reward])
    v = [x - y for x, y in zip(*laws, strict=True)]
    u = [x - y for x, y in zip(*values, strict=True)]
    d = [x - y for x, y in zip(*rewards, strict=True)]
    inner = sum(x * y for x, y in zip(v, d, strict=True))
    assert inner < 0
    assert inner >= Q(1, 2) * sum(x * y for x, y in zip(v, u, strict=True))


def test_patience_leaves_at_most_one_and_perhaps_none() -> None:
    claims, counts = [], []
    for discount in ("1/2", "9/10", "99/100"):
        game = trips(discount)
        found = lasry_lions(ExactModel.of(game))
        claims.append(found.unique)
        counts.append(len(equilibrium_laws(game)))
    assert claims == [UNDECIDED, UNDECIDED, PROVED]
    # Agents who set out seldom find home better, and the other way round: they would have to mix,
    # and the trembling hand does not.
    assert counts == [2, 0, 0]
    assert "not follow that there is a T-MFE" in found.not_follows
    # tau: short leads home, long stays away with 7/8
    assert found.theta == Q(1, 100) / (1 - Q(99, 100) * Q(7, 8))


def test_a_stronger_dislike_of_crowds_outweighs_a_higher_discount() -> None:
    claims = {
        (own, discount): lasry_lions(ExactModel.of(trips(discount, own))).unique
        for own in (R(1, 100), R(1, 2))
        for discount in ("1/2", "3/4")
    }
    assert list(claims.values()) == [UNDECIDED] * 3 + [PROVED]


def test_a_kernel_that_mixes_nothing_leaves_every_law_an_equilibrium() -> None:
    game = Game(2, 1, lambda s, a, z: -z[s], lambda s, a, z: {s: 1}, "1/2", 0)
    found = lasry_lions(ExactModel.of(game))
    assert (found.status, found.unique) == (PROVED, UNDECIDED)


def crowding(rng: random.Random, n: int, discount: str) -> Game:
    """A random game with a random kernel free of z, rewards r0(s, a) - z(s)."""
    actions = rng.choice([2, 3])
    table: dict = {}

    def number(*key: object) -> int:
        return table.setdefault(key, rng.randint(0, 6))

    def transition(s, a, z):  # type: ignore[no-untyped-def]
        parts = [1 + number("p", s, a, t) ** 2 for t in range(n)]
        return {t: R(part, sum(parts)) for t, part in enumerate(parts)}

    return Game(
        states=n,
        actions=actions,
        reward=lambda s, a, z: R(number("r", s, a), 60) - z[s],
        transition=transition,
        discount=discount,
        tremble=rng.choice(["0", "1/5", "1/2"]),
    )


@pytest.mark.parametrize("seed", range(25))
def test_uniqueness_is_claimed_only_where_brute_force_finds_no_two(seed: int) -> None:
    rng = random.Random(seed)
    game = crowding(rng, 2 + seed % 2, rng.choice(["1/2", "9/10"]))
    found = lasry_lions(ExactModel.of(game))
    assert found.status == PROVED
    if game.states.size == 2 or game.discount == Q(9, 10):
        assert found.unique == PROVED
    if found.unique == PROVED:
        assert len(equilibrium_laws(game)) <= 1
        assert "all T-MFE have the same mean field" in found.follows


def test_a_form_that_is_zero_or_positive_in_a_direction_shows_two_laws() -> None:
    def game(weight):  # type: ignore[no-untyped-def]
        return Game(
            3,
            2,
            lambda s, a, z: a * R(1, 5) - s * z.mean() + weight * s**2 * z[1],
            lambda s, a, z: {0: R(1, 3), 1: R(1, 3), 2: R(1, 3)},
            "1/2",
            "1/5",
        )

    weak = lasry_lions(ExactModel.of(game(0)))
    assert (weak.status, weak.monotone, weak.value) == (REFUTED, PROVED, 0)
    bad = lasry_lions(ExactModel.of(game(5)))
    assert (bad.status, bad.monotone) == (REFUTED, REFUTED)
    for found, made in ((weak, game(0)), (bad, game(5))):
        assert found.pair is not None
        z, z2 = found.pair
        assert sum(z) == sum(z2) == 1
        assert min(*z, *z2) >= 0
        assert z != z2
        assert monotone_sum(made, dict(enumerate(z)), dict(enumerate(z2))) == found.value
    assert bad.value is not None
    assert bad.value > 0


def test_monotonicity_is_not_asked_of_other_forms() -> None:
    reasons = {
        "infection-spread": "the kernel depends on the mean field",
        "coordination": "difference of two actions' rewards, in state -1",
    }
    for name, reason in reasons.items():
        found = lasry_lions(ExactModel.of(make(name)))
        assert found.status == REFUTED
        assert found.monotone == UNDECIDED
        assert reason in found.reason
    with pytest.raises(TypeError):
        bool(found)


def test_a_mean_field_that_only_seems_to_matter_is_seen_through() -> None:
    # a (z[0] + z[1]) is a: it couples nothing.
    game = Game(
        2,
        2,
        lambda s, a, z: a * (z[0] + z[1]) / 5 - z[s],
        lambda s, a, z: {0: R(1, 2) - R(a, 4), 1: R(1, 2) + R(a, 4)},
        "1/2",
        "1/5",
    )
    found = lasry_lions(ExactModel.of(game))
    assert (found.status, found.unique) == (PROVED, PROVED)


def test_kernels_with_irrational_constants_and_with_functions_of_the_mean_field() -> None:
    def game(up):  # type: ignore[no-untyped-def]
        def transition(s, a, z):  # type: ignore[no-untyped-def]
            return {1: up(z), 0: 1 - up(z)}

        return Game(2, 2, lambda s, a, z: R(a, 5) - z[s], transition, "1/2", "1/5")

    constant = lasry_lions(ExactModel.of(game(lambda z: sympy.exp(-1))))
    assert (constant.status, constant.unique) == (PROVED, UNDECIDED)
    moves = lasry_lions(ExactModel.of(game(lambda z: sympy.exp(-z[1]))))
    assert (moves.status, moves.monotone) == (REFUTED, UNDECIDED)
    assert "in row (s=0, a=0)" in moves.reason
    # It is the same at all vertices, and only written with z: not decided.
    same = lasry_lions(ExactModel.of(game(lambda z: z[0] ** 2 / 2 + z[0] * z[1] + z[1] ** 2 / 2)))
    assert (same.status, same.monotone) == (UNDECIDED, UNDECIDED)


def test_crowds_that_are_no_affine_functions() -> None:
    assert lasry_lions(ExactModel.of(make("beach-bar"))).status == PROVED

    def game(f):  # type: ignore[no-untyped-def]
        return Game(3, 1, lambda s, a, z: f(s, z), lambda s, a, z: {0: 1}, "1/2", 0)

    def outcome(f):  # type: ignore[no-untyped-def]
        found = lasry_lions(ExactModel.of(game(f)))
        return found.status, found.monotone

    assert outcome(lambda s, z: -s * z[s] ** 3 - z[s]) == (PROVED, PROVED)
    assert outcome(lambda s, z: -min(int(s), 1) * sympy.exp(z[s])) == (PROVED, PROVED)
    assert outcome(lambda s, z: -max(int(s) - 1, 0) * sympy.exp(z[s])) == (UNDECIDED, PROVED)
    assert outcome(lambda s, z: sympy.exp(z[s]))[1] == UNDECIDED
    assert outcome(lambda s, z: -sympy.exp(z[0]) * s)[1] == UNDECIDED


@pytest.mark.parametrize("seed", range(60))
def test_forms_against_their_minors(seed: int) -> None:
    rng = random.Random(seed)
    n = 1 + seed % 4
    half = [[rng.randint(-2, 2) for _ in range(n)] for _ in range(n)]
    if seed % 3 == 0:  # semidefinite: a square of lower rank
        rows = half[: max(1, n - 1)]
        form = [[sum(r[i] * r[j] for r in rows) for j in range(n)] for i in range(n)]
    else:
        form = [[half[i][j] + half[j][i] for j in range(n)] for i in range(n)]
        for i in range(n):
            form[i][i] += rng.choice([0, 2, 6])

    def minor(subset: tuple[int, ...]) -> int:
        return int(sympy.Matrix([[form[i][j] for j in subset] for i in subset]).det())

    leading = all(minor(tuple(range(k))) > 0 for k in range(1, n + 1))
    weak = all(
        minor(subset) >= 0
        for k in range(1, n + 1)
        for subset in itertools.combinations(range(n), k)
    )
    found = definiteness([[Q(x) for x in row] for row in form])
    expected = Definite.POSITIVE if leading else Definite.SEMI if weak else Definite.NOT
    assert found.kind is expected
    if found.direction is not None:
        x = found.direction
        value = sum(x[i] * form[i][j] * x[j] for i in range(n) for j in range(n))
        assert any(x)
        assert (value == 0) if weak else (value < 0)


def twins(transition: Any, reward: Any) -> Game:
    """A game whose actions 1 and 3 do exactly the same, as do 0 and 2."""
    return Game(
        3, 4, lambda s, a, z: reward(s, a % 2, z), lambda s, a, z: transition(s, a % 2, z), "1/2", 0
    )


def test_actions_that_do_the_same_are_no_tie() -> None:
    def up(s: Any, a: Any, z: Any) -> Any:
        return [(R(1, 2), s), (R(1, 4) + R(a, 4), 2), (R(1, 4) - R(a, 4), 0)]

    model = ExactModel.of(twins(up, lambda s, a, z: s))
    found = free_response(model)
    assert found.optimal == ((1,),) * 3
    assert found.strategy == (1, 1, 1)
    assert found.strategy == constant_response(model.tables)
    other = free_response(ExactModel.of(twins(up, lambda s, a, z: -s)))
    assert other.strategy == (0, 0, 0)


def test_actions_of_the_same_value_that_differ_are_a_tie() -> None:
    found = free_response(ExactModel.of(twins(lambda s, a, z: {a: 1}, lambda s, a, z: 0)))
    assert found.optimal == ((0, 1),) * 3
    assert found.strategy is None


def test_a_best_response_that_changes_among_twins_is_refuted() -> None:
    model = ExactModel.of(twins(lambda s, a, z: {s: 1}, lambda s, a, z: a * (z.mean() - 1)))
    assert free_response(model).status == REFUTED


# Contraction


def test_mturk_draws_together_by_nine_tenths() -> None:
    model = ExactModel.of(make("mturk"))
    response = free_response(model)
    assert response.status == PROVED
    assert response.strategy is not None
    found = contraction(model, response.strategy)
    assert (found.status, found.constant) == (PROVED, Q(9, 10))
    assert found.error(7) == 2 * Q(9, 10) ** 7
    assert "2 (9/10)^k" in found.follows
    k = found.steps(Q(1, 100))
    assert k is not None
    assert 2 * Q(9, 10) ** k <= Q(1, 100) < 2 * Q(9, 10) ** (k - 1)
    assert found.steps(Q(2)) == 0
    with pytest.raises(BadInput, match="positive"):
        found.steps(Q(0))


@pytest.mark.parametrize(
    ("constant", "accuracy", "steps"),
    [
        (Q(1, 2), Q(1, 4), 3),  # equality: 2 (1/2)^3 is 1/4
        (Q(1, 2), Q(1, 4) - Q(1, 10**40), 4),
        (Q(1, 10**400), Q(1), 1),
        (1 - Q(1, 10**20), Q(1), 69314718055994530942),
    ],
)
def test_steps_are_counted_exactly(constant: Q, accuracy: Q, steps: int) -> None:
    model = ExactModel.of(make("mturk", states=3))
    found = replace(contraction(model, (4, 4, 3)), constant=constant)
    assert found.steps(accuracy) == steps
    before, after = found.error(steps - 1), found.error(steps)
    assert before is not None
    assert after is not None
    assert after <= accuracy < before
    far = found.error(10**40)
    assert far is not None
    assert 0 < far < Q(1, 10**1000)
    with pytest.raises(BadInput, match="not be negative"):
        found.error(-1)


def test_the_error_bound_holds_along_the_path() -> None:
    game = make("mturk", states=6)
    model = ExactModel.of(game)
    strategy = free_response(model).strategy
    assert strategy is not None
    found = contraction(model, strategy)
    stage = model.stage({})
    assert stage is not None
    limit = stage.stationary(strategy).law
    assert limit is not None
    for start in range(6):
        law = read_law(game, {start: 1})
        for k in range(12):
            bound = found.error(k)
            assert bound is not None
            assert sum(abs(x - y) for x, y in zip(law, limit, strict=True)) <= bound
            law = stage.distribution(law, strategy)


def modulus(model: ExactModel, strategy: tuple[int, ...], m: Q, rate: list[list[Q]], span: Q) -> Q:
    """tau + max_s ||dK(s)||_1 span / 2 at one point, by plain fractions; rate is dK/dm."""
    stage = model.stage({model.aggregates[0]: m})
    assert stage is not None
    rows = stage.trembling_kernel(strategy)
    tau = max(
        sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2
        for p, q in itertools.combinations(rows, 2)
    )
    return tau + max(sum(map(abs, row)) for row in rate) * span / 2


@pytest.mark.parametrize("susceptibility", ["rational", "linear"])
@pytest.mark.parametrize("c_f", [R(1, 20), R(1, 10), R(1)])
def test_infection_spread_is_bounded_closely(susceptibility: str, c_f: sympy.Rational) -> None:
    game = make("infection-spread", susceptibility=susceptibility, c_f=c_f)
    strategy = (4,) * 21 + (3, 2, 1, 0)
    model = ExactModel.of(game)
    found = contraction(model, strategy)
    assert found.constant is not None
    # i moves the kernel at the same rate everywhere: K = K_0 + p(m) slope.
    ends = [model.stage({model.aggregates[0]: Q(m)}) for m in (0, 20)]
    p_change = Q(1, 2) if susceptibility == "rational" else Q(1)
    rows = [stage.trembling_kernel(strategy) for stage in ends if stage is not None]
    slope = [
        [(x - y) / p_change for x, y in zip(p, q, strict=True)] for p, q in zip(*rows, strict=True)
    ]
    best = Q(0)
    for m in (Q(k, 2) for k in range(49)):
        steep = Q(1, 20) / (1 + m / 20) ** 2 if susceptibility == "rational" else Q(1, 20)
        if susceptibility == "linear" and m > 20:
            steep = Q(0)
        rate = [[steep * x for x in row] for row in slope]
        best = max(best, modulus(model, strategy, m, rate, Q(24)))
    assert best <= found.constant
    assert found.constant <= best + Q(1, 1000) or best >= 1
    if best < 1:
        assert found.constant <= Q(9, 10) + Q(972, 1000) * Q(str(c_f))
    assert found.status == (PROVED if found.constant < 1 else UNDECIDED)
    assert found.status == PROVED or c_f == 1
    assert (found.error(3) is None) == (found.status != PROVED)


def test_the_default_infection_spread_draws_together() -> None:
    for c_f in (R(1, 20), R(1, 10)):
        for replacement in ("full", "state"):
            game = make("infection-spread", c_f=c_f, replacement=replacement)
            found = contraction(ExactModel.of(game), (4,) * 21 + (3, 2, 1, 0))
            assert found.constant is not None
            if replacement == "full":
                assert found.status == PROVED
                assert found.constant <= Q(9, 10) + Q(972, 1000) * Q(str(c_f))


@pytest.mark.parametrize("seed", range(12))
def test_two_laws_are_never_further_apart_than_the_bound(seed: int) -> None:
    rng = random.Random(seed)
    n = 3
    table: dict = {}

    def number(*key: object) -> int:
        return table.setdefault(key, rng.randint(0, 4))

    def transition(s, a, z):  # type: ignore[no-untyped-def]
        share = [z[0] * z[2], 1 - z[0] * z[2]]
        law: dict = {}
        for k, weight in enumerate(share):
            parts = [1 + number(s, a, k, t) for t in range(n)]
            for t, part in enumerate(parts):
                law[t] = law.get(t, 0) + weight * R(part, sum(parts))
        return law

    game = Game(n, 2, lambda s, a, z: a * z[1], transition, "1/2", "1/5")
    model = ExactModel.of(game)
    strategy = tuple(rng.randrange(2) for _ in range(n))
    found = contraction(model, strategy)
    assert found.constant is not None

    def law() -> tuple[Q, ...]:
        parts = [rng.randint(0, 5) for _ in range(n)]
        parts[rng.randrange(n)] += 1
        return tuple(Q(x, sum(parts)) for x in parts)

    def following(z: tuple[Q, ...]) -> tuple[Q, ...]:
        stage = model.at(z)
        assert stage is not None
        return stage.distribution(z, strategy)

    for _ in range(60):
        z, z2 = law(), law()
        before = sum(abs(x - y) for x, y in zip(z, z2, strict=True))
        after = sum(abs(x - y) for x, y in zip(following(z), following(z2), strict=True))
        assert after <= found.constant * before


def test_kernels_that_jump_or_are_too_steep_are_left_open() -> None:
    found = contraction(ExactModel.of(make("audit-d")), (0, 0))
    assert (found.status, found.constant) == (UNDECIDED, None)
    assert "jumps" in found.reason

    def game(up):  # type: ignore[no-untyped-def]
        return Game(
            2, 1, lambda s, a, z: s, lambda s, a, z: {1: up(z[1]), 0: 1 - up(z[1])}, "1/2", 0
        )

    steep = contraction(ExactModel.of(game(lambda m: sympy.sqrt(m) / 2)), (0, 0))
    assert (steep.status, steep.constant) == (UNDECIDED, None)
    assert "no finite bound" in steep.reason
    kink = contraction(ExactModel.of(game(lambda m: Max(m - R(1, 2), 0))), (0, 0))
    assert (kink.status, kink.constant) == (UNDECIDED, 1)
    assert kink.steps(Q(1, 2)) is None
    gentle = contraction(ExactModel.of(game(lambda m: Max(m - R(1, 2), 0) / 2)), (0, 0))
    assert (gentle.status, gentle.constant) == (PROVED, Q(1, 2))
    constant = contraction(ExactModel.of(game(lambda m: R(1, 3))), (0, 0))
    assert (constant.constant, constant.steps(Q(1, 10))) == (0, 1)
    with pytest.raises(BadInput, match="one action"):
        contraction(ExactModel.of(make("audit-d")), (0, 2))


# Free best response


def test_a_best_response_that_does_not_see_the_mean_field() -> None:
    found = free_response(ExactModel.of(make("audit-f")))
    assert found.status == PROVED
    assert (found.optimal, found.strategy) == (((1,), (1,)), (1, 1))
    ties = free_response(ExactModel.of(make("audit-e")))
    assert (ties.status, ties.optimal, ties.strategy) == (PROVED, ((0, 1), (0, 1)), None)


def test_one_that_changes_one_that_does_not_and_one_that_may() -> None:
    changes = free_response(ExactModel.of(make("coordination")))
    assert changes.status == REFUTED
    assert "in state -1" in changes.reason
    assert changes.strategy is None
    # In Infection Spread the kernel sees the mean, but the best response stays the same; with
    # logistic susceptibility it changes.
    same = free_response(ExactModel.of(make("infection-spread")))
    assert same.status == PROVED
    assert same.strategy == (4,) * 21 + (3, 2, 1, 0)
    game = make("infection-spread", susceptibility="logistic", c_f=R(1))
    irrational = free_response(ExactModel.of(game))
    assert (irrational.status, irrational.strategy) == (REFUTED, None)
    assert "lemma E1" in irrational.reason
    masses = free_response(ExactModel.of(make("beach-bar")))
    assert masses.status == REFUTED
    over = free_response(ExactModel.of(make("beach-bar")), Deadline(0))
    assert (over.status, over.reason) == (UNDECIDED, "the time is over")
    # A reward of state and mean field is not the same for all states: it does not count as free.
    game = Game(
        2,
        2,
        lambda s, a, z: s * z[1] - R(a, 10),
        lambda s, a, z: {1: R(1, 4) + R(a, 2), 0: R(3, 4) - R(a, 2)},
        "1/2",
        "1/5",
    )
    assert free_response(ExactModel.of(game)).status == REFUTED


def test_findings_name_their_theorem_and_their_limits() -> None:
    model = ExactModel.of(make("mturk", states=5))
    strategy = free_response(model).strategy
    assert strategy is not None
    findings = [free_response(model), lasry_lions(model), contraction(model, strategy)]
    assert isinstance(findings[1], Monotonicity)
    assert isinstance(findings[2], Contraction)
    for found in findings:
        assert found.theorem
        assert found.source
        assert found.reason
        assert found.not_follows
