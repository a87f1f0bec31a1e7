"""Counterexamples drawn: every kind of them, with its exact numbers and its mean fields."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Rational as R
from sympy import exp, sqrt

from mfgcheck import Game, Witness, check, decreasing, gallery, point, product
from mfgcheck.report import Block, Curves, HeatMap, Note, Table
from mfgcheck.verify.pictures import exact_text, mean_fields, square, witness_blocks
from tests.golden.mutants import MUTANTS, Mutant
from tests.golden.test_mutants import game_of


def witness(game: Game, clause: str) -> Witness:
    found = check(game, [clause]).clauses[clause].witness
    assert found is not None
    return found


def titles(blocks: list[Block]) -> list[str]:
    return [block.title for block in blocks if isinstance(block, Curves | HeatMap)]


def figure(blocks: list[Block], title: str) -> Any:
    return next(
        block for block in blocks if isinstance(block, Curves | HeatMap) and block.title == title
    )


REFUTED = [
    (name, clause)
    for name in gallery.names()
    for clause, verdict in gallery.expected(name).items()
    if verdict == "REFUTED" and not clause.startswith("assumption")
]


def test_the_gallery_has_counterexamples_of_many_kinds() -> None:
    assert len({clause for _, clause in REFUTED}) >= 5


@pytest.mark.parametrize(("name", "clause"), REFUTED)
def test_the_galleries_counterexamples_end_with_their_exact_value(name: str, clause: str) -> None:
    game = gallery.make(name)
    found = witness(game, clause)
    table = square(game, found)
    assert table.rows[-1][-1] == exact_text(found.value)
    blocks = witness_blocks(game, found)
    assert table in blocks
    assert any("mean field" in title for title in titles(blocks))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.clause)
def test_counterexamples_of_every_clause_end_with_their_value(mutant: Mutant) -> None:
    game = game_of(mutant)
    found = witness(game, mutant.clause)
    assert square(game, found).rows[-1][-1].startswith(str(mutant.value))
    blocks = witness_blocks(game, found)
    drawn = figure(blocks, "The mean field" if mutant.z2 is None else "The two mean fields")
    bars = [list(series.y) for series in drawn.series]
    places = [mutant.z] if mutant.z2 is None else [mutant.z, mutant.z2]
    assert bars == [[float(x == place) for x in range(3)] for place in places]
    if mutant.upper_set is not None:
        tails = figure(blocks, "Tails of the laws")
        assert tails.marks == ((float(mutant.upper_set[0]), "the tail of the counterexample"),)
    if mutant.upper_set is not None and len(tails.series) > 1:
        sums = figure(blocks, "What the clause claims of every tail").series[0]
        at = sums.x.index(float(mutant.upper_set[0]))
        assert sums.y[at] == pytest.approx(float(mutant.value), abs=1e-12)


def test_the_papers_square() -> None:
    game = gallery.make("infection-spread")
    table = square(game, witness(game, "kernel.supermodular"))
    assert table.columns == ("", "s = 0", "s = 1")
    assert table.rows == (
        ("a = 0", "54/625 (0.0864)", "4527/5000 (0.9054)"),
        ("a = 1", "4527/5000 (0.9054)", "2331/2500 (0.9324)"),
        ("difference", "819/1000 (0.819)", "27/1000 (0.027)"),
        ("right less left", "", "-99/125 (-0.792)"),
    )


def test_the_places_of_a_square() -> None:
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: 3 * s + a - s * a,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    assert square(game, witness(game, "reward.supermodular")).rows == (
        ("a = 0", "0", "3"),
        ("a = 1", "1", "3"),
        ("difference", "1", "0"),
        ("right less left", "", "-1"),
    )


def test_a_second_witness_that_is_not_clipped_has_its_numbers_too() -> None:
    game = gallery.make("infection-spread")
    found = witness(game, "kernel.supermodular")
    assert found.unclipped is not None
    tables = [block for block in witness_blocks(game, found) if isinstance(block, Table)]
    assert tables == [square(game, found), square(game, found.unclipped)]


def test_the_same_step_is_drawn_from_both_places() -> None:
    game = gallery.make("infection-spread")
    drawn = figure(
        witness_blocks(game, witness(game, "kernel.supermodular")),
        "The same step, from two places",
    )
    assert drawn.x_names == ("a = 0", "a = 1")
    assert [series.y for series in drawn.series] == [(0.0864, 0.9054), (0.9054, 0.9324)]


def test_irrational_numbers_are_told_exactly() -> None:
    game = gallery.make("infection-spread")
    table = square(game, witness(game, "kernel.increasing_differences"))
    assert table.columns == ("", "lower mean field", "higher mean field")
    assert table.rows[-1][-1] == "27*(-1 + exp(-6/5))/1000 (-0.0188678)"


def plane(**changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": product(3, 2),
        "actions": 2,
        "reward": lambda s, a, z: 0,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": 0,
    }
    return Game(**{**given, **changes})


def test_squares_inside_a_product_name_the_part_that_moves() -> None:
    game = plane(reward=lambda s, a, z: -s[0] * s[1])
    table = square(game, witness(game, "reward.supermodular"))
    assert table.columns == ("", "s = (0, \u00b7)", "s = (1, \u00b7)")
    assert [row[0] for row in table.rows[:2]] == ["s = (\u00b7, 0)", "s = (\u00b7, 1)"]
    assert table.rows[-1] == ("right less left", "", "-1")


def test_on_a_product_the_upper_set_is_framed_in_a_map() -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        up = (min(s[0] + 1, 2), min(s[1] + a, 1))
        return [(R(1, 4), point(up)), (R(3, 4), point((0, 0)))]

    game = plane(transition=transition)
    found = witness(game, "kernel.supermodular")
    drawn = figure(witness_blocks(game, found), "Signed sum of the laws, by next state")
    assert (len(drawn.rows), len(drawn.columns)) == (3, 2)
    framed = {(int(drawn.rows[row]), int(drawn.columns[column])) for column, row in drawn.marks}
    assert framed == set(found.upper_set or ())
    total = sum(drawn.values[row][column] for column, row in drawn.marks)
    assert total == pytest.approx(float(found.value))


def test_on_three_chains_the_map_is_one_row() -> None:
    game = plane(
        states=product(2, 2, 2),
        transition=lambda s, a, z: point((1 - s[0], 0, 0)),
    )
    blocks = witness_blocks(game, witness(game, "kernel.monotone_s"))
    drawn = figure(blocks, "Signed sum of the laws, by next state")
    assert len(drawn.rows) == 1
    assert len(drawn.columns) == 8


def test_unknown_functions_are_those_of_the_text() -> None:
    p = decreasing("p", 0, 1)
    game = Game(
        states=3,
        actions=1,
        reward=lambda s, a, z: p(s),
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    found = witness(game, "reward.monotone_s")
    table = square(game, found)
    assert "for the functions above" in table.caption
    assert found.text.startswith("Take p(x)")
    assert [row[1] for row in table.rows] == ["1", "0", "-1"]
    assert "p(" not in " ".join(cell for row in table.rows for cell in row)


def test_named_states_keep_their_names_in_a_window() -> None:
    names = [f"level {i}" for i in range(60)]
    game = Game(
        states=names,
        actions=1,
        reward=lambda s, a, z: -1 if s == "level 50" else 0,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    blocks = witness_blocks(game, witness(game, "reward.monotone_s"))
    drawn = figure(blocks, "The reward")
    assert [drawn.x_names[int(x)] for x, _ in drawn.marks] == ["level 49", "level 50"]
    at = drawn.x_names.index("level 50")
    assert drawn.series[0].y[at] == -1


def test_a_large_game_has_its_numbers_but_no_drawings() -> None:
    game = Game(
        states=1_500,
        actions=1,
        reward=lambda s, a, z: -s,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    blocks = witness_blocks(game, witness(game, "reward.monotone_s"))
    assert titles(blocks) == []
    assert any(isinstance(block, Table) for block in blocks)


def test_a_long_exact_number_gives_way_to_a_decimal() -> None:
    long = sum((sqrt(n) for n in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)), start=exp(1))
    assert exact_text(long).startswith("about 36.33")


def test_a_mean_field_of_many_parts_is_drawn_and_not_spelt_out() -> None:
    game = gallery.make("infection-spread")
    drawn = mean_fields(game, dict.fromkeys(range(4), R(1, 4)), None)
    assert [series.name for series in drawn.series] == ["mean field"]
    assert list(drawn.series[0].y[:5]) == [0.25, 0.25, 0.25, 0.25, 0.0]


# ---- what cannot be drawn, or not exactly


def falling(reward: Any, **changes: Any) -> tuple[Game, Witness]:
    given: dict[str, Any] = {
        "states": 3,
        "actions": 2,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": 0,
    }
    game = Game(reward=reward, **{**given, **changes})
    return game, witness(game, "reward.monotone_s")


def notes(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Note)]


def test_numbers_beyond_floats_are_left_out_with_a_note() -> None:
    blocks = witness_blocks(*falling(lambda s, a, z: -s * 10**400))
    assert notes(blocks) == ["The rewards: not drawn, there are numbers beyond floating point."]
    assert titles(blocks) == ["The mean field"]


def test_what_is_too_large_is_left_out_with_a_note() -> None:
    blocks = witness_blocks(*falling(lambda s, a, z: -s, states=1_001))
    assert notes(blocks) == ["Not drawn: 1001 states are too many."]
    far = falling(lambda s, a, z: -s[0], states=product(2, 200))
    assert notes(witness_blocks(*far)) == [
        "The rewards: not drawn, the states compared are too far apart."
    ]


def test_the_caption_says_exactly_only_of_exact_numbers() -> None:
    exact = square(*falling(lambda s, a, z: -s))
    assert exact.caption.startswith("The reward, exactly;")
    long = square(*falling(lambda s, a, z: -s * R(10**70 + 1, 3**150)))
    assert any("about" in cell for row in long.rows for cell in row)
    assert long.caption.startswith('The reward, exactly unless it says "about";')


def test_a_long_integer_is_not_written_out() -> None:
    assert exact_text(R(10**400)) == "about 10^400"


def test_a_mean_field_that_does_not_matter_is_an_example() -> None:
    blocks = witness_blocks(*falling(lambda s, a, z: -s))
    assert figure(blocks, "The mean field").note.startswith("for example")
    blocks = witness_blocks(*falling(lambda s, a, z: -s * z.mean()))
    assert figure(blocks, "The mean field").note == ""
