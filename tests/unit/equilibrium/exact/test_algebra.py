"""Exact ties and continua, worked out by hand, and random games against plain fractions."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction as Q

import flint
import pytest
import sympy
from sympy import Max, Piecewise
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.equilibrium.exact.algebra import Family, Zero, settle_exactly
from mfgcheck.equilibrium.exact.stage import ExactModel
from mfgcheck.gallery import make
from mfgcheck.rigor.roots import Root, count, interpolate, isolate, simplest

X = flint.fmpq_poly([0, 1])


def settle(game: Game, strategy: tuple[int, ...], low: object = 0, high: object = 1):  # type: ignore[no-untyped-def]
    return settle_exactly(ExactModel.of(game), strategy, Q(str(low)), Q(str(high)))


def two_states(up, gain, tremble: str = "1/4") -> Game:  # type: ignore[no-untyped-def]
    """S = A = {0, 1}: P(1) = up(a, m), free of s, r = s/2 + a gain(m); discount 1/2."""

    def transition(s, a, z):  # type: ignore[no-untyped-def]
        p = up(a, z[1])
        return {1: p, 0: 1 - p}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 2 + a * gain(z[1]),
        transition=transition,
        discount="1/2",
        tremble=tremble,
    )


def test_audit_c_has_an_equilibrium_on_the_tie() -> None:
    game = make("audit-c")
    low = settle(game, (0, 0))
    assert low.zeros == (Zero(Q(1, 3), Q(1, 3), True, ((0, 1), (1, 1))),)
    assert low.zeros[0].tie_states == (0, 1)
    high = settle(game, (1, 1))
    # P(1) = m/4 + 1/8 + (1/2)(3/4) = m at m = 2/3
    assert high.zeros == (Zero(Q(2, 3), Q(2, 3), True, ()),)
    assert settle(game, (0, 0), "2/5", 1).zeros == ()
    assert settle(game, (0, 0), "1/3", "1/3") == low
    assert settle(game, (0, 0), "-3", "-2").zeros == ()


def test_coordination_has_its_two_conventions_and_refuses_the_mixed_one() -> None:
    game = make("coordination")
    assert settle(game, (0, 0), -1, 1).zeros == (Zero(Q(-2, 5), Q(-2, 5), True, ()),)
    assert settle(game, (1, 1), -1, 1).zeros == (Zero(Q(2, 5), Q(2, 5), True, ()),)
    # Each keeps to its convention: P(1 | s) = 1/2 + s/8 + (3/5) s/4, so m = 0, which is the tie.
    kept = settle(game, (0, 1), -1, 1)
    assert [(zero.low, zero.tie_states) for zero in kept.zeros] == [(0, (0, 1))]


def test_a_tie_at_an_irrational_number_is_exact() -> None:
    # Greedy 0 plays action 1 with 1/4: P(1) = m - (m^2 - 1/2)/4, and the advantage of action 1 is
    # m^2 - 1/2: both vanish at m = sqrt(1/2).
    def up(a, m):  # type: ignore[no-untyped-def]
        return m - (m**2 - R(1, 2)) / 4 + (a - R(1, 4)) / 8

    game = two_states(up, lambda m: m**2 - R(1, 2) - R(1, 32))
    (zero,) = settle(game, (0, 0)).zeros
    assert zero.optimal
    assert zero.ties == ((0, 1), (1, 1))
    assert zero.low < zero.high < zero.low + Q(1, 10**11)
    assert zero.low**2 < Q(1, 2) < zero.high**2
    # A shift by 1e-30 destroys it on one side and frees it from the tie on the other.
    tiny = R(1, 10**30)
    worse = two_states(up, lambda m: m**2 - R(1, 2) - R(1, 32) + tiny)
    assert [z.optimal for z in settle(worse, (0, 0)).zeros] == [False]
    better = two_states(up, lambda m: m**2 - R(1, 2) - R(1, 32) - tiny)
    assert [(z.optimal, z.ties) for z in settle(better, (0, 0)).zeros] == [(True, ())]


def test_a_continuum_where_every_law_repeats_itself() -> None:
    game = two_states(lambda a, m: m, lambda m: m / 3 - R(1, 7))
    low, high = settle(game, (0, 0)), settle(game, (1, 1))
    assert low.families == (Family((Q(0), Q(0)), (Q(3, 7), Q(3, 7))),)
    assert high.families == (Family((Q(3, 7), Q(3, 7)), (Q(1), Q(1))),)
    assert low.zeros == high.zeros == ()
    # One state each: gaps of both signs but for the tie itself, which stands alone.
    (alone,) = settle(two_states(lambda a, m: m, lambda m: (m - R(1, 3)) ** 2), (0, 0)).zeros
    assert (alone.low, alone.high, alone.optimal) == (Q(1, 3), Q(1, 3), True)
    # Ends that are no rational numbers are enclosed.
    (family,) = settle(two_states(lambda a, m: m, lambda m: m**2 - R(1, 2)), (0, 0)).families
    assert family.high[0] ** 2 < Q(1, 2) < family.high[1] ** 2
    assert family.high[1] - family.high[0] <= Q(1, 10**12)


def test_a_continuum_goes_on_through_a_kink_and_is_broken_where_an_action_is_better() -> None:
    game = two_states(lambda a, m: m, lambda m: Max(m - R(1, 4), 0) - 1)
    assert settle(game, (0, 0)).families == (Family((Q(0), Q(0)), (Q(1), Q(1))),)
    broken = two_states(lambda a, m: m, lambda m: R(1, 100) - Max(m - R(1, 4), R(1, 4) - m))
    assert settle(broken, (0, 0)).families == (
        Family((Q(0), Q(0)), (Q(6, 25), Q(6, 25))),
        Family((Q(13, 50), Q(13, 50)), (Q(1), Q(1))),
    )


def test_jumps_are_cut_out() -> None:
    # The map m -> m/2 + 1/4 below 1/2 and 3/4 above misses the diagonal below, and meets it at 3/4.
    found = settle(make("audit-d"), (0, 0))
    assert [(z.low, z.optimal) for z in found.zeros] == [(Q(3, 4), True)]
    alone = two_states(
        lambda a, m: Piecewise((R(1, 2), sympy.Eq(m, R(1, 2))), (R(1, 4) + m / 4, True)),
        lambda m: m - 2,
    )
    assert [z.low for z in settle(alone, (0, 0)).zeros] == [Q(1, 3), Q(1, 2)]


def test_rational_functions_are_multiplied_out() -> None:
    game = two_states(lambda a, m: 1 / (1 + m), lambda m: 1 / (2 + m) - 1)
    (zero,) = settle(game, (0, 0)).zeros  # m (1 + m) = 1
    assert zero.low**2 + zero.low < 1 < zero.high**2 + zero.high
    assert zero.optimal


def test_several_stationary_laws_are_refused() -> None:
    def transition(s, a, z):  # type: ignore[no-untyped-def]
        leave = Max(z[1] - R(1, 2), 0)
        return {s: 1 - leave, 1 - s: leave}

    game = Game(2, 2, lambda s, a, z: a * z[1], transition, "1/2", "1/4")
    assert settle(game, (1, 1)) is None
    assert settle(game, (1, 1), "51/100", 1).zeros == ()
    assert settle(game, (1, 1), "1/2", 1) is None


def test_a_kernel_that_falls_apart_at_one_inner_point_is_refused() -> None:
    # Nobody moves at m = 1/2, so every law is stationary there, and (1/2, 1/2) a T-MFE as well.
    def transition(s, a, z):  # type: ignore[no-untyped-def]
        leave = (z[1] - R(1, 2)) ** 2 * (1 + s)
        return {s: 1 - leave, 1 - s: leave}

    game = Game(2, 2, lambda s, a, z: -a, transition, "1/2", "1/4")
    assert settle(game, (0, 0)) is None
    assert settle(game, (0, 0), "1/3", "2/3") is None
    # The law is (2/3, 1/3) everywhere else.
    assert [zero.low for zero in settle(game, (0, 0), 0, "49/100").zeros] == [Q(1, 3)]


def test_a_pole_within_is_refused() -> None:
    # (m^2 - 1/4)/(m - 1/2) = m + 1/2 but at 1/2, where the game says nothing.
    def gain(m):  # type: ignore[no-untyped-def]
        return m**2 / (m - R(1, 2)) - R(1, 4) / (m - R(1, 2))

    assert settle(two_states(lambda a, m: (1 + m) / 3, gain), (1, 1)) is None


def test_a_polynomial_of_full_degree_gets_enough_points() -> None:
    # A chain 0 - 1 - 2 with rates (1-m)/4 (from 0 and 1 down), m/4 and m/2: D is a multiple of
    # m (1 - m), which is 0 at two of the first points, and F one of m (1 - m) (2/5 - m).
    def transition(s, a, z):  # type: ignore[no-untyped-def]
        m = z.mean(lambda x: R(x, 2))
        up, down = ((1 - m) / 4, m / 4, 0)[s], (0, (1 - m) / 4, m / 2)[s]
        law = {s: 1 - up - down}
        if s < 2:
            law[s + 1] = up
        if s > 0:
            law[s - 1] = down
        return law

    game = Game(3, 1, lambda s, a, z: s, transition, "1/2", 0)
    found = settle(game, (0, 0, 0), "1/8", "7/8")
    assert found.zeros == (Zero(Q(2, 5), Q(2, 5), True, ()),)


def test_what_is_not_rational_or_not_one_number_is_refused() -> None:
    smooth = two_states(lambda a, m: sympy.exp(-m), lambda m: m)
    assert settle(smooth, (0, 0)) is None
    assert settle(make("audit-b"), (0, 0, 0)) is None  # two tails
    assert settle(make("mturk", states=4), (0, 0, 0, 0)) is None  # none
    irrational = Game(
        2,
        2,
        lambda s, a, z: a * z.mean(lambda x: sympy.sqrt(2) * x),
        lambda s, a, z: {0: R(1, 2), 1: R(1, 2)},
        "1/2",
        "1/4",
    )
    assert settle(irrational, (0, 0)) is None


def test_two_names_of_one_number() -> None:
    # z[0] and z[1] are both used, but one tells the other.
    game = Game(
        2,
        2,
        lambda s, a, z: s / 2 + a * (z[1] / 2 - R(7, 24)),
        lambda s, a, z: {1: z[1] / 4 + R(1, 8) + a / 2, 0: R(7, 8) - (1 - z[0]) / 4 - a / 2},
        "1/2",
        "1/4",
    )
    assert [z.tie_states for z in settle(game, (0, 0)).zeros] == [(0, 1)]


def test_twins_of_the_action_played_are_no_ties() -> None:
    game = Game(
        2,
        ["up", "again", "down"],
        lambda s, a, z: -R(int(a == "down"), 5),
        lambda s, a, z: {1: z[1] / 2 + R(1, 4), 0: R(3, 4) - z[1] / 2},
        "1/2",
        "1/4",
    )
    (zero,) = settle(game, (1, 0)).zeros
    assert (zero.low, zero.optimal, zero.ties) == (Q(1, 2), True, ())


# Random games


def plain(game: Game, strategy: tuple[int, ...], m: Q) -> tuple[Q, list[Q]]:
    """(pi(phi) - m, all gaps) at m = z[last], by plain fractions and the game's own functions."""
    labels, actions = game.states.labels, game.actions.labels
    z = {labels[0]: 1 - m, labels[-1]: m}
    n, eps = len(labels), game.tremble
    rows = {}
    for s in labels:
        for a in actions:
            law = game.kernel_at(s, a, z)
            rows[s, a] = [Q(str(law.get(t, 0))) for t in labels]
    reward = {k: Q(str(game.reward_at(*k, z))) for k in rows}

    def mix(s, chosen, value):  # type: ignore[no-untyped-def]
        w = [1 - eps if b == chosen else eps / (len(actions) - 1) for b in range(len(actions))]
        return sum(p * value(s, a) for p, a in zip(w, actions, strict=True))

    kernel = [
        [mix(s, c, lambda s, a, j=j: rows[s, a][j]) for j in range(n)]
        for s, c in zip(labels, strategy, strict=True)
    ]
    r = [mix(s, c, lambda s, a: reward[s, a]) for s, c in zip(labels, strategy, strict=True)]
    law = gauss(
        [[int(i == j) - kernel[i][j] for i in range(n)] + [Q(0)] for j in range(n - 1)]
        + [[Q(1)] * (n + 1)]
    )
    v = gauss(
        [[int(i == j) - game.discount * kernel[i][j] for j in range(n)] + [r[i]] for i in range(n)]
    )
    gaps = []
    for s, c in zip(labels, strategy, strict=True):
        q = [
            reward[s, a] + game.discount * sum(p * x for p, x in zip(rows[s, a], v, strict=True))
            for a in actions
        ]
        gaps += [q[c] - x for b, x in enumerate(q) if b != c]
    return law[-1] - m, gaps


