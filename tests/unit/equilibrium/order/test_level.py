"""Whether next laws keep the order of mean fields: against dense floats, and replayed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, check, gallery
from mfgcheck.equilibrium.exact.stage import ExactModel, read_law
from mfgcheck.equilibrium.order.level import order_preserving, unique_by_order
from mfgcheck.errors import BadInput
from mfgcheck.game.orders import product
from mfgcheck.report.blocks import Paragraph
from mfgcheck.verify.verdict import Status
from tests.unit.equilibrium.games import plain, trembling, values
from tests.unit.equilibrium.order_games import Plain, ordered_pairs, random_plain, rational_pairs

LOGISTIC = {"susceptibility": "logistic", "c_f": R(1)}

PROVED: list[tuple[str, dict[str, Any]]] = [
    ("infection-spread", {}),
    ("infection-spread", {"c_f": R(1, 20)}),
    ("infection-spread", {"replacement": "state"}),
    ("infection-spread", {"replacement": "state", "c_f": R(1, 20)}),
    # These satisfy Definition 1, which the proof does not use; their strategies change with z.
    ("audit-c", {}),
    ("coordination", {}),
    ("coordination", {"h": R(1, 10)}),
    ("two-lotteries", {}),
    ("capped-health", {}),
    ("audit-d", {}),  # jumps
    ("audit-e", {}),  # ties everywhere
    ("adoption-birth-death", {}),  # fails Definition 1
]


@pytest.mark.parametrize(("name", "parameters"), PROVED)
def test_these_games_are_proved_without_definition_1(name: str, parameters: dict[str, Any]) -> None:
    verdict = order_preserving(gallery.make(name, **parameters))
    assert verdict.status is Status.PROVED, verdict.sentence
    assert verdict.witness is None
    assert verdict.brackets
    if name == "infection-spread":
        assert verdict.strategies == 1
        assert "one strategy is best at all mean fields" in verdict.method


SMALL: list[tuple[str, dict[str, Any], int]] = [
    ("infection-spread", {"states": 6}, 12),
    ("capped-health", {"states": 7}, 12),
    ("adoption-birth-death", {}, 12),
    ("two-lotteries", {}, 2),
    ("audit-c", {}, 30),
]


@pytest.mark.parametrize(("name", "parameters", "count"), SMALL)
def test_proved_games_agree_with_dense_floats(
    name: str, parameters: dict[str, Any], count: int
) -> None:
    game = gallery.make(name, **parameters)
    assert order_preserving(game).status is Status.PROVED
    for pair in rational_pairs(np.random.default_rng(5), game.states.size, count):
        tails = []
        for law in pair:
            reward, kernel = plain(game, dict(zip(game.states.labels, law, strict=True)))
            strategy = values(game, reward, kernel).argmax(axis=1)
            after = np.array(law, dtype=float) @ trembling(game, kernel, strategy)
            tails.append(np.cumsum(after[::-1]))
        # Ties occur at single aggregates only, and with them, too, the order is kept.
        assert np.all(tails[0] <= tails[1] + 1e-9), pair


def test_definition_1_is_enough() -> None:
    game = gallery.make("audit-b")  # two aggregates, a strategy that changes
    assert order_preserving(game).status is Status.UNDECIDED
    verdict = order_preserving(game, check(game))
    assert verdict.status is Status.PROVED
    assert "Definition 1" in verdict.method
    assert verdict.brackets


def test_a_report_on_another_game_or_on_some_clauses_proves_nothing() -> None:
    game, other = gallery.make("audit-b"), gallery.make("audit-c")
    assert order_preserving(game, check(other)).status is Status.UNDECIDED
    part = check(game, ["reward.monotone_s"])
    assert order_preserving(game, part).status is Status.UNDECIDED


REFUTED: list[tuple[str, dict[str, Any]]] = [
    ("infection-spread", LOGISTIC),
    ("infection-spread", {**LOGISTIC, "replacement": "state"}),
    ("beach-bar", {}),
    ("sis", {}),
]


@pytest.mark.parametrize(("name", "parameters"), REFUTED)
def test_these_games_are_refuted_and_the_pair_replays(
    name: str, parameters: dict[str, Any]
) -> None:
    game = gallery.make(name, **parameters)
    verdict = order_preserving(game)
    assert verdict.status is Status.REFUTED
    fall = verdict.witness
    assert fall is not None
    assert fall.upper < -0.0192
    assert fall.replay(game) == fall.value
    _is_a_fall(game, fall)


def _is_a_fall(game: Game, fall: Any) -> None:
    """The pair is ordered, the actions are the best ones, and the mass falls: written out."""
    states = game.states.labels
    index = {x: i for i, x in enumerate(states)}
    assert sum(fall.z.values()) == sum(fall.z2.values()) == 1
    for j in range(len(states)):
        low, high = (sum(p for x, p in z.items() if index[x] >= j) for z in (fall.z, fall.z2))
        assert low <= high
    masses = []
    for z, actions in ((fall.z, fall.actions), (fall.z2, fall.actions2)):
        reward, kernel = plain(game, z)
        q = values(game, reward, kernel)
        strategy = q.argmax(axis=1)
        for x in z:
            assert game.actions.labels[strategy[index[x]]] == actions[x]
            ordered = np.sort(q[index[x]])
            assert ordered[-1] - ordered[-2] > 1e-9
        law = np.array([float(z.get(x, 0)) for x in states]) @ trembling(game, kernel, strategy)
        masses.append(sum(law[index[x]] for x in fall.upper_set))
    assert masses[1] - masses[0] == pytest.approx(float(fall.value), abs=1e-9)


def test_a_rational_fall_by_exact_best_responses() -> None:
    game = gallery.make("sis")
    fall = order_preserving(game).witness
    assert fall is not None
    model = ExactModel.of(game)
    after = []
    for z, actions in ((fall.z, fall.actions), (fall.z2, fall.actions2)):
        law = read_law(game, z)
        stage = model.at(law)
        assert stage is not None
        answer = stage.best_response()
        for x, action in actions.items():
            assert answer.optimal[game.states.index[x]] == (game.actions.index[action],)
        new = stage.distribution(law, answer.lowest)
        after.append(sum(new[game.states.index[x]] for x in fall.upper_set))
    assert after[1] - after[0] == Fraction(str(fall.value))


def test_the_words_of_a_fall() -> None:
    fall = order_preserving(gallery.make("infection-spread", **LOGISTIC)).witness
    assert fall is not None
    for part in ("a higher mean field", "gives them only", "the best action is 4 with the first"):
        assert part in fall.text
    assert fall.to_dict()["value"]["upper"] < 0  # type: ignore[index]


def test_random_games_against_dense_floats() -> None:
    rng = np.random.default_rng(11)
    seen = {status: 0 for status in Status}
    several = 0
    for _ in range(120):
        data = random_plain(rng)
        game = data.game()
        verdict = order_preserving(game, max_boxes=400)
        seen[verdict.status] += 1
        if verdict.status is Status.REFUTED:
            _is_a_fall(game, verdict.witness)
        elif verdict.status is Status.PROVED:
            several += (verdict.strategies or 2) > 1
            _no_fall(data, rng)
    assert seen[Status.PROVED] > 15
    assert seen[Status.REFUTED] > 15
    assert several > 3  # of the proved ones some have strategies that change


def _no_fall(data: Plain, rng: np.random.Generator) -> None:
    phi = data.phi / 12
    for z, z2 in ordered_pairs(rng, len(phi), 40):
        tails, tied = [], False
        for law in (z, z2):
            m = float(phi @ law)
            q = np.sort(data.q_values(m), axis=1)
            tied |= bool((q[:, -1] - q[:, -2]).min() < 1e-7)
            tails.append(law @ data.next_tails(m, data.q_values(m).argmax(axis=1)))
        assert tied or np.all(tails[0] <= tails[1] + 1e-9), (z, z2)


@pytest.mark.parametrize(("slope", "status"), [(R(1, 4), "PROVED"), (R(1, 16), "REFUTED")])
def test_a_rise_in_the_mean_field_makes_up_for_a_fall_in_the_state(slope: R, status: str) -> None:
    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(1, 2) - s / 8 + slope * z[1]  # from state 0 to 1: -1/8 + slope
        return {0: 1 - up, 1: up}

    game = Game(2, 1, lambda s, a, z: s, transition, "1/2", 0)
    verdict = order_preserving(game)
    assert verdict.status.value == status
    assert "rises with the state" not in verdict.method


def congestion(strength: int = 1) -> Game:
    """The chance of the upper state rises with the state and falls with the crowd there."""

    def transition(s: Any, a: Any, z: Any) -> dict[int, Any]:
        up = R(3, 8) + R(1, 4) * s + R(1, 4) * a - strength * z[1] / 8
        return {0: 1 - up, 1: up}

    return Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s / 2 + a * (R(1, 8) - z[1] / 2),
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )


def test_congestion_has_one_aggregate_at_most() -> None:
    verdict = unique_by_order(congestion())
    assert verdict.status is Status.PROVED, verdict.sentence
    assert "Light" in verdict.theorem
    # It is a claim about T-MFE: no selection is spoken of, and no path of T-BR is bracketed.
    start = "T-MFE have one value of the aggregate at most, whichever best responses they play"
    assert verdict.sentence.startswith(f"{start}: PROVED (the next law falls")
    assert verdict.selections is None
    assert not verdict.brackets
    assert verdict.to_dict()["selections"] is None
    texts = [block.text for block in verdict.blocks() if isinstance(block, Paragraph)]
    assert texts == [f"{verdict.sentence}."]
    assert order_preserving(congestion()).status is Status.REFUTED


def test_coordination_is_not_unique_by_order() -> None:
    for name in ("coordination", "audit-c", "audit-e", "infection-spread"):
        verdict = unique_by_order(gallery.make(name))
        assert verdict.status is Status.UNDECIDED
        assert verdict.reason


def test_two_closed_classes_are_not_unique() -> None:
    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: {s: 1},
        discount="1/2",
        tremble=0,
    )
    verdict = unique_by_order(game)
    assert verdict.status is Status.UNDECIDED
    assert verdict.reason is not None
    assert "stationary law" in verdict.reason


def test_random_games_with_one_aggregate_by_order() -> None:
    rng = np.random.default_rng(12)
    proved = 0
    for _ in range(80):
        data = random_plain(rng, falling=True)
        if unique_by_order(data.game(), max_boxes=300).status is not Status.PROVED:
            continue
        proved += 1
        found = _aggregates(data)
        assert not found or max(found) - min(found) < 1e-2, found
    assert proved > 8


def _aggregates(data: Plain) -> list[float]:
    """Aggregates of T-MFE, nearly: sign changes of pi_m(phi) - m where the strategy is optimal."""
    phi = data.phi / 12
    found = []
    before: dict[tuple[int, ...], float] = {}
    for m in np.linspace(0, 1, 301).tolist():
        q = data.q_values(m)
        strategy = q.argmax(axis=1)
        kernel, eps = data.kernel_at(m), float(data.tremble)
        weights = np.full(q.shape, eps / (q.shape[1] - 1))
        weights[np.arange(len(q)), strategy] = 1 - eps
        power = np.linalg.matrix_power(np.einsum("sa,sat->st", weights, kernel), 4096)
        value = float(power[0] @ phi) - m
        key = tuple(strategy.tolist())
        if key in before and before[key] * value <= 0:
            found.append(m)
        before = {key: value}
    return found


def test_several_aggregates_and_a_product_of_states() -> None:
    def game(sign: int) -> Game:
        def law(s: Any, a: Any, z: Any) -> dict[Any, Any]:
            up = R(1, 2) + sign * (z[(1, 1)] / 8 + z[(0, 1)] / 16 + z[(1, 0)] / 16)
            return {(1, 1): up, (0, 0): 1 - up}

        return Game(
            states=product(2, 2),
            actions=1,
            reward=lambda s, a, z: s[0] + s[1],
            transition=law,
            discount="1/2",
            tremble=0,
        )

    assert order_preserving(game(1)).status is Status.PROVED
    verdict = order_preserving(game(-1))
    assert verdict.status is Status.REFUTED
    assert verdict.witness is not None
    assert "at or above" in verdict.witness.text


def test_limits_leave_it_undecided_and_trembles_are_checked() -> None:
    game = gallery.make("two-lotteries")
    verdict = order_preserving(game, max_boxes=3)
    assert verdict.status is Status.UNDECIDED
    assert verdict.reason == "all 3 boxes allowed are used"
    with pytest.raises(TypeError, match=r"verdict\.status"):
        bool(verdict)
    shaky = Game(2, 2, lambda s, a, z: s, lambda s, a, z: {0: 1}, "1/2", "3/4")
    with pytest.raises(BadInput, match="tremble"):
        order_preserving(shaky)


def test_what_a_verdict_says() -> None:
    verdict = order_preserving(gallery.make("audit-e"))
    assert verdict.selections == "the inf and the sup selection"
    assert verdict.to_dict()["status"] == "PROVED"
    assert len(verdict.blocks()) == 3
    refuted = replace(order_preserving(congestion()), seconds=0.0)
    assert any(refuted.witness and refuted.witness.text in str(b) for b in refuted.blocks())


def test_best_responses_are_unique_only_where_no_action_is_there_twice() -> None:
    def game(copies: int, tremble: str) -> Game:
        # The next law falls in z, whatever is played; action 1 does what action 0 does.
        return Game(
            2,
            1 + copies,
            lambda s, a, z: -R(int(a) // 2),
            lambda s, a, z: {1: 1 - z[1] / 2, 0: z[1] / 2},
            "1/2",
            tremble,
        )

    methods = [order_preserving(game(*one)).method for one in ((1, "1/4"), (2, "1/4"))]
    assert methods == [
        "two mean fields; which action is played makes no difference",
        "two mean fields with best responses that all do the same",
    ]
    assert "unique best responses" in order_preserving(gallery.make("sis")).method
