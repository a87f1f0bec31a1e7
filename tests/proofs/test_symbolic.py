"""The symbolic proofs hold, and each of them fails when a constant or a sign in it is changed."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sympy import Rational

FOLDER = Path(__file__).resolve().parents[2] / "proofs" / "symbolic"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "steps")

# For every proof the wrong value of its one parameter: a constant, a sign, a power, an index.
MUTANTS: dict[str, dict[str, object]] = {
    "lemma_1": {
        "order_statistics": 0,  # eps/n for eps/(n - 1)
        "weights": 2,
        "abel_summation": -1,
        "order_statistics_are_lipschitz": 1,  # one action fewer: the pigeonhole fails
        "lemma": 2,
    },
    "proposition_1": {
        "contraction": -1,
        "shift": 2,
        "best_choice": -1,
        "fixed_point_is_best": 2,
        "condition_is_needed": -1,
        "counterexample": -1,
    },
    "trembling_value": {
        "formula": 1,
        "printed_fails": Rational(1, 3),
        "excess": 1,
        "printed_is_no_mean": Rational(2, 5),
        "weights": 2,
    },
    "lemma_4": {
        "split": 1,
        "value_bound": 2,
        "d": 1,  # the D of the theorems
        "order_of_constants": -1,
        "span_version": 1,
        "tight": 1,
        "theorems_d_fails": 1,
        "theorems_d_fails_with_sums_over_actions": 1,
    },
    "lemma_5": {
        "split": 1,
        "rows_do_not_lengthen": 2,
        "dobrushin": 1,
        "one_plus_c2_is_attained": -1,
        "c3_is_infinite": -1,
        "c3_example": Rational(1, 2),
    },
    "recursion_b": {
        "recursion": 0,
        "sum": 1,
        "difference": 0,  # rho^k for rho^(k+1)
        "golden_ratio": 2,
        "thresholds": 2,
        "first_failures": 0,
        "theorem_6": 0,
        "errors_add_up": Rational(1, 200),
    },
    "corollary_1": {
        "recursion": 0,
        "sum": -1,
        "b": 2,
        "steps": 1,
        "printed_condition_is_weaker": 0,
    },
    "lemma_6": {
        "amplification": 2,
        "amplification_is_attained": 2,
        "second_derivative": 5,
        "hoeffding": 2,
        "width": 1,
        "samples": 1,
        "factor_two": 1,
    },
    "lemma_7": {
        "largest_row": -1,
        "sets": 1,
        "exponent": 1,
        "samples": 0,
        "factor_two": 0,
    },
    "theorem_5": {
        "recursion": 2,
        "closed_form": -1,
        "sum_of_impulses": 2,
        "bound": 2,
        "limit": -1,
        "rate": -1,
        "coarse_sum": 2,
        "b_fails": Rational(3, 5),
        "b_fails_at_one": 20,
    },
    "theorem_6": {
        "choice": 2,
        "step": -1,
        "least": 1,
        "moments": 1,
        "spread": 2,
        "closed_form": 1,
        "steps": 1,
        "every_constant": 0,
        "markov": Rational(1, 3),
        "hidden_factor": 0,
    },
    "tq_learning": {
        "split": -1,
        "pathwise": -1,
        "weights": 1,
        "variance": -1,
        "moments": 4,
        "jensen": 2,
        "exponential_bound": 0,
        "hoeffding_version": 1,
        "updates": 2,
    },
}


@pytest.fixture(autouse=True)
def _on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts import `steps` from their own folder, as they do when run."""
    monkeypatch.syspath_prepend(str(FOLDER))


def proofs_of(script: str) -> dict[str, Callable[..., None]]:
    """The proofs of a script, by name."""
    module = importlib.import_module(script)
    return {
        name.removeprefix("prove_"): value
        for name, value in vars(module).items()
        if name.startswith("prove_")
    }


CASES = [(script, name) for script, names in MUTANTS.items() for name in names]


@pytest.mark.parametrize(("script", "name"), CASES)
def test_proof_holds(script: str, name: str) -> None:
    proofs_of(script)[name]()


@pytest.mark.parametrize(("script", "name"), CASES)
def test_changed_proof_fails(script: str, name: str) -> None:
    prove = proofs_of(script)[name]
    (parameter,) = inspect.signature(prove).parameters.values()
    wrong = MUTANTS[script][name]
    assert parameter.default != wrong
    with pytest.raises(AssertionError):
        prove(wrong)


def test_every_proof_is_tested() -> None:
    assert {script: set(proofs_of(script)) for script in SCRIPTS} == {
        script: set(names) for script, names in MUTANTS.items()
    }


def test_every_script_is_listed() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\| `(\w+)\.py` \|$", page, re.MULTILINE)) == SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS)
def test_main_runs_every_proof(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module(script).main()
    printed = capsys.readouterr().out.splitlines()
    proofs = proofs_of(script).values()
    assert printed == [f"proved: {inspect.getdoc(prove).splitlines()[0]}" for prove in proofs]


def test_a_script_runs_on_its_own_but_not_without_assertions() -> None:
    path = str(FOLDER / "corollary_1.py")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("proved: ")
    blind = subprocess.run(
        [sys.executable, "-O", path], capture_output=True, text=True, check=False
    )
    assert blind.returncode != 0
    assert "proved" not in blind.stdout
