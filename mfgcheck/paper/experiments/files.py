"""The files that the experiments leave in their folder: figures, and the comparison."""

from __future__ import annotations

from pathlib import Path

from mfgcheck.errors import BadInput
from mfgcheck.paper.experiments.reproduce import Experiments

KINDS = (".svg", ".png")


def write_comparison(found: Experiments, out: str | Path) -> Path:
    """Write the comparison as Markdown, and return where it is.

    Raises:
        BadInput: it cannot be written.
    """
    file = Path(out) / "comparison.md"
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        temporary.write_text(found.markdown(), encoding="utf-8")
        temporary.replace(file)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from None
    return file


def write_figures(found: Experiments, out: str | Path) -> Path | None:
    """Draw all figures, as SVG and PNG, light and dark; return where, None without matplotlib.

    Raises:
        BadInput: they cannot be written.
    """
    from mfgcheck.report.plot import available, save

    if not available():
        return None
    folder = Path(out) / "figures"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}") from None
    for figure, drawn in zip(found.figures, found.drawn(), strict=True):
        for kind in KINDS:
            save([drawn], folder / f"{figure.id}{kind}")
            save([drawn], folder / f"{figure.id}-dark{kind}", dark=True)
    return folder
