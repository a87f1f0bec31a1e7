"""The game in words: what of the mean field matters, and what reward and kernel depend on."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Rational as R
from sympy import exp

from mfgcheck import Game, decreasing, gallery, point, product
from mfgcheck.report import Table, to_text
from mfgcheck.verify.as_read import game_blocks, words_table


def game(**changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 4,
        "actions": 2,
        "reward": lambda s, a, z: 0,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": "1/10",
    }
    return Game(**{**given, **changes})


def text(made: Game) -> str:
    return " ".join(to_text(game_blocks(made), width=400).split())


def rows(made: Game, first: str) -> list[tuple[str, ...]]:
    """The rows of the table whose first column is called so."""
    return [
        tuple(row)
        for block in game_blocks(made)
        if isinstance(block, Table) and block.columns[0] == first
        for row in block.rows
    ]


def test_each_part_of_the_reward_and_what_it_depends_on() -> None:
    made = game(
        reward=lambda s, a, z: s * z.mean() + 3 * z.tail(2) - R(a, 2) * exp(-z[1]) + s * a + R(1, 3)
    )
    first, *others = rows(made, "function of the mean field")
    assert first == ("1 (whatever the mean field)", "1/3 to 10/3", "s and a")
    assert sorted(others) == [
        ("exp(-z[1])", "-1/2 to 0", "a"),
        ("mean", "0 to 3", "s"),
        ("tail(2)", "3", "nothing"),
    ]


def test_a_reward_without_mean_field_and_one_of_zero() -> None:
    assert "does not depend on the mean field" in text(game(reward=lambda s, a, z: s))
    assert "It is 0 for all states and actions" in text(game())


def test_the_weights_of_the_kernel_and_how_many_rows_have_them() -> None:
    def transition(s: Any, a: Any, z: Any) -> Any:
        if a == 0:
            return point(s)
        return [(z.mean() / 3, point(3)), (1 - z.mean() / 3, point(0))]

    made = game(transition=transition)
    assert "4 of the 8 rows depend on the mean field" in text(made)
    assert rows(made, "weight") == [
        ("1", "4 of 8", "4 laws"),
        ("mean/3", "4 of 8", "1 law"),
        ("1 - mean/3", "4 of 8", "1 law"),
        ("1", "1 at 0"),  # the example
    ]


def test_what_the_game_sees_of_the_mean_field() -> None:
    made = game(reward=lambda s, a, z: z.mean() + z.mean(lambda x: x * x))
    assert rows(made, "name") == [
        ("mean", "0 at 0, 1 at 1, 2 at 2, 3 at 3"),
        ("mean(phi)", "0 at 0, 1 at 1, 4 at 2, 9 at 3"),
    ]
    assert "Nothing in the game depends on the mean field" in text(game())


def test_spaces_numbers_and_parameters() -> None:
    made = gallery.make("infection-spread")
    table = dict(rows(made, "what"))
    assert table["states"] == "25: 0 < 1 < 2 < .. < 24"
    assert table["actions"] == "5: 0 < 1 < 2 < 3 < 4"
    assert (table["discount"], table["tremble"]) == ("3/4", "3/10")
    assert "c_f = 1/10" in table["parameters"]
    assert table["digest"] == made.digest
    plane = game(states=product(3, ["low", "high"]))
    assert dict(rows(plane, "what"))["states"] == (
        "6 = 3 x 2, ordered part by part (0 < 1 < 2; low < high)"
    )


@pytest.mark.parametrize("name", gallery.names())
def test_every_game_of_the_gallery_can_be_told(name: str) -> None:
    assert "The kernel" in text(gallery.make(name))


def test_families_are_told_with_their_functions() -> None:
    p = decreasing("p", 0, 1)
    made = game(reward=lambda s, a, z: -p(s) * s - p(z.mean()))
    said = text(made)
    assert "p(mean)" in said
    assert "nan" not in said


def test_long_lists_are_cut_and_it_is_said() -> None:
    many = game(states=40, reward=lambda s, a, z: z[s] * (s + 1))
    assert "And 30 more numbers." in text(many)
    assert "And 30 more functions." in text(many)


def test_the_three_words_are_explained() -> None:
    assert [row[0] for row in words_table().rows] == ["PROVED", "REFUTED", "UNDECIDED"]


def test_long_factors_of_a_product_are_shortened_as_long_chains_are() -> None:
    made = game(states=product(10, 2), reward=lambda s, a, z: s[0])
    assert "(0 < 1 < 2 < .. < 9; 0 < 1)" in dict(rows(made, "what"))["states"]
    assert dict(rows(game(states=10), "what"))["states"] == "10: 0 < 1 < 2 < .. < 9"


def test_rounded_amounts_say_about() -> None:
    made = game(reward=lambda s, a, z: s * R(1, 12347) * z.mean())
    (_, reach, _), *_ = rows(made, "function of the mean field")
    assert reach == "0 to about 0.000242974"