def gauss(rows: list[list[Q]]) -> list[Q]:
    n = len(rows)
    for j in range(n):
        pivot = next(i for i in range(j, n) if rows[i][j])
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [x / rows[j][j] for x in rows[j]]
        for i in range(n):
            if i != j and rows[i][j]:
                rows[i] = [x - rows[i][j] * y for x, y in zip(rows[i], rows[j], strict=True)]
    return [row[-1] for row in rows]


def random_game(rng: random.Random) -> Game:
    n, actions = rng.choice([2, 3]), rng.choice([2, 3])
    table: dict = {}

    def number(*key: object) -> int:
        return table.setdefault(key, rng.randint(0, 5))

    def reward(s, a, z):  # type: ignore[no-untyped-def]
        m = z[n - 1]
        return (
            R(number("r", s, a), 5)
            + m * R(number("l", s, a) - 2, 3)
            + m**2 * R(number("k", s, a) - 2, 3)
        )

    def transition(s, a, z):  # type: ignore[no-untyped-def]
        m = z[n - 1]
        share = [m**2, 2 * m * (1 - m), (1 - m) ** 2]
        law: dict = {}
        for k, weight in enumerate(share):
            parts = [1 + number("p", s, a, k, t) ** 2 for t in range(n)]
            for t, part in enumerate(parts):
                law[t] = law.get(t, 0) + weight * R(part, sum(parts))
        return law

    return Game(n, actions, reward, transition, "2/3", rng.choice(["0", "1/5", "1/2"]))


