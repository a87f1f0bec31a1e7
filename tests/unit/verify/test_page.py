"""The page of a report says no more than is known."""

from __future__ import annotations

from typing import Any

from mfgcheck import Game, check, point
from mfgcheck.report import to_text
from mfgcheck.verify.page import report_page


def text(*clauses: str, reward: Any = lambda s, a, z: -s) -> str:
    game = Game(
        states=3,
        actions=2,
        reward=reward,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble=0,
    )
    return " ".join(to_text(report_page(check(game, clauses or None)), width=400).split())


def test_what_slack_means_is_no_verdict() -> None:
    said = text()
    assert "Below 0: observed to fail there, up to rounding." in said
    assert "Above 0: no failure at these mean fields; at others there may be less." in said
    assert "what is PROVED above holds for every mean field" in said
    assert "verdicts above hold" not in said
    assert "there is room" not in said


def test_which_upper_sets_are_left_out_is_said() -> None:
    assert "among those that are not 0 at all mean fields looked at; the others are 0 = 0" in text()


def test_clauses_that_were_not_looked_at_are_counted() -> None:
    assert "The other 8 of the 9 clauses were not looked at." in text("reward.monotone_s")
    assert "not looked at." not in text()


def test_the_definition_in_words_does_not_say_that_the_reward_rises_with_the_action() -> None:
    said = text()
    assert "the reward rises with the state, and what a higher state or action adds" in said
    assert "rise together" not in said


def test_numbers_beyond_floats_leave_a_page_with_notes() -> None:
    for huge in (
        lambda s, a, z: -s * 10**400 * z.mean(),
        lambda s, a, z: (1 - 2 * s) * 15 * 10**307,
        lambda s, a, z: (1 - s) * 10**308 * (1 + z.mean() / 2),
    ):
        said = text(reward=huge)
        assert "not drawn, there are numbers beyond floating point" in said
        assert "REFUTED" in said
