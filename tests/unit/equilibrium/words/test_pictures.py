"""Which figures a result has, and that they show its numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from mfgcheck import Game, chain, gallery, product, solve
from mfgcheck.equilibrium.enclosure.enclosed import Equilibria, Equilibrium, Leftover
from mfgcheck.equilibrium.words.pictures import equilibria_figures, solution_figures
from mfgcheck.game.load import call_maker
from mfgcheck.report import Curves, HeatMap, Series
from mfgcheck.report.plot import render

EMPTY = ((), (), (), 1, 0.1)


def curves(figures: list[Curves | HeatMap], title: str) -> Curves:
    (found,) = (f for f in figures if isinstance(f, Curves) and f.title.startswith(title))
    return found


def named(figure: Curves, name: str) -> Series:
    (found,) = (series for series in figure.series if series.name == name)
    return found


def logistic() -> Game:
    settings = {"susceptibility": "logistic", "c_f": "1"}
    return call_maker(gallery.maker("infection-spread"), settings, "infection-spread")


# ---- runs


def test_figures_of_a_solution_show_its_numbers() -> None:
    solution = solve(gallery.make("infection-spread"))
    figures = solution_figures(solution)
    path = curves(figures, "Mean state")
    lower = named(path, "from the least law")
    assert lower.y[0] == 0
    assert lower.y[-1] == pytest.approx(20.206121, abs=1e-5)
    assert named(path, "from the greatest law").y[0] == 24
    width = curves(figures, "Width")
    assert width.log_y
    assert width.series[0].y[0] == pytest.approx(24)
    law = curves(figures, "Laws")
    assert sum(named(law, "from the least law").y) == pytest.approx(1)
    summed = curves(figures, "The same, summed up")
    assert named(summed, "from the least law").y[-1] == pytest.approx(1)
    # Both ends lead to one strategy, which is drawn once.
    strategy = curves(figures, "Likeliest action")
    assert strategy.series[0].y == (4,) * 21 + (3, 2, 1, 0)
    assert [series.name for series in strategy.series] == ["from both ends"]
    (values,) = (f for f in figures if isinstance(f, HeatMap))
    assert (len(values.rows), len(values.columns)) == (5, 25)
    assert np.argmax(np.array(values.values), axis=0).tolist() == [4] * 21 + [3, 2, 1, 0]


def test_a_cycle_shows_its_phases_and_changing_strategies() -> None:
    figures = solution_figures(solve(logistic(), start="least"))
    names = [series.name for series in curves(figures, "Laws").series]
    assert names == [f"from the least law, phase {phase} of 2" for phase in (1, 2)]
    (along,) = (f for f in figures if isinstance(f, HeatMap) and "along" in f.title)
    assert len(along.columns) == 25
    assert len(along.levels) == 5
    assert len(set(along.values)) > 1


def along(figures: list[Curves | HeatMap]) -> HeatMap:
    (found,) = (f for f in figures if isinstance(f, HeatMap) and "along" in f.title)
    return found


def test_a_cycle_at_the_end_of_a_long_path_is_drawn() -> None:
    solution = solve(gallery.make("sis"), start="least")
    (run,) = solution.runs
    assert run.cycle is not None
    figure = along(solution_figures(solution))
    assert len(figure.rows) == 200
    assert figure.rows[-1] == str(run.steps)
    assert figure.note == f"steps {run.steps - 199} to {run.steps} of {run.steps}"
    assert figure.values[-len(run.cycle) :] == tuple(
        tuple(map(float, row)) for row in run.strategies[-len(run.cycle) :].tolist()
    )


def test_of_a_path_that_comes_to_rest_the_changes_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solution = solve(gallery.make("adoption-birth-death"), start="least")
    steps = solution.runs[0].steps
    first = along(solution_figures(solution))
    assert first.rows == tuple(map(str, range(200)))
    assert first.note == f"steps 0 to 199 of {steps}; it does not change later"
    last = max(i for i in range(1, 200) if first.values[i] != first.values[i - 1])
    monkeypatch.setattr("mfgcheck.equilibrium.words.pictures._MOST_STEPS", 2)
    assert along(solution_figures(solution)).rows == first.rows[last : last + 2]
    monkeypatch.setattr("mfgcheck.equilibrium.words.pictures._MOST_STEPS", steps + 1)
    assert along(solution_figures(solution)).note == ""


def test_states_without_numbers_are_named() -> None:
    figures = solution_figures(solve(plain(chain(["low", "mid", "high"])), start="least"))
    law = curves(figures, "Laws")
    assert law.x_names == ("low", "mid", "high")
    assert curves(figures, "Height of the state").series[0].y[-1] == pytest.approx(1)


def test_rational_states_are_where_they_belong() -> None:
    figures = solution_figures(solve(plain(chain(["1/2", 1, 4])), start="least"))
    assert curves(figures, "Laws").x_names == ("1/2", "1", "4")
    figures = solution_figures(solve(plain(chain([Fraction(1, 2), 1, 4])), start="least"))
    assert curves(figures, "Laws").series[0].x == (0.5, 1, 4)


def test_a_product_has_a_heat_map_and_no_sums() -> None:
    figures = solution_figures(solve(plain(product(2, 3)), start="least"))
    assert not any(f.title.startswith("The same, summed up") for f in figures)
    strategy = next(f for f in figures if f.title == "Likeliest action")
    assert isinstance(strategy, HeatMap)
    assert (len(strategy.rows), len(strategy.columns)) == (2, 3)


def test_one_state_and_one_action_can_be_drawn() -> None:
    only = Game(
        states=1,
        actions=1,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: {0: 1},
        discount="1/2",
        tremble=0,
    )
    assert render(solution_figures(solve(only)))


def plain(states: object) -> Game:
    """A game in which everybody is redrawn uniformly."""
    labels = list(states)  # type: ignore[call-overload]
    share = Fraction(1, len(labels))
    return Game(
        states=states,  # type: ignore[arg-type]
        actions=2,
        reward=lambda s, a, z: -a,
        transition=lambda s, a, z: dict.fromkeys(labels, share),
        discount="1/2",
        tremble="1/4",
    )


# ---- equilibria


def test_the_map_of_a_game_without_equilibrium_jumps_over_the_diagonal() -> None:
    (figure,) = equilibria_figures(Equilibria(logistic(), *EMPTY))
    assert isinstance(figure, Curves)
    assert "for orientation" in figure.note
    ties = [x for x, _ in figure.marks]
    assert ties == pytest.approx([6.40634, 18.81171], abs=1e-4)
    line = named(figure, "where the best response leads")
    assert sum(map(math.isnan, line.y)) == 2
    gap = [y - x for x, y in zip(line.x, line.y, strict=True) if not math.isnan(y)]
    # It meets the diagonal nowhere, though it lies above it at first and below it in the end.
    assert gap[0] > 0 > gap[-1]
    assert min(map(abs, gap)) > 1e-3


def test_strategies_that_are_left_out_are_counted() -> None:
    bounds = (Fraction(0), Fraction(1))
    one = Equilibrium({"z[1]": bounds}, (1, 1), bounds, (bounds, bounds), stable=True)
    for many, note in ((6, ""), (7, "the first 6 of 7")):
        figures = equilibria_figures(Equilibria(gallery.make("audit-c"), (one,) * many, *EMPTY[1:]))
        strategies = curves(figures, "Likeliest action")
        assert (len(strategies.series), strategies.note) == (6, note)


def test_the_map_marks_equilibria_and_what_is_open() -> None:
    game = gallery.make("audit-c")
    third, half = (Fraction(2, 3), Fraction(2, 3)), (Fraction(1, 4), Fraction(1, 2))
    one = Equilibrium({"z[1]": third}, (1, 1), half, (half, third), stable=True)
    rest = Leftover({"z[1]": half}, 2, "a tie")
    figures = equilibria_figures(Equilibria(game, (one,), (), (rest,), 1, 0.1))
    figure = curves(figures, "The map")
    assert named(figure, "T-MFE").x == named(figure, "T-MFE").y == pytest.approx((2 / 3,))
    assert named(figure, "not decided").x == (0.375,)
    assert [x for x, _ in figure.marks] == pytest.approx([1 / 3])
    line = named(figure, "where the best response leads")
    # z(1) = m/4 + 1/8 + (tremble or its complement)/2, by hand: 1/4 at m = 0, 3/4 at m = 1.
    assert (line.y[0], line.y[-1]) == pytest.approx((0.25, 0.75))
    assert curves(figures, "Laws").series[0].y == pytest.approx((0.375, 2 / 3))
    assert curves(figures, "Likeliest action").series[0].y == (1, 1)


@pytest.mark.parametrize("name", ["audit-a", "mturk", "audit-e"])
def test_without_exactly_one_aggregate_that_matters_there_is_no_map(name: str) -> None:
    assert equilibria_figures(Equilibria(gallery.make(name), *EMPTY)) == []


def test_kernels_with_several_stationary_laws_leave_gaps() -> None:
    stuck = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: a * z[1],
        transition=lambda s, a, z: {s: 1},
        discount="1/2",
        tremble="1/4",
    )
    (figure,) = equilibria_figures(Equilibria(stuck, *EMPTY))
    assert isinstance(figure, Curves)
    assert all(math.isnan(y) for y in named(figure, "where the best response leads").y)
    assert render([figure])


def test_paths_that_bracket_nothing_have_no_width() -> None:
    for name, shown in (("sis", False), ("coordination", True)):
        titles = [figure.title for figure in solve(gallery.make(name)).figures()]
        assert ("Width of the sandwich" in titles) == shown