@pytest.mark.parametrize("seed", range(40))
def test_random_games_against_plain_fractions(seed: int) -> None:
    rng = random.Random(seed)
    game = random_game(rng)
    strategy = tuple(rng.randrange(game.actions.size) for _ in range(game.states.size))
    found = settle(game, strategy)
    assert found.families == ()
    grid = [Q(k, 40) for k in range(41)]
    signs = [plain(game, strategy, x)[0] > 0 for x in grid]
    changes = sum(a != b for a, b in itertools.pairwise(signs))
    assert changes % 2 == 1  # the map takes [0, 1] into its inside
    assert len(found.zeros) >= changes
    assert (len(found.zeros) - changes) % 2 == 0
    for zero in found.zeros:
        before, _ = plain(game, strategy, zero.low)
        after, gaps = plain(game, strategy, zero.high)
        assert before * after < 0 or before == after == 0
        same = game.tremble == Q(game.actions.size - 1, game.actions.size)  # one strategy in all
        assert zero.optimal == (same or min(gaps) >= 0)
        assert zero.ties == ()


# Roots


def test_roots_are_counted_and_kept_apart() -> None:
    p = (X - 1) ** 3 * (X - flint.fmpq(1, 2)) * (X**2 - 2) * (X**2 + 1)
    assert count(p, Q(0), Q(2)) == 3
    assert count(p, Q(1, 2), Q(1)) == 0  # both ends are roots
    found = isolate(p, Q(0), Q(2))
    assert [count(root.polynomial, root.low, root.high) for root in found if not root.exact] == [
        1
    ] * sum(root.exact is None for root in found)
    exact = [root.refined(Q(1, 100)).simplified().exact for root in found]
    assert exact == [Q(1, 2), 1, None]
    assert all(a.high <= b.low for a, b in itertools.pairwise(found))
    assert isolate(p, Q(1), Q(1)) == []
    with pytest.raises(ValueError, match="every number"):
        isolate(flint.fmpq_poly([0]), Q(0), Q(1))


