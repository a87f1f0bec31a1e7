"""Making the runs: one job each, beside one another, stored as they end.

The inner loops of the learners release the interpreter's lock, so threads are enough. Each run
draws from a stream of its own (`mfgcheck.learning.learned.chance`): what comes out does not depend
on how many run at once, nor on which of them were stored before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeAlias

from mfgcheck.learning.learn import learn
from mfgcheck.paper.experiments.setting import Scale, Setting
from mfgcheck.paper.experiments.store import Kept, Store, facts

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (runs done, runs in all, what comes next)."""

Runs: TypeAlias = Mapping[str, tuple[Kept, ...]]
"""The runs of each setting, by its key and by number."""


class Interrupted(KeyboardInterrupt):
    """Stopped from the keyboard: the runs that had ended are stored.

    Attributes:
        done, total: how many of how many.
    """

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done, self.total = done, total


class _Stopped(Exception):
    """Ends a run that nobody waits for any more."""


@dataclass(frozen=True)
class _Job:
    setting: Setting
    run: int


def run_all(
    settings: Iterable[Setting],
    runs: int,
    store: Store,
    *,
    seed: int = 0,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> Runs:
    """Return the runs of some settings; those that are stored are not made again.

    Args:
        settings: what to run; the same one twice counts once.
        runs: how many of each, at least 1.
        store: where finished runs are and go.
        seed: with the number of a run, where its chance comes from.
        workers: how many runs go on at once, at least 1.
        on_progress: called between runs.

    Raises:
        BadInput: a stored run is of something else, or the store cannot be written.
        Interrupted: from the keyboard.
    """
    jobs = [
        _Job(setting, run)
        for setting in dict.fromkeys(settings)
        for run in range(min(runs, setting.most_runs or runs))
    ]
    found: dict[_Job, Kept] = {}
    for job in jobs:
        kept = store.load(job.setting, job.run, facts(job.setting, seed, job.run))
        if kept is not None:
            found[job] = kept
    left = [job for job in jobs if job not in found]
    # The longest first, so that no worker is left alone with one at the end.
    left.sort(key=lambda job: -_cost(job.setting))
    halt = threading.Event()
    waiting: set[Future[Kept]] = set()
    of: dict[Future[Kept], _Job] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="run")
    try:
        for job in left:
            future = pool.submit(_run, job, store, seed, halt)
            of[future] = job
            waiting.add(future)
        while waiting:
            if on_progress is not None:
                on_progress(len(found), len(jobs), _next(of, waiting))
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                found[of[future]] = future.result()
    except KeyboardInterrupt:
        raise Interrupted(len(found), len(jobs)) from None
    finally:
        halt.set()
        pool.shutdown(wait=True, cancel_futures=True)
    if on_progress is not None:
        on_progress(len(jobs), len(jobs), "")
    by_key: dict[str, list[Kept]] = {}
    for job in jobs:
        by_key.setdefault(job.setting.key, []).append(found[job])
    return {key: tuple(kept) for key, kept in by_key.items()}


def needed(settings: Iterable[Setting], scale: Scale) -> tuple[Setting, ...]:
    """Return settings at a scale, each once, with the most runs that any asks for."""
    most: dict[str, Setting] = {}
    for setting in map(scale.of, settings):
        there = most.get(setting.key)
        if there is None or (there.most_runs is not None and setting.most_runs is None):
            most[setting.key] = setting
    return tuple(most.values())


def _run(job: _Job, store: Store, seed: int, halt: threading.Event) -> Kept:
    def between(done: int, total: int, text: str) -> None:
        if halt.is_set():
            raise _Stopped

    if halt.is_set():
        raise _Stopped
    setting = job.setting
    learned = learn(
        setting.make(),
        setting.algorithm,
        seed=seed,
        run=job.run,
        on_progress=between,
        **setting.options(),
    )
    kept = Kept.of(learned)
    store.save(setting, job.run, facts(setting, seed, job.run), kept, learned.seconds)
    return kept


def _cost(setting: Setting) -> int:
    """Return about how many updates a run makes."""
    each = {"tmfq": setting.updates, "gmbl": 100 * setting.samples, "mfq": setting.agents}
    seen = setting.seen if setting.algorithm == "mfq" else 1
    return setting.iterations * each.get(setting.algorithm, setting.agents) * seen


def _next(of: Mapping[Future[Kept], _Job], waiting: set[Future[Kept]]) -> str:
    job = next((of[future] for future in of if future in waiting), None)
    return "" if job is None else f"{job.setting.text}, run {job.run}"
