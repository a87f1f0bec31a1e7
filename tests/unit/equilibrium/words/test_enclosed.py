"""What is said of all T-MFE: complete, incomplete, none, infinitely many, in words and in JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import jsonschema
import pytest

from mfgcheck import Game, chain, equilibria, mixture, point, product, solve
from mfgcheck.equilibrium.enclosure.enclosed import Continuum, Equilibria, Equilibrium, Leftover
from mfgcheck.equilibrium.words.enclosed import strategy_text
from mfgcheck.gallery import make
from mfgcheck.game.orders import Order
from mfgcheck.report import schema, to_html

TINY = Fraction(1, 10**12)


def game(states: Order | int = 4, actions: Order | int = 3) -> Game:
    return Game(
        states=states,
        actions=actions,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
        name="<b>game</b>",
    )


def near(x: str) -> tuple[Fraction, Fraction]:
    return Fraction(x) - TINY, Fraction(x) + TINY


def one(*strategy: int, gap: tuple[Fraction, Fraction] | None = near("1/10")) -> Equilibrium:
    mass = near("1/4")
    return Equilibrium({"mean": near("3/2")}, strategy, gap, (mass,) * 4, stable=True)


def result(*equilibria: Equilibrium, continua: int = 0, undecided: int = 0) -> Equilibria:
    space = {"mean": (Fraction(0), Fraction(1, 3))}
    return Equilibria(
        game(),
        equilibria,
        (Continuum(space, (0, 0, 0, 0), "the map is the identity"),) * continua,
        (Leftover(space, 16, "two actions are tied"),) * undecided,
        boxes=7,
        seconds=0.5,
        sees=("mean",),
    )


def text(found: Equilibria) -> str:
    return " ".join(str(found).split())


def valid(found: Equilibria) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    jsonschema.Draft202012Validator(schema("equilibria")).validate(loaded)
    return loaded


# ---- strategies


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ([2, 2, 2, 2], "2 in every state"),
        ([0, 0, 1, 2], "0 in states 0..1, 1 in 2, 2 in 3"),
        ([1, 0, 0, 0], "1 in state 0, 0 in 1..3"),
        ([0, 1, 0, 1], "0 in state 0, 1 in 1, 0 in 2, 1 in 3"),
    ],
)
def test_a_strategy_on_a_chain_is_told_in_runs(strategy: list[int], said: str) -> None:
    assert strategy_text(game(), strategy) == said


def test_a_long_strategy_is_cut_short() -> None:
    long = strategy_text(game(states=100), [0, 1] * 50)
    assert long.endswith("(100 runs)")
    assert len(long) < 200


def test_labels_are_those_of_the_game() -> None:
    named = game(chain(["ill", "well"]), chain([Fraction(1, 2), "all"]))
    assert strategy_text(named, [Fraction(1, 2), "all"]) == "1/2 in state ill, all in well"


def test_a_strategy_on_a_product_is_told_by_action() -> None:
    wide = game(product(2, 3), chain(["no", "yes"]))
    said = strategy_text(wide, ["no", "yes", "no", "no", "no", "yes"])
    assert said == "no in 4 states, yes in (0, 1), (1, 2)"


# ---- words


def test_one_equilibrium() -> None:
    said = text(result(one(0, 0, 1, 2)))
    assert "exactly 1 T-MFE: proved" in said
    assert "1.500000000000 ± 1e-12" in said
    assert "at least 0.0999" in said
    assert "Proposition 2" not in said
    assert "7 boxes in 500 ms" in said


def test_small_games_show_the_mean_fields() -> None:
    assert "mass in T-MFE 1" in text(result(one(0, 0, 1, 2)))
    assert "mass in T-MFE" not in text(result(*(one(0, 0, 1, 2),) * 5))


@pytest.mark.parametrize(
    ("strategy", "how"), [((2, 1, 1, 0), "decreases"), ((0, 2, 1, 2), "is not monotone")]
)
def test_a_strategy_that_falls_is_pointed_out(strategy: tuple[int, ...], how: str) -> None:
    said = text(result(one(0, 0, 0, 0), one(*strategy), one(*strategy)))
    assert f"The strategy of T-MFE 2 {how} in the state" in said
    assert "only of games that satisfy Definition 1" in said
    assert "(The same goes for T-MFE 3.)" in said


def test_at_a_tie_a_falling_strategy_contradicts_nothing() -> None:
    said = text(result(one(2, 1, 1, 0, gap=(Fraction(0), Fraction(0)))))
    assert "0, a tie" in said
    assert "Proposition 2" not in said


def test_where_there_is_nothing_to_choose() -> None:
    found = result(one(0, 0, 0, 0, gap=None))
    assert "no choice" in text(found)
    assert valid(found)["equilibria"][0]["gap"] is None  # type: ignore[index]


@pytest.mark.parametrize("sees", [False, True])
def test_where_the_tremble_leaves_no_strategy(sees: bool) -> None:
    uniform = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: a,
        transition=lambda s, a, z: (
            mixture({a: "3/4", point(s): "1/4"})
            if not sees
            else [
                ((1 + z[0]) / 3, point(a)),
                ((2 - z[0]) / 3, point(s)),
            ]
        ),
        discount="1/2",
        tremble="1/2",
    )
    found = equilibria(uniform)
    assert "all equally likely" in text(found)
    assert "At this tremble all actions are equally likely" in text(found)
    assert all(one["strategy"] is None for one in valid(found)["equilibria"])  # type: ignore[attr-defined]
    assert all(figure.title != "Likeliest action" for figure in found.figures())
    said = " ".join(str(solve(uniform)).split())
    assert "Best action: 1 in every state. At this tremble all actions are played" in said
    assert "Likeliest" not in said


def test_none() -> None:
    said = text(result())
    assert "no T-MFE: proved" in said
    assert "T-BR cannot converge to a T-MFE, wherever it starts" in said
    assert "±" not in said


def test_infinitely_many() -> None:
    said = text(result(continua=1))
    assert "infinitely many T-MFE" in said
    assert "with mean from 0 to 0.33333334: the map is the identity." in said
    assert "T-BR cannot converge" not in said


def test_undecided_boxes_and_what_to_do() -> None:
    said = text(result(one(0, 0, 1, 2), undecided=20))
    assert "at least 1 T-MFE" in said
    assert "0 to 0.33333334" in said
    assert "two actions are tied" in said
    assert "And 8 more boxes." in said
    assert "exactly on a tie" in said
    assert "What may help" not in said  # more of anything does not help against a tie


@pytest.mark.parametrize(
    ("reason", "option"),
    [
        ("more than 64 strategies may be optimal", "--max-strategies"),
        ("all boxes allowed are used", "--max-boxes"),
        ("the time is over", "--time-limit"),
    ],
)
def test_what_may_help_against_a_limit(reason: str, option: str) -> None:
    space = {"mean": (Fraction(0), Fraction(1, 3))}
    found = Equilibria(game(), (), (), (Leftover(space, 16, reason),), boxes=7, seconds=0.5)
    assert option in text(found)
    assert text(found).count("(--") == 1


def test_names_of_games_are_no_markup() -> None:
    html = to_html(result(one(0, 0, 1, 2)).blocks())
    assert "&lt;b&gt;game" in html
    assert "<b>" not in html


# ---- JSON


def test_json_of_all_kinds_of_result() -> None:
    assert valid(result(one(0, 0, 1, 2)))["count"] == 1
    assert valid(result())["count"] == 0
    assert valid(result(continua=2))["count"] is None
    assert valid(result(one(0, 0, 1, 2), undecided=3))["complete"] is False


def test_json_bounds_enclose() -> None:
    third = Equilibrium(
        {"mean": (Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**40))},
        (0, 0, 0, 0),
        (Fraction(1, 7), Fraction(1, 7)),
        (near("1/4"),) * 4,
        stable=None,
    )
    (loaded,) = valid(result(third))["equilibria"]  # type: ignore[misc]
    low, high = map(Fraction, loaded["aggregates"]["mean"])
    assert low <= Fraction(1, 3) < Fraction(1, 3) + Fraction(1, 10**40) <= high
    assert high - low < Fraction(11, 10**41)
    assert loaded["gap"] == ["1/7", "1/7"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("complete", "yes"),
        ("count", None),
        ("count", -1),
        ("equilibria", [{"strategy": [0]}]),
        ("undecided", [{"aggregates": {}, "strategies": 1, "reason": "x"}]),
        ("schema", "mfgcheck.report/1"),
    ],
)
def test_what_is_no_result_is_refused(key: str, value: object) -> None:
    found = valid(result(one(0, 0, 1, 2)))
    found[key] = value
    if key == "count" and value is None:
        found["complete"], found["interrupted"] = True, True
    assert not jsonschema.Draft202012Validator(schema("equilibria")).is_valid(found)


@pytest.mark.parametrize("bound", ["0.5.", "1/0", "1.", ".5", "1e5.5", "nan", "+1", 0.5])
def test_a_bound_is_an_exact_text(bound: object) -> None:
    found = valid(result(one(0, 0, 1, 2)))
    found["equilibria"][0]["gap"] = [bound, bound]  # type: ignore[index]
    assert not jsonschema.Draft202012Validator(schema("equilibria")).is_valid(found)


def test_what_t_br_does_from_a_tie() -> None:
    found = equilibria(make("audit-c"))
    assert [one.stays for one in found.equilibria] == [(True, False), None]
    assert "T-MFE 1 is on an exact tie: T-BR from it stands still with the inf" in text(found)
    assert "leaves it at once with the sup selection" in text(found)
    loaded = valid(found)["equilibria"]
    assert [one["stays"] for one in loaded] == [{"inf": True, "sup": False}, None]  # type: ignore[attr-defined]


def test_why_one_is_not_robust() -> None:
    assert "no: tie" in text(equilibria(make("audit-c")))
    edge = replace(one(0, 0, 0, 0), regular=False)
    assert "no: at a jump" in text(result(edge))
