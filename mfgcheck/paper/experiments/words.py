"""The comparison with the paper as text, as Markdown and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mfgcheck.paper.experiments.compare import Answer, Compared
from mfgcheck.paper.experiments.interval import CONFIDENCE
from mfgcheck.paper.experiments.rules import QUICK, SAME, SCATTER, SETTLED, VALUES
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table

if TYPE_CHECKING:
    from mfgcheck.paper.experiments.reproduce import Experiments

SCHEMA = "mfgcheck.experiments/1"

_HOLDS = {True: "yes", False: "no", None: "not decided"}

COLUMNS = ("figure", "the paper says, in our words", "verdict", "measured")


def experiments_blocks(found: Experiments) -> list[Block]:
    """Return the comparison as blocks."""
    figures = ", ".join(figure.id for figure in found.figures)
    blocks: list[Block] = [
        Heading(f"The paper's experiments: {figures}", 1),
        Paragraph(_summary(found)),
        Table(COLUMNS, tuple(_row(one) for one in found.compared), _caption(found)),
    ]
    blocks += [
        Paragraph(f"{one.figure}, {one.sentence.text} {one.answer}: {one.why}.")
        for one in found.compared
        if one.why
    ]
    blocks.append(Note(" ".join(limits())))
    return blocks


def experiments_markdown(found: Experiments) -> str:
    """Return the comparison as Markdown: a table, then each sentence under all readings."""
    lines = [_summary(found), "", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
    lines += [_line(_row(one)) for one in found.compared]
    lines += ["", _caption(found), ""]
    for one in found.compared:
        lines += [f"**{one.figure}: {one.sentence.text}** ({one.sentence.source})", ""]
        lines.append(f"{one.answer}{f': {one.why}' if one.why else ''}.")
        lines += ["", _line(("reading", "holds", "measured")), _line(["---"] * 3)]
        for read in one.reads:
            parts = "; ".join(part.text for part in read.parts) or "no T-MFE to compare with"
            lines.append(_line((read.reading.text, _HOLDS[read.holds], parts)))
        lines.append("")
    lines += ["What the paper leaves open, and how it is chosen:", ""]
    lines += [f"- {figure.id}: {figure.chosen}" for figure in found.figures]
    lines += ["", *(f"{limit}" for limit in limits())]
    return "\n".join(lines) + "\n"


def experiments_dict(found: Experiments) -> dict[str, object]:
    """Return the comparison as JSON holds it."""
    return {
        "schema": SCHEMA,
        "scale": {"name": found.scale.name, "note": found.scale.note},
        "runs": found.runs,
        "seed": found.seed,
        "confidence": CONFIDENCE,
        "settings": [
            {"key": one.key, "runs": len(found.kept[one.key]), **one.to_dict()}
            for one in found.settings
        ],
        "figures": [
            {"id": figure.id, "title": figure.title, "chosen": figure.chosen}
            for figure in found.figures
        ],
        "sentences": [
            {
                "figure": one.figure,
                "id": one.sentence.id,
                "text": one.sentence.text,
                "source": one.sentence.source,
                "rule": one.sentence.rule,
                "verdict": one.answer.value,
                "why": one.why or None,
                "depends_on": list(one.depends_on),
                "readings": [
                    {
                        "rate": read.reading.rate,
                        "p": read.reading.p or None,
                        "holds": read.holds,
                        "measured": [part.to_dict() for part in read.parts],
                    }
                    for read in one.reads
                ],
            }
            for one in found.compared
        ],
        "seconds": round(found.seconds, 3),
    }


def _summary(found: Experiments) -> str:
    counts = Counter(one.answer for one in found.compared)
    told = ", ".join(f"{counts[answer]} {answer}" for answer in Answer if counts[answer])
    return f"{told}. Scale {found.scale.name}, {found.runs} runs: {found.scale.note}"


def _caption(found: Experiments) -> str:
    return (
        f"measured: the mean over runs, with its {CONFIDENCE:.0%} interval (Student's t), under "
        f"the first reading, {found.figures[0].readings[0].text}"
    )


def _row(one: Compared) -> tuple[str, ...]:
    parts = "; ".join(part.text for part in one.reads[0].parts)
    return one.figure, one.sentence.text, str(one.answer), parts or "no T-MFE to compare with"


def limits() -> tuple[str, ...]:
    """Return by what rules it is decided."""
    return (
        f"z is the T-MFE up to a distance of {SAME:g} in ||.||_1, by its mean over the last tenth "
        f"of the iterations; to end at it, single ones must be within {SCATTER:g} on average.",
        f"Quickly: {1 - SETTLED:.0%} of the mean state's way in {QUICK} iterations.",
        f"Poor: the mean state is off by more than {SETTLED:.0%}.",
        f"TQ-values may be off by {VALUES:.0%} of their range.",
        "These limits are ours, as the paper has none; a verdict holds for every reading of what "
        "the paper leaves open, or it cannot be told.",
    )


def _line(cells: Sequence[str]) -> str:
    # In a table of Markdown, a bar ends a cell.
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
