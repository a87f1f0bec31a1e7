"""The table: ten figures, each with its lines, its sentences, and what is our choice."""

from __future__ import annotations

import pytest

from mfgcheck.errors import BadInput
from mfgcheck.learning.learn import ALGORITHMS
from mfgcheck.paper.experiments.rules import RULES
from mfgcheck.paper.experiments.runner import needed
from mfgcheck.paper.experiments.setting import PAPER, QUICK, Setting, scale_of
from mfgcheck.paper.experiments.table import FIGURES, Reading, chosen

ALL = [one for figure in FIGURES for one in figure.settings()]


def test_there_are_ten_figures_and_each_says_what_is_chosen() -> None:
    assert [figure.id for figure in FIGURES] == [f"fig{n}" for n in range(1, 11)]
    for figure in FIGURES:
        assert figure.lines
        assert figure.sentences
        assert figure.chosen.endswith(".")
        assert f"Figure {figure.id.removeprefix('fig')}:" in figure.title


def test_every_sentence_has_a_rule_and_an_id_of_its_own() -> None:
    sentences = [sentence for figure in FIGURES for sentence in figure.sentences]
    assert len({sentence.id for sentence in sentences}) == len(sentences)
    assert {sentence.rule for sentence in sentences} == set(RULES)
    for sentence in sentences:
        assert sentence.text.endswith(".")
        assert sentence.about


def test_both_learning_rates_and_all_four_susceptibilities_are_read() -> None:
    for figure in FIGURES:
        assert {reading.rate for reading in figure.readings} == {"printed", "decaying"}
        games = {line.setting.game for line in figure.lines}
        p = {reading.p for reading in figure.readings}
        spread = {"exp", "rational", "logistic", "linear"}
        assert p == (spread if games == {"infection-spread"} else {""})


def test_the_paper_has_its_numbers() -> None:
    iterations = {(one.game, one.algorithm): one.iterations for one in ALL}
    assert iterations == {
        ("infection-spread", "tmfq"): 5000,
        ("infection-spread", "gmbl"): 500,
        ("infection-spread", "o-tmfq"): 5000,
        ("infection-spread", "iql"): 5000,
        ("infection-spread", "mfq"): 5000,
        ("mturk", "o-tmfq"): 7000,
    }
    assert {(one.updates, one.samples, one.seen) for one in ALL} == {(1000, 500, 512)}
    assert [PAPER.of(one) for one in ALL] == ALL
    assert PAPER.runs == 20


def test_settings_that_differ_have_keys_that_differ() -> None:
    by_key: dict[str, set[str]] = {}
    for one in ALL:
        by_key.setdefault(one.key, set()).add(str(one.to_dict()))
    assert all(len(found) == 1 for found in by_key.values())
    assert all(set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_=.") for key in by_key)


def test_figures_share_their_runs() -> None:
    figures = {figure.id: figure for figure in FIGURES}
    second, third = (set(needed(figures[name].settings(), PAPER)) for name in ("fig2", "fig3"))
    assert second == third
    assert set(needed(figures["fig9"].settings(), PAPER)) <= set(
        needed(figures["fig7"].settings(), PAPER)
    )


def test_of_two_askers_the_one_that_wants_all_runs_is_heard() -> None:
    few = Setting("mturk", (), "mfq", 5, most_runs=4)
    many = Setting("mturk", (), "mfq", 5)
    assert needed([few, many], PAPER) == needed([many, few], PAPER) == (many,)


@pytest.mark.parametrize("setting", {one.algorithm: one for one in ALL}.values())
def test_every_setting_has_options_that_its_learner_knows(setting: Setting) -> None:
    from inspect import signature

    known = signature(ALGORITHMS[setting.algorithm]).parameters
    assert set(setting.options()) <= set(known)
    small = QUICK.of(setting)
    assert small.iterations < setting.iterations
    assert small.key == setting.key or setting.algorithm == "mfq"


def test_gmbl_has_no_learning_rate_to_read() -> None:
    setting = next(one for one in ALL if one.algorithm == "gmbl")
    assert Reading("printed", "exp").of(setting) == setting


@pytest.mark.parametrize("names", [["fig11"], ["fig1", "1"], []])
def test_figures_that_are_none_are_refused(names: list[str]) -> None:
    with pytest.raises(BadInput, match="fig1 to fig10"):
        chosen(names)
    assert len(chosen(["all"])) == 10


def test_a_scale_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="quick, paper"):
        scale_of("huge")
