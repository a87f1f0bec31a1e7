"""Runs: the same whatever runs beside them, kept when interrupted, refused when they are others."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mfgcheck
from mfgcheck.errors import BadInput
from mfgcheck.learning.learn import learn
from mfgcheck.paper.experiments import runner
from mfgcheck.paper.experiments import store as store_module
from mfgcheck.paper.experiments.reproduce import reproduce
from mfgcheck.paper.experiments.runner import Interrupted, needed, run_all
from mfgcheck.paper.experiments.setting import Setting
from mfgcheck.paper.experiments.store import Store, facts
from mfgcheck.paper.experiments.table import chosen
from tests.unit.paper.experiments.tiny import TINY

SETTINGS = needed((one for figure in chosen(["fig1", "fig2"]) for one in figure.settings()), TINY)
ONE = next(one for one in SETTINGS if one.algorithm == "o-tmfq")


def digests(found: runner.Runs) -> dict[str, list[str]]:
    return {key: [one.digest for one in kept] for key, kept in found.items()}


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    alone = run_all(SETTINGS, 2, Store.at(tmp_path / "1"), workers=1)
    beside = run_all(SETTINGS, 2, Store.at(tmp_path / "2"), workers=2)
    assert digests(alone) == digests(beside)
    assert all(len(set(found)) == len(found) for found in digests(alone).values())
    stored = run_all(SETTINGS, 2, Store.at(tmp_path / "2"), workers=2)
    assert digests(stored) == digests(alone)
    assert not list(tmp_path.rglob("*.tmp"))


def test_what_is_stored_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.at(tmp_path)
    first = run_all([ONE], 2, store)
    asked: list[int] = []

    def counted(*args: Any, **options: Any) -> Any:
        asked.append(options["run"])
        return learn(*args, **options)

    monkeypatch.setattr(runner, "learn", counted)
    again = run_all([ONE], 3, store)
    assert asked == [2]
    assert digests(again)[ONE.key][:2] == digests(first)[ONE.key]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_command_goes_on_where_it_stopped(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_all([ONE], 5, Store.at(tmp_path / "whole"))
    told: list[int] = []

    def stop(done: int, total: int, text: str) -> None:
        told.append(done)
        if done >= 2:
            raise KeyboardInterrupt

    store = Store.at(tmp_path / "stopped")
    with pytest.raises(Interrupted) as stopped:
        run_all([ONE], 5, store, workers=workers, on_progress=stop)
    assert stopped.value.total == 5
    kept = sorted(tmp_path.glob("stopped/runs/*/*.json"))
    assert stopped.value.done <= len(kept)
    assert told[0] == 0
    # What was written half is written again.
    kept[0].unlink()
    assert digests(run_all([ONE], 5, store, workers=workers)) == digests(whole)


def test_runs_that_go_on_end_soon_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    def endless(*args: Any, on_progress: Callable[[int, int, str], None], **rest: Any) -> None:
        pause = threading.Event()
        for _ in range(2000):
            pause.wait(0.005)
            try:
                on_progress(1, 2, "")
            except Exception as error:
                ended.append(type(error).__name__)
                raise

    def stop(done: int, total: int, text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "learn", endless)
    with pytest.raises(Interrupted):
        run_all([ONE], 2, Store.at(tmp_path), workers=2, on_progress=stop)
    assert set(ended) <= {"_Stopped"}
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"iterations": 13}, "iterations is 12, not 13"),
        ({"agents": 999}, ""),
    ],
)
def test_runs_of_other_parameters_are_refused(
    change: dict[str, int], what: str, tmp_path: Path
) -> None:
    store = Store.at(tmp_path)
    run_all([ONE], 1, store)
    other = replace(ONE, **change)  # type: ignore[arg-type]
    if not what:  # another key, so that both have their places
        assert len(run_all([other], 1, store)) == 1
        return
    with pytest.raises(BadInput, match=what):
        run_all([other], 1, store)


def test_runs_of_another_seed_or_version_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.at(tmp_path)
    run_all([ONE], 1, store)
    with pytest.raises(BadInput, match="seed is 0, not 5"):
        run_all([ONE], 1, store, seed=5)
    monkeypatch.setattr(mfgcheck, "__version__", "9.9")
    with pytest.raises(BadInput, match=r"version is .*, not 9\.9"):
        run_all([ONE], 1, store)


def test_a_run_depends_on_the_code_of_the_learners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_all([ONE], 1, Store.at(tmp_path))
    monkeypatch.setattr(store_module, "_learners", lambda: "another")
    with pytest.raises(BadInput, match=r"learners is \w+, not another"):
        run_all([ONE], 1, Store.at(tmp_path))


def test_a_run_depends_on_the_game_itself() -> None:
    other = Setting("infection-spread", (("c_f", "1/3"),), "o-tmfq", 12)
    assert facts(ONE, 0, 0)["digest"] == ONE.make().digest != facts(other, 0, 0)["digest"]


@pytest.mark.parametrize("damage", ["arrays", "gone", "json", "swapped", "list"])
def test_what_is_damaged_is_refused(damage: str, tmp_path: Path) -> None:
    store = Store.at(tmp_path)
    run_all([ONE], 2, store)
    folder = tmp_path / "runs" / ONE.key
    arrays, told = folder / "run-000.npz", folder / "run-000.json"
    if damage == "arrays":
        arrays.write_bytes(arrays.read_bytes()[:200])
    elif damage == "gone":
        arrays.unlink()
    elif damage == "json":
        told.write_text("{", encoding="utf-8")
    elif damage == "list":
        told.write_text("[]", encoding="utf-8")
    else:
        (folder / "run-001.npz").replace(arrays)
    with pytest.raises(BadInput, match=r"damaged|does not tell"):
        run_all([ONE], 2, store)


def test_what_is_kept_of_a_run(tmp_path: Path) -> None:
    long = replace(ONE, iterations=1203, agents=20)
    kept = run_all([long], 1, Store.at(tmp_path))[long.key][0]
    assert kept.iterations.size == 500
    assert (kept.iterations[0], kept.iterations[-1]) == (0, 1203)
    assert np.all(np.diff(kept.iterations) > 0)
    assert np.allclose(kept.tail.sum(), 1)
    told = json.loads((tmp_path / "runs" / long.key / "run-000.json").read_text(encoding="utf-8"))
    assert told["depends_on"]["parameters"] == {"susceptibility": "exp", "c_f": "1/10"}
    assert told["depends_on"]["rate"] == "0.01 to 0.001"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"runs": 0}, "runs is 0"),
        ({"runs": 10**6}, "at most 1000 runs"),
        ({"workers": 0}, "workers is 0"),
        ({"workers": 10**5}, "256 workers"),
        ({"seed": -1}, "seed is -1"),
        ({"scale": "huge"}, "no scale"),
    ],
)
def test_numbers_out_of_range_are_refused(
    options: dict[str, Any], what: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=what):
        reproduce(["fig1"], tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    for out in (file, file / "deeper", "a\0b"):
        with pytest.raises(BadInput):
            Store.at(out)
