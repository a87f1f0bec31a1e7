"""`budget`: what it returns, what it refuses, and games at the edge of what there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from sympy import Piecewise, exp
from sympy import Rational as R

from mfgcheck import BadInput, Budget, Game, budget, point, product
from mfgcheck.budgets import budget as module
from mfgcheck.budgets.constants.constant import Proof
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.soft import SoftBudget
from mfgcheck.budgets.target import Target
from mfgcheck.gallery import make
from mfgcheck.report import schema
from tests.unit.budgets.constants.brute import game_of, still

F = Fraction
PLAIN = ("coordination", "audit-b", "audit-c", "audit-e", "audit-f", "audit-g", "fair-coin")


def as_json(found: Budget) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    jsonschema.Draft202012Validator(schema("budget")).validate(data)
    return data


def calls(found: Budget, scheme: Scheme) -> int:
    one = found.gap_based[scheme]
    assert isinstance(one, GapBudget), one
    return one.calls


def up_game(reward: Any, up: Any, **more: Any) -> Game:
    """Two states and two actions; `up` is the chance of the upper state."""
    return game_of(reward, lambda s, a, z: {1: up(s, a, z), 0: 1 - up(s, a, z)}, actions=2, **more)


def rising(factor: Any = 1, **more: Any) -> Game:
    """Whoever acts gets up, at a price that grows with the crowd."""
    return up_game(
        lambda s, a, z: (R(s, 2) - R(a, 16) * z[1]) * factor,
        lambda s, a, z: R(1, 4) + R(a, 4) + z[1] / 4,
        **more,
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("budget"))


# ---- what is returned


@pytest.mark.parametrize("name", PLAIN)
def test_fields_and_json(name: str) -> None:
    found = budget(make(name), samples=5000)
    assert (found.accuracy, found.failure) == (F(1, 10), F(1, 20))
    assert list(found.gap_based) == list(found.targets) == [Scheme.TMFQ, Scheme.O_TMFQ, Scheme.GMBL]
    assert isinstance(found.target, Target)
    assert found.steps == found.target.first_within(F(1, 10))
    assert found.along is not None
    assert list(found.printed) == list(found.corrected) == ["4", "Corollary 1", "5", "6"]
    assert not found.interrupted
    assert found.seconds > 0
    data = as_json(found)
    assert data["game"]["name"] == name
    assert (data["accuracy"], data["failure"], data["k0"]) == ("1/10", "1/20", found.steps)
    for scheme, one in found.gap_based.items():
        there = data["gap_based"][str(scheme)]
        if isinstance(one, str):
            assert there == {"reason": one}
            continue
        assert there["calls"] == one.calls
        # What the learner may be off: the path's distance and its own radius.
        assert F(there["distance"]) + F(there["radius"]) <= F(1, 5) + F(1, 10**15)
        if one.agents is None:
            every = sum(sum(map(sum, s["samples"])) + s["draws"] for s in there["steps"])
            assert every == one.calls
        else:
            assert one.agents * len(one.steps) == one.calls
    for (low, high), (least, most) in zip(
        data["target"]["mean_field"], found.target.there.mean_field, strict=True
    ):
        assert F(low) <= least <= most <= F(high)
    assert found._repr_html_().startswith("<")


@pytest.mark.parametrize("name", PLAIN)
def test_best_is_the_fewest_calls(name: str) -> None:
    found = budget(make(name))
    assert found.best is not None
    made = [one for one in found.gap_based.values() if isinstance(one, GapBudget)]
    assert found.best in made
    assert all(found.best.calls <= one.calls for one in made)


def test_no_best() -> None:
    found = budget(still(lambda s, a, z: s, actions=2))
    assert found.best is None
    assert all(isinstance(one, str) for one in found.gap_based.values())
    assert (found.steps, found.along, found.printed) == (None, None, {})
    assert as_json(found)["target"] == {"reason": found.target}


def test_it_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"budget\.best"):
        bool(budget(make("fair-coin")))


@pytest.mark.parametrize(
    ("theorems", "schemes", "names"),
    [
        (("4",), [Scheme.TMFQ], ["4", "Corollary 1"]),
        (("5",), [Scheme.O_TMFQ], ["5"]),
        (("6",), [Scheme.GMBL], ["6"]),
        (("6", "4"), [Scheme.GMBL, Scheme.TMFQ], ["4", "Corollary 1", "6"]),
        (("5", "5"), [Scheme.O_TMFQ], ["5"]),
    ],
)
def test_some_theorems_only(
    theorems: tuple[str, ...], schemes: list[Scheme], names: list[str]
) -> None:
    found = budget(make("audit-f"), theorems=theorems, samples=10**5)
    assert list(found.gap_based) == schemes
    assert list(found.printed) == list(found.corrected) == names
    assert found.bought is not None
    assert found.bought.scheme in schemes
    whole = budget(make("audit-f"))
    assert all(calls(found, scheme) == calls(whole, scheme) for scheme in schemes)
    as_json(found)
    assert len(found.figures()) == len(schemes)


def test_more_is_asked_more_is_needed() -> None:
    game = make("coordination")
    usual = budget(game)
    finer, surer = budget(game, "1/100"), budget(game, failure="1/100000")
    for scheme in Scheme:
        assert calls(finer, scheme) > 10 * calls(usual, scheme)
        assert calls(usual, scheme) < calls(surer, scheme) < 10 * calls(usual, scheme)


@pytest.mark.parametrize("value", [0.1, "0.1", F(1, 10), R(1, 10), "1e-1"])
def test_ways_to_write_a_number(value: object) -> None:
    assert budget(make("fair-coin"), value, value).accuracy == F(1, 10)


# ---- what is refused


BAD_NUMBERS = ["0", "-1/10", "nan", "inf", "1", "2", "abc", "", "1/0", 0, 1, -0.5, None, True]


@pytest.mark.parametrize("value", BAD_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", ["accuracy", "failure"])
def test_numbers_out_of_range(name: str, value: object) -> None:
    with pytest.raises(BadInput, match=f"^{name} is "):
        budget(make("fair-coin"), **{name: value})  # type: ignore[arg-type]


def test_a_long_float_is_refused() -> None:
    with pytest.raises(BadInput, match="rounded"):
        budget(make("fair-coin"), 1 / 3)


@pytest.mark.parametrize("theorems", [(), ("7",), ("4", "all"), (4,), ("",)])
def test_wrong_theorems(theorems: Any) -> None:
    with pytest.raises(BadInput, match="theorems are '4', '5' and '6', not "):
        budget(make("fair-coin"), theorems=theorems)


@pytest.mark.parametrize(
    ("assume", "says"),
    [
        ({"C7": 1}, "nothing called C7 can be assumed: C3, C5, L, w, c_T4, c_T5, c_T6 can"),
        ({"c3": 1}, "nothing called c3"),
        ({"C3": 0}, "C3 is 0: it must be above 0"),
        ({"C3": "-1"}, "C3 is -1: it must be above 0"),
        ({"C5": "nan"}, "C5 is 'nan'"),
        ({"w": "1/2"}, "w is 1/2: it must be above 1/2 and below 1"),
        ({"w": 1}, "w is 1: it must be above 1/2 and below 1"),
        ({"w": 3}, "w is 3: it must be above 1/2 and below 1"),
        ({"L": "1/2"}, "L is 1/2: it must be at least 1"),
        ({"c_T6": "0"}, "c_T6 is 0: it must be above 0"),
        ({"c_T4": None}, "c_T4 is None"),
    ],
)
def test_wrong_assumptions(assume: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput) as error:
        budget(make("fair-coin"), assume=assume)
    assert str(error.value).startswith(says)


@pytest.mark.parametrize("samples", [0, -1, 1.5, "100", True])
def test_wrong_samples(samples: Any) -> None:
    with pytest.raises(BadInput, match="samples is "):
        budget(make("fair-coin"), samples=samples)


def test_a_tremble_that_is_too_large() -> None:
    with pytest.raises(BadInput, match="tremble 3/4"):
        budget(rising(tremble="3/4"))


# ---- games at the edge


def test_one_state() -> None:
    found = budget(still(lambda s, a, z: a, states=1, actions=2), samples=100)
    assert found.steps == 0
    assert found.best is not None
    assert isinstance(found.soft, str)
    assert "one state" in found.soft
    as_json(found)
    assert str(found)


def test_nothing_is_certified_of_what_may_be_no_game() -> None:
    # The reward has a pole at z(1) = 1/2, a mean field like any other.
    doubtful = up_game(lambda s, a, z: 1 / (z[1] - R(1, 2)) + s, lambda s, a, z: R(1, 2))
    assert doubtful.doubts
    found = budget(doubtful)
    assert found.best is None
    assert all(isinstance(one, str) for one in found.gap_based.values())
    assert isinstance(found.target, str)


def test_one_state_and_one_action() -> None:
    found = budget(still(lambda s, a, z: 0, states=1, actions=1))
    assert found.best is not None
    as_json(found)


def test_one_action() -> None:
    # Nothing to choose, only a law to follow: P(1) = 1/4 + z(1)/2 from everywhere, z* = 1/2.
    game = game_of(
        lambda s, a, z: s,
        lambda s, a, z: {1: R(1, 4) + z[1] / 2, 0: R(3, 4) - z[1] / 2},
    )
    found = budget(game)
    assert found.along is not None
    assert (found.along.gap, found.along.tie) == (None, None)
    # From 0 the distance is 1, 1/2, 1/4, 1/8, 1/16.
    assert found.steps == 4
    assert found.constants.c3.upper == 0
    for scheme in Scheme:
        one = found.gap_based[scheme]
        assert isinstance(one, GapBudget)
        assert one.gap is None
    as_json(found)
    assert "nothing to choose" in str(found)


def test_no_tremble_leaves_no_one_to_explore() -> None:
    found = budget(rising(tremble=0))
    why = found.gap_based[Scheme.O_TMFQ]
    assert isinstance(why, str)
    assert "tremble" in why
    assert calls(found, Scheme.GMBL) > 0
    as_json(found)


def test_a_tremble_at_its_limit_leaves_nothing_to_learn() -> None:
    found = budget(rising(tremble="1/2"))  # both actions have the chance 1/2, whatever is meant
    for scheme in Scheme:
        one = found.gap_based[scheme]
        assert isinstance(one, GapBudget)
        assert one.gap is None
    as_json(found)


def test_ties_everywhere() -> None:
    found = budget(make("audit-e"))
    assert found.along is not None
    assert found.along.tie == 0
    for scheme in (Scheme.TMFQ, Scheme.GMBL):
        why = found.gap_based[scheme]
        assert isinstance(why, str)
        assert "at step 0 the best two actions may tie" in why
    assert isinstance(found.soft, SoftBudget)
    as_json(found)


def test_no_regeneration() -> None:
    # All go up for good, whatever they do: no two states share where they lead to at first.
    game = game_of(
        lambda s, a, z: s + R(a, 8), lambda s, a, z: point(min(int(s) + 1, 2)), states=3, actions=2
    )
    found = budget(game)
    assert found.constants.doeblin.upper == 0
    assert not found.printed["5"].applies
    assert isinstance(found.corrected["5"], str)
    why = found.gap_based[Scheme.O_TMFQ]
    assert isinstance(why, GapBudget) or "regeneration" in why or "visitors" in why
    as_json(found)


@pytest.mark.parametrize("size", [R(10) ** 40, R(10) ** -40])
def test_the_unit_of_the_rewards_does_not_matter(size: R) -> None:
    plain, other = budget(rising()), budget(rising(size))
    for scheme in Scheme:
        assert calls(other, scheme) == pytest.approx(calls(plain, scheme), rel=0.02)
    assert (plain.steps, other.steps) == (2, 2)
    assert isinstance(plain.soft, SoftBudget)
    assert isinstance(other.soft, SoftBudget)
    assert other.soft.calls.text == plain.soft.calls.text
    assert other.soft.temperature == plain.soft.temperature * F(int(size.p), int(size.q))
    as_json(other)


def test_rewards_that_floats_do_not_hold_cost_the_path_only() -> None:
    found = budget(rising(R(10) ** 400))
    assert isinstance(found.target, str)
    assert "too large for floating point" in found.target
    assert isinstance(found.soft, SoftBudget)
    assert found.constants.c2.proof is Proof.EXACT
    as_json(found)
    assert str(found)


@pytest.mark.parametrize("gamma", [R(1, 10**9), 1 - R(1, 10**9)])
def test_extreme_discounts_give_an_answer(gamma: R) -> None:
    found = budget(up_game(
        lambda s, a, z: R(s, 2) - 2 * a, lambda s, a, z: R(1, 4) + R(a, 4) + z[1] / 4,
        discount=gamma,
    ))  # fmt: skip
    as_json(found)
    assert str(found)


def test_product_orders_of_states_and_labels_of_any_kind() -> None:
    def transition(s: Any, a: Any, z: Any) -> list[tuple[Any, Any]]:
        high = R(1, 4) + (R(1, 4) if a == "work" else 0) + z[(1, 1)] / 8
        return [(high, point((1, 1))), (R(1, 8), point((0, 1))), (R(7, 8) - high, point((0, 0)))]

    game = Game(
        states=product(2, 2),
        actions=["rest", "work"],
        reward=lambda s, a, z: R(s[0], 1) - (R(1, 40) if a == "work" else 0),
        transition=transition,
        discount="1/2",
        tremble="1/4",
    )
    found = budget(game)
    assert calls(found, Scheme.GMBL) > 0
    data = as_json(found)
    assert len(data["target"]["mean_field"]) == 4


@pytest.mark.parametrize(
    "made",
    [
        up_game(lambda s, a, z: exp(-z[1]) * s, lambda s, a, z: R(1, 2) + R(a, 4)),
        up_game(lambda s, a, z: s, lambda s, a, z: exp(-z[1]) / 2 + R(a, 4)),
        up_game(lambda s, a, z: Piecewise((s, z[1] < R(1, 3)), (2 * s, True)),
                lambda s, a, z: R(1, 4) + R(a, 2)),
        up_game(lambda s, a, z: 0, lambda s, a, z: R(1, 2)),
    ],
    ids=["irrational reward", "irrational kernel", "reward that jumps", "nothing matters"],
)  # fmt: skip
def test_other_games(made: Game) -> None:
    found = budget(made, theorems=("6",), samples=10**4)
    as_json(found)
    assert str(found)


# ---- Ctrl-C


def stopping(at: int) -> Callable[[int, int, str], None]:
    def tell(done: int, total: int, text: str) -> None:
        assert 0 <= done < total
        assert text
        if done == at:
            raise KeyboardInterrupt

    return tell


@pytest.mark.parametrize("at", [0, 1, 2])
def test_before_there_is_anything_to_keep_an_interruption_goes_on(at: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        budget(make("audit-f"), on_progress=stopping(at))


@pytest.mark.parametrize("at", [3, 4, 5, 6])
def test_what_is_done_is_kept(at: int) -> None:
    whole = budget(make("audit-f"), samples=10**4)
    found = budget(make("audit-f"), samples=10**4, on_progress=stopping(at))
    assert found.interrupted
    assert found.bought is None
    order = (Scheme.TMFQ, Scheme.O_TMFQ, Scheme.GMBL)
    for i, scheme in enumerate(order):
        if 3 + i < at:
            assert calls(found, scheme) == calls(whole, scheme)
        else:
            assert found.gap_based[scheme] == "interrupted before"
    assert list(found.printed) == list(whole.printed)
    assert as_json(found)["interrupted"]
    assert str(found)
    assert len(found.figures()) == at - 3


def test_an_interrupted_enclosure_ends_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    enclose = module.equilibria
    monkeypatch.setattr(
        module,
        "equilibria",
        lambda *arguments, **more: replace(enclose(*arguments, **more), interrupted=True),
    )
    found = budget(make("audit-f"), samples=10**4)
    assert found.interrupted
    assert set(found.gap_based.values()) == {"interrupted before"}
    assert found.bought is None
    as_json(found)


def test_progress_is_told_in_order() -> None:
    seen: list[tuple[int, int]] = []
    budget(make("audit-f"), samples=10**4, on_progress=lambda i, n, _: seen.append((i, n)))
    assert seen == [(i, 7) for i in range(7)]