def test_signs_at_an_irrational_root() -> None:
    (root,) = isolate(X**2 - 2, Q(0), Q(2))
    assert root.sign(X**4 - 4) == 0
    assert root.sign(X - flint.fmpq(141421356237, 100000000000)) == 1
    assert root.sign(X - flint.fmpq(141421356238, 100000000000)) == -1
    assert root.sign(flint.fmpq_poly([-3])) == -1
    assert root.sign(flint.fmpq_poly([0])) == 0
    # It shares a factor with the root's polynomial, but not this root.
    (low, high) = isolate((X**2 - 2) * (X - 5), Q(0), Q(6))
    assert (low.sign(X - 5), high.sign(X - 5), high.sign(X**2 - 2)) == (-1, 0, 1)
    assert Root(X - 5, Q(5), Q(5)).sign(X - 6) == -1


def test_interpolation_and_the_simplest_number() -> None:
    p = X**3 - 2 * X + flint.fmpq(1, 3)
    points = [Q(k, 2) for k in range(5)]
    assert interpolate(points, [p(flint.fmpq(x.numerator, x.denominator)) for x in points]) == p
    assert simplest(Q(-7, 2), Q(-10, 3)) == Q(-7, 2)
    assert simplest(Q(-1, 3), Q(1, 5)) == 0
    assert simplest(Q(31, 100), Q(35, 100)) == Q(1, 3)
    assert simplest(Q(2, 3), Q(2, 3)) == Q(2, 3)
