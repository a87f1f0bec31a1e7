"""Finished runs on disk: arrays as NPZ and what they depend on as JSON, each written as a whole."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.paper.experiments.setting import Setting

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats, Ints
    from mfgcheck.learning.learned import Learned

FORMAT = 1
"""Of the files; a change of what is in them raises it."""

POINTS = 500
"""Mean fields that are kept of a path, at most."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What is kept of one run.

    Attributes:
        iterations: array (K,), which mean fields are kept: the first, the last, and some between.
        mean_fields: array (K, S), these.
        tail: array (S,), the mean of all mean fields of the last tenth of the iterations.
        strategy: array (S,), the last one, by number of the action.
        q: array (S, A), the last TQ-values.
    """

    iterations: Ints
    mean_fields: Floats
    tail: Floats
    strategy: Ints
    q: Floats

    @staticmethod
    def of(learned: Learned) -> Kept:
        """Return what is kept of a run."""
        path = learned.mean_fields
        last = path.shape[0] - 1
        kept = np.unique(np.linspace(0, last, min(POINTS, last + 1)).round().astype(np.int64))
        tail = path[1:][-max(1, last // 10) :].mean(axis=0)
        return Kept(kept, path[kept], tail, learned.strategies[-1], learned.q)

    @property
    def last(self) -> Floats:
        """The last mean field, array (S,)."""
        found: Floats = self.mean_fields[-1]
        return found

    @property
    def means(self) -> Floats:
        """The mean state numbers of the mean fields kept, array (K,)."""
        found: Floats = self.mean_fields @ np.arange(self.mean_fields.shape[1])
        return found

    def arrays(self) -> dict[str, Floats | Ints]:
        """Return the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes of all arrays."""
        total = hashlib.sha256()
        for name, array in self.arrays().items():
            total.update(f"{name} {array.dtype} {array.shape}\n".encode())
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()


@dataclass(frozen=True)
class Store:
    """A folder of finished runs.

    Attributes:
        folder: where they are; it is made when needed.
    """

    folder: Path

    @staticmethod
    def at(path: str | Path) -> Store:
        """Return the store in an output folder, which can be written to.

        Raises:
            BadInput: it cannot, or it is a file.
        """
        out = Path(path)
        runs = out / "runs"
        try:
            if out.exists() and not out.is_dir():
                raise BadInput(f"{path} is a file: give a folder")
            runs.mkdir(parents=True, exist_ok=True)
            probe = runs / f".mfgcheck-{os.getpid()}.tmp"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror}") from None
        except ValueError:
            raise BadInput(f"{str(path)!r} cannot be the name of a folder") from None
        return Store(runs)

    def _file(self, setting: Setting, run: int, suffix: str) -> Path:
        return self.folder / setting.key / f"run-{run:03d}{suffix}"

    def load(self, setting: Setting, run: int, facts: Mapping[str, object]) -> Kept | None:
        """Return a finished run, None if there is none.

        Args:
            setting, run: which.
            facts: what it must depend on (see `facts`).

        Raises:
            BadInput: what is there depends on something else, or is damaged.
        """
        told, arrays = self._file(setting, run, ".json"), self._file(setting, run, ".npz")
        try:
            found = json.loads(told.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadInput(f"{told} cannot be read: {error.strerror}") from None
        except ValueError:
            raise BadInput(f"{told} is damaged: remove it, to run it again") from None
        there = found.get("depends_on") if isinstance(found, dict) else None
        difference = _difference(there, facts)
        if difference:
            raise BadInput(
                f"{told} is of another run: {difference}. Give another --out, or remove its folder"
            )
        try:
            with arrays.open("rb") as stream, np.load(stream, allow_pickle=False) as loaded:
                kept = Kept(**{field.name: loaded[field.name] for field in fields(Kept)})
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            kept = None
        if kept is None or kept.digest != found.get("arrays"):
            raise BadInput(f"{arrays} is missing or damaged: remove {told}, to run it again")
        return kept

    def save(
        self, setting: Setting, run: int, facts: Mapping[str, object], kept: Kept, seconds: float
    ) -> None:
        """Store a finished run. The JSON comes last: without it, there is no run.

        Raises:
            BadInput: the files cannot be written.
        """
        told, arrays = self._file(setting, run, ".json"), self._file(setting, run, ".npz")
        document = {
            "depends_on": facts,
            "key": setting.key,
            "arrays": kept.digest,
            "seconds": round(seconds, 3),
        }
        try:
            arrays.parent.mkdir(parents=True, exist_ok=True)
            temporary = arrays.with_name(f".{arrays.name}-{os.getpid()}.tmp")
            try:
                with temporary.open("wb") as stream:
                    # numpy's stubs take further arrays for its one flag.
                    np.savez(stream, **kept.arrays())  # type: ignore[arg-type]
                temporary.replace(arrays)
                temporary.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
                temporary.replace(told)
            finally:
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
        except OSError as error:
            raise BadInput(f"{arrays.parent} cannot be written: {error.strerror}") from None


def facts(setting: Setting, seed: int, run: int) -> dict[str, object]:
    """Return all that a run depends on, as JSON holds it."""
    import mfgcheck

    return {
        "format": FORMAT,
        "version": mfgcheck.__version__,
        "learners": _learners(),
        **setting.to_dict(),
        "digest": setting.make().digest,
        "seed": seed,
        "run": run,
    }


@lru_cache(maxsize=1)
def _learners() -> str:
    """Return a digest of the learners' code: what another code ran is another run."""
    import mfgcheck.learning

    total = hashlib.sha256()
    for file in sorted(Path(mfgcheck.learning.__path__[0]).glob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()[:16]


def _difference(there: object, wanted: Mapping[str, object]) -> str:
    """Tell how what is there differs from what is wanted; nothing if it does not.

    >>> _difference({"seed": 1, "agents": 10}, {"seed": 0, "agents": 10})
    'seed is 1, not 0'
    """
    if not isinstance(there, dict):
        return "it does not tell what it depends on"
    names = [*wanted, *(name for name in there if name not in wanted)]
    differing = [
        f"{name} is {there.get(name, 'not told')}, not {wanted.get(name, 'there')}"
        for name in names
        if there.get(name) != wanted.get(name)
    ]
    return "; ".join(differing)
