"""Which accuracy a number of samples buys."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mfgcheck import Budget, Game, budget, equilibria
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.gap.plan import Plan
from mfgcheck.budgets.inverse import FINEST, bought, budgets
from mfgcheck.budgets.target import Target, find_target
from mfgcheck.gallery import make

F = Fraction
FAILURE = F(1, 20)


def plan_for(game: Game, span: Fraction, algorithm: str = "t-br") -> tuple[Plan, Target]:
    target = find_target(game, equilibria(game), FINEST, algorithm)
    assert isinstance(target, Target)
    return Plan(target.path, target.distances, F(1, 2), FAILURE, span), target


@pytest.mark.parametrize("samples", [700, 10**4, 10**6])
@pytest.mark.parametrize("name", ["coordination", "audit-f"])
def test_what_is_bought_is_paid_for_and_nearly_the_best(name: str, samples: int) -> None:
    plan, target = plan_for(make(name), F(2))
    found = bought(samples, {Scheme.GMBL: target}, FAILURE, F(2))
    assert (found.samples, found.scheme) == (samples, Scheme.GMBL)
    assert isinstance(found.budget, GapBudget)
    assert found.budget.calls <= samples
    # The same accuracy, asked for, costs as much; a twentieth less costs more than there is.
    accuracy = found.budget.accuracy
    (again,) = budgets(plan, Scheme.GMBL, [accuracy])
    assert isinstance(again, GapBudget)
    assert again.calls == found.budget.calls
    (finer,) = budgets(plan, Scheme.GMBL, [accuracy * 19 / 20])
    assert isinstance(finer, GapBudget)
    assert finer.calls > samples
    # And the learner's promise is twice the accuracy, in all.
    assert found.budget.distance + found.budget.radius <= 2 * accuracy


def test_the_finest_accuracy() -> None:
    _, target = plan_for(make("audit-f"), F(1))
    found = bought(10**12, {Scheme.GMBL: target}, FAILURE, F(1))
    assert isinstance(found.budget, GapBudget)
    assert found.budget.accuracy == FINEST


def test_too_few() -> None:
    _, target = plan_for(make("coordination"), F(2))
    found = bought(3, {Scheme.GMBL: target, Scheme.TMFQ: target}, FAILURE, F(2))
    assert found.budget == "3 calls are not enough for any accuracy below 1"


def test_no_target() -> None:
    found = bought(10**6, {Scheme.GMBL: "no T-MFE"}, FAILURE, F(1))
    assert (found.scheme, found.budget) == (Scheme.GMBL, "no T-MFE")


def test_the_learner_that_does_best_is_named() -> None:
    game, samples = make("coordination"), 10**5
    _, target = plan_for(game, F(2))
    _, lagged = plan_for(game, F(2), "modified")
    alone = {}
    for scheme in Scheme:
        aim = lagged if scheme is Scheme.O_TMFQ else target
        one = bought(samples, {scheme: aim, Scheme.GMBL: "none"}, FAILURE, F(2)).budget
        if scheme is Scheme.GMBL:
            one = bought(samples, {scheme: aim}, FAILURE, F(2)).budget
        assert isinstance(one, GapBudget)
        alone[scheme] = one.accuracy
    everyone = {Scheme.TMFQ: target, Scheme.O_TMFQ: lagged, Scheme.GMBL: target}
    found = bought(samples, everyone, FAILURE, F(2))
    assert isinstance(found.budget, GapBudget)
    assert found.budget.accuracy == min(alone.values())
    assert alone[found.scheme] == min(alone.values())


def test_finer_is_never_cheaper() -> None:
    plan, _ = plan_for(make("audit-f"), F(1))
    found = budgets(plan, Scheme.GMBL, [F(1, 2), F(1, 10), F(1, 100)])
    calls = [one.calls for one in found if isinstance(one, GapBudget)]
    assert len(calls) == 3
    assert calls == sorted(calls)


@pytest.mark.parametrize("name", ["coordination", "audit-c", "fair-coin"])
def test_the_number_to_use_buys_the_accuracy_that_it_is_for(name: str) -> None:
    first: Budget = budget(make(name))
    assert first.best is not None
    second = budget(make(name), samples=first.best.calls)
    assert second.bought is not None
    assert isinstance(second.bought.budget, GapBudget)
    assert second.bought.budget.accuracy <= F(1, 10)
    assert second.bought.budget.calls <= first.best.calls
